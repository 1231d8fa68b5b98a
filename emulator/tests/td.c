// SPDX-License-Identifier: GPL-2.0-or-later
/* The life of a TD: states, pages, keys, entries, measurement (SEAM ABI 7). */
#include <pthread.h>
#include <string.h>

#include <openssl/evp.h>

#include "seam/page.h"
#include "tdxmod/td.h"
#include "tests/fixture.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA		(HOST_TDMR_BASE + 0x1000000)
#define SECOND_GUEST_PA		(HOST_TDMR_BASE + 0x2000000)
#define SPARE_PA		(HOST_TDMR_BASE + 0x3000000)
#define EXIT_INTERRUPT		1
#define EXIT_TRIPLE_FAULT	2
#define EXIT_EPT_VIOLATION	48
#define EXIT_TDCALL		77

static uint64_t call(struct fixture *f, unsigned int lp, uint64_t leaf, uint64_t rcx, uint64_t rdx,
		     uint64_t r8)
{
	return host_leaf(&f->host, lp, leaf, rcx, rdx, r8, HOST_BUFFER_PA);
}

FIXTURE_TEST(whole_life)
{
	struct guest guest;
	uint64_t value;

	for (unsigned int round = 0; round < 3; round++) {
		guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
		CHECK_EQ(guest_build(&guest, 2), TDX_SUCCESS);
		for (uint64_t i = 1; i < 20; i++) {
			CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
			CHECK_EQ(value, i);
			CHECK_EQ(guest_run(&guest, 1, 1, &value), TDX_SUCCESS);
			CHECK_EQ(value, i);
		}
		CHECK_EQ(guest_destroy(&guest), TDX_SUCCESS);
	}
	CHECK_EQ(f->host.diagnoses, 0);

	return true;
}

FIXTURE_TEST(several)
{
	struct guest first, second;
	uint64_t value;

	guest_init(&first, &f->host, HOST_TD_KEYID, GUEST_PA);
	guest_init(&second, &f->host, HOST_TD_KEYID, SECOND_GUEST_PA);
	CHECK_EQ(guest_build(&first, 1), TDX_SUCCESS);
	CHECK_EQ(guest_create(&second), TDX_HKID_NOT_FREE);
	guest_init(&second, &f->host, HOST_TD_KEYID + 1, SECOND_GUEST_PA);
	CHECK_EQ(guest_build(&second, 4), TDX_SUCCESS);
	CHECK_EQ(guest_run(&first, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(guest_run(&first, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(guest_run(&second, 3, 3, &value), TDX_SUCCESS);
	CHECK_EQ(value, 1);

	/* Pages of one TD are nothing to the other */
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_AUG, 0x200000, second.tdr, first.private[0]),
		 TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_AUG, GUEST_GPA + 0x5000, second.tdr, first.private[0]),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_R8);
	CHECK_EQ(guest_destroy(&second), TDX_SUCCESS);
	CHECK_EQ(guest_run(&first, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(value, 3);
	CHECK_EQ(guest_destroy(&first), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(creation)
{
	struct guest guest;
	uint64_t tdr = GUEST_PA;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, tdr | 8, HOST_TD_KEYID, 0),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, 0x100000, HOST_TD_KEYID, 0),
		 TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, tdr, 15, 0), TDX_OPERAND_INVALID | TDX_OPERAND_RDX);
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, tdr, 64, 0), TDX_OPERAND_INVALID | TDX_OPERAND_RDX);
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, tdr, HOST_GLOBAL_KEYID, 0), TDX_HKID_NOT_FREE);
	f->host.entropy_fails = 1;
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, tdr, HOST_TD_KEYID, 0), TDX_RND_NO_ENTROPY);
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, tdr, HOST_TD_KEYID, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, tdr, HOST_TD_KEYID + 1, 0),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);

	/* Keys on both packages come before everything else */
	CHECK_EQ(call(f, 0, TDH_MNG_ADDCX, tdr + 0x1000, tdr, 0), TDX_TD_KEYS_NOT_CONFIGURED);
	CHECK_EQ(call(f, 0, TDH_MNG_KEY_CONFIG, tdr, 0, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 1, TDH_MNG_KEY_CONFIG, tdr, 0, 0), TDX_KEY_CONFIGURED);
	CHECK_EQ(call(f, 0, TDH_MNG_ADDCX, tdr + 0x1000, tdr, 0), TDX_TD_KEYS_NOT_CONFIGURED);
	f->host.entropy_fails = 1;
	CHECK_EQ(call(f, 2, TDH_MNG_KEY_CONFIG, tdr, 0, 0), TDX_KEY_GENERATION_FAILED);
	CHECK_EQ(call(f, 2, TDH_MNG_KEY_CONFIG, tdr, 0, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 2, TDH_MNG_KEY_CONFIG, tdr, 0, 0), TDX_LIFECYCLE_STATE_INCORRECT);

	CHECK_EQ(guest_configure(&guest), TDX_TDCS_NOT_ALLOCATED);
	CHECK_EQ(call(f, 0, TDH_MNG_ADDCX, tdr, tdr, 0),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);
	f->host.entropy_fails = 1;
	CHECK_EQ(call(f, 0, TDH_MNG_ADDCX, tdr + 0x1000, tdr, 0), TDX_RND_NO_ENTROPY);
	for (uint64_t i = 1; i <= GUEST_TDCS_PAGES; i++)
		CHECK_EQ(call(f, 0, TDH_MNG_ADDCX, tdr + i * 0x1000, tdr, 0), TDX_SUCCESS);
	/* Whether a page is wanted comes before the random number for it */
	f->host.entropy_fails = 1;
	CHECK_EQ(call(f, 0, TDH_MNG_ADDCX, tdr + 0x10000, tdr, 0), TDX_TDCX_NUM_INCORRECT);
	f->host.entropy_fails = 0;
	CHECK_EQ(call(f, 0, TDH_VP_CREATE, tdr + 0x10000, tdr, 0), TDX_OP_STATE_INCORRECT);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_OP_STATE_INCORRECT);
	CHECK_EQ(call(f, 0, TDH_MNG_ADDCX, tdr + 0x10000, tdr, 0), TDX_OP_STATE_INCORRECT);
	CHECK_EQ(guest_finalize(&guest), TDX_NO_VCPUS);

	return true;
}

