// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the steps of a TDX module update, without stopping any CPU
 */

#include <kunit/test.h>

#include <linux/errno.h>

#include <asm/tdx.h>

#include "../seamldr_update.h"

#define MAX_CPUS	8

/* What a step of one CPU ended in */
#define FAILED(_state, ...)	{ MODULE_UPDATE_##_state, 0, __VA_ARGS__ }

static const struct seamldr_failure nothing;

/* What P-SEAMLDR says of an installation */
#define SILENT		{ .known = false }
#define NO_MODULE	{ .known = true }
#define OPEN		{ .known = true, .valid = true }
#define NOT_RECORDED	{ .known = true, .valid = true, .replaced = true }
#define OLD_IS_BACK	{ .known = true, .valid = true, .seam_ready = true }
#define INSTALLED	{ .known = true, .valid = true, .seam_ready = true, .replaced = true }

static const struct seamldr_session silent = SILENT;

/* Without a failure all steps are taken in their order, and no other. */
static void success_test(struct kunit *test)
{
	static const enum module_update_state whole[] = {
		MODULE_UPDATE_START, MODULE_UPDATE_SHUTDOWN, MODULE_UPDATE_CPU_INSTALL,
		MODULE_UPDATE_CPU_INIT, MODULE_UPDATE_RUN_UPDATE, MODULE_UPDATE_DONE,
	};
	size_t i;

	for (i = 0; i + 1 < ARRAY_SIZE(whole); i++)
		KUNIT_EXPECT_EQ(test, seamldr_next_state(whole[i], &nothing, &silent, 1,
							 MODULE_UPDATE_SHUTDOWN),
				whole[i + 1]);
}

/* A module that was shut down is not shut down again. */
static void resume_test(struct kunit *test)
{
	static const enum module_update_state steps[] = {
		MODULE_UPDATE_START, MODULE_UPDATE_CPU_INSTALL, MODULE_UPDATE_CPU_INIT,
		MODULE_UPDATE_RUN_UPDATE, MODULE_UPDATE_DONE,
	};
	size_t i;

	for (i = 0; i + 1 < ARRAY_SIZE(steps); i++)
		KUNIT_EXPECT_EQ(test, seamldr_next_state(steps[i], &nothing, &silent, 1,
							 MODULE_UPDATE_CPU_INSTALL),
				steps[i + 1]);
}

/* Nor is one installed that has been, if it could not be repeated. */
static void restart_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, seamldr_next_state(MODULE_UPDATE_START, &nothing, &silent, 1,
						 MODULE_UPDATE_CPU_INIT),
			MODULE_UPDATE_CPU_INIT);
	KUNIT_EXPECT_EQ(test, seamldr_next_state(MODULE_UPDATE_CPU_INIT, &nothing, &silent, 1,
						 MODULE_UPDATE_CPU_INIT),
			MODULE_UPDATE_RUN_UPDATE);
}

static void first_state_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, seamldr_first_state(TDX_HOST_READY, 1),
			MODULE_UPDATE_SHUTDOWN);
	KUNIT_EXPECT_EQ(test, seamldr_first_state(TDX_HOST_READY, 31),
			MODULE_UPDATE_SHUTDOWN);
	KUNIT_EXPECT_EQ(test, seamldr_first_state(TDX_HOST_STOPPED, 1),
			MODULE_UPDATE_CPU_INSTALL);
	KUNIT_EXPECT_EQ(test, seamldr_first_state(TDX_HOST_STOPPED, 31),
			MODULE_UPDATE_CPU_INSTALL);
	KUNIT_EXPECT_EQ(test, seamldr_first_state(TDX_HOST_STOPPED, 0),
			MODULE_UPDATE_CPU_INIT);
}

/*
 * The lock-step, played through by one task: whichever CPU fails in whichever
 * step, all CPUs have done that step as often as it was made, none has done a
 * later one, and it ends in ABORT.
 */
static void play(struct kunit *test, unsigned int nr_cpus, unsigned int bad_cpu,
		 enum module_update_state bad_state)
{
	enum module_update_state state = MODULE_UPDATE_START, next;
	unsigned int done[MODULE_UPDATE_DONE] = {};
	struct seamldr_failure failure = {};
	unsigned int attempt = 1, made, cpu;

