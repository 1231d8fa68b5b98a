/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_CPU_CPUID_H
#define EMULATOR_CPU_CPUID_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/identity.h"

/** struct cpuid_regs - output of one CPUID */
struct cpuid_regs {
	uint32_t eax;
	uint32_t ebx;
	uint32_t ecx;
	uint32_t edx;
};

/** cpuid_is_ours() - does cpuid_patch() change this leaf? */
bool cpuid_is_ours(uint32_t leaf, uint32_t subleaf);

/**
 * cpuid_patch() - turn QEMU's answer into that of a TDX host (SEAM ABI 2.1)
 * @identity: the processor
 * @leaf: EAX on entry
 * @regs: QEMU's answer, changed in place
 */
void cpuid_patch(const struct cpu_identity *identity, uint32_t leaf, struct cpuid_regs *regs);

/** cpuid_initial_apic_id() - initial APIC id in QEMU's answer to CPUID.1 */
uint32_t cpuid_initial_apic_id(const struct cpuid_regs *leaf_1);

#endif