/** struct bad_param - TD_PARAMS that MNG.INIT refuses */
struct bad_param {
	void (*apply)(struct td_params *params);
	uint64_t status;
};

#define BAD_PARAM(name, statement)				\
	static void name(struct td_params *params)		\
	{							\
		statement;					\
	}

BAD_PARAM(param_attributes, params->attributes |= 2)
BAD_PARAM(param_xfam, params->xfam = 1)
BAD_PARAM(param_no_vcpus, params->max_vcpus = 0)
BAD_PARAM(param_many_vcpus, params->max_vcpus = 577)
BAD_PARAM(param_eptp, params->eptp_controls = 0x16)
BAD_PARAM(param_gpaw, params->config_flags = 1)
BAD_PARAM(param_flags, params->config_flags = 1ULL << 40)
BAD_PARAM(param_tsc, params->tsc_frequency = 3)
BAD_PARAM(param_tsc_high, params->tsc_frequency = 401)
BAD_PARAM(param_uncached, params->eptp_controls = 0x18)
BAD_PARAM(param_six_levels, params->eptp_controls = 0x2e)
BAD_PARAM(param_reserved0, params->reserved0[5] = 1)
BAD_PARAM(param_reserved, params->reserved1[5] = 1)
BAD_PARAM(param_reserved2, params->reserved2[31] = 1)
BAD_PARAM(param_unused_cpuid, params->cpuid[28].reg[0] = 1)
BAD_PARAM(param_cpuid, params->cpuid[9].reg[0] = 0x01000000)

static const struct bad_param bad_params[] = {
	{ param_attributes, TDX_OPERAND_INVALID | TDX_OPERAND_ATTRIBUTES },
	{ param_xfam, TDX_OPERAND_INVALID | TDX_OPERAND_XFAM },
	{ param_no_vcpus, TDX_OPERAND_INVALID | TDX_OPERAND_MAX_VCPUS },
	{ param_many_vcpus, TDX_OPERAND_INVALID | TDX_OPERAND_MAX_VCPUS },
	{ param_eptp, TDX_OPERAND_INVALID | TDX_OPERAND_EPTP_CONTROLS },
	{ param_gpaw, TDX_OPERAND_INVALID | TDX_OPERAND_EXEC_CONTROLS },
	{ param_flags, TDX_OPERAND_INVALID | TDX_OPERAND_EXEC_CONTROLS },
	{ param_tsc, TDX_OPERAND_INVALID | TDX_OPERAND_TSC_FREQUENCY },
	{ param_tsc_high, TDX_OPERAND_INVALID | TDX_OPERAND_TSC_FREQUENCY },
	{ param_uncached, TDX_OPERAND_INVALID | TDX_OPERAND_EPTP_CONTROLS },
	{ param_six_levels, TDX_OPERAND_INVALID | TDX_OPERAND_EPTP_CONTROLS },
	{ param_reserved0, TDX_OPERAND_INVALID | TDX_OPERAND_RDX },
	{ param_reserved, TDX_OPERAND_INVALID | TDX_OPERAND_RDX },
	{ param_reserved2, TDX_OPERAND_INVALID | TDX_OPERAND_RDX },
	{ param_unused_cpuid, TDX_OPERAND_INVALID | TDX_OPERAND_RDX },
	{ param_cpuid, TDX_OPERAND_INVALID | TDX_OPERAND_CPUID_CONFIG },
};

FIXTURE_TEST(parameters)
{
	struct td_params good, bad;
	struct guest guest;
	struct seam_regs regs;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	good = (struct td_params) {
		.xfam = 3, .max_vcpus = 1, .eptp_controls = 0x1e, .tsc_frequency = 40,
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad_params); i++) {
		bad = good;
		bad_params[i].apply(&bad);
		host_write(&f->host, HOST_BUFFER_PA, &bad, sizeof(bad));
		regs = (struct seam_regs) {
			.gpr[SEAM_RAX] = TDH_MNG_INIT,
			.gpr[SEAM_RCX] = guest.tdr,
			.gpr[SEAM_RDX] = HOST_BUFFER_PA,
		};
		CHECK_EQ(host_call(&f->host, 0, &regs), bad_params[i].status);
		/* RCX names the CPUID leaf that is wrong, if one is */
		CHECK_EQ(regs.gpr[SEAM_RCX],
			 bad_params[i].apply == param_cpuid ? 0xffffffff80000008 : 0);
	}
	host_write(&f->host, HOST_BUFFER_PA, &good, sizeof(good));
	CHECK_EQ(call(f, 0, TDH_MNG_INIT, guest.tdr, HOST_BUFFER_PA + 512, 0),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RDX);
	CHECK_EQ(call(f, 0, TDH_MNG_INIT, guest.tdr, HOST_BUFFER_PA, 0), TDX_SUCCESS);

	return true;
}

