// SPDX-License-Identifier: GPL-2.0-or-later
/* What a new module makes of the handoff data that it finds (SEAM ABI 4.5). */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "tdxmod/module.h"
#include "tests/fixture.h"
#include "tests/suites.h"

#define HV1_SIZE	(0xd097 - 8)
#define SERIES_2_0_SIZE	(101819 - 8)

static struct handoff_header *header_of(struct fixture *f)
{
	return (struct handoff_header *)f->host.platform->seam.handoff;
}

/* Up to where TDH.SYS.UPDATE comes next */
static uint64_t until_update(struct fixture *f, uint64_t hv)
{
	uint64_t status = fixture_shutdown(f, hv);

	if (!status)
		status = fixture_install(f).status;

	return status ? status : fixture_until_update(f);
}

static uint64_t update(struct fixture *f)
{
	return host_leaf(&f->host, 0, TDH_SYS_UPDATE, 0, 0, 0, 0);
}

/* Modules that know versions 1 to 3, the newer one 2 and 3 */
static void versions(struct fixture *f, struct image_spec *old)
{
	old->nr_pages = FIXTURE_FEW_PAGES;
	old->desc.module_hv = 3;
	old->desc.min_update_hv = 1;
	old->desc.flags |= MODULE_COUNTS_BUILDS;
	f->spec.nr_pages = FIXTURE_FEW_PAGES;
	f->spec.desc = old->desc;
	f->spec.desc.update = FIXTURE_NEWER;
	f->spec.desc.min_update_hv = 2;
}

/* An impossible label leaves everything as it is, a possible one is believed */
FIXTURE_TEST_WITH(label, versions)
{
	CHECK_EQ(until_update(f, 2), TDX_SUCCESS);
	CHECK_EQ(header_of(f)->hv, 2);
	CHECK_EQ(header_of(f)->size, HV1_SIZE);
	header_of(f)->hv = 1;
	CHECK_EQ(update(f), TDX_SYS_INVALID_HANDOFF);
	header_of(f)->hv = 4;
	CHECK_EQ(update(f), TDX_SYS_INVALID_HANDOFF);
	header_of(f)->hv = 3;
	header_of(f)->valid = 0;
	CHECK_EQ(update(f), TDX_SYS_INVALID_HANDOFF);
	CHECK_EQ(tdxmod_state(f->host.platform), SYSINIT_DONE);
	CHECK_EQ(header_of(f)->size, HV1_SIZE);
	header_of(f)->valid = 1;
	CHECK_EQ(update(f), TDX_SUCCESS);
	CHECK_EQ(tdxmod_state(f->host.platform), SYS_READY);

	return true;
}

/* The fields of SYS.RD show it between LP.INIT and UPDATE */
FIXTURE_TEST_WITH(visible, versions)
{
	uint64_t value;

	CHECK_EQ(host_sys_rd(&f->host, FIELD_HANDOFF_VALID, &value), TDX_SUCCESS);
	CHECK_EQ(value, 0);
	CHECK_EQ(until_update(f, 2), TDX_SUCCESS);
	CHECK_EQ(host_sys_rd(&f->host, FIELD_HANDOFF_VALID, &value), TDX_SUCCESS);
	CHECK_EQ(value, 1);
	CHECK_EQ(host_sys_rd(&f->host, 0x8900000100000005, &value), TDX_SUCCESS);
	CHECK_EQ(value, 2);
	CHECK_EQ(host_sys_rd(&f->host, 0x8900000200000006, &value), TDX_SUCCESS);
	CHECK_EQ(value, HV1_SIZE);
	CHECK_EQ(update(f), TDX_SUCCESS);
	CHECK_EQ(host_sys_rd(&f->host, FIELD_HANDOFF_VALID, &value), TDX_SUCCESS);
	CHECK_EQ(value, 0);

	return true;
}

static void few_pages(struct fixture *f, struct image_spec *old)
{
	old->nr_pages = FIXTURE_FEW_PAGES;
	f->spec.nr_pages = FIXTURE_FEW_PAGES;
}

static uint32_t wrong_size;

static bool size_body(struct fixture *f)
{
	CHECK_EQ(until_update(f, 0), TDX_SUCCESS);
	header_of(f)->size = wrong_size;
	CHECK_EQ(update(f), HOST_VMFAIL);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_LP_SHUTDOWN, 0, 0, 0, 0), HOST_VMFAIL);

	return true;
}

