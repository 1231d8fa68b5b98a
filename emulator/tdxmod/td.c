// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding and locking TDs, vCPUs and pages: the checks that leaves share (SEAM ABI 7.1). */
#include "platform/hpa.h"
#include "tdxmod/td.h"
#include "tdxmod/tdmr.h"

uint64_t page_check(struct tdxmod *mod, uint64_t pa, unsigned int operand)
{
	if (pa % TDX_PAGE_SIZE || hpa_keyid(mod->platform, pa))
		return TDX_OPERAND_INVALID | operand;
	if (!tdmr_has_page(mod, pa))
		return TDX_OPERAND_ADDR_RANGE_ERROR | operand;

	return TDX_SUCCESS;
}

uint64_t page_give(struct tdxmod *mod, struct td *td, uint64_t pa, enum page_type type,
		   void *object, void (*destroy)(void *object), unsigned int operand)
{
	struct dram_page page = {
		.pa = pa,
		.type = type,
		.owner = td->tdr_pa,
		.object = object,
		.destroy = destroy,
	};

	if (!dram_take(mod->platform->dram, &page))
		return TDX_PAGE_METADATA_INCORRECT | operand;
	atomic_fetch_add(&td->children, 1);

	return TDX_SUCCESS;
}

static bool td_try_shared(void *object)
{
	struct td *td = object;

	return !pthread_rwlock_tryrdlock(&td->tdr_lock);
}

static bool td_try_exclusive(void *object)
{
	struct td *td = object;

	return !pthread_rwlock_trywrlock(&td->tdr_lock);
}

static bool vcpu_try_shared(void *object)
{
	struct vcpu *vcpu = object;

	return !pthread_rwlock_tryrdlock(&vcpu->lock);
}

static bool vcpu_try_exclusive(void *object)
{
	struct vcpu *vcpu = object;

	return !pthread_rwlock_trywrlock(&vcpu->lock);
}

/* A status that names an operand, whose id the look-up does not know */
static uint64_t with_operand(uint64_t status, unsigned int operand)
{
	return status ? status | operand : TDX_SUCCESS;
}

uint64_t td_get(struct tdxmod *mod, uint64_t tdr, enum access access, unsigned int operand,
		struct td **td)
{
	uint64_t status = page_check(mod, tdr, operand);
	void *object;

	if (status)
		return status;

	status = dram_try_lock(mod->platform->dram, tdr, PAGE_TDR,
			       access == ACCESS_SHARED ? td_try_shared : td_try_exclusive,
			       &object);
	if (status)
		return with_operand(status, operand);
	*td = object;

	return TDX_SUCCESS;
}

void td_put(struct td *td)
{
	pthread_rwlock_unlock(&td->tdr_lock);
}

uint64_t td_usable(const struct td *td)
{
	if (td->fatal)
		return TDX_TD_FATAL;
	if (td->lifecycle != TD_KEYS_CONFIGURED)
		return TDX_TD_KEYS_NOT_CONFIGURED;
	if (!atomic_load(&td->num_tdcx))
		return TDX_TDCS_NOT_ALLOCATED;

	return TDX_SUCCESS;
}

uint64_t td_op_get(struct td *td, enum access access, uint32_t allowed)
{
	int busy = access == ACCESS_SHARED ? pthread_rwlock_tryrdlock(&td->op_lock) :
					     pthread_rwlock_trywrlock(&td->op_lock);

	if (busy)
		return TDX_OPERAND_BUSY | TDX_OPERAND_OP_STATE;
	if (allowed & OP(td->op_state))
		return TDX_SUCCESS;

	td_op_put(td);

	return TDX_OP_STATE_INCORRECT;
}

void td_op_put(struct td *td)
{
	pthread_rwlock_unlock(&td->op_lock);
}

uint64_t vcpu_get(struct tdxmod *mod, uint64_t tdvpr, enum access access, unsigned int operand,
		  struct vcpu **vcpu, struct td **td)
{
	uint64_t status = page_check(mod, tdvpr, operand);
	void *object;

	if (status)
		return status;

	status = dram_try_lock(mod->platform->dram, tdvpr, PAGE_TDVPR,
			       access == ACCESS_SHARED ? vcpu_try_shared : vcpu_try_exclusive,
			       &object);
	if (status)
		return with_operand(status, operand);

	*vcpu = object;
	status = td_get(mod, (*vcpu)->tdr_pa, ACCESS_SHARED, TDX_OPERAND_TDR, td);
	if (status)
		pthread_rwlock_unlock(&(*vcpu)->lock);

	return status;
}

void vcpu_put(struct vcpu *vcpu, struct td *td)
{
	td_put(td);
	pthread_rwlock_unlock(&vcpu->lock);
}
