// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The file that "tdxctl probe" writes, which may come from anywhere: nothing in it is
 * taken for granted. What it says of memory is zero, and is that of this machine here.
 */
#include <glib.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "qemu/profile.h"
#include "tdxmod/metadata.h"

#define SCHEMA			"tdxctl-probe/1"
#define JSON_DEPTH		16
#define MAX_UPDATES		9999
#define NR_CMRS			32
#define FIELD_NUM_CMRS		0x9000000100000000ULL
#define FIELD_CMR_BASE		0x9000000300000080ULL
#define FIELD_CMR_SIZE		0x9000000300000100ULL
#define FIELD_ID_LENGTH		18

_Static_assert(sizeof(struct seamldr_info) == PROFILE_INFO_SIZE, "SEAM ABI 3.3");
_Static_assert(sizeof(struct seamldr_seaminfo) == PROFILE_SEAMINFO_SIZE, "SEAM ABI 3.3");

static bool G_GNUC_PRINTF(2, 3) refuse(char error[static PROFILE_ERROR_SIZE],
				       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, PROFILE_ERROR_SIZE, format, args);
	va_end(args);
	return false;
}

static const char *get_text(json_object *object, const char *name)
{
	json_object *value = json_object_object_get(object, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
}

/* "0x" and hexadecimal digits */
static bool parse_hex(const char *text, uint64_t *value)
{
	size_t digits = strlen(text) > 2 ? strlen(text) - 2 : 0;

	if (strncmp(text, "0x", 2) || !digits || digits > 16 ||
	    strspn(text + 2, "0123456789abcdef") != digits)
		return false;
	*value = g_ascii_strtoull(text + 2, NULL, 16);
	return true;
}

static bool parse_bytes(const char *text, uint8_t *bytes, size_t size)
{
	size_t i;

	if (strlen(text) != 2 * size || strspn(text, "0123456789abcdef") != 2 * size)
		return false;
	for (i = 0; i < size; i++)
		bytes[i] = g_ascii_xdigit_value(text[2 * i]) << 4 |
			   g_ascii_xdigit_value(text[2 * i + 1]);
	return true;
}

static bool add_field(struct platform_profile *profile, uint64_t id, uint64_t value)
{
	if (profile->nr_fields == PROFILE_MAX_FIELDS)
		return false;
	profile->field[profile->nr_fields++] = (struct profile_field) { id, value };
	return true;
}

/* No file says where memory is, and a kernel has to be told. */
static bool add_cmrs(struct platform_profile *profile)
{
	unsigned int i;

	for (i = 0; i < 2 * NR_CMRS; i++) {
		if (!add_field(profile, i < NR_CMRS ? FIELD_CMR_BASE + i :
						      FIELD_CMR_SIZE + i - NR_CMRS, 0))
			return false;
	}
	return true;
}

static bool parse_metadata(json_object *metadata, struct platform_profile *profile,
			   char error[static PROFILE_ERROR_SIZE])
{
	uint64_t id, value;

	if (!json_object_is_type(metadata, json_type_object) ||
	    !json_object_object_length(metadata))
		return refuse(error, "has no metadata, was tdxctl run as root?");
	json_object_object_foreach(metadata, name, object) {
		if (strlen(name) != FIELD_ID_LENGTH || !parse_hex(name, &id) ||
		    id & METADATA_MUST_BE_ZERO)
			return refuse(error, "has metadata of \"%.24s\", which is not a field",
				      name);
		if (!json_object_is_type(object, json_type_string) ||
		    !parse_hex(json_object_get_string(object), &value))
			return refuse(error, "has a value of field %s that is not a number", name);
		if ((id & METADATA_CLASS) == METADATA_CLASS_CMR && id != FIELD_NUM_CMRS)
			return refuse(error, "says where memory is, which tdxctl leaves out");
		if (!add_field(profile, id, value) ||
		    (id == FIELD_NUM_CMRS && !add_cmrs(profile)))
			return refuse(error, "has more than %u fields of metadata",
				      PROFILE_MAX_FIELDS);
	}
	return true;
}

/* The same twice: who has changed one has forgotten the other. */
static bool check_version(json_object *root, const struct platform_profile *profile,
			  char error[static PROFILE_ERROR_SIZE])
{
	static const uint64_t ids[] = {
		0x0800000100000004, 0x0800000100000003, 0x0800000100000005,
	};
	const char *text = get_text(root, "version");
	uint64_t part[G_N_ELEMENTS(ids)] = { 0 }, next;
	char version[64];
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(ids); i++)
		profile_field(profile, ids[i], &part[i], &next);
	snprintf(version, sizeof(version), "%ju.%ju.%02ju", (uintmax_t)part[0],
		 (uintmax_t)part[1], (uintmax_t)part[2]);
	if (strcmp(text, version))
		return refuse(error, "is of version \"%.24s\", and of %s by its metadata", text,
			      version);
	return true;
}

