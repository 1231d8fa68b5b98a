// SPDX-License-Identifier: GPL-2.0-or-later
/* TDH.PHYMEM.CACHE.WB: once per package before a KeyID is free (SEAM ABI 7.2). */
#include <string.h>

#include "tdxmod/module.h"

#define CACHE_WB_START	0
#define CACHE_WB_RESUME	1

/* Interrupts are looked for between chunks; the real number is not published */
#define CACHE_WB_CHUNKS	16

/* KeyIDs that wait for this package */
static bool collect(struct tdxmod *mod, struct wbcache *wb, uint32_t package)
{
	bool any = false;

	for (unsigned int i = 0; i < TDX_MAX_KEYIDS; i++) {
		wb->keyids[i] = mod->kot[i].state == KOT_FLUSHED &&
				mod->kot[i].wb_packages & package;
		any |= wb->keyids[i];
	}

	return any;
}

static uint64_t write_back(struct tdxmod *mod, unsigned int lp, struct wbcache *wb,
			   uint32_t package)
{
	while (wb->chunk < CACHE_WB_CHUNKS) {
		wb->chunk++;
		if (wb->chunk < CACHE_WB_CHUNKS &&
		    platform_interrupt_pending(mod->platform, lp)) {
			wb->interrupted = true;
			return TDX_INTERRUPTED_RESUMABLE;
		}
	}

	for (unsigned int i = 0; i < TDX_MAX_KEYIDS; i++) {
		if (wb->keyids[i])
			atomic_fetch_and(&mod->kot[i].wb_packages, ~package);
	}
	wb->interrupted = false;
	wb->chunk = 0;

	return TDX_SUCCESS;
}

static uint64_t cache_wb_locked(struct tdxmod *mod, unsigned int lp, struct wbcache *wb,
				bool resume)
{
	uint32_t package = 1U << mod->platform->config.package[lp];

	if (resume && !wb->interrupted)
		return TDX_WBCACHE_RESUME_ERROR;
	if (!resume) {
		wb->interrupted = false;
		wb->chunk = 0;
		if (!collect(mod, wb, package))
			return TDX_NO_HKID_READY_TO_WBCACHE;
	}

	return write_back(mod, lp, wb, package);
}

static int try_kot(struct tdxmod *mod)
{
	return platform_other(mod->platform, UNCONFIRMED_CACHE_WB) ?
	       pthread_rwlock_trywrlock(&mod->kot_lock) :
	       pthread_rwlock_tryrdlock(&mod->kot_lock);
}

uint64_t tdh_phymem_cache_wb(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	struct wbcache *wb = &mod->wbcache[mod->platform->config.package[lp]];
	uint64_t rcx = regs->gpr[SEAM_RCX];
	uint64_t status;

	if (rcx != CACHE_WB_START && rcx != CACHE_WB_RESUME)
		return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
	if (pthread_mutex_trylock(&wb->lock))
		return TDX_OPERAND_BUSY | TDX_OPERAND_WBCACHE;

	/*
	 * Deduced, for the ABI only names the lock: all packages write back at the
	 * same time.  KVM has them do so for each TD that ends, and would leak its
	 * KeyID if they kept each other out. UNCONFIRMED_CACHE_WB makes them do so.
	 */
	status = TDX_OPERAND_BUSY | TDX_OPERAND_KOT;
	if (!try_kot(mod)) {
		status = cache_wb_locked(mod, lp, wb, rcx == CACHE_WB_RESUME);
		pthread_rwlock_unlock(&mod->kot_lock);
	}
	pthread_mutex_unlock(&wb->lock);

	return status;
}
