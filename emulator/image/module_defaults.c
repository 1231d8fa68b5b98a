// SPDX-License-Identifier: GPL-2.0-or-later
/* Default metadata of a module (SEAM ABI 4.6, 6.3). */
#include "image/module_defaults.h"

#define FEATURES0_1_5_16	0x226f3f0fbfULL
#define BUILD_DATE_1_5_16	20250219
#define HANDOFF_PAGES_RAW	13

/* DEBUG, SEPT_VE_DISABLE, PKS, KL */
#define ATTRIBUTES_FIXED0	0x70000001ULL
#define XFAM_FIXED0		0x6dbe7ULL
#define XFAM_FIXED1		0x3ULL

#define CPUID_ALL_SUBLEAVES	0xffffffffU

/*
 * So many has 1.5.01. Hosts rely on the first, on 7.0 and on the last; which
 * the others are is a guess.
 */
#define NR_CPUID_CONFIG		12

#define CACHE_CONFIG		{ 0xfffff3ff, 0xffffffff, 0xffffffff, 0x00000007 }
#define TOPOLOGY_CONFIG		{ 0x0000001f, 0x0000ffff, 0x0000ffff, 0x00000000 }

void module_desc_init(struct module_desc *desc)
{
	*desc = (struct module_desc) {
		.format = MODULE_DESC_FORMAT,
		.size = sizeof(*desc),
		.major = 1,
		.minor = 5,
		.update = 16,
		.build_date = BUILD_DATE_1_5_16,
		.flags = MODULE_VP_INIT_V1,
		.features0 = FEATURES0_1_5_16,
		.handoff_pages_raw = HANDOFF_PAGES_RAW,
		.series = MODULE_SERIES_1_5,
		.max_tdmrs = 64,
		.max_reserved_per_tdmr = 16,
		.pamt_entry_size = { 16, 16, 16 },
		.tdcs_pages = 6,
		.tdvps_pages = 6,
		.max_vcpus_per_td = 576,
		.attributes_fixed0 = ATTRIBUTES_FIXED0,
		.xfam_fixed0 = XFAM_FIXED0,
		.xfam_fixed1 = XFAM_FIXED1,
		.nr_cpuid_config = NR_CPUID_CONFIG,
		.cpuid_config = {
			/* Family, model, stepping; CLFLUSH size and LP count; features */
			{ 0x1, CPUID_ALL_SUBLEAVES,
			  { 0x0fff3fff, 0x00ff0000, 0x31044988, 0xb8400000 } },
			/* Caches, and where their list ends */
			{ 0x4, 0, CACHE_CONFIG },
			{ 0x4, 1, CACHE_CONFIG },
			{ 0x4, 2, CACHE_CONFIG },
			{ 0x4, 3, CACHE_CONFIG },
			{ 0x4, 4, CACHE_CONFIG },
			{ 0x7, 0, { 0x00000000, 0xd02f4b7c, 0x08007bfe, 0xa8c14112 } },
			{ 0x7, 2, { 0x00000000, 0x00000000, 0x00000000, 0x0000003f } },
			/* Topology */
			{ 0x1f, 0, TOPOLOGY_CONFIG },
			{ 0x1f, 1, TOPOLOGY_CONFIG },
			{ 0x1f, 2, TOPOLOGY_CONFIG },
			/* Address widths: the guest's in bits 23:16 */
			{ 0x80000008, CPUID_ALL_SUBLEAVES, { 0x00ffffff, 0, 0, 0 } },
		},
	};
}
