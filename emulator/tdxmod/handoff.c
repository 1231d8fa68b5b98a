// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The handoff data: the one thing in the SEAM range that a module leaves to
 * the next (SEAM ABI 4.5). A module writes its own layout whatever version was
 * asked for; the label tells the reader how much of it to believe.
 */
#include <string.h>

#include "tdxmod/module.h"

/* Offsets from the start of the data region, header included */
#define HANDOFF_KOT			0x0008
#define HANDOFF_KOT_ENTRY_SIZE		8
#define HANDOFF_WBCACHE			0x4008
#define HANDOFF_WBCACHE_ENTRY_SIZE	2064
#define HANDOFF_TDMRS			0x8088
#define HANDOFF_NR_TDMRS		0xd088
#define HANDOFF_HKID			0xd08c
#define HANDOFF_PACKAGES		0xd08e
#define HANDOFF_END_HV0			0xd092
#define HANDOFF_TD_BUILD_COUNT		0xd093
#define HANDOFF_MIG_INTERRUPTED_COUNT	0xd095
#define HANDOFF_END_HV1			0xd097
#define HANDOFF_END_HV2			0xd099
/* Modules that pad end here, whatever they have to say */
#define HANDOFF_END_PADDED		0xe000
/* Modules of the 2.0 series with version 0: I/O tables, then a dynamic PAMT flag */
#define HANDOFF_END_2_0_HV0		(101818 + 1)
#define HANDOFF_2_0_HV0_SIZE		(25 * TDX_PAGE_SIZE)

/* Layout of one package's write-back entry */
#define WBCACHE_INTERRUPTED		0
#define WBCACHE_CHUNK			2
#define WBCACHE_KEYIDS			16

static_assert(HANDOFF_KOT + TDX_MAX_KEYIDS * HANDOFF_KOT_ENTRY_SIZE == HANDOFF_WBCACHE,
	      "layout of the KeyID ownership table");
static_assert(HANDOFF_WBCACHE + PLATFORM_MAX_SOCKETS * HANDOFF_WBCACHE_ENTRY_SIZE == HANDOFF_TDMRS,
	      "layout of the cache write-back table");
static_assert(HANDOFF_TDMRS + TDX_MAX_TDMRS * sizeof(struct tdmr_info) == HANDOFF_NR_TDMRS,
	      "layout of the TDMR table");
/* Whatever a module writes, its pages hold all that one reads */
static_assert(HANDOFF_END_HV0 + TDX_PAGE_SIZE > HANDOFF_END_PADDED, "size of the handoff pages");
static_assert(HANDOFF_END_HV2 <= HANDOFF_END_PADDED, "size of the handoff pages");
static_assert(sizeof(struct kot_entry) == HANDOFF_KOT_ENTRY_SIZE, "layout of kot_entry");
static_assert(WBCACHE_KEYIDS + TDX_MAX_KEYIDS == HANDOFF_WBCACHE_ENTRY_SIZE,
	      "layout of a write-back entry");

/* Where the data that this module writes ends */
static size_t written_end(const struct module_desc *desc)
{
	if (desc->flags & MODULE_PADS_HANDOFF)
		return HANDOFF_END_PADDED;
	if (desc->module_hv)
		return desc->module_hv > 1 ? HANDOFF_END_HV2 : HANDOFF_END_HV1;

	return desc->series == MODULE_SERIES_2_0 ? HANDOFF_END_2_0_HV0 : HANDOFF_END_HV0;
}

/* As much as P-SEAMLDR was told to reserve, not as much as is compiled in */
static size_t area(const struct tdxmod *mod)
{
	return (mod->platform->seam.sysinfo.handoff_pages_raw + 1ULL) * TDX_PAGE_SIZE;
}

bool handoff_area_suffices(const struct tdxmod *mod)
{
	return area(mod) >= written_end(&mod->desc);
}

/*
 * The check ends with 2.0.14, which reads the longer version 0 of its series
 * into less space of its own (SEAM ABI 4.5 row 4).
 */
static bool payload_ok(const struct tdxmod *mod, const struct handoff_header *header)
{
	const struct module_desc *desc = &mod->desc;
	bool long_hv0 = !header->hv && desc->module_hv && desc->series == MODULE_SERIES_2_0;
	size_t most = long_hv0 ? HANDOFF_2_0_HV0_SIZE : area(mod) - sizeof(*header);

	if (!(desc->flags & MODULE_CHECKS_PAYLOAD))
		return true;

	return header->size && header->size <= most;
}

static void put(uint8_t *data, size_t offset, const void *value, size_t size)
{
	memcpy(data + offset, value, size);
}

static void get(const uint8_t *data, size_t offset, void *value, size_t size)
{
	memcpy(value, data + offset, size);
}

