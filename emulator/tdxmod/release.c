// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which module is in an image: the note of a test image says so; Intel's
 * releases are recognised by their SEAMHASH (SEAM ABI 6.4).
 */
#include "blob/payload.h"
#include "blob/releases.h"
#include "tdxmod/release.h"

/* The sigstruct has the compiled-in constants, and it is at hand */
static void fill(struct module_desc *desc, const struct release *release,
		 const struct seam_sigstruct *sig)
{
	release_describe(release, desc);
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
	char name[RELEASE_NAME_SIZE];
	const struct release *release;

	if (payload_find_desc(image, size, desc))
		return;

	if (release_find(sig, desc))
		return;

	release = release_nearest(sig->svn_major, sig->svn_minor);
	release_name(release, name);
	fill(desc, release, sig);
	if (sig->version.major) {
		desc->major = sig->version.major;
		desc->minor = sig->version.minor;
		desc->update = sig->version.update;
		desc->build_num = sig->version.build_num;
		desc->internal = sig->version.internal;
	}
	platform_diagnose(platform, 0,
			  "the installed module is not a known release: it gets the metadata of %s",
			  name);
}