	while (state < MODULE_UPDATE_DONE) {
		for (cpu = 0; cpu < nr_cpus; cpu++) {
			done[state]++;
			if (state == bad_state && cpu == bad_cpu)
				failure = (struct seamldr_failure) {
					.state = state, .cpu = cpu,
					.status = TDX_SEAMCALL_VMFAILINVALID,
				};
		}
		next = seamldr_next_state(state, &failure, &silent, attempt,
					  MODULE_UPDATE_SHUTDOWN);
		attempt = next == state ? attempt + 1 : 1;
		KUNIT_ASSERT_LE(test, attempt, SEAMLDR_INSTALL_ATTEMPTS);
		state = next;
	}

	KUNIT_EXPECT_EQ(test, state, MODULE_UPDATE_ABORT);
	for (state = MODULE_UPDATE_START; state < MODULE_UPDATE_DONE; state++) {
		made = state > bad_state ? 0 : 1;
		if (state == bad_state && state == MODULE_UPDATE_CPU_INSTALL)
			made = SEAMLDR_INSTALL_ATTEMPTS;
		KUNIT_EXPECT_EQ(test, done[state], made * nr_cpus);
	}
}

static void lockstep_test(struct kunit *test)
{
	unsigned int nr_cpus, cpu;
	enum module_update_state state;

	for (nr_cpus = 1; nr_cpus <= MAX_CPUS; nr_cpus++)
		for (cpu = 0; cpu < nr_cpus; cpu++)
			for (state = MODULE_UPDATE_START; state < MODULE_UPDATE_DONE; state++)
				play(test, nr_cpus, cpu, state);
}

struct repeat_case {
	const char *name;
	struct seamldr_failure failure;
	struct seamldr_session session;
	bool repeat;
};

static const struct repeat_case repeat_cases[] = {
	{ "no entropy", FAILED(CPU_INSTALL, SEAMLDR_ENOENTROPY, 0), OLD_IS_BACK, true },
	{ "no entropy, silent", FAILED(CPU_INSTALL, SEAMLDR_ENOENTROPY, 0), SILENT, true },
	{ "no entropy, image gone", FAILED(CPU_INSTALL, SEAMLDR_ENOENTROPY, 1), NOT_RECORDED,
	  false },
	{ "no entropy, image gone, silent", FAILED(CPU_INSTALL, SEAMLDR_ENOENTROPY, 1), SILENT,
	  false },
	{ "no entropy, module not ready", FAILED(CPU_INSTALL, SEAMLDR_ENOENTROPY, 0),
	  NOT_RECORDED, false },
	{ "P-SEAMLDR not reached", FAILED(CPU_INSTALL, TDX_SEAMCALL_VMFAILINVALID, 0), OPEN,
	  true },
	{ "P-SEAMLDR not reached, silent", FAILED(CPU_INSTALL, TDX_SEAMCALL_VMFAILINVALID, 0),
	  SILENT, true },
	{ "P-SEAMLDR not reached, no module", FAILED(CPU_INSTALL, TDX_SEAMCALL_VMFAILINVALID, 0),
	  NO_MODULE, false },
	{ "other CPUs are missing", FAILED(CPU_INSTALL, SEAMLDR_INCOMPLETE, 0), OPEN, false },
	{ "called twice", FAILED(CPU_INSTALL, SEAMLDR_EBADCALL, 0), OPEN, false },
	{ "bad signature", FAILED(CPU_INSTALL, SEAMLDR_EBADSIG, 0), OLD_IS_BACK, false },
	{ "bad hash", FAILED(CPU_INSTALL, SEAMLDR_EBADHASH, 1), NO_MODULE, false },
	{ "module not reached", FAILED(CPU_INIT, TDX_SEAMCALL_VMFAILINVALID, 0), INSTALLED,
	  false },
	{ "same number from the module", FAILED(CPU_INIT, SEAMLDR_EBADCALL, 0), INSTALLED,
	  false },
};

KUNIT_ARRAY_PARAM_DESC(repeat, repeat_cases, name);

