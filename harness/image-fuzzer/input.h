/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One input of the fuzzer: a platform, and the image file behind it, which may
 * lack its end
 */
#ifndef IMAGE_FUZZER_INPUT_H
#define IMAGE_FUZZER_INPUT_H

#include <stdint.h>

#include "seamldr_preflight.h"

#define FLAG_PRESERVING		0x01
#define FLAG_DEBUG_KNOWN	0x02
#define FLAG_DEBUG_UNLOCKED	0x04
#define FLAG_NO_DOWNGRADE	0x10
#define FLAG_HANDOFF_WRITTEN	0x20
/* Not of the platform: hash and checksum are made right before anybody looks */
#define FLAG_SUMS_RIGHT		0x80

/* Of @in_place; the rest of it is the byte in which both hashes differ */
#define IN_PLACE_SEAM_READY	0x01
#define IN_PLACE_SAME_HASH	0x02
#define IN_PLACE_SHIFT		2

struct input_platform {
	uint8_t flags;
	uint8_t updates_left;
	uint8_t svn_major;
	uint8_t svn_minor;
	uint8_t nr_lps;
	uint8_t nr_online;
	uint8_t nr_sockets;
	uint8_t reserved0;
	uint16_t module_hv;
	uint16_t min_update_hv;
	uint16_t handoff_hv;
	uint16_t handoff_pages;
	uint32_t socket_cpuid[SEAMLDR_MAX_SOCKETS];
	/* Pages of zeros behind the file: images of any size from small inputs */
	uint16_t more_pages;
	/* What P-SEAMLDR has installed, as against the file */
	uint8_t in_place;
	uint8_t seamldr_major;
	uint8_t pamt_entry_size[3];
	/* Checks to skip: a bit for each name in oracle_skippable */
	uint8_t skip;
	uint8_t reserved[8];
} __attribute__((packed));
_Static_assert(sizeof(struct input_platform) == 64, "tools make inputs of this form");

/* The largest image has 498 pages; what is behind its sigstruct may be absent. */
#define MAX_MORE_PAGES		497

/* The fields of the two headers, which the kernel keeps to itself */
#define HEADER_VERSION		0
#define HEADER_CHECKSUM		2
#define V1_OFFSET_OF_MODULE	4
#define V1_SIGNATURE		8
#define V1_LENGTH		16
#define V1_RESERVED		20
#define V2_SIGNATURE		4
#define V2_SIGSTRUCT_PAGES	12
#define V2_MODULE_PAGES		16
#define V2_RESERVED		20

#define IMAGE_SIGNATURE		"TDX-BLOB"

static inline uint16_t get16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static inline uint32_t get32(const uint8_t *p)
{
	return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static inline void put16(uint8_t *p, uint16_t v)
{
	p[0] = v;
	p[1] = v >> 8;
}

static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, v);
	put16(p + 2, v >> 16);
}

/* The sum of all 16-bit words */
static inline uint16_t checksum(const uint8_t *data, size_t size)
{
	uint16_t sum = 0;
	size_t i;

	for (i = 0; i + 1 < size; i += 2)
		sum += get16(data + i);

	return sum;
}

#endif
