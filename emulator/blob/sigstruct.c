// SPDX-License-Identifier: GPL-2.0-or-later
/* The checks of a sigstruct that need nothing but the sigstruct. */
#include "blob/sigstruct.h"

static bool reserved_zero(const struct seam_sigstruct *sig, unsigned int tolerated)
{
	return all_zero(sig->reserved0, sizeof(sig->reserved0)) && !sig->reserved2 &&
	       (tolerated & SIGSTRUCT_RESERVED1_USED ||
		all_zero(sig->reserved1, sizeof(sig->reserved1))) &&
	       (tolerated & SIGSTRUCT_VERSION_USED ||
		all_zero(&sig->version, sizeof(sig->version))) &&
	       (tolerated & SIGSTRUCT_RESERVED3_USED ||
		all_zero(sig->reserved3, sizeof(sig->reserved3)));
}

static bool hint_usual(uint16_t value, uint16_t usual)
{
	return !value || value == usual;
}

bool sigstruct_hints_usual(const struct seam_sigstruct *sig)
{
	bool usual = hint_usual(sig->max_tdmrs, SIGSTRUCT_MAX_TDMRS) &&
		     hint_usual(sig->max_rsvd_per_tdmr, SIGSTRUCT_MAX_RSVD_PER_TDMR);

	for (size_t i = 0; i < ARRAY_SIZE(sig->pamt_entry_size); i++)
		usual &= hint_usual(sig->pamt_entry_size[i], SIGSTRUCT_PAMT_ENTRY_SIZE);

	return usual;
}

static bool handlers_consistent(const struct seam_sigstruct *sig)
{
	return sig->gdt_idt_offset % SEAM_PAGE_SIZE == 0 &&
	       !sig->gdt_idt_offset == !sig->fault_wrapper_offset;
}

bool sigstruct_well_formed(const struct seam_sigstruct *sig, unsigned int tolerated)
{
	return reserved_zero(sig, tolerated) &&
	       sig->header_type == SIGSTRUCT_HEADER_TYPE &&
	       sig->header_length == SIGSTRUCT_HEADER_LENGTH &&
	       sig->header_version == SIGSTRUCT_HEADER_VERSION &&
	       sig->key_size == SIGSTRUCT_KEY_DWORDS &&
	       sig->exponent_size == SIGSTRUCT_EXPONENT_DWORDS &&
	       sig->modulus_size == SIGSTRUCT_KEY_DWORDS &&
	       sig->module_vendor == SIGSTRUCT_VENDOR_INTEL &&
	       !(sig->module_type & ~SIGSTRUCT_TYPE_DEBUG) &&
	       !sig->attributes &&
	       sig->size == SIGSTRUCT_SIZE_DWORDS &&
	       sig->cpuid_table_size <= SIGSTRUCT_MAX_CPUIDS &&
	       sig->exponent == SIGSTRUCT_EXPONENT &&
	       sig->min_update_hv <= sig->module_hv &&
	       handlers_consistent(sig);
}
