// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * CPUID of TDs. The host gives a value for each position of the module's list;
 * one that knows an older, shorter list gives zeros for the rest.
 */
#include "tdxmod/td_cpuid.h"

static_assert(NATIVE_NO_SUBLEAF == MODULE_NO_SUBLEAF, "one way to say that there are no sub-leaves");

/* LASS: a bit of CPUID and one of ATTRIBUTES */
#define CPUID_7_1_EAX_LASS	(1U << 6)
#define ATTRIBUTES_LASS		(1ULL << 27)

uint32_t td_cpuid_configurable(const struct tdxmod *mod, unsigned int index, unsigned int r)
{
	const struct module_cpuid_config *config = &mod->desc.cpuid_config[index];
	struct native_leaf native = native_cpuid_find(&mod->platform->config, config->leaf,
						      config->subleaf);

	return config->direct[r] | (config->allow[r] & native.reg[r]);
}

uint64_t td_attributes_fixed0(const struct tdxmod *mod)
{
	struct native_leaf native = native_cpuid_find(&mod->platform->config, 7, 1);
	uint64_t missing = native.reg[0] & CPUID_7_1_EAX_LASS ? 0 : ATTRIBUTES_LASS;

	return mod->desc.attributes_fixed0 & ~missing;
}

uint64_t td_cpuid_check(const struct tdxmod *mod, const struct td_params *params,
			uint64_t *detail)
{
	const struct module_desc *desc = &mod->desc;

	for (uint32_t i = 0; i < desc->nr_cpuid_config; i++) {
		const struct module_cpuid_config *config = &desc->cpuid_config[i];

		for (unsigned int r = 0; r < 4; r++) {
			/* A bit that the CPU lacks may be given: the TD does not get it */
			if (!(params->cpuid[i].reg[r] & ~(config->direct[r] | config->allow[r])))
				continue;
			*detail = config->leaf | (uint64_t)config->subleaf << 32;
			return TDX_OPERAND_INVALID | TDX_OPERAND_CPUID_CONFIG;
		}
	}

	return TDX_SUCCESS;
}

static void configure(struct native_leaf *leaf, const struct module_cpuid_config *config,
		      const struct td_cpuid_value *given)
{
	for (unsigned int r = 0; r < 4; r++) {
		leaf->reg[r] &= ~config->direct[r] & (~config->allow[r] | given->reg[r]);
		leaf->reg[r] |= config->direct[r] & given->reg[r];
	}
}

/* Returns the index of the entry, or nr_leaves if the TD does not have it. */
static unsigned int find(const struct td_cpuid *cpuid, uint32_t leaf, uint32_t subleaf)
{
	unsigned int i = 0;

	while (i < cpuid->nr_leaves &&
	       (cpuid->leaf[i].leaf != leaf || cpuid->leaf[i].subleaf != subleaf))
		i++;

	return i;
}

const struct native_leaf *td_cpuid_find(const struct td_cpuid *cpuid, uint32_t leaf,
					uint32_t subleaf)
{
	unsigned int i = find(cpuid, leaf, subleaf);

	return i < cpuid->nr_leaves ? &cpuid->leaf[i] : NULL;
}

void td_cpuid_make(const struct tdxmod *mod, const struct td_params *params,
		   struct td_cpuid *cpuid)
{
	const struct module_desc *desc = &mod->desc;

	cpuid->nr_leaves = NATIVE_NR_LEAVES;
	for (unsigned int i = 0; i < NATIVE_NR_LEAVES; i++)
		cpuid->leaf[i] = native_cpuid(&mod->platform->config, i);

	for (uint32_t i = 0; i < desc->nr_cpuid_config; i++) {
		const struct module_cpuid_config *config = &desc->cpuid_config[i];
		unsigned int at = find(cpuid, config->leaf, config->subleaf);

		/* A test image may list what the CPU does not have */
		if (at == cpuid->nr_leaves) {
			cpuid->leaf[cpuid->nr_leaves++] = (struct native_leaf) {
				.leaf = config->leaf,
				.subleaf = config->subleaf,
			};
		}
		configure(&cpuid->leaf[at], config, &params->cpuid[i]);
	}
}
