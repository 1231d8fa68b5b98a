// SPDX-License-Identifier: GPL-2.0-or-later
/* The two headers of a file, and what is found in a module image (SEAM ABI 6). */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "blob/blob.h"
#include "blob/payload.h"
#include "blob/releases.h"
#include "pseamldr/pseamldr.h"
#include "tests/fixture.h"
#include "tests/suites.h"

#define SMALL_PAGES	PAYLOAD_MIN_PAGES
#define BASE		0xffff800000000000ULL
#define NOTE_HEADER	(sizeof(Elf64_Nhdr) + 8)

/* A file of @pages module pages, all of one byte, with a sigstruct page of another */
static uint8_t *make(enum blob_version version, uint32_t pages, size_t *size)
{
	uint8_t *parts = malloc((1 + pages) * SEAM_PAGE_SIZE);
	struct blob blob = {
		.version = version,
		.sigstruct = parts,
		.sigstruct_nr_pages = 1,
		.module = parts + SEAM_PAGE_SIZE,
		.module_nr_pages = pages,
	};
	uint8_t *file;

	memset(parts, 0x5a, SEAM_PAGE_SIZE);
	memset(parts + SEAM_PAGE_SIZE, 0xa5, pages * SEAM_PAGE_SIZE);
	*size = blob_size(&blob);
	file = malloc(*size);
	blob_write(&blob, file);
	free(parts);

	return file;
}

static bool parses(const uint8_t *file, size_t size)
{
	char error[BLOB_ERROR_SIZE];
	struct blob blob;

	return blob_parse(file, size, &blob, error);
}

/* What each kind of header is made of, byte by byte */
static bool layout(void)
{
	size_t size;
	uint8_t *file = make(BLOB_V100, 2, &size);
	uint32_t word;

	CHECK_EQ(size, 4 * SEAM_PAGE_SIZE);
	CHECK(file[0] == 0 && file[1] == 1 && !memcmp(file + 8, "TDX-BLOB", 8));
	memcpy(&word, file + 4, sizeof(word));
	CHECK_EQ(word, 0x2000);
	memcpy(&word, file + 16, sizeof(word));
	CHECK_EQ(word, size);
	CHECK_EQ(blob_word_sum(file, size), 0);
	CHECK(file[SEAM_PAGE_SIZE] == 0x5a && file[0x2000 - 1] == 0x5a && file[0x2000] == 0xa5 &&
	      file[size - 1] == 0xa5);
	free(file);

	file = make(BLOB_V200, 3, &size);
	CHECK_EQ(size, 5 * SEAM_PAGE_SIZE);
	CHECK(file[0] == 0 && file[1] == 2 && !memcmp(file + 4, "TDX-BLOB", 8));
	memcpy(&word, file + 12, sizeof(word));
	CHECK_EQ(word, 1);
	memcpy(&word, file + 16, sizeof(word));
	CHECK_EQ(word, 3);
	CHECK_EQ(blob_word_sum(file, size), 0);
	free(file);

	return true;
}

/* An odd last byte is the low half of a word */
static bool word_sum(void)
{
	static const uint8_t bytes[] = { 0x01, 0x02, 0xff, 0xff, 0x03 };

	CHECK_EQ(blob_word_sum(bytes, 2), 0x201);
	CHECK_EQ(blob_word_sum(bytes, 4), 0x200);
	CHECK_EQ(blob_word_sum(bytes, 5), 0x203);

	return true;
}

static bool sizes(void)
{
	size_t size;

	for (unsigned int i = 0; i < 2; i++) {
		enum blob_version version = i ? BLOB_V200 : BLOB_V100;
		uint8_t *file = make(version, 1, &size);

		CHECK(parses(file, size));
		CHECK(!parses(file, size - 1));
		CHECK(!parses(file, size - SEAM_PAGE_SIZE));
		CHECK(!parses(file, 0));
		free(file);

		file = make(version, BLOB_MAX_MODULE_PAGES, &size);
		CHECK(parses(file, size));
		free(file);
		file = make(version, BLOB_MAX_MODULE_PAGES + 1, &size);
		CHECK(!parses(file, size));
		free(file);
	}

	return true;
}

/** struct change - a header in which one word is another */
struct change {
	size_t at;
	uint32_t value;
};

