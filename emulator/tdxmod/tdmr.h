/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TD memory regions. */
#ifndef EMULATOR_TDXMOD_TDMR_H
#define EMULATOR_TDXMOD_TDMR_H

#include "tdxmod/module.h"

/** tdmrs_check() - the rules of TDH.SYS.CONFIG for mod->tdmrs; RAX */
uint64_t tdmrs_check(const struct tdxmod *mod);

/**
 * tdmr_has_page() - may the page at @pa be given to the module?
 * @mod: the module
 * @pa: page address without KeyID
 *
 * It lies in a TDMR, in none of its reserved areas, and its PAMT entry has
 * been initialised.
 */
bool tdmr_has_page(struct tdxmod *mod, uint64_t pa);

#endif
