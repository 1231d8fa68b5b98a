// SPDX-License-Identifier: GPL-2.0-or-later
/* Releases of the TDX module, and how their metadata developed (SEAM ABI 6.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blob/releases.h"
#include "seam/page.h"

/* CPU tables */
#define SPR	(1 << 0)
#define EMR	(1 << 1)
#define SRF	(1 << 2)
#define GNR	(1 << 3)
#define GNR_D	(1 << 4)

static const uint32_t cpu_signatures[RELEASE_MAX_CPUS] = {
	0x000806f8, 0x000c06f0, 0x000a06f0, 0x000a06d0, 0x000a06e0,
};

/* The same in every release */
#define MAX_TDMRS		64
#define MAX_RESERVED_PER_TDMR	16
#define PAMT_ENTRY_SIZE		16
#define TDVPS_PAGES		6
#define XFAM_FIXED0		0x6dbe7
#define XFAM_FIXED1		0x3

/* ATTRIBUTES_FIXED0 and CONFIG_FLAGS_FIXED0 only ever gain bits within a series */
#define ATTRIBUTES_1_5_01	0x8000000070000001
#define ATTRIBUTES_1_5_05	(ATTRIBUTES_1_5_01 | 1 << 27)
#define ATTRIBUTES_1_5_06	(ATTRIBUTES_1_5_05 | 1 << 16)
#define ATTRIBUTES_2_0_02	(ATTRIBUTES_1_5_06 | 1ULL << 62)
#define ATTRIBUTES_2_0_08	(ATTRIBUTES_2_0_02 | 1 << 6)
#define CONFIG_1_5_01		0x07
#define CONFIG_1_5_06		(CONFIG_1_5_01 | 1 << 3)
#define CONFIG_2_0_02		(CONFIG_1_5_06 | 1 << 4)
#define CONFIG_2_0_18		(CONFIG_2_0_02 | 1 << 7)

/* What code does (SEAM ABI 4.2, 4.5, 4.8), by the first release that does it */
#define FLAGS_1_5_01	MODULE_CHECKS_PAYLOAD
#define FLAGS_1_5_05	(FLAGS_1_5_01 | MODULE_VP_INIT_V1)
#define FLAGS_2_0_14	(FLAGS_1_5_05 | MODULE_UPDATE_V1 | MODULE_INIT_V1 | MODULE_COUNTS_BUILDS)
#define FLAGS_2_0_16	((FLAGS_2_0_14 & ~MODULE_CHECKS_PAYLOAD) | MODULE_CONFIG_V1 | \
			 MODULE_PADS_HANDOFF)
#define FLAGS_2_0_18	(FLAGS_2_0_16 | MODULE_UPDATE_CHECKS_FIRST | MODULE_EXPORT_V1)

#define TD_INFERRED	(RELEASE_TDCS | RELEASE_MAX_VCPUS | RELEASE_ATTRIBUTES | \
			 RELEASE_CONFIG_FLAGS)
#define HANDOFF_INFERRED (RELEASE_HV | RELEASE_MIN_HV | RELEASE_NO_DOWNGRADE | \
			  RELEASE_HANDOFF_PAGES)
/* Nobody has parsed the sigstruct */
#define SIG_INFERRED	(RELEASE_PAGES | RELEASE_CPUS)