static bool refused(enum blob_version version, const struct change *change, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t size;
		uint8_t *file = make(version, 4, &size);
		bool ok;

		memcpy(file + change[i].at, &change[i].value, sizeof(change[i].value));
		if (version == BLOB_V100)
			blob_fix_checksum(file, size);
		ok = parses(file, size);
		free(file);
		if (ok)
			printf("# 0x%x with 0x%x at byte %zu is accepted\n", version,
			       change[i].value, change[i].at);
		CHECK(!ok);
	}

	return true;
}

static bool headers(void)
{
	static const struct change v100[] = {
		{ 0, 0x0101 }, { 0, 0x0001 }, { 4, 0x1000 }, { 4, 0x2800 }, { 4, 0x6000 },
		{ 4, 0x3000 }, { 8, 0x20584454 }, { 16, 0x5000 }, { 16, 0x7000 }, { 20, 1 },
		{ 24, 1 }, { 4092, 1 << 24 },
	};
	static const struct change v200[] = {
		{ 0, 0x0201 }, { 0, 0x0002 }, { 0, 0x0300 }, { 4, 0x20584454 }, { 12, 0 },
		{ 12, 2 }, { 16, 0 }, { 16, 3 }, { 16, 5 }, { 12, 4 }, { 20, 1 },
		{ 4092, 1 << 24 },
	};
	size_t size;
	uint8_t *file;

	CHECK(refused(BLOB_V100, v100, ARRAY_SIZE(v100)));
	CHECK(refused(BLOB_V200, v200, ARRAY_SIZE(v200)));

	/* All adds up, but a sigstruct has one page, and a module at least one */
	file = make(BLOB_V200, 4, &size);
	memcpy(file + 12, &(uint32_t) { 2 }, sizeof(uint32_t));
	memcpy(file + 16, &(uint32_t) { 3 }, sizeof(uint32_t));
	CHECK(!parses(file, size));
	memcpy(file + 12, &(uint32_t) { 5 }, sizeof(uint32_t));
	memcpy(file + 16, &(uint32_t) { 0 }, sizeof(uint32_t));
	CHECK(!parses(file, size));
	memcpy(file + 12, &(uint32_t) { 0 }, sizeof(uint32_t));
	memcpy(file + 16, &(uint32_t) { 5 }, sizeof(uint32_t));
	CHECK(!parses(file, size));
	free(file);

	/* Of the sum only 0x100 is sure to be right: kernels do not look at that of 0x200 */
	file = make(BLOB_V100, 4, &size);
	file[2]++;
	CHECK(!parses(file, size));
	free(file);
	file = make(BLOB_V200, 4, &size);
	file[2]++;
	CHECK(parses(file, size));
	free(file);

	return true;
}

/** struct image - a module image whose parts a test changes */
struct image {
	uint8_t bytes[SMALL_PAGES * SEAM_PAGE_SIZE];
};

static struct image *new_image(void)
{
	struct image *image = malloc(sizeof(*image));
	struct module_desc desc = { 0 };

	release_describe(release_by_name("1.5.16"), &desc);
	desc.update = 99;
	payload_write(&desc, SMALL_PAGES, image->bytes);

	return image;
}

static Elf64_Shdr *section(struct image *image, unsigned int index)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)image->bytes;

	return (Elf64_Shdr *)(image->bytes + ehdr->e_shoff) + index;
}

static Elf64_Nhdr *note(struct image *image)
{
	return (Elf64_Nhdr *)(image->bytes + section(image, 1)->sh_offset);
}

/* It is not aligned */
static struct module_desc described(struct image *image)
{
	struct module_desc desc;

	memcpy(&desc, (uint8_t *)note(image) + NOTE_HEADER, sizeof(desc));

	return desc;
}

static void describe(struct image *image, const struct module_desc *desc)
{
	memcpy((uint8_t *)note(image) + NOTE_HEADER, desc, sizeof(*desc));
}

#define CHANGE(name, statement)			\
	static void name(struct image *i)	\
	{					\
		statement;			\
	}

#define DESCRIBE(name, statement)			\
	static void name(struct image *i)		\
	{						\
		struct module_desc desc = described(i);	\
							\
		desc.statement;				\
		describe(i, &desc);			\
	}

