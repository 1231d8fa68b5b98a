// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/cpuid.h"

/* CPUID leaf 1 */
#define CPUID_1_EBX_APIC_ID_SHIFT	24
#define CPUID_1_ECX_VMX			(1U << 5)
#define CPUID_1_ECX_HYPERVISOR		(1U << 31)
#define CPUID_1_EDX_SS			(1U << 27)
/* CPUID leaf 7, sub-leaf 0 */
#define CPUID_EXTENDED_FEATURES		7
#define CPUID_7_0_ECX_TME		(1U << 13)
#define CPUID_7_0_ECX_MOVDIR64B		(1U << 28)
/* CPUID leaf B: sub-leaf 1 is that of the cores */
#define CPUID_TOPOLOGY_CORES		1
#define CPUID_B_EAX_SHIFT		0x1fU
/* CPUID leaf 80000008 */
#define CPUID_ADDRESS_SIZES		0x80000008
#define CPUID_80000008_EAX_MAXPA	0xffU

bool cpuid_is_ours(uint32_t leaf, uint32_t subleaf)
{
	return leaf == CPUID_FEATURES || leaf == CPUID_ADDRESS_SIZES ||
	       (leaf == CPUID_EXTENDED_FEATURES && !subleaf) ||
	       (leaf == CPUID_TOPOLOGY && subleaf == CPUID_TOPOLOGY_CORES);
}

void cpuid_patch(const struct cpu_identity *identity, uint32_t leaf, struct cpuid_regs *regs)
{
	switch (leaf) {
	case CPUID_FEATURES:
		if (identity->cpuid_1_eax)
			regs->eax = identity->cpuid_1_eax;
		/* A TDX host runs on the metal. */
		regs->ecx &= ~CPUID_1_ECX_HYPERVISOR;
		regs->ecx |= CPUID_1_ECX_VMX;
		regs->edx |= CPUID_1_EDX_SS;
		break;
	case CPUID_EXTENDED_FEATURES:
		if (identity->tdx)
			regs->ecx |= CPUID_7_0_ECX_TME | CPUID_7_0_ECX_MOVDIR64B;
		break;
	case CPUID_ADDRESS_SIZES:
		if (identity->tdx)
			regs->eax = (regs->eax & ~CPUID_80000008_EAX_MAXPA) | identity->maxpa;
		break;
	}
}

uint32_t cpuid_initial_apic_id(const struct cpuid_regs *regs)
{
	return regs->ebx >> CPUID_1_EBX_APIC_ID_SHIFT;
}

unsigned int cpuid_package_shift(const struct cpuid_regs *regs)
{
	return regs->eax & CPUID_B_EAX_SHIFT;
}
