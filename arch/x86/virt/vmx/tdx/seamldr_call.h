/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _X86_VIRT_SEAMLDR_CALL_H
#define _X86_VIRT_SEAMLDR_CALL_H

#include <linux/types.h>

#include <asm/seamldr.h>

struct seamldr_image;

int seamldr_read_info(struct seamldr_info *info);
int seamldr_read_seaminfo(struct seamldr_seaminfo *seaminfo);
void seamldr_fill_params(struct seamldr_params *params,
			 const struct seamldr_image *image);
u64 seamldr_call_install(const struct seamldr_params *params, u64 *rdx);

#endif /* _X86_VIRT_SEAMLDR_CALL_H */
