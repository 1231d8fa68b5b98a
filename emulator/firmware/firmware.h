/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A platform with P-SEAMLDR and, if its BIOS loads one, a TDX module: what there
 * is to call for whoever executes SEAMCALL.
 */
#ifndef EMULATOR_FIRMWARE_FIRMWARE_H
#define EMULATOR_FIRMWARE_FIRMWARE_H

#include "platform/platform.h"

/**
 * platform_new() - build a platform and let its BIOS load the module image
 * @config: copied; what it points to is not
 * @memory: host physical memory; copied
 * @error: receives one sentence on failure
 *
 * Return: the platform, or NULL if the description contradicts itself or
 * P-SEAMLDR refuses the image.
 */
struct platform *platform_new(const struct platform_config *config,
			      const struct seam_memory *memory,
			      char error[static PLATFORM_ERROR_SIZE]);

/** platform_free() - release everything; NULL is allowed */
void platform_free(struct platform *platform);

/**
 * platform_reset() - cold reset: forget everything, load the image again
 * @platform: no LP may be inside a firmware call
 * @error: receives one sentence on failure
 *
 * Return: false if the image does not load (any more).
 */
bool platform_reset(struct platform *platform,
		    char error[static PLATFORM_ERROR_SIZE]);

/**
 * firmware_call() - one SEAMCALL; RAX bit 63 selects the firmware
 * @platform: the platform
 * @lp: calling LP: a 0-based index, not the x2APIC id
 * @regs: its registers, in and out
 *
 * Calls on different LPs may come from different threads at the same time;
 * never two at once for the same LP. An LP for which OUTCOME_HALTED came back
 * makes no call until the platform is reset.
 */
enum outcome firmware_call(struct platform *platform, unsigned int lp, struct seam_regs *regs);

/**
 * firmware_install_writes_rdx() - does INSTALL say in RDX whether an error is recoverable?
 *
 * Else it leaves the register alone, which is unconfirmed for P-SEAMLDR 2.0.
 */
bool firmware_install_writes_rdx(const struct platform *platform);

#endif
