// SPDX-License-Identifier: GPL-2.0-or-later
/* P-SEAMLDR as BIOS leaves it, and what hardware takes from its measurements. */
#include <stdlib.h>

#include "pseamldr/pseamldr.h"

struct pseamldr *pseamldr_new(struct platform *platform)
{
	struct pseamldr *ldr = calloc(1, sizeof(*ldr));
	struct seamextend ready = {
		.system_under_debug = !!(platform->config.sgx_debug_mode & SGX_DEBUG_MODE_UNLOCKED),
		.p_seamldr_ready = 1,
	};

	if (!ldr)
		return NULL;

	platform->pseamldr = ldr;
	seamextend_write(platform, &ready);

	return ldr;
}

void pseamldr_free(struct pseamldr *ldr)
{
	free(ldr);
}

void seamextend_write(struct platform *platform, const struct seamextend *new)
{
	platform->pseamldr->seamextend = *new;
	atomic_store(&platform->seam_ready, new->seam_ready);
	atomic_store(&platform->p_seamldr_ready, new->p_seamldr_ready);
}
