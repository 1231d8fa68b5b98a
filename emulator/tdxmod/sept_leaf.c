// SPDX-License-Identifier: GPL-2.0-or-later
/* What the leaves that walk a secure EPT have in common. */
#include "tdxmod/sept_leaf.h"

/* Entries as the host sees them: address and, if present, access rights */
#define SEPT_ENTRY_RWX	0x7ULL

/* RCX holds a GPA, the level, and nothing else */
#define RCX_UNUSED_BITS	(~(SEPT_GPA_MASK | SEPT_LEVEL_MASK))

uint64_t sept_leaf_refuse(struct seam_regs *regs, uint64_t status)
{
	regs->gpr[SEAM_RCX] = 0;
	regs->gpr[SEAM_RDX] = 0;

	return status;
}

static bool is_walk_error(uint64_t status)
{
	switch (status & TDX_STATUS_MASK) {
	case TDX_EPT_WALK_FAILED:
	case TDX_EPT_ENTRY_NOT_PRESENT:
	case TDX_EPT_ENTRY_STATE_INCORRECT:
	case TDX_TLB_TRACKING_NOT_DONE:
		return true;
	}

	return false;
}

static void report(struct seam_regs *regs, const struct sept_walk *walk)
{
	const struct sept_entry *entry = walk->stopped;

	regs->gpr[SEAM_RCX] = entry->pa | (entry->state == SEPT_PRESENT ? SEPT_ENTRY_RWX : 0);
	regs->gpr[SEAM_RDX] = walk->level | (uint64_t)entry->state << SEPT_STATE_SHIFT;
}

uint64_t sept_leaf_at(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs,
		      uint64_t gpa, unsigned int level, uint32_t allowed, sept_work *work)
{
	struct sept_walk walk;
	struct td *td;
	uint64_t status;

	status = td_get(mod, regs->gpr[SEAM_RDX], ACCESS_SHARED, TDX_OPERAND_RDX, &td);
	if (status)
		return sept_leaf_refuse(regs, status);

	status = td_usable(td);
	if (!status)
		status = td_op_get(td, ACCESS_SHARED, allowed);
	if (status)
		goto out_td;

	status = TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
	if (!sept_gpa_ok(&td->sept, gpa, level))
		goto out_op;

	status = TDX_OPERAND_BUSY | TDX_OPERAND_SEPT_TREE;
	if (pthread_rwlock_trywrlock(&td->sept_lock))
		goto out_op;

	walk = sept_find(&td->sept, gpa, level);
	status = work(mod, lp, td, &walk, regs);
	if (is_walk_error(status))
		report(regs, &walk);
	else
		sept_leaf_refuse(regs, status);
	pthread_rwlock_unlock(&td->sept_lock);
	td_op_put(td);
	td_put(td);

	return status;
out_op:
	td_op_put(td);
out_td:
	td_put(td);

	return sept_leaf_refuse(regs, status);
}

uint64_t sept_leaf(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs,
		   uint32_t allowed, sept_work *work)
{
	uint64_t rcx = regs->gpr[SEAM_RCX];

	if (rcx & RCX_UNUSED_BITS)
		return sept_leaf_refuse(regs, TDX_OPERAND_INVALID | TDX_OPERAND_RCX);

	return sept_leaf_at(mod, lp, regs, rcx & SEPT_GPA_MASK, rcx & SEPT_LEVEL_MASK, allowed,
			    work);
}
