// SPDX-License-Identifier: GPL-2.0-or-later
/* The layer between SEAMCALL and the models: routing, faults, referee. */
#include "pseamldr/pseamldr.h"
#include "seam/dispatch.h"
#include "seam/leaves.h"
#include "seam/names.h"
#include "seam/status.h"
#include "tests/fixture.h"
#include "tests/suites.h"

/** struct bench - a dispatcher in front of a platform with a ready module */
struct bench {
	struct fixture *f;
	struct seam_trace *trace;
	struct seam_dispatch *dispatch;
};

static bool bench_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	if (pa >= HOST_RAM_SIZE || len > HOST_RAM_SIZE - pa)
		return false;
	host_read(ctx, pa, buf, len);
	return true;
}

/* A call that another LP makes while the firmware writes to HOST_BUFFER_PA */
static struct bench *intruder;
static uint64_t intruder_status;

static uint64_t status(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx);

static bool bench_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	struct bench *bench = intruder;

	if (bench && pa == HOST_BUFFER_PA) {
		intruder = NULL;
		intruder_status = status(bench, 1, SEAMLDR_INFO, HOST_PARAMS_PA);
	}
	if (pa >= HOST_RAM_SIZE || len > HOST_RAM_SIZE - pa)
		return false;
	host_write(ctx, pa, buf, len);
	return true;
}

/* The fixture's platform, made anew so that it sees memory through the dispatcher. */
static bool bench_start(struct bench *bench, struct fixture *f)
{
	struct seam_dispatch_config config = {
		.nr_lps = FIXTURE_LPS,
		.memory = { .ctx = &f->host, .read = bench_read, .write = bench_write },
		.referee = true,
	};
	char error[PLATFORM_ERROR_SIZE];

	bench->f = f;
	bench->trace = config.trace = seam_trace_open(NULL, NULL, error, sizeof(error));
	bench->dispatch = seam_dispatch_new(&config);
	CHECK(bench->trace && bench->dispatch);
	platform_free(f->host.platform);
	f->host.platform = platform_new(&f->host.config, seam_dispatch_memory(bench->dispatch),
					error);
	CHECK(f->host.platform);
	seam_dispatch_connect(bench->dispatch, f->host.platform);
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	return true;
}

/* Returns the number of broken rules. */
static unsigned int bench_end(struct bench *bench)
{
	unsigned int broken = seam_dispatch_end(bench->dispatch);

	seam_dispatch_free(bench->dispatch);
	seam_trace_close(bench->trace);
	return broken;
}

static bool arm(struct bench *bench, const char *spec)
{
	char error[FAULT_ERROR_SIZE];

	return seam_dispatch_add_fault(bench->dispatch, spec, error);
}

static struct seam_call call_with(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx,
				  bool interrupts)
{
	struct seam_call call = { .lp = lp, .interrupts_enabled = interrupts };

	call.in.gpr[SEAM_RAX] = leaf;
	call.in.gpr[SEAM_RCX] = rcx;
	call.in.gpr[SEAM_RDX] = 1;
	seam_dispatch_call(bench->dispatch, &call);
	return call;
}

static struct seam_call call(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx)
{
	return call_with(bench, lp, leaf, rcx, false);
}

static uint64_t status(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx)
{
	struct seam_call result = call(bench, lp, leaf, rcx);

	return result.outcome == SEAM_OUTCOME_STATUS ? result.out.gpr[SEAM_RAX] : HOST_VMFAIL;
}

/* INSTALL on all LPs; the last one's answer */
static struct seam_call session(struct bench *bench)
{
	for (unsigned int lp = 0; lp < FIXTURE_LAST_LP; lp++)
		call(bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA);
	return call(bench, FIXTURE_LAST_LP, SEAMLDR_INSTALL, HOST_PARAMS_PA);
}

static bool restart(struct bench *bench)
{
	CHECK_EQ(status(bench, 0, TDH_SYS_INIT, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(status(bench, lp, TDH_SYS_LP_INIT, 0), TDX_SUCCESS);
	CHECK_EQ(status(bench, 0, TDH_SYS_UPDATE, 0), TDX_SUCCESS);
	return true;
}

FIXTURE_TEST(update_by_the_rules)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(session(&bench).out.gpr[SEAM_RAX], SEAMLDR_SUCCESS);
	CHECK(restart(&bench));
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
	result = call(&bench, 0, TDH_SYS_RD, 0);
	CHECK_EQ(result.outcome, SEAM_OUTCOME_GP);
	CHECK_EQ(result.out.gpr[SEAM_RAX], TDH_SYS_RD);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(fault_of_the_instruction)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(arm(&bench, "TDH.SYS.SHUTDOWN:status=VMFAILINVALID"));
	CHECK(arm(&bench, "TDH.SYS.SHUTDOWN:nth=2:status=GP"));
	result = call(&bench, 0, TDH_SYS_SHUTDOWN, 0);
	CHECK_EQ(result.outcome, SEAM_OUTCOME_VMFAIL_INVALID);
	CHECK_EQ(result.out.gpr[SEAM_RAX], TDH_SYS_SHUTDOWN);
	result = call(&bench, 0, TDH_SYS_SHUTDOWN, 0);
	CHECK_EQ(result.outcome, SEAM_OUTCOME_GP);
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
	CHECK(arm(&bench, "SEAMLDR.INSTALL:arrival=2:status=EUNSPECERR:rdx=0"));
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	result = call(&bench, 1, SEAMLDR_INSTALL, HOST_PARAMS_PA);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_EUNSPECERR);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 0);
	/* The LP is not part of the session: it can call, and complete it, later. */
	CHECK_EQ(status(&bench, 2, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(status(&bench, 3, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(status(&bench, 1, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK(restart(&bench));
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(recoverable_fault_at_the_last_arrival)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(arm(&bench, "SEAMLDR.INSTALL:arrival=last:status=ENOENTROPY:rdx=0"));
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	result = session(&bench);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_ENOENTROPY);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 0);
	CHECK_EQ(result.out.gpr[SEAM_RCX], HOST_PARAMS_PA);
	CHECK_EQ(status(&bench, 0, TDH_SYS_RD, 0), TDX_SYS_SHUTDOWN);
	CHECK_EQ(session(&bench).out.gpr[SEAM_RAX], SEAMLDR_SUCCESS);
	CHECK(restart(&bench));
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(unrecoverable_fault_at_the_last_arrival)
{
	struct seam_call result;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(arm(&bench, "SEAMLDR.INSTALL:arrival=last:status=ENOMEM:rdx=1"));
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	result = session(&bench);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_ENOMEM);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 1);
	CHECK_EQ(status(&bench, 0, TDH_SYS_RD, 0), HOST_VMFAIL);
	CHECK_EQ(session(&bench).out.gpr[SEAM_RAX], SEAMLDR_EBADPARAM);
	CHECK_EQ(bench_end(&bench), 0);
	return true;
}

FIXTURE_TEST(cleared_faults)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(arm(&bench, "TDH.SYS.SHUTDOWN:times=always:status=TDX_SYS_BUSY"));
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SYS_BUSY);
	seam_dispatch_clear_faults(bench.dispatch);
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	bench_end(&bench);
	return true;
}

