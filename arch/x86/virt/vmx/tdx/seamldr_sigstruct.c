// SPDX-License-Identifier: GPL-2.0
/*
 * What P-SEAMLDR wants to find in a sigstruct, whatever the platform is
 *
 * See the chapter "SEAM_SIGSTRUCT" of the P-SEAMLDR interface specification.
 */

#include <linux/string.h>
#include <linux/types.h>

#include "seamldr_image.h"
#include "seamldr_sigstruct.h"

/* Fixed fields */
#define SIGSTRUCT_HEADER_TYPE		6
#define SIGSTRUCT_HEADER_LENGTH		0xE1
#define SIGSTRUCT_HEADER_VERSION	0x00010000
#define SIGSTRUCT_TYPE_DEBUG		0x80000000
#define SIGSTRUCT_VENDOR_INTEL		0x8086
#define SIGSTRUCT_SIZE			0x200
#define SIGSTRUCT_KEY_SIZE		0x60
#define SIGSTRUCT_EXPONENT_SIZE		1
#define SIGSTRUCT_EXPONENT		0x00010001

/* What has to fit behind these offsets into the module */
#define GDT_IDT_SIZE			4096
#define FAULT_WRAPPER_SIZE		512

static bool is_zero(const void *start, size_t len)
{
	return !memchr_inv(start, 0, len);
}

/**
 * seam_sigstruct_is_debug() - is a module signed for debugging only?
 * @sig: its sigstruct
 *
 * Context: Any context.
 * Return: true if it runs on platforms that are unlocked, and on no others.
 */
bool seam_sigstruct_is_debug(const struct seam_sigstruct *sig)
{
	return sig->module_type & SIGSTRUCT_TYPE_DEBUG;
}

/**
 * seam_sigstruct_is_valid() - do fixed and reserved fields have their values?
 * @sig: the sigstruct
 *
 * Context: Any context.
 * Return: true if they have, and no field contradicts another one.
 */
bool seam_sigstruct_is_valid(const struct seam_sigstruct *sig)
{
	/* reserved3 is not looked at: P-SEAMLDR 2.0 has a use for it. */
	return sig->header_type == SIGSTRUCT_HEADER_TYPE &&
	       sig->header_length == SIGSTRUCT_HEADER_LENGTH &&
	       sig->header_version == SIGSTRUCT_HEADER_VERSION &&
	       !(sig->module_type & ~SIGSTRUCT_TYPE_DEBUG) &&
	       sig->module_vendor == SIGSTRUCT_VENDOR_INTEL &&
	       sig->size == SIGSTRUCT_SIZE &&
	       sig->key_size == SIGSTRUCT_KEY_SIZE &&
	       sig->modulus_size == SIGSTRUCT_KEY_SIZE &&
	       sig->exponent_size == SIGSTRUCT_EXPONENT_SIZE &&
	       sig->exponent == SIGSTRUCT_EXPONENT &&
	       !sig->attributes && !sig->reserved2 &&
	       is_zero(sig->reserved0, sizeof(sig->reserved0)) &&
	       is_zero(sig->reserved1, sizeof(sig->reserved1)) &&
	       sig->cpuid_table_size <= SEAM_SIGSTRUCT_MAX_CPUIDS &&
	       sig->min_update_hv <= sig->module_hv;
}

/**
 * seam_sigstruct_offsets_are_valid() - do offsets point into the module?
 * @sig: the sigstruct
 * @nr_module_pages: length of the module in pages, at least 1
 *
 * Context: Any context.
 * Return: true if what they point to fits, or if there are none.
 */
bool seam_sigstruct_offsets_are_valid(const struct seam_sigstruct *sig,
				      u32 nr_module_pages)
{
	u32 gdt_idt = sig->gdt_idt_offset;
	u32 wrapper = sig->fault_wrapper_offset;
	u32 size = nr_module_pages * SEAMLDR_PAGE_SIZE;

	if (!gdt_idt && !wrapper)
		return true;

	return gdt_idt && wrapper && !(gdt_idt % SEAMLDR_PAGE_SIZE) &&
	       gdt_idt <= size - GDT_IDT_SIZE &&
	       wrapper <= size - FAULT_WRAPPER_SIZE;
}
