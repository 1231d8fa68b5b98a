// SPDX-License-Identifier: GPL-2.0-or-later
/* States, dispatcher, initialisation, shutdown and update of the module (SEAM ABI 4). */
#include <pthread.h>
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tdxmod/module.h"
#include "tests/fixture.h"
#include "tests/suites.h"

#define VERSION(leaf, version)	((leaf) | (uint64_t)(version) << TDH_VERSION_SHIFT)

static uint64_t call(struct fixture *f, unsigned int lp, uint64_t leaf)
{
	return host_leaf(&f->host, lp, leaf, 0, 0, 0, 0);
}

COLD_TEST(states)
{
	struct platform *platform = f->host.platform;

	CHECK_EQ(tdxmod_state(platform), SYSINIT_PENDING);
	CHECK_EQ(call(f, 0, TDH_SYS_LP_INIT), TDX_SYS_LP_INIT_NOT_PENDING);
	CHECK_EQ(call(f, 0, TDH_SYS_CONFIG), TDX_SYS_CONFIG_NOT_PENDING);
	CHECK_EQ(call(f, 0, TDH_SYS_KEY_CONFIG), TDX_SYS_KEY_CONFIG_NOT_PENDING);
	CHECK_EQ(call(f, 0, TDH_SYS_UPDATE), TDX_SYS_STATE_INCORRECT);
	CHECK_EQ(call(f, 0, TDH_SYS_SHUTDOWN), TDX_SYS_NOT_READY);
	CHECK_EQ(call(f, 0, TDH_SYS_TDMR_INIT), TDX_SYS_NOT_READY);
	CHECK_EQ(call(f, 0, TDH_LEAF_MASK), TDX_SYS_NOT_READY);
	CHECK_EQ(call(f, 0, TDH_SYS_LP_SHUTDOWN), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_SYS_RD), TDX_SYS_LP_INIT_NOT_DONE);

	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_INIT, 1, 0, 0, 0),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(tdxmod_state(platform), SYSINIT_DONE);
	CHECK_EQ(host_sys_init(&f->host), TDX_SYS_INIT_NOT_PENDING);

	CHECK_EQ(call(f, 1, TDH_SYS_LP_INIT), TDX_SUCCESS);
	CHECK_EQ(call(f, 1, TDH_SYS_LP_INIT), TDX_SYS_LP_INIT_DONE);
	CHECK_EQ(call(f, 0, TDH_SYS_CONFIG), TDX_SYS_CONFIG_NOT_PENDING);
	CHECK_EQ(call(f, 0, TDH_SYS_LP_INIT), TDX_SUCCESS);
	CHECK_EQ(call(f, 2, TDH_SYS_LP_INIT), TDX_SUCCESS);
	CHECK_EQ(call(f, 3, TDH_SYS_LP_INIT), TDX_SUCCESS);
	/* Nothing was handed over: only the cold path leads on */
	CHECK_EQ(call(f, 0, TDH_SYS_UPDATE), TDX_SYS_INVALID_HANDOFF);

	return true;
}

COLD_TEST(outputs)
{
	struct seam_regs regs, before;

	for (unsigned int i = 0; i < SEAM_NR_GPRS; i++)
		before.gpr[i] = 0x1000 + i;
	before.gpr[SEAM_RAX] = TDH_SYS_LP_INIT;
	regs = before;
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SYS_LP_INIT_NOT_PENDING);
	CHECK_EQ(regs.gpr[SEAM_RCX] | regs.gpr[SEAM_RDX] | regs.gpr[SEAM_R8], 0);
	CHECK_EQ(regs.gpr[SEAM_R9], before.gpr[SEAM_R9]);
	CHECK_EQ(regs.gpr[SEAM_RBX], before.gpr[SEAM_RBX]);

	/* SYS.INIT zeroes its outputs, if it succeeds */
	regs = before;
	regs.gpr[SEAM_RAX] = TDH_SYS_INIT;
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(regs.gpr[SEAM_RCX], before.gpr[SEAM_RCX]);
	CHECK_EQ(regs.gpr[SEAM_R10], before.gpr[SEAM_R10]);
	regs.gpr[SEAM_RAX] = TDH_SYS_INIT;
	regs.gpr[SEAM_RCX] = 0;
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
	CHECK_EQ(regs.gpr[SEAM_RCX] | regs.gpr[SEAM_RDX] | regs.gpr[SEAM_R8] |
		 regs.gpr[SEAM_R9] | regs.gpr[SEAM_R10], 0);
	CHECK_EQ(regs.gpr[SEAM_R11], before.gpr[SEAM_R11]);

	/* A refusal by the dispatcher leaves everything alone */
	regs = before;
	regs.gpr[SEAM_RAX] = TDH_SYS_SHUTDOWN;
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SYS_NOT_READY);
	regs.gpr[SEAM_RAX] = before.gpr[SEAM_RAX];
	CHECK(!memcmp(&regs, &before, sizeof(regs)));

	return true;
}

