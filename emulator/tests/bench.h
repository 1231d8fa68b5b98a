/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A dispatcher in front of the fixture's platform, whose module is ready. */
#ifndef EMULATOR_TESTS_BENCH_H
#define EMULATOR_TESTS_BENCH_H

#include "seamcall/call.h"
#include "seamcall/dispatch.h"
#include "tests/fixture.h"

/**
 * struct bench - see above
 * @f: what is behind the dispatcher
 * @trace: goes to @trace_path
 * @trace_path: a temporary file
 * @dispatch: the dispatcher
 * @intruder: call of another LP, then its result
 * @intruder_waits: it comes while the firmware next writes to HOST_BUFFER_PA
 */
struct bench {
	struct fixture *f;
	struct seam_trace *trace;
	char trace_path[32];
	struct seam_dispatch *dispatch;
	struct seam_call intruder;
	bool intruder_waits;
};

/** bench_start() - make the fixture's platform anew, so that it sees memory through a dispatcher */
bool bench_start(struct bench *bench, struct fixture *f);

/** bench_start_alone() - the same without a referee */
bool bench_start_alone(struct bench *bench, struct fixture *f);

/**
 * bench_end_alerts() - release the bench
 * @bench: the bench
 * @alerts: receives the number of alerts in the trace; may be NULL
 *
 * Return: the number of broken rules.
 */
unsigned int bench_end_alerts(struct bench *bench, unsigned int *alerts);

static inline unsigned int bench_end(struct bench *bench)
{
	return bench_end_alerts(bench, NULL);
}

/** bench_said() - lines of the trace so far that have this in them */
unsigned int bench_said(const struct bench *bench, const char *word);

/** bench_arm() - arm a fault; false if it is refused */
bool bench_arm(struct bench *bench, const char *spec);

/* A call with RDX = 1; bench_status() is RAX, or HOST_VMFAIL, or HOST_HALTED */
struct seam_call bench_call_with(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx,
				 bool interrupts);
struct seam_call bench_call(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx);
uint64_t bench_status(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx);

/** bench_intrude() - wait with a call of @lp, see &struct bench.intruder */
void bench_intrude(struct bench *bench, unsigned int lp, uint64_t leaf, uint64_t rcx);

/** bench_session() - INSTALL on all LPs; the last one's answer */
struct seam_call bench_session(struct bench *bench);

/** bench_restart() - SYS.INIT, LP.INIT on all LPs, UPDATE, all of them successful */
bool bench_restart(struct bench *bench);

#endif
