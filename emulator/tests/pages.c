// SPDX-License-Identifier: GPL-2.0-or-later
/* What TDs own, in numbers: in each state of theirs and of the module's (SEAM ABI 7.1). */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "tests/fixture.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA	(HOST_TDMR_BASE + 0x1000000)
#define SECOND_GUEST_PA	(HOST_TDMR_BASE + 0x2000000)
#define VCPUS		2

static const char nothing[] = "tdr=0 tdcx=0 tdvpr=0 sept=0 regular=0 keyids=0 flushed=0";

static bool is(const struct fixture *f, const char *expected)
{
	struct platform_pages pages = platform_pages(f->host.platform);
	char text[PLATFORM_PAGES_TEXT];

	platform_pages_text(&pages, text);
	if (!strcmp(text, expected))
		return true;
	printf("# \"%s\", not \"%s\"\n", text, expected);
	return false;
}

static uint64_t sum(const struct platform_pages *pages)
{
	return pages->tdr + pages->tdcx + pages->tdvpr + pages->sept + pages->regular;
}

static bool build(struct fixture *f, struct guest *guest)
{
	CHECK(is(f, nothing));
	guest_init(guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(guest, VCPUS), TDX_SUCCESS);
	return true;
}

FIXTURE_TEST(of_one_td)
{
	struct platform_pages pages;
	struct guest guest;

	CHECK(build(f, &guest));
	pages = platform_pages(f->host.platform);
	CHECK_EQ(pages.tdr, 1);
	CHECK_EQ(pages.tdcx, GUEST_TDCS_PAGES + VCPUS * (GUEST_TDVPS_PAGES - 1));
	CHECK_EQ(pages.tdvpr, VCPUS);
	CHECK(pages.sept > 0);
	CHECK(pages.regular > 0);
	CHECK_EQ(sum(&pages), (guest.next - guest.tdr) / SEAM_PAGE_SIZE);
	CHECK_EQ(pages.keyids, 1);
	CHECK_EQ(pages.flushed, 0);
	return true;
}

/* A call that fails takes nothing and gives nothing */
FIXTURE_TEST(of_failures)
{
	struct platform_pages before, after;
	struct guest guest, other;

	CHECK(build(f, &guest));
	before = platform_pages(f->host.platform);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_FLUSHVP_NOT_DONE);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_LIFECYCLE_STATE_INCORRECT);
	CHECK_EQ(guest_leaf(&guest, TDH_PHYMEM_PAGE_RECLAIM), TDX_LIFECYCLE_STATE_INCORRECT);
	guest_init(&other, &f->host, HOST_TD_KEYID, SECOND_GUEST_PA);
	CHECK_EQ(guest_create(&other), TDX_HKID_NOT_FREE);
	guest_init(&other, &f->host, HOST_TD_KEYID + 1, GUEST_PA);
	CHECK_EQ(guest_create(&other), TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);
	after = platform_pages(f->host.platform);
	CHECK(!memcmp(&before, &after, sizeof(before)));
	return true;
}

FIXTURE_TEST(of_an_end)
{
	struct guest guest;

	CHECK(build(f, &guest));
	CHECK_EQ(guest_flush(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);
	CHECK_EQ(platform_pages(f->host.platform).keyids, 0);
	CHECK_EQ(platform_pages(f->host.platform).flushed, 1);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_WBCACHE_NOT_COMPLETE);
	CHECK_EQ(guest_write_back(&guest), TDX_SUCCESS);
	CHECK_EQ(platform_pages(f->host.platform).flushed, 1);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_SUCCESS);
	CHECK_EQ(platform_pages(f->host.platform).flushed, 0);
	/* The TDR goes last: without the others it stays */
	for (uint64_t pa = guest.next - SEAM_PAGE_SIZE; pa > guest.tdr; pa -= SEAM_PAGE_SIZE)
		CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_RECLAIM, pa, 0, 0, 0),
			 TDX_SUCCESS);
	CHECK(is(f, "tdr=1 tdcx=0 tdvpr=0 sept=0 regular=0 keyids=0 flushed=0"));
	CHECK_EQ(guest_leaf(&guest, TDH_PHYMEM_PAGE_RECLAIM), TDX_SUCCESS);
	CHECK(is(f, nothing));
	return true;
}

/* The numbers as text, for is() to compare with later ones */
static void note_pages(struct fixture *f, char *text)
{
	struct platform_pages pages = platform_pages(f->host.platform);

	platform_pages_text(&pages, text);
}

/* The numbers stay during an update, when no module has the KeyIDs. */
FIXTURE_TEST(across_an_update)
{
	char before[PLATFORM_PAGES_TEXT];
	struct guest guest;

	CHECK(build(f, &guest));
	note_pages(f, before);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK(is(f, before));
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK(is(f, before));
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);
	CHECK(is(f, before));
	CHECK_EQ(guest_destroy(&guest), TDX_SUCCESS);
	CHECK(is(f, nothing));
	return true;
}

/* Pages cannot be reclaimed without a module, and stay until a reset. */
FIXTURE_TEST(of_a_lost_module)
{
	char before[PLATFORM_PAGES_TEXT], error[PLATFORM_ERROR_SIZE];
	struct guest guest;

	CHECK(build(f, &guest));
	note_pages(f, before);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_image_module(&f->new)[0] ^= 1;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_EBADHASH);
	CHECK_EQ(guest_flush(&guest), HOST_VMFAIL);
	CHECK(is(f, before));
	CHECK(platform_reset(f->host.platform, error));
	CHECK(is(f, nothing));
	return true;
}

/* A new configuration has new PAMTs, in which nothing is anybody's */
static void has_disable(struct fixture *f, struct image_spec *old)
{
	old->desc.flags |= MODULE_HAS_DISABLE;
}

FIXTURE_TEST_WITH(of_a_new_configuration, has_disable)
{
	struct guest guest;

	CHECK(build(f, &guest));
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0), TDX_SUCCESS);
	CHECK(is(f, nothing));
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, VCPUS), TDX_SUCCESS);
	CHECK_EQ(guest_destroy(&guest), TDX_SUCCESS);
	CHECK(is(f, nothing));
	return true;
}

static const struct test tests[] = {
	{ "of a TD", of_one_td },
	{ "of calls that fail", of_failures },
	{ "of a TD that ends", of_an_end },
	{ "across an update", across_an_update },
	{ "of a lost module's TDs", of_a_lost_module },
	{ "of a new configuration", of_a_new_configuration },
	{ 0 },
};

const struct suite suite_pages = { "pages", tests };