const struct release releases[] = {
	{ .series = RELEASE_1_5, .update = 1, .date = 0x20231008, .svn_major = 1, .svn_minor = 4,
	  .seamhash = { 0x97, 0x90, 0xd8, 0x9a, 0x10, 0x21, 0x0e, 0xc6 },
	  .pages = 102, .cpus = SPR | EMR, .tdcs_pages = 6, .handoff_pages = 14,
	  .attributes_fixed0 = ATTRIBUTES_1_5_01, .config_flags_fixed0 = CONFIG_1_5_01,
	  .features0 = 0xf0fbf, .flags = FLAGS_1_5_01 },
	{ .series = RELEASE_1_5, .update = 5, .date = 0x20240129, .svn_major = 1, .svn_minor = 5,
	  .seamhash = { 0x1c, 0xc6, 0xa1, 0x7a, 0xb7, 0x99, 0xe9, 0xa6 },
	  .pages = 102, .cpus = SPR | EMR | SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_05,
	  .config_flags_fixed0 = CONFIG_1_5_01, .features0 = 0x1f0fbf, .flags = FLAGS_1_5_05 },
	{ .series = RELEASE_1_5, .update = 6, .date = 0x20240407, .svn_major = 1, .svn_minor = 6,
	  .seamhash = { 0x5b, 0x38, 0xe3, 0x3a, 0x64, 0x87, 0x95, 0x8b },
	  .pages = 101, .cpus = SPR | EMR | SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_1_5_06, .features0 = 0x2e1f0fbf, .flags = FLAGS_1_5_05 },
	/* Bit 4 of CONFIG_FLAGS comes with bit 33 of TDX_FEATURES0, as in 2.0.02 */
	{ .series = RELEASE_1_5, .update = 8, .date = 0x20240725, .svn_major = 1, .svn_minor = 7,
	  .seamhash = { 0x49, 0xb6, 0x6f, 0xaa, 0x45, 0x1d, 0x19, 0xeb },
	  .pages = 101, .cpus = SPR | EMR | SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x22e1f0fbf, .flags = FLAGS_1_5_05,
	  .inferred = TD_INFERRED | RELEASE_FLAGS },
	{ .series = RELEASE_1_5, .update = 9, .date = 0x20240912, .svn_major = 1, .svn_minor = 8,
	  .seamhash = { 0xbf, 0xb3, 0x60, 0xac, 0x8e, 0x62, 0x33, 0xa1 },
	  .pages = 109, .cpus = SPR | EMR | SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x26f1f0fbf, .flags = FLAGS_1_5_05,
	  .inferred = TD_INFERRED | RELEASE_FLAGS },
	{ .series = RELEASE_1_5, .update = 13, .date = 0x20250207, .svn_major = 1, .svn_minor = 10,
	  .seamhash = { 0x27, 0xb6, 0x7e, 0x0b, 0x20, 0x50, 0x8f, 0x0a },
	  .pages = 109, .cpus = SPR | EMR | SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x226f1f0fbf, .flags = FLAGS_1_5_05,
	  .inferred = TD_INFERRED | RELEASE_FLAGS },
	{ .series = RELEASE_1_5, .update = 16, .date = 0x20250219, .svn_major = 1, .svn_minor = 11,
	  .seamhash = { 0x7b, 0xf0, 0x63, 0x28, 0x0e, 0x94, 0xfb, 0x05 },
	  .pages = 115, .cpus = SPR | EMR | SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x226f3f0fbf, .flags = FLAGS_1_5_05,
	  .inferred = TD_INFERRED | RELEASE_FLAGS },
	{ .series = RELEASE_1_5, .update = 20, .svn_major = 1, .svn_minor = 12,
	  .seamhash = { 0xd0, 0xd8, 0x0c, 0x08, 0x51, 0x66, 0xba, 0x78 },
	  .pages = 115, .cpus = SPR | EMR | SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x10326f3f0fbf,
	  .flags = FLAGS_1_5_05,
	  .inferred = RELEASE_CPUID_CONFIG | TD_INFERRED | HANDOFF_INFERRED | SIG_INFERRED |
		      RELEASE_FLAGS },
	/* Two builds of one step; 2.0.14 has the same features, and its source is known */
	{ .series = RELEASE_1_5, .update = 24, .svn_major = 1, .svn_minor = 13,
	  .seamhash = { 0x48, 0x9e, 0x58, 0x5f, 0x1c, 0x54, 0xbc, 0x5a },
	  .pages = 115, .cpus = SPR | EMR, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0xd1326f3f0fbf, .module_hv = 1,
	  .crypto_generation = 1, .flags = FLAGS_2_0_14,
	  .inferred = RELEASE_CPUID_CONFIG | TD_INFERRED | HANDOFF_INFERRED | RELEASE_PAGES |
		      RELEASE_CRYPTO | RELEASE_FLAGS },
	{ .series = RELEASE_1_5, .update = 25, .svn_major = 1, .svn_minor = 13,
	  .seamhash = { 0xfc, 0xa4, 0xff, 0x22, 0x12, 0x93, 0x80, 0x7e },
	  .pages = 115, .cpus = SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0xd1326f3f0fbf, .module_hv = 1,
	  .crypto_generation = 1, .flags = FLAGS_2_0_14,
	  .inferred = RELEASE_CPUID_CONFIG | TD_INFERRED | HANDOFF_INFERRED | RELEASE_SVN |
		      RELEASE_PAGES | RELEASE_CRYPTO | RELEASE_FLAGS },
	{ .series = RELEASE_1_5, .update = 28, .svn_major = 1, .svn_minor = 14,
	  .seamhash = { 0x34, 0x6b, 0xc7, 0x7a, 0x18, 0x46, 0xca, 0xc2 },
	  .pages = 115, .cpus = SPR | EMR | SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x18d1326f3f0fbf, .module_hv = 1,
	  .no_downgrade = 1, .crypto_generation = 1, .flags = FLAGS_2_0_16,
	  .inferred = RELEASE_HANDOFF_PAGES | SIG_INFERRED },
	{ .series = RELEASE_1_5, .update = 34, .svn_major = 1, .svn_minor = 15,
	  .pages = 115, .cpus = SPR | EMR | SRF, .tdcs_pages = 6, .handoff_pages = 14,
	  .max_vcpus = 576, .attributes_fixed0 = ATTRIBUTES_1_5_06,
	  .config_flags_fixed0 = CONFIG_2_0_18, .features0 = 0x15ad9326f3f1fbf, .module_hv = 2,
	  .no_downgrade = 1, .crypto_generation = 2, .flags = FLAGS_2_0_18,
	  .inferred = RELEASE_HANDOFF_PAGES | SIG_INFERRED },

	{ .series = RELEASE_2_0, .update = 2, .build_num = 786, .date = 0x20240814,
	  .svn_major = 3, .svn_minor = 3,
	  .seamhash = { 0x68, 0x5f, 0x89, 0x1e, 0xa5, 0xc2, 0x0e, 0x8f },
	  .pages = 131, .cpus = GNR, .tdcs_pages = 7, .handoff_pages = 25,
	  .max_vcpus = 1376, .attributes_fixed0 = ATTRIBUTES_2_0_02,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x22e1f0fbf, .flags = FLAGS_1_5_05 },
	{ .series = RELEASE_2_0, .update = 4, .build_num = 859, .internal = 8,
	  .date = 0x20250109, .svn_major = 3, .svn_minor = 4,
	  .seamhash = { 0x64, 0xca, 0xe4, 0x97, 0xe0, 0xc6, 0x22, 0x11 },
	  .pages = 134, .cpus = GNR | GNR_D, .tdcs_pages = 9, .handoff_pages = 25,
	  .max_vcpus = 1376, .attributes_fixed0 = ATTRIBUTES_2_0_02,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x26f1f0fbf, .flags = FLAGS_1_5_05 },
	{ .series = RELEASE_2_0, .update = 5, .build_num = 863, .date = 0x20250123,
	  .svn_major = 3, .svn_minor = 4,
	  .seamhash = { 0x6f, 0x65, 0xe5, 0x70, 0xe3, 0xbc, 0x41, 0x8d },
	  .pages = 134, .cpus = GNR | GNR_D, .tdcs_pages = 9, .handoff_pages = 25,
	  .max_vcpus = 1376, .attributes_fixed0 = ATTRIBUTES_2_0_02,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x26f1f0fbf, .flags = FLAGS_1_5_05,
	  .inferred = TD_INFERRED | RELEASE_FLAGS },
	{ .series = RELEASE_2_0, .update = 8, .build_num = 882, .date = 0x20250325,
	  .svn_major = 3, .svn_minor = 5,
	  .seamhash = { 0x47, 0x6a, 0x29, 0x97, 0xc6, 0x2b, 0xcc, 0xc7 },
	  .pages = 146, .cpus = GNR | GNR_D, .tdcs_pages = 9, .handoff_pages = 25,
	  .max_vcpus = 1376, .attributes_fixed0 = ATTRIBUTES_2_0_08,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x10326f3f0fbf,
	  .flags = FLAGS_1_5_05 },
	{ .series = RELEASE_2_0, .update = 12, .svn_major = 3, .svn_minor = 6,
	  .seamhash = { 0x87, 0xbd, 0xf5, 0x03, 0x56, 0xb9, 0x5e, 0x26 },
	  .pages = 146, .cpus = GNR | GNR_D, .tdcs_pages = 9, .handoff_pages = 25,
	  .max_vcpus = 1376, .attributes_fixed0 = ATTRIBUTES_2_0_08,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x10326f3f0fbf,
	  .flags = FLAGS_1_5_05,
	  .inferred = RELEASE_TDCS | RELEASE_HANDOFF_PAGES | SIG_INFERRED },
	{ .series = RELEASE_2_0, .update = 14, .svn_major = 3, .svn_minor = 7,
	  .seamhash = { 0xae, 0xf4, 0xed, 0x3e, 0x68, 0x6f, 0xe6, 0xcf },
	  .pages = 146, .cpus = GNR | GNR_D, .tdcs_pages = 9, .handoff_pages = 25,
	  .max_vcpus = 1376, .attributes_fixed0 = ATTRIBUTES_2_0_08,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0xd1326f3f0fbf, .module_hv = 1,
	  .crypto_generation = 1, .flags = FLAGS_2_0_14,
	  .inferred = RELEASE_CPUID_CONFIG | RELEASE_MIN_HV | RELEASE_NO_DOWNGRADE |
		      RELEASE_HANDOFF_PAGES | SIG_INFERRED | RELEASE_CRYPTO },
	{ .series = RELEASE_2_0, .update = 16, .svn_major = 3, .svn_minor = 8,
	  .seamhash = { 0xf4, 0x07, 0x72, 0xd8, 0x26, 0x08, 0xda, 0x54 },
	  .pages = 146, .cpus = GNR | GNR_D, .tdcs_pages = 9, .handoff_pages = 25,
	  .max_vcpus = 1376, .attributes_fixed0 = ATTRIBUTES_2_0_08,
	  .config_flags_fixed0 = CONFIG_2_0_02, .features0 = 0x18d1326f3f0fbf, .module_hv = 1,
	  .no_downgrade = 1, .crypto_generation = 1, .flags = FLAGS_2_0_16,
	  .inferred = RELEASE_TDCS | RELEASE_CONFIG_FLAGS | RELEASE_HANDOFF_PAGES |
		      SIG_INFERRED },
	{ .series = RELEASE_2_0, .update = 18, .svn_major = 3, .svn_minor = 9,
	  .pages = 146, .cpus = GNR | GNR_D, .tdcs_pages = 9, .handoff_pages = 25,
	  .max_vcpus = 1376, .attributes_fixed0 = ATTRIBUTES_2_0_08,
	  .config_flags_fixed0 = CONFIG_2_0_18, .features0 = 0x15ad9326f3f1fbf, .module_hv = 2,
	  .no_downgrade = 1, .crypto_generation = 1, .flags = FLAGS_2_0_18,
	  .inferred = RELEASE_HANDOFF_PAGES | SIG_INFERRED },
};

