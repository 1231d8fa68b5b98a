// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/vmx_capabilities.h"

#define BIT(n)		(1ULL << (n))
#define BITS(hi, lo)	((~0ULL >> (63 - (hi))) & (~0ULL << (lo)))

/* SDM volume 3, appendix A.1 */
#define VMX_BASIC_REGION_SIZE		(4096ULL << 32)
#define VMX_BASIC_MEMORY_TYPE_WB	(6ULL << 50)
#define VMX_BASIC_INS_OUTS		BIT(54)
#define VMX_BASIC_TRUE_CONTROLS		BIT(55)
#define VMX_BASIC_NO_SEAMRET_CLOBBER	BIT(60)

enum vmx_capability_msr {
	VMX_PINBASED = 0x481,
	VMX_PROCBASED,
	VMX_EXIT,
	VMX_ENTRY,
	VMX_MISC,
	VMX_CR0_FIXED0,
	VMX_CR0_FIXED1,
	VMX_CR4_FIXED0,
	VMX_CR4_FIXED1,
	VMX_VMCS_ENUM,
	VMX_PROCBASED2,
	VMX_EPT_VPID_CAP,
	VMX_TRUE_PINBASED,
	VMX_TRUE_PROCBASED,
	VMX_TRUE_EXIT,
	VMX_TRUE_ENTRY,
};

/* Pin-based controls: reserved ones that must be 1, and those that may be 1 */
#define PIN_DEFAULT1	(BIT(1) | BIT(2) | BIT(4))
/* External interrupts, NMI, virtual NMI, preemption timer, posted interrupts */
#define PIN_ALLOWED	(BIT(0) | BIT(3) | BIT(5) | BIT(6) | BIT(7))

/* Processor-based controls; CR3 exiting is default-1 except in the true MSR */
#define PROC_TRUE_DEFAULT1	(BIT(1) | BITS(6, 4) | BIT(8) | BIT(13) | BIT(14) | BIT(26))
#define PROC_CR3_EXITING	(BIT(15) | BIT(16))
/*
 * Interrupt window, TSC offset, HLT, INVLPG, MWAIT, RDPMC, RDTSC, CR8, TPR
 * shadow, NMI window, MOV DR, I/O, trap flag, MSR bitmap, MONITOR, PAUSE,
 * secondary controls
 */
#define PROC_ALLOWED	(BIT(2) | BIT(3) | BIT(7) | BITS(12, 9) | BITS(25, 19) | BITS(31, 27))

/*
 * Secondary controls: all from APIC access to INVPCID (bit 12), RDSEED, PML,
 * XSAVES, TSC scaling. No VMFUNC, shadow VMCS or tertiary controls, so their
 * MSRs do not exist.
 */
#define PROC2_ALLOWED	(BITS(12, 0) | BIT(16) | BIT(17) | BIT(20) | BIT(25))

#define EXIT_TRUE_DEFAULT1	(BITS(1, 0) | BITS(8, 3) | BITS(11, 10) | BITS(14, 13) | \
				 BITS(17, 16))
#define EXIT_DEBUG_CONTROLS	BIT(2)
/* 64-bit host, perf global, acknowledge interrupt, PAT, EFER, timer */
#define EXIT_ALLOWED	(BIT(9) | BIT(12) | BIT(15) | BITS(22, 18))

#define ENTRY_TRUE_DEFAULT1	(BITS(1, 0) | BITS(8, 3) | BIT(12))
#define ENTRY_DEBUG_CONTROLS	BIT(2)
/* IA-32e guest, perf global, PAT, EFER */
#define ENTRY_ALLOWED	(BIT(9) | BITS(15, 13))

/* Timer rate 2^5, EFER.LMA stored, activity state HLT, 4 CR3 targets */
#define MISC	(5ULL | BIT(5) | BIT(6) | (4ULL << 16))

#define CR0_FIXED0	(BIT(31) | BIT(5) | BIT(0))
#define CR0_FIXED1	BITS(31, 0)
#define CR4_FIXED0	BIT(13)
/* Everything up to PKS and CET that the CPU models of TDX hosts have */
#define CR4_FIXED1	(BITS(14, 0) | BITS(18, 16) | BITS(24, 20))

/* Highest index of a VMCS field encoding, in bits 9:1 */
#define VMCS_ENUM	(0x17ULL << 1)

/*
 * EPT: execute-only, 4 and 5 levels, write-back, 2 MiB and 1 GiB pages,
 * INVEPT of both types, accessed and dirty bits. VPID: INVVPID of all types.
 */
#define EPT_VPID_CAP	(BIT(0) | BIT(6) | BIT(7) | BIT(14) | BIT(16) | BIT(17) | BIT(20) | \
			 BIT(21) | BIT(25) | BIT(26) | BIT(32) | BITS(43, 40))

/* A control MSR: must-be-1 bits below, may-be-1 bits above */
static uint64_t controls(uint64_t default1, uint64_t allowed)
{
	return (default1 | allowed) << 32 | default1;
}

bool vmx_capability(uint32_t msr, bool vmcs_erratum, uint64_t *value)
{
	switch (msr) {
	case MSR_IA32_VMX_BASIC:
		*value = VMCS_REVISION_ID | VMX_BASIC_REGION_SIZE | VMX_BASIC_MEMORY_TYPE_WB |
			 VMX_BASIC_INS_OUTS | VMX_BASIC_TRUE_CONTROLS;
		if (!vmcs_erratum)
			*value |= VMX_BASIC_NO_SEAMRET_CLOBBER;
		return true;
	case VMX_PINBASED:
	case VMX_TRUE_PINBASED:
		*value = controls(PIN_DEFAULT1, PIN_ALLOWED);
		return true;
	case VMX_PROCBASED:
		*value = controls(PROC_TRUE_DEFAULT1 | PROC_CR3_EXITING, PROC_ALLOWED);
		return true;
	case VMX_TRUE_PROCBASED:
		*value = controls(PROC_TRUE_DEFAULT1, PROC_ALLOWED | PROC_CR3_EXITING);
		return true;
	case VMX_PROCBASED2:
		*value = controls(0, PROC2_ALLOWED);
		return true;
	case VMX_EXIT:
		*value = controls(EXIT_TRUE_DEFAULT1 | EXIT_DEBUG_CONTROLS, EXIT_ALLOWED);
		return true;
	case VMX_TRUE_EXIT:
		*value = controls(EXIT_TRUE_DEFAULT1, EXIT_ALLOWED | EXIT_DEBUG_CONTROLS);
		return true;
	case VMX_ENTRY:
		*value = controls(ENTRY_TRUE_DEFAULT1 | ENTRY_DEBUG_CONTROLS, ENTRY_ALLOWED);
		return true;
	case VMX_TRUE_ENTRY:
		*value = controls(ENTRY_TRUE_DEFAULT1, ENTRY_ALLOWED | ENTRY_DEBUG_CONTROLS);
		return true;
	case VMX_MISC:
		*value = MISC;
		return true;
	case VMX_CR0_FIXED0:
		*value = CR0_FIXED0;
		return true;
	case VMX_CR0_FIXED1:
		*value = CR0_FIXED1;
		return true;
	case VMX_CR4_FIXED0:
		*value = CR4_FIXED0;
		return true;
	case VMX_CR4_FIXED1:
		*value = CR4_FIXED1;
		return true;
	case VMX_VMCS_ENUM:
		*value = VMCS_ENUM;
		return true;
	case VMX_EPT_VPID_CAP:
		*value = EPT_VPID_CAP;
		return true;
	default:
		return false;
	}
}
