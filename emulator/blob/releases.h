/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The published releases of the TDX module (SEAM ABI 6.3, 6.4): one table, from
 * which the model of the module and tdx-image take all that differs between
 * them.
 */
#ifndef EMULATOR_BLOB_RELEASES_H
#define EMULATOR_BLOB_RELEASES_H

#include <stdbool.h>

#include "blob/module_desc.h"

#define RELEASE_HASH_SIZE	8
#define RELEASE_MAX_CPUS	5
#define RELEASE_NAME_SIZE	16

/** enum release_column - facts of a release; bits of struct release.inferred */
enum release_column {
	RELEASE_CPUID_CONFIG	= 1 << 0,
	RELEASE_TDCS		= 1 << 1,
	RELEASE_MAX_VCPUS	= 1 << 2,
	RELEASE_ATTRIBUTES	= 1 << 3,
	RELEASE_CONFIG_FLAGS	= 1 << 4,
	RELEASE_HV		= 1 << 5,
	RELEASE_MIN_HV		= 1 << 6,
	RELEASE_NO_DOWNGRADE	= 1 << 7,
	RELEASE_HANDOFF_PAGES	= 1 << 8,
	RELEASE_SVN		= 1 << 9,
	RELEASE_PAGES		= 1 << 10,
	RELEASE_CPUS		= 1 << 11,
	RELEASE_CRYPTO		= 1 << 12,
	RELEASE_FLAGS		= 1 << 13,
};

#define NR_RELEASE_COLUMNS	14

/** release_column_names - of each bit of &enum release_column */
extern const char *const release_column_names[NR_RELEASE_COLUMNS];

/** enum release_series - the ladders of updates: none leads from one to the other */
enum release_series {
	RELEASE_1_5,
	RELEASE_2_0,
	NR_RELEASE_SERIES
};

/**
 * struct release - a published release
 * @series: &enum release_series
 * @update: third part of its version
 * @build_num: rest of the version, known of series 2.0 only; also @internal
 * @seamhash: first bytes of SEAMHASH; zero: not known
 * @date: of the sigstruct, BCD 0xYYYYMMDD; 0: not known
 * @svn_major: SEAMSVN; also @svn_minor
 * @pages: of the module
 * @cpus: bits of its CPU table, see release_cpus()
 * @tdcs_pages: TDCS_BASE_SIZE
 * @max_vcpus: MAX_VCPUS_PER_TD; 0: there is no such field
 * @attributes_fixed0: before the CPU takes away what it lacks
 * @config_flags_fixed0: CONFIG_FLAGS
 * @features0: TDX_FEATURES0
 * @module_hv: handoff; also @no_downgrade, @handoff_pages. MIN_UPDATE_HV is
 *	0 everywhere.
 * @crypto_generation: CRYPTO_LIB_COMPAT_VERSION
 * @flags: MODULE_*
 * @inferred: &enum release_column of what nobody has read or stated; all
 *	else is from an image, from source or from Intel's text
 */
struct release {
	enum release_series series;
	uint8_t update;
	uint16_t build_num, internal;
	uint8_t seamhash[RELEASE_HASH_SIZE];
	uint32_t date;
	uint8_t svn_major, svn_minor;
	uint16_t pages;
	uint8_t cpus;
	uint8_t tdcs_pages;
	uint16_t max_vcpus;
	uint64_t attributes_fixed0;
	uint64_t config_flags_fixed0;
	uint64_t features0;
	uint8_t module_hv, no_downgrade, handoff_pages;
	uint16_t crypto_generation;
	uint32_t flags;
	uint32_t inferred;
};

/* Each series from its first release to its last */
extern const struct release releases[];
extern const unsigned int nr_releases;

/** release_name() - "1.5.16" */
void release_name(const struct release *release, char name[static RELEASE_NAME_SIZE]);

/** release_by_name() - the release "1.5.16", or "1.5.1" for "1.5.01"; NULL: none */
const struct release *release_by_name(const char *name);

/** release_by_hash() - the release with such a SEAMHASH; NULL: none */
const struct release *release_by_hash(const uint8_t *seamhash);

/**
 * release_nearest() - the release that an unknown one resembles most
 * @svn_major: SEAMSVN of the unknown one; also @svn_minor
 *
 * Return: the newest one of the same series that is not newer; the first one
 * of it if all are; the newest of all for an unknown series.
 */
const struct release *release_nearest(unsigned int svn_major, unsigned int svn_minor);

/** release_describe() - the module of a release; @desc is overwritten */
void release_describe(const struct release *release, struct module_desc *desc);

/** release_cpus() - CPU table of a release; returns the number of entries */
unsigned int release_cpus(const struct release *release, uint32_t cpuid[static RELEASE_MAX_CPUS]);

#endif
