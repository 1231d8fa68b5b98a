/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Intel's mapping file: which release can follow which
 */
#ifndef TDXCTL_MAPPING_H
#define TDXCTL_MAPPING_H

#include "image.h"

#define MAPPING_NAME		"mapping_file.json"
#define MAPPING_MAX_RELEASES	512
#define MAPPING_MAX_LIST	64

struct version_list {
	u32 nr;
	struct version version[MAPPING_MAX_LIST];
};

/**
 * struct release - what the file says about one release
 * @version: its version
 * @min_module: oldest module that it can follow under running TDs
 * @seamldr: versions of P-SEAMLDR that install it, or later ones of the same series
 * @compatible: modules from which nothing that the host sees changes
 */
struct release {
	struct version version;
	struct version min_module;
	struct version_list seamldr;
	struct version_list compatible;
};

struct mapping {
	u32 nr;
	struct release *releases;
};

int mapping_parse(const char *text, size_t len, struct mapping *mapping, char *why,
		  size_t why_size);
bool mapping_open(struct mapping *mapping, const char *path, bool required);
void mapping_close(struct mapping *mapping);
const struct release *mapping_find(const struct mapping *mapping,
				   const struct version *version);

#endif /* TDXCTL_MAPPING_H */
