// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <glib.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "platform/platform.h"
#include "qemu/options.h"
#include "seam/number.h"

#define MIN_MAXPA	38
#define MAX_MAXPA	52
#define MAX_UPDATES	9999

static const struct cpu_model cpu_models[] = {
	{ "spr", 0x000806f8, 1, 5 },
	{ "emr", 0x000c06f2, 1, 5 },
	{ "srf", 0x000a06f3, 2, 0 },
	{ "gnr", 0x000a06d1, 2, 0 },
	{ "gnr-d", 0x000a06e1, 2, 0 },
};

/**
 * struct option - what may stand behind -plugin FILE,
 * @name: of name=value
 * @set: takes a value; NULL if it is good, else what was expected instead
 * @offset: the field of struct options that @set changes
 * @by_default: a value, or NULL: the field is zero
 * @min: the smallest number
 * @max: the largest number
 * @yes: what sets a flag
 * @no: what clears it
 * @beside_profile: a profile says that, too
 */
struct option {
	const char *name;
	const char *(*set)(struct options *options, const struct option *option,
			   const char *value);
	size_t offset;
	const char *by_default;
	uint64_t min;
	uint64_t max;
	const char *yes;
	const char *no;
	bool beside_profile;
};

static void *field_of(struct options *options, const struct option *option)
{
	return (char *)options + option->offset;
}

static const char *set_flag(struct options *options, const struct option *option,
			    const char *value)
{
	static char expected[64];
	bool *flag = field_of(options, option);

	*flag = !strcmp(value, option->yes);
	if (*flag || !strcmp(value, option->no))
		return NULL;
	snprintf(expected, sizeof(expected), "%s or %s", option->yes, option->no);
	return expected;
}

static const char *set_number(struct options *options, const struct option *option,
			      const char *value)
{
	static char expected[64];
	unsigned int *number = field_of(options, option);
	uint64_t wide;

	if (!number_parse(value, option->min, option->max, &wide)) {
		snprintf(expected, sizeof(expected), "a number from %ju to %ju",
			 (uintmax_t)option->min, (uintmax_t)option->max);
		return expected;
	}
	*number = wide;
	return NULL;
}

static const char *set_seed(struct options *options, const struct option *option,
			    const char *value)
{
	return number_parse(value, 0, UINT64_MAX, &options->seed) ? NULL : "a number";
}

static const char *set_path(struct options *options, const struct option *option,
			    const char *value)
{
	char **path = field_of(options, option);

	if (!*value)
		return "a file name";
	g_free(*path);
	*path = g_strdup(value);
	return NULL;
}

static const char *set_cpu(struct options *options, const struct option *option,
			   const char *value)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cpu_models); i++) {
		if (!strcmp(value, cpu_models[i].name)) {
			options->cpu = &cpu_models[i];
			return NULL;
		}
	}
	return "spr, emr, srf, gnr or gnr-d";
}

static const char *add_fault(struct options *options, const struct option *option,
			     const char *value)
{
	if (options->nr_faults == FAULT_MAX)
		return "64 faults at most";
	options->fault[options->nr_faults++] = g_strdup(value);
	return NULL;
}

static bool parse_range(const char *text, struct address_range *range)
{
	char *end;

	if (!g_ascii_isxdigit(*text))
		return false;
	errno = 0;
	range->start = g_ascii_strtoull(text, &end, 16);
	if (*end != '-' || !g_ascii_isxdigit(end[1]))
		return false;
	range->end = g_ascii_strtoull(end + 1, &end, 16);
	return !errno && !*end && range->start < range->end;
}

static const char *add_count(struct options *options, const struct option *option,
			     const char *value)
{
	const char *colon = strchr(value, ':');
	struct count_option *count = &options->count[options->nr_counts];

	if (options->nr_counts == OPTIONS_MAX_COUNTS)
		return "8 counters at most";
	if (!colon || colon == value || !parse_range(colon + 1, &count->range))
		return "NAME:START-END with hexadecimal addresses, START below END";
	count->name = g_strndup(value, colon - value);
	options->nr_counts++;
	return NULL;
}

static const char *add_section(struct options *options, const struct option *option,
			       const char *value)
{
	static const char * const roles[SECTION_NR_ROLES] = {
		[SECTION_FUNCTION] = "function", [SECTION_CALLER] = "caller",
		[SECTION_WAIT] = "wait", [SECTION_LOCK] = "lock",
		[SECTION_UNLOCK] = "unlock", [SECTION_GLUE] = "glue",
		[SECTION_UPDATE] = "update",
	};
	struct section_option *section = &options->section[options->nr_sections];
	const char *colon = strchr(value, ':');
	unsigned int i;

	if (options->nr_sections == OPTIONS_MAX_SECTIONS)
		return "64 ranges of sections at most";
	for (i = 0; colon && i < SECTION_NR_ROLES; i++) {
		if (strlen(roles[i]) != (size_t)(colon - value) ||
		    strncmp(roles[i], value, colon - value) ||
		    !parse_range(colon + 1, &section->range))
			continue;
		section->role = i;
		options->nr_sections++;
		return NULL;
	}
	return "function, caller, wait, lock, unlock, glue, update, then :START-END in hexadecimal";
}

