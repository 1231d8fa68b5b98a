// SPDX-License-Identifier: GPL-2.0-or-later
/* Options of the plugin, the QEMU that it accepts, and the machine's shape. */
#include <string.h>

#include "qemu/compat.h"
#include "qemu/options.h"
#include "qemu/topology.h"
#include "seam/page.h"
#include "tests/suites.h"

#define MIB		(1ULL << 20)
#define GIB		(1ULL << 30)

static bool parse_one(struct options *options, const char *arg, char error[OPTIONS_ERROR_SIZE])
{
	char copy[OPTIONS_ERROR_SIZE], *argv[] = { copy };

	snprintf(copy, sizeof(copy), "%s", arg);
	error[0] = '\0';
	return options_parse(options, 1, argv, error);
}

static bool defaults(void)
{
	char error[OPTIONS_ERROR_SIZE];
	struct options options;

	CHECK(options_parse(&options, 0, NULL, error));
	CHECK(options.tdx && !options.referee && !options.vmcs_erratum && !options.debug_unlocked);
	CHECK(!options.module && !options.trace && !options.control);
	CHECK_EQ(options.sockets, 1);
	CHECK_EQ(options.updates, 31);
	CHECK_EQ(options.cpu->cpuid_1_eax, 0xa06d1);
	options_free(&options);
	return true;
}

static bool every_option(void)
{
	char args[][56] = {
		"module=m", "td-program=p", "sockets=8", "cpu=emr", "maxpa=52", "updates=0",
		"erratum=vmcs", "debug-unlocked=on", "referee=on", "seed=7", "trace=-",
		"trace-json=j", "control=c", "unconfirmed=seaminfo:ebadparam",
		"fault=a", "fault=b", "count=f:ffff0-ffff8", "section-trace=s",
		"section=function:10-20", "section=glue:ffffffff81000000-ffffffff81000100",
	};
	char *argv[ARRAY_SIZE(args)], error[OPTIONS_ERROR_SIZE];
	struct options options;

	for (size_t i = 0; i < ARRAY_SIZE(args); i++)
		argv[i] = args[i];
	CHECK(options_parse(&options, ARRAY_SIZE(args), argv, error));
	CHECK(!strcmp(options.module, "m") && !strcmp(options.td_program, "p"));
	CHECK(!strcmp(options.trace, "-") && !strcmp(options.trace_json, "j"));
	CHECK(!strcmp(options.control, "c"));
	CHECK(options.vmcs_erratum && options.debug_unlocked && options.referee);
	CHECK_EQ(options.sockets, 8);
	CHECK_EQ(options.maxpa, 52);
	CHECK_EQ(options.updates, 0);
	CHECK_EQ(options.seed, 7);
	CHECK_EQ(options.cpu->cpuid_1_eax, 0xc06f2);
	CHECK_EQ(options.cpu->loader_major, 1);
	CHECK(options.unconfirmed.second[UNCONFIRMED_SEAMINFO]);
	CHECK_EQ(options.nr_faults, 2);
	CHECK(!strcmp(options.fault[1], "b"));
	CHECK_EQ(options.nr_counts, 1);
	CHECK(!strcmp(options.count[0].name, "f"));
	CHECK_EQ(options.count[0].range.start, 0xffff0);
	CHECK_EQ(options.count[0].range.end, 0xffff8);
	CHECK(!strcmp(options.section_trace, "s"));
	CHECK_EQ(options.nr_sections, 2);
	CHECK_EQ(options.section[0].role, SECTION_FUNCTION);
	CHECK_EQ(options.section[1].role, SECTION_GLUE);
	CHECK_EQ(options.section[1].range.start, 0xffffffff81000000);
	CHECK_EQ(options.section[1].range.end, 0xffffffff81000100);
	options_free(&options);
	return true;
}

static bool nonsense(void)
{
	static const char * const wrong[] = {
		"", "bogus=1", "bogus", "module=", "module", "profile=",
		"profile=without-module", "tdx=maybe", "tdx=", "sockets=0",
		"sockets=9", "sockets=two", "sockets=-1", "sockets=2x", "cpu=zen", "maxpa=37",
		"maxpa=53", "updates=-1", "updates=10000", "updates=", "erratum=on", "erratum",
		"debug-unlocked=yes", "referee=1", "seed=x", "seed=-1",
		"seed=99999999999999999999", "trace=", "control=", "count=f", "count=f:",
		"count=:1-2", "count=f:1", "count=f:2-1", "count=f:1-1", "count=f:x-y",
		"unconfirmed=", "unconfirmed", "unconfirmed=nothing:works",
		"unconfirmed=seaminfo:no", "count=f:1-2x", "count=f:1-99999999999999999",
		"section-trace=", "section=function:1-2", "section=", "section=function",
		"section=function:", "section=function:2-1", "section=functions:1-2",
		"section=func:1-2", "section=:1-2",
	};
	char error[OPTIONS_ERROR_SIZE];
	struct options options;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (parse_one(&options, wrong[i], error) || !error[0]) {
			printf("# \"%s\" is accepted\n", wrong[i]);
			return false;
		}
		options_free(&options);
	}
	return true;
}

