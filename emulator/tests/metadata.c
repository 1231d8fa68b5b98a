// SPDX-License-Identifier: GPL-2.0-or-later
/* TDH.SYS.RD: fields, protocol, and where the values come from (SEAM ABI 4.6). */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tdxmod/metadata.h"
#include "tdxmod/module.h"
#include "tdxmod/release.h"
#include "tests/fixture.h"
#include "tests/suites.h"

#define FIRST_FIELD	0x0000000200000000ULL
#define MAX_FIELDS	1000

static uint64_t read_next(struct fixture *f, uint64_t id, uint64_t *value, uint64_t *next)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = TDH_SYS_RD,
		.gpr[SEAM_RDX] = id,
		.gpr[SEAM_R8] = 0x55,
	};
	uint64_t status = host_call(&f->host, 0, &regs);

	*value = regs.gpr[SEAM_R8];
	*next = regs.gpr[SEAM_RDX];

	return status;
}

/* From "first" to "no more", every id is readable and none comes twice */
FIXTURE_TEST(enumeration)
{
	unsigned int count = 0;
	bool handoff = false;
	uint64_t value, next;
	uint64_t id;

	CHECK_EQ(read_next(f, METADATA_NO_FIELD, &value, &id),
		 TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT);
	CHECK_EQ(id, FIRST_FIELD);
	CHECK_EQ(value, 0);
	/* The context is ignored */
	CHECK_EQ(read_next(f, METADATA_NO_FIELD & ~METADATA_CONTEXT, &value, &next),
		 TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT);

	while (id != METADATA_NO_FIELD && count < MAX_FIELDS) {
		CHECK_EQ(read_next(f, id, &value, &next), TDX_SUCCESS);
		CHECK(next != id);
		handoff |= id == FIELD_MODULE_HV;
		count++;
		id = next;
	}
	CHECK_EQ(id, METADATA_NO_FIELD);
	CHECK(handoff);
	/* 32 CMRs, base and size, are most of them; 2 packages; room for 32 CPUID leaves */
	CHECK_EQ(count, 33 + 2 * 32 + 2 + 32 + 2 * 32);

	return true;
}

/** struct known - an id of Linux, and what the default module has there */
struct known {
	uint64_t id;
	uint64_t value;
};

static const struct known known[] = {
	{ 0x0800000100000003, 5 },
	{ 0x0800000100000004, 1 },
	{ 0x0800000100000005, FIXTURE_UPDATE },
	{ 0x0a00000300000008, 0x226f3f0fbf },
	{ 0x9100000100000008, 64 },
	{ 0x9100000100000009, 16 },
	{ 0x9100000100000010, 16 },
	{ 0x9100000100000011, 16 },
	{ 0x9100000100000012, 16 },
	{ 0x9800000100000000, 4096 },
	{ 0x9800000100000100, 24576 },
	{ 0x9800000100000200, 24576 },
	/* Without LASS, which this CPU does not have */
	{ 0x1900000300000000, 0x8000000070010001 },
	{ 0x1900000300000001, 0 },
	{ 0x1900000300000002, 0x6dbe7 },
	{ 0x1900000300000003, 3 },
	{ 0x9900000100000004, 28 },
	{ 0x9900000100000008, 576 },
	{ 0x9900000300000402, 0x0000000100000004 },
	{ 0x9900000300000409, 0xffffffff80000008 },
	{ 0x9900000300000512, 0x0000020000000000 | 0xff },
	{ 0x9900000300000513, 0 },
	{ 0x8900000100000000, 0 },
	{ 0x8900000100000001, 0 },
	{ 0x8900000000000002, 0 },
	{ 0x8900000100000003, 13 },
	{ 0x0800000200000000, 0x8086 },
	{ 0x0000000200000000, FIXTURE_SOCKETS },
	{ 0x0000000200000002, 0x000a06d1 },
	{ 0x9000000100000000, 32 },
	{ 0x9000000300000100, HOST_RAM_SIZE },
	{ 0x9000000300000101, 0 },
	{ 0x0a00000000000001, 1 },
};

FIXTURE_TEST(values)
{
	uint64_t id, value, next;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		CHECK_EQ(read_next(f, known[i].id, &value, &next), TDX_SUCCESS);
		if (value != known[i].value)
			printf("# field 0x%llx\n", (unsigned long long)known[i].id);
		CHECK_EQ(value, known[i].value);
		/* Element size, increment, context and bit 63 are not looked at */
		id = (known[i].id & ~METADATA_ELEMENT_SIZE) ^ 1ULL << 63;
		id |= 1ULL << 50 | METADATA_CONTEXT;
		CHECK_EQ(read_next(f, id, &value, &next), TDX_SUCCESS);
		CHECK_EQ(value, known[i].value);
	}

	return true;
}

