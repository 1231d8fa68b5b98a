/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STUB_LINUX_BITS_H
#define STUB_LINUX_BITS_H

#include <linux/const.h>

#define BIT(n)			(1UL << (n))
#define GENMASK_ULL(h, l)	((~0ULL << (l)) & (~0ULL >> (63 - (h))))

#endif
