// SPDX-License-Identifier: GPL-2.0-or-later
/* Entry into the TDX module: the rules before any leaf (SEAM ABI 4.2). */
#include "seam/names.h"
#include "seam/page.h"
#include "tdxmod/td.h"

/** enum legal - in which states a leaf is let in (SEAM ABI 4.2) */
enum legal {
	LEGAL_WHEN_READY,
	LEGAL_EARLY,
	LEGAL_ALWAYS,
};

/**
 * struct tdh_entry - a leaf: how it is called, and what is done around it
 * @module: its function; all three NULL: there is no such leaf, or it is not modelled
 * @td: the function of a leaf that works on a TD
 * @vcpu: the function of a leaf that works on a vCPU
 * @legal: &enum legal
 * @versioned: every module takes a version above 0 (SEAM ABI 4.2)
 * @version1: MODULE_* flag of the modules that do
 * @checks_version: the leaf refuses versions above 1 itself, at its own point
 * @needs: MODULE_* flag without which the leaf does not exist
 * @check: looks at other operands before anything is locked; or NULL
 * @clears: registers that are 0 afterwards, unless the leaf sets them
 * @page: register with a page operand, looked at before @object; 0: none
 * @object: register with the TDR or TDVPR, for @td and @vcpu
 * @lock: how it locks the module (@module) or the object (@td, @vcpu). ACCESS_NONE:
 *	the leaf takes its own locks.
 * @usable: the TD is not fatal, and has keys and pages
 * @op_lock: the lock of its op_state, if there are @op_states
 * @op_states: bit mask of the states in which the leaf is legal; 0: the leaf checks it
 */
struct tdh_entry {
	module_handler *module;
	td_handler *td;
	vcpu_handler *vcpu;
	enum legal legal;
	bool versioned;
	uint32_t version1;
	bool checks_version;
	uint32_t needs;
	leaf_check *check;
	uint32_t clears;
	enum seam_gpr page;
	enum seam_gpr object;
	enum access lock;
	bool usable;
	enum access op_lock;
	uint32_t op_states;
};

/* What rows of the list call these */
#define R(gpr)		(1U << (gpr))
#define RCX		SEAM_RCX
#define RDX		SEAM_RDX
#define R8		SEAM_R8
#define EARLY		LEGAL_EARLY
#define ALWAYS		LEGAL_ALWAYS
#define SHARED		ACCESS_SHARED
#define EXCLUSIVE	ACCESS_EXCLUSIVE

