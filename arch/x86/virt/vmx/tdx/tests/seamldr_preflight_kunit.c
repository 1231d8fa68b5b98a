// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the checks of a TDX module image, and the choice of the
 * handoff version
 */

#include <kunit/test.h>

#include <crypto/sha2.h>

#include <linux/errno.h>
#include <linux/string.h>

#include "../seamldr_image.h"
#include "../seamldr_preflight.h"

#define NR_MODULE_PAGES		2
#define MODULE_SIZE		(NR_MODULE_PAGES * SEAMLDR_PAGE_SIZE)
#define IMAGE_SIZE		((2 + NR_MODULE_PAGES) * SEAMLDR_PAGE_SIZE)
#define OFF_CHECKSUM		2

#define CPU_HERE		0x000806F8
#define CPU_HERE_OTHER_STEPPING	0x000806F2
#define CPU_ELSEWHERE		0x000A06D1

/* An image that passes, in the parts, and the platform it passes on */
struct subject {
	u8 *data;
	struct seam_sigstruct *sig;
	u8 *module;
	struct seamldr_image image;
	struct seamldr_platform platform;
};

static struct subject *make_subject(struct kunit *test)
{
	struct subject *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct seam_sigstruct *sig;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->data = kunit_kzalloc(test, IMAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s->data);

	sig = (void *)(s->data + SEAMLDR_PAGE_SIZE);
	s->sig = sig;
	s->module = s->data + 2 * SEAMLDR_PAGE_SIZE;
	memset(s->module, 0xA5, MODULE_SIZE);

	sig->header_type = 6;
	sig->header_length = 0xE1;
	sig->header_version = 0x10000;
	sig->module_vendor = 0x8086;
	sig->size = 0x200;
	sig->key_size = 0x60;
	sig->modulus_size = 0x60;
	sig->exponent_size = 1;
	sig->exponent = 0x10001;
	sig->seamsvn_major = 1;
	sig->seamsvn_minor = 7;
	sig->module_hv = 2;
	sig->min_update_hv = 1;
	sig->num_handoff_pages = 13;
	sig->gdt_idt_offset = MODULE_SIZE - 4096;
	sig->fault_wrapper_offset = MODULE_SIZE - 512;
	sig->cpuid_table_size = 2;
	sig->cpuid_table[0] = CPU_ELSEWHERE;
	sig->cpuid_table[1] = CPU_HERE_OTHER_STEPPING;

	s->image = (struct seamldr_image) {
		.data = s->data,
		.size = IMAGE_SIZE,
		.header_version = SEAMLDR_IMAGE_VERSION_1,
		.sigstruct = sig,
		.module = s->module,
		.nr_module_pages = NR_MODULE_PAGES,
	};
	s->platform = (struct seamldr_platform) {
		.preserving = true,
		.updates_left = 1,
		.seamldr_major = 1,
		.svn_major = 1,
		.svn_minor = 7,
		.pamt_entry_size = { 16, 16, 16 },
		.debug_known = true,
		.nr_lps = 8,
		.nr_online = 8,
		.nr_sockets = 2,
		.socket_cpuid = { CPU_HERE, CPU_HERE },
		.module_hv = 2,
		.min_update_hv = 1,
		.handoff_pages = 13,
	};

	return s;
}

/* What depends on the content comes last. */
static void seal(struct subject *s)
{
	u16 sum = 0;
	size_t i;

	sha384(s->module, MODULE_SIZE, s->sig->seamhash);

	s->data[OFF_CHECKSUM] = 0;
	s->data[OFF_CHECKSUM + 1] = 0;
	for (i = 0; i < IMAGE_SIZE; i += 2)
		sum += s->data[i] | s->data[i + 1] << 8;
	sum = -sum;
	s->data[OFF_CHECKSUM] = sum & 0xFF;
	s->data[OFF_CHECKSUM + 1] = sum >> 8;
	s->image.checksum = sum;
}

struct preflight_case {
	const char *name;
	/* Makes one thing different, before sealing or after it */
	void (*before)(struct subject *s);
	void (*after)(struct subject *s);
	/* Name of the check that must refuse, NULL if none may */
	const char *check;
	int err;
	/* Name of the check that must be noted as not made */
	const char *unchecked;
};

#define EDIT(_name, _statement)						\
	static void _name(struct subject *s) { _statement; }

