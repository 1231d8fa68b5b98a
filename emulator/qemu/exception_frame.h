/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exceptions that QEMU has no interface for: their frame is built by hand. */
#ifndef EMULATOR_QEMU_EXCEPTION_FRAME_H
#define EMULATOR_QEMU_EXCEPTION_FRAME_H

#include <stdint.h>

#include "qemu/vcpu.h"

/**
 * exception_gp() - raise #GP(0)
 * @vcpu: the vCPU
 * @insn: name of the instruction
 * @pc: where it stands
 *
 * Does not return, except if that is impossible.
 */
void exception_gp(const struct vcpu *vcpu, const char *insn, uint64_t pc);

#endif
