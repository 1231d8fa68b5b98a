// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TDH.SYS.DISABLE, as far as it is known: the host loops while it is busy or
 * interrupted, and nothing works afterwards until full initialisation (SEAM
 * ABI 4.3). The rules inside are unconfirmed; here it returns the module to
 * the state in which it was installed.
 */
#include <string.h>

#include "tdxmod/memory.h"
#include "tdxmod/module.h"

/* Interrupts are looked for between chunks; the real number is unconfirmed */
#define DISABLE_CHUNKS	8

static void forget_everything(struct tdxmod *mod)
{
	for (unsigned int lp = 0; lp < PLATFORM_MAX_LPS; lp++)
		atomic_store(&mod->lp_initialised[lp], false);
	atomic_store(&mod->nr_lps_initialised, 0);
	mod->packages_configured = 0;
	memset(mod->kot, 0, sizeof(mod->kot));
	memset(mod->tdmrs, 0, sizeof(mod->tdmrs));
	mod->nr_tdmrs = 0;
	mod->hkid = 0;
	for (unsigned int i = 0; i < PLATFORM_MAX_SOCKETS; i++)
		mod->wbcache[i].interrupted = false;
	atomic_store(&mod->td_build_count, 0);
	atomic_store(&mod->mig_interrupted_count, 0);
	mod->disable_chunk = 0;
	dram_clear(mod->platform->dram);
	atomic_store(&mod->state, SYSINIT_PENDING);
}

static uint64_t disable_locked(struct tdxmod *mod, unsigned int lp)
{
	if (atomic_load(&mod->platform->lps_in_seam) != 1)
		return TDX_SYS_BUSY;

	while (mod->disable_chunk < DISABLE_CHUNKS) {
		mod->disable_chunk++;
		if (platform_interrupt_pending(mod->platform, lp))
			return TDX_INTERRUPTED_RESUMABLE;
	}
	forget_everything(mod);

	return TDX_SUCCESS;
}

uint64_t tdh_sys_disable(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status;

	(void)regs;

	if (pthread_rwlock_trywrlock(&mod->global_lock))
		return TDX_SYS_BUSY;

	status = disable_locked(mod, lp);
	pthread_rwlock_unlock(&mod->global_lock);

	return status;
}