/* What repeating can cure is repeated, a bounded number of times. */
static void repeat_test(struct kunit *test)
{
	const struct repeat_case *c = test->param_value;
	enum module_update_state state = c->failure.state, next;
	unsigned int attempt;

	for (attempt = 1; attempt <= SEAMLDR_INSTALL_ATTEMPTS; attempt++) {
		next = seamldr_next_state(state, &c->failure, &c->session, attempt,
					  MODULE_UPDATE_SHUTDOWN);
		if (c->repeat && attempt < SEAMLDR_INSTALL_ATTEMPTS)
			KUNIT_EXPECT_EQ(test, next, state);
		else
			KUNIT_EXPECT_EQ(test, next, MODULE_UPDATE_ABORT);
	}
}

struct over_case {
	const char *name;
	u64 status;
	struct seamldr_session session;
	unsigned int nr_missing;
	bool over;
};

static const struct over_case over_cases[] = {
	{ "installed", 0, INSTALLED, 0, true },
	{ "all called, other CPUs missing", 0, OPEN, 0, false },
	{ "last CPU refused", SEAMLDR_EBADSIG, OLD_IS_BACK, 1, true },
	{ "last CPU turned down", SEAMLDR_EUNSPECERR, OLD_IS_BACK, 1, true },
	{ "one CPU turned down", SEAMLDR_EUNSPECERR, OPEN, 1, false },
	{ "no CPU reached it", TDX_SEAMCALL_VMFAILINVALID, OLD_IS_BACK, 8, true },
	{ "one CPU did not reach it", TDX_SEAMCALL_VMFAILINVALID, OPEN, 1, false },
	{ "silent, all called", 0, SILENT, 0, true },
	{ "silent, one is offline", 0, SILENT, 1, false },
	{ "silent, last without entropy", SEAMLDR_ENOENTROPY, SILENT, 1, true },
	{ "silent, last refused", SEAMLDR_EBADSIG, SILENT, 1, true },
	{ "silent, no entropy, others missing", SEAMLDR_ENOENTROPY, SILENT, 2, false },
	{ "silent, one turned down", SEAMLDR_EUNSPECERR, SILENT, 1, false },
	{ "silent, last or missing", SEAMLDR_EBADCALL, SILENT, 1, false },
	{ "silent, one did not reach it", TDX_SEAMCALL_VMFAILINVALID, SILENT, 1, false },
	{ "silent, no CPU reached it", TDX_SEAMCALL_VMFAILINVALID, SILENT, 8, false },
};

KUNIT_ARRAY_PARAM_DESC(over, over_cases, name);

/* A CPU calls again if its call belongs to a session that is over. */
static void over_test(struct kunit *test)
{
	const struct over_case *c = test->param_value;
	const struct seamldr_failure failure = FAILED(CPU_INSTALL, c->status, 0);

	KUNIT_EXPECT_EQ(test, seamldr_session_over(&c->session, &failure, c->nr_missing),
			c->over);
}

/* The first failure is reported, or a later one that says that nothing is left. */
static void worst_failure_test(struct kunit *test)
{
	const struct seamldr_failure refused = FAILED(CPU_INSTALL, SEAMLDR_EBADSIG, 0);
	const struct seamldr_failure turned_down = FAILED(CPU_INSTALL, SEAMLDR_EBADCALL, 0);
	const struct seamldr_failure gone = FAILED(CPU_INSTALL, SEAMLDR_EBADHASH, 1);

	KUNIT_EXPECT_FALSE(test, seamldr_failure_leaves_less(&refused, &turned_down));
	KUNIT_EXPECT_TRUE(test, seamldr_failure_leaves_less(&gone, &turned_down));
	KUNIT_EXPECT_FALSE(test, seamldr_failure_leaves_less(&refused, &gone));
	KUNIT_EXPECT_FALSE(test, seamldr_failure_leaves_less(&gone, &gone));
}

struct outcome_case {
	const char *name;
	struct seamldr_evidence evidence;
	enum tdx_host_state state;
};

