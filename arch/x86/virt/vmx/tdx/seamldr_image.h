/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TDX module images as an admin uploads them
 *
 * Pure: no hardware, no locks, no allocation.  This file and seamldr_image.c
 * include only what tools/include has as well, so that the same source serves
 * the kernel, a fuzzer and userspace tools.
 */
#ifndef _X86_VIRT_SEAMLDR_IMAGE_H
#define _X86_VIRT_SEAMLDR_IMAGE_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/types.h>

/* P-SEAMLDR counts in pages of this size, whatever the kernel's are. */
#define SEAMLDR_PAGE_SIZE		4096

/* Limits of P-SEAMLDR, version 0 of its parameters (chapter "SEAMLDR.INSTALL") */
#define SEAMLDR_MAX_SIGSTRUCT_PAGES	1
#define SEAMLDR_MAX_MODULE_PAGES	496

#define SEAMLDR_IMAGE_VERSION_1		0x100
#define SEAMLDR_IMAGE_VERSION_2		0x200

#define SEAM_SIGSTRUCT_MAX_CPUIDS	255

/* Signed description of a TDX module (chapter "SEAM_SIGSTRUCT") */
struct seam_sigstruct {
	u32	header_type;
	u32	header_length;
	u32	header_version;
	u32	module_type;
	u32	module_vendor;
	u32	date;
	u32	size;
	u32	key_size;
	u32	modulus_size;
	u32	exponent_size;
	u8	reserved0[88];
	u8	modulus[384];
	u32	exponent;
	u8	signature[384];
	u8	seamhash[48];
	u8	seamsvn_minor;
	u8	seamsvn_major;
	u64	attributes;
	u32	rip_offset;
	/* The four page counts are minus one. */
	u8	num_stack_pages;
	u8	num_tls_pages;
	u16	num_keyhole_pages;
	u16	num_global_data_pages;
	u16	max_tdmrs;
	u16	max_rsvd_per_tdmr;
	u16	pamt_entry_size_4k;
	u16	pamt_entry_size_2m;
	u16	pamt_entry_size_1g;
	u8	reserved1[6];
	u16	module_hv;
	u16	min_update_hv;
	u8	no_downgrade;
	u8	reserved2;
	/* Minus one */
	u16	num_handoff_pages;
	u32	gdt_idt_offset;
	u32	fault_wrapper_offset;
	u8	module_version[8];
	u8	reserved3[16];
	u32	cpuid_table_size;
	u32	cpuid_table[SEAM_SIGSTRUCT_MAX_CPUIDS];
} __packed;
static_assert(sizeof(struct seam_sigstruct) == 2048);

/**
 * struct seamldr_image - a parsed TDX module image
 * @data: the whole file
 * @size: its length in bytes, a multiple of %SEAMLDR_PAGE_SIZE
 * @header_version: one of SEAMLDR_IMAGE_VERSION_*
 * @checksum: that of the header
 * @sigstruct: signed description, in the first half of its page
 * @module: the pages of the module, as signed
 * @nr_module_pages: how many, 1 to %SEAMLDR_MAX_MODULE_PAGES
 *
 * The pointers point into the buffer that was parsed, at multiples of
 * %SEAMLDR_PAGE_SIZE from its start.
 */
struct seamldr_image {
	const u8 *data;
	size_t size;
	u16 header_version;
	u16 checksum;
	const struct seam_sigstruct *sigstruct;
	const u8 *module;
	u32 nr_module_pages;
};

/* Room for the sentence that says why an image is refused */
#define SEAMLDR_SENTENCE_LEN		160

/**
 * struct seamldr_refusal - why an image is refused
 * @check: name of the check, the same word in logs, tests and documentation;
 *	   NULL if the image is not refused
 * @err: negative errno: -EMSGSIZE for a wrong length, -EINVAL for bad content
 * @sentence: what is wrong, with the value found and the value expected, without
 *	      a full stop
 */
struct seamldr_refusal {
	const char *check;
	int err;
	char sentence[SEAMLDR_SENTENCE_LEN];
};

/**
 * struct seamldr_field - a field of the sigstruct that has a wrong value
 * @name: its name in the specification
 * @value: the value
 * @expected: the value that P-SEAMLDR expects, or the highest one
 */
struct seamldr_field {
	const char *name;
	u32 value;
	u32 expected;
};

__printf(4, 5)
int seamldr_set_refusal(struct seamldr_refusal *refusal, const char *check, int err,
			const char *fmt, ...);
int seamldr_image_parse(const u8 *data, size_t size, struct seamldr_image *image,
			struct seamldr_refusal *refusal);
bool seamldr_sigstruct_is_debug(const struct seam_sigstruct *sig);
bool seamldr_sigstruct_is_valid(const struct seam_sigstruct *sig,
				struct seamldr_field *bad);
bool seamldr_sigstruct_offsets_are_valid(const struct seam_sigstruct *sig,
					 u32 nr_module_pages);

#endif /* _X86_VIRT_SEAMLDR_IMAGE_H */
