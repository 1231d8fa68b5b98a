// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the steps of a TDX module update, without stopping any CPU
 */

#include <kunit/test.h>

#include <linux/errno.h>

#include <asm/seamldr.h>
#include <asm/tdx.h>

#include "../seamldr_update.h"

#define MAX_CPUS	8

static const struct update_failure nothing;

/* Without a failure all steps are taken in their order, and no other. */
static void success_test(struct kunit *test)
{
	static const enum update_state whole[] = {
		UPDATE_START, UPDATE_SHUTDOWN, UPDATE_CPU_INSTALL,
		UPDATE_CPU_INIT, UPDATE_RUN_UPDATE, UPDATE_DONE,
	};
	size_t i;

	for (i = 0; i + 1 < ARRAY_SIZE(whole); i++)
		KUNIT_EXPECT_EQ(test, update_next_state(whole[i], &nothing, 1,
							UPDATE_SHUTDOWN),
				whole[i + 1]);
}

/* A module that was shut down is not shut down again. */
static void resume_test(struct kunit *test)
{
	static const enum update_state steps[] = {
		UPDATE_START, UPDATE_CPU_INSTALL, UPDATE_CPU_INIT,
		UPDATE_RUN_UPDATE, UPDATE_DONE,
	};
	size_t i;

	for (i = 0; i + 1 < ARRAY_SIZE(steps); i++)
		KUNIT_EXPECT_EQ(test, update_next_state(steps[i], &nothing, 1,
							UPDATE_CPU_INSTALL),
				steps[i + 1]);
}

/* Nor is one installed that has been, if it could not be repeated. */
static void restart_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, update_next_state(UPDATE_START, &nothing, 1, UPDATE_CPU_INIT),
			UPDATE_CPU_INIT);
	KUNIT_EXPECT_EQ(test, update_next_state(UPDATE_CPU_INIT, &nothing, 1, UPDATE_CPU_INIT),
			UPDATE_RUN_UPDATE);
}

static void first_state_test(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, update_first_state(TDX_MODULE_READY, 1), UPDATE_SHUTDOWN);
	KUNIT_EXPECT_EQ(test, update_first_state(TDX_MODULE_READY, 31), UPDATE_SHUTDOWN);
	KUNIT_EXPECT_EQ(test, update_first_state(TDX_MODULE_STOPPED, 1), UPDATE_CPU_INSTALL);
	KUNIT_EXPECT_EQ(test, update_first_state(TDX_MODULE_STOPPED, 31), UPDATE_CPU_INSTALL);
	KUNIT_EXPECT_EQ(test, update_first_state(TDX_MODULE_STOPPED, 0), UPDATE_CPU_INIT);
}

/*
 * The lock-step, played through by one task: whichever CPU fails in whichever
 * step, all CPUs have done that step as often as it was made, none has done a
 * later one, and it ends in ABORT.
 */
static void play(struct kunit *test, unsigned int nr_cpus, unsigned int bad_cpu,
		 enum update_state bad_state)
{
	enum update_state state = UPDATE_START, next;
	unsigned int done[UPDATE_DONE] = {};
	struct update_failure failure = {};
	unsigned int attempt = 1, made, cpu;

	while (state < UPDATE_DONE) {
		for (cpu = 0; cpu < nr_cpus; cpu++) {
			done[state]++;
			if (state == bad_state && cpu == bad_cpu)
				failure = (struct update_failure) {
					.state = state, .cpu = cpu,
					.status = TDX_SEAMCALL_VMFAILINVALID,
				};
		}
		next = update_next_state(state, &failure, attempt, UPDATE_SHUTDOWN);
		attempt = next == state ? attempt + 1 : 1;
		KUNIT_ASSERT_LE(test, attempt, UPDATE_INSTALL_ATTEMPTS);
		state = next;
	}

	KUNIT_EXPECT_EQ(test, state, UPDATE_ABORT);
	for (state = UPDATE_START; state < UPDATE_DONE; state++) {
		made = state > bad_state ? 0 : 1;
		if (state == bad_state && state == UPDATE_CPU_INSTALL)
			made = UPDATE_INSTALL_ATTEMPTS;
		KUNIT_EXPECT_EQ(test, done[state], made * nr_cpus);
	}
}

