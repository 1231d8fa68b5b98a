// SPDX-License-Identifier: GPL-2.0-or-later
/* tdx-image releases: the table of releases, with what is only inferred marked. */
#include <stdlib.h>
#include <string.h>

#include "image/tool.h"

#define CELL_SIZE	24

/* One cell; "i" behind what nobody has read or stated */
static void print_text(const struct release *release, uint32_t column, int width,
		       const char *text)
{
	int rest = width - (int)strlen(text);

	printf(" %s%-*s", text, rest > 0 ? rest : 0, release->inferred & column ? "i" : "");
}

static void print_cell(const struct release *release, uint32_t column, int width,
		       const char *format, unsigned long long value)
{
	char text[CELL_SIZE];

	snprintf(text, sizeof(text), format, value);
	print_text(release, column, width, text);
}

static void print_cpus(const struct release *release)
{
	uint32_t cpuid[RELEASE_MAX_CPUS];
	unsigned int count = release_cpus(release, cpuid);

	for (unsigned int i = 0; i < count; i++)
		printf("%s%x", i ? "," : " ", cpuid[i]);
	printf("%s\n", release->inferred & RELEASE_CPUS ? " i" : "");
}

static void print_row(const struct release *release)
{
	char name[RELEASE_NAME_SIZE];
	struct module_desc desc;
	char svn[CELL_SIZE];
	uint64_t hash = 0;

	release_name(release, name);
	release_describe(release, &desc);
	for (unsigned int i = 0; i < RELEASE_HASH_SIZE; i++)
		hash = hash << 8 | release->seamhash[i];

	printf("%-7s", name);
	snprintf(svn, sizeof(svn), "%u.%u", release->svn_major, release->svn_minor);
	print_text(release, RELEASE_SVN, 5, svn);
	print_cell(release, RELEASE_CPUID_CONFIG, 5, "%llu", desc.nr_cpuid_config);
	print_cell(release, RELEASE_TDCS, 4, "%llu", release->tdcs_pages);
	print_cell(release, RELEASE_MAX_VCPUS, 5, release->max_vcpus ? "%llu" : "none",
		   release->max_vcpus);
	print_cell(release, RELEASE_ATTRIBUTES, 17, "%llx", release->attributes_fixed0);
	print_cell(release, RELEASE_CONFIG_FLAGS, 5, "%llx", release->config_flags_fixed0);
	print_cell(release, 0, 16, "%llx", release->features0);
	print_cell(release, RELEASE_HV, 2, "%llu", release->module_hv);
	print_cell(release, RELEASE_MIN_HV, 3, "%llu", 0);
	print_cell(release, RELEASE_NO_DOWNGRADE, 5, "%llu", release->no_downgrade);
	print_cell(release, RELEASE_HANDOFF_PAGES, 5, "%llu", release->handoff_pages);
	print_cell(release, RELEASE_CRYPTO, 6, "%llu", release->crypto_generation);
	print_cell(release, RELEASE_FLAGS, 4, "%03llx", release->flags);
	print_cell(release, RELEASE_PAGES, 5, "%llu", release->pages);
	print_cell(release, 0, 8, release->date ? "%llx" : "unknown", release->date);
	print_cell(release, 0, 16, hash ? "%016llx" : "unknown", hash);
	print_cpus(release);
}

int cmd_releases(int argc, char **argv)
{
	if (argc != 1)
		usage_error("releases: takes no arguments");

	puts("version SVN   CPUID TDCS vCPUs ATTRIBUTES_FIXED0 FLAGS TDX_FEATURES0    hv min no-dn pages crypto code image date     SEAMHASH         CPU table");
	for (unsigned int i = 0; i < nr_releases; i++)
		print_row(&releases[i]);

	return EXIT_SUCCESS;
}
