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

#include "tdxctl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_image(const uint8_t *data, size_t size)
{
	struct seamldr_platform platform;
	struct image image = { .path = "fuzz-1.2.03.bin" };

	image.data = malloc(size ? size : 1);
	memcpy(image.data, data, size);
	image.size = size;
	image_examine(&image);
	image_report(&image);
	if (image_is_wellformed(&image)) {
		image_permissive_platform(&image, &platform);
		/* Whoever signs with Intel's key is welcome to call. */
		assert(!image_check(&image, &platform));
		assert(image.refusal.check && *image.refusal.sentence);
		assert(check_consequence(image.refusal.check));
	}
	image_close(&image);
}

static void fuzz_mapping(const uint8_t *data, size_t size)
{
	const char *why;
	struct json_object *mapping = mapping_parse((const char *)data, size, &why);
	size_t i;

	assert(!mapping == !!why);
	for (i = 0; mapping && i < json_object_array_length(mapping); i++) {
		struct json_object *release = json_object_array_get_idx(mapping, i);
		u64 version = mapping_version(release, "version");

		assert(version && mapping_find(mapping, version) == release);
	}
	json_object_put(mapping);
}

static void fuzz_uevent(const uint8_t *data, size_t size)
{
	struct json_object *json = json_object_new_object();
	char text[64], out[64];
	u64 version;

	if (uevent_parse((const char *)data, size, json))
		assert(*json_get(json, "result") && json_get(json, "detail"));
	else
		assert(!json_object_object_length(json));
	assert(strlen(json_object_to_json_string(json)));
	json_object_put(json);

	snprintf(text, sizeof(text), "%.*s", (int)(size < 60 ? size : 60), (const char *)data);
	printable(text, out, sizeof(out));
	assert(strlen(out) <= strlen(text));
	version = version_parse(text);
	if (version)
		assert(version_parse(version_text(version)) == version);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int ready;

	if (!ready++)
		report_init();
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
