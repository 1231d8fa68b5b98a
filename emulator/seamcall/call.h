/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_SEAMCALL_CALL_H
#define EMULATOR_SEAMCALL_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "seam/seam.h"

/**
 * struct seam_call - one SEAMCALL in VMX root operation at CPL 0
 * @lp: the LP that executes it
 * @interrupts_enabled: RFLAGS.IF
 * @in: registers before
 * @out: registers after; equal to @in unless @outcome is OUTCOME_DONE
 * @outcome: how it ended
 * @fault: the injected fault that shaped the answer, as it was written; or NULL
 */
struct seam_call {
	unsigned int lp;
	bool interrupts_enabled;
	struct seam_regs in;
	struct seam_regs out;
	enum outcome outcome;
	const char *fault;
};

/** seam_call_succeeded() - did the firmware answer "success"? */
static inline bool seam_call_succeeded(const struct seam_call *call)
{
	return call->outcome == OUTCOME_DONE && !call->out.gpr[SEAM_RAX];
}

#endif
