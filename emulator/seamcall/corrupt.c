// SPDX-License-Identifier: GPL-2.0-or-later
#include "seamcall/corrupt.h"

#define FLIPPED_BITS	0x01

static _Thread_local uint64_t corrupt_pa = CORRUPT_NOTHING;

static bool read_view(void *ctx, uint64_t pa, void *buf, size_t len)
{
	const struct seam_memory *real = ctx;

	if (!real->read(real->ctx, pa, buf, len))
		return false;
	if (corrupt_pa - pa < len)
		((uint8_t *)buf)[corrupt_pa - pa] ^= FLIPPED_BITS;
	return true;
}

static bool write_view(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	const struct seam_memory *real = ctx;

	return real->write(real->ctx, pa, buf, len);
}

void corrupt_memory_init(struct corrupt_memory *memory, const struct seam_memory *real)
{
	memory->real = *real;
	memory->view = (struct seam_memory) {
		.ctx = &memory->real,
		.read = read_view,
		.write = write_view,
	};
}

void corrupt_memory_at(uint64_t pa)
{
	corrupt_pa = pa;
}