static bool too_many(void)
{
	char fault[] = "fault=x", count[] = "count=f:1-2", section[] = "section=wait:1-2";
	char file[] = "section-trace=f", error[OPTIONS_ERROR_SIZE];
	char *argv[OPTIONS_MAX_SECTIONS + 2];
	struct options options;

	for (size_t i = 0; i < ARRAY_SIZE(argv); i++)
		argv[i] = fault;
	CHECK(options_parse(&options, FAULT_MAX, argv, error));
	options_free(&options);
	CHECK(!options_parse(&options, FAULT_MAX + 1, argv, error));
	options_free(&options);
	for (size_t i = 0; i < ARRAY_SIZE(argv); i++)
		argv[i] = count;
	CHECK(options_parse(&options, OPTIONS_MAX_COUNTS, argv, error));
	options_free(&options);
	CHECK(!options_parse(&options, OPTIONS_MAX_COUNTS + 1, argv, error));
	options_free(&options);
	argv[0] = file;
	for (size_t i = 1; i < ARRAY_SIZE(argv); i++)
		argv[i] = section;
	CHECK(options_parse(&options, OPTIONS_MAX_SECTIONS + 1, argv, error));
	options_free(&options);
	CHECK(!options_parse(&options, OPTIONS_MAX_SECTIONS + 2, argv, error));
	options_free(&options);
	return true;
}

static bool contradiction(void)
{
	char off[] = "tdx=off", module[] = "module=m", error[OPTIONS_ERROR_SIZE];
	char *argv[] = { off, module };
	struct options options;

	CHECK(!options_parse(&options, 2, argv, error));
	options_free(&options);
	return true;
}

static bool beside_profile(void)
{
	char args[][24] = { "profile=p", "module=m", "cpu=emr", "updates=3" };
	char *argv[] = { args[0], args[1], args[2] }, error[OPTIONS_ERROR_SIZE];
	struct options options;

	CHECK(options_parse(&options, 2, argv, error) && !strcmp(options.profile, "p"));
	options_free(&options);
	CHECK(!options_parse(&options, 3, argv, error) && strstr(error, "cpu="));
	options_free(&options);
	argv[2] = args[3];
	CHECK(!options_parse(&options, 3, argv, error) && strstr(error, "updates="));
	options_free(&options);
	return true;
}

static bool other_qemus(void)
{
	struct qemu_info info = {
		.target_name = "x86_64",
		.version = { PLUGIN_API_VERSION, PLUGIN_API_VERSION },
		.system_emulation = true,
		.system = { .smp_vcpus = 4, .max_vcpus = 4 },
	};
	char error[COMPAT_ERROR_SIZE];

	CHECK(compat_check(&info, error));
	info.version.cur = PLUGIN_API_VERSION + 1;
	CHECK(!compat_check(&info, error));
	info.version.cur = PLUGIN_API_VERSION - 1;
	info.version.min = PLUGIN_API_VERSION - 1;
	CHECK(!compat_check(&info, error));
	info.version.cur = PLUGIN_API_VERSION;
	info.version.min = PLUGIN_API_VERSION;
	info.target_name = "aarch64";
	CHECK(!compat_check(&info, error));
	info.target_name = "x86_64";
	info.system_emulation = false;
	CHECK(!compat_check(&info, error));
	info.system_emulation = true;
	CHECK(compat_check(&info, error));
	info.system.max_vcpus = 8;
	CHECK(!compat_check(&info, error));
	return true;
}

static bool topology(void)
{
	static struct platform_config config;

	/* -smp 6,sockets=2: three cores need two bits. */
	config.nr_lps = 6;
	config.nr_sockets = 2;
	topology_set(&config);
	CHECK_EQ(topology_package_shift(&config), 2);
	CHECK_EQ(config.x2apic_id[2], 2);
	CHECK_EQ(config.package[2], 0);
	CHECK_EQ(config.x2apic_id[3], 4);
	CHECK_EQ(config.package[3], 1);
	CHECK_EQ(config.x2apic_id[5], 6);

	config.nr_lps = 8;
	config.nr_sockets = 8;
	topology_set(&config);
	CHECK_EQ(topology_package_shift(&config), 0);
	CHECK_EQ(config.x2apic_id[7], 7);
	CHECK_EQ(config.package[7], 7);
	return true;
}

/** struct ram - memory of a machine: below the hole, and above 4 GiB */
struct ram {
	uint64_t low;
	uint64_t high;
	unsigned int reads;
};

static bool ram_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	struct ram *ram = ctx;

	ram->reads++;
	return pa < ram->low || (pa >= 4 * GIB && pa < 4 * GIB + ram->high);
}

static bool probed(uint64_t low, uint64_t high)
{
	static struct platform_config config;
	struct ram ram = { .low = low, .high = high };
	const struct seam_memory memory = { .ctx = &ram, .read = ram_read };

	config.seamrr_base = 512 * GIB - 64 * MIB;
	topology_probe_memory(&config, &memory);
	CHECK_EQ(config.cmr[0].base, 0);
	CHECK_EQ(config.cmr[0].size, low);
	CHECK_EQ(config.nr_cmrs, high ? 2 : 1);
	if (high) {
		CHECK_EQ(config.cmr[1].base, 4 * GIB);
		CHECK_EQ(config.cmr[1].size, high);
	}
	/* Each touched page is a page that the host must back. */
	CHECK(ram.reads < 64);
	return true;
}

static bool memory_probe(void)
{
	return probed(2 * GIB, 0) && probed(512 * MIB, 0) && probed(2 * GIB, 6 * GIB) &&
	       probed(2800 * MIB, 0) && probed(3 * GIB, MIB) && probed(128 * MIB, 0);
}

static const struct test tests[] = {
	{ "defaults", defaults },
	{ "every option", every_option },
	{ "nonsense is refused with a sentence", nonsense },
	{ "too many faults, counters or ranges", too_many },
	{ "tdx=off and a module contradict each other", contradiction },
	{ "a profile says what other options say", beside_profile },
	{ "a QEMU of another plugin API or target is refused", other_qemus },
	{ "LPs have the APIC ids that QEMU gives its vCPUs", topology },
	{ "the end of the RAM is found", memory_probe },
	{ 0 },
};

const struct suite suite_options = { "options", tests };
