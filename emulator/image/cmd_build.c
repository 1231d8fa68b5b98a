// SPDX-License-Identifier: GPL-2.0-or-later
/* tdx-image build */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "image/payload.h"
#include "image/tool.h"
#include "tdxmod/metadata.h"

/* Modules of the 2.0 series have longer handoff data, and a CPU of their own */
#define FIRST_MAJOR_2_0			2
#define HANDOFF_PAGES_RAW_2_0		24

#define MAX_DATE			99991231
#define MAX_HANDOFF_PAGES		0x10000

enum option_id {
	OPT_VERSION = 1, OPT_BUILD_NUM, OPT_INTERNAL, OPT_HEADER, OPT_SVN, OPT_HV, OPT_MIN_HV,
	OPT_NO_DOWNGRADE, OPT_HANDOFF_PAGES, OPT_FEATURES0, OPT_CPUS, OPT_PAGES, OPT_DATE,
	OPT_DEBUG_SIGNED, OPT_CRYPTO_GENERATION, OPT_DISABLE_LEAF, OPT_SET, OPT_ABSENT,
	OPT_SIGSTRUCT_HV, OPT_KEY, OPT_NO_SIGN,
};

static const struct option options[] = {
	{ "version", required_argument, NULL, OPT_VERSION },
	{ "build-num", required_argument, NULL, OPT_BUILD_NUM },
	{ "internal", required_argument, NULL, OPT_INTERNAL },
	{ "header", required_argument, NULL, OPT_HEADER },
	{ "svn", required_argument, NULL, OPT_SVN },
	{ "hv", required_argument, NULL, OPT_HV },
	{ "min-hv", required_argument, NULL, OPT_MIN_HV },
	{ "no-downgrade", no_argument, NULL, OPT_NO_DOWNGRADE },
	{ "handoff-pages", required_argument, NULL, OPT_HANDOFF_PAGES },
	{ "features0", required_argument, NULL, OPT_FEATURES0 },
	{ "cpus", required_argument, NULL, OPT_CPUS },
	{ "pages", required_argument, NULL, OPT_PAGES },
	{ "date", required_argument, NULL, OPT_DATE },
	{ "debug-signed", no_argument, NULL, OPT_DEBUG_SIGNED },
	{ "crypto-generation", required_argument, NULL, OPT_CRYPTO_GENERATION },
	{ "disable-leaf", no_argument, NULL, OPT_DISABLE_LEAF },
	{ "set", required_argument, NULL, OPT_SET },
	{ "absent", required_argument, NULL, OPT_ABSENT },
	{ "sigstruct-hv", required_argument, NULL, OPT_SIGSTRUCT_HV },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "no-sign", no_argument, NULL, OPT_NO_SIGN },
	{ }
};

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
			usage_error("%s: \"%s\" is not made of %u numbers with dots.", option,
				    text, count);
	}
	if (i != count || rest)
		usage_error("%s: \"%s\" is not made of %u numbers with dots.", option, text, count);
	free(copy);
}

static void parse_cpus(struct image_spec *spec, const char *text)
{
	char *copy = strdup(text);
	char *rest = copy;

	spec->nr_cpuids = 0;
	while (strcmp(text, "none") && rest) {
		if (spec->nr_cpuids == SIGSTRUCT_MAX_CPUIDS)
			usage_error("--cpus: a sigstruct holds at most %u.", SIGSTRUCT_MAX_CPUIDS);
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
		usage_error("%s: an image has room for %u of them.", option, MODULE_MAX_OVERRIDES);
	if (absent == !!value)
		usage_error("%s: \"%s\" does not have the form %s.", option, text,
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
		usage_error("--sigstruct-hv: \"%s\" does not have the form MIN-MAX.", text);
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

static void parse_option(struct build *build, int option, char *value)
{
	struct image_spec *spec = &build->spec;
	struct module_desc *desc = &spec->desc;
	uint64_t number;

	switch (option) {
	case 'o':
		build->output = value;
		break;
	case OPT_VERSION:
		parse_version(desc, value);
		break;
	case OPT_BUILD_NUM:
		desc->build_num = parse_number("--build-num", value, UINT16_MAX);
		break;
	case OPT_INTERNAL:
		desc->internal = parse_number("--internal", value, UINT16_MAX);
		break;
	case OPT_HEADER:
		spec->header = parse_header(value);
		break;
	case OPT_SVN:
		parse_svn(spec, value);
		break;
	case OPT_HV:
		desc->module_hv = parse_number("--hv", value, UINT16_MAX);
		break;
	case OPT_MIN_HV:
		desc->min_update_hv = parse_number("--min-hv", value, UINT16_MAX);
		break;
	case OPT_NO_DOWNGRADE:
		desc->no_downgrade = 1;
		break;
	case OPT_HANDOFF_PAGES:
		/* Counts are stored minus one: 0 makes no sense */
		number = parse_number("--handoff-pages", value, MAX_HANDOFF_PAGES);
		if (!number)
			usage_error("--handoff-pages: there is at least one.");
		desc->handoff_pages_raw = number - 1;
		build->handoff_pages_given = true;
		break;
	case OPT_FEATURES0:
		desc->features0 = parse_number("--features0", value, UINT64_MAX);
		break;
	case OPT_CPUS:
		parse_cpus(spec, value);
		break;
	case OPT_PAGES:
		spec->nr_pages = parse_number("--pages", value, BLOB_MAX_MODULE_PAGES);
		break;
	case OPT_DATE:
		spec->date = parse_date(value);
		desc->build_date = parse_number("--date", value, MAX_DATE);
		break;
	case OPT_DEBUG_SIGNED:
		spec->debug_signed = true;
		break;
	case OPT_CRYPTO_GENERATION:
		desc->crypto_generation = parse_number("--crypto-generation", value, UINT16_MAX);
		break;
	case OPT_DISABLE_LEAF:
		desc->flags |= MODULE_HAS_DISABLE;
		break;
	case OPT_SET:
	case OPT_ABSENT:
		add_override(desc, value, option == OPT_ABSENT);
		break;
	case OPT_SIGSTRUCT_HV:
		parse_range(spec, value);
		break;
	case OPT_KEY:
		build->key = value;
		break;
	case OPT_NO_SIGN:
		build->sign = false;
		break;
	default:
		exit(2);
	}
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
	int option;

	image_spec_init(&build.spec);
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
		parse_option(&build, option, optarg);
	if (optind != argc)
		usage_error("build: \"%s\" is one word too many.", argv[optind]);
	if (!build.output)
		usage_error("build: say with -o where the image shall go.");

	derive(&build);
	if (!image_spec_check(&build.spec, error))
		fail("%s", error);

	file.data = image_build(&build.spec, &file.size);
	if (!file.data)
		fail("Not enough memory.");
	if (build.sign)
		file_sign(&file, build.key);
	blob_fix_checksum(file.data, file.size);
	file_write(build.output, &file);
	free(file.data);

	return EXIT_SUCCESS;
}
