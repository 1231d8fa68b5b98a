/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From the instruction to the firmware: leaf word to P-SEAMLDR or TDX module,
 * with faults, trace and referee around the call.
 */
#ifndef EMULATOR_SEAMCALL_DISPATCH_H
#define EMULATOR_SEAMCALL_DISPATCH_H

#include <stdbool.h>

#include "seamcall/call.h"
#include "seamcall/fault.h"
#include "seamcall/trace.h"

struct seam_dispatch;

/**
 * struct seam_dispatch_config - how calls are watched
 * @nr_lps: LPs of the platform
 * @memory: host physical memory
 * @trace: where lines go; must outlive the dispatcher
 * @referee: watch the rules
 */
struct seam_dispatch_config {
	unsigned int nr_lps;
	struct seam_memory memory;
	struct seam_trace *trace;
	bool referee;
};

/** seam_dispatch_new() - make a dispatcher without a platform behind it */
struct seam_dispatch *seam_dispatch_new(const struct seam_dispatch_config *config);

/** seam_dispatch_free() - release; NULL is allowed. The platform is not its own. */
void seam_dispatch_free(struct seam_dispatch *dispatch);

/**
 * seam_dispatch_memory() - host memory as the platform must be given it
 *
 * It is the memory of the configuration, except while a fault makes the loader
 * see a damaged image.
 */
const struct seam_memory *seam_dispatch_memory(const struct seam_dispatch *dispatch);

/**
 * seam_dispatch_connect() - @platform answers from now on; NULL: SEAM is not
 *	enabled, each SEAMCALL is #GP
 */
void seam_dispatch_connect(struct seam_dispatch *dispatch, struct platform *platform);

/** seam_dispatch_reset() - the platform was reset; counts of faults go on */
void seam_dispatch_reset(struct seam_dispatch *dispatch);

/** seam_dispatch_add_fault() - arm a fault; false with a sentence if it is wrong */
bool seam_dispatch_add_fault(struct seam_dispatch *dispatch, const char *spec,
			     char error[static FAULT_ERROR_SIZE]);

/** seam_dispatch_clear_faults() - disarm all faults */
void seam_dispatch_clear_faults(struct seam_dispatch *dispatch);

/**
 * seam_dispatch_hits() - calls that faults have hit since they were cleared last
 * @dispatch: the dispatcher
 *
 * A call that is delayed counts from the begin of its delay.
 */
unsigned int seam_dispatch_hits(struct seam_dispatch *dispatch);

/**
 * seam_dispatch_begin() - an LP is about to execute SEAMCALL
 * @dispatch: the dispatcher
 * @call: lp, interrupts_enabled and in are given; it stays the caller's
 *
 * The LP is in VMX root operation at CPL 0. It may be called from the threads
 * of several LPs at once.
 *
 * Return: milliseconds by which a fault delays it. The LP has to spend them
 * before it calls seam_dispatch_finish(). So long it has not entered SEAM:
 * nobody counts it as inside, and it has no place in an INSTALL session.
 */
unsigned int seam_dispatch_begin(struct seam_dispatch *dispatch, const struct seam_call *call);

/**
 * seam_dispatch_finish() - it does so now
 * @dispatch: the dispatcher
 * @call: as it was for seam_dispatch_begin(), then the result
 */
void seam_dispatch_finish(struct seam_dispatch *dispatch, struct seam_call *call);

/** seam_dispatch_call() - both in one; a delay is slept through */
void seam_dispatch_call(struct seam_dispatch *dispatch, struct seam_call *call);

/** seam_dispatch_vmx_off() - @lp executed SEAMCALL outside VMX operation (#UD) */
void seam_dispatch_vmx_off(struct seam_dispatch *dispatch, unsigned int lp);

/**
 * seam_dispatch_end() - the run is over
 *
 * Return: the number of rules that were broken; 0 without referee.
 */
unsigned int seam_dispatch_end(struct seam_dispatch *dispatch);

#endif
