/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SEAM_SIGSTRUCT: what a signed module image promises (SEAM ABI 3.3). */
#ifndef EMULATOR_BLOB_SIGSTRUCT_H
#define EMULATOR_BLOB_SIGSTRUCT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seam/page.h"

#define SHA384_SIZE			48
#define RSA3072_SIZE			384

#define SIGSTRUCT_SIZE			2048
#define SIGSTRUCT_HEADER_TYPE		6
#define SIGSTRUCT_HEADER_LENGTH		0xe1
#define SIGSTRUCT_HEADER_VERSION	0x00010000
#define SIGSTRUCT_TYPE_DEBUG		(1U << 31)
#define SIGSTRUCT_VENDOR_INTEL		0x8086
#define SIGSTRUCT_SIZE_DWORDS		(SIGSTRUCT_SIZE / 4)
#define SIGSTRUCT_KEY_DWORDS		(RSA3072_SIZE / 4)
#define SIGSTRUCT_EXPONENT_DWORDS	1
#define SIGSTRUCT_EXPONENT		0x00010001
#define SIGSTRUCT_MAX_CPUIDS		255
/* What 0 stands for in the fields at 968..977, and what every release has */
#define SIGSTRUCT_MAX_TDMRS		64
#define SIGSTRUCT_MAX_RSVD_PER_TDMR	16
#define SIGSTRUCT_PAMT_ENTRY_SIZE	16

/* The fault wrapper must leave this much of the image behind its offset */
#define SIGSTRUCT_FAULT_WRAPPER_SIZE	512

/* CPUID.1:EAX without the stepping, as CPU tables are compared */
#define CPUID_STEPPING_MASK		0xfU

/**
 * struct seam_version - bytes 1000.. of a sigstruct
 *
 * Non-zero in every 2.0.x release, zero in 1.5.x, and reserved for
 * P-SEAMLDR 1.5. The meaning is deduced from the releases.
 */
struct seam_version {
	uint16_t update;
	uint8_t minor;
	uint8_t major;
	uint16_t build_num;
	uint16_t internal;
} __attribute__((packed));

static_assert(sizeof(struct seam_version) == 8, "layout of seam_version");

/**
 * struct seam_sigstruct - as stored in the page behind the blob header
 *
 * Page counts named *_raw are the count minus one. Modulus and signature are
 * little-endian integers.
 */
struct seam_sigstruct {
	uint32_t header_type;
	uint32_t header_length;
	uint32_t header_version;
	uint32_t module_type;
	uint32_t module_vendor;
	uint32_t date;
	uint32_t size;
	uint32_t key_size;
	uint32_t modulus_size;
	uint32_t exponent_size;
	uint8_t reserved0[88];
	uint8_t modulus[RSA3072_SIZE];
	uint32_t exponent;
	uint8_t signature[RSA3072_SIZE];
	uint8_t seamhash[SHA384_SIZE];
	uint8_t svn_minor;
	uint8_t svn_major;
	uint64_t attributes;
	uint32_t rip_offset;
	uint8_t stack_pages_raw;
	uint8_t tls_pages_raw;
	uint16_t keyhole_pages_raw;
	uint16_t global_pages_raw;
	uint16_t max_tdmrs;
	uint16_t max_rsvd_per_tdmr;
	uint16_t pamt_entry_size[3];
	uint8_t reserved1[6];
	uint16_t module_hv;
	uint16_t min_update_hv;
	uint8_t no_downgrade;
	uint8_t reserved2;
	uint16_t handoff_pages_raw;
	uint32_t gdt_idt_offset;
	uint32_t fault_wrapper_offset;
	struct seam_version version;
	uint8_t reserved3[16];
	uint32_t cpuid_table_size;
	uint32_t cpuid_table[SIGSTRUCT_MAX_CPUIDS];
} __attribute__((packed));

#define SIGSTRUCT_AT(field, offset)					\
	static_assert(offsetof(struct seam_sigstruct, field) == (offset), \
		      "layout of seam_sigstruct." #field)

static_assert(sizeof(struct seam_sigstruct) == SIGSTRUCT_SIZE, "layout of seam_sigstruct");
SIGSTRUCT_AT(reserved0, 40);
SIGSTRUCT_AT(modulus, 128);
SIGSTRUCT_AT(signature, 516);
SIGSTRUCT_AT(seamhash, 900);
SIGSTRUCT_AT(svn_minor, 948);
SIGSTRUCT_AT(rip_offset, 958);
SIGSTRUCT_AT(module_hv, 984);
SIGSTRUCT_AT(handoff_pages_raw, 990);
SIGSTRUCT_AT(version, 1000);
SIGSTRUCT_AT(cpuid_table_size, 1024);

/* The signed message: everything but modulus, exponent and signature */
#define SIGSTRUCT_SIGNED_HEAD_END	offsetof(struct seam_sigstruct, modulus)
#define SIGSTRUCT_SIGNED_TAIL		offsetof(struct seam_sigstruct, seamhash)

/** sha384() - SHA-384 of @size bytes at @data; false if libcrypto cannot */
bool sha384(const void *data, size_t size, uint8_t hash[static SHA384_SIZE]);

/** sigstruct_digest() - SHA-384 of the signed message of @sig */
bool sigstruct_digest(const struct seam_sigstruct *sig, uint8_t hash[static SHA384_SIZE]);

/** sigstruct_signature_ok() - RSA-3072 PKCS#1 v1.5 check with the key in @sig */
bool sigstruct_signature_ok(const struct seam_sigstruct *sig);

/* Reserved bytes that a loader lets be used: 978..983, 1000..1007, 1008..1023 */
#define SIGSTRUCT_RESERVED1_USED	(1U << 0)
#define SIGSTRUCT_VERSION_USED		(1U << 1)
#define SIGSTRUCT_RESERVED3_USED	(1U << 2)

/**
 * sigstruct_well_formed() - the static checks of INSTALL (SEAM ABI 3.4 step 16)
 * @sig: the sigstruct
 * @tolerated: SIGSTRUCT_*_USED
 */
bool sigstruct_well_formed(const struct seam_sigstruct *sig, unsigned int tolerated);

/** sigstruct_hints_usual() - do bytes 968..977 hold zero or what every module has? */
bool sigstruct_hints_usual(const struct seam_sigstruct *sig);

#endif