static const char *set_unconfirmed(struct options *options, const struct option *option,
				   const char *value)
{
	static char expected[UNCONFIRMED_ERROR_SIZE];

	return unconfirmed_choose(&options->unconfirmed, value, expected) ? NULL : expected;
}

#define FIELD(field)	.offset = offsetof(struct options, field)

/* emulator/README.md says what they mean. */
static const struct option table[] = {
	{ "module", set_path, FIELD(module) },
	{ "profile", set_path, FIELD(profile) },
	{ "tdx", set_flag, FIELD(tdx), .yes = "on", .no = "off", .by_default = "on" },
	{ .name = "cpu", .set = set_cpu, .by_default = "gnr", .beside_profile = true },
	{ "sockets", set_number, FIELD(sockets), .min = 1, .max = PLATFORM_MAX_SOCKETS,
	  .by_default = "1" },
	{ "maxpa", set_number, FIELD(maxpa), .min = MIN_MAXPA, .max = MAX_MAXPA },
	{ "updates", set_number, FIELD(updates), .max = MAX_UPDATES, .by_default = "31",
	  .beside_profile = true },
	{ "erratum", set_flag, FIELD(vmcs_erratum), .yes = "vmcs", .no = "none" },
	{ "debug-unlocked", set_flag, FIELD(debug_unlocked), .yes = "on", .no = "off" },
	{ "td-program", set_path, FIELD(td_program) },
	{ .name = "seed", .set = set_seed },
	{ "trace", set_path, FIELD(trace) },
	{ "trace-json", set_path, FIELD(trace_json) },
	{ "referee", set_flag, FIELD(referee), .yes = "on", .no = "off" },
	{ .name = "fault", .set = add_fault },
	{ .name = "unconfirmed", .set = set_unconfirmed },
	{ .name = "count", .set = add_count },
	{ "section-trace", set_path, FIELD(section_trace) },
	{ .name = "section", .set = add_section },
	{ "control", set_path, FIELD(control) },
};

/* NULL if the option is good, else what was expected instead of @value. */
static const char *set_option(struct options *options, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(table); i++) {
		if (strcmp(name, table[i].name))
			continue;
		if (table[i].beside_profile)
			options->beside_profile = table[i].name;
		return table[i].set(options, &table[i], value);
	}
	return "another option: there is none of this name, emulator/README.md lists them";
}

static void set_defaults(struct options *options)
{
	size_t i;

	memset(options, 0, sizeof(*options));
	for (i = 0; i < G_N_ELEMENTS(table); i++)
		if (table[i].by_default)
			table[i].set(options, &table[i], table[i].by_default);
}

bool options_parse(struct options *options, int argc, char **argv,
		   char error[static OPTIONS_ERROR_SIZE])
{
	const char *expected, *value;
	char *name;
	int i;

	set_defaults(options);
	for (i = 0; i < argc; i++) {
		value = strchr(argv[i], '=');
		name = g_strndup(argv[i], value ? value - argv[i] : (long)strlen(argv[i]));
		expected = set_option(options, name, value ? value + 1 : "");
		if (expected) {
			snprintf(error, OPTIONS_ERROR_SIZE, "option %s is wrong, expected %s",
				 argv[i], expected);
			g_free(name);
			return false;
		}
		g_free(name);
	}
	if (!options->tdx && options->module) {
		snprintf(error, OPTIONS_ERROR_SIZE,
			 "option module=%s makes no sense together with tdx=off, leave one out",
			 options->module);
		return false;
	}
	if (options->profile && options->beside_profile) {
		snprintf(error, OPTIONS_ERROR_SIZE,
			 "option profile=%s says what option %s= says, leave one out",
			 options->profile, options->beside_profile);
		return false;
	}
	if (options->profile && !options->module) {
		snprintf(error, OPTIONS_ERROR_SIZE,
			 "option profile=%s needs option module=, an image of the same series",
			 options->profile);
		return false;
	}
	if (options->nr_sections && !options->section_trace) {
		snprintf(error, OPTIONS_ERROR_SIZE,
			 "option section= needs section-trace=FILE, which is missing");
		return false;
	}
	return true;
}

void options_free(struct options *options)
{
	unsigned int i;

	for (i = 0; i < G_N_ELEMENTS(table); i++)
		if (table[i].set == set_path)
			g_free(*(char **)field_of(options, &table[i]));
	for (i = 0; i < options->nr_faults; i++)
		g_free(options->fault[i]);
	for (i = 0; i < options->nr_counts; i++)
		g_free(options->count[i].name);
}
