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
 * @seamldr_major: major version of P-SEAMLDR
 * @updates_left: from SEAMLDR.INFO
 * @svn_major: security version of the module that was installed last
 * @svn_minor: the same
 * @mrseam: hash of the module that was installed last
 * @seam_ready: no installation is open, or has failed for good
 * @debug_known: @debug_unlocked could be read
 * @debug_unlocked: the platform runs debug-signed modules
 * @nr_lps: logical processors that have to take part in an installation
 * @nr_online: CPUs that are online
 * @nr_sockets: entries in @socket_cpuid, at most %SEAMLDR_MAX_SOCKETS
 * @socket_cpuid: CPUID.1:EAX of each socket
 * @module_hv: native handoff version of the running module
 * @min_update_hv: lowest handoff version that it writes
 * @no_downgrade: it writes the native version only
 * @handoff_pages: pages that its handoff data takes at most, minus one
 * @handoff_written: the module is shut down, its handoff data has version
 *		     @handoff_hv
 * @handoff_hv: see there
 * @pamt_entry_size: size of PAMT entries for 4K, 2M and 1G pages in bytes
 * @skip: checks that are to be skipped, see seamldr_parse_skip()
 */
struct seamldr_platform {
	bool	preserving;
	u16	seamldr_major;
	u32	updates_left;
	u8	svn_major;
	u8	svn_minor;
	u8	mrseam[48];
	bool	seam_ready;
	bool	debug_known;
	bool	debug_unlocked;
	u32	nr_lps;
	u32	nr_online;
	u32	nr_sockets;
	u32	socket_cpuid[SEAMLDR_MAX_SOCKETS];
	u16	module_hv;
	u16	min_update_hv;
	bool	no_downgrade;
	u16	handoff_pages;
	bool	handoff_written;
	u16	handoff_hv;
	u16	pamt_entry_size[3];
	u32	skip;
};

/**
 * struct seamldr_verdict - result of the checks
 * @refusal: why the image is refused, if it is
 * @prevents: status of the firmware call that would have failed later, if so
 * @handoff_hv: handoff version to shut the module down with, if not
 * @unchecked: checks that could not be made, a bit mask
 * @skipped: checks that failed and were to be skipped, a bit mask
 */
struct seamldr_verdict {
	struct seamldr_refusal refusal;
	const char *prevents;
	u16 handoff_hv;
	u32 unchecked;
	u32 skipped;
};

bool seamldr_choose_handoff(const struct seam_sigstruct *sig,
			    const struct seamldr_platform *platform, u16 *hv);
int seamldr_preflight(const struct seamldr_image *image,
		      const struct seamldr_platform *platform,
		      struct seamldr_verdict *verdict);
int seamldr_preflight_again(const struct seamldr_image *image,
			    const struct seamldr_platform *platform,
			    struct seamldr_verdict *verdict);
int seamldr_parse_skip(const char *list, u32 *skip);
size_t seamldr_print_checks(u32 mask, char *buf, size_t size);
bool seamldr_is_skippable(const char *name);

#endif /* _X86_VIRT_SEAMLDR_PREFLIGHT_H */
