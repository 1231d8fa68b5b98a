// SPDX-License-Identifier: GPL-2.0-or-later
/* RDRAND of the platform: the caller's, or a generator that a seed starts. */
#include "platform/state.h"

/* Constants of splitmix64 (Steele, Lea, Flood 2014) */
#define SPLITMIX_STEP	0x9e3779b97f4a7c15ULL
#define SPLITMIX_MUL1	0xbf58476d1ce4e5b9ULL
#define SPLITMIX_MUL2	0x94d049bb133111ebULL

/* How often RDRAND still succeeds in this thread, if it starves */
static _Thread_local unsigned int starving_after;
static _Thread_local bool starving;

static uint64_t next(struct platform *platform)
{
	uint64_t z;

	pthread_mutex_lock(&platform->entropy_lock);
	platform->entropy_state += SPLITMIX_STEP;
	z = platform->entropy_state;
	pthread_mutex_unlock(&platform->entropy_lock);

	z = (z ^ z >> 30) * SPLITMIX_MUL1;
	z = (z ^ z >> 27) * SPLITMIX_MUL2;

	return z ^ z >> 31;
}

bool platform_entropy(struct platform *platform, uint64_t *value)
{
	const struct platform_hooks *hooks = &platform->config.hooks;

	if (starving && !starving_after)
		return false;
	if (starving)
		starving_after--;
	if (hooks->entropy)
		return hooks->entropy(hooks->ctx, value);

	*value = next(platform);

	return true;
}

void platform_starve(unsigned int after)
{
	starving_after = after;
	starving = true;
}

void platform_feed(void)
{
	starving = false;
}
