/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module's global state, and how its leaves are called (SEAM ABI 4). */
#ifndef EMULATOR_TDXMOD_MODULE_H
#define EMULATOR_TDXMOD_MODULE_H

#include <pthread.h>
#include <stdatomic.h>

#include "blob/module_desc.h"
#include "platform/state.h"
#include "seam/leaves.h"
#include "seam/page.h"
#include "seam/status.h"
#include "tdxmod/tdxmod.h"

/* In 64 bits: offsets of pages in memory are computed with it */
#define TDX_PAGE_SIZE		((uint64_t)SEAM_PAGE_SIZE)
#define TDX_MAX_KEYIDS		2048
#define TDX_MAX_TDMRS		64
#define TDX_MAX_RESERVED	16
#define TDMR_GRANULARITY	(1ULL << 30)

/** enum sys_state - state of the module (SEAM ABI 4.1) */
enum sys_state {
	SYSINIT_PENDING = 0,
	SYSINIT_DONE = 1,
	SYSCONFIG_DONE = 2,
	SYS_READY = 3,
	SYS_SHUTDOWN = 4,
};

/** enum kot_state - who owns a KeyID (SEAM ABI 7.1) */
enum kot_state {
	KOT_FREE = 0,
	KOT_ASSIGNED = 1,
	KOT_FLUSHED = 2,
	KOT_RESERVED = 3,
};

/**
 * struct kot_entry - KeyID ownership
 * @state: &enum kot_state
 * @wb_packages: packages whose cache still has to be written back
 */
struct kot_entry {
	uint32_t state;
	atomic_uint wb_packages;
};

/**
 * struct wbcache - PHYMEM.CACHE.WB on one package
 * @lock: held by the LP that writes back
 * @interrupted: a write-back waits to be resumed
 * @chunk: how far it got
 * @keyids: the KeyIDs that it covers
 */
struct wbcache {
	pthread_mutex_t lock;
	bool interrupted;
	uint16_t chunk;
	uint8_t keyids[TDX_MAX_KEYIDS];
};

/** struct tdmr_area - a reserved area, as offset, or a PAMT area */
struct tdmr_area {
	uint64_t base;
	uint64_t size;
};

/** enum pamt_size - order of the PAMT areas in TDMR_INFO */
enum pamt_size {
	PAMT_1G,
	PAMT_2M,
	PAMT_4K,
	NR_PAMT_SIZES
};

/** struct tdmr_info - a TD memory region, as the host describes it */
struct tdmr_info {
	uint64_t base;
	uint64_t size;
	struct tdmr_area pamt[NR_PAMT_SIZES];
	struct tdmr_area reserved[TDX_MAX_RESERVED];
};

static_assert(sizeof(struct tdmr_info) == 320, "layout of tdmr_info");

/**
 * struct tdxmod - everything that is gone when the SEAM range is zeroed
 * @platform: where the module runs
 * @desc: what its image says about it, or its profile
 * @profile: what TDH.SYS.RD gives out; NULL: what the model makes of @desc
 * @state: &enum sys_state
 * @global_lock: only ever tried, never waited for (SEAM ABI 4.2)
 * @lp_initialised: LP.INIT was done, per LP
 * @nr_lps_initialised: how many of them
 * @packages_configured: KEY.CONFIG was done, bit per package
 * @ket_lock: PCONFIG is exclusive, per package
 * @kot_lock: protects @kot; tried, shared by write-backs, of which each clears only
 *	the bits of its package
 * @kot: KeyID ownership table
 * @wbcache: cache write-back, per package
 * @tdmr_lock: TDMR.INIT is exclusive, per TDMR
 * @tdmrs: TD memory regions
 * @nr_tdmrs: their number
 * @hkid: global KeyID
 * @td_build_count: TDs between MNG.INIT and MR.FINALIZE
 * @mig_interrupted_count: interrupted migrations
 * @disabling: TDH.SYS.DISABLE has begun, and keeps other leaves out
 * @disable_chunk: how far an interrupted TDH.SYS.DISABLE got
 * @detect_mrtd: UPDATE asked for INCOMPATIBLE_MRTD_CONTEXT (SEAM ABI 4.5)
 * @fatal_report: R8 of SYS.INIT version 1: how a fatal error is reported
 *	(SEAM ABI 4.8)
 */
