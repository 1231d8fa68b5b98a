/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What BIOS does before the kernel runs. */
#ifndef EMULATOR_FIRMWARE_BIOS_H
#define EMULATOR_FIRMWARE_BIOS_H

#include "platform/platform.h"

/** bios_load_module() - INSTALL(LOAD) of the configured image on all LPs */
bool bios_load_module(struct platform *platform, char error[static PLATFORM_ERROR_SIZE]);

#endif