#define NO_CPU_LEFT	.nr_can_call = 0
#define CPUS_LEFT	.nr_can_call = 1
#define OUTCOME(_name, _failure, _session, _state, ...)			\
	{ _name, { .failure = _failure, .session = _session, __VA_ARGS__ },	\
	  TDX_HOST_##_state }

static const struct outcome_case outcome_cases[] = {
	/* The module goes on. */
	OUTCOME("shutdown busy", FAILED(SHUTDOWN, TDX_SYS_BUSY), SILENT, READY),
	OUTCOME("shutdown refused", FAILED(SHUTDOWN, TDX_SYS_NOT_READY), SILENT, READY),
	OUTCOME("shutdown did not reach it", FAILED(SHUTDOWN, TDX_SEAMCALL_VMFAILINVALID),
		SILENT, READY),

	/* (1) P-SEAMLDR does not say: RDX and the calls that count decide. */
	OUTCOME("silent, recoverable", FAILED(CPU_INSTALL, SEAMLDR_EBADSIG, 0), SILENT,
		STOPPED, CPUS_LEFT),
	OUTCOME("silent, unrecoverable", FAILED(CPU_INSTALL, SEAMLDR_EBADHASH, 1), SILENT,
		LOST, CPUS_LEFT),
	OUTCOME("silent, did not run", FAILED(CPU_INSTALL, TDX_SEAMCALL_VMFAILINVALID, 0),
		SILENT, STOPPED, CPUS_LEFT),
	OUTCOME("silent, no CPU left", FAILED(CPU_INSTALL, TDX_SEAMCALL_VMFAILINVALID, 0),
		SILENT, LOST, NO_CPU_LEFT),
	OUTCOME("silent, init busy", FAILED(CPU_INIT, TDX_SYS_BUSY), SILENT, STOPPED),
	OUTCOME("silent, init, no module", FAILED(CPU_INIT, TDX_SEAMCALL_VMFAILINVALID),
		SILENT, STOPPED),
	OUTCOME("silent, update busy", FAILED(RUN_UPDATE, TDX_SYS_BUSY), SILENT, STOPPED),
	OUTCOME("silent, handoff refused, gone", FAILED(RUN_UPDATE, TDX_SYS_INVALID_HANDOFF),
		SILENT, LOST, .handoff_gone = true),
	OUTCOME("silent, module halted", FAILED(RUN_UPDATE, TDX_SEAMCALL_VMFAILINVALID),
		SILENT, LOST),

	/* (2) There is no module. */
	OUTCOME("unrecoverable", FAILED(CPU_INSTALL, SEAMLDR_EBADHASH, 1), NO_MODULE, LOST,
		CPUS_LEFT),
	OUTCOME("unrecoverable, RDX not written", FAILED(CPU_INSTALL, SEAMLDR_EBADHASH, 0),
		NO_MODULE, LOST, CPUS_LEFT),
	OUTCOME("no module to initialize", FAILED(CPU_INIT, TDX_SEAMCALL_VMFAILINVALID),
		NO_MODULE, LOST),

	/* (3) The module was replaced, and cannot be called. */
	OUTCOME("not recorded", FAILED(CPU_INSTALL, SEAMLDR_ENOENTROPY, 1), NOT_RECORDED,
		LOST, CPUS_LEFT),
	OUTCOME("not recorded, RDX not written", FAILED(CPU_INSTALL, SEAMLDR_ENOENTROPY, 0),
		NOT_RECORDED, LOST, CPUS_LEFT),
	OUTCOME("not recorded, same module again", FAILED(CPU_INSTALL, SEAMLDR_ENOENTROPY, 1),
		OPEN, LOST, CPUS_LEFT),

	/* (4) A session is open. */
	OUTCOME("missed by a CPU", FAILED(CPU_INSTALL, TDX_SEAMCALL_VMFAILINVALID, 0), OPEN,
		STOPPED, CPUS_LEFT),
	OUTCOME("not in VMX operation", FAILED(CPU_INSTALL, TDX_SEAMCALL_UD, 0), OPEN,
		STOPPED, CPUS_LEFT),
	OUTCOME("turned down", FAILED(CPU_INSTALL, SEAMLDR_EUNSPECERR, 0), OPEN, STOPPED,
		CPUS_LEFT),
	OUTCOME("an offline CPU is missing", FAILED(CPU_INSTALL, SEAMLDR_INCOMPLETE, 0), OPEN,
		STOPPED, CPUS_LEFT),
	OUTCOME("a CPU is missing that cannot come",
		FAILED(CPU_INSTALL, SEAMLDR_INCOMPLETE, 0), OPEN, LOST, NO_CPU_LEFT),

	/* (5) A module is there that can be called. */
	OUTCOME("refused", FAILED(CPU_INSTALL, SEAMLDR_EBADSIG, 0), OLD_IS_BACK, STOPPED,
		CPUS_LEFT),
	OUTCOME("refused, RDX not written", FAILED(CPU_INSTALL, SEAMLDR_EBADSIG, 1),
		OLD_IS_BACK, STOPPED, CPUS_LEFT),
	OUTCOME("no CPU reached P-SEAMLDR", FAILED(CPU_INSTALL, TDX_SEAMCALL_GP, 0),
		OLD_IS_BACK, STOPPED, CPUS_LEFT),
	OUTCOME("init busy", FAILED(CPU_INIT, TDX_SYS_BUSY), INSTALLED, STOPPED),
	OUTCOME("init did not reach the module", FAILED(CPU_INIT, TDX_SEAMCALL_VMFAILINVALID),
		INSTALLED, STOPPED),
	OUTCOME("update busy", FAILED(RUN_UPDATE, TDX_SYS_BUSY), INSTALLED, STOPPED),
	OUTCOME("update too early", FAILED(RUN_UPDATE, TDX_SYS_STATE_INCORRECT), INSTALLED,
		STOPPED),
	OUTCOME("update did not reach the module",
		FAILED(RUN_UPDATE, TDX_SEAMCALL_VMFAILINVALID), INSTALLED, STOPPED),
	OUTCOME("handoff refused, still valid", FAILED(RUN_UPDATE, TDX_SYS_INVALID_HANDOFF),
		INSTALLED, STOPPED),
	OUTCOME("handoff refused, gone", FAILED(RUN_UPDATE, TDX_SYS_INVALID_HANDOFF),
		INSTALLED, LOST, .handoff_gone = true),
	OUTCOME("handoff refused with details, gone",
		FAILED(RUN_UPDATE, TDX_SYS_INVALID_HANDOFF | 0x12345678), INSTALLED, LOST,
		.handoff_gone = true),
	OUTCOME("same number from P-SEAMLDR", FAILED(CPU_INSTALL, TDX_SYS_INVALID_HANDOFF, 0),
		OLD_IS_BACK, STOPPED, .handoff_gone = true),
};

KUNIT_ARRAY_PARAM_DESC(outcome, outcome_cases, name);

/* What a failure leaves of the module */
static void outcome_test(struct kunit *test)
{
	const struct outcome_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, seamldr_host_state(&c->evidence), c->state);
}

