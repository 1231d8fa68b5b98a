// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of releases, and modules that are like each of them (SEAM ABI 6.4). */
#include <string.h>

#include "blob/releases.h"
#include "seam/page.h"
#include "tdxmod/td_cpuid.h"
#include "tests/fixture.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA		(HOST_TDMR_BASE + 0x1000000)
#define SECOND_GUEST_PA		(HOST_TDMR_BASE + 0x2000000)

#define FIELD_MAX_VCPUS		0x9900000100000008ULL
#define FIELD_CPUID_LEAVES	0x9900000300000400ULL
#define FIELD_TDCS_SIZE		0x9800000100000100ULL
#define FIELD_TDVPS_SIZE	0x9800000100000200ULL
#define FIELD_ATTRIBUTES	0x1900000300000000ULL
#define FIELD_FEATURES0		0x0a00000300000008ULL

/* CPUID of a TD: class 20, leaf in bits 15:9, no sub-leaf in bit 8 */
#define TD_CPUID(leaf, subleaf)	(20ULL << 56 | (leaf) << 9 | (subleaf) << 1)
#define TD_CPUID_ONLY(leaf)	(20ULL << 56 | (leaf) << 9 | 0xff << 1)

#define CPUID_MCE_MTRR_MCA	(1U << 7 | 1U << 12 | 1U << 14)

/* Intel allows no update from 2.0.02 to a later one */
static bool same_ladder(const struct release *older, const struct release *newer)
{
	return older->series == newer->series &&
	       !(older->series == RELEASE_2_0 && older->update < 4);
}

/* What is there stays: positions, and what a host may configure */
static bool cpuid_grows(const struct module_desc *older, const struct module_desc *newer)
{
	CHECK(newer->nr_cpuid_config >= older->nr_cpuid_config);
	for (uint32_t i = 0; i < older->nr_cpuid_config; i++) {
		const struct module_cpuid_config *was = &older->cpuid_config[i];
		const struct module_cpuid_config *is = &newer->cpuid_config[i];

		CHECK_EQ(is->leaf, was->leaf);
		CHECK_EQ(is->subleaf, was->subleaf);
		for (unsigned int r = 0; r < 4; r++) {
			CHECK_EQ(was->allow[r] & ~is->allow[r], 0);
			/* But for EDX of leaf 4 */
			if (was->leaf != 4 || r != 3)
				CHECK_EQ(was->direct[r] & ~is->direct[r], 0);
		}
	}

	return true;
}

static bool pair(const struct release *older, const struct release *newer)
{
	struct module_desc was, is;

	release_describe(older, &was);
	release_describe(newer, &is);
	CHECK(newer->update > older->update);
	CHECK(newer->svn_minor >= older->svn_minor);
	CHECK_EQ(older->features0 & ~newer->features0, 0);
	CHECK_EQ(older->attributes_fixed0 & ~newer->attributes_fixed0, 0);
	CHECK_EQ(older->config_flags_fixed0 & ~newer->config_flags_fixed0, 0);
	CHECK(newer->module_hv >= older->module_hv);
	CHECK(newer->no_downgrade >= older->no_downgrade);
	CHECK(newer->handoff_pages >= older->handoff_pages);
	CHECK(newer->max_vcpus >= older->max_vcpus);
	if (same_ladder(older, newer))
		CHECK_EQ(newer->tdcs_pages, older->tdcs_pages);

	return cpuid_grows(&was, &is);
}

static bool ladders(void)
{
	for (unsigned int i = 1; i < nr_releases; i++) {
		if (releases[i].series == releases[i - 1].series)
			CHECK(pair(&releases[i - 1], &releases[i]));
	}

	return true;
}

