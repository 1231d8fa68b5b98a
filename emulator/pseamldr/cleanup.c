// SPDX-License-Identifier: GPL-2.0-or-later
/* SEAMLDR.CLEANUP: new keys, flushed caches, no module (SEAM ABI 3.7). */
#include <string.h>

#include "pseamldr/pseamldr.h"

/* WBINVDP flushes a domain piece by piece; the real number is not published */
#define CACHE_CHUNKS	16

static void begin(struct platform *platform)
{
	struct pseamldr *ldr = platform->pseamldr;
	struct seamextend extend = ldr->seamextend;
	struct handoff_header *handoff = (struct handoff_header *)platform->seam.handoff;

	ldr->flow = LOADER_CLEANUP;
	memset(ldr->cleanup_keyid, 0, sizeof(ldr->cleanup_keyid));
	memset(ldr->cleanup_chunk, 0, sizeof(ldr->cleanup_chunk));

	extend.seam_ready = 0;
	extend.svn_minor = 0;
	extend.svn_major = 0;
	extend.last_patch_svn = 0;
	seamextend_write(platform, &extend);

	handoff->valid = 0;
}

static bool last_of_package(const struct platform *platform, unsigned int lp)
{
	const struct platform_config *config = &platform->config;
	const struct loader_session *session = &platform->pseamldr->session;

	for (unsigned int other = 0; other < config->nr_lps; other++) {
		if (other != lp && config->package[other] == config->package[lp] &&
		    !session_has(session, config->x2apic_id[other]))
			return false;
	}

	return true;
}

static uint64_t reprogram_keys(struct platform *platform, unsigned int lp, unsigned int package)
{
	struct pseamldr *ldr = platform->pseamldr;
	unsigned int *done = &ldr->cleanup_keyid[package];
	uint64_t key;

	while (*done < platform->config.nr_tdx_keyids) {
		if (!platform_entropy(platform, &key))
			return SEAMLDR_ENOENTROPY;

		++*done;
		if (platform_interrupt_pending(platform, lp))
			return SEAMLDR_EINTERRUPT;
	}
	ldr->key_dirty[package] = false;

	return SEAMLDR_SUCCESS;
}

static uint64_t flush_cache(struct platform *platform, unsigned int lp, unsigned int domain)
{
	struct pseamldr *ldr = platform->pseamldr;
	unsigned int *done = &ldr->cleanup_chunk[domain];

	while (*done < CACHE_CHUNKS) {
		++*done;
		if (platform_interrupt_pending(platform, lp))
			return SEAMLDR_EINTERRUPT;
	}
	ldr->cache_dirty[domain] = false;

	return SEAMLDR_SUCCESS;
}

static void finish(struct platform *platform)
{
	struct pseamldr *ldr = platform->pseamldr;
	struct seamextend extend = ldr->seamextend;

	memset(&extend, 0, SEAMEXTEND_MEASUREMENTS_SIZE);
	seamextend_write(platform, &extend);
	seamdb_clear(platform);
	session_end(ldr);
}

uint64_t seamldr_cleanup(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	unsigned int package = platform->config.package[lp];
	struct pseamldr *ldr = platform->pseamldr;
	uint32_t id = platform->config.x2apic_id[lp];
	uint64_t status;

	if (id >= PLATFORM_MAX_LPS)
		return SEAMLDR_EUNSPECERR;
	if (ldr->flow != LOADER_READY && ldr->flow != LOADER_CLEANUP)
		return SEAMLDR_EBADCALL;
	if (session_has(&ldr->session, id))
		return SEAMLDR_EBADCALL;
	if (!ldr->install_completed)
		return SEAMLDR_EBADCALL;

	if (ldr->flow == LOADER_READY)
		begin(platform);

	/* An interrupted LP is not done: its next call goes on where it stopped */
	if (last_of_package(platform, lp)) {
		status = reprogram_keys(platform, lp, package);
		if (status)
			return status;
		status = flush_cache(platform, lp, package);
		if (status)
			return status;
	}

	session_add(&ldr->session, id);
	if (session_complete(platform))
		finish(platform);

	return SEAMLDR_SUCCESS;
}
