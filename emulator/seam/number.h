/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as users write them. */
#ifndef EMULATOR_SEAM_NUMBER_H
#define EMULATOR_SEAM_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/**
 * number_parse() - read a decimal, octal or hexadecimal number
 * @text: nothing else: no sign, no space
 * @min: smallest one that is good
 * @max: largest one
 * @number: receives it
 */
bool number_parse(const char *text, uint64_t min, uint64_t max, uint64_t *number);

#endif
