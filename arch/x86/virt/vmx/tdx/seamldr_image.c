// SPDX-License-Identifier: GPL-2.0
/*
 * Parser for TDX module images, and what their sigstruct has to look like
 *
 * An image is a header page, the page of the sigstruct and the pages of the
 * module.  Two header versions are published: 0x100 states byte offsets, and
 * 0x200 counts pages.
 */

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#ifdef __KERNEL__
#include <linux/export.h>

#include <kunit/visibility.h>
#else
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

#include "seamldr_image.h"

#define IMAGE_SIGNATURE		"TDX-BLOB"
#define IMAGE_SIGNATURE_LEN	8

/* Header page, sigstruct page and one page of the module */
#define IMAGE_MIN_SIZE		(3 * SEAMLDR_PAGE_SIZE)
#define IMAGE_MAX_SIZE							\
	((1 + SEAMLDR_MAX_SIGSTRUCT_PAGES + SEAMLDR_MAX_MODULE_PAGES) *	\
	 SEAMLDR_PAGE_SIZE)

/* Fixed fields of the sigstruct (chapter "SEAM_SIGSTRUCT") */
#define SIGSTRUCT_HEADER_TYPE		6
#define SIGSTRUCT_HEADER_LENGTH		0xE1
#define SIGSTRUCT_HEADER_VERSION	0x00010000
#define SIGSTRUCT_TYPE_DEBUG		0x80000000
#define SIGSTRUCT_VENDOR_INTEL		0x8086
#define SIGSTRUCT_SIZE			0x200
#define SIGSTRUCT_KEY_SIZE		0x60
#define SIGSTRUCT_EXPONENT_SIZE		1
#define SIGSTRUCT_EXPONENT		0x00010001

/* What has to fit behind these offsets into the module */
#define GDT_IDT_SIZE			4096
#define FAULT_WRAPPER_SIZE		512

struct image_header_v1 {
	u16	version;
	u16	checksum;
	u32	offset_of_module;
	char	signature[IMAGE_SIGNATURE_LEN];
	u32	length;
	u32	reserved0;
	u8	reserved1[4072];
} __packed;
static_assert(sizeof(struct image_header_v1) == SEAMLDR_PAGE_SIZE);

struct image_header_v2 {
	u16	version;
	u16	checksum;
	char	signature[IMAGE_SIGNATURE_LEN];
	u32	sigstruct_nr_pages;
	u32	module_nr_pages;
	u8	reserved[4076];
} __packed;
static_assert(sizeof(struct image_header_v2) == SEAMLDR_PAGE_SIZE);

/* What the two headers have in common, once their own rules are checked */
struct image_layout {
	u32 nr_sigstruct_pages;
	u32 nr_module_pages;
};

/**
 * seamldr_set_refusal() - note why an image is refused
 * @refusal: where to store it
 * @check: name of the check
 * @err: negative errno
 * @fmt: the sentence, and the values in it
 *
 * Context: Any context.
 * Return: @err.
 */
int seamldr_set_refusal(struct seamldr_refusal *refusal, const char *check, int err,
			const char *fmt, ...)
{
	va_list args;

	refusal->check = check;
	refusal->err = err;
	va_start(args, fmt);
	vscnprintf(refusal->sentence, sizeof(refusal->sentence), fmt, args);
	va_end(args);

	return err;
}

static int check_signature(const char *signature, struct seamldr_refusal *refusal)
{
	u64 value;

	if (!memcmp(signature, IMAGE_SIGNATURE, IMAGE_SIGNATURE_LEN))
		return 0;

	memcpy(&value, signature, sizeof(value));

	return seamldr_set_refusal(refusal, "header-signature", -EINVAL,
				   "header has the signature 0x%016llx, expected \"%s\"",
				   (unsigned long long)value, IMAGE_SIGNATURE);
}

/* The header page is reserved from byte @offset on. */
static int check_reserved(const void *header, size_t offset,
			  struct seamldr_refusal *refusal)
{
	const u8 *bad = memchr_inv(header + offset, 0, SEAMLDR_PAGE_SIZE - offset);

	if (!bad)
		return 0;

	return seamldr_set_refusal(refusal, "header-reserved", -EINVAL,
				   "reserved byte %u of the header is 0x%02x, expected 0",
				   (u32)(bad - (const u8 *)header), *bad);
}

static int parse_header_v1(const struct image_header_v1 *hdr, size_t size,
			   struct image_layout *layout,
			   struct seamldr_refusal *refusal)
{
	u32 offset = hdr->offset_of_module;
	int ret;

	ret = check_signature(hdr->signature, refusal);
	if (ret)
		return ret;