EDIT(not_preserving, s->platform.preserving = false)
EDIT(no_updates_left, s->platform.updates_left = 0)
EDIT(handoff_is_written, s->platform.handoff_written = true; s->platform.handoff_hv = 2)

static void is_in_place(struct subject *s)
{
	no_updates_left(s);
	handoff_is_written(s);
	s->platform.seam_ready = true;
	memcpy(s->platform.mrseam, s->sig->seamhash, sizeof(s->platform.mrseam));
}

EDIT(in_place_but_running, is_in_place(s); s->platform.handoff_written = false)
EDIT(in_place_but_open, is_in_place(s); s->platform.seam_ready = false)
EDIT(other_first_byte_in_place, is_in_place(s); s->platform.mrseam[0] ^= 1)
EDIT(other_last_byte_in_place, is_in_place(s); s->platform.mrseam[47] ^= 1)
EDIT(cpu_offline, s->platform.nr_online = 7)
EDIT(more_online, s->platform.nr_online = 9)
EDIT(header_type, s->sig->header_type = 5)
EDIT(header_length, s->sig->header_length = 0xE0)
EDIT(header_version, s->sig->header_version = 0x20000)
EDIT(module_type, s->sig->module_type = 1)
EDIT(vendor, s->sig->module_vendor = 0x8087)
EDIT(sig_size, s->sig->size = 0x201)
EDIT(key_size, s->sig->key_size = 0x40)
EDIT(modulus_size, s->sig->modulus_size = 0x40)
EDIT(exponent_size, s->sig->exponent_size = 2)
EDIT(exponent, s->sig->exponent = 3)
EDIT(attributes, s->sig->attributes = 1)
EDIT(reserved0, s->sig->reserved0[87] = 1)
EDIT(reserved1, s->sig->reserved1[5] = 1)
EDIT(reserved2, s->sig->reserved2 = 1)
EDIT(reserved3, s->sig->reserved3[0] = 1)
EDIT(reserved3_last, s->platform.seamldr_major = 2; s->sig->reserved3[15] = 1)
EDIT(module_version, s->sig->module_version[0] = 1)
EDIT(module_version_last, s->sig->module_version[7] = 1)
EDIT(module_version_2_0, module_version(s); s->platform.seamldr_major = 2)
EDIT(seamldr_1_0, s->platform.seamldr_major = 1)
EDIT(pamt_4k, s->sig->pamt_entry_size_4k = 32)
EDIT(pamt_2m, s->sig->pamt_entry_size_2m = 8)
EDIT(pamt_1g, s->sig->pamt_entry_size_1g = 17)
EDIT(pamt_same, s->sig->pamt_entry_size_4k = 16; s->sig->pamt_entry_size_1g = 16)
EDIT(min_above_own, s->sig->min_update_hv = 3)
EDIT(table_full, s->sig->cpuid_table_size = 255)
EDIT(table_too_big, s->sig->cpuid_table_size = 256)
EDIT(no_offsets, s->sig->gdt_idt_offset = 0; s->sig->fault_wrapper_offset = 0)
EDIT(only_gdt, s->sig->fault_wrapper_offset = 0)
EDIT(only_wrapper, s->sig->gdt_idt_offset = 0)
EDIT(gdt_unaligned, s->sig->gdt_idt_offset = 1)
EDIT(gdt_at_end, s->sig->gdt_idt_offset = MODULE_SIZE)
EDIT(gdt_huge, s->sig->gdt_idt_offset = 0xFFFFF000)
EDIT(wrapper_at_end, s->sig->fault_wrapper_offset = MODULE_SIZE - 511)
EDIT(wrapper_huge, s->sig->fault_wrapper_offset = 0xFFFFFFFF)
EDIT(debug_locked, s->sig->module_type = 0x80000000)
EDIT(debug_unlocked, s->sig->module_type = 0x80000000; s->platform.debug_unlocked = true)
EDIT(debug_unknown, s->sig->module_type = 0x80000000; s->platform.debug_known = false)
EDIT(major_zero, s->sig->seamsvn_major = 0; s->platform.svn_major = 0)
EDIT(major_lower, s->platform.svn_major = 2)
EDIT(major_higher, s->sig->seamsvn_major = 3)
EDIT(minor_lower, s->sig->seamsvn_minor = 6)
EDIT(minor_higher, s->sig->seamsvn_minor = 8)
EDIT(cpu_missing, s->sig->cpuid_table[1] = CPU_ELSEWHERE)
EDIT(cpu_behind_end, s->sig->cpuid_table_size = 1)
EDIT(second_socket_missing, s->platform.socket_cpuid[1] = 0x000C06F2)
EDIT(unused_socket, s->platform.socket_cpuid[2] = 0x000C06F2)
EDIT(no_table, s->sig->cpuid_table_size = 0)
EDIT(no_table_debug, s->sig->cpuid_table_size = 0; debug_unlocked(s))
EDIT(pages_fewer, s->sig->num_handoff_pages = 12)
EDIT(pages_more, s->sig->num_handoff_pages = 14)
/* The checksum of the file is right, only the hash finds it. */
EDIT(byte_in_module, s->module[MODULE_SIZE - 1] ^= 1; s->data[OFF_CHECKSUM + 1] += 1)
EDIT(byte_in_header, s->data[100] ^= 1)
EDIT(byte_in_header_v2, s->image.header_version = SEAMLDR_IMAGE_VERSION_2; s->data[100] ^= 1)
EDIT(no_checksum_v2, byte_in_header_v2(s); s->image.checksum = 0)
EDIT(no_checksum, byte_in_header(s); s->image.checksum = 0)
EDIT(no_common_hv, s->sig->module_hv = 9; s->sig->min_update_hv = 8)
EDIT(older_hv, s->sig->module_hv = 1)

