// SPDX-License-Identifier: GPL-2.0-or-later
/* TDs across updates: what survives, what is counted, what goes wrong (SEAM ABI 7.3). */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "tdxmod/td.h"
#include "tests/fixture.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA	(HOST_TDMR_BASE + 0x1000000)
#define AVOID_SENSITIVE	(1ULL << 16)
#define ONE_BUILD	(TDX_UPDATE_COMPATIBILITY_SENSITIVE | 0x10000)
#define UPDATE_V1	(TDH_SYS_UPDATE | 1ULL << TDH_VERSION_SHIFT)

/* The newer one has another crypto library */
static void other_crypto(struct fixture *f, struct image_spec *old)
{
	fixture_counting(f, old);
	f->spec.desc.crypto_generation = 1;
}

FIXTURE_TEST(running)
{
	struct seam_regs regs;
	struct guest guest;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 2), TDX_SUCCESS);
	for (uint64_t i = 1; i <= 3; i++)
		CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(value, 3);

	/* A failed update in between: the TD waits */
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_SYS_SHUTDOWN);
	host_image_sigstruct(&f->new)->signature[0] ^= 1;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_EBADSIG);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_SYS_SHUTDOWN);
	host_image_sigstruct(&f->new)->signature[0] ^= 1;
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_SYS_NOT_READY);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);

	/* Same counter, same pages, same association, same KeyID */
	CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(value, 4);
	CHECK_EQ(guest_enter(&guest, 1, 0, &regs), TDX_VCPU_ASSOCIATED);
	CHECK_EQ(guest_run(&guest, 1, 1, &value), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MNG_CREATE, GUEST_PA + 0x1000000, HOST_TD_KEYID, 0, 0),
		 TDX_HKID_NOT_FREE);
	CHECK_EQ(guest_destroy(&guest), TDX_SUCCESS);
	CHECK_EQ(f->host.diagnoses, 0);

	return true;
}

/* A teardown that an update interrupts goes on where it was */
FIXTURE_TEST(half_torn_down)
{
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(guest_flush(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_CACHE_WB, 0, 0, 0, 0), TDX_SUCCESS);
	f->host.interrupts = 1;
	CHECK_EQ(host_leaf(&f->host, 2, TDH_PHYMEM_CACHE_WB, 0, 0, 0, 0),
		 TDX_INTERRUPTED_RESUMABLE);
	CHECK_EQ(f->host.platform->tdxmod->wbcache[1].chunk, 1);
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);
	/* What was written back is so still */
	CHECK_EQ(f->host.platform->tdxmod->wbcache[1].chunk, 1);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_WBCACHE_NOT_COMPLETE);
	CHECK_EQ(host_leaf(&f->host, 2, TDH_PHYMEM_CACHE_WB, 1, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_SUCCESS);
	CHECK_EQ(host_update(&f->host, &f->old, 0), TDX_SUCCESS);
	CHECK_EQ(guest_reclaim(&guest), TDX_SUCCESS);

	return true;
}

/* The count is handed over with version 1, and lost with version 0 */
FIXTURE_TEST_WITH(build_count, fixture_counting)
{
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(host_update(&f->host, &f->new, 1), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), ONE_BUILD);
	CHECK_EQ(host_update(&f->host, &f->old, 0), TDX_SUCCESS);
	CHECK_EQ(guest_add_vcpu(&guest, 0), TDX_SUCCESS);
	/* Must not count below zero */
	CHECK_EQ(guest_finalize(&guest), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), TDX_SUCCESS);

	return true;
}

