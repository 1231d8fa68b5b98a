// SPDX-License-Identifier: GPL-2.0-or-later
/* The rules that a host must keep, and what breaks none of them. */
#include "pseamldr/pseamldr.h"
#include "seam/leaves.h"
#include "seam/status.h"
#include "tests/bench.h"
#include "tests/suites.h"

FIXTURE_TEST(vmx_off)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	seam_dispatch_vmx_off(bench.dispatch, 1);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

FIXTURE_TEST(module_call_in_session)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), HOST_VMFAIL);
	for (unsigned int lp = 1; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(bench_status(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA),
			 SEAMLDR_SUCCESS);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

/* Each step between SHUTDOWN and UPDATE, the last one included */
FIXTURE_TEST(interrupts)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	/* Before and behind it interrupts may be on. */
	bench_call_with(&bench, 0, TDH_SYS_LP_INIT, 0, true);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	bench_call_with(&bench, 0, TDH_SYS_LP_INIT, 0, true);
	CHECK_EQ(bench_call_with(&bench, 0, TDH_SYS_SHUTDOWN, 0, true).out.gpr[SEAM_RAX],
		 TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		bench_call_with(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA, lp == 1);
	bench_call_with(&bench, 0, TDH_SYS_INIT, 0, true);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		bench_call_with(&bench, lp, TDH_SYS_LP_INIT, 0, lp == 2);
	CHECK_EQ(bench_call_with(&bench, 0, TDH_SYS_UPDATE, 0, true).out.gpr[SEAM_RAX],
		 TDX_SUCCESS);
	bench_call_with(&bench, 0, TDH_SYS_INIT, 0, true);
	CHECK_EQ(bench_end(&bench), 4);
	return true;
}

/* TDs wait, and their vCPUs ask; whoever reads INFO does no harm either */
FIXTURE_TEST(interrupts_elsewhere)
{
	uint64_t like_sys_init = SEAM_P_SEAMLDR | TDH_SYS_INIT;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	bench_call_with(&bench, 1, TDH_VP_ENTER, 0, true);
	bench_call_with(&bench, 1, TDH_SYS_RD, 0, true);
	bench_call_with(&bench, 1, SEAMLDR_INFO, HOST_BUFFER_PA, true);
	bench_call_with(&bench, 1, like_sys_init, 0, true);
	/* A machine that was reset updates nothing */
	seam_dispatch_reset(bench.dispatch);
	bench_call_with(&bench, 1, TDH_SYS_INIT, 0, true);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(skipped_lp)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_session(&bench).out.gpr[SEAM_RAX], SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_INIT, 0), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_LP_INIT, 0), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_UPDATE, 0), TDX_SYS_STATE_INCORRECT);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	/* Once for the LP.INITs, once for the session that nobody ends. */
	CHECK_EQ(bench_end(&bench), 2);
	return true;
}

/* An UPDATE that fails for another reason left no LP out */
FIXTURE_TEST(other_failures)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_UPDATE | 2ULL << TDH_VERSION_SHIFT, 0),
		 TDX_OPERAND_INVALID);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

/* What an injected fault causes is not the host's doing */
FIXTURE_TEST(faults_do_not_count)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "TDH.SYS.UPDATE:status=TDX_SYS_STATE_INCORRECT"));
	CHECK(bench_arm(&bench, "SEAMLDR.INFO:status=VMFAILINVALID"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_UPDATE, 0), TDX_SYS_STATE_INCORRECT);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA), HOST_VMFAIL);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(params_differ)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(bench_status(&bench, lp, SEAMLDR_INSTALL, lp == 1 ? 0 : HOST_PARAMS_PA),
			 SEAMLDR_SUCCESS);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

/* The loader refuses them, but no LP did anything different from the others */
FIXTURE_TEST(unreadable_params)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		bench_status(&bench, lp, SEAMLDR_INSTALL, HOST_RAM_SIZE);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(image_changed)
{
	struct bench bench;
	uint8_t byte;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	host_read(&f->host, HOST_MODULE_PA, &byte, sizeof(byte));
	byte ^= 1;
	host_write(&f->host, HOST_MODULE_PA, &byte, sizeof(byte));
	for (unsigned int lp = 1; lp < FIXTURE_LAST_LP; lp++)
		CHECK_EQ(bench_status(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA),
			 SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, FIXTURE_LAST_LP, SEAMLDR_INSTALL, HOST_PARAMS_PA),
		 SEAMLDR_EBADHASH);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

FIXTURE_TEST(loader_twice)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	/* While LP 0 is inside INFO, and writes its buffer, LP 1 calls, too. */
	bench_intrude(&bench, 1, SEAMLDR_INFO, HOST_PARAMS_PA);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	CHECK(!bench.intruder_waits);
	CHECK_EQ(bench.intruder.outcome, OUTCOME_VMFAIL_INVALID);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

/* Without a referee nothing is a broken rule, and nothing is said about it */
FIXTURE_TEST(no_referee)
{
	struct bench bench;
	unsigned int alerts;

	CHECK(bench_start_alone(&bench, f));
	seam_dispatch_vmx_off(bench.dispatch, 1);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), HOST_VMFAIL);
	bench_intrude(&bench, 1, SEAMLDR_INFO, HOST_PARAMS_PA);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(bench_end_alerts(&bench, &alerts), 0);
	CHECK_EQ(alerts, 0);
	return true;
}

static const struct test tests[] = {
	{ "SEAMCALL outside VMX operation", vmx_off },
	{ "module call while a session is open", module_call_in_session },
	{ "interrupts enabled in the stopped section", interrupts },
	{ "interrupts enabled in calls that are not a step of it", interrupts_elsewhere },
	{ "skipped LP", skipped_lp },
	{ "other failures of UPDATE", other_failures },
	{ "failures that a fault causes", faults_do_not_count },
	{ "LPs pass different params", params_differ },
	{ "params that cannot be read", unreadable_params },
	{ "image changed during a session", image_changed },
	{ "P-SEAMLDR entered twice", loader_twice },
	{ "no referee", no_referee },
	{ 0 },
};

const struct suite suite_referee = { "referee", tests };
