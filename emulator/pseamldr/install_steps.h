/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last LP's part of SEAMLDR.INSTALL, shared by its two halves. */
#ifndef EMULATOR_PSEAMLDR_INSTALL_STEPS_H
#define EMULATOR_PSEAMLDR_INSTALL_STEPS_H

#include "pseamldr/pseamldr.h"

/**
 * struct install - one INSTALL as its last LP sees it
 * @lp: that LP
 * @params: copied from host memory
 * @sig: copied from host memory
 */
struct install {
	unsigned int lp;
	struct seamldr_params params;
	struct seam_sigstruct sig;
};

/** struct install_result - RAX and RDX */
struct install_result {
	uint64_t status;
	bool unrecoverable;
};

static inline bool install_is_update(const struct install *install)
{
	return install->params.scenario == SEAMLDR_SCENARIO_UPDATE;
}

static inline size_t install_image_size(const struct install *install)
{
	return install->params.num_module_pages * SEAM_PAGE_SIZE;
}

/**
 * install_check() - steps 9 to 28: may this module be installed?
 * @platform: the platform; nothing of it changes
 * @params_pa: RCX of the last LP
 * @install: its @params and @sig are filled
 *
 * Return: RAX; every error is recoverable.
 */
uint64_t install_check(struct platform *platform, uint64_t params_pa, struct install *install);

/** install_commit() - steps 29 to 38: put the module into the SEAM range */
struct install_result install_commit(struct platform *platform, const struct install *install);

#endif
