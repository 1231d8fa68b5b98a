// SPDX-License-Identifier: GPL-2.0-or-later
/* Walking a secure EPT. */
#include <stdlib.h>

#include "tdxmod/sept.h"

#define TOP_LEVEL_4		3
#define TOP_LEVEL_5		4

/* The bit above a private GPA is the shared bit: 47, or 51 with wide GPAs */
#define GPA_BITS		47
#define GPA_BITS_WIDE		51

bool sept_init(struct sept *sept, bool five_levels, bool wide)
{
	sept->root = calloc(1, sizeof(*sept->root));
	sept->top = five_levels ? TOP_LEVEL_5 : TOP_LEVEL_4;
	sept->gpa_bits = wide ? GPA_BITS_WIDE : GPA_BITS;

	return sept->root;
}

void sept_free(struct sept *sept)
{
	free(sept->root);
	sept->root = NULL;
}

static unsigned int level_shift(unsigned int level)
{
	return SEPT_PAGE_BITS + SEPT_ENTRY_BITS * level;
}

bool sept_gpa_ok(const struct sept *sept, uint64_t gpa, unsigned int level)
{
	return level <= sept->top && !(gpa >> sept->gpa_bits) &&
	       !(gpa & ((1ULL << level_shift(level)) - 1));
}

struct sept_walk sept_find(const struct sept *sept, uint64_t gpa, unsigned int level)
{
	struct sept_walk walk = { .level = sept->top };
	struct sept_table *table = sept->root;

	for (;;) {
		walk.stopped = &table->entry[gpa >> level_shift(walk.level) & (SEPT_ENTRIES - 1)];
		if (walk.level == level) {
			walk.entry = walk.stopped;
			return walk;
		}
		/* Above level 0 only tables are ever present */
		if (walk.stopped->state != SEPT_PRESENT)
			return walk;
		table = walk.stopped->table;
		walk.level--;
	}
}
