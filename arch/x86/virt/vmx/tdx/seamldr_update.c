// SPDX-License-Identifier: GPL-2.0
/*
 * How one step of a TDX module update leads to the next
 */

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/types.h>

#include <kunit/visibility.h>

#include <asm/seamldr.h>
#include <asm/tdx.h>

#include "seamldr_update.h"

static bool is_software_status(u64 status)
{
	return (status & TDX_SW_ERROR) == TDX_SW_ERROR;
}

/*
 * P-SEAMLDR has no entropy at the moment, or was not reached by a CPU.  The
 * former ends the installation, and all CPUs begin another one.  The latter
 * leaves it open, for the CPUs that are missing.
 */
static bool can_repeat(const struct update_failure *failure)
{
	if (failure->state != UPDATE_CPU_INSTALL)
		return false;

	return is_software_status(failure->status) ||
	       (failure->status == SEAMLDR_ENOENTROPY && !failure->rdx);
}

/**
 * update_install_complete() - has every CPU's call of SEAMLDR.INSTALL counted?
 * @state: the state that is done
 * @failure: the failure that decides, or a status of 0
 * @nr_missing: CPUs that were not told that their call counts
 *
 * Context: Any context, the stopped section in particular.
 * Return: true if it has, and the next call begins another installation; false
 * if not, or if the failure does not tell.
 */
bool update_install_complete(enum update_state state,
			     const struct update_failure *failure,
			     unsigned int nr_missing)
{
	if (state != UPDATE_CPU_INSTALL)
		return false;

	/* Only the last CPU to call gets to where entropy is needed. */
	return !nr_missing ||
	       (nr_missing == 1 && failure->status == SEAMLDR_ENOENTROPY);
}
EXPORT_SYMBOL_IF_KUNIT(update_install_complete);

/**
 * update_first_state() - pick the step that an update begins with
 * @state: what an earlier update has left of the TDX module
 * @updates_left: what P-SEAMLDR says
 *
 * A module that was shut down is not shut down again.  If nothing can be
 * installed any more, the checks have let pass only the module that has been,
 * and what is left to do is to initialize it.
 *
 * Context: Any context.
 * Return: the step.
 */
enum update_state update_first_state(enum tdx_module_state state, u32 updates_left)
{
	if (state == TDX_MODULE_READY)
		return UPDATE_SHUTDOWN;

	return updates_left ? UPDATE_CPU_INSTALL : UPDATE_CPU_INIT;
}

/**
 * update_next_state() - pick the next state, when all CPUs have done this one
 * @state: the state that is done
 * @failure: the failure that decides, or a status of 0
 * @attempt: how often all CPUs have done @state in a row, at least 1
 * @first: the step to take first, see update_first_state()
 *
 * Context: Any context, the stopped section in particular.
 * Return: the next step, the same one again, or that it is over.
 */
enum update_state update_next_state(enum update_state state,
				    const struct update_failure *failure,
				    unsigned int attempt, enum update_state first)
{
	if (failure->status)
		return can_repeat(failure) && attempt < UPDATE_INSTALL_ATTEMPTS ?
		       state : UPDATE_ABORT;

	return state == UPDATE_START ? first : state + 1;
}
EXPORT_SYMBOL_IF_KUNIT(update_next_state);

/**
 * update_module_state() - what a failure leaves of the TDX module
 * @failure: the failure that decides
 * @handoff_valid: the new module says that the handoff data is valid; counts
 *		   only if it refused it
 *
 * Context: Any context.
 * Return: the state of the module after the update was given up.
 */
enum tdx_module_state
update_module_state(const struct update_failure *failure, bool handoff_valid)
{
	switch (failure->state) {
	case UPDATE_CPU_INSTALL:
		/* P-SEAMLDR did not run, RDX says nothing. */
		if (is_software_status(failure->status))
			return TDX_MODULE_STOPPED;

		/* The old image is back, unless it is gone. */
		return failure->rdx ? TDX_MODULE_LOST : TDX_MODULE_STOPPED;
	case UPDATE_CPU_INIT:
		/* The handoff data was not touched: install again. */
		return TDX_MODULE_STOPPED;
	case UPDATE_RUN_UPDATE:
		/* The module has halted itself, with the handoff data. */
		if (failure->status == TDX_SEAMCALL_VMFAILINVALID)
			return TDX_MODULE_LOST;

		if (failure->status == TDX_SYS_INVALID_HANDOFF)
			return handoff_valid ? TDX_MODULE_STOPPED : TDX_MODULE_LOST;

		return TDX_MODULE_STOPPED;
	default:
		/* A module that refuses to shut down goes on. */
		return TDX_MODULE_READY;
	}
}
EXPORT_SYMBOL_IF_KUNIT(update_module_state);

/**
 * update_errno() - translate a failure for the caller
 * @failure: the failure that decides
 *
 * Context: Any context.
 * Return: -EBUSY if the module refused to shut down for now, else -EIO.
 */
int update_errno(const struct update_failure *failure)
{
	if (failure->state != UPDATE_SHUTDOWN)
		return -EIO;

	switch (failure->status & GENMASK_ULL(63, 32)) {
	case TDX_SYS_BUSY:
	case TDX_UPDATE_COMPATIBILITY_SENSITIVE:
		return -EBUSY;
	default:
		return -EIO;
	}
}
EXPORT_SYMBOL_IF_KUNIT(update_errno);
