// SPDX-License-Identifier: GPL-2.0
/*
 * The choice of the version of the handoff data
 */

#include <linux/errno.h>
#include <linux/types.h>

#ifdef __KERNEL__
#include <linux/export.h>

#include <kunit/visibility.h>
#else
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

#include "seamldr_image.h"
#include "seamldr_preflight.h"

static const struct seamldr_refusal no_common_handoff = {
	.check	= "handoff-version",
	.reason	= "that both modules support does not exist",
	.err	= -EINVAL,
};

static const struct seamldr_refusal older_handoff = {
	.check	= "handoff-older",
	.reason	=
		"than the running module's own is all that the image supports: set tdx_host.allow_older_handoff=1 to try",
	.err	= -EINVAL,
};

/**
 * seamldr_choose_handoff() - choose the version of the handoff data
 * @sig: sigstruct of the new module
 * @platform: the running module, or the one that has handed over already
 * @hv: where to store the version, if there is one
 *
 * The highest version that both modules support.  One below the native version
 * of the running module is legal but hardly ever exercised, so it has to be
 * asked for.  A module that was shut down has made the choice.
 *
 * Context: Any context.
 * Return: NULL, or why there is none.
 */
const struct seamldr_refusal *
seamldr_choose_handoff(const struct seam_sigstruct *sig,
		       const struct seamldr_platform *platform, u16 *hv)
{
	u16 lo = platform->min_update_hv, hi = platform->module_hv;

	if (platform->handoff_written)
		hi = platform->handoff_hv;
	if (platform->handoff_written || platform->no_downgrade)
		lo = hi;

	if (sig->min_update_hv > lo)
		lo = sig->min_update_hv;
	if (sig->module_hv < hi)
		hi = sig->module_hv;

	if (lo > hi)
		return &no_common_handoff;

	if (!platform->handoff_written && hi < platform->module_hv &&
	    !platform->allow_older_handoff)
		return &older_handoff;

	*hv = hi;

	return NULL;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_choose_handoff);
