// SPDX-License-Identifier: GPL-2.0-or-later
/* The conformance scenarios of SEAM ABI 9, 1 to 20; the number starts a test's name. */
#include <pthread.h>
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "tdxmod/td.h"
#include "tests/fixture.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA	(HOST_TDMR_BASE + 0x1000000)
#define AVOID_SENSITIVE	(1ULL << 16)
#define ONE_BUILD	(TDX_UPDATE_COMPATIBILITY_SENSITIVE | 0x10000)

static uint32_t remaining(struct fixture *f)
{
	struct seamldr_info info = { 0 };

	host_info(&f->host, &info);

	return info.num_remaining_updates;
}

FIXTURE_TEST(scenario_1)
{
	uint64_t rdx;

	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	for (unsigned int lp = 0; lp < FIXTURE_LAST_LP; lp++) {
		CHECK_EQ(fixture_install_on(f, lp, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
		CHECK_EQ(rdx, 0);
		CHECK_EQ(host_leaf(&f->host, lp, TDH_SYS_RD, 0, FIELD_MODULE_HV, 0, 0),
			 HOST_VMFAIL);
	}
	CHECK_EQ(fixture_install_on(f, FIXTURE_LAST_LP, HOST_PARAMS_PA, &rdx), SEAMLDR_EBADHANDOFF);
	CHECK_EQ(rdx, 0);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	CHECK_EQ(host_leaf(&f->host, 1, TDH_SYS_RD, 0, FIELD_MODULE_HV, 0, 0), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(scenario_2)
{
	uint32_t before = remaining(f);
	struct guest guest;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);
	CHECK_EQ(remaining(f), before - 1);
	CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(value, 2);

	return true;
}

FIXTURE_TEST(scenario_3)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LAST_LP), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_UPDATE, 0, 0, 0, 0), TDX_SYS_STATE_INCORRECT);
	CHECK_EQ(host_lp_init(&f->host, FIXTURE_LAST_LP, FIXTURE_LPS), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_UPDATE, 0, 0, 0, 0), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(scenario_4)
{
	CHECK_EQ(fixture_shutdown(f, 1), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(tdxmod_state(f->host.platform), SYS_READY);
	CHECK_EQ(fixture_shutdown(f, AVOID_SENSITIVE), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(tdxmod_state(f->host.platform), SYS_READY);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(scenario_5)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	for (uint64_t leaf = 0; leaf <= TDH_LEAF_MASK; leaf++) {
		if (leaf == TDH_SYS_LP_SHUTDOWN)
			continue;
		CHECK_EQ(host_leaf(&f->host, 1, leaf, 0, 0, 0, 0), TDX_SYS_SHUTDOWN);
	}
	CHECK_EQ(host_leaf(&f->host, 1, TDH_SYS_LP_SHUTDOWN, 0, 0, 0, 0), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(scenario_6)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_image_module(&f->new)[0x6000] ^= 1;
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADHASH, 1);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_LP_SHUTDOWN, 0, 0, 0, 0), HOST_VMFAIL);

	host_image_module(&f->new)[0x6000] ^= 1;
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADPARAM, 0);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_INIT, 0, 0, 0, 0), HOST_VMFAIL);

	return true;
}

FIXTURE_TEST(scenario_7)
{
	struct guest guest;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_image_sigstruct(&f->new)->date ^= 1;
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADSIG, 0);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_RD, 0, FIELD_MODULE_HV, 0, 0),
		 TDX_SYS_SHUTDOWN);

	host_image_sigstruct(&f->new)->date ^= 1;
	CHECK_LAST(fixture_install(f), SEAMLDR_SUCCESS, 0);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);
	CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(value, 2);

	return true;
}

/* The old image itself is an acceptable one after a recoverable failure */
FIXTURE_TEST(scenario_7_old_image)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_image_sigstruct(&f->new)->signature[0] ^= 1;
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADSIG, 0);
	host_put_image(&f->host, &f->old, SEAMLDR_SCENARIO_UPDATE);
	CHECK_LAST(host_session(&f->host), SEAMLDR_SUCCESS, 0);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);

	return true;
}

static void other_cpu(struct fixture *f, struct image_spec *old)
{
	f->spec.nr_cpuids = 1;
	f->spec.cpuid[0] = 0x000806f0;
}

FIXTURE_TEST_WITH(scenario_8, other_cpu)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_LAST(fixture_install(f), SEAMLDR_EUNSUPCPU, 0);

	return true;
}

static void other_socket(struct fixture *f, struct image_spec *old)
{
	f->host.config.cpuid_1_eax[1] = 0x000806f8;
	f->spec.nr_cpuids = 1;
	f->spec.cpuid[0] = 0x000a06d0;
}

/* Every socket counts, not only the first */
FIXTURE_TEST_WITH(scenario_8_second_socket, other_socket)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_LAST(fixture_install(f), SEAMLDR_EUNSUPCPU, 0);

	return true;
}