#define PASS(_edit)		{ .name = #_edit, .before = _edit }
#define REFUSE(_edit, _check)	\
	{ .name = #_edit, .before = _edit, .check = _check, .err = -EINVAL }
#define REFUSE_ERR(_edit, _check, _err)	\
	{ .name = #_edit, .before = _edit, .check = _check, .err = _err }
#define DAMAGE(_edit, _check)	\
	{ .name = #_edit, .after = _edit, .check = _check, .err = -EINVAL }
#define WORN_OUT(_edit)		\
	{ .name = #_edit, .after = _edit, .check = "updates-left", .err = -ENOSPC }

static const struct preflight_case preflight_cases[] = {
	{ .name = "good" },
	REFUSE_ERR(not_preserving, "td-preserving", -EOPNOTSUPP),
	REFUSE_ERR(no_updates_left, "updates-left", -ENOSPC),
	{ .name = "is_in_place", .after = is_in_place },
	WORN_OUT(in_place_but_running),
	WORN_OUT(in_place_but_open),
	WORN_OUT(other_first_byte_in_place),
	WORN_OUT(other_last_byte_in_place),
	REFUSE_ERR(cpu_offline, "cpus-online", -EBUSY),
	REFUSE_ERR(more_online, "cpus-online", -EBUSY),
	REFUSE(header_type, "sigstruct"),
	REFUSE(header_length, "sigstruct"),
	REFUSE(header_version, "sigstruct"),
	REFUSE(module_type, "sigstruct"),
	REFUSE(vendor, "sigstruct"),
	REFUSE(sig_size, "sigstruct"),
	REFUSE(key_size, "sigstruct"),
	REFUSE(modulus_size, "sigstruct"),
	REFUSE(exponent_size, "sigstruct"),
	REFUSE(exponent, "sigstruct"),
	REFUSE(attributes, "sigstruct"),
	REFUSE(reserved0, "sigstruct"),
	REFUSE(reserved1, "sigstruct"),
	REFUSE(reserved2, "sigstruct"),
	REFUSE(reserved3, "seamldr-generation"),
	REFUSE(reserved3_last, "seamldr-generation"),
	REFUSE(module_version, "seamldr-generation"),
	REFUSE(module_version_last, "seamldr-generation"),
	/* P-SEAMLDR 2.0 has a use for it. */
	PASS(module_version_2_0),
	PASS(seamldr_1_0),
	REFUSE(min_above_own, "sigstruct"),
	PASS(table_full),
	REFUSE(table_too_big, "sigstruct"),
	PASS(no_offsets),
	REFUSE(only_gdt, "sigstruct-offsets"),
	REFUSE(only_wrapper, "sigstruct-offsets"),
	REFUSE(gdt_unaligned, "sigstruct-offsets"),
	REFUSE(gdt_at_end, "sigstruct-offsets"),
	REFUSE(gdt_huge, "sigstruct-offsets"),
	REFUSE(wrapper_at_end, "sigstruct-offsets"),
	REFUSE(wrapper_huge, "sigstruct-offsets"),
	REFUSE(debug_locked, "debug-signed"),
	PASS(debug_unlocked),
	{ .name = "debug_unknown", .before = debug_unknown, .unchecked = "debug-signed" },
	REFUSE(major_zero, "svn-major"),
	REFUSE(major_lower, "svn-major"),
	REFUSE(major_higher, "svn-major"),
	REFUSE(minor_lower, "svn-minor"),
	PASS(minor_higher),
	REFUSE(cpu_missing, "cpu-table"),
	REFUSE(cpu_behind_end, "cpu-table"),
	REFUSE(second_socket_missing, "cpu-table"),
	PASS(unused_socket),
	REFUSE(no_table, "cpu-table"),
	PASS(no_table_debug),
	REFUSE(pamt_4k, "pamt-size"),
	REFUSE(pamt_2m, "pamt-size"),
	REFUSE(pamt_1g, "pamt-size"),
	PASS(pamt_same),
	REFUSE(pages_fewer, "handoff-pages"),
	PASS(pages_more),
	DAMAGE(byte_in_module, "hash"),
	DAMAGE(byte_in_header, "checksum"),
	DAMAGE(byte_in_header_v2, "checksum"),
	{ .name = "no_checksum_v2", .after = no_checksum_v2 },
	DAMAGE(no_checksum, "checksum"),
	REFUSE(no_common_hv, "handoff-version"),
	REFUSE(older_hv, "handoff-older"),
};

KUNIT_ARRAY_PARAM_DESC(preflight, preflight_cases, name);

static const char *checks_named(struct kunit *test, u32 mask)
{
	char *buf = kunit_kzalloc(test, 512, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	seamldr_print_checks(mask, buf, 512);

	return buf;
}

/* Each row of the table refuses what it is for, and nothing next to it. */
static void preflight_test(struct kunit *test)
{
	const struct preflight_case *c = test->param_value;
	struct subject *s = make_subject(test);
	struct seamldr_verdict verdict;
	int ret;

	if (c->before)
		c->before(s);
	seal(s);
	if (c->after)
		c->after(s);

	ret = seamldr_preflight(&s->image, &s->platform, &verdict);

	KUNIT_EXPECT_STREQ(test, checks_named(test, verdict.unchecked),
			   c->unchecked ?: "");
	KUNIT_EXPECT_EQ(test, verdict.skipped, 0);
	KUNIT_EXPECT_EQ(test, ret, c->err);

	if (!c->check) {
		KUNIT_EXPECT_NULL(test, verdict.refusal.check);
		return;
	}

	KUNIT_ASSERT_NOT_NULL(test, verdict.refusal.check);
	KUNIT_EXPECT_STREQ(test, verdict.refusal.check, c->check);
	KUNIT_EXPECT_EQ(test, verdict.refusal.err, c->err);
	KUNIT_EXPECT_NOT_NULL(test, verdict.prevents);
}

/* One flipped bit anywhere in the module is found by the hash. */
static void hash_test(struct kunit *test)
{
	struct subject *s = make_subject(test);
	struct seamldr_verdict verdict;
	size_t i;

	s->image.header_version = SEAMLDR_IMAGE_VERSION_2;
	seal(s);
	s->image.checksum = 0;

	for (i = 0; i < MODULE_SIZE; i += 97) {
		s->module[i] ^= 1 << (i % 8);
		KUNIT_EXPECT_EQ(test, seamldr_preflight(&s->image, &s->platform, &verdict),
				-EINVAL);
		KUNIT_ASSERT_NOT_NULL(test, verdict.refusal.check);
		KUNIT_EXPECT_STREQ(test, verdict.refusal.check, "hash");
		s->module[i] ^= 1 << (i % 8);
	}
}

static void expect_again(struct kunit *test, struct subject *s, const char *check,
			 int err)
{
	struct seamldr_verdict verdict;

	KUNIT_EXPECT_EQ(test, seamldr_preflight_again(&s->image, &s->platform, &verdict),
			err);
	KUNIT_EXPECT_STREQ(test, verdict.refusal.check ?: "none", check);
}

/* Made again are the checks whose answer can change, and no others. */
static void again_test(struct kunit *test)
{
	struct subject *s = make_subject(test);

	header_type(s);
	expect_again(test, s, "none", 0);

	cpu_offline(s);
	expect_again(test, s, "cpus-online", -EBUSY);
	s->platform.nr_online = s->platform.nr_lps;

	no_updates_left(s);
	expect_again(test, s, "updates-left", -ENOSPC);
}

/* What is skipped is noted, and the checks behind it are made. */
static void skip_test(struct kunit *test)
{
	struct subject *s = make_subject(test);
	struct seamldr_verdict verdict;

	reserved3(s);
	older_hv(s);
	table_too_big(s);
	seal(s);

	KUNIT_ASSERT_EQ(test, 0, seamldr_parse_skip("seamldr-generation,handoff-older,sigstruct",
						    &s->platform.skip));
	/* With a table of that size nothing is read behind its end. */
	KUNIT_EXPECT_EQ(test, -EINVAL, seamldr_preflight(&s->image, &s->platform, &verdict));
	KUNIT_EXPECT_STREQ(test, verdict.refusal.check, "cpu-table");
	KUNIT_EXPECT_STREQ(test, checks_named(test, verdict.skipped),
			   "sigstruct,seamldr-generation");

	s->sig->cpuid_table_size = 2;
	seal(s);
	KUNIT_EXPECT_EQ(test, 0, seamldr_preflight(&s->image, &s->platform, &verdict));
	KUNIT_EXPECT_NULL(test, verdict.refusal.check);
	KUNIT_EXPECT_STREQ(test, checks_named(test, verdict.skipped),
			   "seamldr-generation,handoff-older");
	KUNIT_EXPECT_EQ(test, verdict.handoff_hv, 1);
}

struct skip_list_case {
	const char *name;
	const char *list;
	/* The same checks in the order of the table, NULL if the list is wrong */
	const char *canonical;
};

static const struct skip_list_case skip_list_cases[] = {
	{ "nothing", "", "" },
	{ "an empty line", "\n", "" },
	{ "one", "checksum\n", "checksum" },
	{ "two", "checksum,sigstruct", "sigstruct,checksum" },
	{ "one twice", "checksum,checksum", "checksum" },
	{ "all",
	  "checksum,handoff-pages,handoff-older,sigstruct-offsets,seamldr-generation,sigstruct",
	  "sigstruct,seamldr-generation,sigstruct-offsets,handoff-pages,handoff-older,checksum" },
	{ "unknown", "check", NULL },
	{ "unknown, longer", "checksums", NULL },
	{ "unknown behind a good one", "checksum,none", NULL },
	{ "nothing between commas", "checksum,,sigstruct", NULL },
	{ "a blank", "checksum, sigstruct", NULL },
	{ "hash", "hash", NULL },
	{ "cpus-online", "cpus-online", NULL },
	{ "updates-left", "updates-left", NULL },
	{ "svn-major", "svn-major", NULL },
	{ "svn-minor", "svn-minor", NULL },
	{ "handoff-version", "handoff-version", NULL },
	{ "cpu-table", "cpu-table", NULL },
	{ "pamt-size", "pamt-size", NULL },
	{ "td-preserving", "td-preserving", NULL },
	{ "td-builds", "td-builds", NULL },
	{ "debug-signed", "debug-signed", NULL },
};

KUNIT_ARRAY_PARAM_DESC(skip_list, skip_list_cases, name);

/* Only checks can be skipped whose failure does not surely cost TDs. */
static void skip_list_test(struct kunit *test)
{
	const struct skip_list_case *c = test->param_value;
	u32 skip = 0x5A;
	int ret;

	ret = seamldr_parse_skip(c->list, &skip);
	if (!c->canonical) {
		KUNIT_EXPECT_EQ(test, ret, -EINVAL);
		KUNIT_EXPECT_EQ(test, skip, 0x5A);
		return;
	}

	KUNIT_EXPECT_EQ(test, ret, 0);
	KUNIT_EXPECT_STREQ(test, checks_named(test, skip), c->canonical);
}

static void expect_sentence(struct kunit *test, void (*edit)(struct subject *s),
			    const char *sentence)
{
	struct subject *s = make_subject(test);
	struct seamldr_verdict verdict;

	edit(s);
	seal(s);
	seamldr_preflight(&s->image, &s->platform, &verdict);
	KUNIT_EXPECT_STREQ(test, verdict.refusal.sentence, sentence);
}

/* A refusal says what was found and what was expected. */
static void sentence_test(struct kunit *test)
{
	expect_sentence(test, cpu_offline, "7 of 8 CPUs are online and all have to take part");
	expect_sentence(test, header_type,
			"field header_type of the sigstruct is 0x5, expected 0x6");
	expect_sentence(test, reserved3,
			"byte 1008 of the sigstruct is 0x01, P-SEAMLDR 1.x expects 0");
	expect_sentence(test, minor_lower, "image has SVN 6, the running module has 7");
	expect_sentence(test, cpu_missing,
			"CPU table has 2 entries, none is for CPU 0x000806f8");
	expect_sentence(test, pamt_4k,
			"image has PAMT entries of 32/0/0 bytes, the running module has 16/16/16");
	expect_sentence(test, no_common_hv,
			"image reads handoff versions 8 to 9, the running module writes 1 to 2");
}

#define MAX_HV	4

struct handoff_case {
	u16 cur_min, cur_hv, new_min, new_hv;
	bool no_downgrade, written;
	u16 written_hv;
};

/* The highest version that is in both ranges, found by trying all of them */
static int expected_hv(const struct handoff_case *c)
{
	int hv;

	for (hv = MAX_HV; hv >= 0; hv--) {
		if (hv < c->new_min || hv > c->new_hv)
			continue;
		if (c->written) {
			if (hv == c->written_hv)
				return hv;
			continue;
		}
		if (hv < c->cur_min || hv > c->cur_hv)
			continue;
		if (c->no_downgrade && hv != c->cur_hv)
			continue;
		return hv;
	}

	return -1;
}

static void check_handoff(struct kunit *test, struct subject *s,
			  const struct handoff_case *c)
{
	int want = expected_hv(c);
	bool found;
	u16 hv;

	s->sig->min_update_hv = c->new_min;
	s->sig->module_hv = c->new_hv;
	s->platform.min_update_hv = c->cur_min;
	s->platform.module_hv = c->cur_hv;
	s->platform.no_downgrade = c->no_downgrade;
	s->platform.handoff_written = c->written;
	s->platform.handoff_hv = c->written_hv;

	found = seamldr_choose_handoff(s->sig, &s->platform, &hv);
	KUNIT_EXPECT_EQ(test, found, want >= 0);
	if (found)
		KUNIT_EXPECT_EQ(test, hv, want);
}

/* The ranges of the new module, for one of the running module */
static void check_new_ranges(struct kunit *test, struct subject *s,
			     struct handoff_case c)
{
	for (c.new_min = 0; c.new_min <= MAX_HV; c.new_min++) {
		for (c.new_hv = c.new_min; c.new_hv <= MAX_HV; c.new_hv++)
			check_handoff(test, s, &c);
	}
}

/* All ranges of versions 0 to 4 */
static void check_ranges(struct kunit *test, struct subject *s,
			 struct handoff_case c)
{
	for (c.cur_min = 0; c.cur_min <= MAX_HV; c.cur_min++) {
		for (c.cur_hv = c.cur_min; c.cur_hv <= MAX_HV; c.cur_hv++)
			check_new_ranges(test, s, c);
	}
}

/* With and without downgrade, and with all versions that may have been written */
static void handoff_test(struct kunit *test)
{
	struct subject *s = make_subject(test);
	struct handoff_case c = {};
	unsigned int no_downgrade;

	for (no_downgrade = 0; no_downgrade < 2; no_downgrade++) {
		c.no_downgrade = no_downgrade;
		c.written = false;
		check_ranges(test, s, c);

		c.written = true;
		for (c.written_hv = 0; c.written_hv <= MAX_HV; c.written_hv++)
			check_ranges(test, s, c);
	}
}

static struct kunit_case seamldr_preflight_cases[] = {
	KUNIT_CASE_PARAM(preflight_test, preflight_gen_params),
	KUNIT_CASE(hash_test),
	KUNIT_CASE(again_test),
	KUNIT_CASE(skip_test),
	KUNIT_CASE_PARAM(skip_list_test, skip_list_gen_params),
	KUNIT_CASE(sentence_test),
	KUNIT_CASE(handoff_test),
	{}
};

static struct kunit_suite seamldr_preflight_suite = {
	.name = "seamldr_preflight",
	.test_cases = seamldr_preflight_cases,
};
kunit_test_suite(seamldr_preflight_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_DESCRIPTION("KUnit tests for the checks of TDX module images");
MODULE_LICENSE("GPL");
