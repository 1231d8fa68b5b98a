// SPDX-License-Identifier: GPL-2.0-or-later
/* The layer between SEAMCALL and the models: routing and faults. */
#include <string.h>
#include <time.h>

#include "pseamldr/pseamldr.h"
#include "seam/leaves.h"
#include "seam/status.h"
#include "seamcall/info.h"
#include "tests/bench.h"
#include "tests/suites.h"

FIXTURE_TEST(update_by_the_rules)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_session(&bench).out.gpr[SEAM_RAX], SEAMLDR_SUCCESS);
	CHECK(bench_restart(&bench));
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(no_platform)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	seam_dispatch_connect(bench.dispatch, NULL);
	result = bench_call(&bench, 0, TDH_SYS_RD, 0);
	CHECK_EQ(result.outcome, OUTCOME_GP);
	CHECK_EQ(result.out.gpr[SEAM_RAX], TDH_SYS_RD);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(fault_of_the_instruction)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "TDH.SYS.SHUTDOWN:status=VMFAILINVALID"));
	CHECK(bench_arm(&bench, "TDH.SYS.SHUTDOWN:nth=2:status=GP"));
	result = bench_call(&bench, 0, TDH_SYS_SHUTDOWN, 0);
	CHECK_EQ(result.outcome, OUTCOME_VMFAIL_INVALID);
	CHECK_EQ(result.out.gpr[SEAM_RAX], TDH_SYS_SHUTDOWN);
	result = bench_call(&bench, 0, TDH_SYS_SHUTDOWN, 0);
	CHECK_EQ(result.outcome, OUTCOME_GP);
	/* Neither reached the module. */
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(fault_before_the_last_arrival)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=2:status=EUNSPECERR:rdx=0"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	result = bench_call(&bench, 1, SEAMLDR_INSTALL, HOST_PARAMS_PA);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_EUNSPECERR);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 0);
	/* The LP is not part of the session: it can call, and complete it, later. */
	CHECK_EQ(bench_status(&bench, 2, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, 3, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, 1, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK(bench_restart(&bench));
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(recoverable_fault_at_the_last_arrival)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=last:status=ENOENTROPY:rdx=0"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	result = bench_session(&bench);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_ENOENTROPY);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 0);
	CHECK_EQ(result.out.gpr[SEAM_RCX], HOST_PARAMS_PA);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), TDX_SYS_SHUTDOWN);
	CHECK_EQ(bench_session(&bench).out.gpr[SEAM_RAX], SEAMLDR_SUCCESS);
	CHECK(bench_restart(&bench));
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(unrecoverable_fault_at_the_last_arrival)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=last:status=ENOMEM:rdx=1"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	result = bench_session(&bench);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_ENOMEM);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 1);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), HOST_VMFAIL);
	CHECK_EQ(bench_session(&bench).out.gpr[SEAM_RAX], SEAMLDR_EBADPARAM);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

/* Without entropy the module is lost at SEAMDB: the new one is in INFO, not ready */
FIXTURE_TEST(fault_at_seamdb)
{
	struct seamldr_info info;
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=last:status=ENOENTROPY:rdx=1"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	result = bench_session(&bench);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_ENOENTROPY);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 1);
	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.seamextend.valid, SEAMEXTEND_VALID);
	CHECK(!memcmp(info.seamextend.mrseam, host_image_sigstruct(&f->new)->seamhash,
		      sizeof(info.seamextend.mrseam)));
	CHECK_EQ(info.seamextend.seam_ready, 0);

	/* There is entropy again for whoever comes next */
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

/* The trace describes what INFO wrote, unless the buffer is only half in memory. */
FIXTURE_TEST(info_in_words)
{
	const uint8_t *mrseam = host_image_sigstruct(&f->old)->seamhash;
	char text[INFO_TEXT_SIZE], want[INFO_TEXT_SIZE];
	const struct seam_memory *memory;
	struct bench bench;
	uint64_t head;

	CHECK(bench_start(&bench, f));
	memory = seam_dispatch_memory(bench.dispatch);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	CHECK(info_describe(memory, HOST_BUFFER_PA, text));
	memcpy(&head, mrseam, sizeof(head));
	snprintf(want, sizeof(want),
		 "SEAMLDR.INFO says: valid 0x1ff, SVN 1.11, MRSEAM %016llx, ready 1, updates left 31",
		 (unsigned long long)__builtin_bswap64(head));
	CHECK(!strcmp(text, want));
	CHECK(!info_describe(memory, HOST_RAM_SIZE - 128, text));
	/* Other leaves, and an INFO that failed, are not described */
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_LP_SHUTDOWN, HOST_BUFFER_PA), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA | 1), SEAMLDR_EBADPARAM);
	CHECK(bench_arm(&bench, "SEAMLDR.INFO:status=EBADCALL"));
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_EBADCALL);
	CHECK_EQ(bench_said(&bench, "SEAMLDR.INFO says"), 1);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(cleared_faults)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "TDH.SYS.SHUTDOWN:times=always:status=TDX_SYS_BUSY"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SYS_BUSY);
	seam_dispatch_clear_faults(bench.dispatch);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	bench_end(&bench);
	return true;
}

