// SPDX-License-Identifier: GPL-2.0-or-later
/* vCPUs: TDH.VP.CREATE, ADDCX, INIT and FLUSH, associations (SEAM ABI 7.2). */
#include <stdlib.h>

#include "tdxmod/td.h"

static void vcpu_destroy(void *object)
{
	struct vcpu *vcpu = object;

	pthread_rwlock_destroy(&vcpu->lock);
	free(vcpu);
}

static struct vcpu *vcpu_new(uint64_t tdvpr, const struct td *td)
{
	struct vcpu *vcpu = calloc(1, sizeof(*vcpu));

	if (!vcpu)
		return NULL;

	pthread_rwlock_init(&vcpu->lock, NULL);
	vcpu->tdvpr_pa = tdvpr;
	vcpu->tdr_pa = td->tdr_pa;
	atomic_init(&vcpu->lp, TD_NO_LP);

	return vcpu;
}

uint64_t tdh_vp_create(struct tdxmod *mod, unsigned int lp, struct td *td, struct seam_regs *regs)
{
	uint64_t tdvpr = regs->gpr[SEAM_RCX];
	struct vcpu *vcpu = vcpu_new(tdvpr, td);
	uint64_t status;

	if (!vcpu)
		return TDX_OPERAND_BUSY | TDX_OPERAND_RCX;

	status = page_give(mod, td, tdvpr, PAGE_TDVPR, vcpu, vcpu_destroy, TDX_OPERAND_RCX);
	if (status)
		vcpu_destroy(vcpu);

	return status;
}

/* The TDVPR is the first of the TDVPS pages */
static unsigned int vcpu_max_tdcx(const struct tdxmod *mod)
{
	return mod->desc.tdvps_pages - 1;
}

uint64_t tdh_vp_addcx(struct tdxmod *mod, unsigned int lp, struct td *td, struct vcpu *vcpu,
		      struct seam_regs *regs)
{
	uint64_t status;

	if (vcpu->state != VCPU_UNINITIALIZED)
		return TDX_VCPU_STATE_INCORRECT;
	if (vcpu->num_tdcx >= vcpu_max_tdcx(mod))
		return TDX_TDCX_NUM_INCORRECT;

	status = page_give(mod, td, regs->gpr[SEAM_RCX], PAGE_TDCX, NULL, NULL, TDX_OPERAND_RCX);
	if (!status)
		vcpu->num_tdcx++;

	return status;
}

static bool x2apic_id_taken(const struct td *td, uint32_t id)
{
	unsigned int count = atomic_load(&td->num_vcpus);

	for (unsigned int i = 0; i < count; i++) {
		if (td->vcpu_ids[i] == id)
			return true;
	}

	return false;
}

uint64_t tdh_vp_init(struct tdxmod *mod, unsigned int lp, struct td *td, struct vcpu *vcpu,
		     struct seam_regs *regs)
{
	unsigned int index = atomic_load(&td->num_vcpus);
	uint32_t id = index;

	if (vcpu->state != VCPU_UNINITIALIZED)
		return TDX_VCPU_STATE_INCORRECT;
	if (vcpu->num_tdcx != vcpu_max_tdcx(mod))
		return TDX_TDCX_NUM_INCORRECT;
	if (index >= td->params.max_vcpus)
		return TDX_MAX_VCPUS_EXCEEDED;

	/* Version 0 numbers the vCPUs through */
	if (TDH_VERSION(regs->gpr[SEAM_RAX])) {
		if (regs->gpr[SEAM_R8] > UINT32_MAX)
			return TDX_OPERAND_INVALID | TDX_OPERAND_R8;
		id = regs->gpr[SEAM_R8];
		if (x2apic_id_taken(td, id))
			return TDX_X2APIC_ID_NOT_UNIQUE;
	}

	td->vcpu_ids[index] = id;
	atomic_fetch_add(&td->num_vcpus, 1);
	atomic_fetch_add(&td->num_associated, 1);
	vcpu->index = index;
	vcpu->x2apic_id = id;
	vcpu->initial_rcx = regs->gpr[SEAM_RDX];
	vcpu->lp = lp;
	vcpu->state = VCPU_READY;

	return TDX_SUCCESS;
}

uint64_t vcpu_associate(struct td *td, struct vcpu *vcpu, unsigned int lp)
{
	unsigned int other = TD_NO_LP;

	if (vcpu->state != VCPU_READY)
		return TDX_VCPU_STATE_INCORRECT;
	if (atomic_compare_exchange_strong(&vcpu->lp, &other, lp))
		atomic_fetch_add(&td->num_associated, 1);
	else if (other != lp)
		return TDX_VCPU_ASSOCIATED;

	return TDX_SUCCESS;
}

/* A fatal TD is torn down like any other, so this works on it too */
uint64_t tdh_vp_flush(struct tdxmod *mod, unsigned int lp, struct td *td, struct vcpu *vcpu,
		      struct seam_regs *regs)
{
	if (td->lifecycle != TD_KEYS_CONFIGURED)
		return TDX_TD_KEYS_NOT_CONFIGURED;
	if (vcpu->lp != lp)
		return TDX_VCPU_NOT_ASSOCIATED;

	vcpu->lp = TD_NO_LP;
	atomic_fetch_sub(&td->num_associated, 1);

	return TDX_SUCCESS;
}
