/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seamldr_params as an onlooker reads it: where the pages of an image are. The
 * loader has its own, checking, reader.
 */
#ifndef EMULATOR_SEAMCALL_PARAMS_H
#define EMULATOR_SEAMCALL_PARAMS_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "seam/seam.h"

#define INSTALL_PARAMS_MAX_PAGES	496
#define INSTALL_PAGE_SIZE		4096

/** struct install_params - seamldr_params, version 0 (SEAM ABI 3.3) */
struct install_params {
	uint32_t version;
	uint32_t scenario;
	uint64_t sigstruct_pa;
	uint8_t reserved[104];
	uint64_t num_module_pages;
	uint64_t module_pa[INSTALL_PARAMS_MAX_PAGES];
};
static_assert(sizeof(struct install_params) == INSTALL_PAGE_SIZE, "SEAM ABI 3.3");

/** install_params_read() - read @params at @pa; false if there is nothing sensible */
bool install_params_read(const struct seam_memory *memory, uint64_t pa,
			 struct install_params *params);

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
