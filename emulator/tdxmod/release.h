/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which module is in an image. */
#ifndef EMULATOR_TDXMOD_RELEASE_H
#define EMULATOR_TDXMOD_RELEASE_H

#include "blob/module_desc.h"
#include "blob/sigstruct.h"
#include "platform/state.h"

/**
 * release_desc() - what an image says about the module in it
 * @platform: to complain to
 * @sig: its sigstruct
 * @image: the image
 * @size: its size
 * @desc: receives the description; a guess, said aloud, for unknown images
 */
void release_desc(struct platform *platform, const struct seam_sigstruct *sig,
		  const uint8_t *image, size_t size, struct module_desc *desc);

/** release_find() - the description of a published release, by its SEAMHASH */
bool release_find(const struct seam_sigstruct *sig, struct module_desc *desc);

#endif
