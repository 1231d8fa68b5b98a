// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Versions of leaves: which release takes which (SEAM ABI 4.2), and in which
 * order SYS.INIT, SYS.CONFIG and SYS.UPDATE look at what version 1 adds (4.8).
 */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tdxmod/module.h"
#include "tests/fixture.h"
#include "tests/suites.h"

#define VERSION(leaf, version)	((leaf) | (uint64_t)(version) << TDH_VERSION_SHIFT)
#define LAST_LEAF		0xff
#define RESERVED_FEATURE	(1ULL << 63)

static bool listed(uint64_t leaf, const uint16_t *leaves, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (leaves[i] == leaf)
			return true;
	}

	return false;
}

#define LISTED(leaf, leaves)	listed(leaf, leaves, ARRAY_SIZE(leaves))

/* The table of SEAM ABI 4.2, by the name of the release */
static bool takes_version(const char *name, uint64_t leaf)
{
	static const uint16_t always[] = { 3, 11, 23, 26, 30 };
	static const uint16_t from_2_0_14[] = { 33, 53 };
	static const uint16_t exports[] = { 65, 66, 68, 83 };
	static const char with_53[] = "1.5.24 1.5.25 2.0.14";
	static const char with_45[] = "1.5.28 2.0.16 1.5.34 2.0.18";
	static const char with_exports[] = "1.5.34 2.0.18";

	if (LISTED(leaf, always))
		return true;
	if (leaf == 22)
		return strcmp(name, "1.5.01");
	if (LISTED(leaf, from_2_0_14))
		return strstr(with_53, name) || strstr(with_45, name);
	if (leaf == 45)
		return strstr(with_45, name);

	return LISTED(leaf, exports) && strstr(with_exports, name);
}

static const char *current_release;

static void of_current_release(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, current_release, current_release);
}

/* A shut down module looks at the version before it looks at its state */
static bool release_body(struct fixture *f)
{
	uint64_t hv = f->spec.desc.module_hv;

	CHECK_EQ(fixture_shutdown(f, hv), TDX_SUCCESS);
	for (uint64_t leaf = 0; leaf <= LAST_LEAF; leaf++) {
		bool takes = takes_version(current_release, leaf);

		for (unsigned int version = 1; version < 0x100; version += 0x7f) {
			uint64_t status = host_leaf(&f->host, 0, VERSION(leaf, version), 0, 0, 0,
						    0);

			if (status != (takes ? TDX_SYS_SHUTDOWN : TDX_OPERAND_INVALID))
				printf("# leaf %u of %s\n", (unsigned int)leaf, current_release);
			CHECK_EQ(status, takes ? TDX_SYS_SHUTDOWN : TDX_OPERAND_INVALID);
		}
		/* Reserved bits come first of all */
		CHECK_EQ(host_leaf(&f->host, 0, leaf | 1ULL << 24, 0, 0, 0, 0),
			 TDX_OPERAND_INVALID);
		CHECK_EQ(host_leaf(&f->host, 0, leaf | 1ULL << 32, 0, 0, 0, 0),
			 TDX_OPERAND_INVALID);
	}

	return true;
}

static bool by_release(void)
{
	char name[RELEASE_NAME_SIZE];

	for (unsigned int i = 0; i < nr_releases; i++) {
		release_name(&releases[i], name);
		current_release = name;
		if (!fixture_run(of_current_release, release_body))
			return false;
	}

	return true;
}

/* What else than version 0 and 1 there is: refused, by whoever comes to it */
FIXTURE_TEST(version_2)
{
	static const uint64_t leaves[] = {
		TDH_MEM_SEPT_ADD, TDH_MNG_RD, TDH_VP_INIT, TDH_MEM_PAGE_PROMOTE, TDH_VP_RD,
		TDH_MEM_SEPT_REMOVE, TDH_SYS_SHUTDOWN,
	};

	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++)
		CHECK_EQ(host_leaf(&f->host, 0, VERSION(leaves[i], 2), 0, 0, 0, 0),
			 TDX_OPERAND_INVALID);
	CHECK_EQ(host_leaf(&f->host, 0, VERSION(TDH_SYS_SHUTDOWN, 1), 0, 0, 0, 0),
		 TDX_OPERAND_INVALID);
	CHECK_EQ(f->host.diagnoses, 0);

	return true;
}

