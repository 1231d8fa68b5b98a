// SPDX-License-Identifier: GPL-2.0-or-later
/* The cold path: TDH.SYS.CONFIG and TDH.SYS.KEY.CONFIG. */
#include <string.h>

#include "platform/hpa.h"
#include "tdxmod/memory.h"
#include "tdxmod/module.h"
#include "tdxmod/tdmr.h"

#define TDMR_POINTERS_ALIGN	512
#define TDMR_INFO_ALIGN		512

static uint64_t read_tdmrs(struct tdxmod *mod, unsigned int lp, const struct seam_regs *regs)
{
	struct platform *platform = mod->platform;
	uint64_t array = regs->gpr[SEAM_RCX];
	uint64_t count = regs->gpr[SEAM_RDX];
	uint64_t pointers[TDX_MAX_TDMRS];
	uint64_t status;

	if (!hpa_is_shared(platform, array, TDMR_POINTERS_ALIGN))
		return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
	if (!count || count > mod->desc.max_tdmrs || count > TDX_MAX_TDMRS)
		return TDX_OPERAND_INVALID | TDX_OPERAND_RDX;
	if (!keyid_is_private(platform, regs->gpr[SEAM_R8]))
		return TDX_OPERAND_INVALID | TDX_OPERAND_R8;
	status = options_check(mod, regs);
	if (status)
		return status;
	if (!hpa_read(platform, array, pointers, count * sizeof(pointers[0]))) {
		platform_diagnose(platform, lp, "SYS.CONFIG was given a TDMR list at 0x%llx, where there is no memory",
				  (unsigned long long)array);
		return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
	}

	memset(mod->tdmrs, 0, sizeof(mod->tdmrs));
	for (uint64_t i = 0; i < count; i++) {
		if (!hpa_is_shared(platform, pointers[i], TDMR_INFO_ALIGN) ||
		    !hpa_read(platform, pointers[i], &mod->tdmrs[i], sizeof(mod->tdmrs[i])))
			return TDX_OPERAND_INVALID | TDX_OPERAND_RCX;
	}
	mod->nr_tdmrs = count;

	return TDX_SUCCESS;
}

uint64_t tdh_sys_config(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status;

	if (atomic_load(&mod->state) != SYSINIT_DONE || !tdxmod_all_lps_initialised(mod))
		return TDX_SYS_CONFIG_NOT_PENDING;

	status = read_tdmrs(mod, lp, regs);
	if (!status)
		status = tdmrs_check(mod);
	if (status) {
		mod->nr_tdmrs = 0;
		return status;
	}

	/* Of what version 1 can enable in R9 nothing is modelled */
	mod->hkid = regs->gpr[SEAM_R8];
	mod->kot[mod->hkid].state = KOT_RESERVED;
	/* The new PAMT areas hold nothing of an earlier configuration */
	dram_clear(mod->platform->dram);
	atomic_store(&mod->state, SYSCONFIG_DONE);

	return TDX_SUCCESS;
}

uint64_t tdh_sys_key_config(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	const struct platform_config *config = &mod->platform->config;
	uint32_t package = 1U << config->package[lp];
	uint64_t key;

	if (atomic_load(&mod->state) != SYSCONFIG_DONE)
		return TDX_SYS_KEY_CONFIG_NOT_PENDING;
	if (mod->packages_configured & package)
		return TDX_KEY_CONFIGURED;
	if (!platform_entropy(mod->platform, &key))
		return TDX_KEY_GENERATION_FAILED;

	mod->packages_configured |= package;
	if (mod->packages_configured == (1U << config->nr_sockets) - 1)
		atomic_store(&mod->state, SYS_READY);

	return TDX_SUCCESS;
}
