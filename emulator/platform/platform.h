/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The platform behind both firmwares: topology, keys, the SEAM range and what
 * BIOS did before the kernel runs. It is created from a plain description and
 * then only called: see seam/seam.h for SEAMCALL itself.
 */
#ifndef EMULATOR_PLATFORM_H
#define EMULATOR_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/profile.h"
#include "platform/unconfirmed.h"
#include "seam/seam.h"

struct platform;

#define PLATFORM_MAX_LPS	1024
#define PLATFORM_MAX_SOCKETS	8
#define PLATFORM_MAX_CMRS	32
#define PLATFORM_MAX_KEYS	4
#define PLATFORM_HASH_SIZE	48

/** PLATFORM_ERROR_SIZE - enough for any sentence that platform_new() writes */
#define PLATFORM_ERROR_SIZE	512

/** MSR 0x503 SGX_DEBUG_MODE: the platform is unlocked for debug (SEAM ABI 2.1) */
#define SGX_DEBUG_MODE_UNLOCKED	(1ULL << 1)

/** struct platform_cmr - a convertible memory range (SEAM ABI 3.3, SEAMINFO) */
struct platform_cmr {
	uint64_t base;
	uint64_t size;
};

/** struct platform_loader_version - what SEAMLDR.INFO says about P-SEAMLDR */
struct platform_loader_version {
	uint16_t major;
	uint16_t minor;
	uint16_t update;
	uint16_t build_num;
	/** decimal yyyymmdd */
	uint32_t build_date;
};

/**
 * struct platform_hooks - what the models ask of, or tell, their surroundings
 * @ctx: passed back to every callback
 * @interrupt_pending: is an interrupt pending on @lp; NULL: never. Long
 *	leaves return an "interrupted" status, a TD exits, when it says yes.
 * @entropy: one RDRAND; false if it fails. NULL: a generator started from
 *	platform_config.seed that never fails.
 * @diagnose: a sentence that must not be overlooked: a leaf or a part of one
 *	that is not modelled, or a module that died. NULL: standard error.
 *
 * The callbacks run in the thread of the LP that executes the SEAMCALL and
 * must not call back into the platform.
 */
struct platform_hooks {
	void *ctx;
	bool (*interrupt_pending)(void *ctx, unsigned int lp);
	bool (*entropy)(void *ctx, uint64_t *value);
	void (*diagnose)(void *ctx, unsigned int lp, const char *sentence);
};

/**
 * struct platform_config - description of a TDX platform (SEAM ABI 2)
 * @nr_lps: logical processors, all of which take part in INSTALL
 * @nr_sockets: packages
 * @x2apic_id: per LP, below 1024 and unique
 * @package: socket of each LP, below @nr_sockets
 * @cpuid_1_eax: CPUID.1:EAX per socket
 * @maxpa: physical address width, KeyID bits included
 * @keyid_bits: KeyID bits at the top of a physical address
 * @nr_mktme_keyids: low half of MSR 0x87
 * @nr_tdx_keyids: high half of MSR 0x87; private KeyIDs start right above
 *	@nr_mktme_keyids
 * @seamrr_base: MSR 0x1400. The SEAM range is not guest memory: the models keep
 *	its content themselves, it only must not lie inside a CMR.
 * @seamrr_size: power of two, 32 MiB or more
 * @p_seamldr_base: start of P-SEAMLDR's own range at the top of the SEAM range
 * @p_seamldr_size: its size
 * @nr_cmrs: used entries of @cmr
 * @cmr: convertible memory, ascending
 * @sgx_debug_mode: MSR 0x503
 * @seamdb_size: entries of the SEAM data base: LOAD uses one, each update one
 * @loader: version of P-SEAMLDR; major 2 accepts 2.0.x sigstructs
 * @nr_key_hashes: used entries of @key_hash
 * @key_hash: SHA-384 of the modulus, as stored, of each accepted signing key
 * @module_image: module blob (header 0x100 or 0x200) that BIOS loads at every
 *	cold reset; NULL: none. Must stay valid for the platform's life.
 * @module_image_size: its length in bytes
 * @profile: what firmware says until another module is installed; NULL: what the
 *	image and this description make of it. Must stay valid for the platform's life.
 * @unconfirmed: what the models do where the contract does not say it
 * @seed: start of the entropy source: equal seeds give equal runs
 * @td_program: script that every TD vCPU executes (tdxmod/program.h); NULL:
 *	the built-in one. Must stay valid for the platform's life.
 * @hooks: see &struct platform_hooks
 */
struct platform_config {
	unsigned int nr_lps;
	unsigned int nr_sockets;
	uint32_t x2apic_id[PLATFORM_MAX_LPS];
	uint8_t package[PLATFORM_MAX_LPS];
	uint32_t cpuid_1_eax[PLATFORM_MAX_SOCKETS];