/**
 * struct sequence - checks of a leaf
 * @order: faults, in the order in which the leaf has to notice them
 * @nr: their number
 * @status: answer to each fault
 * @lasting: a fault that cannot be undone, or not be made again
 * @call: call the leaf with these faults
 */
struct sequence {
	const unsigned int *order;
	unsigned int nr;
	const uint64_t *status;
	unsigned int lasting;
	uint64_t (*call)(struct fixture *f, unsigned int faults);
};

#define HAS(faults, fault)	((faults) & 1U << (fault))

/* Each fault alone, and of two the earlier: those with the lasting one, or the others */
static bool in_order(struct fixture *f, const struct sequence *sequence, bool with_lasting)
{
	for (unsigned int i = 0; i < sequence->nr; i++) {
		for (unsigned int j = i; j < sequence->nr; j++) {
			unsigned int first = sequence->order[i];
			unsigned int faults = 1U << first | 1U << sequence->order[j];
			uint64_t status;

			if (!HAS(faults, sequence->lasting) == with_lasting)
				continue;
			status = sequence->call(f, faults);
			if (status != sequence->status[first])
				printf("# faults 0x%x\n", faults);
			CHECK_EQ(status, sequence->status[first]);
		}
	}

	return true;
}

enum update_fault {
	UPDATE_LOCK, UPDATE_STATE, UPDATE_HANDOFF, UPDATE_VERSION, UPDATE_R9, UPDATE_R10,
	NR_UPDATE_FAULTS
};

static const uint64_t update_status[NR_UPDATE_FAULTS] = {
	[UPDATE_LOCK]		= TDX_SYS_BUSY,
	[UPDATE_STATE]		= TDX_SYS_STATE_INCORRECT,
	[UPDATE_HANDOFF]	= TDX_SYS_INVALID_HANDOFF,
	[UPDATE_VERSION]	= TDX_OPERAND_INVALID | TDX_OPERAND_RAX,
	[UPDATE_R9]		= TDX_OPERAND_INVALID | TDX_OPERAND_R9,
	[UPDATE_R10]		= TDX_OPERAND_INVALID | TDX_OPERAND_R10,
};

static uint64_t update_with(struct fixture *f, unsigned int faults)
{
	struct handoff_header *header = (struct handoff_header *)f->host.platform->seam.handoff;
	struct tdxmod *mod = f->host.platform->tdxmod;
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = VERSION(TDH_SYS_UPDATE, HAS(faults, UPDATE_VERSION) ? 2 : 1),
		.gpr[SEAM_R9] = HAS(faults, UPDATE_R9) ? RESERVED_FEATURE : 0,
		.gpr[SEAM_R10] = HAS(faults, UPDATE_R10) ? 1 : 0,
	};
	uint64_t status;

	header->valid = !HAS(faults, UPDATE_HANDOFF);
	if (HAS(faults, UPDATE_LOCK))
		pthread_rwlock_rdlock(&mod->global_lock);
	status = host_call(&f->host, 0, &regs);
	if (HAS(faults, UPDATE_LOCK))
		pthread_rwlock_unlock(&mod->global_lock);
	header->valid = 1;

	return status;
}

static const unsigned int update_order[] = {
	UPDATE_LOCK, UPDATE_STATE, UPDATE_HANDOFF, UPDATE_VERSION, UPDATE_R9, UPDATE_R10,
};

static const unsigned int update_order_1_5_34[] = {
	UPDATE_VERSION, UPDATE_R9, UPDATE_R10, UPDATE_LOCK, UPDATE_STATE, UPDATE_HANDOFF,
};

