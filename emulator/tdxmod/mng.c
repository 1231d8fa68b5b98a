// SPDX-License-Identifier: GPL-2.0-or-later
/* Birth of a TD: TDH.MNG.CREATE, KEY.CONFIG, ADDCX and INIT (SEAM ABI 7.2). */
#include <stdlib.h>

#include "platform/hpa.h"
#include "tdxmod/td_cpuid.h"
#include "tdxmod/td_params.h"

#define TD_PARAMS_ALIGN		1024

static void td_destroy(void *object)
{
	struct td *td = object;

	EVP_MD_CTX_free(td->measurement.context);
	sept_free(&td->sept);
	pthread_rwlock_destroy(&td->epoch_lock);
	pthread_rwlock_destroy(&td->sept_lock);
	pthread_rwlock_destroy(&td->op_lock);
	pthread_rwlock_destroy(&td->tdr_lock);
	free(td);
}

static struct td *td_new(uint64_t tdr, uint16_t hkid)
{
	struct td *td = calloc(1, sizeof(*td));

	if (!td)
		return NULL;

	pthread_rwlock_init(&td->tdr_lock, NULL);
	pthread_rwlock_init(&td->op_lock, NULL);
	pthread_rwlock_init(&td->sept_lock, NULL);
	pthread_rwlock_init(&td->epoch_lock, NULL);
	td->tdr_pa = tdr;
	td->hkid = hkid;
	/* So that epoch - 1 is one that no vCPU can be in */
	td->epoch = 1;

	return td;
}

static uint64_t create_locked(struct tdxmod *mod, uint64_t tdr, uint16_t hkid)
{
	struct dram_page page = { .pa = tdr, .type = PAGE_TDR, .destroy = td_destroy };
	uint64_t key;

	if (mod->kot[hkid].state != KOT_FREE)
		return TDX_HKID_NOT_FREE;
	if (!platform_entropy(mod->platform, &key))
		return TDX_RND_NO_ENTROPY;

	page.object = td_new(tdr, hkid);
	if (!page.object)
		return TDX_OPERAND_BUSY | TDX_OPERAND_RCX;
	if (!dram_take(mod->platform->dram, &page)) {
		td_destroy(page.object);
		return TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX;
	}
	mod->kot[hkid].state = KOT_ASSIGNED;
	atomic_fetch_add(&mod->platform->td_property.keyids, 1);

	return TDX_SUCCESS;
}

uint64_t tdh_mng_create(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t hkid = regs->gpr[SEAM_RDX];
	uint64_t tdr = regs->gpr[SEAM_RCX];
	uint64_t status;

	status = page_check(mod, tdr, TDX_OPERAND_RCX);
	if (status)
		return status;
	if (!keyid_is_private(mod->platform, hkid))
		return TDX_OPERAND_INVALID | TDX_OPERAND_RDX;
	if (dram_look(mod->platform->dram, tdr).type != PAGE_FREE)
		return TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX;
	if (pthread_rwlock_trywrlock(&mod->kot_lock))
		return TDX_OPERAND_BUSY | TDX_OPERAND_KOT;

	status = create_locked(mod, tdr, hkid);
	pthread_rwlock_unlock(&mod->kot_lock);

	return status;
}

/* PCONFIG: one LP of a package at a time can use it */
static uint64_t program_key(struct tdxmod *mod, unsigned int package)
{
	uint64_t key;
	bool ok;

	if (pthread_mutex_trylock(&mod->ket_lock[package]))
		return TDX_OPERAND_BUSY | TDX_OPERAND_KET;

	ok = platform_entropy(mod->platform, &key);
	pthread_mutex_unlock(&mod->ket_lock[package]);

	return ok ? TDX_SUCCESS : TDX_KEY_GENERATION_FAILED;
}

uint64_t tdh_mng_key_config(struct tdxmod *mod, unsigned int lp, struct td *td,
			    struct seam_regs *regs)
{
	unsigned int package = mod->platform->config.package[lp];
	uint32_t all = (1U << mod->platform->config.nr_sockets) - 1;
	uint32_t bit = 1U << package;
	uint64_t status;

	if (td->fatal)
		return TDX_TD_FATAL;
	if (td->lifecycle != TD_HKID_ASSIGNED)
		return TDX_LIFECYCLE_STATE_INCORRECT;
	if (atomic_load(&td->packages_configured) & bit)
		return TDX_KEY_CONFIGURED;
	status = program_key(mod, package);
	if (status)
		return status;

	if ((atomic_fetch_or(&td->packages_configured, bit) | bit) == all)
		td->lifecycle = TD_KEYS_CONFIGURED;

	return TDX_SUCCESS;
}

uint64_t tdh_mng_addcx(struct tdxmod *mod, unsigned int lp, struct td *td, struct seam_regs *regs)
{
	uint64_t pa = regs->gpr[SEAM_RCX];
	uint64_t random, status;

	if (td->fatal)
		return TDX_TD_FATAL;
	if (td->lifecycle != TD_KEYS_CONFIGURED)
		return TDX_TD_KEYS_NOT_CONFIGURED;
	if (td->op_state != TD_UNINITIALIZED)
		return TDX_OP_STATE_INCORRECT;
	if (atomic_load(&td->num_tdcx) >= mod->desc.tdcs_pages)
		return TDX_TDCX_NUM_INCORRECT;
	if (!platform_entropy(mod->platform, &random))
		return TDX_RND_NO_ENTROPY;

	status = page_give(mod, td, pa, PAGE_TDCX, NULL, NULL, TDX_OPERAND_RCX);
	if (!status)
		atomic_fetch_add(&td->num_tdcx, 1);

	return status;
}

uint64_t tdh_mng_init(struct tdxmod *mod, unsigned int lp, struct td *td, struct seam_regs *regs)
{
	uint64_t params_pa = regs->gpr[SEAM_RDX];
	struct td_params params;
	uint64_t status;

	if (td->op_state != TD_UNINITIALIZED)
		return TDX_OP_STATE_INCORRECT;
	/* Another module than now may have said how many there are */
	if (atomic_load(&td->num_tdcx) != mod->desc.tdcs_pages)
		return TDX_TDCX_NUM_INCORRECT;
	if (!hpa_is_shared(mod->platform, params_pa, TD_PARAMS_ALIGN) ||
	    !hpa_read(mod->platform, params_pa, &params, sizeof(params)))
		return TDX_OPERAND_INVALID | TDX_OPERAND_RDX;

	status = td_params_check(mod, &params, &regs->gpr[SEAM_RCX]);
	if (status)
		return status;

	if (!sept_init(&td->sept, td_params_five_levels(&params), td_params_wide_gpa(&params)) ||
	    !measure_begin(mod, td)) {
		sept_free(&td->sept);
		return TDX_OPERAND_BUSY | TDX_OPERAND_RCX;
	}
	td->params = params;
	td_cpuid_make(mod, &params, &td->cpuid);
	td->op_state = TD_INITIALIZED;

	return TDX_SUCCESS;
}
