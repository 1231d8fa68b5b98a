/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pure, like seamldr_image.h, and for the same users.
 */
#ifndef _X86_VIRT_SEAMLDR_SIGSTRUCT_H
#define _X86_VIRT_SEAMLDR_SIGSTRUCT_H

#include <linux/types.h>

struct seam_sigstruct;

bool seam_sigstruct_is_debug(const struct seam_sigstruct *sig);
bool seam_sigstruct_is_valid(const struct seam_sigstruct *sig);
bool seam_sigstruct_offsets_are_valid(const struct seam_sigstruct *sig,
				      u32 nr_module_pages);

#endif /* _X86_VIRT_SEAMLDR_SIGSTRUCT_H */