	unsigned int maxpa;
	unsigned int keyid_bits;
	unsigned int nr_mktme_keyids;
	unsigned int nr_tdx_keyids;

	uint64_t seamrr_base;
	uint64_t seamrr_size;
	uint64_t p_seamldr_base;
	uint64_t p_seamldr_size;

	unsigned int nr_cmrs;
	struct platform_cmr cmr[PLATFORM_MAX_CMRS];

	uint64_t sgx_debug_mode;
	unsigned int seamdb_size;
	struct platform_loader_version loader;

	unsigned int nr_key_hashes;
	uint8_t key_hash[PLATFORM_MAX_KEYS][PLATFORM_HASH_SIZE];

	const void *module_image;
	size_t module_image_size;
	const struct platform_profile *profile;

	struct unconfirmed_answers unconfirmed;

	uint64_t seed;
	const char *td_program;
	struct platform_hooks hooks;
};

/**
 * platform_config_init() - fill a description with a plausible platform
 * @config: overwritten
 * @nr_lps: logical processors, numbered through: x2APIC id == LP
 * @nr_sockets: packages, LPs spread evenly in blocks
 *
 * Granite Rapids, 46 physical address bits of which 6 are the KeyID, 15 MKTME
 * and 48 TDX KeyIDs, a 64 MiB SEAM range below 512 GiB, P-SEAMLDR 2.0.00, a
 * SEAMDB of 32 entries, Intel's and the test key. CMRs and module image are
 * left empty: only the caller knows the memory.
 */
void platform_config_init(struct platform_config *config, unsigned int nr_lps,
			  unsigned int nr_sockets);

/** platform_config() - the description that the platform was made from */
const struct platform_config *platform_config(const struct platform *platform);

/** platform_seam_ready() - would a TDX module leaf reach a module now? */
bool platform_seam_ready(const struct platform *platform);

/**
 * platform_halt_lp() - the firmware that @rax selects halts on @lp
 * @platform: the platform
 * @lp: the LP; it is inside that firmware from now on and never leaves
 * @rax: leaf word of the call in which that happens
 *
 * What the other LPs see from then on: module leaves fail (SEAM ABI 4.5). A
 * halted P-SEAMLDR is one that an LP is inside of (SEAM ABI 3.8). A halted module
 * leaves P-SEAMLDR alone, which is deduced: its own readiness does not change
 * (SEAM ABI 1.2). But no session can be completed without that LP. Only a reset
 * ends all this. UNCONFIRMED_HALT_* change it.
 */
void platform_halt_lp(struct platform *platform, unsigned int lp, uint64_t rax);

/** platform_lp_halted() - has the firmware halted on @lp? */
bool platform_lp_halted(const struct platform *platform, unsigned int lp);

/**
 * struct platform_pages - what TDs own: a leak, once no TD is left
 * @tdr: pages, by their PAMT type
 * @tdcx: those of TDVPS included, they have the same type
 * @tdvpr: see @tdr
 * @sept: see @tdr
 * @regular: private memory
 * @keyids: KeyIDs that are assigned to a TD
 * @flushed: KeyIDs whose TD has ended, and that are not free yet
 */
struct platform_pages {
	unsigned int tdr;
	unsigned int tdcx;
	unsigned int tdvpr;
	unsigned int sept;
	unsigned int regular;
	unsigned int keyids;
	unsigned int flushed;
};

/**
 * platform_pages() - count them
 *
 * They are in ordinary memory and belong to TDs whether there is a module to
 * reclaim them or not. Any thread may ask at any time.
 */
struct platform_pages platform_pages(const struct platform *platform);

/** PLATFORM_PAGES_TEXT - enough for platform_pages_text() */
#define PLATFORM_PAGES_TEXT	128

/** platform_pages_text() - "tdr=1 tdcx=12 ...": every field of @pages in its order */
void platform_pages_text(const struct platform_pages *pages,
			 char text[static PLATFORM_PAGES_TEXT]);

/** platform_lp_in_td() - does @lp run a TD vCPU right now, or is it held? */
bool platform_lp_in_td(const struct platform *platform, unsigned int lp);

/**
 * platform_hold_lp() - pretend that @lp runs a TD vCPU, or no longer
 * @platform: the platform
 * @lp: the LP
 * @inside: true to enter, false to leave
 *
 * VP.ENTER returns within one call here; this lets a test or a fault keep an
 * LP inside the module while others shut it down (SEAM ABI 4.4 step 4).
 */
void platform_hold_lp(struct platform *platform, unsigned int lp, bool inside);

/** platform_starve() - RDRAND fails in the calling thread, but for @after times first */
void platform_starve(unsigned int after);

/** platform_feed() - and succeeds again */
void platform_feed(void);

#endif
