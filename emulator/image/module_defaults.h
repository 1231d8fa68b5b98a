/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plausible module, from which releases and test images differ. */
#ifndef EMULATOR_IMAGE_MODULE_DEFAULTS_H
#define EMULATOR_IMAGE_MODULE_DEFAULTS_H

#include "image/module_desc.h"

/**
 * module_desc_init() - metadata of release 1.5.16, as far as it is known
 * @desc: overwritten
 */
void module_desc_init(struct module_desc *desc);

#endif
