// SPDX-License-Identifier: GPL-2.0
/*
 * Parser for TDX module images
 *
 * An image is a header page, the page of the sigstruct and the pages of the
 * module.  Two header versions are published: 0x100 states byte offsets, and
 * 0x200 counts pages.
 */

#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

#ifdef __KERNEL__
#include <kunit/visibility.h>
#endif

#include "seamldr_image.h"

#define IMAGE_SIGNATURE		"TDX-BLOB"
#define IMAGE_SIGNATURE_LEN	8

/* Header page, sigstruct page and one page of the module */
#define IMAGE_MIN_SIZE		(3 * SEAMLDR_PAGE_SIZE)
#define IMAGE_MAX_SIZE							\
	((1 + SEAMLDR_MAX_SIGSTRUCT_PAGES + SEAMLDR_MAX_MODULE_PAGES) *	\
	 SEAMLDR_PAGE_SIZE)

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

#define REFUSAL(_name, _check, _reason, _err)				\
static const struct seamldr_refusal _name = {				\
	.check = _check, .reason = _reason, .err = _err			\
}

REFUSAL(bad_size, "size", "is not that of a header, a sigstruct and 1 to 496 pages", -EMSGSIZE);
REFUSAL(bad_length, "length", "differs from what the header says", -EMSGSIZE);
REFUSAL(bad_version, "header-version", "is neither 0x100 nor 0x200", -EINVAL);
REFUSAL(bad_signature, "header-signature", "is not \"TDX-BLOB\"", -EINVAL);
REFUSAL(bad_reserved, "header-reserved", "is not zero", -EINVAL);
REFUSAL(bad_offset, "header-offset", "is not the start of a page behind the sigstruct", -EINVAL);
REFUSAL(bad_sigstruct, "sigstruct-pages", "is not 1", -EINVAL);
REFUSAL(bad_module, "module-pages", "is not in the range 1 to 496", -EINVAL);

static bool is_zero(const void *start, size_t len)
{
	return !memchr_inv(start, 0, len);
}

static bool signature_ok(const char *signature)
{
	return !memcmp(signature, IMAGE_SIGNATURE, IMAGE_SIGNATURE_LEN);
}

static const struct seamldr_refusal *
parse_header_v1(const struct image_header_v1 *hdr, size_t size,
		struct image_layout *layout)
{
	if (!signature_ok(hdr->signature))
		return &bad_signature;

	if (hdr->reserved0 || !is_zero(hdr->reserved1, sizeof(hdr->reserved1)))
		return &bad_reserved;

	if (hdr->length != size)
		return &bad_length;

	/* Both ends, so that neither subtraction below wraps. */
	if (hdr->offset_of_module % SEAMLDR_PAGE_SIZE ||
	    hdr->offset_of_module < sizeof(*hdr) || hdr->offset_of_module > size)
		return &bad_offset;

	layout->nr_sigstruct_pages = (hdr->offset_of_module - sizeof(*hdr)) /
				     SEAMLDR_PAGE_SIZE;
	layout->nr_module_pages = (size - hdr->offset_of_module) /
				  SEAMLDR_PAGE_SIZE;

	return NULL;
}

static const struct seamldr_refusal *
parse_header_v2(const struct image_header_v2 *hdr, struct image_layout *layout)
{
	if (!signature_ok(hdr->signature))
		return &bad_signature;

	if (!is_zero(hdr->reserved, sizeof(hdr->reserved)))
		return &bad_reserved;

	layout->nr_sigstruct_pages = hdr->sigstruct_nr_pages;
	layout->nr_module_pages = hdr->module_nr_pages;

	return NULL;
}

static const struct seamldr_refusal *
check_layout(const struct image_layout *layout, size_t size)
{
	if (!layout->nr_sigstruct_pages ||
	    layout->nr_sigstruct_pages > SEAMLDR_MAX_SIGSTRUCT_PAGES)
		return &bad_sigstruct;

	if (!layout->nr_module_pages ||
	    layout->nr_module_pages > SEAMLDR_MAX_MODULE_PAGES)
		return &bad_module;

	/* Both counts are small here, nothing can overflow. */
	if (size != (1 + layout->nr_sigstruct_pages + layout->nr_module_pages) *
		    SEAMLDR_PAGE_SIZE)
		return &bad_length;

	return NULL;
}

/**
 * seamldr_image_parse() - take a TDX module image apart
 * @data: the image, in memory that nobody else writes to
 * @size: its length in bytes
 * @image: the parts, valid as long as @data is; untouched if refused
 *
 * Checks the geometry of the image, that is all that has to hold for its parts
 * to be inside of @data, and nothing that the parts say.
 *
 * Context: Any context.
 * Return: NULL if the image is well-formed, else why it is not.
 */
const struct seamldr_refusal *seamldr_image_parse(const u8 *data, size_t size,
						  struct seamldr_image *image)
{
	const struct image_header_v1 *v1 = (const void *)data;
	const struct image_header_v2 *v2 = (const void *)data;
	const struct seamldr_refusal *refusal;
	struct image_layout layout;

	if (size < IMAGE_MIN_SIZE || size > IMAGE_MAX_SIZE ||
	    size % SEAMLDR_PAGE_SIZE)
		return &bad_size;

	switch (v1->version) {
	case SEAMLDR_IMAGE_VERSION_1:
		refusal = parse_header_v1(v1, size, &layout);
		break;
	case SEAMLDR_IMAGE_VERSION_2:
		refusal = parse_header_v2(v2, &layout);
		break;
	default:
		refusal = &bad_version;
	}

	if (!refusal)
		refusal = check_layout(&layout, size);
	if (refusal)
		return refusal;

	image->data = data;
	image->size = size;
	image->header_version = v1->version;

	data += SEAMLDR_PAGE_SIZE;
	image->sigstruct = (const void *)data;
	image->module = data + layout.nr_sigstruct_pages * SEAMLDR_PAGE_SIZE;
	image->nr_module_pages = layout.nr_module_pages;

	return NULL;
}
#ifdef __KERNEL__
EXPORT_SYMBOL_IF_KUNIT(seamldr_image_parse);
#endif
