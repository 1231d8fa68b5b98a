/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pages, and what all layers ask of bytes and arrays. */
#ifndef EMULATOR_SEAM_PAGE_H
#define EMULATOR_SEAM_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEAM_PAGE_SIZE		4096
/* Of an address: its place in the page */
#define SEAM_PAGE_OFFSET	(SEAM_PAGE_SIZE - 1ULL)

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/** all_zero() - are @size bytes at @data all 0? */
static inline bool all_zero(const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}

	return true;
}

#endif
