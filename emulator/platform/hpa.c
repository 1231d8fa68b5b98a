// SPDX-License-Identifier: GPL-2.0-or-later
/* Rules for host physical addresses, and access to the memory behind them. */
#include "platform/hpa.h"

bool keyid_is_private(const struct platform *platform, uint64_t keyid)
{
	const struct platform_config *config = &platform->config;

	return keyid > config->nr_mktme_keyids &&
	       keyid <= (uint64_t)config->nr_mktme_keyids + config->nr_tdx_keyids;
}

static bool in_seamrr(const struct platform *platform, uint64_t pa, uint64_t size)
{
	const struct platform_config *config = &platform->config;

	return pa < config->seamrr_base + config->seamrr_size &&
	       config->seamrr_base < pa + size;
}

bool hpa_is_shared(const struct platform *platform, uint64_t pa, uint64_t size)
{
	if (pa & (size - 1))
		return false;
	if (pa >> platform->config.maxpa)
		return false;
	if (in_seamrr(platform, hpa_strip(platform, pa), size))
		return false;

	return hpa_keyid(platform, pa) <= platform->config.nr_mktme_keyids;
}

bool hpa_read(struct platform *platform, uint64_t pa, void *buf, size_t size)
{
	const struct seam_memory *memory = &platform->memory;

	return memory->read(memory->ctx, hpa_strip(platform, pa), buf, size);
}

bool hpa_write(struct platform *platform, uint64_t pa, const void *buf, size_t size)
{
	const struct seam_memory *memory = &platform->memory;

	return memory->write(memory->ctx, hpa_strip(platform, pa), buf, size);
}