CHANGE(no_magic, i->bytes[0]++)
CHANGE(class_32, i->bytes[EI_CLASS] = ELFCLASS32)
CHANGE(no_sections, ((Elf64_Ehdr *)i->bytes)->e_shnum = 0)
CHANGE(sections_behind, ((Elf64_Ehdr *)i->bytes)->e_shoff = ~0ULL - 63)
CHANGE(no_note, section(i, 1)->sh_type = SHT_PROGBITS)
CHANGE(note_behind, section(i, 1)->sh_offset = sizeof(i->bytes) + 1)
CHANGE(note_too_long, section(i, 1)->sh_size = sizeof(i->bytes))
CHANGE(note_too_short, section(i, 1)->sh_size--)
CHANGE(other_owner, ((uint8_t *)note(i))[sizeof(Elf64_Nhdr)]++)
CHANGE(owner_size, note(i)->n_namesz++)
CHANGE(desc_size, note(i)->n_descsz++)
CHANGE(note_type, note(i)->n_type++)
DESCRIBE(other_format, format++)
DESCRIBE(other_size, size++)
DESCRIBE(much_cpuid, nr_cpuid_config = MODULE_MAX_CPUID_CONFIG + 1)
DESCRIBE(many_overrides, nr_overrides = MODULE_MAX_OVERRIDES + 1)
DESCRIBE(no_tdmrs, max_tdmrs = 0)
DESCRIBE(no_tdcs, tdcs_pages = 0)
DESCRIBE(no_tdvps, tdvps_pages = 0)

static bool notes(void)
{
	static void (*const changes[])(struct image *image) = {
		no_magic, class_32, no_sections, sections_behind, no_note, note_behind,
		note_too_long, note_too_short, other_owner, owner_size, desc_size, note_type,
		other_format, other_size, much_cpuid, many_overrides, no_tdmrs, no_tdcs, no_tdvps,
	};
	struct image *image = new_image();
	struct module_desc desc;

	CHECK(payload_find_desc(image->bytes, sizeof(image->bytes), &desc));
	CHECK_EQ(desc.update, 99);
	CHECK(!payload_find_desc(image->bytes, sizeof(Elf64_Ehdr) - 1, &desc));
	/* As many as there may be */
	desc.nr_cpuid_config = MODULE_MAX_CPUID_CONFIG;
	desc.nr_overrides = MODULE_MAX_OVERRIDES;
	describe(image, &desc);
	CHECK(payload_find_desc(image->bytes, sizeof(image->bytes), &desc));
	free(image);

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		image = new_image();
		changes[i](image);
		if (payload_find_desc(image->bytes, sizeof(image->bytes), &desc)) {
			printf("# change %zu\n", i);
			return false;
		}
		free(image);
	}

	return true;
}

/* Equal descriptions make equal images, others do not, and code is everywhere */
static bool payloads(void)
{
	struct image *one = new_image(), *other = new_image();
	struct module_desc desc;
	uint64_t word;

	CHECK(!memcmp(one->bytes, other->bytes, sizeof(one->bytes)));
	desc = described(one);
	desc.update++;
	payload_write(&desc, SMALL_PAGES, other->bytes);
	for (size_t page = 5; page < SMALL_PAGES; page++) {
		CHECK(memcmp(one->bytes + page * SEAM_PAGE_SIZE,
			     other->bytes + page * SEAM_PAGE_SIZE, SEAM_PAGE_SIZE));
		CHECK(!all_zero(one->bytes + page * SEAM_PAGE_SIZE, SEAM_PAGE_SIZE));
	}
	/* Relocations fill the words between them and the code, each with an address of code */
	memcpy(other->bytes, one->bytes, sizeof(one->bytes));
	CHECK(module_relocate(one->bytes, sizeof(one->bytes), BASE));
	for (size_t at = 0; at < sizeof(one->bytes); at += sizeof(word)) {
		memcpy(&word, one->bytes + at, sizeof(word));
		if (at >= section(one, 3)->sh_offset &&
		    at < section(one, 3)->sh_offset + section(one, 3)->sh_size)
			CHECK(word >= BASE + section(one, 4)->sh_offset &&
			      word < BASE + sizeof(one->bytes));
		else
			CHECK(!memcmp(&word, other->bytes + at, sizeof(word)));
	}
	free(one);
	free(other);

	return true;
}

static const struct test tests[] = {
	{ "layout of both headers", layout },
	{ "sum of the words of a file", word_sum },
	{ "sizes of a file", sizes },
	{ "headers that are refused", headers },
	{ "notes that are not ours", notes },
	{ "module images", payloads },
	{ NULL, NULL }
};

const struct suite suite_blob = { "blob", tests };