/* What a release says of itself fits together */
static bool rows(void)
{
	for (unsigned int i = 0; i < nr_releases; i++) {
		const struct release *release = &releases[i];
		char name[RELEASE_NAME_SIZE];
		struct module_desc desc;

		release_name(release, name);
		CHECK(release_by_name(name) == release);
		release_describe(release, &desc);
		CHECK_EQ(!(desc.flags & MODULE_VP_INIT_V1),
			 !(desc.features0 & TDX_FEATURES0_TOPOLOGY_ENUM));
		CHECK_EQ(!(desc.flags & MODULE_UPDATE_V1),
			 !(desc.features0 & TDX_FEATURES0_UPDATE_COMPATIBILITY));
		CHECK_EQ(!(desc.flags & MODULE_COUNTS_BUILDS), !desc.module_hv);
		CHECK_EQ(!(desc.flags & MODULE_COUNTS_BUILDS), !desc.crypto_generation);
		CHECK(desc.features0 & TDX_FEATURES0_TD_PRESERVING);
		CHECK_EQ(desc.series, desc.major == 2 ? MODULE_SERIES_2_0 : MODULE_SERIES_1_5);
		CHECK_EQ(release->svn_major, desc.major == 2 ? 3 : 1);
		for (uint32_t c = 0; c < desc.nr_cpuid_config; c++) {
			for (unsigned int r = 0; r < 4; r++)
				CHECK_EQ(desc.cpuid_config[c].direct[r] &
					 desc.cpuid_config[c].allow[r], 0);
		}
	}
	CHECK(release_by_name("1.5.1") == release_by_name("1.5.01"));
	CHECK(!release_by_name("1.5.17") && !release_by_name("1.5.16x") && !release_by_name(""));

	return true;
}

/** struct milestone - a mask as the contract's tables give it */
struct milestone {
	const char *release;
	unsigned int position;
	unsigned int reg;
	uint32_t direct, allow;
};

enum { EAX, EBX, ECX, EDX };

static const struct milestone milestones[] = {
	{ "1.5.01", 0, EDX, 0, 0xb8440000 },
	{ "1.5.08", 0, EDX, 0, 0xb8440000 },
	{ "1.5.09", 0, EDX, 0, 0xb8445080 },
	{ "2.0.02", 0, EDX, 0, 0xb8440000 },
	{ "2.0.04", 0, EDX, 0, 0xb8445080 },
	{ "1.5.34", 0, EBX, 0x00ff0000, 0 },
	{ "1.5.08", 3, EDX, 0xfffffffb, 0 },
	{ "1.5.08", 4, EDX, 0x7, 0 },
	{ "1.5.09", 1, EDX, 0x7, 0 },
	{ "2.0.02", 2, EDX, 0x7, 0 },
	{ "1.5.08", 5, EDX, 0, 0x0005411c },
	{ "1.5.09", 5, EDX, 0, 0x4005411c },
	{ "1.5.01", 6, EAX, 0, 0x00001d30 },
	{ "1.5.05", 6, EAX, 0, 0x04001d30 },
	{ "1.5.05", 6, EDX, 0, 0x00000430 },
	{ "1.5.06", 6, EAX, 0, 0x04881db0 },
	{ "1.5.13", 6, EDX, 0, 0x00020430 },
	{ "1.5.16", 6, EDX, 0, 0x00024430 },
	{ "1.5.34", 6, EAX, 0, 0x04881db0 },
	{ "2.0.05", 6, EAX, 0, 0x04a81db0 },
	{ "2.0.02", 6, EDX, 0, 0x00024430 },
	{ "2.0.08", 6, EAX, 0, 0x04a81dbf },
	{ "1.5.05", 9, EAX, 0, 0 },
	{ "1.5.06", 9, EAX, 0xff, 0 },
	{ "1.5.05", 12, ECX, 0xffff, 0 },
	{ "2.0.18", 27, EDX, 0x03ffc000, 0 },
};

static bool masks(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(milestones); i++) {
		const struct milestone *milestone = &milestones[i];
		const struct module_cpuid_config *config;
		struct module_desc desc;

		release_describe(release_by_name(milestone->release), &desc);
		config = &desc.cpuid_config[milestone->position];
		if (config->direct[milestone->reg] != milestone->direct ||
		    config->allow[milestone->reg] != milestone->allow)
			printf("# milestone %zu, %s\n", i, milestone->release);
		CHECK_EQ(config->direct[milestone->reg], milestone->direct);
		CHECK_EQ(config->allow[milestone->reg], milestone->allow);
	}

	return true;
}

/** struct running - a platform that runs a module like a release */
struct running {
	const struct release *release;
	struct host host;
	struct host_image image;
};

