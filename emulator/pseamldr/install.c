// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SEAMLDR.INSTALL, the part that every LP goes through (SEAM ABI 3.4 steps 1
 * to 8) and the end of a session.
 */
#include <stdlib.h>

#include "pseamldr/install.h"

static void begin(struct platform *platform)
{
	struct pseamldr *ldr = platform->pseamldr;
	struct seamextend extend = ldr->seamextend;

	ldr->snapshot = ldr->seamextend;
	extend.seam_ready = 0;
	seamextend_write(platform, &extend);
	ldr->flow = LOADER_INSTALL;
}

/* Recoverable: the old module is as it was, its readiness included */
static void restore(struct platform *platform)
{
	seamextend_write(platform, &platform->pseamldr->snapshot);
}

static struct install_result install_last(struct platform *platform, unsigned int lp,
					  uint64_t params_pa)
{
	struct install *install = calloc(1, sizeof(*install));
	struct install_result result = { .status = SEAMLDR_EUNSPECERR };

	if (!install)
		return result;

	install->lp = lp;
	result.status = install_check(platform, params_pa, install);
	if (!result.status)
		result = install_commit(platform, install);
	free(install);

	return result;
}

uint64_t seamldr_install(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	struct pseamldr *ldr = platform->pseamldr;
	uint32_t id = platform->config.x2apic_id[lp];
	struct install_result result;

	/* Errors up to step 8 are recoverable */
	regs->gpr[SEAM_RDX] = 0;

	if (id >= PLATFORM_MAX_LPS)
		return SEAMLDR_EUNSPECERR;
	if (ldr->flow != LOADER_READY && ldr->flow != LOADER_INSTALL)
		return SEAMLDR_EBADCALL;
	if (session_has(&ldr->session, id))
		return SEAMLDR_EBADCALL;

	session_add(&ldr->session, id);
	if (ldr->flow == LOADER_READY)
		begin(platform);

	if (!session_complete(platform))
		return SEAMLDR_SUCCESS;

	result = install_last(platform, lp, regs->gpr[SEAM_RCX]);
	if (result.status && !result.unrecoverable)
		restore(platform);
	ldr->install_completed = true;
	session_end(ldr);
	regs->gpr[SEAM_RDX] = result.unrecoverable;

	return result.status;
}