static bool update_body(struct fixture *f)
{
	struct sequence sequence = {
		.order = update_order,
		.nr = NR_UPDATE_FAULTS,
		.status = update_status,
		.lasting = UPDATE_STATE,
		.call = update_with,
	};

	if (strstr("1.5.34 2.0.18", current_release))
		sequence.order = update_order_1_5_34;
	CHECK_EQ(fixture_shutdown(f, f->spec.desc.module_hv), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LAST_LP), TDX_SUCCESS);
	CHECK(in_order(f, &sequence, true));
	CHECK_EQ(host_lp_init(&f->host, FIXTURE_LAST_LP, FIXTURE_LPS), TDX_SUCCESS);
	CHECK(in_order(f, &sequence, false));

	/* Nothing of that did harm */
	CHECK_EQ(tdxmod_state(f->host.platform), SYSINIT_DONE);
	CHECK_EQ(update_with(f, 0), TDX_SUCCESS);

	return true;
}

static bool update_checks(void)
{
	static const char * const names[] = { "2.0.14", "1.5.28", "2.0.16", "1.5.34", "2.0.18" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		current_release = names[i];
		if (!fixture_run(of_current_release, update_body))
			return false;
	}

	return true;
}

enum config_fault {
	CONFIG_LOCK, CONFIG_STATE, CONFIG_RCX, CONFIG_RDX, CONFIG_R8, CONFIG_VERSION, CONFIG_R9,
	CONFIG_R10, CONFIG_TDMR,
	NR_CONFIG_FAULTS
};

static const uint64_t config_status[NR_CONFIG_FAULTS] = {
	[CONFIG_LOCK]		= TDX_SYS_BUSY,
	[CONFIG_STATE]		= TDX_SYS_CONFIG_NOT_PENDING,
	[CONFIG_RCX]		= TDX_OPERAND_INVALID | TDX_OPERAND_RCX,
	[CONFIG_RDX]		= TDX_OPERAND_INVALID | TDX_OPERAND_RDX,
	[CONFIG_R8]		= TDX_OPERAND_INVALID | TDX_OPERAND_R8,
	[CONFIG_VERSION]	= TDX_OPERAND_INVALID | TDX_OPERAND_RAX,
	[CONFIG_R9]		= TDX_OPERAND_INVALID | TDX_OPERAND_R9,
	[CONFIG_R10]		= TDX_OPERAND_INVALID | TDX_OPERAND_R10,
	[CONFIG_TDMR]		= TDX_INVALID_TDMR,
};

static uint64_t config_with(struct fixture *f, unsigned int faults)
{
	struct tdxmod *mod = f->host.platform->tdxmod;
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = VERSION(TDH_SYS_CONFIG, HAS(faults, CONFIG_VERSION) ? 2 : 1),
		.gpr[SEAM_RCX] = HOST_TDMR_LIST_PA | (HAS(faults, CONFIG_RCX) ? 8 : 0),
		.gpr[SEAM_RDX] = HAS(faults, CONFIG_RDX) ? 0 : 1,
		.gpr[SEAM_R8] = HAS(faults, CONFIG_R8) ? 0 : HOST_GLOBAL_KEYID,
		.gpr[SEAM_R9] = HAS(faults, CONFIG_R9) ? RESERVED_FEATURE : 0,
		.gpr[SEAM_R10] = HAS(faults, CONFIG_R10) ? 1 : 0,
	};
	uint64_t base = HOST_TDMR_BASE | SEAM_PAGE_SIZE;
	uint64_t status;

	host_put_tdmr(&f->host);
	if (HAS(faults, CONFIG_TDMR))
		host_write(&f->host, HOST_TDMR_INFO_PA, &base, sizeof(base));
	if (HAS(faults, CONFIG_LOCK))
		pthread_rwlock_rdlock(&mod->global_lock);
	status = host_call(&f->host, 0, &regs);
	if (HAS(faults, CONFIG_LOCK))
		pthread_rwlock_unlock(&mod->global_lock);

	return status;
}

static const unsigned int config_order[] = {
	CONFIG_LOCK, CONFIG_STATE, CONFIG_RCX, CONFIG_RDX, CONFIG_R8, CONFIG_VERSION, CONFIG_R9,
	CONFIG_R10, CONFIG_TDMR,
};

static void to_1_5_28(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, "1.5.28", "1.5.28");
}