static bool measured(struct fixture *f, uint8_t mrtd[static 48], bool update)
{
	struct guest guest;
	uint64_t status;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_vcpu(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(guest_add_tables(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_page(&guest, 0), TDX_SUCCESS);
	if (update) {
		status = host_update(&f->host, &f->new, 1);
		CHECK_EQ(status, TDX_SUCCESS);
	}
	CHECK_EQ(guest_extend_page(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(guest_finalize(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_mrtd(&guest, mrtd), TDX_SUCCESS);
	CHECK_EQ(guest_destroy(&guest), TDX_SUCCESS);

	return true;
}

/* An update in the middle of a build does no harm if the crypto library is the same */
FIXTURE_TEST_WITH(mrtd_same_crypto, fixture_counting)
{
	uint8_t before[48], after[48];

	CHECK(measured(f, before, false));
	CHECK(measured(f, after, true));
	CHECK(!memcmp(before, after, sizeof(before)));
	CHECK_EQ(f->host.diagnoses, 0);

	return true;
}

/* With another one the MRTD silently goes wrong; only the trace tells */
FIXTURE_TEST_WITH(mrtd_other_crypto, other_crypto)
{
	uint8_t before[48], after[48];

	CHECK(measured(f, before, false));
	CHECK(measured(f, after, true));
	CHECK(memcmp(before, after, sizeof(before)));
	CHECK_EQ(f->host.diagnoses, 1);

	return true;
}

/* UPDATE version 1 with the bit that makes the module look at what TDs began with */
static uint64_t update_with_detection(struct fixture *f)
{
	uint64_t status = fixture_shutdown(f, 1);

	if (!status)
		status = fixture_install(f).status;
	if (!status)
		status = fixture_until_update(f);
	if (!status)
		status = host_leaf(&f->host, 0, UPDATE_V1, 0, 0, 0,
				   TDX_FEATURES0_UPDATE_COMPATIBILITY);

	return status;
}

static uint64_t add_page(struct guest *guest, unsigned int index, uint64_t pa, uint64_t source)
{
	return host_leaf(guest->host, 0, TDH_MEM_PAGE_ADD, GUEST_GPA + index * TDX_PAGE_SIZE,
			 guest->tdr, pa, source);
}

/* Unless UPDATE version 1 asked for detection */
FIXTURE_TEST_WITH(mrtd_detected, other_crypto)
{
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_vcpu(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(guest_add_tables(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_page(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(update_with_detection(f), TDX_SUCCESS);
	CHECK_EQ(guest_add_page(&guest, 1), TDX_INCOMPATIBLE_MRTD_CONTEXT);
	CHECK_EQ(guest_extend_page(&guest, 0), TDX_INCOMPATIBLE_MRTD_CONTEXT);
	CHECK_EQ(guest_finalize(&guest), TDX_INCOMPATIBLE_MRTD_CONTEXT);
	CHECK_EQ(f->host.diagnoses, 0);

	/* The page was not taken */
	CHECK_EQ(dram_look(f->host.platform->dram, guest.private[1]).type, PAGE_FREE);
	guest.next = guest.private[1];
	CHECK_EQ(guest_destroy(&guest), TDX_SUCCESS);

	return true;
}

/* PAGE.ADD looks at the context last, MR.EXTEND and MR.FINALIZE behind theirs */
FIXTURE_TEST_WITH(mrtd_checked_last, other_crypto)
{
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_tables(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_page(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(update_with_detection(f), TDX_SUCCESS);

	/* Entry in use, page in use, source without memory */
	CHECK_EQ(add_page(&guest, 0, guest.next, HOST_PARAMS_PA),
		 TDX_EPT_ENTRY_STATE_INCORRECT | TDX_OPERAND_RCX);
	CHECK_EQ(add_page(&guest, 1, guest.private[0], HOST_PARAMS_PA),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_R8);
	CHECK_EQ(add_page(&guest, 1, guest.next, HOST_RAM_SIZE),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R9);
	CHECK_EQ(add_page(&guest, 1, guest.next, HOST_PARAMS_PA), TDX_INCOMPATIBLE_MRTD_CONTEXT);
	CHECK_EQ(guest_extend_page(&guest, 1), TDX_EPT_ENTRY_NOT_PRESENT | TDX_OPERAND_RCX);
	CHECK_EQ(guest_finalize(&guest), TDX_NO_VCPUS);

	return true;
}

/* The older one knows handoff version 1, but does not count builds; same crypto library */
static void counts_only_later(struct fixture *f, struct image_spec *old)
{
	fixture_counting(f, old);
	old->desc.flags &= ~MODULE_COUNTS_BUILDS;
}

/* A build that nobody marked is never counted, and refused where somebody looks */
FIXTURE_TEST_WITH(uncounted, counts_only_later)
{
	struct guest before, after;

	guest_init(&before, &f->host, HOST_TD_KEYID, GUEST_PA);
	guest_init(&after, &f->host, HOST_TD_KEYID + 1, GUEST_PA + 0x1000000);
	CHECK_EQ(guest_create(&before), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&before), TDX_SUCCESS);
	CHECK_EQ(guest_add_vcpu(&before, 0), TDX_SUCCESS);
	CHECK_EQ(update_with_detection(f), TDX_SUCCESS);
	CHECK_EQ(guest_create(&after), TDX_SUCCESS);
	CHECK_EQ(guest_configure(&after), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), ONE_BUILD);
	CHECK_EQ(guest_finalize(&before), TDX_INCOMPATIBLE_MRTD_CONTEXT);
	CHECK_EQ(guest_destroy(&before), TDX_SUCCESS);
	CHECK_EQ(f->host.diagnoses, 0);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), ONE_BUILD);
	CHECK_EQ(guest_destroy(&after), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), TDX_SUCCESS);

	return true;
}

static void larger_tdcs(struct fixture *f, struct image_spec *old)
{
	fixture_counting(f, old);
	f->spec.desc.tdcs_pages++;
}

/* TDs keep the TDCS that they were made with */
FIXTURE_TEST_WITH(other_tdcs_size, larger_tdcs)
{
	struct guest guest;
	uint64_t value;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(host_update(&f->host, &f->new, 1), TDX_SUCCESS);
	CHECK_EQ(guest_run(&guest, 0, 0, &value), TDX_SUCCESS);
	CHECK_EQ(guest_destroy(&guest), TDX_SUCCESS);

	return true;
}

/* Without a valid handoff the TDs are lost, and the cold path starts afresh */
FIXTURE_TEST(lost)
{
	struct seam_regs regs;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);
	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);

	return true;
}

static const struct test tests[] = {
	{ "a running TD goes on", running },
	{ "a half torn down TD", half_torn_down },
	{ "TD_BUILD_COUNT and handoff versions", build_count },
	{ "MRTD across an update with the same crypto", mrtd_same_crypto },
	{ "MRTD across an update with another crypto", mrtd_other_crypto },
	{ "MRTD context detected as incompatible", mrtd_detected },
	{ "MRTD context is looked at last", mrtd_checked_last },
	{ "a build that began before builds were counted", uncounted },
	{ "a module with a larger TDCS", other_tdcs_size },
	{ "without handoff data TDs are lost", lost },
	{ NULL, NULL }
};

const struct suite suite_survival = { "survival", tests };
