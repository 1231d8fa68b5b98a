// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * LPs that never return from a SEAMCALL (SEAM ABI 4.5), LPs whose SEAMCALL is
 * delayed, and what the other LPs see in both cases.
 */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/leaves.h"
#include "seam/page.h"
#include "seam/status.h"
#include "tdxmod/tdxmod.h"
#include "tests/bench.h"
#include "tests/suites.h"

#define LINE_SIZE	1024
#define SPEC_SIZE	64
#define DELAY_MS	20

static bool traced(const struct bench *bench, const char *words)
{
	FILE *file = fopen(bench->trace_path, "r");
	bool found = false;
	char line[LINE_SIZE];

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, words);
	if (file)
		fclose(file);
	if (!found)
		printf("# no line of the trace has \"%s\"\n", words);
	return found;
}

static bool until_update(struct bench *bench)
{
	CHECK_EQ(bench_status(bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_session(bench).out.gpr[SEAM_RAX], SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(bench, 0, TDH_SYS_INIT, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(bench_status(bench, lp, TDH_SYS_LP_INIT, 0), TDX_SUCCESS);
	return true;
}

/* LP 0 is away for ever: the module is gone for the others, P-SEAMLDR is not */
static bool module_is_gone(struct bench *bench)
{
	CHECK(platform_lp_halted(bench->f->host.platform, 0));
	CHECK_EQ(tdxmod_state(bench->f->host.platform), -1);
	CHECK_EQ(bench_status(bench, 1, TDH_SYS_LP_SHUTDOWN, 0), HOST_VMFAIL);
	CHECK_EQ(bench_status(bench, 1, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	/* A session cannot be completed without it, and so stays open */
	for (unsigned int lp = 1; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(bench_status(bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA),
			 SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(bench, 1, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_EBADCALL);
	CHECK_EQ(bench_status(bench, 1, SEAMLDR_SHUTDOWN, 0), SEAMLDR_EBADCALL);
	CHECK_EQ(bench_status(bench, 1, TDH_SYS_LP_SHUTDOWN, 0), HOST_VMFAIL);
	return true;
}

FIXTURE_TEST(halted_update)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start_alone(&bench, f));
	CHECK(bench_arm(&bench, "TDH.SYS.UPDATE:halt"));
	CHECK(until_update(&bench));
	result = bench_call(&bench, 0, TDH_SYS_UPDATE, 0);
	CHECK_EQ(result.outcome, OUTCOME_HALTED);
	CHECK_EQ(result.out.gpr[SEAM_RAX], TDH_SYS_UPDATE);
	CHECK(module_is_gone(&bench));
	CHECK(traced(&bench, "cpu0 TDH.SYS.UPDATE rcx=0 rdx=1 r8=0 r9=0 -> halted [fault "));
	seam_dispatch_end(bench.dispatch);
	CHECK(traced(&bench, "cpu0 halted: never came back"));
	bench_end(&bench);
	return true;
}

static void writer_that_checks(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, "1.5.28", "1.5.28");
}

/* The module's own sanity check does the same as a fault */
FIXTURE_TEST_WITH(halted_by_itself, writer_that_checks)
{
	struct bench bench;

	CHECK(bench_start_alone(&bench, f));
	f->host.platform->seam.sysinfo.handoff_pages_raw = 12;
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 1), HOST_HALTED);
	CHECK(module_is_gone(&bench));
	bench_end(&bench);
	return true;
}

/* An LP stays inside P-SEAMLDR, which is not entered twice */
FIXTURE_TEST(halted_loader)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=2:halt"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, 1, SEAMLDR_INSTALL, HOST_PARAMS_PA), HOST_HALTED);
	CHECK_EQ(bench_status(&bench, 2, SEAMLDR_INSTALL, HOST_PARAMS_PA), HOST_VMFAIL);
	CHECK_EQ(bench_status(&bench, 2, SEAMLDR_INFO, HOST_BUFFER_PA), HOST_VMFAIL);
	/* Neither that nor the session that stays open is the host's doing */
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(reset_ends_it)
{
	char error[PLATFORM_ERROR_SIZE];
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INFO:cpu=3:halt"));
	CHECK(bench_arm(&bench, "TDH.SYS.RD:cpu=2:halt"));
	CHECK_EQ(bench_status(&bench, 3, SEAMLDR_INFO, HOST_BUFFER_PA), HOST_HALTED);
	CHECK_EQ(bench_status(&bench, 2, TDH_SYS_RD, 0), HOST_HALTED);
	seam_dispatch_reset(bench.dispatch);
	CHECK(platform_reset(f->host.platform, error));
	CHECK(!platform_lp_halted(f->host.platform, 3));
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 3, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	/* Nobody is counted as inside any more */
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	bench_end(&bench);
	return true;
}

/* After a halt the rules of others hold, and after a reset all of them again */
FIXTURE_TEST(referee_after_a_halt)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INFO:halt"));
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA), HOST_HALTED);
	CHECK_EQ(bench_status(&bench, 1, SEAMLDR_INFO, HOST_BUFFER_PA), HOST_VMFAIL);
	seam_dispatch_vmx_off(bench.dispatch, 2);
	seam_dispatch_reset(bench.dispatch);
	CHECK_EQ(bench_status(&bench, 1, SEAMLDR_INFO, HOST_BUFFER_PA), HOST_VMFAIL);
	CHECK_EQ(bench_end(&bench), 2);
	return true;
}

