// SPDX-License-Identifier: GPL-2.0-or-later
/* tdx-image show: the same facts for people and, as JSON, for programs. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "blob/payload.h"
#include "blob/test_key.h"
#include "image/tool.h"
#include "seam/page.h"
#include "tdxmod/release.h"

#define HEX_SIZE	(2 * SHA384_SIZE + 1)

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ }
};

static void to_hex(const uint8_t *bytes, char hex[static HEX_SIZE])
{
	for (unsigned int i = 0; i < SHA384_SIZE; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static const char *key_name(const struct seam_sigstruct *sig)
{
	uint8_t hash[SHA384_SIZE];
	char hex[HEX_SIZE];

	if (!sha384(sig->modulus, sizeof(sig->modulus), hash))
		return "unknown";

	to_hex(hash, hex);
	if (!strcmp(hex, TEST_KEY_HASH))
		return "test key";
	if (!strcmp(hex, INTEL_KEY_HASH))
		return "Intel";

	return "unknown";
}

static void add_text(json_object *object, const char *name, const char *text)
{
	json_object_object_add(object, name, json_object_new_string(text));
}

static void add_number(json_object *object, const char *name, uint64_t value)
{
	json_object_object_add(object, name, json_object_new_uint64(value));
}

static void add_hex(json_object *object, const char *name, uint64_t value)
{
	char text[19];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	add_text(object, name, text);
}

static void add_bool(json_object *object, const char *name, bool value)
{
	json_object_object_add(object, name, json_object_new_boolean(value));
}

static void add_version(json_object *object, unsigned int major, unsigned int minor,
			unsigned int update)
{
	char text[32];

	snprintf(text, sizeof(text), "%u.%u.%02u", major, minor, update);
	add_text(object, "version", text);
}

/* A name for each flag, lowest bit first */
static void add_flags(json_object *facts, uint32_t flags)
{
	static const char *const names[] = {
		"TDH.SYS.UPDATE v1", "TDH.VP.INIT v1", "counts TD builds", "TDH.SYS.DISABLE",
		"TDH.SYS.INIT v1", "TDH.SYS.CONFIG v1", "UPDATE v1 checks before it locks",
		"UPDATE checks the payload's size", "SHUTDOWN writes 0xE000 bytes",
	};
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags & 1U << i)
			json_object_array_add(array, json_object_new_string(names[i]));
	}
	json_object_object_add(facts, "code", array);
}

static void add_cpuid(json_object *facts, const struct module_desc *desc)
{
	json_object *array = json_object_new_array();

	for (uint32_t i = 0; i < desc->nr_cpuid_config; i++) {
		const struct module_cpuid_config *config = &desc->cpuid_config[i];
		char text[160];
		int at = snprintf(text, sizeof(text), "%x", config->leaf);

		if (config->subleaf != MODULE_NO_SUBLEAF)
			at += snprintf(text + at, sizeof(text) - at, ".%x", config->subleaf);
		snprintf(text + at, sizeof(text) - at,
			 " direct %08x %08x %08x %08x allow %08x %08x %08x %08x",
			 config->direct[0], config->direct[1], config->direct[2],
			 config->direct[3], config->allow[0], config->allow[1],
			 config->allow[2], config->allow[3]);
		json_object_array_add(array, json_object_new_string(text));
	}
	json_object_object_add(facts, "cpuid_config", array);
}

static void add_desc(json_object *facts, const struct module_desc *desc)
{
	add_hex(facts, "features0", desc->features0);
	add_hex(facts, "attributes_fixed0", desc->attributes_fixed0);
	add_hex(facts, "config_flags_fixed0", desc->config_flags_fixed0);
	add_number(facts, "tdcs_pages", desc->tdcs_pages);
	add_number(facts, "tdvps_pages", desc->tdvps_pages);
	/* 0: the module has no such field */
	add_number(facts, "max_vcpus_per_td", desc->max_vcpus_per_td);
	add_number(facts, "num_cpuid_config", desc->nr_cpuid_config);
	add_cpuid(facts, desc);
	add_number(facts, "crypto_generation", desc->crypto_generation);
	add_flags(facts, desc->flags);
	add_number(facts, "overrides", desc->nr_overrides);
}

