// SPDX-License-Identifier: GPL-2.0-or-later
/* tdx-image build */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "blob/payload.h"
#include "image/tool.h"
#include "seam/page.h"
#include "tdxmod/metadata.h"

/* Modules of the 2.0 series have longer handoff data, and a CPU of their own */
#define FIRST_MAJOR_2_0			2
#define HANDOFF_PAGES_RAW_2_0		24

#define MAX_DATE			99991231
#define MAX_HANDOFF_PAGES		0x10000
#define MAX_KNOWN			1024

enum option_id {
	OPT_LIKE = 1, OPT_VERSION, OPT_HEADER, OPT_SVN, OPT_NO_DOWNGRADE, OPT_HANDOFF_PAGES,
	OPT_CPUS, OPT_CPUID_CONFIGS, OPT_DATE, OPT_DEBUG_SIGNED, OPT_DISABLE_LEAF, OPT_SET,
	OPT_ABSENT, OPT_SIGSTRUCT_HV, OPT_KEY, OPT_NO_SIGN,
	/* From here on: index into numbers[] */
	OPT_NUMBER,
};

/** struct number - an option whose value goes as it is into a member of image_spec */
struct number {
	const char *option;
	size_t offset;
	size_t size;
	uint64_t max;
};

#define MEMBER_SIZE(member)	sizeof(((struct image_spec *)0)->member)
#define NUMBER(option, member)	\
	NUMBER_TO(option, member, UINT64_MAX >> (64 - 8 * MEMBER_SIZE(member)))
#define NUMBER_TO(option, member, max)	\
	{ option, offsetof(struct image_spec, member), MEMBER_SIZE(member), max }

static const struct number numbers[] = {
	NUMBER("build-num", desc.build_num),
	NUMBER("internal", desc.internal),
	NUMBER("hv", desc.module_hv),
	NUMBER("min-hv", desc.min_update_hv),
	NUMBER("features0", desc.features0),
	NUMBER("attributes-fixed0", desc.attributes_fixed0),
	NUMBER("config-flags-fixed0", desc.config_flags_fixed0),
	NUMBER("tdcs-pages", desc.tdcs_pages),
	NUMBER("tdvps-pages", desc.tdvps_pages),
	NUMBER("max-vcpus", desc.max_vcpus_per_td),
	NUMBER("crypto-generation", desc.crypto_generation),
	NUMBER_TO("pages", nr_pages, BLOB_MAX_MODULE_PAGES),
};

#define NR_NUMBERS	ARRAY_SIZE(numbers)

static const struct option others[] = {
	{ "like", required_argument, NULL, OPT_LIKE },
	{ "version", required_argument, NULL, OPT_VERSION },
	{ "header", required_argument, NULL, OPT_HEADER },
	{ "svn", required_argument, NULL, OPT_SVN },
	{ "no-downgrade", optional_argument, NULL, OPT_NO_DOWNGRADE },
	{ "handoff-pages", required_argument, NULL, OPT_HANDOFF_PAGES },
	{ "cpus", required_argument, NULL, OPT_CPUS },
	{ "cpuid-configs", required_argument, NULL, OPT_CPUID_CONFIGS },
	{ "date", required_argument, NULL, OPT_DATE },
	{ "debug-signed", no_argument, NULL, OPT_DEBUG_SIGNED },
	{ "disable-leaf", no_argument, NULL, OPT_DISABLE_LEAF },
	{ "set", required_argument, NULL, OPT_SET },
	{ "absent", required_argument, NULL, OPT_ABSENT },
	{ "sigstruct-hv", required_argument, NULL, OPT_SIGSTRUCT_HV },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "no-sign", no_argument, NULL, OPT_NO_SIGN },
};

#define NR_OTHERS	ARRAY_SIZE(others)

/**
 * struct build - the command line
 * @spec: the image
 * @key: PEM file
 * @output: where to write
 * @sign: make a signature
 * @handoff_pages_given: do not choose them by version
 */
struct build {
	struct image_spec spec;
	const char *key;
	const char *output;
	bool sign;
	bool handoff_pages_given;
};

