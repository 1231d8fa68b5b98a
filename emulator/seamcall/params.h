/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seamldr_params as an onlooker reads it: where the pages of an image are. The
 * loader has its own, checking, reader.
 */
#ifndef EMULATOR_SEAMCALL_PARAMS_H
#define EMULATOR_SEAMCALL_PARAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "seam/params.h"
#include "seam/seam.h"

/** install_params_read() - read @params at @pa; false if there is nothing sensible */
bool install_params_read(const struct seam_memory *memory, uint64_t pa,
			 struct seamldr_params *params);

#define INSTALL_DIGEST_SIZE	32

/**
 * install_params_digest() - SHA-256 over params, sigstruct and module pages
 * @memory: host memory
 * @pa: RCX of INSTALL
 * @digest: result
 *
 * Return: false if not all of it can be read.
 */
bool install_params_digest(const struct seam_memory *memory, uint64_t pa,
			   uint8_t digest[static INSTALL_DIGEST_SIZE]);

#endif
