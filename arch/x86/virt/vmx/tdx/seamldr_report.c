// SPDX-License-Identifier: GPL-2.0
/*
 * What an admin reads about an update of the TDX module: one line
 */

#define pr_fmt(fmt)	"virt/seamldr: " fmt

#include <linux/printk.h>
#include <linux/time64.h>
#include <linux/types.h>

#include <asm/seamldr.h>
#include <asm/tdx.h>

#include "seamldr_image.h"
#include "seamldr_update.h"

static const char * const state_names[] = {
	[UPDATE_START]		= "START",
	[UPDATE_SHUTDOWN]	= "SHUTDOWN",
	[UPDATE_CPU_INSTALL]	= "CPU_INSTALL",
	[UPDATE_CPU_INIT]	= "CPU_INIT",
	[UPDATE_RUN_UPDATE]	= "RUN_UPDATE",
};

static const char * const consequences[] = {
	[TDX_MODULE_READY]	= "nothing was changed, the TDX module and its TDs run on",
	[TDX_MODULE_STOPPED]	=
		"the TDX module is stopped and TDs wait, upload a good image to resume them",
	[TDX_MODULE_LOST]	= "the TDX module and all TDs are lost, reboot",
};

/**
 * update_report_refusal() - say why an image is not installed
 * @refusal: the check that refused it
 * @prevents: status of the firmware call that would have failed later, or NULL
 * @state: state of the module, which is not changed
 *
 * Context: Process context, may sleep.
 */
void update_report_refusal(const struct seamldr_refusal *refusal,
			   const char *prevents, enum tdx_module_state state)
{
	if (prevents)
		pr_err("image refused: %s %s (would end in %s): %s\n",
		       refusal->check, refusal->reason, prevents,
		       consequences[state]);
	else
		pr_err("image refused: %s %s: %s\n", refusal->check,
		       refusal->reason, consequences[state]);
}

/**
 * update_report_success() - say that the new module runs
 * @from: version of the module that was replaced
 * @stopped_ns: how long the CPUs were stopped, in nanoseconds
 *
 * Context: Process context, may sleep.
 */
void update_report_success(const struct tdx_sys_info_version *from, u64 stopped_ns)
{
	struct tdx_sys_info_version to = {};

	if (tdx_get_module_version(&to))
		pr_warn("the new TDX module does not tell its version\n");

	pr_info("TDX module updated: %u.%u.%02u -> %u.%u.%02u, CPUs were stopped for %llu us\n",
		from->major_version, from->minor_version, from->update_version,
		to.major_version, to.minor_version, to.update_version,
		stopped_ns / NSEC_PER_USEC);
}

/**
 * update_report_failure() - say what failed, and what is left
 * @failure: the failure that decides
 * @state: what it leaves of the module
 *
 * Context: Process context, with the CPUs released.
 */
void update_report_failure(const struct update_failure *failure,
			   enum tdx_module_state state)
{
	bool install = failure->state == UPDATE_CPU_INSTALL;

	pr_err("update failed in %s on CPU %u: 0x%016llx (%s), rdx %llu: %s\n",
	       state_names[failure->state], failure->cpu, failure->status,
	       install ? seamldr_status_name(failure->status) :
			 tdx_status_name(failure->status),
	       failure->rdx, consequences[state]);
}
