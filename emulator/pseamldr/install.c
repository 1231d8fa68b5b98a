// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SEAMLDR.INSTALL, the part that every LP goes through (SEAM ABI 3.4 steps 1
 * to 8) and the end of a session.
 */
#include <stdlib.h>

#include "pseamldr/install_steps.h"

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

static struct install_result install(struct platform *platform, unsigned int lp,
				     uint64_t params_pa)
{
	struct pseamldr *ldr = platform->pseamldr;
	uint32_t id = platform->config.x2apic_id[lp];
	/* Errors up to step 8 are recoverable */
	struct install_result result = { .status = SEAMLDR_EBADCALL };

	if (id >= PLATFORM_MAX_LPS) {
		result.status = SEAMLDR_EUNSPECERR;
		return result;
	}
	if (ldr->flow != LOADER_READY && ldr->flow != LOADER_INSTALL)
		return result;
	if (session_has(&ldr->session, id))
		return result;

	session_add(&ldr->session, id);
	if (ldr->flow == LOADER_READY)
		begin(platform);

	if (!session_complete(platform)) {
		result.status = SEAMLDR_SUCCESS;
		return result;
	}

	result = install_last(platform, lp, params_pa);
	if (result.status && !result.unrecoverable)
		restore(platform);
	ldr->install_completed = true;
	session_end(ldr);

	return result;
}

uint64_t seamldr_install(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	struct install_result result = install(platform, lp, regs->gpr[SEAM_RCX]);

	if (loader_writes_rdx(platform))
		regs->gpr[SEAM_RDX] = result.unrecoverable;

	return result.status;
}