const unsigned int nr_releases = ARRAY_SIZE(releases);

const char *const release_column_names[NR_RELEASE_COLUMNS] = {
	"CPUID_CONFIG", "TDCS_BASE_SIZE", "MAX_VCPUS_PER_TD", "ATTRIBUTES_FIXED0",
	"CONFIG_FLAGS_FIXED0", "MODULE_HV", "MIN_UPDATE_HV", "NO_DOWNGRADE",
	"NUM_HANDOFF_PAGES", "SEAMSVN", "module pages", "CPU table", "crypto generation",
	"leaf versions",
};

/* Version numbers of a series */
static const uint8_t series_version[NR_RELEASE_SERIES][2] = {
	[RELEASE_1_5] = { 1, 5 },
	[RELEASE_2_0] = { 2, 0 },
};

/** struct since - the update of each series that began something */
struct since {
	uint8_t update[NR_RELEASE_SERIES];
};

#define NEVER			UINT8_MAX
#define SINCE(one, two)		{ { [RELEASE_1_5] = (one), [RELEASE_2_0] = (two) } }

static bool reached(const struct release *release, const struct since *since)
{
	return release->update >= since->update[release->series];
}

/**
 * struct cpuid_entry - a position of the ordered list, which only ever grows
 * @config: the leaf, with the masks that it began with
 * @since: releases whose list has it
 */