/* LOAD brings the module to where the cold path starts */
static bool load(struct fixture *f)
{
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);

	return true;
}

FIXTURE_TEST_WITH(config_checks, to_1_5_28)
{
	static const struct sequence sequence = {
		.order = config_order,
		.nr = NR_CONFIG_FAULTS,
		.status = config_status,
		.lasting = CONFIG_STATE,
		.call = config_with,
	};

	CHECK(load(f));
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LAST_LP), TDX_SUCCESS);
	CHECK(in_order(f, &sequence, true));
	CHECK_EQ(host_lp_init(&f->host, FIXTURE_LAST_LP, FIXTURE_LPS), TDX_SUCCESS);
	CHECK(in_order(f, &sequence, false));
	CHECK_EQ(config_with(f, 0), TDX_SUCCESS);
	/* Whatever R9 holds: only UPDATE turns this on */
	CHECK(!f->host.platform->tdxmod->detect_mrtd);

	return true;
}

/* Version 0 has no R9 and R10, version 1 may have any feature of the module in R9 */
FIXTURE_TEST_WITH(config_options, to_1_5_28)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = TDH_SYS_CONFIG,
		.gpr[SEAM_RCX] = HOST_TDMR_LIST_PA,
		.gpr[SEAM_RDX] = 1,
		.gpr[SEAM_R8] = HOST_GLOBAL_KEYID,
		.gpr[SEAM_R9] = ~0ULL,
		.gpr[SEAM_R10] = 1,
	};
	struct seam_regs all = regs;

	CHECK(load(f));
	CHECK_EQ(fixture_until_update(f), TDX_SUCCESS);
	host_put_tdmr(&f->host);
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);

	all.gpr[SEAM_RAX] = VERSION(TDH_SYS_CONFIG, 1);
	all.gpr[SEAM_R9] = f->spec.desc.features0;
	all.gpr[SEAM_R10] = 0;
	CHECK(load(f));
	CHECK_EQ(fixture_until_update(f), TDX_SUCCESS);
	CHECK_EQ(host_call(&f->host, 0, &all), TDX_SUCCESS);
	CHECK(!f->host.platform->tdxmod->detect_mrtd);

	return true;
}

enum init_fault {
	INIT_VERSION, INIT_LOCK, INIT_RCX, INIT_STATE, INIT_SIGSTRUCT, INIT_ENTROPY, INIT_R8,
	NR_INIT_FAULTS
};

static const uint64_t init_status[NR_INIT_FAULTS] = {
	[INIT_VERSION]		= TDX_OPERAND_INVALID | TDX_OPERAND_RAX,
	[INIT_LOCK]		= TDX_SYS_BUSY,
	[INIT_RCX]		= TDX_OPERAND_INVALID | TDX_OPERAND_RCX,
	[INIT_STATE]		= TDX_SYS_INIT_NOT_PENDING,
	[INIT_SIGSTRUCT]	= TDX_SYS_INCOMPATIBLE_SIGSTRUCT,
	[INIT_ENTROPY]		= TDX_RND_NO_ENTROPY,
	[INIT_R8]		= TDX_OPERAND_INVALID | TDX_OPERAND_R8,
};

/* No record, no interrupt */
#define REPORT_NONE	0x000fffffffffffc0ULL

static uint64_t init_with(struct fixture *f, unsigned int faults)
{
	struct sysinfo_handoff *sysinfo = &f->host.platform->seam.sysinfo;
	struct tdxmod *mod = f->host.platform->tdxmod;
	uint64_t status;

	sysinfo->module_hv += HAS(faults, INIT_SIGSTRUCT) ? 1 : 0;
	f->host.entropy_fails = HAS(faults, INIT_ENTROPY) ? 1 : 0;
	if (HAS(faults, INIT_LOCK))
		pthread_rwlock_rdlock(&mod->global_lock);
	status = host_leaf(&f->host, 0, VERSION(TDH_SYS_INIT, HAS(faults, INIT_VERSION) ? 2 : 1),
			   HAS(faults, INIT_RCX) ? 1 : 0, 0,
			   REPORT_NONE | (HAS(faults, INIT_R8) ? 1 : 0), 0);
	if (HAS(faults, INIT_LOCK))
		pthread_rwlock_unlock(&mod->global_lock);
	f->host.entropy_fails = 0;
	sysinfo->module_hv -= HAS(faults, INIT_SIGSTRUCT) ? 1 : 0;

	return status;
}

