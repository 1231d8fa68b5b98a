// SPDX-License-Identifier: GPL-2.0-or-later
/* Life and death of a platform, and its hooks. */
#include <stdio.h>
#include <stdlib.h>

#include "platform/state.h"
#include "pseamldr/pseamldr.h"
#include "seam/leaves.h"
#include "tdxmod/tdxmod.h"

#define DIAGNOSIS_SIZE	512

static void power_off(struct platform *platform)
{
	tdxmod_free(platform->tdxmod);
	dram_free(platform->dram);
	pseamldr_free(platform->pseamldr);
	free(platform->seam.handoff);
	free(platform->seam.code);
	platform->tdxmod = NULL;
	platform->dram = NULL;
	platform->pseamldr = NULL;
	platform->seam = (struct seam_range) { 0 };
	atomic_store(&platform->seam_ready, false);
	atomic_store(&platform->p_seamldr_ready, false);
	atomic_store(&platform->seam_halted, false);
	atomic_store(&platform->p_seamldr_halted, false);
	atomic_store(&platform->lps_in_seam, 0);
	for (unsigned int lp = 0; lp < PLATFORM_MAX_LPS; lp++) {
		atomic_store(&platform->lp_in_td[lp], false);
		atomic_store(&platform->lp_held[lp], false);
		atomic_store(&platform->lp_halted[lp], false);
	}
}

static bool power_on(struct platform *platform, char error[static PLATFORM_ERROR_SIZE])
{
	platform->entropy_state = platform->config.seed;
	/* Large enough for a header, which CLEANUP may invalidate at any time */
	platform->seam.handoff_size = SEAM_PAGE_SIZE;
	platform->seam.handoff = calloc(1, platform->seam.handoff_size);
	platform->dram = dram_new(&platform->td_property);
	if (!platform->seam.handoff || !platform->dram || !pseamldr_new(platform)) {
		snprintf(error, PLATFORM_ERROR_SIZE, "Not enough memory for the platform.");
		return false;
	}

	return platform_load_module(platform, error);
}

struct platform *platform_new(const struct platform_config *config,
			      const struct seam_memory *memory,
			      char error[static PLATFORM_ERROR_SIZE])
{
	struct program_text program;
	struct platform *platform;

	if (!platform_config_check(config, error) ||
	    !program_parse(config->td_program, &program, error))
		return NULL;

	platform = calloc(1, sizeof(*platform));
	if (!platform) {
		snprintf(error, PLATFORM_ERROR_SIZE, "Not enough memory for the platform.");
		return NULL;
	}

	platform->config = *config;
	platform->memory = *memory;
	platform->td_program = program;
	pthread_mutex_init(&platform->p_seamldr_lock, NULL);
	pthread_mutex_init(&platform->entropy_lock, NULL);
	if (!power_on(platform, error)) {
		platform_free(platform);
		return NULL;
	}

	return platform;
}

void platform_free(struct platform *platform)
{
	if (!platform)
		return;

	power_off(platform);
	pthread_mutex_destroy(&platform->entropy_lock);
	pthread_mutex_destroy(&platform->p_seamldr_lock);
	free(platform);
}

bool platform_reset(struct platform *platform, char error[static PLATFORM_ERROR_SIZE])
{
	power_off(platform);

	return power_on(platform, error);
}

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

bool platform_install_writes_rdx(const struct platform *platform)
{
	return loader_writes_rdx(platform);
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