struct cpuid_entry {
	struct module_cpuid_config config;
	struct since since;
};

/* Lists of 12, 18 and 28 leaves */
#define LIST_12			SINCE(1, 2)
#define LIST_18			SINCE(5, 2)
#define LIST_28			SINCE(9, 4)

#define CACHES(subleaf, edx)						\
	{ { 0x4, (subleaf), .direct = { 0xffffc3ff, 0xfffff000, 0xffffffff, (edx) } }, LIST_12 }
#define TOPOLOGY(subleaf)						\
	{ { 0x1f, (subleaf), .direct = { 0x1f, 0xffff, 0xffff, 0 } }, LIST_18 }
#define TRANSLATION(subleaf)						\
	{ { 0x18, (subleaf), .direct = { 0, 0, 0, 0x03ffc000 } }, LIST_28 }

static const struct cpuid_entry cpuid_list[] = {
	{ { 0x1, MODULE_NO_SUBLEAF, .direct = { 0x0fff3fff, 0x00ff0000, 0, 0 },
	    .allow = { 0, 0, 0x31044d88, 0xb8440000 } }, LIST_12 },
	CACHES(0, 0xfffffffb), CACHES(1, 0xfffffffb), CACHES(2, 0xfffffffb), CACHES(3, 0x7),
	{ { 0x7, 0, .allow = { 0, 0xdc2b9b18, 0x02417f65, 0x0005411c } }, LIST_12 },
	{ { 0x7, 1, .allow = { 0x1d30, 0, 0, 0 } }, LIST_12 },
	{ { .leaf = 0xa, .subleaf = MODULE_NO_SUBLEAF }, LIST_12 },
	{ { 0x1c, MODULE_NO_SUBLEAF, .allow = { 0xff, 0, 0, 0 } }, LIST_12 },
	{ { 0x80000008, MODULE_NO_SUBLEAF, .allow = { 0, 0x200, 0, 0 } }, LIST_12 },
	{ { 0x7, 2, .allow = { 0, 0, 0, 0x28 } }, LIST_12 },
	{ { 0x23, 0, .allow = { 0xf, 0, 0, 0 } }, LIST_12 },
	TOPOLOGY(0), TOPOLOGY(1), TOPOLOGY(2), TOPOLOGY(3), TOPOLOGY(4), TOPOLOGY(5),
	{ { .leaf = 0x19, .subleaf = MODULE_NO_SUBLEAF }, LIST_28 },
	TRANSLATION(0), TRANSLATION(1), TRANSLATION(2), TRANSLATION(3), TRANSLATION(4),
	TRANSLATION(5), TRANSLATION(6), TRANSLATION(7), TRANSLATION(8),
};