FIXTURE_TEST(referee_vmx_off)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	seam_dispatch_vmx_off(bench.dispatch, 1);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

FIXTURE_TEST(referee_module_call_in_session)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(status(&bench, 0, TDH_SYS_RD, 0), HOST_VMFAIL);
	for (unsigned int lp = 1; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(status(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

FIXTURE_TEST(referee_interrupts)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(call_with(&bench, 0, TDH_SYS_SHUTDOWN, 0, true).out.gpr[SEAM_RAX], TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		call_with(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA, lp == 1);
	CHECK(restart(&bench));
	/* Behind the update interrupts may be on. */
	call_with(&bench, 0, TDH_SYS_INIT, 0, true);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

FIXTURE_TEST(referee_skipped_lp)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(session(&bench).out.gpr[SEAM_RAX], SEAMLDR_SUCCESS);
	CHECK_EQ(status(&bench, 0, TDH_SYS_INIT, 0), TDX_SUCCESS);
	CHECK_EQ(status(&bench, 0, TDH_SYS_LP_INIT, 0), TDX_SUCCESS);
	CHECK_EQ(status(&bench, 0, TDH_SYS_UPDATE, 0), TDX_SYS_STATE_INCORRECT);
	CHECK_EQ(status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	/* Once for the LP.INITs, once for the session that nobody ends. */
	CHECK_EQ(bench_end(&bench), 2);
	return true;
}

FIXTURE_TEST(referee_params_differ)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++)
		CHECK_EQ(status(&bench, lp, SEAMLDR_INSTALL, lp == 1 ? 0 : HOST_PARAMS_PA),
			 SEAMLDR_SUCCESS);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

FIXTURE_TEST(referee_image_changed)
{
	struct bench bench;
	uint8_t byte;

	CHECK(bench_start(&bench, f));
	CHECK_EQ(status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	for (unsigned int lp = 0; lp < FIXTURE_LAST_LP; lp++)
		CHECK_EQ(status(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	host_read(&f->host, HOST_MODULE_PA, &byte, sizeof(byte));
	byte ^= 1;
	host_write(&f->host, HOST_MODULE_PA, &byte, sizeof(byte));
	CHECK_EQ(status(&bench, FIXTURE_LAST_LP, SEAMLDR_INSTALL, HOST_PARAMS_PA),
		 SEAMLDR_EBADHASH);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

FIXTURE_TEST(referee_loader_twice)
{
	struct bench bench;

	CHECK(bench_start(&bench, f));
	/* While LP 0 is inside INFO, and writes its buffer, LP 1 calls, too. */
	intruder = &bench;
	CHECK_EQ(status(&bench, 0, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	CHECK(!intruder);
	CHECK_EQ(intruder_status, HOST_VMFAIL);
	CHECK_EQ(bench_end(&bench), 1);
	return true;
}

static const struct test tests[] = {
	{ "an update that breaks no rule", update_by_the_rules },
	{ "without a platform SEAMCALL is #GP", no_platform },
	{ "VMfailInvalid and #GP on demand", fault_of_the_instruction },
	{ "a fault before the last arrival leaves the session open", fault_before_the_last_arrival },
	{ "a recoverable fault at the last arrival keeps the old module",
	  recoverable_fault_at_the_last_arrival },
	{ "an unrecoverable fault at the last arrival leaves no module",
	  unrecoverable_fault_at_the_last_arrival },
	{ "cleared faults are gone", cleared_faults },
	{ "referee: SEAMCALL outside VMX operation", referee_vmx_off },
	{ "referee: module call while a session is open", referee_module_call_in_session },
	{ "referee: interrupts enabled in the stopped section", referee_interrupts },
	{ "referee: skipped LP", referee_skipped_lp },
	{ "referee: LPs pass different params", referee_params_differ },
	{ "referee: image changed during a session", referee_image_changed },
	{ "referee: P-SEAMLDR entered twice", referee_loader_twice },
	{ 0 },
};

const struct suite suite_dispatch = { "dispatch", tests };
