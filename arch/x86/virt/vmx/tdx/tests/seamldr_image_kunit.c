// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests for the parser of TDX module images
 */

#include <kunit/test.h>

#include <linux/errno.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "../seamldr_image.h"

/* Where the header fields are, on purpose not taken from the parser */
#define OFF_VERSION		0
#define OFF_V1_MODULE		4
#define OFF_V1_SIGNATURE	8
#define OFF_V1_LENGTH		16
#define OFF_V1_RESERVED0	20
#define OFF_V1_RESERVED1	24
#define OFF_V2_SIGNATURE	4
#define OFF_V2_SIGSTRUCT	12
#define OFF_V2_MODULE		16
#define OFF_V2_RESERVED		20
#define OFF_LAST		4095

#define MAX_PAGES		(2 + SEAMLDR_MAX_MODULE_PAGES)
#define NR_MODULE_PAGES		3

enum edit_width { NOTHING = 0, U8 = 1, U16 = 2, U32 = 4 };

struct image_case {
	const char *name;
	u16 version;
	/* Pages of the module; the header is made to match */
	u32 pages;
	/* Added to the length after the header was made */
	int grow;
	/* One edit of the header */
	enum edit_width width;
	u32 offset;
	u32 value;
	/* Name of the check that must refuse, NULL if none may */
	const char *check;
	int err;
};

#define GOOD(_name, _version, _pages)					\
	{ .name = _name, .version = _version, .pages = _pages }
#define EDIT(_name, _version, _width, _offset, _value, _check)		\
	{ .name = _name, .version = _version, .pages = NR_MODULE_PAGES,	\
	  .width = _width, .offset = _offset, .value = _value,		\
	  .check = _check, .err = -EINVAL }
#define LENGTH(_name, _version, _pages, _grow, _check)			\
	{ .name = _name, .version = _version, .pages = _pages,		\
	  .grow = _grow, .check = _check, .err = -EMSGSIZE }

static const struct image_case image_cases[] = {
	GOOD("v1 smallest", 0x100, 1),
	GOOD("v1 usual", 0x100, 115),
	GOOD("v1 largest", 0x100, SEAMLDR_MAX_MODULE_PAGES),
	GOOD("v2 smallest", 0x200, 1),
	GOOD("v2 usual", 0x200, 115),
	GOOD("v2 largest", 0x200, SEAMLDR_MAX_MODULE_PAGES),

	LENGTH("v1 nothing", 0x100, 1, -3 * 4096, "size"),
	LENGTH("v1 one byte", 0x100, 1, -3 * 4096 + 1, "size"),
	LENGTH("v1 header only", 0x100, 1, -2 * 4096, "size"),
	LENGTH("v1 no module", 0x100, 1, -4096, "size"),
	LENGTH("v1 one byte short", 0x100, NR_MODULE_PAGES, -1, "size"),
	LENGTH("v1 one byte long", 0x100, NR_MODULE_PAGES, 1, "size"),
	LENGTH("v1 one page short", 0x100, NR_MODULE_PAGES, -4096, "length"),
	LENGTH("v1 one page long", 0x100, NR_MODULE_PAGES, 4096, "length"),
	LENGTH("v1 too many pages", 0x100, SEAMLDR_MAX_MODULE_PAGES, 4096, "size"),
	LENGTH("v2 no module", 0x200, 1, -4096, "size"),
	LENGTH("v2 one byte short", 0x200, NR_MODULE_PAGES, -1, "size"),
	LENGTH("v2 one byte long", 0x200, NR_MODULE_PAGES, 1, "size"),
	LENGTH("v2 one page short", 0x200, NR_MODULE_PAGES, -4096, "length"),
	LENGTH("v2 one page long", 0x200, NR_MODULE_PAGES, 4096, "length"),
	LENGTH("v2 too many pages", 0x200, SEAMLDR_MAX_MODULE_PAGES, 4096, "size"),

	EDIT("version 0", 0x200, U16, OFF_VERSION, 0, "header-version"),
	EDIT("version 0x101", 0x100, U16, OFF_VERSION, 0x101, "header-version"),
	EDIT("version 0x300", 0x200, U16, OFF_VERSION, 0x300, "header-version"),
	EDIT("v1 header named v2", 0x100, U16, OFF_VERSION, 0x200, "header-signature"),
	EDIT("v2 header named v1", 0x200, U16, OFF_VERSION, 0x100, "header-signature"),
	EDIT("v1 signature", 0x100, U8, OFF_V1_SIGNATURE + 7, 'b', "header-signature"),
	EDIT("v2 signature", 0x200, U8, OFF_V2_SIGNATURE, 't', "header-signature"),
	EDIT("v1 reserved word", 0x100, U32, OFF_V1_RESERVED0, 1, "header-reserved"),
	EDIT("v1 reserved first", 0x100, U8, OFF_V1_RESERVED1, 1, "header-reserved"),
	EDIT("v1 reserved last", 0x100, U8, OFF_LAST, 0x80, "header-reserved"),
	EDIT("v2 reserved first", 0x200, U8, OFF_V2_RESERVED, 1, "header-reserved"),
	EDIT("v2 reserved last", 0x200, U8, OFF_LAST, 0x80, "header-reserved"),

	EDIT("v1 module at 0", 0x100, U32, OFF_V1_MODULE, 0, "header-offset"),
	EDIT("v1 module unaligned", 0x100, U32, OFF_V1_MODULE, 8193, "header-offset"),
	EDIT("v1 module behind the end", 0x100, U32, OFF_V1_MODULE, 6 * 4096, "header-offset"),
	EDIT("v1 module at 4 GiB - 4 KiB", 0x100, U32, OFF_V1_MODULE, 0xfffff000, "header-offset"),
	EDIT("v1 no sigstruct", 0x100, U32, OFF_V1_MODULE, 4096, "sigstruct-pages"),
	EDIT("v1 two sigstruct pages", 0x100, U32, OFF_V1_MODULE, 3 * 4096, "sigstruct-pages"),
	EDIT("v1 only sigstruct pages", 0x100, U32, OFF_V1_MODULE, 5 * 4096, "sigstruct-pages"),
	EDIT("v2 no sigstruct", 0x200, U32, OFF_V2_SIGSTRUCT, 0, "sigstruct-pages"),
	EDIT("v2 two sigstruct pages", 0x200, U32, OFF_V2_SIGSTRUCT, 2, "sigstruct-pages"),
	EDIT("v2 sigstruct wraps", 0x200, U32, OFF_V2_SIGSTRUCT, 0x00100001, "sigstruct-pages"),
	EDIT("v2 sigstruct maximum", 0x200, U32, OFF_V2_SIGSTRUCT, 0xffffffff, "sigstruct-pages"),
	EDIT("v2 no module pages", 0x200, U32, OFF_V2_MODULE, 0, "module-pages"),
	EDIT("v2 497 module pages", 0x200, U32, OFF_V2_MODULE, 497, "module-pages"),
	EDIT("v2 module pages wrap", 0x200, U32, OFF_V2_MODULE, 0x00100003, "module-pages"),
	EDIT("v2 module pages maximum", 0x200, U32, OFF_V2_MODULE, 0xffffffff, "module-pages"),

	{ .name = "v1 length field", .version = 0x100, .pages = NR_MODULE_PAGES,
	  .width = U32, .offset = OFF_V1_LENGTH, .value = 4096,
	  .check = "length", .err = -EMSGSIZE },
	{ .name = "v2 one page less stated", .version = 0x200, .pages = NR_MODULE_PAGES,
	  .width = U32, .offset = OFF_V2_MODULE, .value = NR_MODULE_PAGES - 1,
	  .check = "length", .err = -EMSGSIZE },
};
KUNIT_ARRAY_PARAM_DESC(image, image_cases, name);