FIXTURE_TEST(refusals)
{
	static const unsigned int zero_bits[] = { 24, 31, 34, 37, 38, 46, 47, 49, 55, 62 };
	uint64_t value, next;

	for (size_t i = 0; i < ARRAY_SIZE(zero_bits); i++) {
		CHECK_EQ(read_next(f, FIELD_UPDATE_VERSION | 1ULL << zero_bits[i], &value, &next),
			 TDX_METADATA_FIELD_ID_INCORRECT);
		CHECK_EQ(value, 0);
		CHECK_EQ(next, METADATA_NO_FIELD);
	}
	CHECK_EQ(read_next(f, 0x0800000100000007, &value, &next), TDX_METADATA_FIELD_ID_INCORRECT);
	CHECK_EQ(read_next(f, 0x9900000300000420, &value, &next), TDX_METADATA_FIELD_ID_INCORRECT);

	/* The dispatcher's refusal leaves RDX and R8 alone, the handler's does not */
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(read_next(f, FIELD_MODULE_HV, &value, &next), TDX_SYS_SHUTDOWN);
	CHECK_EQ(value, 0x55);
	CHECK_EQ(next, FIELD_MODULE_HV);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(read_next(f, FIELD_MODULE_HV, &value, &next), TDX_SYS_LP_INIT_NOT_DONE);
	CHECK_EQ(value, 0);
	CHECK_EQ(next, METADATA_NO_FIELD);

	return true;
}

