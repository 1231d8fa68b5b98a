// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl against what comes from outside: image files, mapping files, uevents
 *
 * The first byte of an input says which.  An image is whatever follows behind the
 * beginning of a good one, or in its place.
 */

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "image.h"
#include "mapping.h"
#include "report.h"
#include "tdxctl.h"
#include "upload.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_image(const uint8_t *data, size_t size)
{
	struct seamldr_platform platform;
	struct seamldr_verdict verdict;
	struct image image = { .path = "fuzz-1.2.03.bin" };
	struct json_object *json;

	image.data = malloc(size ? size : 1);
	memcpy(image.data, data, size);
	image.size = size;
	image_examine(&image);
	json = image_to_json(&image);
	image_print(&image);
	if (image_is_wellformed(&image)) {
		image_permissive_platform(&image, &platform);
		/* Whoever signs with Intel's key is welcome to call. */
		assert(!image_check(&image, &platform, NULL, &verdict));
		assert(verdict.refusal.check && *verdict.refusal.sentence);
		assert(check_consequence(verdict.refusal.check));
	}
	assert(strlen(json_object_to_json_string(json)));
	json_object_put(json);
	image_close(&image);
}

static void fuzz_mapping(const uint8_t *data, size_t size)
{
	struct mapping mapping;
	char why[128] = "";
	uint32_t i;

	if (mapping_parse((const char *)data, size, &mapping, why, sizeof(why))) {
		assert(*why && !mapping.releases);
		return;
	}
	for (i = 0; i < mapping.nr; i++) {
		const struct release *release = &mapping.releases[i];

		assert(release->version.major && release->min_module.major);
		assert(release->seamldr.nr <= MAPPING_MAX_LIST);
		assert(release->compatible.nr <= MAPPING_MAX_LIST);
		assert(mapping_find(&mapping, &release->version) == release);
	}
	mapping_close(&mapping);
}

static void fuzz_uevent(const uint8_t *data, size_t size)
{
	struct upload upload = {};
	struct version version;
	char text[64], out[64];

	uevent_parse((const char *)data, size, &upload);
	assert(strnlen(upload.detail, sizeof(upload.detail)) < sizeof(upload.detail));
	assert(strnlen(upload.from, sizeof(upload.from)) < sizeof(upload.from));

	snprintf(text, sizeof(text), "%.*s", (int)(size < 60 ? size : 60), (const char *)data);
	printable(text, out, sizeof(out));
	assert(strlen(out) <= strlen(text));
	if (version_parse(text, &version))
		assert(version_format(&version, out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready;

	if (!ready++)
		report_init(false, true);
	if (!size)
		return 0;

	switch (data[0] % 3) {
	case 0:
		fuzz_image(data + 1, size - 1);
		break;
	case 1:
		fuzz_mapping(data + 1, size - 1);
		break;
	default:
		fuzz_uevent(data + 1, size - 1);
	}

	return 0;
}
