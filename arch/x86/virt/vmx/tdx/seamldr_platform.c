// SPDX-License-Identifier: GPL-2.0
/*
 * The values of the running system that an image is checked against
 */

#include <linux/build_bug.h>
#include <linux/array_size.h>
#include <linux/cleanup.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <asm/msr.h>
#include <asm/seamldr.h>

#include "seamldr_call.h"
#include "seamldr_platform.h"
#include "seamldr_preflight.h"

/* Not on every CPU (chapter "SEAM_SIGSTRUCT", debug-signed modules) */
#define MSR_SGX_DEBUG_MODE		0x503
#define SGX_DEBUG_MODE_UNLOCKED		BIT_ULL(1)

static void read_debug_mode(struct seamldr_platform *platform)
{
	u64 mode;

	platform->debug_known = !rdmsrq_safe(MSR_SGX_DEBUG_MODE, &mode);
	if (platform->debug_known)
		platform->debug_unlocked = mode & SGX_DEBUG_MODE_UNLOCKED;
}

static int read_seaminfo(struct seamldr_platform *platform)
{
	struct seamldr_seaminfo *seaminfo __free(kfree) =
		kzalloc(sizeof(*seaminfo), GFP_KERNEL);

	if (!seaminfo)
		return -ENOMEM;

	BUILD_BUG_ON(ARRAY_SIZE(seaminfo->socket_cpuid) != SEAMLDR_MAX_SOCKETS);

	/* An old P-SEAMLDR does not have it, which is no reason to refuse. */
	if (seamldr_read_seaminfo(seaminfo) ||
	    seaminfo->tot_num_sockets > SEAMLDR_MAX_SOCKETS)
		return 0;

	platform->lps_known = true;
	platform->nr_lps = seaminfo->tot_num_lps;
	platform->nr_sockets = seaminfo->tot_num_sockets;
	memcpy(platform->socket_cpuid, seaminfo->socket_cpuid,
	       sizeof(platform->socket_cpuid));

	return 0;
}

/**
 * seamldr_read_platform() - read what an image is checked against
 * @platform: where to store it, zeroed
 *
 * Context: Process context, with the CPU hotplug lock held.
 * Return: 0, -ENOMEM, or an error of seamldr_read_info().
 */
int seamldr_read_platform(struct seamldr_platform *platform)
{
	struct seamldr_info info;
	int ret;

	BUILD_BUG_ON(sizeof(platform->mrseam) != sizeof(info.seam_extend.mrseam));

	ret = seamldr_read_info(&info);
	if (ret)
		return ret;

	platform->updates_left = info.num_remaining_updates;
	platform->svn_major = info.seam_extend.svn_major;
	platform->svn_minor = info.seam_extend.svn_minor;
	memcpy(platform->mrseam, info.seam_extend.mrseam, sizeof(platform->mrseam));
	platform->seam_ready = info.seam_extend.seam_ready;
	platform->nr_online = num_online_cpus();

	tdx_module_describe(platform);
	read_debug_mode(platform);

	return read_seaminfo(platform);
}