struct tdxmod {
	struct platform *platform;
	struct module_desc desc;
	const struct platform_profile *profile;

	atomic_int state;
	pthread_rwlock_t global_lock;

	atomic_bool lp_initialised[PLATFORM_MAX_LPS];
	atomic_uint nr_lps_initialised;
	uint32_t packages_configured;

	pthread_mutex_t ket_lock[PLATFORM_MAX_SOCKETS];
	pthread_rwlock_t kot_lock;
	struct kot_entry kot[TDX_MAX_KEYIDS];
	struct wbcache wbcache[PLATFORM_MAX_SOCKETS];

	pthread_mutex_t tdmr_lock[TDX_MAX_TDMRS];
	struct tdmr_info tdmrs[TDX_MAX_TDMRS];
	unsigned int nr_tdmrs;
	uint16_t hkid;

	atomic_ushort td_build_count;
	atomic_ushort mig_interrupted_count;
	atomic_bool disabling;
	unsigned int disable_chunk;
	bool detect_mrtd;
	uint64_t fatal_report;
};

/** tdxmod_has_feature() - is bit @feature of TDX_FEATURES0 set? */
static inline bool tdxmod_has_feature(const struct tdxmod *mod, uint64_t feature)
{
	return mod->desc.features0 & feature;
}

/** tdxmod_all_lps_initialised() - has every LP done LP.INIT? */
static inline bool tdxmod_all_lps_initialised(const struct tdxmod *mod)
{
	return atomic_load(&mod->nr_lps_initialised) == mod->platform->config.nr_lps;
}

/**
 * options_check() - operands that SYS.CONFIG and SYS.UPDATE have in version 1
 * @mod: the module
 * @regs: registers of the call, of any version
 *
 * Return: the status of the first that is wrong (SEAM ABI 4.8).
 */
uint64_t options_check(const struct tdxmod *mod, const struct seam_regs *regs);

/**
 * tdxmod_die() - the module halts itself: an internal sanity check failed
 *
 * The caller returns to tdxmod_call() without another change of the module, and
 * that does not return to the LP.
 */
void tdxmod_die(struct tdxmod *mod, unsigned int lp, const char *why);

/** tdxmod_unlock() - end of an exclusive leaf; an LP that halted keeps the lock */
void tdxmod_unlock(struct tdxmod *mod, unsigned int lp);

/** enum handoff_result - what a new module makes of the old one's data */
enum handoff_result {
	HANDOFF_OK,
	HANDOFF_INVALID,
	HANDOFF_INSANE,
};

/* handoff.c */
bool handoff_write(struct tdxmod *mod, uint16_t hv);
enum handoff_result handoff_read(struct tdxmod *mod, unsigned int lp);
/** handoff_area_suffices() - do the handoff pages hold what this module writes? */
bool handoff_area_suffices(const struct tdxmod *mod);
void handoff_consume(struct tdxmod *mod);
struct handoff_header handoff_header(const struct tdxmod *mod);

/** disable_keeps_out() - status of @leaf because of a TDH.SYS.DISABLE that has begun */
uint64_t disable_keeps_out(const struct tdxmod *mod, unsigned int leaf);

/** disable_passes_shutdown() - is @leaf SYS.DISABLE, let in although the module is shut down? */
bool disable_passes_shutdown(const struct tdxmod *mod, unsigned int leaf);

/** enum access - how a leaf uses what it locks; locks are only ever tried */
enum access {
	ACCESS_NONE,
	ACCESS_SHARED,
	ACCESS_EXCLUSIVE,
};

struct td;
struct vcpu;

/* Leaves: RAX is what they return, other registers they set themselves */
typedef uint64_t module_handler(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs);
typedef uint64_t td_handler(struct tdxmod *mod, unsigned int lp, struct td *td,
			    struct seam_regs *regs);
typedef uint64_t vcpu_handler(struct tdxmod *mod, unsigned int lp, struct td *td,
			      struct vcpu *vcpu, struct seam_regs *regs);

#define SEAMLDR_LEAF(...)
#define TDX_LEAF(number, symbol, name, kind, function, ...)	kind##_handler function;
#define TDX_NAME(...)
#include "seam/leaves.def"

/* What leaves check before they lock anything */
typedef uint64_t leaf_check(const struct tdxmod *mod, const struct seam_regs *regs);

leaf_check shutdown_check, update_check;

#endif
