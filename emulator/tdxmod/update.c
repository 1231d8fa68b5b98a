// SPDX-License-Identifier: GPL-2.0-or-later
/* TDH.SYS.UPDATE: a new module takes over what the old one left (SEAM ABI 4.5). */
#include "tdxmod/module.h"

uint64_t options_check(const struct tdxmod *mod, const struct seam_regs *regs)
{
	if (!TDH_VERSION(regs->gpr[SEAM_RAX]))
		return TDX_SUCCESS;
	if (TDH_VERSION(regs->gpr[SEAM_RAX]) > 1)
		return TDX_OPERAND_INVALID | TDX_OPERAND_RAX;
	if (regs->gpr[SEAM_R9] & ~mod->desc.features0)
		return TDX_OPERAND_INVALID | TDX_OPERAND_R9;
	if (regs->gpr[SEAM_R10])
		return TDX_OPERAND_INVALID | TDX_OPERAND_R10;

	return TDX_SUCCESS;
}

/* The newest releases do not even try the lock with wrong registers (SEAM ABI 4.8) */
static bool checks_first(const struct tdxmod *mod)
{
	return mod->desc.flags & MODULE_UPDATE_CHECKS_FIRST;
}

uint64_t update_check(const struct tdxmod *mod, const struct seam_regs *regs)
{
	return checks_first(mod) ? options_check(mod, regs) : TDX_SUCCESS;
}

uint64_t tdh_sys_update(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status;

	if (atomic_load(&mod->state) != SYSINIT_DONE || !tdxmod_all_lps_initialised(mod))
		return TDX_SYS_STATE_INCORRECT;

	switch (handoff_read(mod, lp)) {
	case HANDOFF_INVALID:
		return TDX_SYS_INVALID_HANDOFF;
	case HANDOFF_INSANE:
		tdxmod_die(mod, lp, "the handoff data has an impossible size");
		return TDX_SYS_INVALID_HANDOFF;
	case HANDOFF_OK:
		break;
	}

	/* The state is back, but the data stays valid: the call can be repeated */
	status = checks_first(mod) ? TDX_SUCCESS : options_check(mod, regs);
	if (status)
		return status;

	if (TDH_VERSION(regs->gpr[SEAM_RAX]))
		mod->detect_mrtd = regs->gpr[SEAM_R9] & TDX_FEATURES0_UPDATE_COMPATIBILITY;
	handoff_consume(mod);
	atomic_store(&mod->state, SYS_READY);

	return TDX_SUCCESS;
}