/* A TD of its own, number @index, from @params; status of MNG.INIT */
static uint64_t td_with(struct fixture *f, struct guest *guest, unsigned int index,
			const struct td_params *params)
{
	uint64_t status;

	guest_init(guest, &f->host, HOST_TD_KEYID + index, GUEST_PA + index * 0x100000ULL);
	status = guest_create(guest);
	if (status)
		return status;
	host_write(&f->host, HOST_BUFFER_PA, params, sizeof(*params));

	return call(f, 0, TDH_MNG_INIT, guest->tdr, HOST_BUFFER_PA, 0);
}

FIXTURE_TEST(parameters_at_the_limit)
{
	static const struct td_params good[] = {
		{ .xfam = 3, .max_vcpus = 576, .eptp_controls = 0x1e, .tsc_frequency = 4 },
		{ .xfam = 3, .max_vcpus = 1, .eptp_controls = 0x26, .tsc_frequency = 400 },
		{ .xfam = 3, .max_vcpus = 1, .eptp_controls = 0x26, .config_flags = 1,
		  .tsc_frequency = 40 },
	};
	struct guest guest;

	for (unsigned int i = 0; i < ARRAY_SIZE(good); i++)
		CHECK_EQ(td_with(f, &guest, i, &good[i]), TDX_SUCCESS);

	return true;
}

/* The module says how many vCPUs a TD can have; none has said more than 1376 */
FIXTURE_TEST(most_vcpus)
{
	static const struct {
		uint16_t module, td;
		uint64_t status;
	} cases[] = {
		{ 8, 8, TDX_SUCCESS },
		{ 8, 9, TDX_OPERAND_INVALID | TDX_OPERAND_MAX_VCPUS },
		{ 1376, 1376, TDX_SUCCESS },
		{ 2000, 1377, TDX_OPERAND_INVALID | TDX_OPERAND_MAX_VCPUS },
		{ 0, 576, TDX_SUCCESS },
		{ 0, 577, TDX_OPERAND_INVALID | TDX_OPERAND_MAX_VCPUS },
	};
	struct td_params params = { .xfam = 3, .eptp_controls = 0x1e, .tsc_frequency = 40 };
	struct guest guest;

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		f->host.platform->tdxmod->desc.max_vcpus_per_td = cases[i].module;
		params.max_vcpus = cases[i].td;
		CHECK_EQ(td_with(f, &guest, i, &params), cases[i].status);
	}

	return true;
}

/* Levels of the secure EPT and width of GPAs are the TD's own */
FIXTURE_TEST(ept_shapes)
{
	struct td_params params = {
		.xfam = 3, .max_vcpus = 1, .eptp_controls = 0x26, .tsc_frequency = 40,
	};
	struct guest guest;

	CHECK_EQ(td_with(f, &guest, 0, &params), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 3, guest.tdr, SPARE_PA),
		 TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 4, guest.tdr, SPARE_PA), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 5, guest.tdr, SPARE_PA + 0x1000),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 1ULL << 47 | 3, guest.tdr, SPARE_PA + 0x1000),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 1ULL << 46 | 3, guest.tdr, SPARE_PA + 0x1000),
		 TDX_SUCCESS);

	params.config_flags = 1;
	CHECK_EQ(td_with(f, &guest, 1, &params), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 1ULL << 50 | 4, guest.tdr, SPARE_PA + 0x2000),
		 TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 1ULL << 51 | 4, guest.tdr, SPARE_PA + 0x3000),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);

	return true;
}

FIXTURE_TEST(vcpus)
{
	uint64_t init = TDH_VP_INIT | 1ULL << TDH_VERSION_SHIFT;
	struct seam_regs regs;
	struct guest guest;
	uint64_t tdvpr = SPARE_PA;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_vcpu(&guest, 0), TDX_SUCCESS);

	CHECK_EQ(call(f, 1, TDH_VP_CREATE, tdvpr, guest.tdr, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 1, init, tdvpr, 0, 1), TDX_TDCX_NUM_INCORRECT);
	for (uint64_t i = 1; i < GUEST_TDVPS_PAGES; i++)
		CHECK_EQ(call(f, 1, TDH_VP_ADDCX, tdvpr + i * 0x1000, tdvpr, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 1, TDH_VP_ADDCX, tdvpr + 0x10000, tdvpr, 0), TDX_TDCX_NUM_INCORRECT);
	CHECK_EQ(call(f, 1, TDH_VP_ADDCX, tdvpr + 0x10000, guest.tdr, 0),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RDX);
	CHECK_EQ(call(f, 1, init, tdvpr, 0, 0), TDX_X2APIC_ID_NOT_UNIQUE);
	CHECK_EQ(call(f, 1, init, tdvpr, 0, 1), TDX_SUCCESS);
	CHECK_EQ(call(f, 1, init, tdvpr, 0, 2), TDX_VCPU_STATE_INCORRECT);
	CHECK_EQ(call(f, 1, TDH_VP_ADDCX, tdvpr + 0x10000, tdvpr, 0), TDX_VCPU_STATE_INCORRECT);
	guest.tdvpr[guest.nr_vcpus++] = tdvpr;

	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_OP_STATE_INCORRECT);
	CHECK_EQ(guest_finalize(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_finalize(&guest), TDX_OP_STATE_INCORRECT);

	/* Associated with the LP of VP.INIT until VP.FLUSH there */
	CHECK_EQ(guest_enter(&guest, 1, 2, &regs), TDX_VCPU_ASSOCIATED);
	CHECK_EQ(call(f, 2, TDH_VP_FLUSH, tdvpr, 0, 0), TDX_VCPU_NOT_ASSOCIATED);
	CHECK_EQ(call(f, 1, TDH_VP_FLUSH, tdvpr, 0, 0), TDX_SUCCESS);
	CHECK_EQ(guest_enter(&guest, 1, 2, &regs), EXIT_TDCALL);
	CHECK_EQ(guest_enter(&guest, 1, 1, &regs), TDX_VCPU_ASSOCIATED);

	return true;
}