static struct host_image image_like(const struct release *release)
{
	struct image_spec spec;

	image_spec_like(&spec, release);
	spec.nr_pages = FIXTURE_FEW_PAGES;

	return host_image(&spec);
}

static bool start(struct running *running, const struct release *release)
{
	uint32_t cpus[RELEASE_MAX_CPUS];

	running->release = release;
	running->image = image_like(release);
	host_init(&running->host, 1, 1);
	release_cpus(release, cpus);
	running->host.config.cpuid_1_eax[0] = cpus[0];

	return host_start(&running->host, &running->image) && !host_cold_init(&running->host);
}

static void stop(struct running *running)
{
	host_free(&running->host);
	host_image_free(&running->image);
}

/* Call @test with a module of each release */
static bool with_each(bool (*test)(struct running *running))
{
	for (unsigned int i = 0; i < nr_releases; i++) {
		struct running running;
		bool ok = start(&running, &releases[i]) && test(&running);

		stop(&running);
		if (!ok) {
			char name[RELEASE_NAME_SIZE];

			release_name(&releases[i], name);
			printf("# release %s\n", name);
			return false;
		}
	}

	return true;
}

static uint64_t read_field(struct running *running, uint64_t field)
{
	uint64_t value;

	return host_sys_rd(&running->host, field, &value) ? ~0ULL : value;
}

static bool metadata_body(struct running *running)
{
	const struct release *release = running->release;
	struct module_desc desc;
	uint64_t value;

	release_describe(release, &desc);
	CHECK_EQ(read_field(running, FIELD_NUM_CPUID_CONFIG), desc.nr_cpuid_config);
	CHECK_EQ(read_field(running, FIELD_TDCS_SIZE), release->tdcs_pages * 4096ULL);
	CHECK_EQ(read_field(running, FIELD_TDVPS_SIZE), 6 * 4096);
	CHECK_EQ(read_field(running, FIELD_FEATURES0), release->features0);
	/* LASS, bit 27: this CPU does not have it */
	CHECK_EQ(read_field(running, FIELD_ATTRIBUTES), release->attributes_fixed0 & ~(1ULL << 27));
	CHECK_EQ(host_sys_rd(&running->host, FIELD_MAX_VCPUS, &value),
		 release->max_vcpus ? TDX_SUCCESS : TDX_METADATA_FIELD_ID_INCORRECT);
	CHECK_EQ(value, release->max_vcpus);
	for (uint32_t i = 0; i < MODULE_MAX_CPUID_CONFIG; i++) {
		const struct module_cpuid_config *config = &desc.cpuid_config[i];
		bool used = i < desc.nr_cpuid_config;
		uint64_t low = read_field(running, FIELD_CPUID_VALUES + 2 * i);

		CHECK_EQ(read_field(running, FIELD_CPUID_LEAVES + i),
			 used ? config->leaf | (uint64_t)config->subleaf << 32 : ~0ULL);
		/* At least what is direct, at most what may be configured */
		CHECK_EQ(config->direct[0] & ~low, 0);
		CHECK_EQ((uint32_t)low & ~(config->direct[0] | config->allow[0]), 0);
	}

	return true;
}

static bool metadata(void)
{
	return with_each(metadata_body);
}

/* What MNG.INIT says to @params, and in RCX */
static uint64_t td_init(struct host *host, struct guest *guest, const struct td_params *params,
			uint64_t *detail)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = TDH_MNG_INIT,
		.gpr[SEAM_RCX] = guest->tdr,
		.gpr[SEAM_RDX] = HOST_BUFFER_PA,
	};
	uint64_t status;

	host_write(host, HOST_BUFFER_PA, params, sizeof(*params));
	status = host_call(host, 0, &regs);
	*detail = regs.gpr[SEAM_RCX];

	return status;
}

/* The same for a new TD */
static uint64_t td_new(struct host *host, struct guest *guest, unsigned int tdcs_pages,
		       const struct td_params *params, uint64_t *detail)
{
	uint64_t status;

	guest->tdcs_pages = tdcs_pages;
	status = guest_create(guest);

	return status ? status : td_init(host, guest, params, detail);
}