static const struct tdh_entry leaves[] = {
#define SEAMLDR_LEAF(...)
#define TDX_LEAF(number, symbol, name, kind, function, ...) \
	[number] = { .kind = function, ##__VA_ARGS__ },
#define TDX_NAME(number, symbol, name, ...) \
	[number] = { __VA_ARGS__ },
#include "seam/leaves.def"
};

static const struct tdh_entry *leaf_of(unsigned int number)
{
	static const struct tdh_entry unknown;

	return number < ARRAY_SIZE(leaves) ? &leaves[number] : &unknown;
}

/* A leaf that takes versions gets any of them, and refuses what it does not know */
static bool takes_version(const struct tdxmod *mod, const struct tdh_entry *leaf,
			  unsigned int version)
{
	return !version || leaf->versioned || mod->desc.flags & leaf->version1;
}

static uint64_t call_module(struct tdxmod *mod, unsigned int lp, const struct tdh_entry *leaf,
			    struct seam_regs *regs)
{
	uint64_t status;
	int busy;

	if (leaf->lock == ACCESS_NONE)
		return leaf->module(mod, lp, regs);

	busy = leaf->lock == ACCESS_SHARED ? pthread_rwlock_tryrdlock(&mod->global_lock) :
					     pthread_rwlock_trywrlock(&mod->global_lock);
	if (busy)
		return TDX_SYS_BUSY;

	status = leaf->module(mod, lp, regs);
	tdxmod_unlock(mod, lp);

	return status;
}

/* What the TD has to be for the leaf; its op_state is held if there are op_states */
static uint64_t td_enter_leaf(struct td *td, const struct tdh_entry *leaf)
{
	uint64_t status = leaf->usable ? td_usable(td) : TDX_SUCCESS;

	if (!status && leaf->op_states)
		status = td_op_get(td, leaf->op_lock, leaf->op_states);

	return status;
}

static void td_leave_leaf(struct td *td, const struct tdh_entry *leaf)
{
	if (leaf->op_states)
		td_op_put(td);
}

static uint64_t call_td(struct tdxmod *mod, unsigned int lp, const struct tdh_entry *leaf,
			uint64_t tdr, struct seam_regs *regs)
{
	struct td *td;
	uint64_t status = td_get(mod, tdr, leaf->lock, leaf->object, &td);

	if (status)
		return status;

	status = td_enter_leaf(td, leaf);
	if (!status) {
		status = leaf->td(mod, lp, td, regs);
		td_leave_leaf(td, leaf);
	}
	td_put(td);

	return status;
}

static uint64_t call_vcpu(struct tdxmod *mod, unsigned int lp, const struct tdh_entry *leaf,
			  uint64_t tdvpr, struct seam_regs *regs)
{
	struct vcpu *vcpu;
	struct td *td;
	uint64_t status = vcpu_get(mod, tdvpr, leaf->lock, leaf->object, &vcpu, &td);

	if (status)
		return status;

	status = td_enter_leaf(td, leaf);
	if (!status) {
		status = leaf->vcpu(mod, lp, td, vcpu, regs);
		td_leave_leaf(td, leaf);
	}
	vcpu_put(vcpu, td);

	return status;
}

static uint64_t call_leaf(struct tdxmod *mod, unsigned int lp, const struct tdh_entry *leaf,
			  struct seam_regs *regs)
{
	uint64_t object = regs->gpr[leaf->object];
	uint64_t status = leaf->check ? leaf->check(mod, regs) : TDX_SUCCESS;

	/* Registers have the numbers that statuses call them by (SEAM ABI 5) */
	if (!status && leaf->page)
		status = page_check(mod, regs->gpr[leaf->page], leaf->page);
	if (status)
		return status;

	for (enum seam_gpr gpr = 0; gpr < SEAM_NR_GPRS; gpr++) {
		if (leaf->clears & R(gpr))
			regs->gpr[gpr] = 0;
	}

	if (leaf->module)
		return call_module(mod, lp, leaf, regs);

	return leaf->td ? call_td(mod, lp, leaf, object, regs) :
			  call_vcpu(mod, lp, leaf, object, regs);
}

static uint64_t dispatch(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t rax = regs->gpr[SEAM_RAX];
	unsigned int number = TDH_LEAF(rax);
	const struct tdh_entry *leaf = leaf_of(number);
	int state = atomic_load(&mod->state);
	uint64_t status;
	const char *name;

	if (rax & TDH_RESERVED_MASK || !takes_version(mod, leaf, TDH_VERSION(rax)))
		return TDX_OPERAND_INVALID | TDX_OPERAND_RAX;
	if (state == SYS_SHUTDOWN && leaf->legal != LEGAL_ALWAYS &&
	    !disable_passes_shutdown(mod, number))
		return TDX_SYS_SHUTDOWN;
	if (state != SYS_READY && leaf->legal == LEGAL_WHEN_READY &&
	    !disable_passes_shutdown(mod, number))
		return TDX_SYS_NOT_READY;
	status = disable_keeps_out(mod, number);
	if (status)
		return status;
	if (TDH_VERSION(rax) > 1 && !leaf->checks_version)
		return TDX_OPERAND_INVALID | TDX_OPERAND_RAX;
	/* Unknown to this module, and known to be */
	if ((mod->desc.flags & leaf->needs) != leaf->needs)
		return TDX_OPERAND_INVALID | TDX_OPERAND_RAX;
	if (leaf->module || leaf->td || leaf->vcpu)
		return call_leaf(mod, lp, leaf, regs);

	name = seam_leaf_name(rax);
	platform_diagnose(mod->platform, lp, "TDX module leaf %u (%s) is not modelled", number,
			  name ? name : "unknown");

	return TDX_OPERAND_INVALID | TDX_OPERAND_RAX;
}

enum outcome tdxmod_call(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	enum outcome exit = OUTCOME_VMFAIL_INVALID;
	struct tdxmod *mod;
	uint64_t status;

	/*
	 * Counted before seam_ready is looked at. A module is only replaced in
	 * the INSTALL call of the last LP, and this LP is not making one.
	 */
	atomic_fetch_add(&platform->lps_in_seam, 1);
	if (!atomic_load(&platform->seam_ready) || platform_module_halted(platform))
		goto out;

	mod = platform->tdxmod;
	status = dispatch(mod, lp, regs);
	/* A call under way on another LP comes to its end; only later ones fail */
	if (platform_lp_halted(platform, lp)) {
		exit = OUTCOME_HALTED;
		goto out;
	}

	regs->gpr[SEAM_RAX] = status;
	exit = OUTCOME_DONE;
out:
	atomic_fetch_sub(&platform->lps_in_seam, 1);

	return exit;
}
