// SPDX-License-Identifier: GPL-2.0-or-later
/* Growing a secure EPT: TDH.MEM.SEPT.ADD, PAGE.ADD, PAGE.AUG (SEAM ABI 7.2). */
#include <stdlib.h>

#include "platform/hpa.h"
#include "tdxmod/sept_leaf.h"

#define OP_SEPT_ADD	(OP(TD_INITIALIZED) | OP(TD_RUNNABLE) | OP(TD_LIVE_EXPORT) | \
			 OP(TD_MEMORY_IMPORT) | OP(TD_STATE_IMPORT) | OP(TD_POST_IMPORT) | \
			 OP(TD_LIVE_IMPORT))
#define OP_PAGE_ADD	OP(TD_INITIALIZED)
#define OP_PAGE_AUG	(OP(TD_INITIALIZED) | OP(TD_RUNNABLE) | OP(TD_LIVE_EXPORT) | \
			 OP(TD_LIVE_IMPORT))

/* An entry that maps more than a page is not modelled */
#define LEVEL_4K	0

static uint64_t free_entry(const struct sept_walk *walk)
{
	if (!walk->entry)
		return TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX;
	if (walk->entry->state != SEPT_FREE)
		return TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX;

	return TDX_SUCCESS;
}

static uint64_t add_table(struct tdxmod *mod, unsigned int lp, struct td *td,
			  const struct sept_walk *walk, const struct seam_regs *regs)
{
	struct sept_table *table;
	uint64_t status;

	status = free_entry(walk);
	if (status)
		return status;

	table = calloc(1, sizeof(*table));
	if (!table)
		return TDX_OPERAND_BUSY | TDX_OPERAND_R8;

	status = page_give(mod, td, regs->gpr[SEAM_R8], PAGE_SEPT, table, free, TDX_OPERAND_R8);
	if (status) {
		free(table);
		return status;
	}
	*walk->entry = (struct sept_entry) {
		.state = SEPT_PRESENT,
		.pa = regs->gpr[SEAM_R8],
		.table = table,
	};

	return TDX_SUCCESS;
}

uint64_t tdh_mem_sept_add(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status;

	/* A table hangs below an entry: there is none at level 0 */
	if (!(regs->gpr[SEAM_RCX] & SEPT_LEVEL_MASK))
		return sept_leaf_refuse(regs, TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	status = page_check(mod, regs->gpr[SEAM_R8], TDX_OPERAND_R8);
	if (status)
		return sept_leaf_refuse(regs, status);

	return sept_leaf(mod, lp, regs, OP_SEPT_ADD, add_table);
}

static uint64_t map_page(struct tdxmod *mod, struct td *td, const struct sept_walk *walk,
			 uint64_t pa, enum sept_state state)
{
	uint64_t status = free_entry(walk);

	if (!status)
		status = page_give(mod, td, pa, PAGE_REGULAR, NULL, NULL, TDX_OPERAND_R8);
	if (!status)
		*walk->entry = (struct sept_entry) { .state = state, .pa = pa };

	return status;
}

static uint64_t add_page(struct tdxmod *mod, unsigned int lp, struct td *td,
			 const struct sept_walk *walk, const struct seam_regs *regs)
{
	uint8_t content[TDX_PAGE_SIZE];
	uint64_t status;

	status = free_entry(walk);
	if (status)
		return status;
	if (dram_look(mod->platform->dram, regs->gpr[SEAM_R8]).type != PAGE_FREE)
		return TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_R8;
	if (!hpa_read(mod->platform, regs->gpr[SEAM_R9], content, sizeof(content)))
		return TDX_OPERAND_INVALID | TDX_OPERAND_R9;
	/* The last check: nothing has changed so far (SEAM ABI 4.8) */
	status = measure_check(mod, lp, td);
	if (status)
		return status;

	status = map_page(mod, td, walk, regs->gpr[SEAM_R8], SEPT_PRESENT);
	if (status)
		return status;

	hpa_write(mod->platform, regs->gpr[SEAM_R8], content, sizeof(content));
	measure_page_add(td, regs->gpr[SEAM_RCX] & SEPT_GPA_MASK);

	return TDX_SUCCESS;
}

uint64_t tdh_mem_page_add(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status;

	if (regs->gpr[SEAM_RCX] & SEPT_LEVEL_MASK)
		return sept_leaf_refuse(regs, TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	status = page_check(mod, regs->gpr[SEAM_R8], TDX_OPERAND_R8);
	if (!status && !hpa_is_shared(mod->platform, regs->gpr[SEAM_R9], TDX_PAGE_SIZE))
		status = TDX_OPERAND_INVALID | TDX_OPERAND_R9;
	if (status)
		return sept_leaf_refuse(regs, status);

	return sept_leaf(mod, lp, regs, OP_PAGE_ADD, add_page);
}

static uint64_t aug_page(struct tdxmod *mod, unsigned int lp, struct td *td,
			 const struct sept_walk *walk, const struct seam_regs *regs)
{
	if (walk->entry && walk->level != LEVEL_4K) {
		platform_diagnose(mod->platform, lp,
				  "TDH.MEM.PAGE.AUG of pages larger than 4 KiB is not modelled");
		return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
	}

	return map_page(mod, td, walk, regs->gpr[SEAM_R8], SEPT_PENDING);
}

uint64_t tdh_mem_page_aug(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status = page_check(mod, regs->gpr[SEAM_R8], TDX_OPERAND_R8);

	if (status)
		return sept_leaf_refuse(regs, status);

	return sept_leaf(mod, lp, regs, OP_PAGE_AUG, aug_page);
}
