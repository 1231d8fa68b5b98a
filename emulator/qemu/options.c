// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <glib.h>
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

static const char *set_bool(const char *value, const char *yes, const char *no, bool *flag)
{
	static char expected[64];

	*flag = !strcmp(value, yes);
	if (*flag || !strcmp(value, no))
		return NULL;
	snprintf(expected, sizeof(expected), "%s or %s", yes, no);
	return expected;
}

static const char *set_number(const char *value, uint64_t min, uint64_t max, unsigned int *number)
{
	static char expected[64];
	uint64_t wide;

	if (!number_parse(value, min, max, &wide)) {
		snprintf(expected, sizeof(expected), "a number from %ju to %ju", (uintmax_t)min,
			 (uintmax_t)max);
		return expected;
	}
	*number = wide;
	return NULL;
}

static const char *set_path(const char *value, char **path)
{
	if (!*value)
		return "a file name";
	g_free(*path);
	*path = g_strdup(value);
	return NULL;
}

static const char *set_cpu(const char *value, const struct cpu_model **cpu)
{
	size_t i;

	for (i = 0; i < G_N_ELEMENTS(cpu_models); i++) {
		if (!strcmp(value, cpu_models[i].name)) {
			*cpu = &cpu_models[i];
			return NULL;
		}
	}
	return "spr, emr, srf, gnr or gnr-d";
}

static const char *add_fault(const char *value, struct options *options)
{
	if (options->nr_faults == OPTIONS_MAX_FAULTS)
		return "16 faults at most";
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

static const char *add_count(const char *value, struct options *options)
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

static const char *add_section(const char *value, struct options *options)
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
	return "function, caller, wait, lock, unlock, glue or update, and :START-END with hexadecimal addresses, START below END";
}

static const char *set_unconfirmed(const char *value, struct unconfirmed_answers *answers)
{
	static char expected[UNCONFIRMED_ERROR_SIZE];

	return unconfirmed_choose(answers, value, expected) ? NULL : expected;
}

/* NULL if the option is good, else what was expected instead of @value. */
static const char *set_option(struct options *options, const char *name, const char *value)
{
	const char *expected;
	bool flag;

	if (!strcmp(name, "module"))
		return set_path(value, &options->module);
	if (!strcmp(name, "profile"))
		return set_path(value, &options->profile);
	if (!strcmp(name, "td-program"))
		return set_path(value, &options->td_program);
	if (!strcmp(name, "trace"))
		return set_path(value, &options->trace);
	if (!strcmp(name, "trace-json"))
		return set_path(value, &options->trace_json);
	if (!strcmp(name, "section-trace"))
		return set_path(value, &options->section_trace);
	if (!strcmp(name, "section"))
		return add_section(value, options);
	if (!strcmp(name, "control"))
		return set_path(value, &options->control);
	if (!strcmp(name, "tdx"))
		return set_bool(value, "on", "off", &options->tdx);
	if (!strcmp(name, "referee"))
		return set_bool(value, "on", "off", &options->referee);
	if (!strcmp(name, "debug-unlocked"))
		return set_bool(value, "on", "off", &options->debug_unlocked);
	if (!strcmp(name, "erratum")) {
		expected = set_bool(value, "vmcs", "none", &flag);
		options->vmcs_erratum = flag;
		return expected;
	}
	if (!strcmp(name, "sockets"))
		return set_number(value, 1, PLATFORM_MAX_SOCKETS, &options->sockets);
	if (!strcmp(name, "maxpa"))
		return set_number(value, MIN_MAXPA, MAX_MAXPA, &options->maxpa);
	if (!strcmp(name, "updates")) {
		options->beside_profile = "updates";
		return set_number(value, 0, MAX_UPDATES, &options->updates);
	}
	if (!strcmp(name, "cpu")) {
		options->beside_profile = "cpu";
		return set_cpu(value, &options->cpu);
	}
	if (!strcmp(name, "seed"))
		return number_parse(value, 0, UINT64_MAX, &options->seed) ? NULL : "a number";
	if (!strcmp(name, "unconfirmed"))
		return set_unconfirmed(value, &options->unconfirmed);
	if (!strcmp(name, "fault"))
		return add_fault(value, options);
	if (!strcmp(name, "count"))
		return add_count(value, options);
	return "another option: there is none of this name, emulator/README.md lists them";
}

static void set_defaults(struct options *options)
{
	memset(options, 0, sizeof(*options));
	options->tdx = true;
	options->sockets = 1;
	options->updates = 31;
	set_cpu("gnr", &options->cpu);
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

	g_free(options->module);
	g_free(options->profile);
	g_free(options->td_program);
	g_free(options->trace);
	g_free(options->trace_json);
	g_free(options->control);
	g_free(options->section_trace);
	for (i = 0; i < options->nr_faults; i++)
		g_free(options->fault[i]);
	for (i = 0; i < options->nr_counts; i++)
		g_free(options->count[i].name);
}
