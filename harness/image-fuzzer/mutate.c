// SPDX-License-Identifier: GPL-2.0
/*
 * Changes to inputs that know what an image looks like.  Changes of random
 * bytes alone never get behind the hash.
 */
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "input.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#define PAGE		4096
#define SIG		PAGE
#define MODULE		(2 * PAGE)

static uint32_t random_state;

static uint32_t random_below(uint32_t n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (uint32_t)(((uint64_t)random_state * n) >> 32);
}

static bool one_in(uint32_t n)
{
	return !random_below(n);
}

/* Where the rules of the image have a border, or a page has one */
static uint32_t odd_number(uint32_t now, uint32_t bits)
{
	static const uint32_t numbers[] = {
		0, 1, 2, 3, 0x7f, 0x80, 0xff, 0x100, 0x200, 495, 496, 497, 498, 511, 512,
		0xe1, 0x60, 0x10001, 0x10000, 0x8086, 0x80000000, 0xffff, 0x7fffffff, 0xffffffff,
		PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 3 * PAGE, 4 * PAGE, 0x100001, 0xfffff000,
	};

	switch (random_below(4)) {
	case 0:
		return now + 1;
	case 1:
		return now - 1;
	case 2:
		return now ^ (1u << random_below(bits));
	default:
		return numbers[random_below(sizeof(numbers) / sizeof(numbers[0]))];
	}
}

struct field {
	uint16_t offset;
	uint8_t size;
};

static const struct field header_fields[] = {
	{ HEADER_VERSION, 2 }, { HEADER_CHECKSUM, 2 }, { V1_OFFSET_OF_MODULE, 4 },
	{ V1_SIGNATURE, 4 }, { V1_LENGTH, 4 }, { V1_RESERVED, 4 }, { V2_SIGNATURE, 4 },
	{ V2_SIGSTRUCT_PAGES, 4 }, { V2_MODULE_PAGES, 4 }, { V2_RESERVED + 4, 1 },
	{ PAGE - 1, 1 },
};

static const struct field sigstruct_fields[] = {
	{ 0, 4 }, { 4, 4 }, { 8, 4 }, { 12, 4 }, { 16, 4 }, { 20, 4 }, { 24, 4 }, { 28, 4 },
	{ 32, 4 }, { 36, 4 }, { 40, 1 }, { 127, 1 }, { 512, 4 }, { 900, 4 }, { 948, 1 },
	{ 949, 1 }, { 950, 4 }, { 954, 4 }, { 958, 4 }, { 978, 1 }, { 983, 1 }, { 984, 2 },
	{ 986, 2 }, { 988, 1 }, { 989, 1 }, { 990, 2 }, { 992, 4 }, { 996, 4 }, { 1000, 1 },
	{ 1024, 4 }, { 1028, 4 }, { 1032, 4 }, { 2044, 4 },
};

static const struct field platform_fields[] = {
	{ offsetof(struct input_platform, flags), 1 },
	{ offsetof(struct input_platform, updates_left), 1 },
	{ offsetof(struct input_platform, in_place), 1 },
	{ offsetof(struct input_platform, svn_major), 1 },
	{ offsetof(struct input_platform, svn_minor), 1 },
	{ offsetof(struct input_platform, nr_lps), 1 },
	{ offsetof(struct input_platform, nr_online), 1 },
	{ offsetof(struct input_platform, nr_sockets), 1 },
	{ offsetof(struct input_platform, module_hv), 2 },
	{ offsetof(struct input_platform, min_update_hv), 2 },
	{ offsetof(struct input_platform, handoff_hv), 2 },
	{ offsetof(struct input_platform, handoff_pages), 2 },
	{ offsetof(struct input_platform, socket_cpuid), 4 },
	{ offsetof(struct input_platform, socket_cpuid) + 4, 4 },
};

static void change_field(uint8_t *base, size_t size, const struct field *f)
{
	uint8_t *p = base + f->offset;

	if ((size_t)f->offset + f->size > size)
		return;
	switch (f->size) {
	case 1:
		*p = odd_number(*p, 8);
		break;
	case 2:
		put16(p, odd_number(get16(p), 16));
		break;
	default:
		put32(p, odd_number(get32(p), 32));
	}
}