/* The default program: registers of I/O exits, EPT violations, interrupts */
FIXTURE_TEST(exits)
{
	struct guest guest;
	struct seam_regs regs;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_EPT_VIOLATION);
	CHECK_EQ(regs.gpr[SEAM_R8], GUEST_GPA + 0x1000);
	/* A write, which TDG.MEM.PAGE.ACCEPT made */
	CHECK_EQ(regs.gpr[SEAM_RCX], 2);
	CHECK_EQ(regs.gpr[SEAM_RDX], 1);
	CHECK(!platform_lp_in_td(f->host.platform, 0));

	/* Nothing moves until the page is there */
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_EPT_VIOLATION);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_AUG, GUEST_GPA + 0x1000, guest.tdr, SPARE_PA),
		 TDX_SUCCESS);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_TDCALL);
	CHECK_EQ(regs.gpr[SEAM_R10], 0);
	CHECK_EQ(regs.gpr[SEAM_R11], 30);
	CHECK_EQ(regs.gpr[SEAM_R12], 4);
	CHECK_EQ(regs.gpr[SEAM_R13], 1);
	CHECK_EQ(regs.gpr[SEAM_R14], GUEST_PORT);
	CHECK_EQ(regs.gpr[SEAM_R15], 1);

	f->host.interrupts = 1;
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_INTERRUPT);
	CHECK_EQ(regs.gpr[SEAM_R15], 0);

	return true;
}

/* A page whose content changed behind the TD's back kills it */
FIXTURE_TEST(lost_content)
{
	uint64_t wrong = 12345;
	struct guest guest;
	struct seam_regs regs;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	for (unsigned int i = 0; i < 4; i++)
		CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
	host_write(&f->host, guest.private[1], &wrong, sizeof(wrong));
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_NON_RECOVERABLE_TD | EXIT_TRIPLE_FAULT);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_TD_FATAL);
	CHECK_EQ(f->host.diagnoses, 1);
	CHECK_EQ(guest_destroy(&guest), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(unmapping)
{
	uint64_t gpa = GUEST_GPA + 0x1000;
	struct guest guest;
	struct seam_regs regs;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);

	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, gpa, guest.tdr, 0),
		 TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX);
	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_MEM_RANGE_BLOCK,
		.gpr[SEAM_RCX] = GUEST_GPA + 0x7000,
		.gpr[SEAM_RDX] = guest.tdr,
	};
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX);
	CHECK_EQ(regs.gpr[SEAM_RDX], SEPT_FREE << 8);
	CHECK_EQ(call(f, 0, TDH_MEM_RANGE_BLOCK, gpa, guest.tdr, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, gpa, guest.tdr, 0), TDX_TLB_TRACKING_NOT_DONE);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, gpa, guest.tdr, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, gpa, guest.tdr, 0),
		 TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX);

	/* The page is free again, another takes its place, the TD starts it anew */
	CHECK_EQ(call(f, 0, TDH_PHYMEM_PAGE_RECLAIM, guest.private[1], 0, 0),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);
	for (uint64_t i = 2; i < 6; i++)
		CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(value, 5);

	return true;
}

/* A page that the TD has not accepted yet goes the same way */
FIXTURE_TEST(unmapping_pending)
{
	uint64_t gpa = GUEST_GPA + 0x1000;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_AUG, gpa, guest.tdr, SPARE_PA), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_RANGE_BLOCK, gpa, guest.tdr, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_RANGE_BLOCK, gpa, guest.tdr, 0),
		 TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, gpa, guest.tdr, 0), TDX_SUCCESS);
	CHECK_EQ(dram_look(f->host.platform->dram, SPARE_PA).type, PAGE_FREE);

	return true;
}

/* Before the first entry nothing is cached: TRACK is not needed. Tables stay. */
FIXTURE_TEST(unmapping_early)
{
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_tables(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_page(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_RANGE_BLOCK, GUEST_GPA, guest.tdr, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, GUEST_GPA, guest.tdr, 0), TDX_SUCCESS);

	/* No walk goes through a blocked table, and PAGE.REMOVE is for pages */
	CHECK_EQ(guest_add_page(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_RANGE_BLOCK, 1, guest.tdr, 0), TDX_SUCCESS);
	CHECK_EQ(guest_add_page(&guest, 2), TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, GUEST_GPA + 0x1000, guest.tdr, 0),
		 TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, 1, guest.tdr, 0),
		 TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX);

	return true;
}

