// SPDX-License-Identifier: GPL-2.0-or-later
/* What the firmwares ask of the platform, and where its LPs are. */
#include <stdio.h>

#include "platform/state.h"
#include "seam/leaves.h"

#define DIAGNOSIS_SIZE	512

const struct platform_config *platform_config(const struct platform *platform)
{
	return &platform->config;
}

bool platform_seam_ready(const struct platform *platform)
{
	return atomic_load(&platform->seam_ready);
}

bool platform_lp_in_td(const struct platform *platform, unsigned int lp)
{
	return atomic_load(&platform->lp_in_td[lp]) || atomic_load(&platform->lp_held[lp]);
}

void platform_hold_lp(struct platform *platform, unsigned int lp, bool inside)
{
	/* Apart from what VP.ENTER notes: the LP may enter and leave TDs at any time */
	if (atomic_exchange(&platform->lp_held[lp], inside) == inside)
		return;

	if (inside)
		atomic_fetch_add(&platform->lps_in_seam, 1);
	else
		atomic_fetch_sub(&platform->lps_in_seam, 1);
}

void platform_halt_lp(struct platform *platform, unsigned int lp, uint64_t rax)
{
	if (atomic_exchange(&platform->lp_halted[lp], true))
		return;

	atomic_fetch_add(&platform->lps_in_seam, 1);
	if (rax & SEAM_P_SEAMLDR)
		atomic_store(&platform->p_seamldr_halted, true);
	atomic_store(&platform->seam_halted, true);
}

bool platform_lp_halted(const struct platform *platform, unsigned int lp)
{
	return atomic_load(&platform->lp_halted[lp]);
}

bool platform_module_halted(const struct platform *platform)
{
	return atomic_load(&platform->seam_halted) &&
	       !platform_other(platform, UNCONFIRMED_HALT_MODULE);
}

bool platform_loader_halted(const struct platform *platform)
{
	return atomic_load(&platform->p_seamldr_halted) ||
	       (atomic_load(&platform->seam_halted) &&
		platform_other(platform, UNCONFIRMED_HALT_LOADER));
}

bool platform_interrupt_pending(struct platform *platform, unsigned int lp)
{
	const struct platform_hooks *hooks = &platform->config.hooks;

	return hooks->interrupt_pending && hooks->interrupt_pending(hooks->ctx, lp);
}

void platform_diagnose(struct platform *platform, unsigned int lp, const char *format, ...)
{
	const struct platform_hooks *hooks = &platform->config.hooks;
	char sentence[DIAGNOSIS_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);

	if (hooks->diagnose)
		hooks->diagnose(hooks->ctx, lp, sentence);
	else
		fprintf(stderr, "LP %u: %s\n", lp, sentence);
}