#define CHANGE_ONE_OF(_base, _size, _fields)				\
	change_field(_base, _size,					\
		     &(_fields)[random_below(sizeof(_fields) / sizeof((_fields)[0]))])

/* Make the header say what the file is. */
static void fix_header(uint8_t *image, size_t size)
{
	bool v1 = random_below(2);

	memset(image, 0, PAGE);
	put16(image, v1 ? 0x100 : 0x200);
	memcpy(image + (v1 ? V1_SIGNATURE : V2_SIGNATURE), IMAGE_SIGNATURE, 8);
	if (v1) {
		put32(image + V1_OFFSET_OF_MODULE, MODULE);
		put32(image + V1_LENGTH, size);
	} else {
		put32(image + V2_SIGSTRUCT_PAGES, 1);
		put32(image + V2_MODULE_PAGES, size / PAGE - 2);
	}
}

/* Make platform and image fit, but for what is changed afterwards. */
static void fix_platform(struct input_platform *in, const uint8_t *image)
{
	in->flags |= FLAG_PRESERVING;
	if (one_in(8)) {
		in->updates_left = 0;
		in->flags |= FLAG_HANDOFF_WRITTEN;
		in->in_place = IN_PLACE_SEAM_READY | IN_PLACE_SAME_HASH;
		in->handoff_hv = get16(image + SIG + 984);
	} else {
		in->updates_left = in->updates_left ?: 1;
	}
	in->nr_online = in->nr_lps;
	in->svn_major = image[SIG + 949];
	in->svn_minor = image[SIG + 948];
	in->handoff_pages = get16(image + SIG + 990);
	in->nr_sockets = 1;
	in->socket_cpuid[0] = get32(image + SIG + 1028);
}

/* Two offsets that only make sense together, at the end of the module or near */
static void change_offsets(uint8_t *sig, uint32_t module_size)
{
	put32(sig + 992, module_size - random_below(3) * PAGE);
	put32(sig + 996, module_size - 512 + random_below(3) - 1);
}

static size_t change_image(struct input_platform *in, uint8_t *image, size_t size,
			   size_t max_size)
{
	switch (random_below(5)) {
	case 0:
		return LLVMFuzzerMutate(image, size, max_size);
	case 1:
		CHANGE_ONE_OF(image, size, header_fields);
		return size;
	case 2:
		/* Sizes that are not a multiple of a page are seldom of use. */
		if (one_in(8))
			return random_below(max_size + 1);
		/* Large images take long. */
		in->more_pages = one_in(256) ? MAX_MORE_PAGES - random_below(4) : random_below(4);
		return MODULE < max_size ? MODULE : max_size;
	case 3:
		if (size >= MODULE)
			change_offsets(image + SIG, size - MODULE + in->more_pages * PAGE);
		return size;
	default:
		if (size > SIG)
			CHANGE_ONE_OF(image + SIG, size - SIG, sigstruct_fields);
		return size;
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct input_platform in = {};
	uint8_t *image = data + sizeof(in);
	size_t old;

	random_state = seed;
	if (max_size < sizeof(in) + MODULE)
		return LLVMFuzzerMutate(data, size, max_size);
	if (size < sizeof(in)) {
		memset(data + size, 0, sizeof(in) - size);
		size = sizeof(in);
	}
	memcpy(&in, data, sizeof(in));
	size -= sizeof(in);
	max_size -= sizeof(in);

	/* What is made of a large image is a small one. */
	if (in.more_pages > 4)
		in.more_pages = 1;
	do {
		if (one_in(3)) {
			CHANGE_ONE_OF((uint8_t *)&in, sizeof(in), platform_fields);
			continue;
		}
		old = size;
		size = change_image(&in, image, size, max_size);
		if (size > old)
			memset(image + old, 0, size - old);
	} while (one_in(3));

	/* Without this, something else than what was changed would be wrong, too. */
	if (size >= MODULE) {
		if (one_in(2))
			fix_header(image, size + in.more_pages * PAGE);
		if (one_in(2))
			fix_platform(&in, image);
		if (one_in(4))
			CHANGE_ONE_OF((uint8_t *)&in, sizeof(in), platform_fields);
	}
	memcpy(data, &in, sizeof(in));

	return sizeof(in) + size;
}
