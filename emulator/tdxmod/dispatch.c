// SPDX-License-Identifier: GPL-2.0-or-later
/* Entry into the TDX module: the rules before any leaf (SEAM ABI 4.2). */
#include "seam/names.h"
#include "tdxmod/module.h"

/**
 * struct tdh_entry - one row of the leaf table
 * @handler: NULL: there is no such leaf, or it is not modelled
 * @versioned: every module takes a version above 0 (SEAM ABI 4.2)
 * @flag: MODULE_* of those that do
 * @own_check: the leaf looks itself whether the version is above 1, and when
 * @needs: MODULE_* without which the leaf does not exist
 */
struct tdh_entry {
	tdh_handler *handler;
	bool versioned;
	uint32_t flag;
	bool own_check;
	uint32_t needs;
};

static const struct tdh_entry leaves[] = {
	[TDH_VP_ENTER]			= { .handler = tdh_vp_enter },
	[TDH_MNG_ADDCX]			= { .handler = tdh_mng_addcx },
	[TDH_MEM_PAGE_ADD]		= { .handler = tdh_mem_page_add },
	[TDH_MEM_SEPT_ADD]		= { .handler = tdh_mem_sept_add, .versioned = true },
	[TDH_VP_ADDCX]			= { .handler = tdh_vp_addcx },
	[TDH_MEM_PAGE_AUG]		= { .handler = tdh_mem_page_aug },
	[TDH_MEM_RANGE_BLOCK]		= { .handler = tdh_mem_range_block },
	[TDH_MNG_KEY_CONFIG]		= { .handler = tdh_mng_key_config },
	[TDH_MNG_CREATE]		= { .handler = tdh_mng_create },
	[TDH_VP_CREATE]			= { .handler = tdh_vp_create },
	[TDH_MNG_RD]			= { .handler = tdh_mng_rd, .versioned = true },
	[TDH_MR_EXTEND]			= { .handler = tdh_mr_extend },
	[TDH_MR_FINALIZE]		= { .handler = tdh_mr_finalize },
	[TDH_VP_FLUSH]			= { .handler = tdh_vp_flush },
	[TDH_MNG_VPFLUSHDONE]		= { .handler = tdh_mng_vpflushdone },
	[TDH_MNG_KEY_FREEID]		= { .handler = tdh_mng_key_freeid },
	[TDH_MNG_INIT]			= { .handler = tdh_mng_init },
	[TDH_VP_INIT]			= { .handler = tdh_vp_init, .flag = MODULE_VP_INIT_V1 },
	[TDH_MEM_PAGE_PROMOTE]		= { .versioned = true },
	[TDH_PHYMEM_PAGE_RDMD]		= { .handler = tdh_phymem_page_rdmd },
	[TDH_VP_RD]			= { .handler = tdh_vp_rd, .versioned = true },
	[TDH_PHYMEM_PAGE_RECLAIM]	= { .handler = tdh_phymem_page_reclaim },
	[TDH_MEM_PAGE_REMOVE]		= { .handler = tdh_mem_page_remove },
	[TDH_MEM_SEPT_REMOVE]		= { .versioned = true },
	[TDH_SYS_KEY_CONFIG]		= { .handler = tdh_sys_key_config },
	[TDH_SYS_INIT]			= { .handler = tdh_sys_init, .flag = MODULE_INIT_V1,
					    .own_check = true },
	[TDH_SYS_RD]			= { .handler = tdh_sys_rd },
	[TDH_SYS_LP_INIT]		= { .handler = tdh_sys_lp_init },
	[TDH_SYS_TDMR_INIT]		= { .handler = tdh_sys_tdmr_init },
	[TDH_MEM_TRACK]			= { .handler = tdh_mem_track },
	[TDH_PHYMEM_CACHE_WB]		= { .handler = tdh_phymem_cache_wb },
	[TDH_PHYMEM_PAGE_WBINVD]	= { .handler = tdh_phymem_page_wbinvd },
	[TDH_VP_WR]			= { .handler = tdh_vp_wr },
	[TDH_SYS_LP_SHUTDOWN]		= { .handler = tdh_sys_lp_shutdown },
	[TDH_SYS_CONFIG]		= { .handler = tdh_sys_config, .flag = MODULE_CONFIG_V1,
					    .own_check = true },
	[TDH_SYS_SHUTDOWN]		= { .handler = tdh_sys_shutdown },
	[TDH_SYS_UPDATE]		= { .handler = tdh_sys_update, .flag = MODULE_UPDATE_V1,
					    .own_check = true },
	[TDH_EXPORT_BLOCKW]		= { .flag = MODULE_EXPORT_V1 },
	[TDH_EXPORT_RESTORE]		= { .flag = MODULE_EXPORT_V1 },
	[TDH_EXPORT_MEM]		= { .flag = MODULE_EXPORT_V1 },
	[TDH_SYS_DISABLE]		= { .handler = tdh_sys_disable, .needs = MODULE_HAS_DISABLE },
	[TDH_IMPORT_MEM]		= { .flag = MODULE_EXPORT_V1 },
};