COLD_TEST(entropy)
{
	f->host.entropy_fails = 1;
	CHECK_EQ(host_sys_init(&f->host), TDX_RND_NO_ENTROPY);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	f->host.entropy_fails = 1;
	CHECK_EQ(call(f, 0, TDH_SYS_LP_INIT), TDX_RND_NO_ENTROPY);
	CHECK_EQ(call(f, 0, TDH_SYS_LP_INIT), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(dispatcher)
{
	unsigned int before = f->host.diagnoses;

	/* Reserved bits, unsupported versions, unknown and unmodelled leaves */
	for (unsigned int bit = 24; bit < 63; bit++)
		CHECK_EQ(call(f, 0, TDH_SYS_LP_SHUTDOWN | 1ULL << bit), TDX_OPERAND_INVALID);
	CHECK_EQ(call(f, 0, VERSION(TDH_SYS_LP_SHUTDOWN, 1)), TDX_OPERAND_INVALID);
	CHECK_EQ(call(f, 0, VERSION(TDH_SYS_UPDATE, 1)), TDX_OPERAND_INVALID);
	CHECK_EQ(f->host.diagnoses, before);
	CHECK_EQ(call(f, 0, 54), TDX_OPERAND_INVALID);
	CHECK_EQ(call(f, 0, TDH_MEM_PAGE_PROMOTE), TDX_OPERAND_INVALID);
	CHECK_EQ(f->host.diagnoses, before + 2);
	/* Public releases lack this one, so it is not a gap of the model */
	CHECK_EQ(call(f, 0, TDH_SYS_DISABLE), TDX_OPERAND_INVALID);
	CHECK_EQ(f->host.diagnoses, before + 2);

	/* Reserved bits are looked at before the state */
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_SYS_RD | 1ULL << 30), TDX_OPERAND_INVALID);

	return true;
}

COLD_TEST(key_config)
{
	CHECK_EQ(fixture_until_update(f), TDX_SUCCESS);
	host_put_tdmr(&f->host);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_CONFIG, HOST_TDMR_LIST_PA, 1, HOST_GLOBAL_KEYID,
			   0), TDX_SUCCESS);

	/* One key per package */
	CHECK_EQ(call(f, 0, TDH_SYS_KEY_CONFIG), TDX_SUCCESS);
	CHECK_EQ(call(f, 1, TDH_SYS_KEY_CONFIG), TDX_KEY_CONFIGURED);
	CHECK_EQ(tdxmod_state(f->host.platform), SYSCONFIG_DONE);
	f->host.entropy_fails = 1;
	CHECK_EQ(call(f, 2, TDH_SYS_KEY_CONFIG), TDX_KEY_GENERATION_FAILED);
	CHECK_EQ(call(f, 2, TDH_SYS_KEY_CONFIG), TDX_SUCCESS);
	CHECK_EQ(tdxmod_state(f->host.platform), SYS_READY);
	CHECK_EQ(call(f, 2, TDH_SYS_KEY_CONFIG), TDX_SYS_KEY_CONFIG_NOT_PENDING);

	return true;
}

FIXTURE_TEST(tdmr_init)
{
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_TDMR_INIT, HOST_TDMR_BASE, 0, 0, 0),
		 TDX_TDMR_ALREADY_INITIALIZED);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_TDMR_INIT, 0, 0, 0, 0),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	/* Not needed after an update, and not possible either */
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_TDMR_INIT, HOST_TDMR_BASE, 0, 0, 0),
		 TDX_TDMR_ALREADY_INITIALIZED);

	return true;
}

