/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame of all leaves that walk a secure EPT: GPA and level in RCX, TDR in RDX. */
#ifndef EMULATOR_TDXMOD_SEPT_LEAF_H
#define EMULATOR_TDXMOD_SEPT_LEAF_H

#include "tdxmod/td.h"

/**
 * typedef sept_work - the work of one leaf
 *
 * Called with TD, op_state and secure EPT locked. It checks walk->entry, which
 * is NULL where a table is missing.
 */
typedef uint64_t sept_work(struct tdxmod *mod, unsigned int lp, struct td *td,
			   const struct sept_walk *walk, const struct seam_regs *regs);

/**
 * sept_leaf() - look up the TD, walk, work, fill in RCX and RDX
 * @mod: the module
 * @lp: calling LP
 * @regs: its registers; RCX and RDX become entry and level on an error of the
 *	walk, 0 otherwise
 * @allowed: op_states
 * @work: see &typedef sept_work
 */
uint64_t sept_leaf(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs,
		   uint32_t allowed, sept_work *work);

/** sept_leaf_at() - the same for a leaf whose RCX is not a plain GPA and level */
uint64_t sept_leaf_at(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs,
		      uint64_t gpa, unsigned int level, uint32_t allowed, sept_work *work);

/** sept_leaf_refuse() - @status before the walk: RCX and RDX are zero */
uint64_t sept_leaf_refuse(struct seam_regs *regs, uint64_t status);

#endif
