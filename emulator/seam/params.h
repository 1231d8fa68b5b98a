/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host gives to SEAMLDR.INSTALL (SEAM ABI 3.3). */
#ifndef EMULATOR_SEAM_PARAMS_H
#define EMULATOR_SEAM_PARAMS_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "seam/page.h"

#define SEAMLDR_MAX_MODULE_PAGES	496

/** enum seamldr_scenario - what INSTALL is asked for */
enum seamldr_scenario {
	SEAMLDR_SCENARIO_LOAD = 0,
	SEAMLDR_SCENARIO_UPDATE = 1,
};

/** SEAMLDR_PARAMS_V1_ADDRESSES - bytes of @reserved that version 1 uses */
#define SEAMLDR_PARAMS_V1_ADDRESSES	24

/** struct seamldr_params - argument of SEAMLDR.INSTALL, version 0 */
struct seamldr_params {
	uint32_t version;
	uint32_t scenario;
	uint64_t sigstruct_pa;
	uint8_t reserved[104];
	uint64_t num_module_pages;
	uint64_t module_pa[SEAMLDR_MAX_MODULE_PAGES];
} __attribute__((packed));

static_assert(sizeof(struct seamldr_params) == SEAM_PAGE_SIZE, "layout of seamldr_params");
static_assert(offsetof(struct seamldr_params, num_module_pages) == 120,
	      "layout of seamldr_params.num_module_pages");

#endif