/* Handoff versions 2 to 4, no downgrade wanted */
static void hv_2_to_4(struct fixture *f, struct image_spec *old)
{
	old->desc.module_hv = 4;
	old->desc.min_update_hv = 2;
	old->desc.flags |= MODULE_COUNTS_BUILDS;
	f->spec.desc = old->desc;
	f->spec.desc.update = FIXTURE_NEWER;
}

FIXTURE_TEST_WITH(handoff_range, hv_2_to_4)
{
	CHECK_EQ(fixture_shutdown(f, 1), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(fixture_shutdown(f, 5), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(fixture_shutdown(f, 3 | 1ULL << 17), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(host_update(&f->host, &f->new, 3), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);

	return true;
}

static void no_downgrade(struct fixture *f, struct image_spec *old)
{
	hv_2_to_4(f, old);
	old->desc.no_downgrade = 1;
}

FIXTURE_TEST_WITH(handoff_no_downgrade, no_downgrade)
{
	CHECK_EQ(fixture_shutdown(f, 3), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(fixture_shutdown(f, 4), TDX_SUCCESS);

	return true;
}

/* The lock is tried, not waited for: LP.INITs run in parallel, SHUTDOWN does not */
FIXTURE_TEST(contention)
{
	struct tdxmod *mod = f->host.platform->tdxmod;

	pthread_rwlock_rdlock(&mod->global_lock);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SYS_BUSY);
	CHECK_EQ(call(f, 0, TDH_SYS_UPDATE), TDX_SYS_BUSY);
	CHECK_EQ(call(f, 0, TDH_SYS_LP_INIT), TDX_SYS_LP_INIT_NOT_PENDING);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	pthread_rwlock_unlock(&mod->global_lock);

	pthread_rwlock_wrlock(&mod->global_lock);
	CHECK_EQ(call(f, 0, TDH_SYS_LP_INIT), TDX_SYS_BUSY);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	pthread_rwlock_unlock(&mod->global_lock);

	return true;
}

/* The same for the leaves of the cold path (SEAM ABI 4.2) */
COLD_TEST(cold_contention)
{
	static const uint64_t alone[] = { TDH_SYS_INIT, TDH_SYS_CONFIG, TDH_SYS_KEY_CONFIG };
	struct tdxmod *mod = f->host.platform->tdxmod;

	pthread_rwlock_rdlock(&mod->global_lock);
	for (size_t i = 0; i < ARRAY_SIZE(alone); i++)
		CHECK_EQ(call(f, 0, alone[i]), TDX_SYS_BUSY);
	pthread_rwlock_unlock(&mod->global_lock);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);

	pthread_rwlock_rdlock(&mod->global_lock);
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LPS), TDX_SUCCESS);
	pthread_rwlock_unlock(&mod->global_lock);

	return true;
}

static void sensitive(struct fixture *f, struct image_spec *old)
{
	hv_2_to_4(f, old);
	old->desc.features0 |= TDX_FEATURES0_UPDATE_COMPATIBILITY;
	f->spec.desc.features0 |= TDX_FEATURES0_UPDATE_COMPATIBILITY;
	f->spec.desc.flags |= MODULE_UPDATE_V1;
}

FIXTURE_TEST_WITH(mig_interrupted, sensitive)
{
	tdxmod_set_mig_interrupted(f->host.platform, 3);
	CHECK_EQ(fixture_shutdown(f, 4 | 1 << 16), TDX_UPDATE_COMPATIBILITY_SENSITIVE | 0x30001);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);

	/* The count is handed over */
	CHECK_EQ(host_update(&f->host, &f->new, 4), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 4 | 1 << 16), TDX_UPDATE_COMPATIBILITY_SENSITIVE | 0x30001);
	tdxmod_set_mig_interrupted(f->host.platform, 0);
	CHECK_EQ(fixture_shutdown(f, 4 | 1 << 16), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST_WITH(update_version_1, sensitive)
{
	uint64_t update = VERSION(TDH_SYS_UPDATE, 1);
	struct seam_regs regs = { .gpr[SEAM_RAX] = update, .gpr[SEAM_R10] = 1 };

	CHECK_EQ(fixture_shutdown(f, 4), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_until_update(f), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, VERSION(TDH_SYS_UPDATE, 2)), TDX_OPERAND_INVALID);
	CHECK_EQ(host_leaf(&f->host, 0, update, 0, 0, 0, 1ULL << 63),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R9);
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_OPERAND_INVALID | TDX_OPERAND_R10);

	/* The data is still there, and the call can be repeated */
	CHECK_EQ(host_leaf(&f->host, 0, update, 0, 0, 0, TDX_FEATURES0_UPDATE_COMPATIBILITY),
		 TDX_SUCCESS);
	CHECK_EQ(call(f, 0, update), TDX_SYS_STATE_INCORRECT);

	return true;
}