/* What of a release's facts nobody has read */
static void add_inferred(json_object *facts, const struct release *release)
{
	json_object *array = json_object_new_array();

	for (unsigned int i = 0; i < NR_RELEASE_COLUMNS; i++) {
		if (release->inferred & 1U << i)
			json_object_array_add(array,
					      json_object_new_string(release_column_names[i]));
	}
	json_object_object_add(facts, "inferred", array);
}

static void add_module(json_object *facts, const struct blob *blob,
		       const struct seam_sigstruct *sig)
{
	struct module_desc desc;

	if (payload_find_desc(blob->module, (size_t)blob->module_nr_pages * SEAM_PAGE_SIZE,
			      &desc) || release_find(sig, &desc)) {
		add_version(facts, desc.major, desc.minor, desc.update);
		add_desc(facts, &desc);
	} else if (sig->version.major) {
		add_version(facts, sig->version.major, sig->version.minor, sig->version.update);
	} else {
		add_text(facts, "version", "unknown");
	}
	if (release_by_hash(sig->seamhash))
		add_inferred(facts, release_by_hash(sig->seamhash));
}

static json_object *collect(const struct blob *blob)
{
	const struct seam_sigstruct *sig = (const void *)blob->sigstruct;
	json_object *facts = json_object_new_object();
	json_object *cpus = json_object_new_array();
	uint8_t hash[SHA384_SIZE];
	char hex[HEX_SIZE];

	add_hex(facts, "header", blob->version);
	add_number(facts, "sigstruct_pages", blob->sigstruct_nr_pages);
	add_number(facts, "module_pages", blob->module_nr_pages);
	add_module(facts, blob, sig);
	add_hex(facts, "date", sig->date);
	add_number(facts, "svn_major", sig->svn_major);
	add_number(facts, "svn_minor", sig->svn_minor);
	add_number(facts, "module_hv", sig->module_hv);
	add_number(facts, "min_update_hv", sig->min_update_hv);
	add_bool(facts, "no_downgrade", sig->no_downgrade);
	add_number(facts, "handoff_pages", sig->handoff_pages_raw + 1U);
	add_bool(facts, "debug_signed", sig->module_type & SIGSTRUCT_TYPE_DEBUG);
	for (uint32_t i = 0; i < sig->cpuid_table_size && i < SIGSTRUCT_MAX_CPUIDS; i++) {
		char text[11];

		snprintf(text, sizeof(text), "0x%08x", sig->cpuid_table[i]);
		json_object_array_add(cpus, json_object_new_string(text));
	}
	json_object_object_add(facts, "cpus", cpus);
	to_hex(sig->seamhash, hex);
	add_text(facts, "seamhash", hex);
	add_bool(facts, "seamhash_ok",
		 sha384(blob->module, (size_t)blob->module_nr_pages * SEAM_PAGE_SIZE, hash) &&
		 !memcmp(hash, sig->seamhash, sizeof(hash)));
	add_text(facts, "key", key_name(sig));
	add_bool(facts, "signature_ok", sigstruct_signature_ok(sig));
	if (sigstruct_digest(sig, hash)) {
		to_hex(hash, hex);
		add_text(facts, "signed_digest", hex);
	}

	return facts;
}

/* Leaves in lines of their own: they are many */
static void print_fact(const char *name, json_object *value)
{
	if (strcmp(name, "cpuid_config")) {
		printf("%-20s %s\n", name, json_object_get_string(value));
		return;
	}
	for (size_t i = 0; i < json_object_array_length(value); i++)
		printf("%-20s %s\n", i ? "" : name,
		       json_object_get_string(json_object_array_get_idx(value, i)));
}

int cmd_show(int argc, char **argv)
{
	struct image_file file;
	json_object *facts;
	bool json = false;
	struct blob blob;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'j')
			return 2;
		json = true;
	}
	if (optind != argc - 1)
		usage_error("show: name exactly one image");

	file = file_read(argv[optind]);
	blob = file_parse(argv[optind], &file);
	facts = collect(&blob);
	if (json) {
		puts(json_object_to_json_string_ext(facts, JSON_C_TO_STRING_PRETTY));
	} else {
		json_object_object_foreach(facts, name, value)
			print_fact(name, value);
	}
	json_object_put(facts);
	free(file.data);

	return EXIT_SUCCESS;
}
