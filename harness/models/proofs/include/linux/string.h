/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STUB_LINUX_STRING_H
#define STUB_LINUX_STRING_H

#include <linux/types.h>

void *memchr_inv(const void *p, int c, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memcpy(void *to, const void *from, size_t len);
void *memset(void *p, int c, size_t len);
size_t strlen(const char *s);
size_t strcspn(const char *s, const char *reject);

#endif