FIXTURE_TEST(scenario_9)
{
	struct image_spec spec = f->spec;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	spec.svn_minor--;
	fixture_replace(f, &spec);
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADSIG, 0);

	spec.svn_minor++;
	spec.svn_major++;
	fixture_replace(f, &spec);
	CHECK_LAST(fixture_install(f), SEAMLDR_EUNSUPPORTED, 0);

	spec.svn_major = 0;
	fixture_replace(f, &spec);
	CHECK_LAST(fixture_install(f), SEAMLDR_EUNSUPPORTED, 0);

	return true;
}

static void handoff_ranges(struct fixture *f, struct image_spec *old)
{
	old->desc.module_hv = 1;
	f->spec.desc.module_hv = 3;
	f->spec.desc.min_update_hv = 2;
}

FIXTURE_TEST_WITH(scenario_10, handoff_ranges)
{
	CHECK_EQ(fixture_shutdown(f, 1), TDX_SUCCESS);
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADHANDOFF, 0);

	return true;
}

static void full_seamdb(struct fixture *f, struct image_spec *old)
{
	f->host.config.seamdb_size = 2;
}

FIXTURE_TEST_WITH(scenario_11, full_seamdb)
{
	CHECK_EQ(remaining(f), 1);
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);
	CHECK_EQ(remaining(f), 0);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);

	/* The signature is checked first */
	host_image_sigstruct(&f->new)->signature[0] ^= 1;
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADSIG, 0);
	host_image_sigstruct(&f->new)->signature[0] ^= 1;
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADCALL, 0);

	return true;
}

FIXTURE_TEST(scenario_12)
{
	uint64_t rdx;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	CHECK_EQ(fixture_install_on(f, 1, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_install_on(f, 1, HOST_PARAMS_PA, &rdx), SEAMLDR_EBADCALL);
	CHECK_EQ(rdx, 0);
	CHECK_EQ(fixture_install_on(f, 0, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_install_on(f, 2, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_install_on(f, 3, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);

	return true;
}

FIXTURE_TEST(scenario_13)
{
	uint64_t rdx;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	for (unsigned int lp = 0; lp < FIXTURE_LAST_LP; lp++)
		CHECK_EQ(fixture_install_on(f, lp, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO, HOST_BUFFER_PA, 0, 0, 0),
		 SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_LP_SHUTDOWN, 0, 0, 0, 0), HOST_VMFAIL);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_EBADCALL);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_EBADCALL);

	/* Only the missing LP completes the session */
	CHECK_EQ(fixture_install_on(f, 0, HOST_PARAMS_PA, &rdx), SEAMLDR_EBADCALL);
	CHECK_EQ(fixture_install_on(f, FIXTURE_LAST_LP, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(scenario_14)
{
	uint64_t rdx;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	for (unsigned int lp = 0; lp < FIXTURE_LAST_LP; lp++)
		CHECK_EQ(fixture_install_on(f, lp, ~0ULL - lp, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_install_on(f, FIXTURE_LAST_LP, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);

	return true;
}

/* Scenario 15: while one LP reads its parameters, another thread calls too */
static struct seam_regs intruder_regs;
static uint64_t intruder_status;
static unsigned int intrusions;

static void *intrude(void *ctx)
{
	intruder_status = host_call(ctx, 0, &intruder_regs);

	return NULL;
}

static void on_read(struct host *host)
{
	pthread_t thread;

	intrusions++;
	if (!pthread_create(&thread, NULL, intrude, host))
		pthread_join(thread, NULL);
}

FIXTURE_TEST(scenario_15)
{
	struct seam_regs before = {
		.gpr[SEAM_RAX] = SEAMLDR_INFO,
		.gpr[SEAM_RCX] = HOST_BUFFER_PA,
		.gpr[SEAM_RDX] = 42,
	};

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	intruder_regs = before;
	intruder_status = 0;
	intrusions = 0;
	f->host.on_read = on_read;
	f->host.on_read_pa = HOST_PARAMS_PA;
	CHECK_LAST(fixture_install(f), SEAMLDR_SUCCESS, 0);
	CHECK_EQ(intrusions, 1);
	CHECK_EQ(intruder_status, HOST_VMFAIL);
	CHECK(!memcmp(&before, &intruder_regs, sizeof(before)));
	f->host.on_read = NULL;
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST_WITH(scenario_16, fixture_counting)
{
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), ONE_BUILD);
	CHECK_EQ(tdxmod_state(f->host.platform), SYS_READY);
	CHECK_EQ(guest_add_vcpu(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(guest_finalize(&guest), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST_WITH(scenario_17, fixture_counting)
{
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), ONE_BUILD);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), TDX_SUCCESS);

	return true;
}

/* Scenario 18: while a vCPU is at its private page, another LP shuts down */
static void shut_down(struct host *host)
{
	intrusions++;
	intruder_status = host_leaf(host, 0, TDH_SYS_SHUTDOWN, 0, 0, 0, 0);
}

FIXTURE_TEST(scenario_18)
{
	struct guest guest;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 3), TDX_SUCCESS);
	CHECK_EQ(guest_run(&guest, 2, 2, &value), TDX_SUCCESS);
	for (uint64_t turn = 0; turn < GUEST_PAGES - 1; turn++)
		CHECK_EQ(guest_run(&guest, 2, 2, &value), TDX_SUCCESS);

	intrusions = 0;
	intruder_status = 0;
	f->host.on_read_pa = guest.private[1] + 2 * sizeof(value);
	f->host.on_read = shut_down;
	CHECK_EQ(guest_run(&guest, 2, 2, &value), TDX_SUCCESS);
	f->host.on_read = NULL;
	CHECK_EQ(intrusions, 1);
	CHECK_EQ(intruder_status, TDX_SYS_BUSY);
	CHECK_EQ(tdxmod_state(f->host.platform), SYS_READY);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);

	return true;
}

/* What a test in the guest uses to the same end */
FIXTURE_TEST(scenario_18_held)
{
	platform_hold_lp(f->host.platform, 2, true);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SYS_BUSY);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	platform_hold_lp(f->host.platform, 2, false);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);

	return true;
}

