/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between TD entry and TD exit. */
#ifndef EMULATOR_TDXMOD_RUN_H
#define EMULATOR_TDXMOD_RUN_H

#include "tdxmod/td.h"

/**
 * td_run() - execute a vCPU's program up to the next TD exit
 * @mod: the module
 * @lp: where
 * @td: the TD, its op_state held shared
 * @vcpu: the vCPU, held exclusively
 * @regs: outputs of TDH.VP.ENTER
 *
 * Return: RAX: completion status, with the VMX exit reason in its low half.
 */
uint64_t td_run(struct tdxmod *mod, unsigned int lp, struct td *td, struct vcpu *vcpu,
		struct seam_regs *regs);

#endif
