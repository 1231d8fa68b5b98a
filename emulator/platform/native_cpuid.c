// SPDX-License-Identifier: GPL-2.0-or-later
/* The processor that TDs see, as far as TDX modules let hosts configure it. */
#include <assert.h>

#include "platform/native_cpuid.h"
#include "seam/page.h"

#define LINEAR_ADDRESS_BITS	57

#define ALL			NATIVE_NO_SUBLEAF

/* No PMU, no Key Locker and no list of TLBs: those leaves are zero */
static const struct native_leaf leaves[] = {
	{ 0x0, ALL, { 0x23, 0x756e6547, 0x6c65746e, 0x49656e69 } },
	/* x2APIC and HYPERVISOR are forced to 1, VMX and SMX to 0 */
	{ 0x1, ALL, { 0, 0x00010800, 0xfffefb9f, 0xbfebfbff } },
	{ 0x4, 0, { 0xfc004121, 0x02c0003f, 0x0000003f, 0 } },
	{ 0x4, 1, { 0xfc004122, 0x03c0003f, 0x0000003f, 0 } },
	{ 0x4, 2, { 0xfc01c143, 0x03c0003f, 0x000007ff, 0 } },
	{ 0x4, 3, { 0xfc1fc163, 0x04c0003f, 0x0003ffff, 0x4 } },
	{ 0x7, 0, { 0x2, 0xf3bfbfeb, 0xfb417ffe, 0xffdd4432 } },
	{ 0x7, 1, { 0x00201c30, 0, 0, 0x00004100 } },
	{ 0x7, 2, { 0, 0, 0, 0x3f } },
	{ 0xa, ALL, { 0 } },
	{ 0x18, 0, { 0 } },
	{ 0x18, 1, { 0 } },
	{ 0x18, 2, { 0 } },
	{ 0x18, 3, { 0 } },
	{ 0x18, 4, { 0 } },
	{ 0x18, 5, { 0 } },
	{ 0x18, 6, { 0 } },
	{ 0x18, 7, { 0 } },
	{ 0x18, 8, { 0 } },
	{ 0x19, ALL, { 0 } },
	{ 0x1c, ALL, { 0x0000000b, 0, 0, 0 } },
	{ 0x1f, 0, { 1, 2, 0x100, 0 } },
	{ 0x1f, 1, { 7, 0x80, 0x201, 0 } },
	{ 0x1f, 2, { 0, 0, 2, 0 } },
	{ 0x1f, 3, { 0, 0, 3, 0 } },
	{ 0x1f, 4, { 0, 0, 4, 0 } },
	{ 0x1f, 5, { 0, 0, 5, 0 } },
	{ 0x23, 0, { 0xb, 0, 0, 0 } },
	{ 0x80000000, ALL, { 0x80000008, 0, 0, 0 } },
	{ 0x80000001, ALL, { 0, 0, 0x121, 0x2c100800 } },
	{ 0x80000008, ALL, { LINEAR_ADDRESS_BITS << 8, 0x200, 0, 0 } },
};

static_assert(ARRAY_SIZE(leaves) == NATIVE_NR_LEAVES, "number of native leaves");

struct native_leaf native_cpuid(const struct platform_config *config, unsigned int index)
{
	struct native_leaf native = leaves[index];

	if (native.leaf == 0x1)
		native.reg[0] = config->cpuid_1_eax[0];
	if (native.leaf == 0x80000008)
		native.reg[0] |= config->maxpa;

	return native;
}

struct native_leaf native_cpuid_find(const struct platform_config *config, uint32_t leaf,
				     uint32_t subleaf)
{
	for (unsigned int i = 0; i < NATIVE_NR_LEAVES; i++) {
		if (leaves[i].leaf == leaf && leaves[i].subleaf == subleaf)
			return native_cpuid(config, i);
	}

	return (struct native_leaf) { .leaf = leaf, .subleaf = subleaf };
}
