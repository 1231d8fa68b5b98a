/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seamldr_info as an onlooker reads it: which module the loader knows, and
 * whether it is callable. That tells failures of INSTALL apart (SEAM ABI 3.3).
 */
#ifndef EMULATOR_SEAMCALL_INFO_H
#define EMULATOR_SEAMCALL_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seam/seam.h"

/** INFO_TEXT_SIZE - enough for any description */
#define INFO_TEXT_SIZE	128

/**
 * info_describe() - put what SEAMLDR.INFO wrote into words
 * @memory: host memory
 * @pa: RCX of INFO
 * @text: receives one line
 *
 * Return: false if there is nothing to read.
 */
bool info_describe(const struct seam_memory *memory, uint64_t pa,
		   char text[static INFO_TEXT_SIZE]);

#endif