/* Before UPDATE the new module shows what was handed to it */
FIXTURE_TEST(handoff)
{
	uint64_t value, next;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(host_lp_init(&f->host, 0, 1), TDX_SUCCESS);
	CHECK_EQ(read_next(f, FIELD_HANDOFF_VALID, &value, &next), TDX_SUCCESS);
	CHECK_EQ(value, 1);
	CHECK_EQ(read_next(f, 0x8900000200000006, &value, &next), TDX_SUCCESS);
	CHECK_EQ(value, 53386);
	CHECK_EQ(host_lp_init(&f->host, 1, FIXTURE_LPS), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_UPDATE, 0, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(read_next(f, FIELD_HANDOFF_VALID, &value, &next), TDX_SUCCESS);
	CHECK_EQ(value, 0);

	return true;
}

static void overrides(struct fixture *f, struct image_spec *old)
{
	old->desc.nr_overrides = 2;
	old->desc.override[0] = (struct module_override) {
		.field_id = FIELD_UPDATE_VERSION,
		.value = 99,
	};
	old->desc.override[1] = (struct module_override) {
		.field_id = FIELD_MODULE_HV,
		.flags = MODULE_OVERRIDE_ABSENT,
	};
}

FIXTURE_TEST_WITH(image_overrides, overrides)
{
	uint64_t value, next;

	CHECK_EQ(fixture_version(f), 99);
	CHECK_EQ(read_next(f, FIELD_MODULE_HV, &value, &next), TDX_METADATA_FIELD_ID_INCORRECT);
	/* The field before it goes on behind it */
	CHECK_EQ(read_next(f, 0x0800000100000006, &value, &next), TDX_SUCCESS);
	CHECK_EQ(next, FIELD_MODULE_HV + 1);

	return true;
}

/* Known releases by SEAMHASH, without a note: as for Intel's images */
static bool release(void)
{
	static const uint8_t hash_1_5_01[] = { 0x97, 0x90, 0xd8, 0x9a, 0x10, 0x21, 0x0e, 0xc6 };
	static const uint8_t hash_2_0_08[] = { 0x47, 0x6a, 0x29, 0x97, 0xc6, 0x2b, 0xcc, 0xc7 };
	static const uint8_t nothing[64];
	struct seam_sigstruct sig = { .handoff_pages_raw = 24, .svn_major = 3, .svn_minor = 5 };
	struct module_desc desc;
	struct host host;

	host_init(&host, 1, 1);
	if (!host_start(&host, NULL))
		return false;

	memcpy(sig.seamhash, hash_1_5_01, sizeof(hash_1_5_01));
	release_desc(host.platform, &sig, nothing, sizeof(nothing), &desc);
	CHECK_EQ(desc.update, 1);
	CHECK_EQ(desc.features0, 0xf0fbf);
	CHECK_EQ(desc.max_vcpus_per_td, 0);
	memcpy(sig.seamhash, hash_2_0_08, sizeof(hash_2_0_08));
	release_desc(host.platform, &sig, nothing, sizeof(nothing), &desc);
	CHECK_EQ(desc.major, 2);
	CHECK_EQ(desc.build_num, 882);
	CHECK_EQ(desc.features0, 0x10326f3f0fbf);
	CHECK_EQ(desc.series, MODULE_SERIES_2_0);
	CHECK_EQ(desc.handoff_pages_raw, 24);
	CHECK_EQ(host.diagnoses, 0);

	/* An unknown one is guessed, and that is said */
	sig.seamhash[0] ^= 1;
	sig.version = (struct seam_version) { .major = 2, .minor = 0, .update = 14 };
	release_desc(host.platform, &sig, nothing, sizeof(nothing), &desc);
	CHECK_EQ(desc.update, 14);
	CHECK_EQ(desc.features0, 0x10326f3f0fbf);
	CHECK_EQ(host.diagnoses, 1);
	host_free(&host);

	return true;
}

/** struct release_fact - a line of the contract's table of releases */
struct release_fact {
	uint64_t seamhash;
	unsigned int major, minor, update;
	uint64_t features0;
};

static const struct release_fact release_facts[] = {
	{ 0x9790d89a10210ec6, 1, 5, 1, 0xf0fbf },
	{ 0x1cc6a17ab799e9a6, 1, 5, 5, 0x1f0fbf },
	{ 0x5b38e33a6487958b, 1, 5, 6, 0x2e1f0fbf },
	{ 0x49b66faa451d19eb, 1, 5, 8, 0x22e1f0fbf },
	{ 0xbfb360ac8e6233a1, 1, 5, 9, 0x26f1f0fbf },
	{ 0x27b67e0b20508f0a, 1, 5, 13, 0x226f1f0fbf },
	{ 0x7bf063280e94fb05, 1, 5, 16, 0x226f3f0fbf },
	{ 0xd0d80c085166ba78, 1, 5, 20, 0x10326f3f0fbf },
	{ 0x489e585f1c54bc5a, 1, 5, 24, 0xd1326f3f0fbf },
	{ 0xfca4ff221293807e, 1, 5, 25, 0xd1326f3f0fbf },
	{ 0x346bc77a1846cac2, 1, 5, 28, 0x18d1326f3f0fbf },
	{ 0x685f891ea5c20e8f, 2, 0, 2, 0x22e1f0fbf },
	{ 0x64cae497e0c62211, 2, 0, 4, 0x26f1f0fbf },
	{ 0x6f65e570e3bc418d, 2, 0, 5, 0x26f1f0fbf },
	{ 0x87bdf50356b95e26, 2, 0, 12, 0x10326f3f0fbf },
	{ 0xaef4ed3e686fe6cf, 2, 0, 14, 0xd1326f3f0fbf },
	{ 0xf40772d82608da54, 2, 0, 16, 0x18d1326f3f0fbf },
	{ 0x476a2997c62bccc7, 2, 0, 8, 0x10326f3f0fbf },
};

/* Releases are known by the first bytes of their SEAMHASH; others are guessed, loudly */
FIXTURE_TEST(by_seamhash)
{
	static const uint8_t image[SEAM_PAGE_SIZE];
	struct platform *platform = f->host.platform;
	struct seam_sigstruct sig = { .svn_major = 3, .svn_minor = 5 };
	struct module_desc desc;

	for (size_t i = 0; i < ARRAY_SIZE(release_facts); i++) {
		const struct release_fact *fact = &release_facts[i];
		bool first = fact->major == 1 && fact->update == 1;

		for (unsigned int byte = 0; byte < 8; byte++)
			sig.seamhash[byte] = fact->seamhash >> (56 - 8 * byte);
		sig.handoff_pages_raw = i;
		release_desc(platform, &sig, image, sizeof(image), &desc);
		CHECK_EQ(desc.major, fact->major);
		CHECK_EQ(desc.minor, fact->minor);
		CHECK_EQ(desc.update, fact->update);
		CHECK_EQ(desc.features0, fact->features0);
		CHECK_EQ(desc.series, fact->major == 2 ? MODULE_SERIES_2_0 : MODULE_SERIES_1_5);
		CHECK_EQ(desc.handoff_pages_raw, i);
		/* 1.5.01 has neither the field nor version 1 of VP.INIT */
		CHECK_EQ(!desc.max_vcpus_per_td, first);
		CHECK_EQ(!(desc.flags & MODULE_VP_INIT_V1), first);
	}
	CHECK_EQ(f->host.diagnoses, 0);

	/* The last of eight bytes counts, the ninth does not */
	sig.seamhash[8] = 0xff;
	release_desc(platform, &sig, image, sizeof(image), &desc);
	CHECK_EQ(f->host.diagnoses, 0);
	sig.seamhash[7] ^= 1;
	release_desc(platform, &sig, image, sizeof(image), &desc);
	CHECK_EQ(f->host.diagnoses, 1);
	CHECK_EQ(desc.features0, 0x10326f3f0fbf);
	CHECK_EQ(desc.update, 8);

	/* Of the same series, and not newer; the sigstruct may know the version */
	sig.svn_major = 1;
	sig.svn_minor = 9;
	release_desc(platform, &sig, image, sizeof(image), &desc);
	CHECK_EQ(desc.update, 9);
	sig.version.major = 1;
	sig.version.minor = 5;
	sig.version.update = 10;
	release_desc(platform, &sig, image, sizeof(image), &desc);
	CHECK_EQ(desc.update, 10);
	CHECK_EQ(desc.features0, 0x26f1f0fbf);

	return true;
}

static const struct test tests[] = {
	{ "enumeration", enumeration },
	{ "values that Linux reads", values },
	{ "refusals", refusals },
	{ "handoff data before UPDATE", handoff },
	{ "fields that an image overrides", image_overrides },
	{ "known and unknown releases", release },
	{ "releases by their SEAMHASH", by_seamhash },
	{ NULL, NULL }
};

const struct suite suite_metadata = { "metadata", tests };
