// SPDX-License-Identifier: GPL-2.0-or-later
/* Entry into P-SEAMLDR: the single-entry rule and the choice of the leaf. */
#include "pseamldr/pseamldr.h"
#include "seam/leaves.h"

static uint64_t dispatch(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	/* The whole word is compared: there is no version field (SEAM ABI 1.1) */
	switch (regs->gpr[SEAM_RAX]) {
	case SEAMLDR_INFO:
		return seamldr_info(platform, lp, regs);
	case SEAMLDR_INSTALL:
		return seamldr_install(platform, lp, regs);
	case SEAMLDR_SHUTDOWN:
		return seamldr_shutdown(platform, lp, regs);
	case SEAMLDR_SEAMINFO:
		if (!loader_has_seaminfo(platform))
			return SEAMLDR_EBADPARAM;
		return seamldr_seaminfo(platform, lp, regs);
	case SEAMLDR_CLEANUP:
		return seamldr_cleanup(platform, lp, regs);
	}

	platform_diagnose(platform, lp, "P-SEAMLDR has no leaf 0x%llx.",
			  (unsigned long long)regs->gpr[SEAM_RAX]);

	return SEAMLDR_EBADPARAM;
}

enum seam_exit pseamldr_call(struct platform *platform, unsigned int lp,
			     struct seam_regs *regs)
{
	uint64_t status;

	if (pthread_mutex_trylock(&platform->p_seamldr_lock))
		return SEAM_VMFAIL_INVALID;

	if (!atomic_load(&platform->p_seamldr_ready) ||
	    platform_loader_halted(platform)) {
		pthread_mutex_unlock(&platform->p_seamldr_lock);
		return SEAM_VMFAIL_INVALID;
	}

	status = dispatch(platform, lp, regs);
	pthread_mutex_unlock(&platform->p_seamldr_lock);
	regs->gpr[SEAM_RAX] = status;

	return SEAM_RETURN;
}
