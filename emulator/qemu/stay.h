/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vCPU that stays at its SEAMCALL: one whose firmware halted, or one that a
 * fault delays. Its thread must not sleep there for long: whoever stops all
 * vCPUs, resets or ends QEMU waits for it. So it sleeps a moment and executes the
 * instruction anew, with interrupts masked, again and again.
 */
#ifndef EMULATOR_QEMU_STAY_H
#define EMULATOR_QEMU_STAY_H

#include <stdbool.h>
#include <stdint.h>

#include "qemu/vcpu.h"

/** stay_halted() - execute the instruction at @pc anew, for ever; does not return */
void stay_halted(struct vcpu *vcpu, uint64_t pc) __attribute__((noreturn));

/** stay_continues() - is the call @rax at @pc the one that the vCPU has begun to wait with? */
bool stay_continues(const struct vcpu *vcpu, uint64_t pc, uint64_t rax);

/** stay_begin() - the call @rax at @pc waits for @ms from now on, unless that is 0 */
void stay_begin(struct vcpu *vcpu, uint64_t pc, uint64_t rax, unsigned int ms);

/**
 * stay_wait() - go on when the time is over
 *
 * Before that it does not return: the instruction is executed anew.
 */
void stay_wait(struct vcpu *vcpu);

/** stay_reset() - the vCPU had an INIT or a reset */
void stay_reset(struct vcpu *vcpu);

#endif
