/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Host memory with one byte that reads wrong. To lose a module the way the
 * loader loses one, after the point of no return, it must really see a page
 * that does not match its hash (SEAM ABI 3.4 step 34).
 */
#ifndef EMULATOR_SEAMCALL_CORRUPT_H
#define EMULATOR_SEAMCALL_CORRUPT_H

#include "seam/seam.h"

/**
 * struct corrupt_memory - a view of host memory
 * @real: the memory behind it
 * @view: what the firmware models get
 */
struct corrupt_memory {
	struct seam_memory real;
	struct seam_memory view;
};

/** corrupt_memory_init() - make a view that shows the memory as it is */
void corrupt_memory_init(struct corrupt_memory *memory, const struct seam_memory *real);

/** CORRUPT_NOTHING - no address: the calling thread sees the memory as it is */
#define CORRUPT_NOTHING	(~0ULL)

/** corrupt_memory_at() - from now on the calling thread reads a wrong byte at @pa */
void corrupt_memory_at(uint64_t pa);

#endif
