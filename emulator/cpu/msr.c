// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/msr.h"
#include "cpu/vmx_capabilities.h"

#define MSR_IA32_FEAT_CTL			0x3a
#define FEAT_CTL_LOCKED				(1ULL << 0)
#define FEAT_CTL_VMX_OUTSIDE_SMX		(1ULL << 2)

/* SEAM ABI 2.1 */
#define MSR_IA32_MKTME_KEYID_PARTITIONING	0x87
#define KEYID_PARTITIONING_TDX_SHIFT		32

/* 8 variable ranges, fixed ranges, write-combining, as QEMU has them */
#define MSR_IA32_MTRRCAP			0xfe
#define MTRRCAP_QEMU				0x508ULL
#define MTRRCAP_SEAMRR				(1ULL << 15)

#define MSR_SGX_DEBUG_MODE			0x503

#define MSR_IA32_TME_CAPABILITY			0x981
#define TME_CAPABILITY_AES_XTS_128		(1ULL << 0)
#define TME_CAPABILITY_AES_XTS_256		(1ULL << 2)
#define TME_CAPABILITY_KEYID_BITS_SHIFT		32
#define TME_CAPABILITY_MAX_KEYS_SHIFT		36

#define MSR_IA32_TME_ACTIVATE			0x982
#define TME_ACTIVATE_LOCKED			(1ULL << 0)
#define TME_ACTIVATE_ENABLED			(1ULL << 1)
#define TME_ACTIVATE_KEYID_BITS_SHIFT		32
#define TME_ACTIVATE_TDX_KEYID_BITS_SHIFT	36
#define TME_ACTIVATE_AES_XTS_128		(1ULL << 48)
#define TME_ACTIVATE_AES_XTS_256		(1ULL << 50)

#define MSR_IA32_SEAMRR_BASE			0x1400
#define SEAMRR_BASE_CONFIGURED			(1ULL << 3)
#define MSR_IA32_SEAMRR_MASK			0x1401
#define SEAMRR_MASK_LOCKED			(1ULL << 10)
#define SEAMRR_MASK_VALID			(1ULL << 11)
/* Accessible in SEAM only */
#define MSR_IA32_SEAMEXTEND			0x1402

static bool is_vmx_capability(uint32_t msr)
{
	return msr >= MSR_IA32_VMX_BASIC && msr <= MSR_IA32_VMX_LAST;
}

static bool is_tdx_msr(uint32_t msr)
{
	switch (msr) {
	case MSR_IA32_MKTME_KEYID_PARTITIONING:
	case MSR_IA32_TME_CAPABILITY:
	case MSR_IA32_TME_ACTIVATE:
	case MSR_IA32_SEAMRR_BASE:
	case MSR_IA32_SEAMRR_MASK:
	case MSR_IA32_SEAMEXTEND:
	case MSR_SGX_DEBUG_MODE:
		return true;
	default:
		return false;
	}
}

static enum outcome read_tdx_msr(const struct cpu_identity *id, uint32_t msr, uint64_t *value)
{
	uint64_t keyid_bits = id->keyid_bits;

	switch (msr) {
	case MSR_IA32_MKTME_KEYID_PARTITIONING:
		*value = (uint64_t)id->nr_tdx_keyids << KEYID_PARTITIONING_TDX_SHIFT |
			 id->nr_mktme_keyids;
		return OUTCOME_DONE;
	case MSR_IA32_TME_CAPABILITY:
		*value = TME_CAPABILITY_AES_XTS_128 | TME_CAPABILITY_AES_XTS_256 |
			 keyid_bits << TME_CAPABILITY_KEYID_BITS_SHIFT |
			 ((1ULL << keyid_bits) - 1) << TME_CAPABILITY_MAX_KEYS_SHIFT;
		return OUTCOME_DONE;
	case MSR_IA32_TME_ACTIVATE:
		*value = TME_ACTIVATE_LOCKED | TME_ACTIVATE_ENABLED |
			 keyid_bits << TME_ACTIVATE_KEYID_BITS_SHIFT |
			 keyid_bits << TME_ACTIVATE_TDX_KEYID_BITS_SHIFT |
			 TME_ACTIVATE_AES_XTS_128 | TME_ACTIVATE_AES_XTS_256;
		return OUTCOME_DONE;
	case MSR_IA32_SEAMRR_BASE:
		*value = id->seamrr_base | SEAMRR_BASE_CONFIGURED;
		return OUTCOME_DONE;
	case MSR_IA32_SEAMRR_MASK:
		*value = (~(id->seamrr_size - 1) & ((1ULL << id->maxpa) - 1)) |
			 SEAMRR_MASK_LOCKED | SEAMRR_MASK_VALID;
		return OUTCOME_DONE;
	case MSR_SGX_DEBUG_MODE:
		*value = id->sgx_debug_mode;
		return OUTCOME_DONE;
	default:
		return OUTCOME_GP;
	}
}

enum outcome cpu_msr_read(const struct cpu_identity *identity, uint32_t msr, uint64_t *value)
{
	if (is_vmx_capability(msr))
		return vmx_capability(msr, identity->vmcs_erratum, value) ? OUTCOME_DONE :
									    OUTCOME_GP;
	/* QEMU answers 0 for MSRs that it does not know; a CPU without TDX faults. */
	if (is_tdx_msr(msr))
		return identity->tdx ? read_tdx_msr(identity, msr, value) : OUTCOME_GP;

	switch (msr) {
	case MSR_IA32_FEAT_CTL:
		*value = FEAT_CTL_LOCKED | FEAT_CTL_VMX_OUTSIDE_SMX;
		return OUTCOME_DONE;
	case MSR_IA32_MTRRCAP:
		if (!identity->tdx)
			return OUTCOME_NATIVE;
		*value = MTRRCAP_QEMU | MTRRCAP_SEAMRR;
		return OUTCOME_DONE;
	default:
		return OUTCOME_NATIVE;
	}
}

enum outcome cpu_msr_write(const struct cpu_identity *identity, uint32_t msr)
{
	if (is_vmx_capability(msr) || is_tdx_msr(msr) || msr == MSR_IA32_FEAT_CTL)
		return OUTCOME_GP;
	return OUTCOME_NATIVE;
}