/* TRACK waits for vCPUs of the epoch before the last */
FIXTURE_TEST(epochs)
{
	struct dram_page page;
	struct guest guest;
	struct td *td;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	page = dram_look(f->host.platform->dram, guest.tdr);
	td = page.object;

	/* As if a vCPU were inside since the current epoch */
	atomic_fetch_add(&td->in_epoch[td->epoch & 1], 1);
	CHECK_EQ(call(f, 0, TDH_MEM_RANGE_BLOCK, GUEST_GPA, guest.tdr, 0), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, GUEST_GPA, guest.tdr, 0),
		 TDX_TLB_TRACKING_NOT_DONE);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_PREVIOUS_TLB_EPOCH_BUSY);
	atomic_fetch_sub(&td->in_epoch[(td->epoch - 1) & 1], 1);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_REMOVE, GUEST_GPA, guest.tdr, 0), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(ept)
{
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_page(&guest, 0), TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 2, guest.tdr, SPARE_PA),
		 TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 0, guest.tdr, SPARE_PA),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 4, guest.tdr, SPARE_PA),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 1ULL << 47 | 3, guest.tdr, SPARE_PA),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 0x1000 | 1, guest.tdr, SPARE_PA),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(guest_add_tables(&guest), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_MEM_SEPT_ADD, 3, guest.tdr, SPARE_PA),
		 TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX);
	CHECK_EQ(guest_add_page(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(guest_add_page(&guest, 0), TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MR_EXTEND, GUEST_GPA + 0x1000, guest.tdr, 0),
		 TDX_EPT_ENTRY_NOT_PRESENT | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MR_EXTEND, GUEST_GPA + 128, guest.tdr, 0),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_ADD, GUEST_GPA + 0x1000, guest.tdr,
		      GUEST_PA), TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_R8);

	return true;
}

/* After a walk that failed RCX and RDX show where it ended, else they are zero */
FIXTURE_TEST(ept_outputs)
{
	struct guest guest;
	struct seam_regs regs;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_MEM_PAGE_AUG,
		.gpr[SEAM_RCX] = GUEST_GPA,
		.gpr[SEAM_RDX] = guest.tdr,
		.gpr[SEAM_R8] = SPARE_PA,
	};
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX);
	CHECK_EQ(regs.gpr[SEAM_RCX], guest.private[0] | 7);
	CHECK_EQ(regs.gpr[SEAM_RDX], SEPT_PRESENT << 8);

	/* The entry of the top level, 3, is there; the next one is free */
	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_MEM_PAGE_AUG,
		.gpr[SEAM_RCX] = 1ULL << 38,
		.gpr[SEAM_RDX] = guest.tdr,
		.gpr[SEAM_R8] = SPARE_PA,
	};
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX);
	CHECK_EQ(regs.gpr[SEAM_RCX], 0);
	CHECK_EQ(regs.gpr[SEAM_RDX], 2 | SEPT_FREE << 8);

	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_MEM_PAGE_AUG,
		.gpr[SEAM_RCX] = GUEST_GPA + 0x1000,
		.gpr[SEAM_RDX] = guest.tdr,
		.gpr[SEAM_R8] = SPARE_PA,
	};
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
	CHECK_EQ(regs.gpr[SEAM_RCX] | regs.gpr[SEAM_RDX], 0);

	/* Pages of 2 MiB are not modelled, as a diagnosis says, if a table is there for them */
	CHECK_EQ(f->host.diagnoses, 0);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_AUG, 1ULL << 38 | 1, guest.tdr, SPARE_PA + 0x1000),
		 TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX);
	CHECK_EQ(f->host.diagnoses, 0);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_AUG, 0x200000 | 1, guest.tdr, SPARE_PA + 0x1000),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(f->host.diagnoses, 1);

	return true;
}

/* MRTD as an independent reader of the specification computes it */
FIXTURE_TEST(mrtd)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t want[48], got[48], record[128], chunk[256];
	uint64_t gpa = GUEST_GPA;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(guest_mrtd(&guest, got), TDX_SUCCESS);

	EVP_DigestInit_ex(ctx, EVP_sha384(), NULL);
	memset(record, 0, sizeof(record));
	memcpy(record, "MEM.PAGE.ADD", 12);
	memcpy(record + 16, &gpa, 8);
	EVP_DigestUpdate(ctx, record, sizeof(record));
	memset(chunk, 0x90, sizeof(chunk));
	for (; gpa < GUEST_GPA + 4096; gpa += 256) {
		memset(record, 0, sizeof(record));
		memcpy(record, "MR.EXTEND", 9);
		memcpy(record + 16, &gpa, 8);
		EVP_DigestUpdate(ctx, record, sizeof(record));
		EVP_DigestUpdate(ctx, chunk, sizeof(chunk));
	}
	EVP_DigestFinal_ex(ctx, want, NULL);
	EVP_MD_CTX_free(ctx);
	CHECK(!memcmp(got, want, sizeof(got)));

	return true;
}

