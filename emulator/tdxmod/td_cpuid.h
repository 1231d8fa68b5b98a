/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID of TDs: what a host may configure, and what comes of it (SEAM ABI 4.6, 6.4). */
#ifndef EMULATOR_TDXMOD_TD_CPUID_H
#define EMULATOR_TDXMOD_TD_CPUID_H

#include "tdxmod/td.h"

/** td_cpuid_configurable() - CPUID_CONFIG_VALUES: register @r of position @index */
uint32_t td_cpuid_configurable(const struct tdxmod *mod, unsigned int index, unsigned int r);

/** td_attributes_fixed0() - ATTRIBUTES_FIXED0, less what the CPU does not have */
uint64_t td_attributes_fixed0(const struct tdxmod *mod);

/**
 * td_cpuid_check() - can the module make such a CPUID?
 * @mod: the module
 * @params: from the host; values are taken by position
 * @detail: receives the leaf and sub-leaf that is wrong, if one is
 */
uint64_t td_cpuid_check(const struct tdxmod *mod, const struct td_params *params,
			uint64_t *detail);

/** td_cpuid_make() - the CPUID of a new TD, from @params that were checked */
void td_cpuid_make(const struct tdxmod *mod, const struct td_params *params,
		   struct td_cpuid *cpuid);

/** td_cpuid_find() - a leaf of the TD, with MODULE_NO_SUBLEAF or not; NULL: none */
const struct native_leaf *td_cpuid_find(const struct td_cpuid *cpuid, uint32_t leaf,
					uint32_t subleaf);

#endif