static void lockstep_test(struct kunit *test)
{
	unsigned int nr_cpus, cpu;
	enum update_state state;

	for (nr_cpus = 1; nr_cpus <= MAX_CPUS; nr_cpus++)
		for (cpu = 0; cpu < nr_cpus; cpu++)
			for (state = UPDATE_START; state < UPDATE_DONE; state++)
				play(test, nr_cpus, cpu, state);
}

struct repeat_case {
	const char *name;
	struct update_failure failure;
	bool repeat;
};

static const struct repeat_case repeat_cases[] = {
	{ "no entropy", { UPDATE_CPU_INSTALL, 0, SEAMLDR_ENOENTROPY, 0 }, true },
	{ "no entropy, image gone", { UPDATE_CPU_INSTALL, 0, SEAMLDR_ENOENTROPY, 1 }, false },
	{ "P-SEAMLDR not reached", { UPDATE_CPU_INSTALL, 0, TDX_SEAMCALL_VMFAILINVALID, 1 }, true },
	{ "called twice", { UPDATE_CPU_INSTALL, 0, SEAMLDR_EBADCALL, 0 }, false },
	{ "bad signature", { UPDATE_CPU_INSTALL, 0, SEAMLDR_EBADSIG, 0 }, false },
	{ "bad hash", { UPDATE_CPU_INSTALL, 0, SEAMLDR_EBADHASH, 1 }, false },
	{ "module not reached", { UPDATE_CPU_INIT, 0, TDX_SEAMCALL_VMFAILINVALID, 0 }, false },
	{ "same number from the module", { UPDATE_CPU_INIT, 0, SEAMLDR_EBADCALL, 0 }, false },
};
KUNIT_ARRAY_PARAM_DESC(repeat, repeat_cases, name);

/* What repeating can cure is repeated, a bounded number of times. */
static void repeat_test(struct kunit *test)
{
	const struct repeat_case *c = test->param_value;
	unsigned int attempt;

	for (attempt = 1; attempt < UPDATE_INSTALL_ATTEMPTS; attempt++)
		KUNIT_EXPECT_EQ(test, update_next_state(c->failure.state, &c->failure,
							attempt, UPDATE_SHUTDOWN),
				c->repeat ? UPDATE_CPU_INSTALL : UPDATE_ABORT);

	KUNIT_EXPECT_EQ(test, update_next_state(c->failure.state, &c->failure,
						UPDATE_INSTALL_ATTEMPTS,
						UPDATE_SHUTDOWN),
			UPDATE_ABORT);
}

struct complete_case {
	const char *name;
	struct update_failure failure;
	unsigned int nr_missing;
	bool complete;
};

static const struct complete_case complete_cases[] = {
	{ "all called", { UPDATE_CPU_INSTALL }, 0, true },
	{ "another step", { UPDATE_CPU_INIT }, 0, false },
	{ "last without entropy", { UPDATE_CPU_INSTALL, 0, SEAMLDR_ENOENTROPY, 0 }, 1, true },
	{ "no entropy, others missing", { UPDATE_CPU_INSTALL, 0, SEAMLDR_ENOENTROPY, 0 }, 2,
	  false },
	{ "P-SEAMLDR not reached", { UPDATE_CPU_INSTALL, 0, TDX_SEAMCALL_VMFAILINVALID, 1 }, 1,
	  false },
	{ "no CPU reached it", { UPDATE_CPU_INSTALL, 0, TDX_SEAMCALL_VMFAILINVALID, 1 }, 8,
	  false },
	{ "last or missing", { UPDATE_CPU_INSTALL, 0, SEAMLDR_EBADCALL, 0 }, 1, false },
};
KUNIT_ARRAY_PARAM_DESC(complete, complete_cases, name);

/* A CPU calls again if its call belongs to an installation that is over. */
static void complete_test(struct kunit *test)
{
	const struct complete_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, update_install_complete(c->failure.state, &c->failure,
						      c->nr_missing),
			c->complete);
}

