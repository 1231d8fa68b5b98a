// SPDX-License-Identifier: GPL-2.0-or-later
/* Global and per-LP initialisation: TDH.SYS.INIT, TDH.SYS.LP.INIT. */
#include "platform/hpa.h"
#include "tdxmod/module.h"

/* What P-SEAMLDR took from the sigstruct has to suit what is compiled in */
static bool sigstruct_compatible(const struct tdxmod *mod)
{
	const struct sysinfo_handoff *sysinfo = &mod->platform->seam.sysinfo;
	const struct module_desc *desc = &mod->desc;

	return sysinfo->module_hv == desc->module_hv &&
	       sysinfo->min_update_hv >= desc->min_update_hv &&
	       sysinfo->no_downgrade >= desc->no_downgrade && handoff_area_suffices(mod);
}

/* R8 of version 1 (SEAM ABI 4.8) */
#define REPORT_MUST_BE_ZERO	0x003000000000003fULL
#define REPORT_HPA_MASK		0x000fffffffffffc0ULL
#define REPORT_RECORD_SIZE	64
#define REPORT_NOTIFY(r8)	((r8) >> 54 & 0x3)
#define REPORT_NOTIFY_VECTOR	1
#define REPORT_VECTOR(r8)	((r8) >> 56)
#define REPORT_FIRST_VECTOR	16

static bool report_ok(const struct tdxmod *mod, uint64_t r8)
{
	uint64_t hpa = r8 & REPORT_HPA_MASK;

	if (r8 & REPORT_MUST_BE_ZERO)
		return false;
	/* All ones: there is no record */
	if (hpa != REPORT_HPA_MASK && !hpa_is_shared(mod->platform, hpa, REPORT_RECORD_SIZE))
		return false;

	return REPORT_NOTIFY(r8) != REPORT_NOTIFY_VECTOR ||
	       REPORT_VECTOR(r8) >= REPORT_FIRST_VECTOR;
}

uint64_t tdh_sys_init(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	bool report = TDH_VERSION(regs->gpr[SEAM_RAX]);
	uint64_t canary;

	if (regs->gpr[SEAM_RCX])
		return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
	if (atomic_load(&mod->state) != SYSINIT_PENDING)
		return TDX_SYS_INIT_NOT_PENDING;
	if (!sigstruct_compatible(mod))
		return TDX_SYS_INCOMPATIBLE_SIGSTRUCT;
	if (!platform_entropy(mod->platform, &canary))
		return TDX_RND_NO_ENTROPY;
	if (report && !report_ok(mod, regs->gpr[SEAM_R8]))
		return TDX_OPERAND_INVALID | TDX_OPERAND_R8;

	mod->fatal_report = report ? regs->gpr[SEAM_R8] : REPORT_HPA_MASK;
	atomic_store(&mod->state, SYSINIT_DONE);
	regs->gpr[SEAM_RCX] = 0;
	regs->gpr[SEAM_RDX] = 0;
	regs->gpr[SEAM_R8] = 0;
	regs->gpr[SEAM_R9] = 0;
	regs->gpr[SEAM_R10] = 0;

	return TDX_SUCCESS;
}

uint64_t tdh_sys_lp_init(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
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