/* No status: the module halts */
static bool impossible_size(void)
{
	static const uint32_t sizes[] = { 0, 14 * 4096 - 8 + 1, UINT32_MAX };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		wrong_size = sizes[i];
		if (!fixture_run(few_pages, size_body))
			return false;
	}

	return true;
}

FIXTURE_TEST_WITH(largest_size, few_pages)
{
	CHECK_EQ(until_update(f, 0), TDX_SUCCESS);
	header_of(f)->size = 14 * 4096 - 8;
	CHECK_EQ(update(f), TDX_SUCCESS);

	return true;
}

/* The counters are part of version 1; with version 0 they start at 0 */
FIXTURE_TEST_WITH(counters, fixture_counting)
{
	tdxmod_set_mig_interrupted(f->host.platform, 5);
	CHECK_EQ(host_update(&f->host, &f->new, 1), TDX_SUCCESS);
	CHECK_EQ(atomic_load(&f->host.platform->tdxmod->mig_interrupted_count), 5);
	CHECK_EQ(host_update(&f->host, &f->old, 0), TDX_SUCCESS);
	CHECK_EQ(atomic_load(&f->host.platform->tdxmod->mig_interrupted_count), 0);

	return true;
}

static void series_2_0(struct fixture *f, struct image_spec *old)
{
	old->nr_pages = FIXTURE_FEW_PAGES;
	old->desc.series = MODULE_SERIES_2_0;
	old->desc.handoff_pages_raw = 24;
	f->spec.nr_pages = FIXTURE_FEW_PAGES;
	f->spec.desc = old->desc;
	f->spec.desc.update = FIXTURE_NEWER;
	f->spec.desc.module_hv = 1;
	f->spec.desc.handoff_pages_raw = 13;
}

/* Newer modules of the series need fewer pages, but read the old, longer data */
FIXTURE_TEST_WITH(long_version_0, series_2_0)
{
	CHECK_EQ(until_update(f, 0), TDX_SUCCESS);
	CHECK_EQ(header_of(f)->size, SERIES_2_0_SIZE);
	CHECK_EQ(update(f), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);

	return true;
}

static void too_few_pages(struct fixture *f, struct image_spec *old)
{
	few_pages(f, old);
	old->desc.handoff_pages_raw = 12;
}

/* What does not fit its own pages cannot be handed over */
FIXTURE_TEST_WITH(no_room, too_few_pages)
{
	CHECK_EQ(fixture_shutdown(f, 0), HOST_VMFAIL);
	CHECK_EQ(header_of(f)->valid, 0);

	return true;
}

/* Nothing but the handoff data survives: a byte of it that is changed is seen */
FIXTURE_TEST_WITH(only_payload, few_pages)
{
	struct tdxmod *mod;

	CHECK_EQ(until_update(f, 0), TDX_SUCCESS);
	CHECK_EQ(f->host.platform->tdxmod->nr_tdmrs, 0);
	CHECK_EQ(f->host.platform->tdxmod->hkid, 0);
	f->host.platform->seam.handoff[0xd08c] = HOST_GLOBAL_KEYID + 9;
	CHECK_EQ(update(f), TDX_SUCCESS);
	mod = f->host.platform->tdxmod;
	CHECK_EQ(mod->hkid, HOST_GLOBAL_KEYID + 9);
	CHECK_EQ(mod->nr_tdmrs, 1);
	CHECK_EQ(mod->tdmrs[0].base, HOST_TDMR_BASE);
	CHECK_EQ(mod->packages_configured, 3);
	CHECK_EQ(mod->kot[HOST_GLOBAL_KEYID].state, KOT_RESERVED);

	return true;
}

static const struct test tests[] = {
	{ "label of the data", label },
	{ "what SYS.RD shows of it", visible },
	{ "sizes that halt the module", impossible_size },
	{ "the largest size", largest_size },
	{ "counters", counters },
	{ "version 0 of the 2.0 series", long_version_0 },
	{ "data that does not fit", no_room },
	{ "nothing else survives", only_payload },
	{ NULL, NULL }
};

const struct suite suite_handoff = { "handoff", tests };
