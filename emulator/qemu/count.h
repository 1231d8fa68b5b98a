/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact counts of the guest instructions that were executed in an address
 * range, such as one function of the kernel (from System.map).
 */
#ifndef EMULATOR_QEMU_COUNT_H
#define EMULATOR_QEMU_COUNT_H

#include "qemu/plugin_api.h"

/** count_init() - make the counters of the options */
void count_init(void);

/** count_instrument() - count this instruction if it is in a range */
void count_instrument(struct qemu_plugin_insn *insn);

/** count_report() - put the counts into the trace */
void count_report(void);

#endif
