// SPDX-License-Identifier: GPL-2.0
/*
 * How one step of a TDX module update leads to the next
 */

#include <linux/types.h>

#include <asm/seamldr.h>
#include <asm/tdx.h>

#include "seamldr_update.h"

/**
 * update_next_state() - pick the next state, when all CPUs have done this one
 * @state: the state that is done
 * @failure: the failure that decides, or a status of 0
 * @attempt: how often all CPUs have done @state in a row, at least 1
 *
 * Context: Any context, the stopped section in particular.
 * Return: the next step, the same one again, or that it is over.
 */
enum update_state update_next_state(enum update_state state,
				    const struct update_failure *failure,
				    unsigned int attempt)
{
	if (!failure->status)
		return state + 1;

	if (failure->status == SEAMLDR_ENOENTROPY && !failure->rdx &&
	    attempt < UPDATE_INSTALL_ATTEMPTS)
		return UPDATE_CPU_INSTALL;

	return UPDATE_ABORT;
}

static bool is_software_status(u64 status)
{
	return (status & TDX_SW_ERROR) == TDX_SW_ERROR;
}

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
		if (is_software_status(failure->status))
			return TDX_MODULE_LOST;

		if (failure->status == TDX_SYS_INVALID_HANDOFF)
			return handoff_valid ? TDX_MODULE_STOPPED : TDX_MODULE_LOST;

		return TDX_MODULE_STOPPED;
	default:
		/* A module that refuses to shut down goes on. */
		return TDX_MODULE_READY;
	}
}
