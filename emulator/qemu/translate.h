/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_QEMU_TRANSLATE_H
#define EMULATOR_QEMU_TRANSLATE_H

#include "qemu/plugin_api.h"

/** translate_init() - decide what is worth a callback on this host */
void translate_init(void);

/** translate_block() - QEMU has translated a block: hang the callbacks into it */
void translate_block(struct qemu_plugin_tb *tb, void *userdata);

#endif
