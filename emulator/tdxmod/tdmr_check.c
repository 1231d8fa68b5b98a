// SPDX-License-Identifier: GPL-2.0-or-later
/* What TDH.SYS.CONFIG demands of TDMRs, reserved areas, PAMTs and CMRs. */
#include "platform/hpa.h"
#include "tdxmod/tdmr.h"

/* Index of a reserved area, above that of its TDMR, in a status' low bits */
#define RESERVED_INDEX_SHIFT	8

static const uint64_t pamt_unit[NR_PAMT_SIZES] = { 1ULL << 30, 1ULL << 21, 1ULL << 12 };

static uint64_t area_end(const struct tdmr_area *area)
{
	return area->base + area->size;
}

static bool aligned(uint64_t value, uint64_t unit)
{
	return !(value & (unit - 1));
}

/* In range of physical addresses, so that base + size cannot wrap */
static bool physical(const struct tdxmod *mod, uint64_t base, uint64_t size)
{
	uint64_t top = 1ULL << hpa_bits(mod->platform);

	return base < top && size <= top - base;
}

static bool overlap(uint64_t base1, uint64_t end1, uint64_t base2, uint64_t end2)
{
	return base1 < end2 && base2 < end1;
}

static uint64_t check_shape(const struct tdxmod *mod)
{
	uint64_t previous = 0;

	for (unsigned int i = 0; i < mod->nr_tdmrs; i++) {
		const struct tdmr_info *tdmr = &mod->tdmrs[i];

		if (!tdmr->size || !aligned(tdmr->base, TDMR_GRANULARITY) ||
		    !aligned(tdmr->size, TDMR_GRANULARITY) ||
		    !physical(mod, tdmr->base, tdmr->size))
			return TDX_INVALID_TDMR | i;
		if (tdmr->base < previous)
			return TDX_NON_ORDERED_TDMR | i;
		previous = tdmr->base + tdmr->size;
	}

	return TDX_SUCCESS;
}

static uint64_t check_reserved(const struct tdxmod *mod, unsigned int i)
{
	const struct tdmr_info *tdmr = &mod->tdmrs[i];
	uint64_t previous = 0;
	bool last = false;

	for (unsigned int j = 0; j < TDX_MAX_RESERVED; j++) {
		const struct tdmr_area *area = &tdmr->reserved[j];
		uint64_t index = i | j << RESERVED_INDEX_SHIFT;

		if (!area->size) {
			last = true;
			continue;
		}
		if (last || j >= mod->desc.max_reserved_per_tdmr ||
		    !aligned(area->base | area->size, TDX_PAGE_SIZE) ||
		    area->base >= tdmr->size || area->size > tdmr->size - area->base)
			return TDX_INVALID_RESERVED_IN_TDMR | index;
		if (area->base < previous)
			return TDX_NON_ORDERED_RESERVED_IN_TDMR | index;
		previous = area_end(area);
	}

	return TDX_SUCCESS;
}

static bool in_cmrs(const struct tdxmod *mod, uint64_t base, uint64_t end)
{
	const struct platform_config *config = &mod->platform->config;

	/* CMRs ascend, and neighbours may touch */
	for (unsigned int i = 0; i < config->nr_cmrs && base < end; i++) {
		const struct platform_cmr *cmr = &config->cmr[i];

		if (base >= cmr->base && base < cmr->base + cmr->size)
			base = cmr->base + cmr->size;
	}

	return base >= end;
}

/* All of a TDMR that is not reserved has to be convertible memory */
static uint64_t check_cmrs(const struct tdxmod *mod, unsigned int i)
{
	const struct tdmr_info *tdmr = &mod->tdmrs[i];
	uint64_t base = tdmr->base;

	for (unsigned int j = 0; j < TDX_MAX_RESERVED && tdmr->reserved[j].size; j++) {
		const struct tdmr_area *area = &tdmr->reserved[j];

		if (!in_cmrs(mod, base, tdmr->base + area->base))
			return TDX_TDMR_OUTSIDE_CMRS | i;
		base = tdmr->base + area_end(area);
	}

	if (!in_cmrs(mod, base, tdmr->base + tdmr->size))
		return TDX_TDMR_OUTSIDE_CMRS | i;

	return TDX_SUCCESS;
}

static bool pamt_overlaps_tdmr(const struct tdmr_area *pamt, const struct tdmr_info *tdmr)
{
	uint64_t base = tdmr->base;

	for (unsigned int j = 0; j < TDX_MAX_RESERVED && tdmr->reserved[j].size; j++) {
		const struct tdmr_area *area = &tdmr->reserved[j];

		if (overlap(pamt->base, area_end(pamt), base, tdmr->base + area->base))
			return true;
		base = tdmr->base + area_end(area);
	}

	return overlap(pamt->base, area_end(pamt), base, tdmr->base + tdmr->size);
}

static bool pamt_overlaps(const struct tdxmod *mod, unsigned int i, unsigned int kind)
{
	const struct tdmr_area *pamt = &mod->tdmrs[i].pamt[kind];

	for (unsigned int k = 0; k < mod->nr_tdmrs; k++) {
		const struct tdmr_info *other = &mod->tdmrs[k];

		if (pamt_overlaps_tdmr(pamt, other))
			return true;
		/* Each pair once: against the areas that were checked before */
		for (unsigned int l = 0; l < NR_PAMT_SIZES; l++) {
			if ((k > i || (k == i && l >= kind)))
				break;
			if (overlap(pamt->base, area_end(pamt), other->pamt[l].base,
				    area_end(&other->pamt[l])))
				return true;
		}
	}

	return false;
}

static uint64_t check_pamts(const struct tdxmod *mod, unsigned int i)
{
	const struct tdmr_info *tdmr = &mod->tdmrs[i];

	for (unsigned int kind = 0; kind < NR_PAMT_SIZES; kind++) {
		const struct tdmr_area *pamt = &tdmr->pamt[kind];
		uint64_t entry = mod->desc.pamt_entry_size[NR_PAMT_SIZES - 1 - kind];
		uint64_t need = tdmr->size / pamt_unit[kind] * entry;

		if (!aligned(pamt->base | pamt->size, TDX_PAGE_SIZE) || pamt->size < need ||
		    !physical(mod, pamt->base, pamt->size))
			return TDX_INVALID_PAMT | i;
		if (!in_cmrs(mod, pamt->base, area_end(pamt)))
			return TDX_PAMT_OUTSIDE_CMRS | i;
		if (pamt_overlaps(mod, i, kind))
			return TDX_PAMT_OVERLAP | i;
	}

	return TDX_SUCCESS;
}

uint64_t tdmrs_check(const struct tdxmod *mod)
{
	uint64_t status = check_shape(mod);

	for (unsigned int i = 0; i < mod->nr_tdmrs && !status; i++) {
		status = check_reserved(mod, i);
		if (!status)
			status = check_cmrs(mod, i);
	}
	/* PAMTs last: they are compared with reserved areas that are known good */
	for (unsigned int i = 0; i < mod->nr_tdmrs && !status; i++)
		status = check_pamts(mod, i);

	return status;
}