/* "A.B" or "A.B.C", decimal, each at most @max */
static void parse_dotted(const char *option, const char *text, unsigned int count,
			 uint64_t max, uint64_t *values)
{
	char *copy = strdup(text);
	char *rest = copy;
	unsigned int i;

	for (i = 0; i < count && rest; i++) {
		const char *part = strsep(&rest, ".");
		char *end;

		values[i] = strtoull(part, &end, 10);
		if (!*part || *end || *part == '-' || values[i] > max)
			usage_error("%s: \"%s\" is not made of %u numbers with dots", option,
				    text, count);
	}
	if (i != count || rest)
		usage_error("%s: \"%s\" is not made of %u numbers with dots", option, text, count);
	free(copy);
}

static void parse_cpus(struct image_spec *spec, const char *text)
{
	char *copy = strdup(text);
	char *rest = copy;

	spec->nr_cpuids = 0;
	while (strcmp(text, "none") && rest) {
		if (spec->nr_cpuids == SIGSTRUCT_MAX_CPUIDS)
			usage_error("--cpus: a sigstruct holds at most %u", SIGSTRUCT_MAX_CPUIDS);
		spec->cpuid[spec->nr_cpuids++] =
			parse_number("--cpus", strsep(&rest, ","), UINT32_MAX);
	}
	free(copy);
}

static uint64_t parse_field(const char *option, const char *text)
{
	for (unsigned int i = 0; i < metadata_nr_fields; i++) {
		if (!strcmp(metadata_fields[i].name, text))
			return metadata_fields[i].id;
	}

	return parse_number(option, text, UINT64_MAX);
}

static void add_override(struct module_desc *desc, const char *text, bool absent)
{
	const char *option = absent ? "--absent" : "--set";
	struct module_override *override;
	char *name = strdup(text);
	char *value = strchr(name, '=');

	if (desc->nr_overrides == MODULE_MAX_OVERRIDES)
		usage_error("%s: an image has room for %u of them", option, MODULE_MAX_OVERRIDES);
	if (absent == !!value)
		usage_error("%s: \"%s\" does not have the form %s", option, text,
			    absent ? "FIELD" : "FIELD=N");
	if (value)
		*value++ = '\0';

	override = &desc->override[desc->nr_overrides++];
	override->field_id = parse_field(option, name);
	override->value = value ? parse_number(option, value, UINT64_MAX) : 0;
	override->flags = absent ? MODULE_OVERRIDE_ABSENT : 0;
	free(name);
}

static void parse_range(struct image_spec *spec, char *text)
{
	char *max = strchr(text, '-');

	if (!max)
		usage_error("--sigstruct-hv: \"%s\" does not have the form MIN-MAX", text);
	*max++ = '\0';
	spec->sigstruct_min_hv = parse_number("--sigstruct-hv", text, UINT16_MAX);
	spec->sigstruct_hv = parse_number("--sigstruct-hv", max, UINT16_MAX);
	spec->sigstruct_differs = true;
}

/* BCD: the digits of the decimal date as hexadecimal ones */
static uint32_t parse_date(const char *text)
{
	parse_number("--date", text, MAX_DATE);

	return strtoul(text, NULL, 16);
}

static void parse_version(struct module_desc *desc, const char *text)
{
	uint64_t values[3];

	parse_dotted("--version", text, 3, UINT8_MAX, values);
	desc->major = values[0];
	desc->minor = values[1];
	desc->update = values[2];
}

static void parse_svn(struct image_spec *spec, const char *text)
{
	uint64_t values[2];

	parse_dotted("--svn", text, 2, UINT8_MAX, values);
	spec->svn_major = values[0];
	spec->svn_minor = values[1];
}

static void parse_like(struct image_spec *spec, const char *text)
{
	const struct release *release = release_by_name(text);
	char known[MAX_KNOWN] = "";
	char name[RELEASE_NAME_SIZE];

	if (release) {
		image_spec_like(spec, release);
		return;
	}
	for (unsigned int i = 0; i < nr_releases; i++) {
		release_name(&releases[i], name);
		snprintf(known + strlen(known), sizeof(known) - strlen(known), " %s", name);
	}
	usage_error("--like: \"%s\" is not a known release; these are:%s", text, known);
}

static void parse_plain_number(struct image_spec *spec, const struct number *number,
			       const char *text)
{
	char option[32];
	uint64_t value;

	snprintf(option, sizeof(option), "--%s", number->option);
	value = parse_number(option, text, number->max);
	memcpy((char *)spec + number->offset, &value, number->size);
}