FIXTURE_TEST(teardown)
{
	struct guest guest;
	struct seam_regs regs;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 2), TDX_SUCCESS);
	CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);

	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_LIFECYCLE_STATE_INCORRECT);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_FLUSHVP_NOT_DONE);
	CHECK_EQ(call(f, 0, TDH_PHYMEM_PAGE_RECLAIM, guest.private[0], 0, 0),
		 TDX_LIFECYCLE_STATE_INCORRECT);
	CHECK_EQ(call(f, 0, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_NO_HKID_READY_TO_WBCACHE);
	CHECK_EQ(guest_flush(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_LIFECYCLE_STATE_INCORRECT);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_TD_KEYS_NOT_CONFIGURED);
	CHECK_EQ(call(f, 0, TDH_VP_FLUSH, guest.tdvpr[0], 0, 0), TDX_TD_KEYS_NOT_CONFIGURED);

	/* Each package on its own, interrupted and resumed */
	CHECK_EQ(call(f, 0, TDH_PHYMEM_CACHE_WB, 1, 0, 0), TDX_WBCACHE_RESUME_ERROR);
	CHECK_EQ(call(f, 0, TDH_PHYMEM_CACHE_WB, 2, 0, 0), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	f->host.interrupts = 1;
	CHECK_EQ(call(f, 0, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_INTERRUPTED_RESUMABLE);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_WBCACHE_NOT_COMPLETE);
	CHECK_EQ(call(f, 1, TDH_PHYMEM_CACHE_WB, 1, 0, 0), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_WBCACHE_NOT_COMPLETE);
	CHECK_EQ(call(f, 2, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_SUCCESS);

	/* The TDR goes last, and a page only once */
	CHECK_EQ(guest_leaf(&guest, TDH_PHYMEM_PAGE_RECLAIM), TDX_TD_ASSOCIATED_PAGES_EXIST);
	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_PHYMEM_PAGE_RECLAIM,
		.gpr[SEAM_RCX] = guest.tdvpr[0],
	};
	CHECK_EQ(call(f, 0, TDH_PHYMEM_PAGE_RDMD, guest.tdvpr[0], 0, 0), TDX_SUCCESS);
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
	CHECK_EQ(regs.gpr[SEAM_RCX], PAGE_TDVPR);
	CHECK_EQ(regs.gpr[SEAM_RDX], guest.tdr);
	CHECK_EQ(call(f, 0, TDH_PHYMEM_PAGE_RECLAIM, guest.tdvpr[0], 0, 0),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);
	CHECK_EQ(call(f, 0, TDH_PHYMEM_PAGE_WBINVD,
		      (uint64_t)HOST_GLOBAL_KEYID << 40 | guest.tdr, 0, 0), TDX_SUCCESS);

	return true;
}

/* A TD ends also before it has keys, let alone anything else */
FIXTURE_TEST(early_teardown)
{
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, guest.tdr, HOST_TD_KEYID, 0), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);
	CHECK_EQ(guest_write_back(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_PHYMEM_PAGE_RECLAIM), TDX_SUCCESS);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);

	return true;
}

/* A write-back covers the KeyIDs that were flushed when it began, on its package */
FIXTURE_TEST(write_back)
{
	struct tdxmod *mod = f->host.platform->tdxmod;
	struct guest first, second;

	guest_init(&first, &f->host, HOST_TD_KEYID, GUEST_PA);
	guest_init(&second, &f->host, HOST_TD_KEYID + 1, SECOND_GUEST_PA);
	CHECK_EQ(guest_build(&first, 1), TDX_SUCCESS);
	CHECK_EQ(guest_build(&second, 1), TDX_SUCCESS);
	CHECK_EQ(guest_flush(&first), TDX_SUCCESS);
	CHECK_EQ(guest_flush(&second), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&first, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);

	f->host.interrupts = 1;
	CHECK_EQ(call(f, 0, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_INTERRUPTED_RESUMABLE);
	CHECK_EQ(guest_leaf(&second, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_PHYMEM_CACHE_WB, 1, 0, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 2, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&first, TDH_MNG_KEY_FREEID), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&second, TDH_MNG_KEY_FREEID), TDX_WBCACHE_NOT_COMPLETE);
	CHECK_EQ(call(f, 2, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_NO_HKID_READY_TO_WBCACHE);

	/* One LP of a package at a time, and not while KeyIDs change hands */
	pthread_mutex_lock(&mod->wbcache[0].lock);
	CHECK_EQ(call(f, 1, TDH_PHYMEM_CACHE_WB, 0, 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_WBCACHE);
	pthread_mutex_unlock(&mod->wbcache[0].lock);
	pthread_rwlock_wrlock(&mod->kot_lock);
	CHECK_EQ(call(f, 1, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_OPERAND_BUSY | TDX_OPERAND_KOT);
	CHECK_EQ(guest_leaf(&second, TDH_MNG_KEY_FREEID), TDX_OPERAND_BUSY | TDX_OPERAND_KOT);
	pthread_rwlock_unlock(&mod->kot_lock);

	/* But another package may be at it: who changes KeyIDs has to wait for that */
	pthread_rwlock_rdlock(&mod->kot_lock);
	CHECK_EQ(call(f, 2, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_NO_HKID_READY_TO_WBCACHE);
	CHECK_EQ(guest_leaf(&second, TDH_MNG_KEY_FREEID), TDX_OPERAND_BUSY | TDX_OPERAND_KOT);
	pthread_rwlock_unlock(&mod->kot_lock);

	/* To start again instead of resuming is legal */
	f->host.interrupts = 1;
	CHECK_EQ(call(f, 0, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_INTERRUPTED_RESUMABLE);
	CHECK_EQ(call(f, 0, TDH_PHYMEM_CACHE_WB, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_PHYMEM_CACHE_WB, 1, 0, 0), TDX_WBCACHE_RESUME_ERROR);
	CHECK_EQ(guest_leaf(&second, TDH_MNG_KEY_FREEID), TDX_SUCCESS);

	return true;
}

/* Whoever holds a TD keeps others out, without making them wait */
FIXTURE_TEST(contention)
{
	struct guest guest;
	struct seam_regs regs;
	struct vcpu *vcpu;
	struct td *td;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	td = dram_look(f->host.platform->dram, guest.tdr).object;

	pthread_rwlock_rdlock(&td->tdr_lock);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_OPERAND_BUSY | TDX_OPERAND_RCX);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_EPT_VIOLATION);
	pthread_rwlock_unlock(&td->tdr_lock);

	pthread_rwlock_wrlock(&td->tdr_lock);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_OPERAND_BUSY | TDX_OPERAND_TDR);
	pthread_rwlock_unlock(&td->tdr_lock);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_EPT_VIOLATION);

	vcpu = dram_look(f->host.platform->dram, guest.tdvpr[0]).object;
	pthread_rwlock_rdlock(&vcpu->lock);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_OPERAND_BUSY | TDX_OPERAND_RCX);
	pthread_rwlock_unlock(&vcpu->lock);

	pthread_rwlock_rdlock(&td->sept_lock);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_AUG, GUEST_GPA + 0x1000, guest.tdr, SPARE_PA),
		 TDX_OPERAND_BUSY | TDX_OPERAND_SEPT_TREE);
	pthread_rwlock_unlock(&td->sept_lock);

	pthread_rwlock_rdlock(&td->epoch_lock);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_OPERAND_BUSY | TDX_OPERAND_TD_EPOCH);
	pthread_rwlock_unlock(&td->epoch_lock);

	pthread_rwlock_wrlock(&f->host.platform->tdxmod->kot_lock);
	CHECK_EQ(call(f, 0, TDH_MNG_CREATE, SPARE_PA, HOST_TD_KEYID + 1, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_KOT);
	pthread_rwlock_unlock(&f->host.platform->tdxmod->kot_lock);

	return true;
}

