// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which module is in an image: the note of a test image says so; Intel's
 * releases are recognised by their SEAMHASH (SEAM ABI 6.3).
 */
#include <string.h>

#include "image/module_defaults.h"
#include "image/payload.h"
#include "tdxmod/module.h"

#define SEAMHASH_PREFIX_SIZE	8

/** struct release - a published release */
struct release {
	uint8_t seamhash[SEAMHASH_PREFIX_SIZE];
	uint16_t major, minor, update, build_num, internal;
	uint8_t svn_major, svn_minor;
	uint32_t build_date;
	uint64_t features0;
};

static const struct release releases[] = {
	{ { 0x97, 0x90, 0xd8, 0x9a, 0x10, 0x21, 0x0e, 0xc6 },
	  1, 5, 1, 0, 0, 1, 4, 20231008, 0xf0fbf },
	{ { 0x1c, 0xc6, 0xa1, 0x7a, 0xb7, 0x99, 0xe9, 0xa6 },
	  1, 5, 5, 0, 0, 1, 5, 20240129, 0x61f0fbf },
	{ { 0x5b, 0x38, 0xe3, 0x3a, 0x64, 0x87, 0x95, 0x8b },
	  1, 5, 6, 0, 0, 1, 6, 20240407, 0x2e1f0fbf },
	{ { 0x49, 0xb6, 0x6f, 0xaa, 0x45, 0x1d, 0x19, 0xeb },
	  1, 5, 8, 0, 0, 1, 7, 20240725, 0x22e1f0fbf },
	{ { 0xbf, 0xb3, 0x60, 0xac, 0x8e, 0x62, 0x33, 0xa1 },
	  1, 5, 9, 0, 0, 1, 8, 20240912, 0x26f1f0fbf },
	{ { 0x27, 0xb6, 0x7e, 0x0b, 0x20, 0x50, 0x8f, 0x0a },
	  1, 5, 13, 0, 0, 1, 10, 20250207, 0x226f1f0fbf },
	{ { 0x7b, 0xf0, 0x63, 0x28, 0x0e, 0x94, 0xfb, 0x05 },
	  1, 5, 16, 0, 0, 1, 11, 20250219, 0x226f3f0fbf },
	{ { 0x68, 0x5f, 0x89, 0x1e, 0xa5, 0xc2, 0x0e, 0x8f },
	  2, 0, 2, 786, 0, 3, 3, 20240814, 0x22e1f0fbf },
	{ { 0x64, 0xca, 0xe4, 0x97, 0xe0, 0xc6, 0x22, 0x11 },
	  2, 0, 4, 859, 8, 3, 4, 20250109, 0x12af1f0fbf },
	{ { 0x6f, 0x65, 0xe5, 0x70, 0xe3, 0xbc, 0x41, 0x8d },
	  2, 0, 5, 863, 0, 3, 4, 20250123, 0x226f3f0fbf },
	{ { 0x47, 0x6a, 0x29, 0x97, 0xc6, 0x2b, 0xcc, 0xc7 },
	  2, 0, 8, 882, 0, 3, 5, 20250325, 0x32a71f0fbf },
};

#define NR_RELEASES	(sizeof(releases) / sizeof(releases[0]))

/* 1.5.01 has neither MAX_VCPUS_PER_TD nor VP.INIT version 1 */
#define FIRST_RELEASE	(&releases[0])

static const struct release *release_by_hash(const uint8_t *seamhash)
{
	for (size_t i = 0; i < NR_RELEASES; i++) {
		if (!memcmp(releases[i].seamhash, seamhash, SEAMHASH_PREFIX_SIZE))
			return &releases[i];
	}

	return NULL;
}

/* The newest known one of the same series that is not newer; else of any series */
static const struct release *release_nearest(const struct seam_sigstruct *sig)
{
	const struct release *nearest = &releases[NR_RELEASES - 1];

	for (size_t i = 0; i < NR_RELEASES; i++) {
		if (releases[i].svn_major == sig->svn_major &&
		    (nearest->svn_major != sig->svn_major ||
		     releases[i].svn_minor <= sig->svn_minor))
			nearest = &releases[i];
	}

	return nearest;
}

static void fill(struct module_desc *desc, const struct release *release,
		 const struct seam_sigstruct *sig)
{
	module_desc_init(desc);
	desc->major = release->major;
	desc->minor = release->minor;
	desc->update = release->update;
	desc->internal = release->internal;
	desc->build_num = release->build_num;
	desc->build_date = release->build_date;
	desc->features0 = release->features0;
	desc->series = release->major >= 2 ? MODULE_SERIES_2_0 : MODULE_SERIES_1_5;
	if (release == FIRST_RELEASE) {
		desc->flags &= ~MODULE_VP_INIT_V1;
		desc->max_vcpus_per_td = 0;
	}

	/* In all known releases the sigstruct has the compiled-in constants */
	desc->module_hv = sig->module_hv;
	desc->min_update_hv = sig->min_update_hv;
	desc->no_downgrade = sig->no_downgrade;
	desc->handoff_pages_raw = sig->handoff_pages_raw;
}

bool release_find(const struct seam_sigstruct *sig, struct module_desc *desc)
{
	const struct release *release = release_by_hash(sig->seamhash);

	if (!release)
		return false;
	fill(desc, release, sig);

	return true;
}

void release_desc(struct platform *platform, const struct seam_sigstruct *sig,
		  const uint8_t *image, size_t size, struct module_desc *desc)
{
	const struct release *release;

	if (payload_find_desc(image, size, desc))
		return;

	if (release_find(sig, desc))
		return;

	release = release_nearest(sig);
	fill(desc, release, sig);
	if (sig->version.major) {
		desc->major = sig->version.major;
		desc->minor = sig->version.minor;
		desc->update = sig->version.update;
		desc->build_num = sig->version.build_num;
		desc->internal = sig->version.internal;
	}
	platform_diagnose(platform, 0,
			  "The installed module is no known release: it gets the metadata of %u.%u.%02u.",
			  release->major, release->minor, release->update);
}
