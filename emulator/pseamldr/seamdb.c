// SPDX-License-Identifier: GPL-2.0-or-later
/* SEAMDB: how many modules may still be installed (SEAM ABI 3.6). */
#include "pseamldr/pseamldr.h"

#define SEAMDB_INSERT_TRIES	5

void seamdb_clear(struct platform *platform)
{
	struct seamdb *db = &platform->pseamldr->seamdb;

	db->used = 0;
	db->remaining = platform->config.seamdb_size;
}

uint32_t seamdb_remaining(struct platform *platform)
{
	struct seamdb *db = &platform->pseamldr->seamdb;

	/* The loader starts with nothing cached */
	if (!db->remaining)
		db->remaining = platform->config.seamdb_size - db->used;

	return db->remaining;
}

bool seamdb_insert(struct platform *platform)
{
	struct seamdb *db = &platform->pseamldr->seamdb;
	uint64_t nonce;

	for (unsigned int i = 0; i < SEAMDB_INSERT_TRIES; i++) {
		if (!platform_entropy(platform, &nonce))
			continue;

		db->used++;
		return true;
	}

	return false;
}
