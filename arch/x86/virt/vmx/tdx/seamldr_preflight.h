/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can be known about an update of the TDX module before it begins
 *
 * Pure, like seamldr_image.h, and for the same users.
 */
#ifndef _X86_VIRT_SEAMLDR_PREFLIGHT_H
#define _X86_VIRT_SEAMLDR_PREFLIGHT_H

#include <linux/types.h>

#include "seamldr_image.h"

#define SEAMLDR_MAX_SOCKETS	8

/**
 * struct seamldr_platform - what an image is checked against
 * @preserving: the running module can hand its TDs over
 * @updates_left: from SEAMLDR.INFO
 * @svn_major: security version of the module that was installed last
 * @svn_minor: the same
 * @mrseam: hash of the module that was installed last
 * @seam_ready: no installation is open, or has failed for good
 * @debug_known: @debug_unlocked could be read
 * @debug_unlocked: the platform runs debug-signed modules
 * @lps_known: @nr_lps, @nr_sockets and @socket_cpuid could be read
 * @nr_lps: logical processors that have to take part in an installation
 * @nr_online: CPUs that are online
 * @nr_sockets: entries in @socket_cpuid, at most %SEAMLDR_MAX_SOCKETS
 * @socket_cpuid: CPUID.1:EAX of each socket
 * @nr_td_builds: TDs between TDH.MNG.INIT and TDH.MR.FINALIZE
 * @module_hv: native handoff version of the running module
 * @min_update_hv: lowest handoff version that it writes
 * @no_downgrade: it writes the native version only
 * @handoff_pages: pages that its handoff data takes at most, minus one
 * @handoff_written: the module is shut down, its handoff data has version
 *		     @handoff_hv
 * @handoff_hv: see there
 * @allow_older_handoff: a handoff version below @module_hv may be chosen
 */
struct seamldr_platform {
	bool	preserving;
	u32	updates_left;
	u8	svn_major;
	u8	svn_minor;
	u8	mrseam[48];
	bool	seam_ready;
	bool	debug_known;
	bool	debug_unlocked;
	bool	lps_known;
	u32	nr_lps;
	u32	nr_online;
	u32	nr_sockets;
	u32	socket_cpuid[SEAMLDR_MAX_SOCKETS];
	u32	nr_td_builds;
	u16	module_hv;
	u16	min_update_hv;
	bool	no_downgrade;
	u16	handoff_pages;
	bool	handoff_written;
	u16	handoff_hv;
	bool	allow_older_handoff;
};

/**
 * struct seamldr_verdict - result of the checks
 * @refusal: why the image is refused, NULL if nothing speaks against it
 * @prevents: status of the firmware call that would have failed later
 * @handoff_hv: handoff version to shut the module down with, if not refused
 * @unchecked: names of checks that could not be made
 * @nr_unchecked: how many
 */
struct seamldr_verdict {
	const struct seamldr_refusal *refusal;
	const char *prevents;
	u16 handoff_hv;
	const char *unchecked[4];
	u32 nr_unchecked;
};

const struct seamldr_refusal *
seamldr_choose_handoff(const struct seam_sigstruct *sig,
		       const struct seamldr_platform *platform, u16 *hv);
void seamldr_preflight(const struct seamldr_image *image,
		       const struct seamldr_platform *platform,
		       struct seamldr_verdict *verdict);
void seamldr_preflight_again(const struct seamldr_image *image,
			     const struct seamldr_platform *platform,
			     struct seamldr_verdict *verdict);

#endif /* _X86_VIRT_SEAMLDR_PREFLIGHT_H */