static const unsigned int init_order[] = {
	INIT_VERSION, INIT_LOCK, INIT_RCX, INIT_STATE, INIT_SIGSTRUCT, INIT_ENTROPY, INIT_R8,
};

FIXTURE_TEST_WITH(init_checks, to_1_5_28)
{
	static const struct sequence sequence = {
		.order = init_order,
		.nr = NR_INIT_FAULTS,
		.status = init_status,
		.lasting = INIT_STATE,
		.call = init_with,
	};

	CHECK(load(f));
	CHECK(in_order(f, &sequence, false));
	CHECK_EQ(init_with(f, 0), TDX_SUCCESS);
	CHECK(in_order(f, &sequence, true));

	return true;
}

/** struct report - a value of R8, and whether SYS.INIT takes it */
struct report {
	uint64_t r8;
	bool good;
};

/* R8 says how a fatal error is reported; it is not handed over */
FIXTURE_TEST_WITH(init_report, to_1_5_28)
{
	uint64_t keyid = 1ULL << (f->host.config.maxpa - f->host.config.keyid_bits);
	const struct report reports[] = {
		{ REPORT_NONE, true },
		{ HOST_BUFFER_PA, true },
		{ 0, true },
		{ HOST_BUFFER_PA | keyid, true },
		{ REPORT_NONE | 16ULL << 56 | 1ULL << 54, true },
		{ REPORT_NONE | 2ULL << 54, true },
		{ REPORT_NONE | 3ULL << 54, true },
		{ REPORT_NONE | 15ULL << 56 | 1ULL << 54, false },
		{ REPORT_NONE | 1, false },
		{ HOST_BUFFER_PA | 32, false },
		{ HOST_BUFFER_PA | 1ULL << 52, false },
		{ HOST_BUFFER_PA | 1ULL << 53, false },
		{ HOST_BUFFER_PA | HOST_TD_KEYID * keyid, false },
		{ f->host.config.seamrr_base, false },
		{ 1ULL << f->host.config.maxpa, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(reports); i++) {
		uint64_t want = reports[i].good ? TDX_SUCCESS :
						  TDX_OPERAND_INVALID | TDX_OPERAND_R8;
		uint64_t status;

		CHECK(load(f));
		status = host_leaf(&f->host, 0, VERSION(TDH_SYS_INIT, 1), 0, 0, reports[i].r8, 0);
		if (status != want)
			printf("# R8 0x%llx\n", (unsigned long long)reports[i].r8);
		CHECK_EQ(status, want);
		CHECK_EQ(tdxmod_state(f->host.platform),
			 reports[i].good ? SYSINIT_DONE : SYSINIT_PENDING);
	}

	CHECK(load(f));
	CHECK_EQ(host_leaf(&f->host, 0, VERSION(TDH_SYS_INIT, 1), 0, 0, HOST_BUFFER_PA, 0),
		 TDX_SUCCESS);
	CHECK_EQ(f->host.platform->tdxmod->fatal_report, HOST_BUFFER_PA);
	CHECK(load(f));
	/* Version 0 does not look at R8, and there is no record */
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_INIT, 0, 0, 1, 0), TDX_SUCCESS);
	CHECK_EQ(f->host.platform->tdxmod->fatal_report, REPORT_NONE);

	return true;
}

static const struct test tests[] = {
	{ "leaves that take a version, by release", by_release },
	{ "version 2", version_2 },
	{ "order of UPDATE's checks, by release", update_checks },
	{ "order of SYS.CONFIG's checks", config_checks },
	{ "options of SYS.CONFIG", config_options },
	{ "order of SYS.INIT's checks", init_checks },
	{ "report of fatal errors", init_report },
	{ NULL, NULL }
};

const struct suite suite_versions = { "versions", tests };
