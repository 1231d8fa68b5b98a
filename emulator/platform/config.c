// SPDX-License-Identifier: GPL-2.0-or-later
/* Defaults of a platform description, and what makes one impossible. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blob/test_key.h"
#include "platform/state.h"
#include "seam/page.h"

#define KIB			1024ULL
#define MIB			(KIB * KIB)
#define GIB			(KIB * MIB)

#define GRANITE_RAPIDS_CPUID	0x000a06d1

#define DEFAULT_MAXPA		46
#define DEFAULT_KEYID_BITS	6
#define DEFAULT_MKTME_KEYIDS	15
#define DEFAULT_TDX_KEYIDS	48
#define DEFAULT_SEAMRR_SIZE	(64 * MIB)
#define DEFAULT_SEAMRR_BASE	(512 * GIB - DEFAULT_SEAMRR_SIZE)
#define DEFAULT_P_SEAMLDR_SIZE	(2 * MIB)
#define DEFAULT_SEAMDB_SIZE	32
#define DEFAULT_BUILD_DATE	20240101

#define SEAMRR_GRANULARITY	(32 * MIB)
#define MAX_PHYSICAL_BITS	52
#define MAX_KEYIDS		2048
/* One KeyID for the module and one for a TD */
#define MIN_TDX_KEYIDS		2

#define refuse(error, ...) (snprintf(error, PLATFORM_ERROR_SIZE, __VA_ARGS__), false)

static void parse_hash(const char *hex, uint8_t hash[static PLATFORM_HASH_SIZE])
{
	for (unsigned int i = 0; i < PLATFORM_HASH_SIZE; i++) {
		char digits[3] = { hex[2 * i], hex[2 * i + 1] };

		hash[i] = strtoul(digits, NULL, 16);
	}
}

void platform_config_init(struct platform_config *config, unsigned int nr_lps,
			  unsigned int nr_sockets)
{
	*config = (struct platform_config) {
		.nr_lps = nr_lps,
		.nr_sockets = nr_sockets,
		.maxpa = DEFAULT_MAXPA,
		.keyid_bits = DEFAULT_KEYID_BITS,
		.nr_mktme_keyids = DEFAULT_MKTME_KEYIDS,
		.nr_tdx_keyids = DEFAULT_TDX_KEYIDS,
		.seamrr_base = DEFAULT_SEAMRR_BASE,
		.seamrr_size = DEFAULT_SEAMRR_SIZE,
		.p_seamldr_base = DEFAULT_SEAMRR_BASE + DEFAULT_SEAMRR_SIZE -
				  DEFAULT_P_SEAMLDR_SIZE,
		.p_seamldr_size = DEFAULT_P_SEAMLDR_SIZE,
		.seamdb_size = DEFAULT_SEAMDB_SIZE,
		.loader = { .major = 2, .build_date = DEFAULT_BUILD_DATE },
		.nr_key_hashes = 2,
	};
	parse_hash(INTEL_KEY_HASH, config->key_hash[0]);
	parse_hash(TEST_KEY_HASH, config->key_hash[1]);

	for (unsigned int s = 0; s < nr_sockets && s < PLATFORM_MAX_SOCKETS; s++)
		config->cpuid_1_eax[s] = GRANITE_RAPIDS_CPUID;
	for (unsigned int lp = 0; lp < nr_lps && lp < PLATFORM_MAX_LPS; lp++) {
		config->x2apic_id[lp] = lp;
		config->package[lp] = (uint64_t)lp * nr_sockets / nr_lps;
	}
}

static bool topology_check(const struct platform_config *config, char *error)
{
	bool seen[PLATFORM_MAX_LPS] = { false };
	bool populated[PLATFORM_MAX_SOCKETS] = { false };

	if (!config->nr_lps || config->nr_lps > PLATFORM_MAX_LPS)
		return refuse(error, "%u LPs: choose 1 to %u", config->nr_lps, PLATFORM_MAX_LPS);
	if (!config->nr_sockets || config->nr_sockets > PLATFORM_MAX_SOCKETS)
		return refuse(error, "%u sockets: choose 1 to %u", config->nr_sockets,
			      PLATFORM_MAX_SOCKETS);

	for (unsigned int lp = 0; lp < config->nr_lps; lp++) {
		uint32_t id = config->x2apic_id[lp];

		/* P-SEAMLDR refuses larger ids at run time, so the model lets them be */
		if (id < PLATFORM_MAX_LPS && seen[id])
			return refuse(error, "two LPs have x2APIC id %u: make them unique", id);
		if (id < PLATFORM_MAX_LPS)
			seen[id] = true;
		if (config->package[lp] >= config->nr_sockets)
			return refuse(error, "LP %u is in socket %u of %u", lp,
				      config->package[lp], config->nr_sockets);
		populated[config->package[lp]] = true;
	}
	for (unsigned int s = 0; s < config->nr_sockets; s++) {
		if (!populated[s])
			return refuse(error, "socket %u has no LP: use fewer sockets", s);
	}

	return true;
}

