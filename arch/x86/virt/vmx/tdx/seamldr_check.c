// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a TDX module image can be installed, and what the log says if not
 */

#define pr_fmt(fmt)	"virt/seamldr: " fmt

#include <linux/cleanup.h>
#include <linux/cpuhplock.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/printk.h>
#include <linux/sched/clock.h>
#include <linux/types.h>

#include <asm/seamldr.h>
#include <asm/tdx.h>

#include "seamldr_check.h"
#include "seamldr_image.h"
#include "seamldr_platform.h"
#include "seamldr_preflight.h"
#include "seamldr_trace.h"
#include "seamldr_update.h"

/**
 * seamldr_refuse() - say in the log why an image is refused, if it is
 * @verdict: result of the checks
 *
 * Context: Process context.
 * Return: 0 if it is not, or the error of the check.
 */
int seamldr_refuse(const struct seamldr_verdict *verdict)
{
	u32 i;

	for (i = 0; i < verdict->nr_unchecked; i++)
		pr_info("not checked: %s, which this platform does not tell\n",
			verdict->unchecked[i]);

	if (!verdict->refusal)
		return 0;

	update_report_refusal(verdict->refusal, verdict->prevents,
			      tdx_get_module_state());

	return verdict->refusal->err;
}

/**
 * seamldr_parse() - take an image apart, or say in the log why it is none
 * @data: TDX module image
 * @size: its length in bytes
 * @image: where to store its parts
 *
 * Context: Process context.
 * Return: 0, or the error of seamldr_image_parse().
 */
int seamldr_parse(const u8 *data, u32 size, struct seamldr_image *image)
{
	const struct seamldr_refusal *refusal;

	refusal = seamldr_image_parse(data, size, image);
	if (!refusal)
		return 0;

	update_report_refusal(refusal, NULL, tdx_get_module_state());

	return refusal->err;
}

/**
 * seamldr_check_module() - can the TDX module be replaced by this one?
 * @data: TDX module image
 * @size: its length in bytes
 * @allow_older_handoff: accept a handoff version below the native one
 * @plan: where to store what is to be done
 *
 * Changes nothing.  Says in the log why not.
 *
 * Context: Process context, may sleep.  Takes the CPU hotplug lock.
 * Return: 0 if nothing speaks against it, -EMSGSIZE for a wrong length,
 * -EINVAL for bad content, -EBUSY if it may be another time, -ENOSPC if there
 * are no updates left, -EIO if there is no module to take over from, -ENOMEM.
 */
int seamldr_check_module(const u8 *data, u32 size, bool allow_older_handoff,
			 struct seamldr_plan *plan)
{
	struct seamldr_platform platform = {};
	struct seamldr_verdict verdict;
	struct seamldr_image image;
	u64 start;
	int ret;

	plan->state = tdx_get_module_state();
	if (plan->state == TDX_MODULE_LOST) {
		pr_err("image refused: the TDX module is lost, reboot\n");
		return -EIO;
	}

	ret = seamldr_parse(data, size, &image);
	if (ret)
		return ret;

	scoped_guard(cpus_read_lock)
		ret = seamldr_read_platform(&platform);
	if (ret)
		return ret;

	platform.allow_older_handoff = allow_older_handoff;
	start = local_clock();
	seamldr_preflight(&image, &platform, &verdict);
	trace_seamldr_preflight(verdict.refusal ? verdict.refusal->check : "none",
				local_clock() - start);
	plan->handoff_hv = verdict.handoff_hv;

	return seamldr_refuse(&verdict);
}
EXPORT_SYMBOL_FOR_MODULES(seamldr_check_module, "tdx-host");
