/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a test image says about the module that it stands for. No code runs in
 * SEAM mode here, so the image carries, as an ELF note, the facts that Intel's
 * module would have compiled in; the model of the module takes its metadata,
 * features and handoff rules from there.
 */
#ifndef EMULATOR_BLOB_MODULE_DESC_H
#define EMULATOR_BLOB_MODULE_DESC_H

#include <assert.h>
#include <stdint.h>

/* The ELF note: owner, type, and the format of its content */
#define MODULE_DESC_OWNER	"TDXEMU"
#define MODULE_DESC_NOTE_TYPE	1
#define MODULE_DESC_FORMAT	2

#define MODULE_MAX_CPUID_CONFIG	32
#define MODULE_MAX_OVERRIDES	32

/* TDX_FEATURES0, the bits that the model acts upon (SEAM ABI 4.7) */
#define TDX_FEATURES0_TD_PRESERVING		(1ULL << 1)
#define TDX_FEATURES0_NO_RBP_MOD		(1ULL << 18)
#define TDX_FEATURES0_TOPOLOGY_ENUM		(1ULL << 20)
#define TDX_FEATURES0_UPDATE_COMPATIBILITY	(1ULL << 47)

/** MODULE_NO_SUBLEAF - the leaf has no sub-leaves */
#define MODULE_NO_SUBLEAF	0xffffffffU

/**
 * struct module_cpuid_config - a CPUID leaf that a TD's host configures (SEAM ABI 6.4)
 * @leaf: EAX of CPUID
 * @subleaf: ECX of CPUID, or MODULE_NO_SUBLEAF
 * @direct: bits of EAX, EBX, ECX and EDX that the TD gets as the host gives them
 * @allow: bits of the same that the host may take away from what the CPU has
 */
struct module_cpuid_config {
	uint32_t leaf;
	uint32_t subleaf;
	uint32_t direct[4];
	uint32_t allow[4];
};

static_assert(sizeof(struct module_cpuid_config) == 40, "layout of module_cpuid_config");

/** MODULE_OVERRIDE_ABSENT - TDH.SYS.RD does not know the field */
#define MODULE_OVERRIDE_ABSENT	(1U << 0)

/** struct module_override - TDH.SYS.RD answers this, whatever the model thinks */
struct module_override {
	uint64_t field_id;
	uint64_t value;
	uint32_t flags;
	uint32_t reserved;
};

static_assert(sizeof(struct module_override) == 24, "layout of module_override");

/**
 * enum module_series - whose handoff layout a module with handoff version 0 has
 */
enum module_series {
	MODULE_SERIES_1_5 = 15,
	MODULE_SERIES_2_0 = 20,
};

/* struct module_desc.flags: what code does that no metadata field tells */
/** MODULE_UPDATE_V1 - TDH.SYS.UPDATE has version 1 (SEAM ABI 4.5 row 5) */
#define MODULE_UPDATE_V1	(1U << 0)
/** MODULE_VP_INIT_V1 - TDH.VP.INIT has version 1 */
#define MODULE_VP_INIT_V1	(1U << 1)
/** MODULE_COUNTS_BUILDS - keeps TD_BUILD_COUNT and MIG_INTERRUPTED_COUNT */
#define MODULE_COUNTS_BUILDS	(1U << 2)
/** MODULE_HAS_DISABLE - has TDH.SYS.DISABLE */
#define MODULE_HAS_DISABLE	(1U << 3)
/** MODULE_INIT_V1 - TDH.SYS.INIT has version 1 (SEAM ABI 4.8) */
#define MODULE_INIT_V1		(1U << 4)
/** MODULE_CONFIG_V1 - TDH.SYS.CONFIG has version 1 (SEAM ABI 4.8) */
#define MODULE_CONFIG_V1	(1U << 5)
/** MODULE_UPDATE_CHECKS_FIRST - UPDATE version 1 checks its registers before it locks */
#define MODULE_UPDATE_CHECKS_FIRST	(1U << 6)
/** MODULE_CHECKS_PAYLOAD - UPDATE halts on a payload that is too large (SEAM ABI 4.5 row 4) */
#define MODULE_CHECKS_PAYLOAD	(1U << 7)
/** MODULE_PADS_HANDOFF - SHUTDOWN always writes 0xE000 bytes, and halts if they do not fit */
#define MODULE_PADS_HANDOFF	(1U << 8)
/** MODULE_EXPORT_V1 - EXPORT.MEM, BLOCKW, RESTORE and IMPORT.MEM have version 1 */
#define MODULE_EXPORT_V1	(1U << 9)

/**
 * struct module_desc - content of the note
 * @format: MODULE_DESC_FORMAT
 * @size: sizeof(struct module_desc)
 * @major: version; also @minor, @update, @internal, @build_num
 * @build_date: decimal yyyymmdd
 * @flags: MODULE_*
 * @features0: TDX_FEATURES0
 * @module_hv: the handoff constants that are compiled in; also @min_update_hv,
 *	@no_downgrade, @handoff_pages_raw. SYS.INIT compares them with what
 *	P-SEAMLDR took from the sigstruct.
 * @series: &enum module_series
 * @crypto_generation: CRYPTO_LIB_COMPAT_VERSION, 0: the module marks no builds. A
 *	measurement that one generation of the crypto library began is not
 *	continued correctly by another (SEAM ABI 7.3)
 */
struct module_desc {
	uint32_t format;
	uint32_t size;

	uint16_t major;
	uint16_t minor;
	uint16_t update;
	uint16_t internal;
	uint16_t build_num;
	uint16_t reserved0;
	uint32_t build_date;

	uint32_t flags;
	uint32_t reserved1;
	uint64_t features0;

	uint16_t module_hv;
	uint16_t min_update_hv;
	uint16_t no_downgrade;
	uint16_t handoff_pages_raw;
	uint16_t series;
	uint16_t crypto_generation;

	uint16_t max_tdmrs;
	uint16_t max_reserved_per_tdmr;
	uint16_t pamt_entry_size[3];
	uint16_t tdcs_pages;
	uint16_t tdvps_pages;
	/** 0: the module has no such field, as 1.5.01 */
	uint16_t max_vcpus_per_td;
	uint32_t reserved2;

	uint64_t attributes_fixed0;
	uint64_t attributes_fixed1;
	uint64_t xfam_fixed0;
	uint64_t xfam_fixed1;
	uint64_t config_flags_fixed0;
	uint64_t config_flags_fixed1;

	uint32_t nr_cpuid_config;
	uint32_t nr_overrides;
	struct module_cpuid_config cpuid_config[MODULE_MAX_CPUID_CONFIG];
	struct module_override override[MODULE_MAX_OVERRIDES];
};

#define MODULE_DESC_SIZE	2176

static_assert(sizeof(struct module_desc) == MODULE_DESC_SIZE, "layout of module_desc");

#endif
