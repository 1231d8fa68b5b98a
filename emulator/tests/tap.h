/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A test is a function; a failed check ends it. Results are TAP. */
#ifndef EMULATOR_TESTS_TAP_H
#define EMULATOR_TESTS_TAP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct test - one test
 * @name: what has to hold
 * @run: returns whether it does
 */
struct test {
	const char *name;
	bool (*run)(void);
};

/** struct suite - tests of one subject; its last entry has no name */
struct suite {
	const char *name;
	const struct test *tests;
};

/* Every check says where it failed, and with which values */
#define CHECK(condition)						\
	do {								\
		if (!(condition)) {					\
			printf("# %s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			return false;					\
		}							\
	} while (0)

#define CHECK_EQ(left, right)						\
	do {								\
		uint64_t left_value_ = (left);				\
		uint64_t right_value_ = (right);			\
									\
		if (left_value_ != right_value_) {			\
			printf("# %s:%d: %s is 0x%llx, not 0x%llx (%s)\n", __FILE__, \
			       __LINE__, #left, (unsigned long long)left_value_, \
			       (unsigned long long)right_value_, #right); \
			return false;					\
		}							\
	} while (0)

#endif
