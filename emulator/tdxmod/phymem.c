// SPDX-License-Identifier: GPL-2.0-or-later
/* Physical pages: TDH.PHYMEM.PAGE.RECLAIM, RDMD and WBINVD (SEAM ABI 7.2). */
#include "platform/hpa.h"
#include "tdxmod/td.h"
#include "tdxmod/tdmr.h"

static void report(struct seam_regs *regs, const struct dram_page *page)
{
	regs->gpr[SEAM_RCX] = page->type;
	regs->gpr[SEAM_RDX] = page->owner;
	/* All pages are of 4 KiB */
	regs->gpr[SEAM_R8] = 0;
}

/* The TDR goes last, and with it the TD */
static uint64_t reclaim_tdr(struct tdxmod *mod, const struct dram_page *page)
{
	struct td *td;
	uint64_t status;

	status = td_get(mod, page->pa, ACCESS_EXCLUSIVE, TDX_OPERAND_RCX, &td);
	if (status)
		return status;

	if (td->lifecycle != TD_TEARDOWN)
		status = TDX_LIFECYCLE_STATE_INCORRECT;
	else if (atomic_load(&td->children))
		status = TDX_TD_ASSOCIATED_PAGES_EXIST;
	if (status) {
		td_put(td);
		return status;
	}

	/* Nobody can find it from here on, nobody else holds it */
	dram_take_out(mod->platform->dram, page->pa);
	td_put(td);
	page->destroy(td);

	return TDX_SUCCESS;
}

/* Another LP may be looking at a vCPU, only to see that its TD is torn down */
static uint64_t reclaim_tdvpr(struct tdxmod *mod, const struct dram_page *page)
{
	struct vcpu *vcpu;
	struct td *td;
	uint64_t status;

	status = vcpu_get(mod, page->pa, ACCESS_EXCLUSIVE, TDX_OPERAND_RCX, &vcpu, &td);
	if (status)
		return status;

	if (td->lifecycle != TD_TEARDOWN) {
		vcpu_put(vcpu, td);
		return TDX_LIFECYCLE_STATE_INCORRECT;
	}

	dram_take_out(mod->platform->dram, page->pa);
	atomic_fetch_sub(&td->children, 1);
	vcpu_put(vcpu, td);
	page->destroy(vcpu);

	return TDX_SUCCESS;
}

static uint64_t reclaim_other(struct tdxmod *mod, const struct dram_page *page)
{
	struct td *td;
	uint64_t status;

	status = td_get(mod, page->owner, ACCESS_EXCLUSIVE, TDX_OPERAND_TDR, &td);
	if (status)
		return status;

	/* Looked at again: two LPs may be reclaiming the same page */
	if (td->lifecycle != TD_TEARDOWN) {
		status = TDX_LIFECYCLE_STATE_INCORRECT;
	} else if (dram_look(mod->platform->dram, page->pa).type != page->type) {
		status = TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX;
	} else {
		dram_release(mod->platform->dram, page->pa);
		atomic_fetch_sub(&td->children, 1);
	}
	td_put(td);

	return status;
}

uint64_t tdh_phymem_page_reclaim(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t pa = regs->gpr[SEAM_RCX];
	struct dram_page page;
	uint64_t status;

	status = page_check(mod, pa, TDX_OPERAND_RCX);
	if (status) {
		report(regs, &(struct dram_page) { 0 });
		return status;
	}

	page = dram_look(mod->platform->dram, pa);
	report(regs, &page);
	switch (page.type) {
	case PAGE_FREE:
	case PAGE_RESERVED:
		return TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX;
	case PAGE_TDR:
		return reclaim_tdr(mod, &page);
	case PAGE_TDVPR:
		return reclaim_tdvpr(mod, &page);
	default:
		return reclaim_other(mod, &page);
	}
}

uint64_t tdh_phymem_page_rdmd(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t pa = regs->gpr[SEAM_RCX];
	struct dram_page page = { 0 };
	uint64_t status;

	status = page_check(mod, pa, TDX_OPERAND_RCX);
	if (!status)
		page = dram_look(mod->platform->dram, pa);
	report(regs, &page);

	return status;
}

/* There is no cache to write back: only the operand is checked */
uint64_t tdh_phymem_page_wbinvd(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	const struct platform_config *config = &mod->platform->config;
	uint64_t keyid = hpa_keyid(mod->platform, regs->gpr[SEAM_RCX]);
	uint64_t pa = hpa_strip(mod->platform, regs->gpr[SEAM_RCX]);

	if (pa % TDX_PAGE_SIZE ||
	    keyid > (uint64_t)config->nr_mktme_keyids + config->nr_tdx_keyids)
		return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
	if (!tdmr_has_page(mod, pa))
		return TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX;

	return TDX_SUCCESS;
}
