/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What CPUID and the MSRs say about this processor. Filled from the same
 * description that the firmware models get, so that both tell one story.
 */
#ifndef EMULATOR_CPU_IDENTITY_H
#define EMULATOR_CPU_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct cpu_identity - the processor as software can enumerate it (SEAM ABI 2)
 * @tdx: SEAM is enabled by BIOS; if not, VMX is there and nothing of TDX
 * @cpuid_1_eax: CPUID.1:EAX, or 0 to leave QEMU's
 * @maxpa: physical address width, KeyID bits included
 * @keyid_bits: KeyID bits at the top of a physical address
 * @nr_mktme_keyids: low half of MSR 0x87
 * @nr_tdx_keyids: high half of MSR 0x87
 * @seamrr_base: start of the SEAM range
 * @seamrr_size: its length, a power of two
 * @sgx_debug_mode: MSR 0x503
 * @vmcs_erratum: SEAMRET from P-SEAMLDR clears the current-VMCS pointer; MSR
 *	0x480 bit 60 is then 0 (SEAM ABI 1.4)
 */
struct cpu_identity {
	bool tdx;
	uint32_t cpuid_1_eax;
	unsigned int maxpa;
	unsigned int keyid_bits;
	unsigned int nr_mktme_keyids;
	unsigned int nr_tdx_keyids;
	uint64_t seamrr_base;
	uint64_t seamrr_size;
	uint64_t sgx_debug_mode;
	bool vmcs_erratum;
};

#endif
