// SPDX-License-Identifier: GPL-2.0-or-later
/* SEAMLDR.SHUTDOWN: P-SEAMLDR goes away until the next reset (SEAM ABI 3.7). */
#include <string.h>

#include "pseamldr/pseamldr.h"

uint64_t seamldr_shutdown(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	const struct platform_config *config = &platform->config;
	struct pseamldr *ldr = platform->pseamldr;
	struct seamextend extend = ldr->seamextend;
	uint32_t id = config->x2apic_id[lp];

	if (id >= PLATFORM_MAX_LPS)
		return SEAMLDR_EUNSPECERR;
	if (ldr->flow != LOADER_READY && ldr->flow != LOADER_SHUTDOWN)
		return SEAMLDR_EBADCALL;
	if (anything_dirty(ldr))
		return SEAMLDR_ECLEANUPREQ;

	session_add(&ldr->session, id);
	if (ldr->flow == LOADER_READY) {
		extend.seam_ready = 0;
		seamextend_write(platform, &extend);
		ldr->flow = LOADER_SHUTDOWN;
	}

	if (!session_complete(platform))
		return SEAMLDR_SUCCESS;

	/* Wrong LP for the last call: it has to be repeated on the right one */
	if (id != config->x2apic_id[0])
		return SEAMLDR_EBADCALL;

	memset(&extend, 0, sizeof(extend));
	seamextend_write(platform, &extend);

	return SEAMLDR_SUCCESS;
}
