/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each vCPU executes in a section of the guest: from the entry of a function
 * until it returns to its caller. For kernels that stop all CPUs to have them run
 * that function, this is what they are stopped for.
 *
 * Counts are of instructions, exact, and none of them is the host's business. The
 * file has a line for each vCPU and section, with what happened there in its order:
 * accesses to memory that others see, spinning, locks, SEAMCALLs.
 */
#ifndef EMULATOR_QEMU_SECTION_H
#define EMULATOR_QEMU_SECTION_H

#include <stdbool.h>

#include "qemu/plugin_api.h"

/** section_init() - open the file, make the counters; false: one sentence */
bool section_init(char *error, size_t error_size);

/**
 * section_instrument() - have this instruction counted, and seen if it matters
 * @insn: the instruction
 * @first: of its block
 * @pause: it is a PAUSE
 */
void section_instrument(struct qemu_plugin_insn *insn, bool first, bool pause);

/** section_call() - the vCPU makes a SEAMCALL */
void section_call(unsigned int cpu, uint64_t leaf);

#endif
