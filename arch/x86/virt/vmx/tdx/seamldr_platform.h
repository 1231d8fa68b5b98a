/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _X86_VIRT_SEAMLDR_PLATFORM_H
#define _X86_VIRT_SEAMLDR_PLATFORM_H

#include "seamldr_preflight.h"

/* tdx.c */
void tdx_module_describe(struct seamldr_platform *platform);

/* seamldr_platform.c */
int seamldr_read_platform(struct seamldr_platform *platform);

#endif /* _X86_VIRT_SEAMLDR_PLATFORM_H */
