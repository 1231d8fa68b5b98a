/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a real host has said, and the virtual one is to say at boot. */
#ifndef EMULATOR_PLATFORM_PROFILE_H
#define EMULATOR_PLATFORM_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#define PROFILE_INFO_SIZE	256
#define PROFILE_SEAMINFO_SIZE	2048
#define PROFILE_MAX_FIELDS	4096

/** struct profile_field - a field of the module's metadata */
struct profile_field {
	uint64_t id;
	uint64_t value;
};

/**
 * struct platform_profile - the file that "tdxctl probe" writes (qemu/profile.c)
 * @cpuid_1_eax: of all sockets
 * @info: what SEAMLDR.INFO has said
 * @seaminfo: what SEAMLDR.SEAMINFO has said, if @has_seaminfo
 * @has_seaminfo: see there
 * @nr_fields: used entries of @field
 * @field: what TDH.SYS.RD has said, in the order of its enumeration. Where memory
 *	is, no profile says: CMRs are those of the platform.
 */
struct platform_profile {
	uint32_t cpuid_1_eax;
	uint8_t info[PROFILE_INFO_SIZE];
	bool has_seaminfo;
	uint8_t seaminfo[PROFILE_SEAMINFO_SIZE];
	unsigned int nr_fields;
	struct profile_field field[PROFILE_MAX_FIELDS];
};

#endif
