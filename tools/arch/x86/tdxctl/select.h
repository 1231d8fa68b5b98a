/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The best image of a directory
 */
#ifndef TDXCTL_SELECT_H
#define TDXCTL_SELECT_H

#include "host.h"
#include "mapping.h"

/* Images of twenty years */
#define MAX_CANDIDATES	256

/**
 * struct candidate - an image file of the directory
 * @path: its name
 * @image: what is in it, without the data once it was looked at
 * @check: name of the rule that it breaks, NULL if it fits
 * @reason: sentence about that
 * @runs: it is the module that runs
 * @compatible: nothing that the host sees changes
 */
struct candidate {
	char *path;
	struct image image;
	const char *check;
	char reason[SEAMLDR_SENTENCE_LEN];
	bool runs;
	bool compatible;
};

/**
 * struct selection - all image files, and which is the best
 * @mapping: the mapping file, if there is one
 * @nr: number of candidates
 * @candidates: in ascending order of their versions
 * @best: the one to take, or NULL
 * @nr_behind: how many that fit are newer than what runs
 */
struct selection {
	struct mapping mapping;
	u32 nr;
	struct candidate candidates[MAX_CANDIDATES];
	const struct candidate *best;
	u32 nr_behind;
};

struct selection *select_images(const struct host *host, const char *dir);
void select_free(struct selection *selection);
void cmd_select(int argc, char **argv);

#endif /* TDXCTL_SELECT_H */
