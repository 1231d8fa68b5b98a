/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_QEMU_COMPAT_H
#define EMULATOR_QEMU_COMPAT_H

#include "qemu/plugin_api.h"

#define COMPAT_ERROR_SIZE	256

/**
 * compat_check() - can the plugin work in this QEMU?
 * @info: what QEMU says about itself
 * @error: receives one sentence if not
 */
bool compat_check(const struct qemu_info *info, char error[static COMPAT_ERROR_SIZE]);

#endif
