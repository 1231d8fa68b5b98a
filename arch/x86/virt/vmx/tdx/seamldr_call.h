/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _X86_VIRT_SEAMLDR_CALL_H
#define _X86_VIRT_SEAMLDR_CALL_H

#include <linux/types.h>

#include <asm/seamldr.h>

int seamldr_read_info(struct seamldr_info *info);
int seamldr_read_seaminfo(struct seamldr_seaminfo *seaminfo);
u64 seamldr_call_install(const struct seamldr_params *params, u64 *rdx);

#endif /* _X86_VIRT_SEAMLDR_CALL_H */
