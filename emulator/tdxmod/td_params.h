/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TD_PARAMS: what a host may ask of a new TD. */
#ifndef EMULATOR_TDXMOD_TD_PARAMS_H
#define EMULATOR_TDXMOD_TD_PARAMS_H

#include "tdxmod/td.h"

/**
 * td_params_check() - can the module make such a TD?
 * @mod: the module, whose metadata says what it can
 * @params: from the host
 * @detail: receives RCX: the CPUID leaf and sub-leaf that is wrong, if one is
 */
uint64_t td_params_check(const struct tdxmod *mod, const struct td_params *params,
			 uint64_t *detail);

bool td_params_five_levels(const struct td_params *params);
bool td_params_wide_gpa(const struct td_params *params);

#endif
