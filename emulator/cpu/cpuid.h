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

/** cpuid_is_ours() - must QEMU's answer be changed or looked at? */
bool cpuid_is_ours(uint32_t leaf, uint32_t subleaf);

/**
 * cpuid_patch() - turn QEMU's answer into that of a TDX host (SEAM ABI 2.1)
 * @identity: the processor
 * @leaf: EAX on entry
 * @regs: QEMU's answer, changed in place
 */
void cpuid_patch(const struct cpu_identity *identity, uint32_t leaf, struct cpuid_regs *regs);

/* Leaves in which QEMU tells its topology */
#define CPUID_FEATURES		1
#define CPUID_TOPOLOGY		0xb

/** cpuid_initial_apic_id() - initial APIC id, from CPUID_FEATURES */
uint32_t cpuid_initial_apic_id(const struct cpuid_regs *regs);

/** cpuid_package_shift() - APIC id bits below the package, from CPUID_TOPOLOGY */
unsigned int cpuid_package_shift(const struct cpuid_regs *regs);

#endif
