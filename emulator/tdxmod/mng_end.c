// SPDX-License-Identifier: GPL-2.0-or-later
/* End of a TD: TDH.MNG.VPFLUSHDONE and KEY.FREEID (SEAM ABI 7.2). */
#include "tdxmod/td.h"

uint64_t tdh_mng_vpflushdone(struct tdxmod *mod, unsigned int lp, struct td *td,
			     struct seam_regs *regs)
{
	struct kot_entry *entry = &mod->kot[td->hkid];

	if (td->lifecycle != TD_HKID_ASSIGNED && td->lifecycle != TD_KEYS_CONFIGURED)
		return TDX_LIFECYCLE_STATE_INCORRECT;
	if (pthread_rwlock_trywrlock(&mod->kot_lock))
		return TDX_OPERAND_BUSY | TDX_OPERAND_KOT;
	if (atomic_load(&td->num_associated)) {
		pthread_rwlock_unlock(&mod->kot_lock);
		return TDX_FLUSHVP_NOT_DONE;
	}

	td->lifecycle = TD_BLOCKED;
	entry->state = KOT_FLUSHED;
	atomic_fetch_sub(&mod->platform->td_property.keyids, 1);
	atomic_fetch_add(&mod->platform->td_property.flushed, 1);
	/* Packages that never had the key have nothing to write back either */
	entry->wb_packages = (1U << mod->platform->config.nr_sockets) - 1;
	pthread_rwlock_unlock(&mod->kot_lock);
	measure_end_build(mod, td);

	return TDX_SUCCESS;
}

uint64_t tdh_mng_key_freeid(struct tdxmod *mod, unsigned int lp, struct td *td,
			    struct seam_regs *regs)
{
	struct kot_entry *entry = &mod->kot[td->hkid];
	uint64_t status = TDX_SUCCESS;

	if (td->lifecycle != TD_BLOCKED)
		return TDX_LIFECYCLE_STATE_INCORRECT;
	if (pthread_rwlock_trywrlock(&mod->kot_lock))
		return TDX_OPERAND_BUSY | TDX_OPERAND_KOT;

	if (entry->wb_packages) {
		status = TDX_WBCACHE_NOT_COMPLETE;
	} else {
		entry->state = KOT_FREE;
		atomic_fetch_sub(&mod->platform->td_property.flushed, 1);
		td->lifecycle = TD_TEARDOWN;
	}
	pthread_rwlock_unlock(&mod->kot_lock);

	return status;
}
