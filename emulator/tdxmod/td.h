/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TDs and their vCPUs, as a module keeps them in ordinary memory (SEAM ABI 7). */
#ifndef EMULATOR_TDXMOD_TD_H
#define EMULATOR_TDXMOD_TD_H

#include <openssl/evp.h>

#include "platform/native_cpuid.h"
#include "tdxmod/memory.h"
#include "tdxmod/program.h"
#include "tdxmod/sept.h"

/** enum td_lifecycle - who may use the TD's KeyID */
enum td_lifecycle {
	TD_HKID_ASSIGNED = 0,
	TD_KEYS_CONFIGURED = 1,
	TD_BLOCKED = 2,
	TD_TEARDOWN = 3,
};

/** enum td_op_state - progress of the TD; the migration states never occur here */
enum td_op_state {
	TD_UNINITIALIZED = 0,
	TD_INITIALIZED = 1,
	TD_RUNNABLE = 2,
	TD_LIVE_EXPORT = 3,
	TD_PAUSED_EXPORT = 4,
	TD_POST_EXPORT = 5,
	TD_MEMORY_IMPORT = 6,
	TD_STATE_IMPORT = 7,
	TD_POST_IMPORT = 8,
	TD_LIVE_IMPORT = 9,
	TD_FAILED_IMPORT = 10,
};

/* The most that any release allows; and what one allows that does not say it */
#define TD_MAX_VCPUS		1376
#define TD_UNSAID_MAX_VCPUS	576
#define TD_MRTD_SIZE		48
#define TD_NO_LP		(~0U)

#define TD_PARAMS_NR_CPUIDS	48

/** struct td_cpuid_value - EAX, EBX, ECX, EDX of a configurable leaf */
struct td_cpuid_value {
	uint32_t reg[4];
};

/** struct td_params - TD_PARAMS, argument of TDH.MNG.INIT */
struct td_params {
	uint64_t attributes;
	uint64_t xfam;
	uint16_t max_vcpus;
	uint8_t reserved0[6];
	uint64_t eptp_controls;
	uint64_t config_flags;
	uint16_t tsc_frequency;
	uint8_t reserved1[38];
	uint8_t mrconfigid[TD_MRTD_SIZE];
	uint8_t mrowner[TD_MRTD_SIZE];
	uint8_t mrownerconfig[TD_MRTD_SIZE];
	uint8_t reserved2[32];
	struct td_cpuid_value cpuid[TD_PARAMS_NR_CPUIDS];
};

static_assert(sizeof(struct td_params) == 1024, "layout of td_params");

#define TD_MAX_LEAVES	(NATIVE_NR_LEAVES + MODULE_MAX_CPUID_CONFIG)

/**
 * struct td_cpuid - CPUID of a TD, made once and kept in its TDCS
 * @nr_leaves: used entries of @leaf
 * @leaf: leaves and sub-leaves
 */
struct td_cpuid {
	unsigned int nr_leaves;
	struct native_leaf leaf[TD_MAX_LEAVES];
};

/**
 * struct td_measurement - MRTD in the making
 * @context: running SHA-384; NULL: no build in progress, or finished
 * @generation: crypto library that began it; another cannot continue it
 * @counted: the module that began the build recorded its crypto library, and
 *	counts the build in TD_BUILD_COUNT
 * @mrtd: the result
 */
struct td_measurement {
	EVP_MD_CTX *context;
	uint16_t generation;
	bool counted;
	uint8_t mrtd[TD_MRTD_SIZE];
};

/**
 * struct td - a TD
 * @tdr_lock: the TDR; shared by most leaves, exclusive for those that end it
 * @op_lock: op_state
 * @sept_lock: the secure EPT
 * @epoch_lock: TD epoch
 * @tdr_pa: the TD's first page
 * @hkid: its KeyID
 * @lifecycle: &enum td_lifecycle
 * @fatal: the TD can only be torn down
 * @packages_configured: MNG.KEY.CONFIG was done, bit per package
 * @num_tdcx: TDCS pages
 * @children: pages that the TD owns, beside the TDR
 * @op_state: &enum td_op_state
 * @num_vcpus: initialised vCPUs
 * @num_associated: vCPUs that some LP still caches
 * @params: what the TD was made with
 * @cpuid: what it sees of the CPU
 * @measurement: MRTD
 * @sept: the secure EPT
 * @accepts: pages that the TD has accepted so far
 * @epoch: TLB tracking
 * @in_epoch: vCPUs that run in the epoch, by its parity
 * @vcpu_ids: x2APIC ids in use
 */
struct td {
	pthread_rwlock_t tdr_lock;
	pthread_rwlock_t op_lock;
	pthread_rwlock_t sept_lock;
	pthread_rwlock_t epoch_lock;

	uint64_t tdr_pa;
	uint16_t hkid;
	enum td_lifecycle lifecycle;
	atomic_bool fatal;
	atomic_uint packages_configured;
	atomic_uint num_tdcx;
	atomic_uint children;

	enum td_op_state op_state;
	atomic_uint num_vcpus;
	atomic_uint num_associated;
	struct td_params params;
	struct td_cpuid cpuid;
	struct td_measurement measurement;
	struct sept sept;
	uint64_t accepts;
	uint64_t epoch;
	atomic_uint in_epoch[2];
	uint32_t vcpu_ids[TD_MAX_VCPUS];
};

