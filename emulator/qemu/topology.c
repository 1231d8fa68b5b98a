// SPDX-License-Identifier: GPL-2.0-or-later
#include "qemu/topology.h"

#define MIB		(1ULL << 20)
#define GIB		(1ULL << 30)
#define HIGH_MEMORY	(4 * GIB)
/* I/O APIC, HPET, local APIC and flash are from here to 4 GiB */
#define FIXED_DEVICES	0xfec00000ULL
/* Legacy devices and ROMs are below; RAM covers them for this purpose */
#define PROBE_START	MIB

static unsigned int ceil_log2(unsigned int n)
{
	unsigned int bits = 0;

	while (1U << bits < n)
		bits++;
	return bits;
}

unsigned int topology_package_shift(const struct platform_config *config)
{
	return ceil_log2(config->nr_lps / config->nr_sockets);
}

void topology_set(struct platform_config *config)
{
	unsigned int cores = config->nr_lps / config->nr_sockets;
	unsigned int shift = topology_package_shift(config);
	unsigned int lp;

	for (lp = 0; lp < config->nr_lps; lp++) {
		config->package[lp] = lp / cores;
		config->x2apic_id[lp] = (lp / cores) << shift | lp % cores;
	}
}

static bool is_memory(const struct seam_memory *memory, uint64_t pa)
{
	uint64_t word;

	return memory->read(memory->ctx, pa, &word, sizeof(word));
}

/*
 * End of the memory that begins at @start, by bisection: reading it all would
 * make the host back all of it.
 */
static uint64_t probe(const struct seam_memory *memory, uint64_t start, uint64_t limit)
{
	uint64_t middle;

	if (!is_memory(memory, start))
		return start;
	/* @start is memory, @limit is not. */
	while (limit - start > MIB) {
		middle = start + ((limit - start) / 2 & ~(MIB - 1));
		if (is_memory(memory, middle))
			start = middle;
		else
			limit = middle;
	}
	return limit;
}

static void add_cmr(struct platform_config *config, uint64_t base, uint64_t end)
{
	if (end <= base)
		return;
	config->cmr[config->nr_cmrs].base = base;
	config->cmr[config->nr_cmrs].size = end - base;
	config->nr_cmrs++;
}

void topology_probe_memory(struct platform_config *config, const struct seam_memory *memory)
{
	config->nr_cmrs = 0;
	add_cmr(config, 0, probe(memory, PROBE_START, FIXED_DEVICES));
	add_cmr(config, HIGH_MEMORY, probe(memory, HIGH_MEMORY, config->seamrr_base));
}