static uint64_t read_field(struct fixture *f, uint64_t leaf, uint64_t object, uint64_t field,
			   uint64_t *value)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = leaf,
		.gpr[SEAM_RCX] = object,
		.gpr[SEAM_RDX] = field,
		.gpr[SEAM_R8] = ~0ULL,
	};
	uint64_t status = host_call(&f->host, 0, &regs);

	*value = regs.gpr[SEAM_R8];

	return status;
}

/* What cannot be read reads as zero, what cannot be written stays */
FIXTURE_TEST(field_errors)
{
	uint64_t tdvpr = SPARE_PA;
	struct guest guest;
	struct seam_regs regs;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, 0x110000000000000b, &value),
		 TDX_OP_STATE_INCORRECT);
	CHECK_EQ(value, 0);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_VP_CREATE, tdvpr, guest.tdr, 0), TDX_SUCCESS);

	/* A vCPU that is not initialised has no fields */
	CHECK_EQ(read_field(f, TDH_VP_RD, tdvpr, 0x2016, &value), TDX_VCPU_STATE_INCORRECT);
	CHECK_EQ(value, 0);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_WR, tdvpr, 0x2016, 1, 1),
		 TDX_VCPU_STATE_INCORRECT);
	CHECK_EQ(read_field(f, TDH_VP_RD, guest.tdr, 0x2016, &value),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_WR, guest.tdr, 0x2016, 1, 1),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);
	CHECK_EQ(read_field(f, TDH_MNG_RD, tdvpr, 0x110000000000000b, &value),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);

	CHECK_EQ(guest_add_vcpu(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(read_field(f, TDH_VP_RD, guest.tdvpr[0], 0x2018, &value),
		 TDX_METADATA_FIELD_ID_INCORRECT);
	CHECK_EQ(value, 0);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_WR, guest.tdvpr[0], 0x0002, 0xff, 0x10000),
		 TDX_METADATA_FIELD_NOT_WRITABLE);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_WR, guest.tdvpr[0], 0x0002, 0xab, 0xff),
		 TDX_SUCCESS);
	/* Only the bits of the mask, and the old value comes back */
	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_VP_WR,
		.gpr[SEAM_RCX] = guest.tdvpr[0],
		.gpr[SEAM_RDX] = 0x0002,
		.gpr[SEAM_R8] = ~0ULL,
		.gpr[SEAM_R9] = 0xf00,
	};
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
	CHECK_EQ(regs.gpr[SEAM_R8], 0xab);
	CHECK_EQ(read_field(f, TDH_VP_RD, guest.tdvpr[0], 0x0002, &value), TDX_SUCCESS);
	CHECK_EQ(value, 0xfab);

	/* Of a TD: TSC offset, and the ends of MRTD */
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, 0x110000000000000a, &value), TDX_SUCCESS);
	CHECK_EQ(value, 0);
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, 0x1300000000000005, &value), TDX_SUCCESS);
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, 0x1300000000000006, &value),
		 TDX_METADATA_FIELD_ID_INCORRECT);
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, 0x12ffffffffffffff, &value),
		 TDX_METADATA_FIELD_ID_INCORRECT);

	/* Version 1 says that no field follows, version 0 leaves RDX alone */
	for (uint64_t version = 0; version < 2; version++) {
		regs = (struct seam_regs) {
			.gpr[SEAM_RAX] = TDH_VP_RD | version << TDH_VERSION_SHIFT,
			.gpr[SEAM_RCX] = guest.tdvpr[0],
			.gpr[SEAM_RDX] = 0x0002,
		};
		CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
		CHECK_EQ(regs.gpr[SEAM_RDX], version ? ~0ULL : 0x0002);
	}

	return true;
}