/* All that the end of a TD calls, and the faults and unmaps before it */
static const struct {
	uint64_t leaf;
	const char *name;
} teardown[] = {
	{ TDH_VP_FLUSH, "TDH.VP.FLUSH" },
	{ TDH_MNG_VPFLUSHDONE, "TDH.MNG.VPFLUSHDONE" },
	{ TDH_PHYMEM_CACHE_WB, "TDH.PHYMEM.CACHE.WB" },
	{ TDH_MNG_KEY_FREEID, "TDH.MNG.KEY.FREEID" },
	{ TDH_PHYMEM_PAGE_RECLAIM, "TDH.PHYMEM.PAGE.RECLAIM" },
	{ TDH_PHYMEM_PAGE_WBINVD, "TDH.PHYMEM.PAGE.WBINVD" },
	{ TDH_MEM_RANGE_BLOCK, "TDH.MEM.RANGE.BLOCK" },
	{ TDH_MEM_TRACK, "TDH.MEM.TRACK" },
	{ TDH_MEM_PAGE_REMOVE, "TDH.MEM.PAGE.REMOVE" },
};

/*
 * The K-th call is late. It has not entered SEAM, so that SHUTDOWN on another LP
 * is not busy, and nothing keeps that from going on. Then it is too late.
 */
static bool late_for_a_shutdown(struct fixture *f, uint64_t leaf, const char *name)
{
	struct seam_call call = { .lp = 1, .in.gpr[SEAM_RAX] = leaf };
	char spec[SPEC_SIZE];
	struct bench bench;

	CHECK(bench_start(&bench, f));
	snprintf(spec, sizeof(spec), "%s:nth=3:delay=%u", name, DELAY_MS);
	CHECK(bench_arm(&bench, spec));
	for (unsigned int n = 1; n < 3; n++) {
		CHECK_EQ(seam_dispatch_begin(bench.dispatch, &call), 0);
		seam_dispatch_finish(bench.dispatch, &call);
		CHECK_EQ(call.outcome, OUTCOME_DONE);
		CHECK(call.out.gpr[SEAM_RAX] != TDX_SYS_SHUTDOWN);
	}
	CHECK_EQ(seam_dispatch_begin(bench.dispatch, &call), DELAY_MS);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	/* Clearing does not shorten what has begun */
	seam_dispatch_clear_faults(bench.dispatch);
	seam_dispatch_finish(bench.dispatch, &call);
	CHECK_EQ(call.out.gpr[SEAM_RAX], TDX_SYS_SHUTDOWN);
	snprintf(spec, sizeof(spec), "[fault %s:nth=3", name);
	CHECK(traced(&bench, spec));
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(late_teardown)
{
	for (size_t i = 0; i < ARRAY_SIZE(teardown); i++) {
		if (!late_for_a_shutdown(f, teardown[i].leaf, teardown[i].name)) {
			printf("# %s\n", teardown[i].name);
			return false;
		}
	}
	return true;
}

/* Who is late has no place in a session: here LP 0 is the last, not the first */
FIXTURE_TEST(late_for_a_session)
{
	struct seam_call call = {
		.in.gpr = { [SEAM_RAX] = SEAMLDR_INSTALL, [SEAM_RCX] = HOST_PARAMS_PA },
	};
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=1:delay=20:status=ENOMEM:rdx=0"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(seam_dispatch_begin(bench.dispatch, &call), DELAY_MS);
	for (unsigned int lp = 1; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(bench_status(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA),
			 SEAMLDR_SUCCESS);
	seam_dispatch_finish(bench.dispatch, &call);
	CHECK_EQ(call.out.gpr[SEAM_RAX], SEAMLDR_ENOMEM);
	/* The last one ended the session with its failure */
	CHECK_EQ(bench_session(&bench).out.gpr[SEAM_RAX], SEAMLDR_SUCCESS);
	CHECK(bench_restart(&bench));
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

/* A call that is late in an open session is one that the host should not make */
FIXTURE_TEST(late_in_a_session)
{
	struct seam_call call = { .lp = 1, .in.gpr[SEAM_RAX] = TDH_VP_FLUSH };
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "TDH.VP.FLUSH:delay=20"));
	CHECK_EQ(seam_dispatch_begin(bench.dispatch, &call), DELAY_MS);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	seam_dispatch_finish(bench.dispatch, &call);
	CHECK_EQ(call.outcome, OUTCOME_VMFAIL_INVALID);
	/* That one, and the session that stays open */
	CHECK_EQ(bench_end(&bench), 2);
	return true;
}

static const struct test tests[] = {
	{ "an UPDATE that does not return", halted_update },
	{ "a module that halts itself", halted_by_itself },
	{ "an INSTALL that does not return", halted_loader },
	{ "a reset brings LPs back that halted", reset_ends_it },
	{ "what a halt excuses", referee_after_a_halt },
	{ "a teardown that is late for a SHUTDOWN", late_teardown },
	{ "an LP that is late for its INSTALL", late_for_a_session },
	{ "a call that is late in a session", late_in_a_session },
	{ 0 },
};

const struct suite suite_halt = { "halt", tests };
