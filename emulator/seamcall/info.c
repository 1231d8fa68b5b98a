// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "seamcall/info.h"

/* So much of MRSEAM names a module */
#define MRSEAM_SHOWN	8

/* The fields that are shown, and what is between them */
struct info_view {
	uint8_t version_fields[28];
	uint32_t num_remaining_updates;
	uint64_t valid;
	uint8_t svn_minor;
	uint8_t svn_major;
	uint8_t reserved0[14];
	uint8_t mrseam[48];
	uint8_t mrsigner[48];
	uint64_t attributes;
	uint8_t seam_ready;
	uint8_t reserved1[95];
} __attribute__((packed));

static_assert(offsetof(struct info_view, svn_minor) == 40, "SEAM ABI 3.3");
static_assert(offsetof(struct info_view, mrseam) == 56, "SEAM ABI 3.3");
static_assert(offsetof(struct info_view, seam_ready) == 160, "SEAM ABI 3.3");
static_assert(sizeof(struct info_view) == 256, "SEAM ABI 3.3");

bool info_describe(const struct seam_memory *memory, uint64_t pa,
		   char text[static INFO_TEXT_SIZE])
{
	char mrseam[2 * MRSEAM_SHOWN + 1];
	struct info_view info;

	if (!memory->read(memory->ctx, pa, &info, sizeof(info)))
		return false;
	for (unsigned int i = 0; i < MRSEAM_SHOWN; i++)
		snprintf(mrseam + 2 * i, sizeof(mrseam) - 2 * i, "%02x", info.mrseam[i]);
	snprintf(text, INFO_TEXT_SIZE,
		 "SEAMLDR.INFO says: valid %#" PRIx64 ", SVN %u.%u, MRSEAM %s, ready %u, updates left %u",
		 info.valid, info.svn_major, info.svn_minor, mrseam, info.seam_ready,
		 info.num_remaining_updates);
	return true;
}