struct errno_case {
	const char *name;
	struct seamldr_failure failure;
	int err;
};

static const struct errno_case errno_cases[] = {
	{ "shutdown busy", FAILED(SHUTDOWN, TDX_SYS_BUSY), -EBUSY },
	{ "shutdown during a build",
	  FAILED(SHUTDOWN, TDX_UPDATE_COMPATIBILITY_SENSITIVE | 3 << 16), -EBUSY },
	{ "shutdown refused", FAILED(SHUTDOWN, TDX_SYS_NOT_READY), -EIO },
	{ "refused", FAILED(CPU_INSTALL, SEAMLDR_EBADSIG, 0), -EIO },
	{ "init busy", FAILED(CPU_INIT, TDX_SYS_BUSY), -EIO },
	{ "update busy", FAILED(RUN_UPDATE, TDX_SYS_BUSY), -EIO },
};

KUNIT_ARRAY_PARAM_DESC(errno, errno_cases, name);

/* What the upload says */
static void errno_test(struct kunit *test)
{
	const struct errno_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, seamldr_update_errno(&c->failure), c->err);
}

static struct kunit_case seamldr_update_cases[] = {
	KUNIT_CASE(success_test),
	KUNIT_CASE(resume_test),
	KUNIT_CASE(restart_test),
	KUNIT_CASE(first_state_test),
	KUNIT_CASE(lockstep_test),
	KUNIT_CASE_PARAM(repeat_test, repeat_gen_params),
	KUNIT_CASE_PARAM(over_test, over_gen_params),
	KUNIT_CASE(worst_failure_test),
	KUNIT_CASE_PARAM(outcome_test, outcome_gen_params),
	KUNIT_CASE_PARAM(errno_test, errno_gen_params),
	{}
};

static struct kunit_suite seamldr_update_suite = {
	.name = "seamldr_update",
	.test_cases = seamldr_update_cases,
};
kunit_test_suite(seamldr_update_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_DESCRIPTION("KUnit tests for the steps of a TDX module update");
MODULE_LICENSE("GPL");