#define NR_CPUID_ENTRIES	(ARRAY_SIZE(cpuid_list))

static_assert(NR_CPUID_ENTRIES <= MODULE_MAX_CPUID_CONFIG, "a module has room for the list");

/**
 * struct cpuid_step - a later change of one mask
 * @leaf: which leaf; also @subleaf
 * @direct: bits of EAX, EBX, ECX and EDX that became direct
 * @no_direct: bits that no longer were
 * @allow: bits that became allowed
 * @since: releases from which on this holds
 */
struct cpuid_step {
	uint32_t leaf, subleaf;
	uint32_t direct[4], no_direct[4], allow[4];
	struct since since;
};

#define CACHES_STEP(subleaf)						\
	{ 0x4, (subleaf), .direct = { 0, 0, 0, 0x4 }, .no_direct = { 0, 0, 0, 0xfffffff8 }, \
	  .since = SINCE(9, 2) }

static const struct cpuid_step cpuid_steps[] = {
	{ 0x7, 1, .allow = { 0x04000000, 0, 0, 0x430 }, .since = SINCE(5, 2) },
	{ 0x7, 1, .allow = { 0x00880080, 0, 0, 0x20000 }, .since = SINCE(6, 2) },
	{ 0x80000008, MODULE_NO_SUBLEAF, .direct = { 0xff, 0, 0, 0 }, .since = SINCE(6, 2) },
	/* MCE, MTRR and MCA */
	{ 0x1, MODULE_NO_SUBLEAF, .allow = { 0, 0, 0, 0x5080 }, .since = SINCE(9, 4) },
	CACHES_STEP(0), CACHES_STEP(1), CACHES_STEP(2),
	/* IA32_CORE_CAPABILITIES */
	{ 0x7, 0, .allow = { 0, 0, 0, 0x40000000 }, .since = SINCE(9, 4) },
	{ 0x7, 1, .allow = { 0, 0, 0, 0x4000 }, .since = SINCE(16, 2) },
	{ 0x7, 1, .allow = { 0x00200000, 0, 0, 0 }, .since = SINCE(NEVER, 2) },
	{ 0x7, 1, .allow = { 0xf, 0, 0, 0 }, .since = SINCE(NEVER, 8) },
};

static void apply_step(struct module_cpuid_config *config, const struct cpuid_step *step)
{
	for (unsigned int r = 0; r < 4; r++) {
		config->direct[r] = (config->direct[r] & ~step->no_direct[r]) | step->direct[r];
		config->allow[r] |= step->allow[r];
	}
}

