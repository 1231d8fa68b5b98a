// SPDX-License-Identifier: GPL-2.0-or-later
/* The platform with both firmwares in it: made, reset, called and released. */
#include <stdio.h>
#include <stdlib.h>

#include "firmware/bios.h"
#include "firmware/firmware.h"
#include "pseamldr/pseamldr.h"
#include "seam/leaves.h"
#include "tdxmod/program.h"
#include "tdxmod/tdxmod.h"

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
		snprintf(error, PLATFORM_ERROR_SIZE, "not enough memory for the platform");
		return false;
	}

	return bios_load_module(platform, error);
}

struct platform *platform_new(const struct platform_config *config,
			      const struct seam_memory *memory,
			      char error[static PLATFORM_ERROR_SIZE])
{
	struct program_text *program;
	struct platform *platform;

	if (!platform_config_check(config, error))
		return NULL;

	platform = calloc(1, sizeof(*platform));
	program = calloc(1, sizeof(*program));
	if (!platform || !program) {
		snprintf(error, PLATFORM_ERROR_SIZE, "not enough memory for the platform");
		goto free;
	}
	if (!program_parse(config->td_program, program, error))
		goto free;

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
free:
	free(program);
	free(platform);

	return NULL;
}

void platform_free(struct platform *platform)
{
	if (!platform)
		return;

	power_off(platform);
	pthread_mutex_destroy(&platform->entropy_lock);
	pthread_mutex_destroy(&platform->p_seamldr_lock);
	free(platform->td_program);
	free(platform);
}

bool platform_reset(struct platform *platform, char error[static PLATFORM_ERROR_SIZE])
{
	power_off(platform);

	return power_on(platform, error);
}

enum outcome firmware_call(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	if (regs->gpr[SEAM_RAX] & SEAM_P_SEAMLDR)
		return pseamldr_call(platform, lp, regs);

	return tdxmod_call(platform, lp, regs);
}

bool firmware_install_writes_rdx(const struct platform *platform)
{
	return loader_writes_rdx(platform);
}
