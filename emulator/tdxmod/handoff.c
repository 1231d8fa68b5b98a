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
static_assert(sizeof(struct kot_entry) == HANDOFF_KOT_ENTRY_SIZE, "layout of kot_entry");
static_assert(WBCACHE_KEYIDS + TDX_MAX_KEYIDS == HANDOFF_WBCACHE_ENTRY_SIZE,
	      "layout of a write-back entry");

/* Where data of handoff version @hv, as this module knows it, ends */
static size_t layout_end(const struct module_desc *desc, uint16_t hv)
{
	if (hv)
		return HANDOFF_END_HV1;

	return desc->series == MODULE_SERIES_2_0 ? HANDOFF_END_2_0_HV0 : HANDOFF_END_HV0;
}

static size_t capacity(const struct tdxmod *mod)
{
	return (mod->desc.handoff_pages_raw + 1ULL) * TDX_PAGE_SIZE;
}

/* The newest modules of the 2.0 series allow for the old, longer version 0 */
static size_t reader_capacity(const struct tdxmod *mod, uint16_t hv)
{
	size_t pages = capacity(mod);

	if (!hv && mod->desc.series == MODULE_SERIES_2_0 && pages < HANDOFF_2_0_HV0_SIZE)
		return HANDOFF_2_0_HV0_SIZE;

	return pages;
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
	size_t end = layout_end(&mod->desc, mod->desc.module_hv);
	struct handoff_header header = {
		.valid = 1,
		.hv = hv,
		.size = end - sizeof(header),
	};
	uint32_t nr_tdmrs = mod->nr_tdmrs;
	uint16_t count;
	uint8_t *data;

	if (end > capacity(mod) || end > seam->handoff_size)
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

enum handoff_result handoff_read(struct tdxmod *mod)
{
	struct handoff_header header = handoff_header(mod);
	const struct module_desc *desc = &mod->desc;

	if (!header.valid || header.hv < desc->min_update_hv || header.hv > desc->module_hv)
		return HANDOFF_INVALID;

	/*
	 * Only an upper bound is checked: what a shorter payload lacks reads as
	 * zero, for P-SEAMLDR zeroed it.
	 */
	if (!header.size || header.size > reader_capacity(mod, header.hv) - sizeof(header) ||
	    layout_end(desc, header.hv) > mod->platform->seam.handoff_size)
		return HANDOFF_INSANE;

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
