// SPDX-License-Identifier: GPL-2.0-or-later
/* Global and per-LP initialisation: TDH.SYS.INIT, TDH.SYS.LP.INIT. */
#include "tdxmod/module.h"

/* What P-SEAMLDR took from the sigstruct has to suit what is compiled in */
static bool sigstruct_compatible(const struct tdxmod *mod)
{
	const struct sysinfo_handoff *sysinfo = &mod->platform->seam.sysinfo;
	const struct module_desc *desc = &mod->desc;

	return sysinfo->module_hv == desc->module_hv &&
	       sysinfo->min_update_hv >= desc->min_update_hv &&
	       sysinfo->no_downgrade >= desc->no_downgrade;
}

static uint64_t sys_init_locked(struct tdxmod *mod, const struct seam_regs *regs)
{
	uint64_t canary;

	if (regs->gpr[SEAM_RCX])
		return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
	if (atomic_load(&mod->state) != SYSINIT_PENDING)
		return TDX_SYS_INIT_NOT_PENDING;
	if (!sigstruct_compatible(mod))
		return TDX_SYS_INCOMPATIBLE_SIGSTRUCT;
	if (!platform_entropy(mod->platform, &canary))
		return TDX_RND_NO_ENTROPY;

	atomic_store(&mod->state, SYSINIT_DONE);

	return TDX_SUCCESS;
}

uint64_t tdh_sys_init(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status = TDX_SYS_BUSY;

	(void)lp;

	if (!pthread_rwlock_trywrlock(&mod->global_lock)) {
		status = sys_init_locked(mod, regs);
		pthread_rwlock_unlock(&mod->global_lock);
	}
	if (status == TDX_SUCCESS) {
		regs->gpr[SEAM_RCX] = 0;
		regs->gpr[SEAM_RDX] = 0;
		regs->gpr[SEAM_R8] = 0;
		regs->gpr[SEAM_R9] = 0;
		regs->gpr[SEAM_R10] = 0;
	}

	return status;
}

static uint64_t lp_init_locked(struct tdxmod *mod, unsigned int lp)
{
	uint64_t canary;

	if (atomic_load(&mod->state) != SYSINIT_DONE)
		return TDX_SYS_LP_INIT_NOT_PENDING;
	if (atomic_load(&mod->lp_initialised[lp]))
		return TDX_SYS_LP_INIT_DONE;
	if (!platform_entropy(mod->platform, &canary))
		return TDX_RND_NO_ENTROPY;

	atomic_store(&mod->lp_initialised[lp], true);
	atomic_fetch_add(&mod->nr_lps_initialised, 1);

	return TDX_SUCCESS;
}

uint64_t tdh_sys_lp_init(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status = TDX_SYS_BUSY;

	/* Shared: LPs initialise in parallel */
	if (!pthread_rwlock_tryrdlock(&mod->global_lock)) {
		status = lp_init_locked(mod, lp);
		pthread_rwlock_unlock(&mod->global_lock);
	}

	/* On an error too */
	regs->gpr[SEAM_RCX] = 0;
	regs->gpr[SEAM_RDX] = 0;
	regs->gpr[SEAM_R8] = 0;

	return status;
}