static void parse_spec(struct build *build, int option, char *value)
{
	struct image_spec *spec = &build->spec;
	struct module_desc *desc = &spec->desc;
	uint64_t number;

	switch (option) {
	case OPT_LIKE:
		break;
	case OPT_VERSION:
		parse_version(desc, value);
		break;
	case OPT_HEADER:
		spec->header = parse_header(value);
		break;
	case OPT_SVN:
		parse_svn(spec, value);
		break;
	case OPT_NO_DOWNGRADE:
		desc->no_downgrade = value ? parse_number("--no-downgrade", value, 1) : 1;
		break;
	case OPT_HANDOFF_PAGES:
		/* Counts are stored minus one: 0 makes no sense */
		number = parse_number("--handoff-pages", value, MAX_HANDOFF_PAGES);
		if (!number)
			usage_error("--handoff-pages: there is at least one");
		desc->handoff_pages_raw = number - 1;
		build->handoff_pages_given = true;
		break;
	case OPT_CPUS:
		parse_cpus(spec, value);
		break;
	case OPT_CPUID_CONFIGS:
		/* The list only ever grew at its end, so an older one is its beginning */
		desc->nr_cpuid_config = parse_number("--cpuid-configs", value,
						     desc->nr_cpuid_config);
		break;
	case OPT_DATE:
		spec->date = parse_date(value);
		desc->build_date = parse_number("--date", value, MAX_DATE);
		break;
	default:
		parse_plain_number(spec, &numbers[option - OPT_NUMBER], value);
	}
}

static void parse_option(struct build *build, int option, char *value)
{
	struct module_desc *desc = &build->spec.desc;

	switch (option) {
	case 'o':
		build->output = value;
		break;
	case OPT_DEBUG_SIGNED:
		build->spec.debug_signed = true;
		break;
	case OPT_DISABLE_LEAF:
		desc->flags |= MODULE_HAS_DISABLE;
		break;
	case OPT_SET:
	case OPT_ABSENT:
		add_override(desc, value, option == OPT_ABSENT);
		break;
	case OPT_SIGSTRUCT_HV:
		parse_range(&build->spec, value);
		break;
	case OPT_KEY:
		build->key = value;
		break;
	case OPT_NO_SIGN:
		build->sign = false;
		break;
	default:
		parse_spec(build, option, value);
	}
}

/* Wherever it stands, a release is what the other options change */
static void parse_command_line(struct build *build, int argc, char **argv)
{
	struct option options[NR_OTHERS + NR_NUMBERS + 1] = { 0 };
	int option;

	memcpy(options, others, sizeof(others));
	for (size_t i = 0; i < NR_NUMBERS; i++) {
		options[NR_OTHERS + i] = (struct option) {
			numbers[i].option, required_argument, NULL, OPT_NUMBER + i,
		};
	}

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == OPT_LIKE)
			parse_like(&build->spec, optarg);
		if (option == '?')
			exit(2);
	}
	optind = 0;
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
		parse_option(build, option, optarg);
	if (optind != argc)
		usage_error("build: \"%s\" is one word too many", argv[optind]);
}

/* What follows from the choices, as in real modules */
static void derive(struct build *build)
{
	struct module_desc *desc = &build->spec.desc;

	if (desc->major >= FIRST_MAJOR_2_0) {
		desc->series = MODULE_SERIES_2_0;
		if (!build->handoff_pages_given)
			desc->handoff_pages_raw = HANDOFF_PAGES_RAW_2_0;
	}
	if (desc->module_hv)
		desc->flags |= MODULE_COUNTS_BUILDS;
	if (desc->features0 & TDX_FEATURES0_UPDATE_COMPATIBILITY)
		desc->flags |= MODULE_COUNTS_BUILDS | MODULE_UPDATE_V1;
}

int cmd_build(int argc, char **argv)
{
	struct build build = { .key = TEST_KEY, .sign = true };
	char error[BLOB_ERROR_SIZE];
	struct image_file file;

	image_spec_init(&build.spec);
	parse_command_line(&build, argc, argv);
	if (!build.output)
		usage_error("build: say with -o where the image shall go");

	derive(&build);
	if (!image_spec_check(&build.spec, error))
		fail("%s", error);

	file.data = image_build(&build.spec, &file.size);
	if (!file.data)
		fail("not enough memory");
	if (build.sign)
		file_sign(&file, build.key);
	blob_fix_checksum(file.data, file.size);
	file_write(build.output, &file);
	free(file.data);

	return EXIT_SUCCESS;
}
