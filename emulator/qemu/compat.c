// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "qemu/compat.h"

bool compat_check(const struct qemu_info *info, char error[static COMPAT_ERROR_SIZE])
{
	if (info->version.min > PLUGIN_API_VERSION || info->version.cur != PLUGIN_API_VERSION) {
		snprintf(error, COMPAT_ERROR_SIZE,
			 "this QEMU speaks plugin API version %d, use one that speaks version %d (QEMU 11.1)",
			 info->version.cur, PLUGIN_API_VERSION);
		return false;
	}
	if (!info->system_emulation || strcmp(info->target_name, "x86_64")) {
		snprintf(error, COMPAT_ERROR_SIZE,
			 "a TDX host is a whole x86-64 machine, use qemu-system-x86_64");
		return false;
	}
	/* SEAM counts the processors once, at boot, and APIC ids leave room for those to come. */
	if (info->system.max_vcpus != info->system.smp_vcpus) {
		snprintf(error, COMPAT_ERROR_SIZE,
			 "vCPUs cannot be added to a TDX host later, use -smp without maxcpus=");
		return false;
	}
	return true;
}
