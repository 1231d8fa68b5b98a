// SPDX-License-Identifier: GPL-2.0-or-later
/* TDH.VP.ENTER: epochs, and the way back (SEAM ABI 7.2). */
#include "tdxmod/run.h"

/* The epoch of this entry; it also tells which translations are still cached */
static uint64_t enter_epoch(struct td *td, struct vcpu *vcpu)
{
	if (pthread_rwlock_tryrdlock(&td->epoch_lock))
		return TDX_OPERAND_BUSY | TDX_OPERAND_TD_EPOCH;

	vcpu->epoch = td->epoch;
	atomic_fetch_add(&td->in_epoch[vcpu->epoch & 1], 1);
	pthread_rwlock_unlock(&td->epoch_lock);

	return TDX_SUCCESS;
}

uint64_t tdh_vp_enter(struct tdxmod *mod, unsigned int lp, struct td *td, struct vcpu *vcpu,
		      struct seam_regs *regs)
{
	struct platform *platform = mod->platform;
	uint64_t status;

	status = vcpu_associate(td, vcpu, lp);
	if (!status)
		status = enter_epoch(td, vcpu);
	if (status)
		return status;

	vcpu->state = VCPU_ACTIVE;
	atomic_store(&platform->lp_in_td[lp], true);
	status = td_run(mod, lp, td, vcpu, regs);
	atomic_store(&platform->lp_in_td[lp], false);
	vcpu->state = td->fatal ? VCPU_DISABLED : VCPU_READY;
	atomic_fetch_sub(&td->in_epoch[vcpu->epoch & 1], 1);

	return status;
}