static const struct td_params plain = {
	.xfam = 3, .max_vcpus = 1, .eptp_controls = 0x1e, .tsc_frequency = 40,
};

/* EAX and EBX, or with @half ECX and EDX, that a TD sees */
static uint64_t td_reads(struct host *host, const struct guest *guest, uint64_t field,
			 unsigned int half)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = TDH_MNG_RD,
		.gpr[SEAM_RCX] = guest->tdr,
		.gpr[SEAM_RDX] = field | half,
	};

	return host_call(host, 0, &regs) ? ~0ULL : regs.gpr[SEAM_R8];
}

/* Each bit of each register is refused unless the release lets the host give it */
static bool refusals_body(struct running *running)
{
	struct module_desc desc;
	struct guest guest;
	uint64_t detail;

	release_describe(running->release, &desc);
	guest_init(&guest, &running->host, HOST_TD_KEYID, GUEST_PA);
	guest.tdcs_pages = desc.tdcs_pages;
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	for (unsigned int bit = 0; bit < desc.nr_cpuid_config * 128; bit++) {
		const struct module_cpuid_config *config = &desc.cpuid_config[bit / 128];
		unsigned int r = bit / 32 % 4;
		uint32_t mask = 1U << bit % 32;
		struct td_params params = plain;

		if ((config->direct[r] | config->allow[r]) & mask)
			continue;
		params.cpuid[bit / 128].reg[r] = mask;
		CHECK_EQ(td_init(&running->host, &guest, &params, &detail),
			 TDX_OPERAND_INVALID | TDX_OPERAND_CPUID_CONFIG);
		CHECK_EQ(detail, config->leaf | (uint64_t)config->subleaf << 32);
	}
	for (unsigned int bit = 0; bit < 64; bit++) {
		struct td_params params = plain;

		params.config_flags = 1ULL << bit;
		if (desc.config_flags_fixed0 >> bit & 1)
			continue;
		CHECK_EQ(td_init(&running->host, &guest, &params, &detail),
			 TDX_OPERAND_INVALID | TDX_OPERAND_EXEC_CONTROLS);
	}
	CHECK_EQ(td_init(&running->host, &guest, &plain, &detail), TDX_SUCCESS);

	return true;
}

static bool refusals(void)
{
	return with_each(refusals_body);
}