/** VCPU_NR_FIELDS - fields that VP.WR can change (fields.c) */
#define VCPU_NR_FIELDS		5

/** enum vcpu_state - progress of a vCPU */
enum vcpu_state {
	VCPU_UNINITIALIZED,
	VCPU_READY,
	VCPU_ACTIVE,
	VCPU_DISABLED,
};

/**
 * struct vcpu - a vCPU
 * @lock: the TDVPR
 * @tdvpr_pa: its first page
 * @tdr_pa: its TD
 * @state: &enum vcpu_state
 * @num_tdcx: TDVPS pages, the TDVPR not counted
 * @lp: LP that it is associated with, TD_NO_LP if none
 * @epoch: TD epoch at its last entry
 * @x2apic_id: as given to VP.INIT
 * @index: in the order of VP.INIT
 * @initial_rcx: what the TD's first instruction finds in RCX
 * @fields: what VP.WR wrote
 * @program: what it executes
 */
struct vcpu {
	pthread_rwlock_t lock;
	uint64_t tdvpr_pa;
	uint64_t tdr_pa;
	enum vcpu_state state;
	unsigned int num_tdcx;
	atomic_uint lp;
	uint64_t epoch;
	uint32_t x2apic_id;
	unsigned int index;
	uint64_t initial_rcx;
	uint64_t fields[VCPU_NR_FIELDS];
	struct program program;
};

/**
 * td_get() - look up and lock the TD whose TDR is @operand
 * @mod: the module
 * @tdr: page address from the host, KeyID 0
 * @access: how to lock
 * @operand: id for errors
 * @td: receives the TD; td_put() it
 */
uint64_t td_get(struct tdxmod *mod, uint64_t tdr, enum access access, unsigned int operand,
		struct td **td);
void td_put(struct td *td);

/** td_usable() - not fatal, keys configured, TDCS allocated; else the status */
uint64_t td_usable(const struct td *td);

/** td_op_get() - lock op_state and compare it with @allowed, a bit mask of states */
uint64_t td_op_get(struct td *td, enum access access, uint32_t allowed);
void td_op_put(struct td *td);

#define OP(state)		(1U << (state))
#define OP_ANY_INITIALIZED	(~OP(TD_UNINITIALIZED))
/* While a TD is built or imported */
#define OP_VCPU_CREATE		(OP(TD_INITIALIZED) | OP(TD_STATE_IMPORT))
#define OP_ENTER		(OP(TD_RUNNABLE) | OP(TD_LIVE_EXPORT) | OP(TD_LIVE_IMPORT))
#define OP_TRACK		(OP(TD_INITIALIZED) | OP(TD_RUNNABLE) | OP(TD_LIVE_EXPORT) | \
			 OP(TD_PAUSED_EXPORT) | OP(TD_POST_EXPORT) | OP(TD_MEMORY_IMPORT) | \
			 OP(TD_STATE_IMPORT) | OP(TD_POST_IMPORT) | OP(TD_LIVE_IMPORT))
#define OP_REMOVE	(OP_BLOCK | OP(TD_FAILED_IMPORT))

/**
 * vcpu_get() - look up and lock a vCPU and, shared, its TD
 * @mod: the module
 * @tdvpr: page address from the host, KeyID 0
 * @access: how to lock the vCPU
 * @operand: id for errors about the TDVPR
 * @vcpu: receives the vCPU; vcpu_put() it
 * @td: receives its TD
 */
uint64_t vcpu_get(struct tdxmod *mod, uint64_t tdvpr, enum access access, unsigned int operand,
		  struct vcpu **vcpu, struct td **td);
void vcpu_put(struct vcpu *vcpu, struct td *td);

/**
 * vcpu_associate() - let an LP cache a vCPU
 * @td: its TD, which is not fatal, so that the vCPU is not disabled
 * @vcpu: the vCPU
 * @lp: the LP that calls
 *
 * Return: TDX_SUCCESS, TDX_VCPU_STATE_INCORRECT before TDH.VP.INIT, or TDX_VCPU_ASSOCIATED
 * if it is associated with another LP.
 */
uint64_t vcpu_associate(struct td *td, struct vcpu *vcpu, unsigned int lp);

/** page_check() - may @pa be an explicit page operand with KeyID 0? */
uint64_t page_check(struct tdxmod *mod, uint64_t pa, unsigned int operand);

/** page_give() - turn the free page at @pa into one of the TD's */
uint64_t page_give(struct tdxmod *mod, struct td *td, uint64_t pa, enum page_type type,
		   void *object, void (*destroy)(void *object), unsigned int operand);

/* measure.c */
bool measure_begin(struct tdxmod *mod, struct td *td);
uint64_t measure_check(struct tdxmod *mod, unsigned int lp, struct td *td);
void measure_page_add(struct td *td, uint64_t gpa);
void measure_extend(struct td *td, uint64_t gpa, const uint8_t *chunk);
void measure_finish(struct td *td);
void measure_end_build(struct tdxmod *mod, struct td *td);

#endif