struct outcome_case {
	const char *name;
	struct update_failure failure;
	bool handoff_valid;
	enum tdx_module_state state;
	int err;
};

#define TDX_SYS_NOT_READY	0xC000050500000000ULL
#define TDX_SYS_STATE_INCORRECT	0xC000050800000000ULL

static const struct outcome_case outcome_cases[] = {
	{ "shutdown busy", { UPDATE_SHUTDOWN, 0, TDX_SYS_BUSY }, true, TDX_MODULE_READY, -EBUSY },
	{ "shutdown during a build",
	  { UPDATE_SHUTDOWN, 0, TDX_UPDATE_COMPATIBILITY_SENSITIVE | 3 << 16 }, true,
	  TDX_MODULE_READY, -EBUSY },
	{ "shutdown refused", { UPDATE_SHUTDOWN, 0, TDX_SYS_NOT_READY }, true,
	  TDX_MODULE_READY, -EIO },
	{ "recoverable", { UPDATE_CPU_INSTALL, 0, SEAMLDR_EBADSIG, 0 }, true,
	  TDX_MODULE_STOPPED, -EIO },
	{ "unrecoverable", { UPDATE_CPU_INSTALL, 0, SEAMLDR_EBADHASH, 1 }, true,
	  TDX_MODULE_LOST, -EIO },
	{ "P-SEAMLDR did not run", { UPDATE_CPU_INSTALL, 0, TDX_SEAMCALL_VMFAILINVALID, 1 },
	  true, TDX_MODULE_STOPPED, -EIO },
	{ "not in VMX operation", { UPDATE_CPU_INSTALL, 0, TDX_SEAMCALL_UD, 1 }, true,
	  TDX_MODULE_STOPPED, -EIO },
	{ "init busy", { UPDATE_CPU_INIT, 0, TDX_SYS_BUSY }, true, TDX_MODULE_STOPPED, -EIO },
	{ "init, no module", { UPDATE_CPU_INIT, 0, TDX_SEAMCALL_VMFAILINVALID }, true,
	  TDX_MODULE_STOPPED, -EIO },
	{ "update busy", { UPDATE_RUN_UPDATE, 0, TDX_SYS_BUSY }, true, TDX_MODULE_STOPPED, -EIO },
	{ "update too early", { UPDATE_RUN_UPDATE, 0, TDX_SYS_STATE_INCORRECT }, true,
	  TDX_MODULE_STOPPED, -EIO },
	{ "handoff refused, still valid", { UPDATE_RUN_UPDATE, 0, TDX_SYS_INVALID_HANDOFF },
	  true, TDX_MODULE_STOPPED, -EIO },
	{ "handoff refused, gone", { UPDATE_RUN_UPDATE, 0, TDX_SYS_INVALID_HANDOFF }, false,
	  TDX_MODULE_LOST, -EIO },
	{ "update did not reach the module", { UPDATE_RUN_UPDATE, 0, TDX_SEAMCALL_GP }, true,
	  TDX_MODULE_STOPPED, -EIO },
	{ "module halted", { UPDATE_RUN_UPDATE, 0, TDX_SEAMCALL_VMFAILINVALID }, true,
	  TDX_MODULE_LOST, -EIO },
};
KUNIT_ARRAY_PARAM_DESC(outcome, outcome_cases, name);

/* What a failure leaves of the module, and what the upload says */
static void outcome_test(struct kunit *test)
{
	const struct outcome_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, update_module_state(&c->failure, c->handoff_valid), c->state);
	KUNIT_EXPECT_EQ(test, update_errno(&c->failure), c->err);
}

static struct kunit_case seamldr_update_cases[] = {
	KUNIT_CASE(success_test),
	KUNIT_CASE(resume_test),
	KUNIT_CASE(restart_test),
	KUNIT_CASE(first_state_test),
	KUNIT_CASE(lockstep_test),
	KUNIT_CASE_PARAM(repeat_test, repeat_gen_params),
	KUNIT_CASE_PARAM(complete_test, complete_gen_params),
	KUNIT_CASE_PARAM(outcome_test, outcome_gen_params),
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