/* All that may be given is: direct bits come as they are, others if the CPU has them */
static bool everything_body(struct running *running)
{
	struct host *host = &running->host;
	struct td_params params = plain;
	struct module_desc desc;
	struct guest guest;
	uint64_t detail;

	release_describe(running->release, &desc);
	for (uint32_t i = 0; i < desc.nr_cpuid_config; i++) {
		for (unsigned int r = 0; r < 4; r++)
			params.cpuid[i].reg[r] = desc.cpuid_config[i].direct[r] |
						 desc.cpuid_config[i].allow[r];
	}
	guest_init(&guest, host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(td_new(host, &guest, desc.tdcs_pages, &params, &detail), TDX_SUCCESS);
	for (uint32_t i = 0; i < desc.nr_cpuid_config; i++) {
		const struct module_cpuid_config *config = &desc.cpuid_config[i];
		struct native_leaf native = native_cpuid_find(&host->config, config->leaf,
							      config->subleaf);
		uint64_t field = config->subleaf == MODULE_NO_SUBLEAF ?
				 TD_CPUID_ONLY(config->leaf & 0x7f) :
				 TD_CPUID(config->leaf & 0x7f, config->subleaf);

		if (config->leaf >> 31)
			field |= 1ULL << 16;
		for (unsigned int r = 0; r < 4; r++)
			CHECK_EQ((uint32_t)(td_reads(host, &guest, field, r / 2) >> r % 2 * 32),
				 native.reg[r] | config->direct[r]);
	}

	return true;
}

static bool everything(void)
{
	return with_each(everything_body);
}

/* Of what is not given: direct bits are 0, allowed ones too, others as the CPU has them */
static bool nothing(void)
{
	static const struct {
		const char *release;
		uint32_t leaf_1_edx;
		uint64_t leaf_1f_low;
	} cases[] = {
		{ "1.5.01", 0xbfebfbff & ~0xb8440000, 2ULL << 32 | 1 },
		{ "1.5.08", 0xbfebfbff & ~0xb8440000, 0 },
		{ "1.5.09", 0xbfebfbff & ~0xb8445080, 0 },
		{ "2.0.18", 0xbfebfbff & ~0xb8445080, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct release *release = release_by_name(cases[i].release);
		struct running running;
		struct guest guest;
		uint64_t detail;

		CHECK(start(&running, release));
		guest_init(&guest, &running.host, HOST_TD_KEYID, GUEST_PA);
		CHECK_EQ(td_new(&running.host, &guest, release->tdcs_pages, &plain, &detail),
			 TDX_SUCCESS);
		CHECK_EQ(td_reads(&running.host, &guest, TD_CPUID_ONLY(1), 1) >> 32,
			 cases[i].leaf_1_edx);
		/* With the list of 12 it is the CPU's own */
		CHECK_EQ(td_reads(&running.host, &guest, TD_CPUID(0x1f, 0), 0),
			 cases[i].leaf_1f_low);
		stop(&running);
	}

	return true;
}

/* The number of TDCS pages, and of vCPUs, is that of the release */
static bool sizes_body(struct running *running)
{
	unsigned int most = running->release->max_vcpus ? running->release->max_vcpus :
							  TD_UNSAID_MAX_VCPUS;
	unsigned int pages = running->release->tdcs_pages;
	struct td_params params = plain;
	struct guest guest;
	uint64_t detail;

	guest_init(&guest, &running->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(td_new(&running->host, &guest, 0, &params, &detail), TDX_TDCS_NOT_ALLOCATED);
	guest_init(&guest, &running->host, HOST_TD_KEYID + 1, SECOND_GUEST_PA);
	CHECK_EQ(td_new(&running->host, &guest, pages - 1, &params, &detail),
		 TDX_TDCX_NUM_INCORRECT);
	CHECK_EQ(host_leaf(&running->host, 0, TDH_MNG_ADDCX, guest.next, guest.tdr, 0, 0),
		 TDX_SUCCESS);
	CHECK_EQ(host_leaf(&running->host, 0, TDH_MNG_ADDCX, guest.next + 4096, guest.tdr, 0, 0),
		 TDX_TDCX_NUM_INCORRECT);
	params.max_vcpus = most + 1;
	CHECK_EQ(td_init(&running->host, &guest, &params, &detail),
		 TDX_OPERAND_INVALID | TDX_OPERAND_MAX_VCPUS);
	params.max_vcpus = most;
	CHECK_EQ(td_init(&running->host, &guest, &params, &detail), TDX_SUCCESS);

	return true;
}

static bool sizes(void)
{
	return with_each(sizes_body);
}

static bool climb(struct running *running, const struct release *release, struct guest *guest,
		  uint64_t *counter)
{
	struct host *host = &running->host;
	uint64_t edx = td_reads(host, guest, TD_CPUID_ONLY(1), 1);
	struct host_image image = image_like(release);
	uint64_t status, value;

	status = host_update(host, &image, read_field(running, FIELD_MODULE_HV));
	host_image_free(&image);
	CHECK_EQ(status, TDX_SUCCESS);
	CHECK_EQ(read_field(running, FIELD_UPDATE_VERSION), release->update);
	/* The TD goes on, and with the CPUID that it had */
	CHECK_EQ(guest_run(guest, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(value, ++*counter);
	CHECK_EQ(td_reads(host, guest, TD_CPUID_ONLY(1), 1), edx);

	return true;
}

/* From the first release with TDs of today's hosts to the last, on one platform */
static bool climb_from(const char *first)
{
	const struct release *release = release_by_name(first);
	unsigned int pages = release->tdcs_pages;
	struct running running;
	uint64_t counter = 0;
	struct guest guest;
	bool ok;

	ok = start(&running, release);
	guest_init(&guest, &running.host, HOST_TD_KEYID, GUEST_PA);
	guest.tdcs_pages = pages;
	ok = ok && !guest_build(&guest, 1);
	for (release++; ok && release < &releases[nr_releases]; release++) {
		/* The other build of a step, for another CPU */
		if (release->series != running.release->series || release->update == 25)
			continue;
		ok = climb(&running, release, &guest, &counter);
	}
	ok = ok && !guest_destroy(&guest);
	stop(&running);

	return ok;
}

static bool updates(void)
{
	CHECK(climb_from("1.5.05"));
	CHECK(climb_from("2.0.04"));

	return true;
}

/* The one step at which a TD's memory layout changes: who makes it is told */
static bool forced(void)
{
	const struct release *newer = release_by_name("2.0.04");
	struct host_image image = image_like(newer);
	struct running running;
	struct guest guest;
	uint64_t detail;

	CHECK(start(&running, release_by_name("2.0.02")));
	CHECK_EQ(host_update(&running.host, &image, 0), TDX_SUCCESS);
	guest_init(&guest, &running.host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(td_new(&running.host, &guest, 7, &plain, &detail), TDX_TDCX_NUM_INCORRECT);
	stop(&running);
	host_image_free(&image);

	return true;
}

static bool nearest(void)
{
	static const struct {
		unsigned int svn_major, svn_minor;
		const char *release;
	} cases[] = {
		{ 1, 0, "1.5.01" }, { 1, 4, "1.5.01" }, { 1, 9, "1.5.09" }, { 1, 13, "1.5.25" },
		{ 1, 99, "1.5.34" }, { 3, 0, "2.0.02" }, { 3, 4, "2.0.05" }, { 3, 99, "2.0.18" },
		{ 2, 3, "2.0.18" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		CHECK(release_nearest(cases[i].svn_major, cases[i].svn_minor) ==
		      release_by_name(cases[i].release));

	return true;
}

/* A host that knows the 18 leaves of 1.5.08 gives a TD of 1.5.09 less than before */
static bool stale_host(void)
{
	struct host_image image = image_like(release_by_name("1.5.09"));
	struct td_params params = plain;
	struct running running;
	struct guest before, after;
	uint64_t detail;

	CHECK(start(&running, release_by_name("1.5.08")));
	for (uint32_t i = 0; i < 18; i++) {
		uint64_t low = read_field(&running, FIELD_CPUID_VALUES + 2 * i);
		uint64_t high = read_field(&running, FIELD_CPUID_VALUES + 2 * i + 1);

		params.cpuid[i] = (struct td_cpuid_value) {
			{ low, low >> 32, high, high >> 32 & (i >= 1 && i <= 3 ? 7 : ~0U) },
		};
	}
	guest_init(&before, &running.host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(td_new(&running.host, &before, 6, &params, &detail), TDX_SUCCESS);
	CHECK_EQ(host_update(&running.host, &image, 0), TDX_SUCCESS);
	guest_init(&after, &running.host, HOST_TD_KEYID + 1, SECOND_GUEST_PA);
	CHECK_EQ(td_new(&running.host, &after, 6, &params, &detail), TDX_SUCCESS);
	CHECK_EQ((td_reads(&running.host, &before, TD_CPUID_ONLY(1), 1) ^
		  td_reads(&running.host, &after, TD_CPUID_ONLY(1), 1)) >> 32, CPUID_MCE_MTRR_MCA);
	CHECK_EQ((td_reads(&running.host, &before, TD_CPUID(7, 0), 1) ^
		  td_reads(&running.host, &after, TD_CPUID(7, 0), 1)) >> 32, 1U << 30);
	stop(&running);
	host_image_free(&image);

	return true;
}

static const struct test tests[] = {
	{ "nothing disappears along a ladder", ladders },
	{ "each release fits together", rows },
	{ "masks of CPUID_CONFIG", masks },
	{ "nearest relative", nearest },
	{ "metadata of each release", metadata },
	{ "what MNG.INIT refuses", refusals },
	{ "a host that configures everything", everything },
	{ "a host that configures nothing", nothing },
	{ "TDCS pages and vCPUs", sizes },
	{ "a TD survives each update of a ladder", updates },
	{ "a step that no policy allows", forced },
	{ "a host that does not read the metadata again", stale_host },
	{ NULL, NULL }
};

const struct suite suite_releases = { "releases", tests };
