/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that a TDX module comes in: header, sigstruct, module (SEAM ABI 6). */
#ifndef EMULATOR_BLOB_BLOB_H
#define EMULATOR_BLOB_BLOB_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seam/page.h"

#define BLOB_SIGNATURE		"TDX-BLOB"
#define BLOB_SIGNATURE_SIZE	8
#define BLOB_ERROR_SIZE		256

/* P-SEAMLDR reads one sigstruct page, and a list of so many module pages */
#define BLOB_MAX_SIGSTRUCT_PAGES	1
#define BLOB_MAX_MODULE_PAGES		496

/** enum blob_version - first word of the header */
enum blob_version {
	BLOB_V100 = 0x100,
	BLOB_V200 = 0x200,
};

/** struct blob_header_v100 - what Intel published first (SEAM ABI 6.1) */
struct blob_header_v100 {
	uint16_t version;
	uint16_t checksum;
	uint32_t offset_of_module;
	char signature[BLOB_SIGNATURE_SIZE];
	uint32_t length;
	uint32_t reserved0;
	uint8_t reserved[4072];
} __attribute__((packed));

static_assert(sizeof(struct blob_header_v100) == SEAM_PAGE_SIZE, "layout of header 0x100");

/** struct blob_header_v200 - what merged kernels accept (SEAM ABI 6.2) */
struct blob_header_v200 {
	uint16_t version;
	uint16_t checksum;
	char signature[BLOB_SIGNATURE_SIZE];
	uint32_t sigstruct_nr_pages;
	uint32_t module_nr_pages;
	uint8_t reserved[4076];
} __attribute__((packed));

static_assert(sizeof(struct blob_header_v200) == SEAM_PAGE_SIZE, "layout of header 0x200");

/** struct blob - a parsed file; the pointers point into it */
struct blob {
	enum blob_version version;
	const uint8_t *sigstruct;
	uint32_t sigstruct_nr_pages;
	const uint8_t *module;
	uint32_t module_nr_pages;
};

/**
 * blob_parse() - check a file and find its parts
 * @data: the file
 * @size: its length
 * @blob: receives the parts
 * @error: receives one sentence on failure
 */
bool blob_parse(const void *data, size_t size, struct blob *blob,
		char error[static BLOB_ERROR_SIZE]);

/** blob_size() - length of the file that blob_write() makes of @blob */
size_t blob_size(const struct blob *blob);

/**
 * blob_write() - make a file: a fresh header of @blob's version, then the parts
 * @blob: the parts; they must not overlap @out
 * @out: blob_size() bytes
 */
void blob_write(const struct blob *blob, uint8_t *out);

/** blob_word_sum() - sum of all little-endian words, modulo 65536; 0 if right */
uint16_t blob_word_sum(const void *data, size_t size);

/**
 * blob_fix_checksum() - make the word sum of a whole file zero
 * @data: the file, of at least one header page; both headers have the checksum
 *	in the same place
 * @size: its length; an odd last byte counts as a word
 */
void blob_fix_checksum(void *data, size_t size);

#endif
