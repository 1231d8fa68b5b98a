// SPDX-License-Identifier: GPL-2.0
/*
 * tdxctl inspect: all that an image file says
 */

#include <stdlib.h>

#include <json-c/json.h>

#include "image.h"
#include "report.h"
#include "tdxctl.h"

static u16 word_sum(const struct image *image)
{
	u16 sum = 0;
	u64 i;

	for (i = 0; i + 1 < image->size; i += 2)
		sum += image->data[i] | image->data[i + 1] << 8;

	return sum;
}

/* A field of 0 with header 0x200: whoever made the file did not compute it. */
static const char *checksum_state(const struct image *image)
{
	if (!word_sum(image))
		return "good";
	if (image->parts.header_version == SEAMLDR_IMAGE_VERSION_2 && !image->parts.checksum)
		return "absent";

	return "bad";
}

static bool hash_ok(const struct image *image)
{
	return !memcmp(image->hash, image->parts.sigstruct->seamhash, sizeof(image->hash));
}

/* What a P-SEAMLDR of generation 1 wants to be zero has the version since 2.0. */
static const char *seamldr_needed(const struct image *image)
{
	const struct seam_sigstruct *sig = image->parts.sigstruct;

	if (memchr_inv(sig->module_version, 0, sizeof(sig->module_version)))
		return "2.0";

	return "1.5";
}

/* BCD */
static const char *date(u32 bcd, char buf[16])
{
	snprintf(buf, 16, "%04x-%02x-%02x", bcd >> 16, bcd >> 8 & 0xff, bcd & 0xff);

	return buf;
}

static u32 nr_cpuids(const struct seam_sigstruct *sig)
{
	if (sig->cpuid_table_size > SEAM_SIGSTRUCT_MAX_CPUIDS)
		return SEAM_SIGSTRUCT_MAX_CPUIDS;

	return sig->cpuid_table_size;
}

static struct json_object *cpus_to_json(const struct seam_sigstruct *sig)
{
	struct json_object *cpus = json_object_new_array();
	struct json_object *cpu;
	char text[11];
	u32 i;

	for (i = 0; i < nr_cpuids(sig); i++) {
		cpu = json_object_new_object();
		snprintf(text, sizeof(text), "0x%08x", sig->cpuid_table[i]);
		json_add_string(cpu, "signature", text);
		json_add_string(cpu, "name", cpu_name(sig->cpuid_table[i]));
		json_object_array_add(cpus, cpu);
	}

	return cpus;
}

static struct json_object *handoff_to_json(const struct seam_sigstruct *sig)
{
	struct json_object *handoff = json_object_new_object();

	json_add_int(handoff, "min", sig->min_update_hv);
	json_add_int(handoff, "max", sig->module_hv);
	json_add_bool(handoff, "no_downgrade", sig->no_downgrade);
	json_add_int(handoff, "pages", sig->num_handoff_pages + 1);

	return handoff;
}

static struct json_object *signature_to_json(const struct image *image)
{
	static const char * const names[] = {
		[KEY_UNKNOWN] = "unknown", [KEY_INTEL] = "intel", [KEY_TEST] = "test",
	};
	struct json_object *signature = json_object_new_object();

	json_add_bool(signature, "valid", image->signature_ok);
	json_add_string(signature, "key", names[image->key]);
	json_add_bytes(signature, "key_sha384", image->key_hash, sizeof(image->key_hash));

	return signature;
}

/**
 * image_to_json() - what an image file says, for programs
 * @image: the image
 *
 * Return: an object; of a file that is not an image it has name and length only.
 */
struct json_object *image_to_json(const struct image *image)
{
	struct json_object *object = json_object_new_object();
	const struct seam_sigstruct *sig = image->parts.sigstruct;
	char buf[16], version[VERSION_LEN];

	json_add_string(object, "file", image->path);
	json_add_int(object, "size", image->size);
	json_add_bool(object, "wellformed", image_is_wellformed(image));
	if (!image_is_wellformed(image))
		return object;

	json_add_hex(object, "header", image->parts.header_version);
	json_add_string(object, "version", version_format(&image->version, version));
	json_add_string(object, "version_source", image->version_source);
	json_add_int(object, "module_pages", image->parts.nr_module_pages);
	json_add_string(object, "date", date(sig->date, buf));
	snprintf(buf, sizeof(buf), "%u.%u", sig->seamsvn_major, sig->seamsvn_minor);
	json_add_string(object, "svn", buf);
	json_add_bool(object, "debug_signed", seamldr_sigstruct_is_debug(sig));
	json_object_object_add(object, "cpus", cpus_to_json(sig));
	json_object_object_add(object, "handoff", handoff_to_json(sig));
	json_add_string(object, "seamldr", seamldr_needed(image));
	json_add_bytes(object, "sha384", image->hash, sizeof(image->hash));
	json_add_bool(object, "sha384_ok", hash_ok(image));
	json_add_string(object, "checksum", checksum_state(image));
	json_object_object_add(object, "signature", signature_to_json(image));

	return object;
}

static void print_cpus(const struct seam_sigstruct *sig)
{
	u32 i;

	if (!nr_cpuids(sig))
		print_fact("CPUs", "no table");
	for (i = 0; i < nr_cpuids(sig); i++)
		print_fact(i ? "" : "CPUs", "0x%08x %s", sig->cpuid_table[i],
			   cpu_name(sig->cpuid_table[i]));
}

static void print_hash(const struct image *image)
{
	char hex[2 * SHA384_DIGEST_SIZE + 1];
	size_t i;

	for (i = 0; i < sizeof(image->hash); i++)
		sprintf(hex + 2 * i, "%02x", image->hash[i]);
	print_fact("SHA-384", "%.32s..., %s", hex, hash_ok(image) ? "as signed" : "NOT as signed");
}

/**
 * image_print() - what an image file says, for people
 * @image: the image
 */
void image_print(const struct image *image)
{
	const struct seam_sigstruct *sig = image->parts.sigstruct;
	char buf[16], version[VERSION_LEN];

	print_fact("file", "%s, %llu bytes", image->path, (unsigned long long)image->size);
	if (!image_is_wellformed(image))
		return;

	print_fact("header", "0x%x, checksum %s", image->parts.header_version,
		   checksum_state(image));
	print_fact("module", "%s%s, %u pages, %s", version_format(&image->version, version),
		   !strcmp(image->version_source, "file-name") ? " (from the file's name)" : "",
		   image->parts.nr_module_pages, date(sig->date, buf));
	print_fact("SVN", "%u.%u%s", sig->seamsvn_major, sig->seamsvn_minor,
		   seamldr_sigstruct_is_debug(sig) ? ", signed for debugging" : "");
	print_cpus(sig);
	print_fact("handoff", "versions %u to %u, %u pages%s", sig->min_update_hv, sig->module_hv,
		   sig->num_handoff_pages + 1, sig->no_downgrade ? ", no older version" : "");
	print_fact("P-SEAMLDR", "%s or later", seamldr_needed(image));
	print_hash(image);
	print_fact("signature", "%s, %s", image->signature_ok ? "good" : "BAD",
		   image_key_name(image));
}

void cmd_inspect(int argc, char **argv)
{
	struct seamldr_platform platform;
	struct seamldr_verdict verdict;
	struct image image;

	if (!open_image(&image, argv[0]))
		return;

	report_add("image", image_to_json(&image));
	image_print(&image);
	if (image_is_wellformed(&image)) {
		image_permissive_platform(&image, &platform);
		platform.skip = options.skip_mask;
	}
	if (!image_check(&image, &platform, options.skip, &verdict))
		report_refusal(&verdict);
	image_close(&image);
}
