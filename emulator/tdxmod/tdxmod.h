/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the platform and P-SEAMLDR, and tests, need to know of the TDX module. */
#ifndef EMULATOR_TDXMOD_TDXMOD_H
#define EMULATOR_TDXMOD_TDXMOD_H

#include "blob/sigstruct.h"
#include "platform/state.h"

/**
 * tdxmod_new() - a module that was just installed: zeroed data, state 0
 * @platform: the platform
 * @sig: sigstruct of the image
 * @image: the image, before relocation
 * @size: its size
 *
 * Metadata, features and handoff rules come from the image: from the note of a
 * test image, from the table of known releases for Intel's.
 *
 * Return: the module, NULL without memory.
 */
struct tdxmod *tdxmod_new(struct platform *platform, const struct seam_sigstruct *sig,
			  const uint8_t *image, size_t size);

/**
 * tdxmod_take_profile() - say from now on what the module of a real host has said
 * @mod: the module that BIOS has loaded, not initialised
 * @profile: what that was
 * @error: receives one sentence if that makes no sense
 */
bool tdxmod_take_profile(struct tdxmod *mod, const struct platform_profile *profile,
			 char error[static PLATFORM_ERROR_SIZE]);

/**
 * tdxmod_call() - SEAMCALL with RAX bit 63 clear
 * @platform: the platform
 * @lp: calling LP
 * @regs: its registers
 */
enum outcome tdxmod_call(struct platform *platform, unsigned int lp, struct seam_regs *regs);

/** tdxmod_free() - forget all that the module kept in the SEAM range */
void tdxmod_free(struct tdxmod *mod);

/** dram_new() - empty PAMT, no TDs; @property is kept up to date */
struct dram *dram_new(struct td_property *property);
void dram_free(struct dram *dram);

/* For tests and fuzzers: what no leaf shows or changes */

/** tdxmod_state() - state of SEAM ABI 4.1, -1 if no module is callable */
int tdxmod_state(const struct platform *platform);

/**
 * tdxmod_set_mig_interrupted() - pretend that so many migrations are interrupted
 * @platform: a platform with a module
 * @count: new value of MIG_INTERRUPTED_COUNT; migration itself is not modelled
 */
void tdxmod_set_mig_interrupted(struct platform *platform, uint16_t count);

#endif
