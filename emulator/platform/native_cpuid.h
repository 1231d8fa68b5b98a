/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPUID as the TDX module reads it before it makes the CPUID of a TD from it. */
#ifndef EMULATOR_PLATFORM_NATIVE_CPUID_H
#define EMULATOR_PLATFORM_NATIVE_CPUID_H

#include "platform/platform.h"

/** NATIVE_NO_SUBLEAF - the leaf has no sub-leaves */
#define NATIVE_NO_SUBLEAF	0xffffffffU

/** NATIVE_NR_LEAVES - how many native_cpuid() knows */
#define NATIVE_NR_LEAVES	31

/** struct native_leaf - one leaf: EAX, EBX, ECX, EDX */
struct native_leaf {
	uint32_t leaf;
	uint32_t subleaf;
	uint32_t reg[4];
};

/**
 * native_cpuid() - what a TD would see if its host could configure nothing
 * @config: the platform
 * @index: below NATIVE_NR_LEAVES
 *
 * The bits that the module forces to 0 or 1 are already as it forces them. They
 * are those of a Granite Rapids whichever the CPU is; only the signature and
 * the address width are the platform's.
 */
struct native_leaf native_cpuid(const struct platform_config *config, unsigned int index);

/** native_cpuid_find() - the leaf, all zero if it is not known */
struct native_leaf native_cpuid_find(const struct platform_config *config, uint32_t leaf,
				     uint32_t subleaf);

#endif
