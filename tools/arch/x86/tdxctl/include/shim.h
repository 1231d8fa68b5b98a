/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel's own sources take from the kernel's headers
 *
 * seamldr_image.c and seamldr_preflight.c are compiled as they are.  tools/include
 * has all of this as well, but tdxctl has to build without a kernel tree, too.
 */
#ifndef TDXCTL_SHIM_H
#define TDXCTL_SHIM_H

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define __attribute		__attribute__
#define __packed		__attribute((packed))
#define __printf(a, b)		__attribute((format(printf, a, b)))
#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define BIT(nr)			(1U << (nr))

#define SHA384_DIGEST_SIZE	48

void sha384(const u8 *data, size_t len, u8 out[SHA384_DIGEST_SIZE]);

/* snprintf() that returns what it has written */
static inline int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = vsnprintf(buf, size, fmt, args);

	if (len < 0 || !size)
		return 0;

	return (size_t)len < size ? len : (int)size - 1;
}

__printf(3, 4)
static inline int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);

	return len;
}

/* The first byte that is not @c, or NULL */
static inline const void *memchr_inv(const void *start, int c, size_t bytes)
{
	const u8 *p = start;

	for (; bytes; p++, bytes--) {
		if (*p != (u8)c)
			return p;
	}

	return NULL;
}

#endif /* TDXCTL_SHIM_H */