/* Version 0 has no operands: whatever is in R9 and R10 */
FIXTURE_TEST_WITH(update_version_0, sensitive)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = TDH_SYS_UPDATE,
		.gpr[SEAM_R9] = ~0ULL,
		.gpr[SEAM_R10] = 1,
	};

	CHECK_EQ(fixture_shutdown(f, 4), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_until_update(f), TDX_SUCCESS);
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
	CHECK(!f->host.platform->tdxmod->detect_mrtd);

	return true;
}

/* The payload survives only where it lies: other bytes of the range are zeroed */
FIXTURE_TEST(handoff_bytes)
{
	const struct seam_range *seam = &f->host.platform->seam;
	struct handoff_header header;
	uint32_t nr_tdmrs;
	uint16_t hkid;

	/* The counters come with version 1 of the data */
	seam->handoff[0xd093] = 0xaa;
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(seam->handoff[0xd093], 0xaa);
	memcpy(&header, seam->handoff, sizeof(header));
	CHECK_EQ(header.valid, 1);
	CHECK_EQ(header.hv, 0);
	CHECK_EQ(header.size, 53386);
	memcpy(&nr_tdmrs, seam->handoff + 0xd088, sizeof(nr_tdmrs));
	memcpy(&hkid, seam->handoff + 0xd08c, sizeof(hkid));
	CHECK_EQ(nr_tdmrs, 1);
	CHECK_EQ(hkid, HOST_GLOBAL_KEYID);

	seam->handoff[0xd092] = 0xaa;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(seam->handoff[0xd092], 0);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);
	memcpy(&header, seam->handoff, sizeof(header));
	CHECK_EQ(header.valid, 0);
	CHECK_EQ(header.size, 0);

	return true;
}

static void few_handoff_pages(struct fixture *f, struct image_spec *old)
{
	f->spec.desc.handoff_pages_raw = 12;
}

/* INSTALL does not see it; the new module does not start with less than it needs */
FIXTURE_TEST_WITH(handoff_too_long, few_handoff_pages)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SYS_INCOMPATIBLE_SIGSTRUCT);
	CHECK_EQ(tdxmod_state(f->host.platform), SYSINIT_PENDING);

	/* INSTALL now measures the data against these pages: not even the old module comes back */
	host_put_image(&f->host, &f->old, SEAMLDR_SCENARIO_UPDATE);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_EBADHANDOFF);
	host_put_image(&f->host, &f->old, SEAMLDR_SCENARIO_LOAD);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);

	return true;
}

static void contradicting_sigstruct(struct fixture *f, struct image_spec *old)
{
	f->spec.sigstruct_differs = true;
	f->spec.sigstruct_hv = 1;
}

FIXTURE_TEST_WITH(incompatible_sigstruct, contradicting_sigstruct)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SYS_INCOMPATIBLE_SIGSTRUCT);

	/* The handoff data is still valid: another image can follow */
	host_put_image(&f->host, &f->old, SEAMLDR_SCENARIO_UPDATE);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);

	return true;
}

/* Limits of the sigstruct may be tighter than what is compiled in, but not looser */
static bool sigstruct_limits(struct fixture *f, uint16_t min_update_hv, uint8_t no_downgrade,
			     uint64_t status)
{
	struct seam_sigstruct *sig = host_image_sigstruct(&f->new);

	sig->min_update_hv = min_update_hv;
	sig->no_downgrade = no_downgrade;
	host_image_resign(&f->new);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), status);

	return true;
}

static void no_downgrade_from_2_to_4(struct fixture *f, struct image_spec *old)
{
	hv_2_to_4(f, old);
	f->spec.desc.no_downgrade = 1;
}

