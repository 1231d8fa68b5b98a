// SPDX-License-Identifier: GPL-2.0-or-later
/* Birth and death of a module in the SEAM range. */
#include <stdlib.h>

#include "tdxmod/module.h"
#include "tdxmod/release.h"

struct tdxmod *tdxmod_new(struct platform *platform, const struct seam_sigstruct *sig,
			  const uint8_t *image, size_t size)
{
	struct tdxmod *mod = calloc(1, sizeof(*mod));

	if (!mod)
		return NULL;

	mod->platform = platform;
	release_desc(platform, sig, image, size, &mod->desc);
	pthread_rwlock_init(&mod->global_lock, NULL);
	pthread_rwlock_init(&mod->kot_lock, NULL);
	for (unsigned int i = 0; i < PLATFORM_MAX_SOCKETS; i++) {
		pthread_mutex_init(&mod->ket_lock[i], NULL);
		pthread_mutex_init(&mod->wbcache[i].lock, NULL);
	}
	for (unsigned int i = 0; i < TDX_MAX_TDMRS; i++)
		pthread_mutex_init(&mod->tdmr_lock[i], NULL);

	return mod;
}

void tdxmod_free(struct tdxmod *mod)
{
	if (!mod)
		return;

	for (unsigned int i = 0; i < TDX_MAX_TDMRS; i++)
		pthread_mutex_destroy(&mod->tdmr_lock[i]);
	for (unsigned int i = 0; i < PLATFORM_MAX_SOCKETS; i++) {
		pthread_mutex_destroy(&mod->wbcache[i].lock);
		pthread_mutex_destroy(&mod->ket_lock[i]);
	}
	pthread_rwlock_destroy(&mod->kot_lock);
	pthread_rwlock_destroy(&mod->global_lock);
	free(mod);
}

void tdxmod_die(struct tdxmod *mod, unsigned int lp, const char *why)
{
	platform_diagnose(mod->platform, lp, "the TDX module halts: %s, this LP never returns",
			  why);
	platform_halt_lp(mod->platform, lp, 0);
}

void tdxmod_unlock(struct tdxmod *mod, unsigned int lp)
{
	if (!platform_lp_halted(mod->platform, lp))
		pthread_rwlock_unlock(&mod->global_lock);
}

int tdxmod_state(const struct platform *platform)
{
	const struct tdxmod *mod = platform->tdxmod;

	if (!atomic_load(&platform->seam_ready) || !mod || platform_module_halted(platform))
		return -1;

	return atomic_load(&mod->state);
}

void tdxmod_set_mig_interrupted(struct platform *platform, uint16_t count)
{
	atomic_store(&platform->tdxmod->mig_interrupted_count, count);
}