/* The firmware is not called: registers of other leaves stay as they are */
FIXTURE_TEST(faulted_registers)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "TDH.SYS.SHUTDOWN:status=TDX_SYS_BUSY"));
	result = bench_call(&bench, 0, TDH_SYS_SHUTDOWN, 0);
	CHECK_EQ(result.out.gpr[SEAM_RAX], TDX_SYS_BUSY);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 1);
	/* The fault is the dispatcher's, and may be cleared at any time */
	CHECK(!result.fault);
	CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

/* Of two faults for one call the first that was armed decides; both count it */
FIXTURE_TEST(two_faults)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "TDH.SYS.SHUTDOWN:status=TDX_SYS_BUSY"));
	CHECK(bench_arm(&bench, "TDH.SYS.SHUTDOWN:times=2:status=TDX_RND_NO_ENTROPY"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SYS_BUSY);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_RND_NO_ENTROPY);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(many_faults)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	for (unsigned int i = 0; i < 64; i++)
		CHECK(bench_arm(&bench, "TDH.SYS.RD:status=TDX_SYS_BUSY"));
	CHECK(!bench_arm(&bench, "TDH.SYS.RD:status=TDX_SYS_BUSY"));
	seam_dispatch_clear_faults(bench.dispatch);
	CHECK(bench_arm(&bench, "TDH.SYS.RD:status=TDX_SYS_BUSY"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), TDX_SYS_BUSY);
	CHECK_EQ(bench_end(&bench), 0);
	seam_dispatch_free(NULL);
	return true;
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec + now.tv_nsec / 1e9;
}

/* A delay alone does not keep the call from the firmware */
FIXTURE_TEST(delay)
{
	struct bench bench;
	double before;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "TDH.SYS.SHUTDOWN:delay=30"));
	CHECK_EQ(seam_dispatch_hits(bench.dispatch), 0);
	before = seconds();
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK(seconds() - before >= 0.03);
	CHECK_EQ(seam_dispatch_hits(bench.dispatch), 1);
	seam_dispatch_clear_faults(bench.dispatch);
	CHECK_EQ(seam_dispatch_hits(bench.dispatch), 0);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), TDX_SYS_SHUTDOWN);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

/* What the loader finds by itself is its answer, whatever was asked for */
FIXTURE_TEST(session_ends_differently)
{
	struct seam_call result;
	struct bench bench;
	unsigned int alerts;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=last:status=ENOMEM:rdx=1"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		result = bench_call(&bench, lp, SEAMLDR_INSTALL, HOST_RAM_SIZE - 8);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_EBADPARAM);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 0);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), TDX_SYS_SHUTDOWN);
	CHECK_EQ(bench_end_alerts(&bench, &alerts), 0);
	CHECK_EQ(alerts, 1);
	return true;
}

/* The last INSTALL does not get in: the session is still open, and it still the last */
FIXTURE_TEST(last_install_kept_out)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=last:times=2:status=ENOMEM:rdx=1"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LAST_LP; lp++)
		CHECK_EQ(bench_status(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA),
			 SEAMLDR_SUCCESS);
	bench_intrude(&bench, FIXTURE_LAST_LP, SEAMLDR_INSTALL, HOST_PARAMS_PA);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	CHECK(!bench.intruder_waits);
	CHECK_EQ(bench.intruder.outcome, OUTCOME_VMFAIL_INVALID);
	CHECK_EQ(bench.intruder.out.gpr[SEAM_RAX], SEAMLDR_INSTALL);
	result = bench_call(&bench, FIXTURE_LAST_LP, SEAMLDR_INSTALL, HOST_PARAMS_PA);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_ENOMEM);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 1);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

/* An LP that calls twice is not the last one, though nobody else is missing but one */
FIXTURE_TEST(repeated_install)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=last:status=ENOENTROPY:rdx=0"));
	CHECK(bench_arm(&bench, "SEAMLDR.INFO:status=EUNSPECERR"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LAST_LP; lp++)
		CHECK_EQ(bench_status(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA),
			 SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_EBADCALL);
	/* Nor is another leaf the last of a session */
	CHECK_EQ(bench_status(&bench, FIXTURE_LAST_LP, SEAMLDR_INFO, HOST_BUFFER_PA),
		 SEAMLDR_EUNSPECERR);
	result = bench_call(&bench, FIXTURE_LAST_LP, SEAMLDR_INSTALL, HOST_PARAMS_PA);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_ENOENTROPY);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

static const struct test tests[] = {
	{ "an update that breaks no rule", update_by_the_rules },
	{ "without a platform SEAMCALL is #GP", no_platform },
	{ "VMfailInvalid and #GP on demand", fault_of_the_instruction },
	{ "a fault before the last arrival leaves the session open",
	  fault_before_the_last_arrival },
	{ "a recoverable fault at the last arrival keeps the old module",
	  recoverable_fault_at_the_last_arrival },
	{ "an unrecoverable fault at the last arrival leaves no module",
	  unrecoverable_fault_at_the_last_arrival },
	{ "a fault at SEAMDB leaves a measured module", fault_at_seamdb },
	{ "what INFO says, in words", info_in_words },
	{ "cleared faults are gone", cleared_faults },
	{ "a faulted call changes no other register", faulted_registers },
	{ "two faults for one call", two_faults },
	{ "as many faults as there is room for", many_faults },
	{ "a delay", delay },
	{ "a session that ends otherwise than asked for", session_ends_differently },
	{ "a last INSTALL that does not get in", last_install_kept_out },
	{ "an LP that calls INSTALL twice", repeated_install },
	{ 0 },
};

const struct suite suite_dispatch = { "dispatch", tests };
