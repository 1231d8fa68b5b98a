/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the firmware models share: the inside of struct platform. Only they
 * include this file.
 */
#ifndef EMULATOR_PLATFORM_STATE_H
#define EMULATOR_PLATFORM_STATE_H

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>

#include "platform/platform.h"

struct pseamldr;
struct tdxmod;
struct dram;
struct program_text;

/* Copies that P-SEAMLDR leaves in the module's SYS_INFO_TABLE (SEAM ABI 3.3) */
struct sysinfo_handoff {
	uint16_t module_hv;
	uint16_t min_update_hv;
	uint8_t no_downgrade;
	uint16_t handoff_pages_raw;
};

/**
 * struct handoff_header - first bytes of the module's data region
 *
 * P-SEAMLDR leaves header and payload in place when it zeroes the module range
 * for an update: they are all that an old module can tell a new one.
 */
struct handoff_header {
	uint8_t valid;
	uint8_t reserved;
	uint16_t hv;
	uint32_t size;
} __attribute__((packed));

/**
 * struct seam_range - content of the SEAM range, as far as anybody reads it
 * @sysinfo: handoff limits of the last module that was installed
 * @handoff: handoff pages, header first
 * @handoff_size: their size in bytes; never less than a handoff header
 * @code: module image after relocation; NULL: zeroed
 * @code_size: its size
 */
struct seam_range {
	struct sysinfo_handoff sysinfo;
	uint8_t *handoff;
	size_t handoff_size;
	uint8_t *code;
	size_t code_size;
};

/** enum page_type - PAMT page type (SEAM ABI 7.1) */
enum page_type {
	PAGE_FREE = 0,
	PAGE_RESERVED = 1,
	PAGE_REGULAR = 3,
	PAGE_TDR = 4,
	PAGE_TDCX = 5,
	PAGE_TDVPR = 6,
	PAGE_SEPT = 8,
	NR_PAGE_TYPES
};

/**
 * struct td_property - how much TDs own, kept up to date by the PAMT's owner
 * @pages: by &enum page_type
 * @keyids: assigned
 * @flushed: KeyIDs of ended TDs, not free yet
 */
struct td_property {
	atomic_uint pages[NR_PAGE_TYPES];
	atomic_uint keyids;
	atomic_uint flushed;
};

/**
 * struct platform - one virtual TDX platform
 * @config: the description, copied
 * @memory: host physical memory; BIOS replaces it while it loads the module
 * @seam: content of the SEAM range
 * @pseamldr: P-SEAMLDR's state
 * @tdxmod: the module's state in the SEAM range; NULL: no module was installed
 * @dram: what a module keeps in ordinary memory: PAMT, TDs, vCPUs. Survives an
 *	update by itself.
 * @td_property: sums over @dram
 * @td_program: what TD vCPUs execute
 * @seam_ready: SEAMEXTEND.seam_ready: module leaves reach @tdxmod
 * @p_seamldr_ready: SEAMEXTEND.p_seamldr_ready
 * @p_seamldr_lock: the hardware mutex around P-SEAMLDR
 * @seam_halted: a firmware halted
 * @p_seamldr_halted: P-SEAMLDR itself did: an LP stays inside of it
 * @lps_in_seam: LPs inside the module, those that run a TD or halted included
 * @lp_in_td: per LP: runs a TD vCPU
 * @lp_held: per LP: counts as if it did
 * @lp_halted: per LP: it never comes back from a SEAMCALL
 * @entropy_state: the seeded generator
 * @entropy_lock: protects @entropy_state
 */
struct platform {
	struct platform_config config;
	struct seam_memory memory;
	struct seam_range seam;

	struct pseamldr *pseamldr;
	struct tdxmod *tdxmod;
	struct dram *dram;
	struct td_property td_property;
	struct program_text *td_program;

	atomic_bool seam_ready;
	atomic_bool p_seamldr_ready;
	pthread_mutex_t p_seamldr_lock;

	atomic_bool seam_halted;
	atomic_bool p_seamldr_halted;
	atomic_uint lps_in_seam;
	atomic_bool lp_in_td[PLATFORM_MAX_LPS];
	atomic_bool lp_held[PLATFORM_MAX_LPS];
	atomic_bool lp_halted[PLATFORM_MAX_LPS];

	uint64_t entropy_state;
	pthread_mutex_t entropy_lock;
};

/** platform_other() - is @question answered otherwise than by default? */
static inline bool platform_other(const struct platform *platform, enum unconfirmed question)
{
	return platform->config.unconfirmed.second[question];
}

/** platform_module_halted() - does no module leaf reach the module, for an LP halted? */
bool platform_module_halted(const struct platform *platform);

/** platform_loader_halted() - the same for P-SEAMLDR */
bool platform_loader_halted(const struct platform *platform);

/** platform_entropy() - one RDRAND; false if it fails */
bool platform_entropy(struct platform *platform, uint64_t *value);

/** platform_interrupt_pending() - would a long leaf have to stop on @lp? */
bool platform_interrupt_pending(struct platform *platform, unsigned int lp);

/** platform_diagnose() - say something that must not be overlooked */
void platform_diagnose(struct platform *platform, unsigned int lp, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** platform_config_check() - does the description contradict itself? */
bool platform_config_check(const struct platform_config *config,
			   char error[static PLATFORM_ERROR_SIZE]);

#endif
