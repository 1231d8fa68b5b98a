// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions: every LP of the platform has to call once (SEAM ABI 3.5). */
#include <string.h>

#include "pseamldr/pseamldr.h"

static uint64_t session_bit(uint32_t x2apic_id)
{
	return 1ULL << x2apic_id % 64;
}

bool session_has(const struct loader_session *session, uint32_t x2apic_id)
{
	return x2apic_id < PLATFORM_MAX_LPS &&
	       session->lps[x2apic_id / 64] & session_bit(x2apic_id);
}

void session_add(struct loader_session *session, uint32_t x2apic_id)
{
	if (session_has(session, x2apic_id))
		return;

	session->lps[x2apic_id / 64] |= session_bit(x2apic_id);
	session->count++;
}

bool session_complete(const struct platform *platform)
{
	return platform->pseamldr->session.count == platform->config.nr_lps;
}

void session_end(struct pseamldr *ldr)
{
	memset(&ldr->session, 0, sizeof(ldr->session));
	ldr->flow = LOADER_READY;
}

bool anything_dirty(const struct pseamldr *ldr)
{
	for (unsigned int i = 0; i < PLATFORM_MAX_SOCKETS; i++) {
		if (ldr->key_dirty[i] || ldr->cache_dirty[i])
			return true;
	}

	return false;
}