FIXTURE_TEST_WITH(compatible_sigstruct, no_downgrade_from_2_to_4)
{
	CHECK_EQ(fixture_shutdown(f, 3), TDX_SUCCESS);
	CHECK(sigstruct_limits(f, 1, 1, TDX_SYS_INCOMPATIBLE_SIGSTRUCT));
	CHECK(sigstruct_limits(f, 2, 0, TDX_SYS_INCOMPATIBLE_SIGSTRUCT));
	CHECK(sigstruct_limits(f, 3, 1, TDX_SUCCESS));
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LPS), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_SYS_UPDATE), TDX_SUCCESS);

	return true;
}

static void with_disable(struct fixture *f, struct image_spec *old)
{
	old->desc.flags |= MODULE_HAS_DISABLE;
}

FIXTURE_TEST_WITH(disable, with_disable)
{
	CHECK_EQ(call(f, 0, VERSION(TDH_SYS_DISABLE, 1)), TDX_OPERAND_INVALID);
	platform_hold_lp(f->host.platform, 1, true);
	CHECK_EQ(call(f, 0, TDH_SYS_DISABLE), TDX_SYS_BUSY);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	platform_hold_lp(f->host.platform, 1, false);

	/* Once it has begun nothing else gets in */
	f->host.interrupts = 1;
	CHECK_EQ(call(f, 0, TDH_SYS_DISABLE), TDX_INTERRUPTED_RESUMABLE);
	CHECK_EQ(call(f, 0, TDH_SYS_RD), TDX_SYS_BUSY);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SYS_BUSY);
	CHECK_EQ(call(f, 1, TDH_SYS_DISABLE), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_SYS_SHUTDOWN), TDX_SYS_NOT_READY);
	CHECK_EQ(call(f, 0, TDH_SYS_DISABLE), TDX_SYS_NOT_READY);
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);

	return true;
}

/* Before and after a shutdown the dispatcher decides, as for any other leaf */
FIXTURE_TEST_WITH(disable_in_other_states, with_disable)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_SYS_DISABLE), TDX_SYS_SHUTDOWN);
	host_put_image(&f->host, &f->old, SEAMLDR_SCENARIO_UPDATE);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_SYS_DISABLE), TDX_SYS_NOT_READY);
	CHECK_EQ(fixture_until_update(f), TDX_SUCCESS);
	CHECK_EQ(call(f, 0, TDH_SYS_DISABLE), TDX_SYS_NOT_READY);
	CHECK_EQ(call(f, 0, TDH_SYS_UPDATE), TDX_SUCCESS);

	return true;
}

/* Two SHUTDOWNs on different LPs: whoever comes second must not be let in */
FIXTURE_TEST(overtaken_shutdown)
{
	struct tdxmod *mod = f->host.platform->tdxmod;
	struct seam_regs regs = { .gpr[SEAM_RAX] = TDH_SYS_SHUTDOWN };

	/* As if the dispatcher had looked before the first one succeeded */
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	tdh_sys_shutdown(mod, 1, &regs);
	CHECK_EQ(call(f, 0, TDH_SYS_LP_SHUTDOWN), HOST_VMFAIL);

	return true;
}

static const struct test tests[] = {
	{ "states of initialisation", states },
	{ "registers that leaves change", outputs },
	{ "no entropy", entropy },
	{ "dispatcher", dispatcher },
	{ "SYS.KEY.CONFIG", key_config },
	{ "TDMR.INIT", tdmr_init },
	{ "handoff version in range", handoff_range },
	{ "no downgrade", handoff_no_downgrade },
	{ "locks are tried", contention },
	{ "locks of the cold path", cold_contention },
	{ "interrupted migrations", mig_interrupted },
	{ "UPDATE version 1", update_version_1 },
	{ "UPDATE version 0", update_version_0 },
	{ "handoff data byte for byte", handoff_bytes },
	{ "fewer handoff pages than needed", handoff_too_long },
	{ "sigstruct against built-in constants", incompatible_sigstruct },
	{ "limits of the sigstruct against built-in ones", compatible_sigstruct },
	{ "SYS.DISABLE", disable },
	{ "SYS.DISABLE in other states", disable_in_other_states },
	{ "SHUTDOWN on two LPs", overtaken_shutdown },
	{ NULL, NULL }
};

const struct suite suite_module = { "module", tests };
