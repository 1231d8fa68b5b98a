// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * TDH.SYS.DISABLE, as far as it is known (SEAM ABI 4.8): no public release has
 * it; it takes no operands, the host loops while it is busy or interrupted, no
 * other leaf is let in once it has begun, and afterwards a kernel initialises
 * from scratch. What is not known has a function of its own.
 */
#include <string.h>

#include "tdxmod/memory.h"
#include "tdxmod/module.h"

/* Interrupts are looked for between chunks; the real number is unconfirmed */
#define DISABLE_CHUNKS	8

/* The state afterwards: unconfirmed; here that in which a module is installed */
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
	mod->detect_mrtd = false;
	mod->disable_chunk = 0;
	atomic_store(&mod->disabling, false);
	dram_clear(mod->platform->dram);
	/* A handoff that waits for the next module: what becomes of it is unconfirmed */
	if (!platform_other(mod->platform, UNCONFIRMED_DISABLE_HANDOFF))
		handoff_consume(mod);
	atomic_store(&mod->state, SYSINIT_PENDING);
}

/* What other leaves answer once it has begun: unconfirmed */
uint64_t disable_keeps_out(const struct tdxmod *mod, unsigned int leaf)
{
	if (leaf == TDH_SYS_DISABLE || !atomic_load(&mod->disabling))
		return TDX_SUCCESS;

	return platform_other(mod->platform, UNCONFIRMED_DISABLE_OTHERS) ? TDX_SYS_NOT_READY :
									   TDX_SYS_BUSY;
}

/* Whether it is let in when the module is shut down: unconfirmed */
bool disable_passes_shutdown(const struct tdxmod *mod, unsigned int leaf)
{
	return leaf == TDH_SYS_DISABLE && atomic_load(&mod->state) == SYS_SHUTDOWN &&
	       mod->desc.flags & MODULE_HAS_DISABLE &&
	       platform_other(mod->platform, UNCONFIRMED_DISABLE_SHUTDOWN);
}

uint64_t tdh_sys_disable(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	/* Set before the count is looked at: who comes later is kept out */
	atomic_store(&mod->disabling, true);
	if (atomic_load(&mod->platform->lps_in_seam) != 1) {
		atomic_store(&mod->disabling, mod->disable_chunk > 0);
		return TDX_SYS_BUSY;
	}

	while (mod->disable_chunk < DISABLE_CHUNKS) {
		mod->disable_chunk++;
		if (platform_interrupt_pending(mod->platform, lp))
			return TDX_INTERRUPTED_RESUMABLE;
	}
	forget_everything(mod);

	return TDX_SUCCESS;
}