static size_t make_image(u8 *buf, const struct image_case *c)
{
	size_t size = (2 + c->pages) * SEAMLDR_PAGE_SIZE;

	memset(buf, 0, SEAMLDR_PAGE_SIZE);
	put_unaligned_le16(c->version, buf + OFF_VERSION);

	if (c->version == 0x100) {
		put_unaligned_le32(2 * SEAMLDR_PAGE_SIZE, buf + OFF_V1_MODULE);
		memcpy(buf + OFF_V1_SIGNATURE, "TDX-BLOB", 8);
		put_unaligned_le32(size, buf + OFF_V1_LENGTH);
	} else {
		memcpy(buf + OFF_V2_SIGNATURE, "TDX-BLOB", 8);
		put_unaligned_le32(1, buf + OFF_V2_SIGSTRUCT);
		put_unaligned_le32(c->pages, buf + OFF_V2_MODULE);
	}

	switch (c->width) {
	case U8:
		buf[c->offset] = c->value;
		break;
	case U16:
		put_unaligned_le16(c->value, buf + c->offset);
		break;
	case U32:
		put_unaligned_le32(c->value, buf + c->offset);
		break;
	case NOTHING:
		break;
	}

	return size + c->grow;
}

/* An image is divided at the right places, or refused by the right check. */
static void parse_test(struct kunit *test)
{
	const struct image_case *c = test->param_value;
	struct seamldr_refusal refusal = {};
	struct seamldr_image image = {};
	size_t size;
	int ret;
	u8 *buf;

	buf = kunit_kzalloc(test, (MAX_PAGES + 1) * SEAMLDR_PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, buf);

	size = make_image(buf, c);
	ret = seamldr_image_parse(buf, size, &image, &refusal);
	KUNIT_EXPECT_EQ(test, ret, c->err);

	if (!c->check) {
		KUNIT_EXPECT_PTR_EQ(test, (const void *)image.sigstruct,
				    (const void *)(buf + SEAMLDR_PAGE_SIZE));
		KUNIT_EXPECT_PTR_EQ(test, image.module, buf + 2 * SEAMLDR_PAGE_SIZE);
		KUNIT_EXPECT_EQ(test, image.nr_module_pages, c->pages);
		return;
	}

	KUNIT_ASSERT_NOT_NULL(test, refusal.check);
	KUNIT_EXPECT_STREQ(test, refusal.check, c->check);
	KUNIT_EXPECT_EQ(test, refusal.err, c->err);
	KUNIT_EXPECT_NULL(test, image.module);
}

/* A refusal says what was found and what was expected. */
static void sentence_test(struct kunit *test)
{
	struct seamldr_refusal refusal = {};
	struct seamldr_image image = {};
	static const u8 nothing[100];

	seamldr_image_parse(nothing, sizeof(nothing), &image, &refusal);
	KUNIT_EXPECT_STREQ(test, refusal.sentence,
			   "file has 100 bytes, expected a multiple of 4096 from 12288 to 2039808");
}

static struct kunit_case seamldr_image_cases[] = {
	KUNIT_CASE_PARAM(parse_test, image_gen_params),
	KUNIT_CASE(sentence_test),
	{}
};

static struct kunit_suite seamldr_image_suite = {
	.name = "seamldr_image",
	.test_cases = seamldr_image_cases,
};
kunit_test_suite(seamldr_image_suite);

MODULE_IMPORT_NS("EXPORTED_FOR_KUNIT_TESTING");
MODULE_DESCRIPTION("KUnit tests for the parser of TDX module images");
MODULE_LICENSE("GPL");
