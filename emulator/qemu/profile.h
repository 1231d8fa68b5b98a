/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that "tdxctl probe" writes on a real host. */
#ifndef EMULATOR_QEMU_PROFILE_H
#define EMULATOR_QEMU_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "platform/platform.h"

#define PROFILE_ERROR_SIZE	256

/**
 * profile_parse() - read such a file
 * @text: its content; with a NUL behind it
 * @size: length of that
 * @profile: result
 * @config: P-SEAMLDR, CPUs and updates left are taken over
 * @error: receives what is wrong: half a sentence, to be put behind the name of the file
 */
bool profile_parse(const char *text, size_t size, struct platform_profile *profile,
		   struct platform_config *config, char error[static PROFILE_ERROR_SIZE]);

#endif
