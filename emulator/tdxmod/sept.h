/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Secure EPT of a TD: tables of 512 entries, each table in a page of the TD. */
#ifndef EMULATOR_TDXMOD_SEPT_H
#define EMULATOR_TDXMOD_SEPT_H

#include <stdbool.h>
#include <stdint.h>

struct tdxmod;
struct td;

#define SEPT_ENTRIES		512
#define SEPT_ENTRY_BITS		9
#define SEPT_PAGE_BITS		12

/* RCX of the leaves that take a GPA: level in the low bits */
#define SEPT_LEVEL_MASK		0x7ULL
#define SEPT_GPA_MASK		0x000ffffffffff000ULL

/* RDX of the same leaves on a walk error: level, and state of the entry */
#define SEPT_STATE_SHIFT	8

/** enum sept_state - state of an entry, as the host sees it */
enum sept_state {
	SEPT_FREE = 0,
	SEPT_BLOCKED = 1,
	SEPT_PENDING = 2,
	SEPT_PENDING_BLOCKED = 3,
	SEPT_PRESENT = 4,
};

struct sept_table;

/**
 * struct sept_entry - one entry
 * @state: &enum sept_state
 * @pa: page of memory, or of the next table
 * @table: next table; NULL: a leaf
 * @blocked_epoch: TD epoch when it was blocked
 * @accepted: which of the TD's accepts made the page, 0: it was added
 */
struct sept_entry {
	enum sept_state state;
	uint64_t pa;
	struct sept_table *table;
	uint64_t blocked_epoch;
	uint64_t accepted;
};

/** struct sept_table - a table */
struct sept_table {
	struct sept_entry entry[SEPT_ENTRIES];
};

/**
 * struct sept - the tree
 * @root: in a TDCS page
 * @top: level of its entries, 3 or 4; level 0 maps 4 KiB
 * @gpa_bits: width of a private GPA, without the shared bit
 */
struct sept {
	struct sept_table *root;
	unsigned int top;
	unsigned int gpa_bits;
};

/** sept_init() - empty tree with 4 or 5 levels; false without memory */
bool sept_init(struct sept *sept, bool five_levels, bool wide);

/** sept_free() - release the root; tables belong to their pages */
void sept_free(struct sept *sept);

/**
 * struct sept_walk - where a walk ended
 * @entry: the entry, NULL if a table on the way is missing
 * @stopped: last entry that was looked at
 * @level: its level
 */
struct sept_walk {
	struct sept_entry *entry;
	struct sept_entry *stopped;
	unsigned int level;
};

/** sept_gpa_ok() - is @gpa private, and aligned to its @level? */
bool sept_gpa_ok(const struct sept *sept, uint64_t gpa, unsigned int level);

/** sept_find() - walk to the entry for @gpa at @level */
struct sept_walk sept_find(const struct sept *sept, uint64_t gpa, unsigned int level);

#endif
