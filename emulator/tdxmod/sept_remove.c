// SPDX-License-Identifier: GPL-2.0-or-later
/* Shrinking a secure EPT: TDH.MEM.RANGE.BLOCK, TRACK, PAGE.REMOVE (SEAM ABI 7.2). */
#include "tdxmod/sept_leaf.h"

#define OP_BLOCK	(OP(TD_INITIALIZED) | OP(TD_RUNNABLE) | OP(TD_LIVE_EXPORT) | \
			 OP(TD_PAUSED_EXPORT) | OP(TD_POST_EXPORT) | OP(TD_POST_IMPORT) | \
			 OP(TD_LIVE_IMPORT))
static uint64_t block(struct tdxmod *mod, unsigned int lp, struct td *td,
		      const struct sept_walk *walk, const struct seam_regs *regs)
{
	struct sept_entry *entry = walk->entry;

	if (!entry)
		return TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX;

	switch (entry->state) {
	case SEPT_PRESENT:
		entry->state = SEPT_BLOCKED;
		break;
	case SEPT_PENDING:
		entry->state = SEPT_PENDING_BLOCKED;
		break;
	default:
		return TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX;
	}
	entry->blocked_epoch = td->epoch;

	return TDX_SUCCESS;
}

uint64_t tdh_mem_range_block(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	return sept_leaf(mod, lp, regs, OP_BLOCK, block);
}

/* A vCPU that runs in @epoch may still have translations of that time cached */
static bool epoch_in_use(const struct td *td, uint64_t epoch)
{
	return atomic_load(&td->in_epoch[epoch & 1]);
}

uint64_t tdh_mem_track(struct tdxmod *mod, unsigned int lp, struct td *td, struct seam_regs *regs)
{
	uint64_t status = TDX_SUCCESS;

	if (pthread_rwlock_trywrlock(&td->epoch_lock))
		return TDX_OPERAND_BUSY | TDX_OPERAND_TD_EPOCH;

	if (epoch_in_use(td, td->epoch - 1))
		status = TDX_PREVIOUS_TLB_EPOCH_BUSY;
	else
		td->epoch++;
	pthread_rwlock_unlock(&td->epoch_lock);

	return status;
}

/* Before the first entry no LP can have cached anything */
static bool tracked(const struct td *td, const struct sept_entry *entry)
{
	if (td->op_state == TD_INITIALIZED)
		return true;

	return td->epoch > entry->blocked_epoch + 1 ||
	       (td->epoch == entry->blocked_epoch + 1 && !epoch_in_use(td, entry->blocked_epoch));
}

static uint64_t remove_page(struct tdxmod *mod, unsigned int lp, struct td *td,
			    const struct sept_walk *walk, const struct seam_regs *regs)
{
	struct sept_entry *entry = walk->entry;
	uint64_t status = TDX_SUCCESS;

	if (!entry)
		return TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX;
	if (entry->table || (entry->state != SEPT_BLOCKED && entry->state != SEPT_PENDING_BLOCKED))
		return TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX;

	/* A shared hold is enough: an entry that starts now flushes anyway */
	if (pthread_rwlock_tryrdlock(&td->epoch_lock))
		return TDX_OPERAND_BUSY | TDX_OPERAND_TD_EPOCH;
	if (!tracked(td, entry))
		status = TDX_TLB_TRACKING_NOT_DONE;
	pthread_rwlock_unlock(&td->epoch_lock);
	if (status)
		return status;

	dram_release(mod->platform->dram, entry->pa);
	atomic_fetch_sub(&td->children, 1);
	*entry = (struct sept_entry) { .state = SEPT_FREE };

	return TDX_SUCCESS;
}

uint64_t tdh_mem_page_remove(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	return sept_leaf(mod, lp, regs, OP_REMOVE, remove_page);
}
