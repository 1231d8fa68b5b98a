// SPDX-License-Identifier: GPL-2.0-or-later
/* vCPUs: TDH.VP.CREATE, ADDCX, INIT and FLUSH (SEAM ABI 7.2). */
#include <stdlib.h>

#include "tdxmod/td.h"

/* While a TD is built or imported */
#define OP_VCPU_CREATE	(OP(TD_INITIALIZED) | OP(TD_STATE_IMPORT))

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
	vcpu->lp = TD_NO_LP;

	return vcpu;
}

static uint64_t create_locked(struct tdxmod *mod, struct td *td, uint64_t tdvpr)
{
	struct vcpu *vcpu;
	uint64_t status;

	status = td_usable(td);
	if (!status)
		status = td_op_get(td, ACCESS_SHARED, OP_VCPU_CREATE);
	if (status)
		return status;

	status = TDX_OPERAND_BUSY | TDX_OPERAND_RCX;
	vcpu = vcpu_new(tdvpr, td);
	if (vcpu) {
		status = page_give(mod, td, tdvpr, PAGE_TDVPR, vcpu, vcpu_destroy,
				   TDX_OPERAND_RCX);
		if (status)
			vcpu_destroy(vcpu);
	}
	td_op_put(td);

	return status;
}

uint64_t tdh_vp_create(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	struct td *td;
	uint64_t status;

	(void)lp;

	status = page_check(mod, regs->gpr[SEAM_RCX], TDX_OPERAND_RCX);
	if (!status)
		status = td_get(mod, regs->gpr[SEAM_RDX], ACCESS_SHARED, TDX_OPERAND_RDX, &td);
	if (status)
		return status;

	status = create_locked(mod, td, regs->gpr[SEAM_RCX]);
	td_put(td);

	return status;
}

/* The TDVPR is the first of the TDVPS pages */
static unsigned int vcpu_max_tdcx(const struct tdxmod *mod)
{
	return mod->desc.tdvps_pages - 1;
}

static uint64_t addcx_locked(struct tdxmod *mod, struct td *td, struct vcpu *vcpu, uint64_t pa)
{
	uint64_t status;

	status = td_usable(td);
	if (!status)
		status = td_op_get(td, ACCESS_SHARED, OP_VCPU_CREATE);
	if (status)
		return status;

	if (vcpu->state != VCPU_UNINITIALIZED)
		status = TDX_VCPU_STATE_INCORRECT;
	else if (vcpu->num_tdcx >= vcpu_max_tdcx(mod))
		status = TDX_TDCX_NUM_INCORRECT;
	else
		status = page_give(mod, td, pa, PAGE_TDCX, NULL, NULL, TDX_OPERAND_RCX);
	if (!status)
		vcpu->num_tdcx++;
	td_op_put(td);

	return status;
}

/* vcpu_get() for a TDVPR in RDX: the operand in the status is another one */
static uint64_t vcpu_get_rdx(struct tdxmod *mod, uint64_t tdvpr, struct vcpu **vcpu,
			     struct td **td)
{
	uint64_t status = vcpu_get(mod, tdvpr, ACCESS_EXCLUSIVE, vcpu, td);

	if ((status & ~TDX_STATUS_MASK) == TDX_OPERAND_RCX)
		status = (status & TDX_STATUS_MASK) | TDX_OPERAND_RDX;

	return status;
}

uint64_t tdh_vp_addcx(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	struct vcpu *vcpu;
	struct td *td;
	uint64_t status;

	(void)lp;

	status = page_check(mod, regs->gpr[SEAM_RCX], TDX_OPERAND_RCX);
	if (!status)
		status = vcpu_get_rdx(mod, regs->gpr[SEAM_RDX], &vcpu, &td);
	if (status)
		return status;

	status = addcx_locked(mod, td, vcpu, regs->gpr[SEAM_RCX]);
	vcpu_put(vcpu, td);

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

static uint64_t init_locked(struct tdxmod *mod, struct td *td, struct vcpu *vcpu,
			    unsigned int lp, const struct seam_regs *regs)
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

uint64_t tdh_vp_init(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	struct vcpu *vcpu;
	struct td *td;
	uint64_t status;

	status = vcpu_get(mod, regs->gpr[SEAM_RCX], ACCESS_EXCLUSIVE, &vcpu, &td);
	if (status)
		return status;

	status = td_usable(td);
	if (!status)
		status = td_op_get(td, ACCESS_EXCLUSIVE, OP(TD_INITIALIZED));
	if (!status) {
		status = init_locked(mod, td, vcpu, lp, regs);
		td_op_put(td);
	}
	vcpu_put(vcpu, td);

	return status;
}

/* A fatal TD is torn down like any other, so this works on it too */
static uint64_t flush_locked(struct td *td, struct vcpu *vcpu, unsigned int lp)
{
	if (td->lifecycle != TD_KEYS_CONFIGURED)
		return TDX_TD_KEYS_NOT_CONFIGURED;
	if (vcpu->lp != lp)
		return TDX_VCPU_NOT_ASSOCIATED;

	vcpu->lp = TD_NO_LP;
	atomic_fetch_sub(&td->num_associated, 1);

	return TDX_SUCCESS;
}

uint64_t tdh_vp_flush(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	struct vcpu *vcpu;
	struct td *td;
	uint64_t status;

	status = vcpu_get(mod, regs->gpr[SEAM_RCX], ACCESS_EXCLUSIVE, &vcpu, &td);
	if (status)
		return status;

	status = flush_locked(td, vcpu, lp);
	vcpu_put(vcpu, td);

	return status;
}