static const struct tdh_entry *entry_of(unsigned int leaf)
{
	static const struct tdh_entry unknown;

	return leaf < sizeof(leaves) / sizeof(leaves[0]) ? &leaves[leaf] : &unknown;
}

/* A leaf that takes versions gets any of them, and refuses what it does not know */
static bool takes_version(const struct tdxmod *mod, const struct tdh_entry *entry,
			  unsigned int version)
{
	return !version || entry->versioned || mod->desc.flags & entry->flag;
}

static bool legal_before_ready(unsigned int leaf)
{
	switch (leaf) {
	case TDH_SYS_KEY_CONFIG:
	case TDH_SYS_INFO:
	case TDH_SYS_INIT:
	case TDH_SYS_RD:
	case TDH_SYS_LP_INIT:
	case TDH_SYS_RDALL:
	case TDH_SYS_LP_SHUTDOWN:
	case TDH_SYS_CONFIG:
	case TDH_SYS_UPDATE:
		return true;
	}

	return false;
}

static uint64_t dispatch(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t rax = regs->gpr[SEAM_RAX];
	unsigned int leaf = TDH_LEAF(rax);
	const struct tdh_entry *entry = entry_of(leaf);
	int state = atomic_load(&mod->state);
	uint64_t status;
	const char *name;

	if (rax & TDH_RESERVED_MASK || !takes_version(mod, entry, TDH_VERSION(rax)))
		return TDX_OPERAND_INVALID | TDX_OPERAND_RAX;
	if (state == SYS_SHUTDOWN && leaf != TDH_SYS_LP_SHUTDOWN &&
	    !disable_passes_shutdown(mod, leaf))
		return TDX_SYS_SHUTDOWN;
	if (state != SYS_READY && !legal_before_ready(leaf) &&
	    !disable_passes_shutdown(mod, leaf))
		return TDX_SYS_NOT_READY;
	status = disable_keeps_out(mod, leaf);
	if (status)
		return status;
	if (TDH_VERSION(rax) > 1 && !entry->own_check)
		return TDX_OPERAND_INVALID | TDX_OPERAND_RAX;
	/* Unknown to this module, and known to be */
	if ((mod->desc.flags & entry->needs) != entry->needs)
		return TDX_OPERAND_INVALID | TDX_OPERAND_RAX;
	if (entry->handler)
		return entry->handler(mod, lp, regs);

	name = seam_leaf_name(rax);
	platform_diagnose(mod->platform, lp, "TDX module leaf %u (%s) is not modelled.", leaf,
			  name ? name : "unknown");

	return TDX_OPERAND_INVALID | TDX_OPERAND_RAX;
}

enum seam_exit tdxmod_call(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	enum seam_exit exit = SEAM_VMFAIL_INVALID;
	struct tdxmod *mod;
	uint64_t status;

	/*
	 * Counted before seam_ready is looked at. A module is only replaced in
	 * the INSTALL call of the last LP, and this LP is not making one.
	 */
	atomic_fetch_add(&platform->lps_in_seam, 1);
	if (!atomic_load(&platform->seam_ready) || platform_module_halted(platform))
		goto out;

	mod = platform->tdxmod;
	status = dispatch(mod, lp, regs);
	/* A call under way on another LP comes to its end; only later ones fail */
	if (platform_lp_halted(platform, lp)) {
		exit = SEAM_HALTED;
		goto out;
	}

	regs->gpr[SEAM_RAX] = status;
	exit = SEAM_RETURN;
out:
	atomic_fetch_sub(&platform->lps_in_seam, 1);

	return exit;
}