static bool keys_check(const struct platform_config *config, char *error)
{
	uint64_t keyids = 1ULL + config->nr_mktme_keyids + config->nr_tdx_keyids;

	if (config->maxpa > MAX_PHYSICAL_BITS || config->keyid_bits >= config->maxpa ||
	    config->maxpa - config->keyid_bits < 32)
		return refuse(error, "%u physical address bits with %u KeyID bits are impossible",
			      config->maxpa, config->keyid_bits);
	if (keyids > 1ULL << config->keyid_bits || keyids > MAX_KEYIDS)
		return refuse(error, "%u MKTME and %u TDX KeyIDs do not fit %u KeyID bits",
			      config->nr_mktme_keyids, config->nr_tdx_keyids,
			      config->keyid_bits);
	if (config->nr_tdx_keyids < MIN_TDX_KEYIDS)
		return refuse(error, "%u TDX KeyIDs: TDX needs at least %u",
			      config->nr_tdx_keyids, MIN_TDX_KEYIDS);
	if (!config->nr_key_hashes || config->nr_key_hashes > PLATFORM_MAX_KEYS)
		return refuse(error, "%u signing keys: choose 1 to %u", config->nr_key_hashes,
			      PLATFORM_MAX_KEYS);

	return true;
}

static bool seam_range_check(const struct platform_config *config, char *error)
{
	uint64_t top = 1ULL << (config->maxpa - config->keyid_bits);
	uint64_t base = config->seamrr_base;
	uint64_t size = config->seamrr_size;
	uint64_t end = base + size;

	if (size < SEAMRR_GRANULARITY || size & (size - 1) || base & (size - 1) ||
	    size > top || base > top - size)
		return refuse(error,
			      "the SEAM range at 0x%llx, size 0x%llx, is not a naturally aligned power of two of 32 MiB or more below 0x%llx",
			      (unsigned long long)base, (unsigned long long)size,
			      (unsigned long long)top);
	if (config->p_seamldr_base <= base || config->p_seamldr_base >= end ||
	    (config->p_seamldr_base & SEAM_PAGE_OFFSET) ||
	    config->p_seamldr_size != end - config->p_seamldr_base)
		return refuse(error,
			      "the P-SEAMLDR range is not at the top of the SEAM range");
	if (!config->seamdb_size)
		return refuse(error, "a SEAMDB of no entries cannot hold the loaded module");

	return true;
}

static bool cmr_check(const struct platform_config *config, char *error)
{
	uint64_t seamrr_end = config->seamrr_base + config->seamrr_size;
	uint64_t top = 1ULL << (config->maxpa - config->keyid_bits);
	uint64_t previous = 0;

	if (config->nr_cmrs > PLATFORM_MAX_CMRS)
		return refuse(error, "%u CMRs: choose at most %u", config->nr_cmrs,
			      PLATFORM_MAX_CMRS);

	for (unsigned int i = 0; i < config->nr_cmrs; i++) {
		const struct platform_cmr *cmr = &config->cmr[i];

		if (!cmr->size || (cmr->base | cmr->size) & SEAM_PAGE_OFFSET ||
		    cmr->base >= top || cmr->size > top - cmr->base)
			return refuse(error, "CMR %u is empty, not page aligned or out of range",
				      i);
		if (cmr->base < previous)
			return refuse(error, "CMR %u is not above the one before it", i);
		if (cmr->base < seamrr_end && config->seamrr_base < cmr->base + cmr->size)
			return refuse(error, "CMR %u overlaps the SEAM range", i);
		previous = cmr->base + cmr->size;
	}

	return true;
}

bool platform_config_check(const struct platform_config *config,
			   char error[static PLATFORM_ERROR_SIZE])
{
	return topology_check(config, error) && keys_check(config, error) &&
	       seam_range_check(config, error) && cmr_check(config, error);
}