bool handoff_write(struct tdxmod *mod, uint16_t hv)
{
	struct seam_range *seam = &mod->platform->seam;
	size_t end = written_end(&mod->desc);
	struct handoff_header header = {
		.valid = 1,
		.hv = hv,
		.size = end - sizeof(header),
	};
	uint32_t nr_tdmrs = mod->nr_tdmrs;
	uint16_t count;
	uint8_t *data;

	if (!handoff_area_suffices(mod))
		return false;

	data = seam->handoff;
	memset(data, 0, end);
	put(data, HANDOFF_KOT, mod->kot, sizeof(mod->kot));
	for (unsigned int i = 0; i < PLATFORM_MAX_SOCKETS; i++) {
		size_t at = HANDOFF_WBCACHE + i * HANDOFF_WBCACHE_ENTRY_SIZE;
		const struct wbcache *wb = &mod->wbcache[i];

		data[at + WBCACHE_INTERRUPTED] = wb->interrupted;
		put(data, at + WBCACHE_CHUNK, &wb->chunk, sizeof(wb->chunk));
		put(data, at + WBCACHE_KEYIDS, wb->keyids, sizeof(wb->keyids));
	}
	put(data, HANDOFF_TDMRS, mod->tdmrs, sizeof(mod->tdmrs));
	put(data, HANDOFF_NR_TDMRS, &nr_tdmrs, sizeof(nr_tdmrs));
	put(data, HANDOFF_HKID, &mod->hkid, sizeof(mod->hkid));
	put(data, HANDOFF_PACKAGES, &mod->packages_configured, sizeof(mod->packages_configured));
	if (mod->desc.module_hv) {
		count = atomic_load(&mod->td_build_count);
		put(data, HANDOFF_TD_BUILD_COUNT, &count, sizeof(count));
		count = atomic_load(&mod->mig_interrupted_count);
		put(data, HANDOFF_MIG_INTERRUPTED_COUNT, &count, sizeof(count));
	}

	/* Last: only a complete payload is ever valid */
	put(data, 0, &header, sizeof(header));

	return true;
}

struct handoff_header handoff_header(const struct tdxmod *mod)
{
	struct handoff_header header;

	get(mod->platform->seam.handoff, 0, &header, sizeof(header));

	return header;
}

static void restore(struct tdxmod *mod, uint16_t hv)
{
	const uint8_t *data = mod->platform->seam.handoff;
	uint32_t nr_tdmrs;
	uint16_t count;

	get(data, HANDOFF_KOT, mod->kot, sizeof(mod->kot));
	for (unsigned int i = 0; i < PLATFORM_MAX_SOCKETS; i++) {
		size_t at = HANDOFF_WBCACHE + i * HANDOFF_WBCACHE_ENTRY_SIZE;
		struct wbcache *wb = &mod->wbcache[i];

		wb->interrupted = data[at + WBCACHE_INTERRUPTED];
		get(data, at + WBCACHE_CHUNK, &wb->chunk, sizeof(wb->chunk));
		get(data, at + WBCACHE_KEYIDS, wb->keyids, sizeof(wb->keyids));
	}
	get(data, HANDOFF_TDMRS, mod->tdmrs, sizeof(mod->tdmrs));
	get(data, HANDOFF_NR_TDMRS, &nr_tdmrs, sizeof(nr_tdmrs));
	mod->nr_tdmrs = nr_tdmrs;
	get(data, HANDOFF_HKID, &mod->hkid, sizeof(mod->hkid));
	get(data, HANDOFF_PACKAGES, &mod->packages_configured, sizeof(mod->packages_configured));
	/* Data of version 0 knows no counters: they start at 0 (SEAM ABI 7.3) */
	if (hv) {
		get(data, HANDOFF_TD_BUILD_COUNT, &count, sizeof(count));
		atomic_store(&mod->td_build_count, count);
		get(data, HANDOFF_MIG_INTERRUPTED_COUNT, &count, sizeof(count));
		atomic_store(&mod->mig_interrupted_count, count);
	}
}

enum handoff_result handoff_read(struct tdxmod *mod, unsigned int lp)
{
	struct handoff_header header = handoff_header(mod);
	const struct module_desc *desc = &mod->desc;

	if (!header.valid || header.hv < desc->min_update_hv || header.hv > desc->module_hv)
		return HANDOFF_INVALID;

	if (!payload_ok(mod, &header))
		return HANDOFF_INSANE;
	if (header.size + sizeof(header) > area(mod))
		platform_diagnose(mod->platform, lp,
				  "the handoff data reaches beyond the handoff pages into what the module keeps per LP: what that breaks is not modelled");

	/* What a shorter payload lacks reads as zero, for P-SEAMLDR zeroed it */
	restore(mod, header.hv);

	return HANDOFF_OK;
}

void handoff_consume(struct tdxmod *mod)
{
	struct handoff_header header = handoff_header(mod);

	header.valid = 0;
	header.size = 0;
	put(mod->platform->seam.handoff, 0, &header, sizeof(header));
}