FIXTURE_TEST(scenario_19)
{
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO, HOST_BUFFER_PA + 128, 0, 0, 0),
		 SEAMLDR_EBADPARAM);
	for (uint64_t leaf = SEAMLDR_CLEANUP + 1; leaf < SEAMLDR_CLEANUP + 64; leaf++)
		CHECK_EQ(host_leaf(&f->host, 0, leaf, HOST_BUFFER_PA, 0, 0, 0),
			 SEAMLDR_EBADPARAM);
	/* There is no version field */
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO | 1ULL << TDH_VERSION_SHIFT,
			   HOST_BUFFER_PA, 0, 0, 0), SEAMLDR_EBADPARAM);

	return true;
}

/* A held LP may run a TD like any other, and is free only when it is released */
FIXTURE_TEST(scenario_18_held_and_running)
{
	struct guest guest;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 3), TDX_SUCCESS);
	platform_hold_lp(f->host.platform, 2, true);
	CHECK_EQ(guest_run(&guest, 2, 2, &value), TDX_SUCCESS);
	CHECK(platform_lp_in_td(f->host.platform, 2));
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SYS_BUSY);
	platform_hold_lp(f->host.platform, 2, false);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);

	return true;
}

static void debug_signed(struct fixture *f, struct image_spec *old)
{
	f->spec.debug_signed = true;
}

FIXTURE_TEST_WITH(scenario_20, debug_signed)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADSIG, 0);

	return true;
}

static void debug_unlocked(struct fixture *f, struct image_spec *old)
{
	debug_signed(f, old);
	f->host.config.sgx_debug_mode = SGX_DEBUG_MODE_UNLOCKED;
}

FIXTURE_TEST_WITH(scenario_20_unlocked, debug_unlocked)
{
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);

	return true;
}

static const struct test tests[] = {
	{ "1: INSTALL without SHUTDOWN", scenario_1 },
	{ "2: a whole update", scenario_2 },
	{ "3: UPDATE before the last LP.INIT", scenario_3 },
	{ "4: SHUTDOWN with an impossible handoff version", scenario_4 },
	{ "5: leaves after SHUTDOWN", scenario_5 },
	{ "6: flipped byte in the module", scenario_6 },
	{ "7: flipped byte in the sigstruct", scenario_7 },
	{ "7: going back to the old image", scenario_7_old_image },
	{ "8: CPU not in the table", scenario_8 },
	{ "8: CPU of the second socket not in the table", scenario_8_second_socket },
	{ "9: SVN", scenario_9 },
	{ "10: handoff range", scenario_10 },
	{ "11: no updates left", scenario_11 },
	{ "12: INSTALL twice on one LP", scenario_12 },
	{ "13: an LP never calls", scenario_13 },
	{ "14: only the last RCX counts", scenario_14 },
	{ "15: two LPs inside P-SEAMLDR", scenario_15 },
	{ "16: SHUTDOWN during a TD build", scenario_16 },
	{ "17: SHUTDOWN after the build was given up", scenario_17 },
	{ "18: a vCPU runs during SHUTDOWN", scenario_18 },
	{ "18: an LP is held during SHUTDOWN", scenario_18_held },
	{ "18: a held LP runs a TD", scenario_18_held_and_running },
	{ "19: bad INFO buffer, unknown leaves", scenario_19 },
	{ "20: debug-signed image on a locked platform", scenario_20 },
	{ "20: debug-signed image on an unlocked platform", scenario_20_unlocked },
	{ NULL, NULL }
};

const struct suite suite_scenarios = { "scenario", tests };
