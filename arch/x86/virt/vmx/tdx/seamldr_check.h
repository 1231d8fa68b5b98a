/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _X86_VIRT_SEAMLDR_CHECK_H
#define _X86_VIRT_SEAMLDR_CHECK_H

#include <linux/types.h>

struct seamldr_image;
struct seamldr_verdict;

int seamldr_parse(const u8 *data, u32 size, struct seamldr_image *image);
int seamldr_refuse(const struct seamldr_verdict *verdict);

#endif /* _X86_VIRT_SEAMLDR_CHECK_H */