	ret = check_reserved(hdr, offsetof(struct image_header_v1, reserved0), refusal);
	if (ret)
		return ret;

	if (hdr->length != size)
		return seamldr_set_refusal(refusal, "length", -EMSGSIZE,
					   "file has %zu bytes, its header says %u",
					   size, hdr->length);

	/* Both ends, so that neither subtraction below wraps. */
	if (offset % SEAMLDR_PAGE_SIZE || offset < sizeof(*hdr) || offset > size)
		return seamldr_set_refusal(refusal, "header-offset", -EINVAL,
					   "module begins at byte %u, expected a multiple of %u from %zu to %zu",
					   offset, SEAMLDR_PAGE_SIZE, sizeof(*hdr), size);

	layout->nr_sigstruct_pages = (offset - sizeof(*hdr)) / SEAMLDR_PAGE_SIZE;
	layout->nr_module_pages = (size - offset) / SEAMLDR_PAGE_SIZE;

	return 0;
}

static int parse_header_v2(const struct image_header_v2 *hdr,
			   struct image_layout *layout,
			   struct seamldr_refusal *refusal)
{
	int ret;

	ret = check_signature(hdr->signature, refusal);
	if (ret)
		return ret;

	layout->nr_sigstruct_pages = hdr->sigstruct_nr_pages;
	layout->nr_module_pages = hdr->module_nr_pages;

	return check_reserved(hdr, offsetof(struct image_header_v2, reserved), refusal);
}

static int check_layout(const struct image_layout *layout, size_t size,
			struct seamldr_refusal *refusal)
{
	size_t expected;

	if (!layout->nr_sigstruct_pages ||
	    layout->nr_sigstruct_pages > SEAMLDR_MAX_SIGSTRUCT_PAGES)
		return seamldr_set_refusal(refusal, "sigstruct-pages", -EINVAL,
					   "sigstruct has %u pages, expected %u",
					   layout->nr_sigstruct_pages,
					   SEAMLDR_MAX_SIGSTRUCT_PAGES);

	if (!layout->nr_module_pages ||
	    layout->nr_module_pages > SEAMLDR_MAX_MODULE_PAGES)
		return seamldr_set_refusal(refusal, "module-pages", -EINVAL,
					   "module has %u pages, expected 1 to %u",
					   layout->nr_module_pages,
					   SEAMLDR_MAX_MODULE_PAGES);

	/* Both counts are small here, nothing can overflow. */
	expected = (1 + layout->nr_sigstruct_pages + layout->nr_module_pages) *
		   SEAMLDR_PAGE_SIZE;
	if (size != expected)
		return seamldr_set_refusal(refusal, "length", -EMSGSIZE,
					   "file has %zu bytes, the pages that its header counts have %zu",
					   size, expected);

	return 0;
}

static int parse_header(const void *data, size_t size, struct image_layout *layout,
			struct seamldr_refusal *refusal)
{
	const struct image_header_v1 *v1 = data;

	if (size < IMAGE_MIN_SIZE || size > IMAGE_MAX_SIZE ||
	    size % SEAMLDR_PAGE_SIZE)
		return seamldr_set_refusal(refusal, "size", -EMSGSIZE,
					   "file has %zu bytes, expected a multiple of %u from %u to %u",
					   size, SEAMLDR_PAGE_SIZE, IMAGE_MIN_SIZE,
					   IMAGE_MAX_SIZE);

	switch (v1->version) {
	case SEAMLDR_IMAGE_VERSION_1:
		return parse_header_v1(v1, size, layout, refusal);
	case SEAMLDR_IMAGE_VERSION_2:
		return parse_header_v2(data, layout, refusal);
	default:
		return seamldr_set_refusal(refusal, "header-version", -EINVAL,
					   "header has version 0x%x, expected 0x%x or 0x%x",
					   v1->version, SEAMLDR_IMAGE_VERSION_1,
					   SEAMLDR_IMAGE_VERSION_2);
	}
}

/**
 * seamldr_image_parse() - take a TDX module image apart
 * @data: the image, in memory that nobody else writes to
 * @size: its length in bytes
 * @image: the parts, valid as long as @data is; untouched if refused
 * @refusal: where to store why the image is refused, if it is
 *
 * Checks the geometry of the image, that is all that has to hold for its parts
 * to be inside of @data, and nothing that the parts say.
 *
 * Context: Any context.
 * Return: 0 if the image is well-formed, else the error of @refusal.
 */
int seamldr_image_parse(const u8 *data, size_t size, struct seamldr_image *image,
			struct seamldr_refusal *refusal)
{
	struct image_layout layout = {};
	int ret;

