// SPDX-License-Identifier: GPL-2.0-or-later
/* What a new module makes of the handoff data that it finds (SEAM ABI 4.5). */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tdxmod/module.h"
#include "tests/fixture.h"
#include "tests/suites.h"

#define HV1_SIZE	(0xd097 - 8)
#define HV3_SIZE	(0xd099 - 8)
#define PADDED_SIZE	(0xe000 - 8)
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
	CHECK_EQ(header_of(f)->size, HV3_SIZE);
	header_of(f)->hv = 1;
	CHECK_EQ(update(f), TDX_SYS_INVALID_HANDOFF);
	header_of(f)->hv = 4;
	CHECK_EQ(update(f), TDX_SYS_INVALID_HANDOFF);
	header_of(f)->hv = 3;
	header_of(f)->valid = 0;
	CHECK_EQ(update(f), TDX_SYS_INVALID_HANDOFF);
	CHECK_EQ(tdxmod_state(f->host.platform), SYSINIT_DONE);
	CHECK_EQ(header_of(f)->size, HV3_SIZE);
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
	CHECK_EQ(value, HV3_SIZE);
	CHECK_EQ(update(f), TDX_SUCCESS);
	CHECK_EQ(host_sys_rd(&f->host, FIELD_HANDOFF_VALID, &value), TDX_SUCCESS);
	CHECK_EQ(value, 0);
	CHECK_EQ(host_sys_rd(&f->host, 0x8900000200000006, &value), TDX_SUCCESS);
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
	CHECK_EQ(update(f), HOST_HALTED);
	CHECK_EQ(host_leaf(&f->host, 1, TDH_SYS_LP_SHUTDOWN, 0, 0, 0, 0), HOST_VMFAIL);

	return true;
}

/* No status: the module halts */
static bool impossible_size(void)
{
	static const uint32_t sizes[] = { 0, 14 * 4096 - 8 + 1, UINT32_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
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

/* 25 pages of it, and no byte more */
static bool long_size_body(struct fixture *f)
{
	CHECK_EQ(until_update(f, 0), TDX_SUCCESS);
	header_of(f)->size = wrong_size;
	CHECK_EQ(update(f), wrong_size > 25 * 4096 ? HOST_HALTED : TDX_SUCCESS);

	return true;
}

static bool long_version_0_size(void)
{
	wrong_size = 25 * 4096;
	if (!fixture_run(series_2_0, long_size_body))
		return false;
	wrong_size++;

	return fixture_run(series_2_0, long_size_body);
}

static void to_2_0_12(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, "2.0.12", "2.0.12");
}

/* Before that, 25 pages are those of the module, header included */
FIXTURE_TEST_WITH(own_version_0_size, to_2_0_12)
{
	CHECK_EQ(until_update(f, 0), TDX_SUCCESS);
	header_of(f)->size = 25 * 4096 - 8 + 1;
	CHECK_EQ(update(f), HOST_HALTED);

	return true;
}

/* Pages that a module needs for what it writes, and what SYS.INIT makes of one less */
static const struct {
	const char *release;
	unsigned int pages;
} needs[] = {
	{ "1.5.01", 14 }, { "1.5.16", 14 }, { "1.5.24", 14 }, { "1.5.28", 14 }, { "1.5.34", 14 },
	{ "2.0.02", 25 }, { "2.0.12", 25 }, { "2.0.14", 14 }, { "2.0.16", 14 }, { "2.0.18", 14 },
};

static const char *current_release;

static void of_current_release(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, current_release, current_release);
}

static uint64_t init_with_pages(struct fixture *f, unsigned int pages)
{
	host_image_sigstruct(&f->new)->handoff_pages_raw = pages - 1;
	host_image_resign(&f->new);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	if (host_session(&f->host).status)
		return ~0ULL;

	return host_sys_init(&f->host);
}

static unsigned int needed_pages;

static bool needed_body(struct fixture *f)
{
	CHECK_EQ(init_with_pages(f, needed_pages - 1), TDX_SYS_INCOMPATIBLE_SIGSTRUCT);
	CHECK_EQ(init_with_pages(f, needed_pages), TDX_SUCCESS);

	return true;
}

static bool no_room(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++) {
		current_release = needs[i].release;
		needed_pages = needs[i].pages;
		if (!fixture_run(of_current_release, needed_body)) {
			printf("# release %s\n", current_release);
			return false;
		}
	}

	return true;
}

static void to_1_5_28(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, "1.5.28", "1.5.28");
}

/* The writer looks at its pages again, and halts */
FIXTURE_TEST_WITH(writer_without_room, to_1_5_28)
{
	f->host.platform->seam.sysinfo.handoff_pages_raw = 12;
	CHECK_EQ(fixture_shutdown(f, 1), HOST_HALTED);
	CHECK_EQ(header_of(f)->valid, 0);

	return true;
}

/* Header sizes, and what a module without the check of 2.0.14 and before makes of them */
FIXTURE_TEST_WITH(padded, to_1_5_28)
{
	static const uint32_t sizes[] = { 0, PADDED_SIZE + 1, UINT32_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CHECK_EQ(until_update(f, 1), TDX_SUCCESS);
		CHECK_EQ(header_of(f)->size, PADDED_SIZE);
		header_of(f)->size = sizes[i];
		f->host.diagnoses = 0;
		CHECK_EQ(update(f), TDX_SUCCESS);
		CHECK_EQ(f->host.diagnoses, sizes[i] > PADDED_SIZE);
	}

	return true;
}

static uint32_t written_size;
static const char *next_release;

static void between_releases(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, current_release, next_release);
}

static bool written_body(struct fixture *f)
{
	uint64_t hv = f->host.platform->seam.sysinfo.module_hv;

	CHECK_EQ(until_update(f, hv), TDX_SUCCESS);
	CHECK_EQ(header_of(f)->hv, hv);
	CHECK_EQ(header_of(f)->size, written_size);
	CHECK_EQ(update(f), TDX_SUCCESS);
	CHECK_EQ(f->host.platform->tdxmod->nr_tdmrs, 1);

	return true;
}

/* What the releases write, and that the newest of their series reads it */
static bool written(void)
{
	static const struct {
		const char *release;
		const char *next;
		uint32_t size;
	} sizes[] = {
		{ "1.5.01", "1.5.34", 53386 }, { "1.5.16", "1.5.28", 53386 },
		{ "1.5.28", "1.5.34", PADDED_SIZE }, { "1.5.34", "1.5.34", PADDED_SIZE },
		{ "2.0.04", "2.0.14", SERIES_2_0_SIZE }, { "2.0.12", "2.0.18", SERIES_2_0_SIZE },
		{ "2.0.14", "2.0.16", HV1_SIZE }, { "2.0.16", "2.0.18", PADDED_SIZE },
		{ "2.0.18", "2.0.18", PADDED_SIZE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		current_release = sizes[i].release;
		next_release = sizes[i].next;
		written_size = sizes[i].size;
		if (!fixture_run(between_releases, written_body)) {
			printf("# release %s\n", current_release);
			return false;
		}
	}

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
	{ "largest version 0 of the 2.0 series", long_version_0_size },
	{ "largest version 0 of 2.0.12", own_version_0_size },
	{ "pages that a module needs", no_room },
	{ "a writer without room", writer_without_room },
	{ "a module that pads, and does not check", padded },
	{ "what releases write and read", written },
	{ "nothing else survives", only_payload },
	{ NULL, NULL }
};

const struct suite suite_handoff = { "handoff", tests };