/* CPUID values as the TD's owner configured them, by leaf and sub-leaf */
FIXTURE_TEST(cpuid_fields)
{
	uint64_t class = 20ULL << 56;
	struct td_params params = {
		.xfam = 3, .max_vcpus = 1, .eptp_controls = 0x1e, .tsc_frequency = 40,
		.cpuid = {
			[2] = { { 0x11, 0x1000, 0x33, 0x4 } },
			[9] = { { 0x30, 0, 0, 0 } },
		},
	};
	struct guest guest;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	host_write(&f->host, HOST_BUFFER_PA, &params, sizeof(params));
	CHECK_EQ(call(f, 0, TDH_MNG_INIT, guest.tdr, HOST_BUFFER_PA, 0), TDX_SUCCESS);

	/* Leaf 4, sub-leaf 1, both halves */
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, class | 4 << 9 | 1 << 1, &value),
		 TDX_SUCCESS);
	/* Bits 11:0 of EBX cannot be configured: the CPU's line size */
	CHECK_EQ(value, 0x103f00000011);
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, class | 4 << 9 | 1 << 1 | 1, &value),
		 TDX_SUCCESS);
	CHECK_EQ(value, 0x400000033);
	/* Leaf 0x80000008 has no sub-leaves */
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, class | 1 << 16 | 8 << 9 | 1 << 8, &value),
		 TDX_SUCCESS);
	/* 57 linear address bits are the CPU's own */
	CHECK_EQ(value, 0x3930);
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, class | 8 << 9 | 1 << 8, &value),
		 TDX_METADATA_FIELD_ID_INCORRECT);
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, class | 1 << 16 | 8 << 9, &value),
		 TDX_METADATA_FIELD_ID_INCORRECT);
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, class | 4 << 9 | 9 << 1, &value),
		 TDX_METADATA_FIELD_ID_INCORRECT);
	CHECK_EQ(read_field(f, TDH_MNG_RD, guest.tdr, class | 1 << 17 | 4 << 9, &value),
		 TDX_METADATA_FIELD_ID_INCORRECT);

	return true;
}

FIXTURE_TEST(fields)
{
	struct guest guest;
	struct seam_regs regs;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	/* What KVM writes: posted interrupts and the shared EPT */
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_WR, guest.tdvpr[0], 0x2016, 0x1234000, ~0ULL),
		 TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_WR, guest.tdvpr[0], 0x4000, 0x80, 0x80),
		 TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_WR, guest.tdvpr[0], 0x4000, 1, 1),
		 TDX_METADATA_FIELD_NOT_WRITABLE);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_WR, guest.tdvpr[0], 0x6800, 1, 1),
		 TDX_METADATA_FIELD_ID_INCORRECT);
	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_VP_RD,
		.gpr[SEAM_RCX] = guest.tdvpr[0],
		.gpr[SEAM_RDX] = 0x2016,
	};
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
	CHECK_EQ(regs.gpr[SEAM_R8], 0x1234000);
	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_VP_RD,
		.gpr[SEAM_RCX] = guest.tdvpr[0],
		.gpr[SEAM_RDX] = 0x9100000000000100,
	};
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_MNG_RD,
		.gpr[SEAM_RCX] = guest.tdr,
		.gpr[SEAM_RDX] = 0x110000000000000b,
	};
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
	CHECK_EQ(regs.gpr[SEAM_R8], 1ULL << 48);

	return true;
}

/* TDH.VP.RD and TDH.VP.WR associate a vCPU, too */
FIXTURE_TEST(vcpu_field_association)
{
	struct guest guest;
	struct seam_regs regs;
	uint64_t tdvpr, value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	tdvpr = guest.tdvpr[0];

	/* Here by VP.INIT */
	CHECK_EQ(read_field(f, TDH_VP_RD, tdvpr, 0x0002, &value), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 1, TDH_VP_WR, tdvpr, 0x0002, 0xab, 0xff),
		 TDX_VCPU_ASSOCIATED);
	CHECK_EQ(call(f, 0, TDH_VP_FLUSH, tdvpr, 0, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 1, TDH_VP_WR, tdvpr, 0x0002, 0xab, 0xff), TDX_SUCCESS);
	CHECK_EQ(read_field(f, TDH_VP_RD, tdvpr, 0x0002, &value), TDX_VCPU_ASSOCIATED);
	CHECK_EQ(value, 0);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_VCPU_ASSOCIATED);
	CHECK_EQ(call(f, 1, TDH_VP_FLUSH, tdvpr, 0, 0), TDX_SUCCESS);
	CHECK_EQ(read_field(f, TDH_VP_RD, tdvpr, 0x0002, &value), TDX_SUCCESS);
	CHECK_EQ(value, 0xab);
	CHECK_EQ(guest_enter(&guest, 0, 1, &regs), TDX_VCPU_ASSOCIATED);
	CHECK_EQ(call(f, 0, TDH_VP_FLUSH, tdvpr, 0, 0), TDX_SUCCESS);

	return true;
}

static const struct test tests[] = {
	{ "a whole life, three times", whole_life },
	{ "several TDs and vCPUs", several },
	{ "creation", creation },
	{ "TD_PARAMS", parameters },
	{ "TD_PARAMS at the limit", parameters_at_the_limit },
	{ "TD_PARAMS and the most vCPUs", most_vcpus },
	{ "TD_PARAMS and the secure EPT", ept_shapes },
	{ "vCPUs and associations", vcpus },
	{ "associations by the fields of a vCPU", vcpu_field_association },
	{ "exits", exits },
	{ "lost content is noticed", lost_content },
	{ "unmapping", unmapping },
	{ "unmapping of a pending page", unmapping_pending },
	{ "unmapping before the first entry", unmapping_early },
	{ "TLB epochs", epochs },
	{ "secure EPT", ept },
	{ "secure EPT: where a walk ended", ept_outputs },
	{ "MRTD", mrtd },
	{ "teardown", teardown },
	{ "teardown of a TD that has only a KeyID", early_teardown },
	{ "cache write-back", write_back },
	{ "contention", contention },
	{ "fields of TD and vCPU", fields },
	{ "fields that cannot be had", field_errors },
	{ "fields of CPUID", cpuid_fields },
	{ NULL, NULL }
};

const struct suite suite_td = { "td", tests };