static bool parse_loader(json_object *root, struct platform_profile *profile,
			 struct platform_config *config, char error[static PROFILE_ERROR_SIZE])
{
	const char *seaminfo = get_text(root, "seaminfo");
	struct seamldr_info info;
	uint64_t cpu;
	unsigned int i;

	if (!parse_bytes(get_text(root, "seamldr_info"), profile->info, sizeof(profile->info)))
		return refuse(error, "has no seamldr_info of %u bytes, was tdxctl run as root?",
			      PROFILE_INFO_SIZE);
	profile->has_seaminfo = *seaminfo;
	if (*seaminfo && !parse_bytes(seaminfo, profile->seaminfo, sizeof(profile->seaminfo)))
		return refuse(error, "has a seaminfo that is not of %u bytes",
			      PROFILE_SEAMINFO_SIZE);
	if (!parse_hex(get_text(root, "cpu"), &cpu) || !cpu || cpu > UINT32_MAX)
		return refuse(error, "has no signature of a CPU");
	memcpy(&info, profile->info, sizeof(info));
	if (info.seamextend.valid != SEAMEXTEND_VALID || !info.seamextend.seam_ready)
		return refuse(error, "is of a host without a module that can be called");
	if (info.num_remaining_updates > MAX_UPDATES)
		return refuse(error, "has %u updates left, expected %u at most",
			      info.num_remaining_updates, MAX_UPDATES);
	profile->cpuid_1_eax = cpu;
	for (i = 0; i < config->nr_sockets; i++)
		config->cpuid_1_eax[i] = cpu;
	config->loader.major = info.major_version;
	config->loader.minor = info.minor_version;
	config->loader.update = info.update_version;
	config->loader.build_num = info.build_num;
	config->loader.build_date = info.build_date;
	/* LOAD takes one. */
	config->seamdb_size = info.num_remaining_updates + 1;
	return true;
}

static bool parse_root(json_object *root, struct platform_profile *profile,
		       struct platform_config *config, char error[static PROFILE_ERROR_SIZE])
{
	json_object *probe = json_object_object_get(root, "probe");

	/* What --json prints has it inside. */
	if (probe)
		root = probe;
	if (strcmp(get_text(root, "schema"), SCHEMA))
		return refuse(error, "is not what tdxctl probe writes, its schema is not " SCHEMA);
	if (strcmp(get_text(root, "state"), "ready"))
		return refuse(error, "is of a host whose module was \"%.24s\", not ready",
			      get_text(root, "state"));
	return parse_loader(root, profile, config, error) &&
	       parse_metadata(json_object_object_get(root, "metadata"), profile, error) &&
	       check_version(root, profile, error);
}

bool profile_parse(const char *text, size_t size, struct platform_profile *profile,
		   struct platform_config *config, char error[static PROFILE_ERROR_SIZE])
{
	json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH);
	json_object *root;
	bool ok;

	memset(profile, 0, sizeof(*profile));
	root = json_tokener_parse_ex(tokener, text, size);
	if (json_tokener_get_error(tokener) != json_tokener_success)
		ok = refuse(error, "is not JSON at byte %zu", json_tokener_get_parse_end(tokener));
	else
		ok = parse_root(root, profile, config, error);
	json_tokener_free(tokener);
	json_object_put(root);
	return ok;
}
