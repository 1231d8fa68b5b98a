/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STUB_LINUX_COMPILER_H
#define STUB_LINUX_COMPILER_H

#define __packed	__attribute__((packed))
#define __printf(a, b)	__attribute__((format(printf, a, b)))

#endif
