// SPDX-License-Identifier: GPL-2.0-or-later
/* TDH.SYS.SHUTDOWN and its relatives (SEAM ABI 4.4). */
#include "tdxmod/memory.h"
#include "tdxmod/module.h"

#define SHUTDOWN_HV_MASK		0xffffULL
#define SHUTDOWN_AVOID_COMPAT_SENSITIVE	(1ULL << 16)

/* Low half of UPDATE_COMPATIBILITY_SENSITIVE: count, and what is counted */
#define SENSITIVE_COUNT_SHIFT		16
#define SENSITIVE_TD_BUILD		0
#define SENSITIVE_MIG_INTERRUPTED	1

static bool avoid_sensitive(const struct tdxmod *mod, uint64_t rcx)
{
	return tdxmod_has_feature(mod, TDX_FEATURES0_UPDATE_COMPATIBILITY) &&
	       rcx & SHUTDOWN_AVOID_COMPAT_SENSITIVE;
}

/* Step 2: modules without the feature compare the whole register */
static bool handoff_version_ok(const struct tdxmod *mod, uint64_t rcx)
{
	const struct sysinfo_handoff *limits = &mod->platform->seam.sysinfo;
	uint64_t hv = rcx;

	if (avoid_sensitive(mod, rcx))
		hv &= ~SHUTDOWN_AVOID_COMPAT_SENSITIVE;
	if (limits->no_downgrade && hv != limits->module_hv)
		return false;

	return hv >= limits->min_update_hv && hv <= limits->module_hv;
}

static uint64_t sensitive(uint16_t count, uint32_t what)
{
	return TDX_UPDATE_COMPATIBILITY_SENSITIVE |
	       (uint32_t)count << SENSITIVE_COUNT_SHIFT | what;
}

/* Steps 4 to 7, in state 4 already */
static uint64_t shut_down(struct tdxmod *mod, unsigned int lp, uint64_t rcx)
{
	uint16_t builds = atomic_load(&mod->td_build_count);
	uint16_t migrations = atomic_load(&mod->mig_interrupted_count);

	if (atomic_load(&mod->platform->lps_in_seam) != 1)
		return TDX_SYS_BUSY;
	if (avoid_sensitive(mod, rcx) && builds)
		return sensitive(builds, SENSITIVE_TD_BUILD);
	if (avoid_sensitive(mod, rcx) && migrations)
		return sensitive(migrations, SENSITIVE_MIG_INTERRUPTED);

	if (!handoff_write(mod, rcx & SHUTDOWN_HV_MASK))
		tdxmod_die(mod, lp, "its handoff data does not fit the handoff pages");

	return TDX_SUCCESS;
}

uint64_t tdh_sys_shutdown(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status;

	/* Another LP's shutdown succeeded since the dispatcher looked */
	if (atomic_load(&mod->state) != SYS_READY) {
		tdxmod_die(mod, lp, "a second TDH.SYS.SHUTDOWN overtook the first");
		return TDX_SYS_SHUTDOWN;
	}

	atomic_store(&mod->state, SYS_SHUTDOWN);
	status = shut_down(mod, lp, regs->gpr[SEAM_RCX]);
	if (status)
		atomic_store(&mod->state, SYS_READY);

	return status;
}

uint64_t shutdown_check(const struct tdxmod *mod, const struct seam_regs *regs)
{
	if (!handoff_version_ok(mod, regs->gpr[SEAM_RCX]))
		return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;

	return TDX_SUCCESS;
}

/* A stub in real modules too: legal in every state, without effect */
uint64_t tdh_sys_lp_shutdown(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	return TDX_SUCCESS;
}