	ret = parse_header(data, size, &layout, refusal);
	if (ret)
		return ret;

	ret = check_layout(&layout, size, refusal);
	if (ret)
		return ret;

	image->data = data;
	image->size = size;
	/* These two are at the same place in both headers. */
	image->header_version = ((const struct image_header_v1 *)data)->version;
	image->checksum = ((const struct image_header_v1 *)data)->checksum;

	data += SEAMLDR_PAGE_SIZE;
	image->sigstruct = (const void *)data;
	image->module = data + layout.nr_sigstruct_pages * SEAMLDR_PAGE_SIZE;
	image->nr_module_pages = layout.nr_module_pages;

	return 0;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_image_parse);

/**
 * seamldr_sigstruct_is_debug() - is a module signed for debugging only?
 * @sig: its sigstruct
 *
 * Context: Any context.
 * Return: true if it runs on platforms that are unlocked, and on no others.
 */
bool seamldr_sigstruct_is_debug(const struct seam_sigstruct *sig)
{
	return sig->module_type & SIGSTRUCT_TYPE_DEBUG;
}

/* A field that has to be zero is told by its first byte that is not. */
static u32 first_nonzero(const void *field, size_t len)
{
	const u8 *bad = memchr_inv(field, 0, len);

	return bad ? *bad : 0;
}

static bool find_bad_constant(const struct seam_sigstruct *sig,
			      struct seamldr_field *bad)
{
	const struct seamldr_field fields[] = {
		{ "header_type", sig->header_type, SIGSTRUCT_HEADER_TYPE },
		{ "header_length", sig->header_length, SIGSTRUCT_HEADER_LENGTH },
		{ "header_version", sig->header_version, SIGSTRUCT_HEADER_VERSION },
		{ "module_type", sig->module_type & ~SIGSTRUCT_TYPE_DEBUG, 0 },
		{ "module_vendor", sig->module_vendor, SIGSTRUCT_VENDOR_INTEL },
		{ "size", sig->size, SIGSTRUCT_SIZE },
		{ "key_size", sig->key_size, SIGSTRUCT_KEY_SIZE },
		{ "modulus_size", sig->modulus_size, SIGSTRUCT_KEY_SIZE },
		{ "exponent_size", sig->exponent_size, SIGSTRUCT_EXPONENT_SIZE },
		{ "exponent", sig->exponent, SIGSTRUCT_EXPONENT },
		{ "attributes", first_nonzero(&sig->attributes, sizeof(sig->attributes)), 0 },
		{ "reserved0", first_nonzero(sig->reserved0, sizeof(sig->reserved0)), 0 },
		{ "reserved1", first_nonzero(sig->reserved1, sizeof(sig->reserved1)), 0 },
		{ "reserved2", sig->reserved2, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		if (fields[i].value != fields[i].expected) {
			*bad = fields[i];
			return true;
		}
	}

	return false;
}

/**
 * seamldr_sigstruct_is_valid() - do fixed and reserved fields have their values?
 * @sig: the sigstruct
 * @bad: where to store the first field that has not
 *
 * Context: Any context.
 * Return: true if they have, and no field contradicts another one.
 */
bool seamldr_sigstruct_is_valid(const struct seam_sigstruct *sig,
				struct seamldr_field *bad)
{
	if (find_bad_constant(sig, bad))
		return false;

	*bad = (struct seamldr_field) {
		"cpuid_table_size", sig->cpuid_table_size, SEAM_SIGSTRUCT_MAX_CPUIDS
	};
	if (bad->value > bad->expected)
		return false;

	*bad = (struct seamldr_field) {
		"min_update_hv", sig->min_update_hv, sig->module_hv
	};

	return bad->value <= bad->expected;
}

/**
 * seamldr_sigstruct_offsets_are_valid() - do offsets point into the module?
 * @sig: the sigstruct
 * @nr_module_pages: length of the module in pages, at least 1
 *
 * Context: Any context.
 * Return: true if what they point to fits, or if there are none.
 */
bool seamldr_sigstruct_offsets_are_valid(const struct seam_sigstruct *sig,
					 u32 nr_module_pages)
{
	u32 gdt_idt = sig->gdt_idt_offset;
	u32 wrapper = sig->fault_wrapper_offset;
	u32 size = nr_module_pages * SEAMLDR_PAGE_SIZE;

	if (!gdt_idt && !wrapper)
		return true;

	return gdt_idt && wrapper && !(gdt_idt % SEAMLDR_PAGE_SIZE) &&
	       gdt_idt <= size - GDT_IDT_SIZE &&
	       wrapper <= size - FAULT_WRAPPER_SIZE;
}