static void describe_cpuid(const struct release *release, struct module_desc *desc)
{
	for (size_t i = 0; i < NR_CPUID_ENTRIES; i++) {
		const struct cpuid_entry *entry = &cpuid_list[i];
		struct module_cpuid_config *config = &desc->cpuid_config[i];

		if (!reached(release, &entry->since))
			break;
		*config = entry->config;
		desc->nr_cpuid_config++;
		for (size_t s = 0; s < ARRAY_SIZE(cpuid_steps); s++) {
			const struct cpuid_step *step = &cpuid_steps[s];

			if (step->leaf == config->leaf && step->subleaf == config->subleaf &&
			    reached(release, &step->since))
				apply_step(config, step);
		}
	}
}

/* Decimal, as the module tells it: the digits of a BCD date */
static uint32_t decimal_date(uint32_t bcd)
{
	char digits[9];

	snprintf(digits, sizeof(digits), "%08x", bcd);

	return strtoul(digits, NULL, 10);
}

void release_describe(const struct release *release, struct module_desc *desc)
{
	*desc = (struct module_desc) {
		.format = MODULE_DESC_FORMAT,
		.size = sizeof(*desc),
		.major = series_version[release->series][0],
		.minor = series_version[release->series][1],
		.update = release->update,
		.internal = release->internal,
		.build_num = release->build_num,
		.build_date = decimal_date(release->date),
		.flags = release->flags,
		.features0 = release->features0,
		.module_hv = release->module_hv,
		.no_downgrade = release->no_downgrade,
		.handoff_pages_raw = release->handoff_pages - 1,
		.series = release->series == RELEASE_2_0 ? MODULE_SERIES_2_0 : MODULE_SERIES_1_5,
		.crypto_generation = release->crypto_generation,
		.max_tdmrs = MAX_TDMRS,
		.max_reserved_per_tdmr = MAX_RESERVED_PER_TDMR,
		.pamt_entry_size = { PAMT_ENTRY_SIZE, PAMT_ENTRY_SIZE, PAMT_ENTRY_SIZE },
		.tdcs_pages = release->tdcs_pages,
		.tdvps_pages = TDVPS_PAGES,
		.max_vcpus_per_td = release->max_vcpus,
		.attributes_fixed0 = release->attributes_fixed0,
		.xfam_fixed0 = XFAM_FIXED0,
		.xfam_fixed1 = XFAM_FIXED1,
		.config_flags_fixed0 = release->config_flags_fixed0,
	};
	describe_cpuid(release, desc);
}

unsigned int release_cpus(const struct release *release, uint32_t cpuid[static RELEASE_MAX_CPUS])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < RELEASE_MAX_CPUS; i++) {
		if (release->cpus & 1 << i)
			cpuid[count++] = cpu_signatures[i];
	}

	return count;
}

void release_name(const struct release *release, char name[static RELEASE_NAME_SIZE])
{
	snprintf(name, RELEASE_NAME_SIZE, "%u.%u.%02u", series_version[release->series][0],
		 series_version[release->series][1], release->update);
}

const struct release *release_by_name(const char *name)
{
	unsigned int major, minor, update;
	char rest;

	if (sscanf(name, "%u.%u.%u%c", &major, &minor, &update, &rest) != 3)
		return NULL;

	for (unsigned int i = 0; i < nr_releases; i++) {
		const uint8_t *version = series_version[releases[i].series];

		if (version[0] == major && version[1] == minor && releases[i].update == update)
			return &releases[i];
	}

	return NULL;
}

const struct release *release_by_hash(const uint8_t *seamhash)
{
	static const uint8_t unknown[RELEASE_HASH_SIZE];

	for (unsigned int i = 0; i < nr_releases; i++) {
		if (memcmp(releases[i].seamhash, unknown, sizeof(unknown)) &&
		    !memcmp(releases[i].seamhash, seamhash, RELEASE_HASH_SIZE))
			return &releases[i];
	}

	return NULL;
}

const struct release *release_nearest(unsigned int svn_major, unsigned int svn_minor)
{
	const struct release *nearest = NULL;

	for (unsigned int i = 0; i < nr_releases; i++) {
		if (releases[i].svn_major == svn_major &&
		    (!nearest || releases[i].svn_minor <= svn_minor))
			nearest = &releases[i];
	}

	return nearest ? nearest : &releases[nr_releases - 1];
}
