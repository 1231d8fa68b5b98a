// SPDX-License-Identifier: GPL-2.0-or-later
/* TDH.SYS.TDMR.INIT, and which pages a TDMR offers. */
#include "platform/hpa.h"
#include "tdxmod/memory.h"
#include "tdxmod/tdmr.h"

/* One call initialises the PAMT entries of 1024 pages */
#define TDMR_INIT_STEP	(1024 * TDX_PAGE_SIZE)

static bool reserved(const struct tdmr_info *tdmr, uint64_t pa)
{
	for (unsigned int j = 0; j < TDX_MAX_RESERVED && tdmr->reserved[j].size; j++) {
		uint64_t base = tdmr->base + tdmr->reserved[j].base;

		if (pa >= base && pa - base < tdmr->reserved[j].size)
			return true;
	}

	return false;
}

bool tdmr_has_page(struct tdxmod *mod, uint64_t pa)
{
	for (unsigned int i = 0; i < mod->nr_tdmrs; i++) {
		const struct tdmr_info *tdmr = &mod->tdmrs[i];

		if (pa < tdmr->base || pa - tdmr->base >= tdmr->size)
			continue;

		return !reserved(tdmr, pa) &&
		       pa - tdmr->base < dram_pamt_initialised(mod->platform->dram, i);
	}

	return false;
}

static uint64_t init_step(struct tdxmod *mod, unsigned int i, struct seam_regs *regs)
{
	const struct tdmr_info *tdmr = &mod->tdmrs[i];
	struct dram *dram = mod->platform->dram;
	uint64_t done = dram_pamt_initialised(dram, i);

	if (done >= tdmr->size)
		return TDX_TDMR_ALREADY_INITIALIZED;

	done += TDMR_INIT_STEP;
	dram_set_pamt_initialised(dram, i, done);
	regs->gpr[SEAM_RDX] = (tdmr->base + done) & ~(TDMR_GRANULARITY - 1);

	return TDX_SUCCESS;
}

uint64_t tdh_sys_tdmr_init(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t base = regs->gpr[SEAM_RCX];
	uint64_t status;

	for (unsigned int i = 0; i < mod->nr_tdmrs; i++) {
		if (mod->tdmrs[i].base != base)
			continue;
		if (pthread_mutex_trylock(&mod->tdmr_lock[i]))
			return TDX_OPERAND_BUSY | TDX_OPERAND_RCX;

		status = init_step(mod, i, regs);
		pthread_mutex_unlock(&mod->tdmr_lock[i]);

		return status;
	}

	return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
}
