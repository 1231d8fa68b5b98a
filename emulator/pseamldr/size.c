// SPDX-License-Identifier: GPL-2.0-or-later
/* How much of the SEAM range a module takes (SEAM ABI 3.3, "ENOMEM test"). */
#include "pseamldr/pseamldr.h"

#define SIZE_4K			0x1000ULL
#define SIZE_2M			0x200000ULL
#define SIZE_1G			0x40000000ULL
#define PAGE_TABLE_ENTRY	8

/* One SEAM VMCS page and one shadow stack page beside each LP's data stack */
#define EXTRA_STACK_PAGES	2

static uint64_t round_up(uint64_t size, uint64_t unit)
{
	return (size + unit - 1) / unit * unit;
}

uint64_t seam_addressable_lps(const struct platform *platform)
{
	const struct platform_config *config = &platform->config;
	unsigned int per_socket[PLATFORM_MAX_SOCKETS] = { 0 };
	uint64_t addressable = 1;

	for (unsigned int lp = 0; lp < config->nr_lps; lp++)
		per_socket[config->package[lp]]++;

	/* CPUID leaf 4 counts in powers of two */
	for (unsigned int s = 0; s < config->nr_sockets; s++) {
		while (addressable < per_socket[s])
			addressable *= 2;
	}

	return addressable * config->nr_sockets;
}

static uint64_t tables_of(uint64_t size)
{
	uint64_t pages = 0;

	pages += round_up(PAGE_TABLE_ENTRY * (size / SIZE_4K), SIZE_4K) / SIZE_4K;
	pages += round_up(PAGE_TABLE_ENTRY * (size / SIZE_2M), SIZE_4K) / SIZE_4K;
	pages += round_up(PAGE_TABLE_ENTRY * (size / SIZE_1G), SIZE_4K) / SIZE_4K;

	return pages;
}

uint64_t seam_range_needed(const struct platform *platform, const struct seam_sigstruct *sig,
			   uint64_t num_module_pages)
{
	uint64_t lps = seam_addressable_lps(platform);
	uint64_t sysinfo = SIZE_4K;
	uint64_t vmcs = lps * SIZE_4K;
	uint64_t stack = lps * SIZE_4K * (sig->stack_pages_raw + EXTRA_STACK_PAGES);
	uint64_t data = lps * SIZE_4K * (sig->tls_pages_raw + 1ULL) +
			SIZE_4K * (sig->global_pages_raw + 1ULL) +
			SIZE_4K * (sig->handoff_pages_raw + 1ULL);
	uint64_t keyhole = lps * SIZE_4K * (sig->keyhole_pages_raw + 1ULL);
	uint64_t keyhole_edit = round_up(keyhole / SIZE_4K * PAGE_TABLE_ENTRY, SIZE_4K);
	uint64_t code = num_module_pages * SIZE_4K;
	uint64_t tables = 1 + tables_of(sysinfo) + tables_of(stack) + tables_of(data) +
			  tables_of(keyhole) + tables_of(keyhole_edit) + tables_of(code);

	return sysinfo + vmcs + stack + data + tables * SIZE_4K + SIZE_2M;
}
