/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's functions that the sources call.  The caller's side is asserted,
 * the result is anything that the kernel's function could return.  So a loop over
 * a page is not unwound.
 */
#ifndef CONTRACTS_H
#define CONTRACTS_H

#include <linux/kernel.h>
#include <linux/string.h>

#define REQUIRE(condition, text)	__CPROVER_assert(condition, text)
#define ASSUME(condition)		__CPROVER_assume(condition)

size_t nondet_size(void);
u32 nondet_u32(void);
u16 nondet_u16(void);
u8 nondet_u8(void);
int nondet_int(void);
_Bool nondet_bool(void);

void *memchr_inv(const void *p, int c, size_t len)
{
	size_t i = nondet_size();

	REQUIRE(__CPROVER_r_ok(p, len), "memchr_inv: all of it can be read");
	if (i >= len)
		return NULL;

	ASSUME(((const u8 *)p)[i] != (u8)c);

	return (u8 *)p + i;
}

/* Fields of up to 48 bytes are compared: no loop, and any result. */
int memcmp(const void *a, const void *b, size_t len)
{
	REQUIRE(__CPROVER_r_ok(a, len), "memcmp: all of the first can be read");
	REQUIRE(__CPROVER_r_ok(b, len), "memcmp: all of the second can be read");

	return nondet_int();
}

/* Only one end is asked for, and it is inside: there is no loop here, either. */
size_t strlen(const char *s)
{
	size_t len = nondet_size();

	ASSUME(len < __CPROVER_OBJECT_SIZE(s) - __CPROVER_POINTER_OFFSET(s) && !s[len]);

	return len;
}

size_t strcspn(const char *s, const char *reject)
{
	size_t len = nondet_size();

	REQUIRE(reject[0] && reject[1] && !reject[2], "strcspn: two characters");
	ASSUME(len < __CPROVER_OBJECT_SIZE(s) - __CPROVER_POINTER_OFFSET(s));
	ASSUME(!s[len] || s[len] == reject[0] || s[len] == reject[1]);

	return len;
}

static int any_text(char *buf, size_t size)
{
	size_t len = nondet_u8();

	REQUIRE(size <= 255, "printf: a size that was not negative");
	REQUIRE(__CPROVER_w_ok(buf, size), "printf: all of the buffer can be written");
	if (!size)
		return 0;

	ASSUME(len < size);

	return len;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	REQUIRE(__CPROVER_r_ok(fmt, 1), "printf: the format can be read");

	return any_text(buf, size);
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	REQUIRE(__CPROVER_r_ok(fmt, 1), "printf: the format can be read");

	return any_text(buf, size);
}

#endif
