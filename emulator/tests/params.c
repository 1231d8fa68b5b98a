// SPDX-License-Identifier: GPL-2.0-or-later
/* How an onlooker reads seamldr_params and the pages of the image (SEAM ABI 3.3). */
#include <string.h>

#include "seam/page.h"
#include "seamcall/params.h"
#include "tests/suites.h"

#define NR_PAGES	(SEAMLDR_MAX_MODULE_PAGES + 3)
#define PARAMS_PA	SEAM_PAGE_SIZE
#define SIGSTRUCT_PA	(2 * SEAM_PAGE_SIZE)
#define MODULE_PA	(3 * SEAM_PAGE_SIZE)

static uint8_t ram[NR_PAGES * SEAM_PAGE_SIZE];

static bool read_ram(void *ctx, uint64_t pa, void *buf, size_t len)
{
	if (pa > sizeof(ram) || len > sizeof(ram) - pa)
		return false;
	memcpy(buf, ram + pa, len);
	return true;
}

static const struct seam_memory memory = { .read = read_ram };

static struct seamldr_params *params(void)
{
	return (struct seamldr_params *)(ram + PARAMS_PA);
}

/* An image of @nr_pages, each with its number in it */
static void put(uint64_t nr_pages)
{
	memset(ram, 0, sizeof(ram));
	params()->scenario = 1;
	params()->sigstruct_pa = SIGSTRUCT_PA;
	params()->num_module_pages = nr_pages;
	for (uint64_t i = 0; i < SEAMLDR_MAX_MODULE_PAGES; i++) {
		params()->module_pa[i] = MODULE_PA + i * SEAM_PAGE_SIZE;
		memcpy(ram + MODULE_PA + i * SEAM_PAGE_SIZE, &i, sizeof(i));
	}
}

static bool reads_limits(void)
{
	struct seamldr_params got;

	put(0);
	CHECK(!install_params_read(&memory, PARAMS_PA, &got));
	put(1);
	CHECK(install_params_read(&memory, PARAMS_PA, &got));
	CHECK_EQ(got.module_pa[0], MODULE_PA);
	/* Not a page address, though a possible number of pages would be found */
	params()->module_pa[0] = 1;
	CHECK(!install_params_read(&memory, PARAMS_PA + 8, &got));
	CHECK(!install_params_read(&memory, sizeof(ram), &got));
	put(SEAMLDR_MAX_MODULE_PAGES);
	CHECK(install_params_read(&memory, PARAMS_PA, &got));
	put(SEAMLDR_MAX_MODULE_PAGES + 1);
	CHECK(!install_params_read(&memory, PARAMS_PA, &got));
	return true;
}

static bool digest(uint8_t value[static INSTALL_DIGEST_SIZE])
{
	return install_params_digest(&memory, PARAMS_PA, value);
}

/* Every part counts, and what is behind the last page does not */
static bool sees_changes(void)
{
	static const uint64_t parts[] = {
		PARAMS_PA, PARAMS_PA + 4, PARAMS_PA + SEAM_PAGE_SIZE - 1,
		SIGSTRUCT_PA, SIGSTRUCT_PA + SEAM_PAGE_SIZE - 1,
		MODULE_PA, MODULE_PA + 2 * SEAM_PAGE_SIZE - 1,
	};
	uint8_t before[INSTALL_DIGEST_SIZE], after[INSTALL_DIGEST_SIZE];

	put(2);
	CHECK(digest(before));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		ram[parts[i]] ^= 1;
		CHECK(digest(after));
		CHECK(memcmp(before, after, sizeof(before)));
		ram[parts[i]] ^= 1;
	}
	ram[MODULE_PA + 2 * SEAM_PAGE_SIZE] ^= 1;
	CHECK(digest(after));
	CHECK(!memcmp(before, after, sizeof(before)));
	return true;
}

static bool needs_all_pages(void)
{
	uint8_t value[INSTALL_DIGEST_SIZE];

	put(SEAMLDR_MAX_MODULE_PAGES);
	CHECK(digest(value));
	params()->sigstruct_pa = sizeof(ram);
	CHECK(!digest(value));
	put(2);
	params()->module_pa[1] = sizeof(ram);
	CHECK(!digest(value));
	put(0);
	CHECK(!digest(value));
	return true;
}

static const struct test tests[] = {
	{ "limits of the params", reads_limits },
	{ "the digest covers params, sigstruct and pages", sees_changes },
	{ "no digest unless all pages can be read", needs_all_pages },
	{ 0 },
};

const struct suite suite_params = { "params", tests };
