/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_CPU_MSR_H
#define EMULATOR_CPU_MSR_H

#include <stdint.h>

#include "cpu/identity.h"
#include "seam/seam.h"

/**
 * cpu_msr_read() - RDMSR at CPL 0
 * @identity: the processor
 * @msr: number
 * @value: receives the value if the result is OUTCOME_DONE
 *
 * Return: OUTCOME_NATIVE for every MSR that QEMU answers well enough.
 */
enum outcome cpu_msr_read(const struct cpu_identity *identity, uint32_t msr, uint64_t *value);

/**
 * cpu_msr_write() - WRMSR at CPL 0
 * @identity: the processor
 * @msr: number
 *
 * All MSRs of a TDX platform are locked or read-only when the kernel runs.
 */
enum outcome cpu_msr_write(const struct cpu_identity *identity, uint32_t msr);

#endif
