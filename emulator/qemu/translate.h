/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_QEMU_TRANSLATE_H
#define EMULATOR_QEMU_TRANSLATE_H

#include "qemu/plugin_api.h"

/** translate_init() - decide what is worth a callback on this host */
void translate_init(void);

/** translate_block() - QEMU has translated a block: hang the callbacks into it */
void translate_block(struct qemu_plugin_tb *tb, void *userdata);

/** translate_interrupt() - an interrupt took a vCPU to the handler at @to */
void translate_interrupt(unsigned int index, enum qemu_plugin_discon_type type, uint64_t from,
			 uint64_t to, void *userdata);

#endif
