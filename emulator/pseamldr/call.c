// SPDX-License-Identifier: GPL-2.0-or-later
/* Entry into P-SEAMLDR: the single-entry rule and the choice of the leaf. */
#include "pseamldr/pseamldr.h"
#include "seam/leaves.h"
#include "seam/page.h"

static const struct {
	uint64_t leaf;
	seamldr_handler *handler;
} leaves[] = {
#define SEAMLDR_LEAF(number, symbol, function)	{ SEAMLDR_##symbol, function },
#define TDX_LEAF(...)
#define TDX_NAME(...)
#include "seam/leaves.def"
};

static uint64_t dispatch(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	uint64_t rax = regs->gpr[SEAM_RAX];

	/* The whole word is compared: there is no version field (SEAM ABI 1.1) */
	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++) {
		if (leaves[i].leaf == rax)
			return leaves[i].handler(platform, lp, regs);
	}

	platform_diagnose(platform, lp, "P-SEAMLDR has no leaf 0x%llx", (unsigned long long)rax);

	return SEAMLDR_EBADPARAM;
}

enum outcome pseamldr_call(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	uint64_t status;

	if (pthread_mutex_trylock(&platform->p_seamldr_lock))
		return OUTCOME_VMFAIL_INVALID;

	if (!atomic_load(&platform->p_seamldr_ready) ||
	    platform_loader_halted(platform)) {
		pthread_mutex_unlock(&platform->p_seamldr_lock);
		return OUTCOME_VMFAIL_INVALID;
	}

	status = dispatch(platform, lp, regs);
	pthread_mutex_unlock(&platform->p_seamldr_lock);
	regs->gpr[SEAM_RAX] = status;

	return OUTCOME_DONE;
}
