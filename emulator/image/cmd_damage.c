// SPDX-License-Identifier: GPL-2.0-or-later
/* tdx-image damage: break exactly one thing in a good image. */
#include <elf.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "image/tool.h"
#include "seam/page.h"

/* Where a byte is flipped when --at does not say: behind ELF and relocations */
#define MODULE_DEFAULT_AT	0x6000
/* In the reserved bytes of both headers */
#define RESERVED_AT		100
/* In the reserved bytes of the sigstruct */
#define SIGSTRUCT_RESERVED_AT	offsetof(struct seam_sigstruct, reserved0)
#define FLIP			1

/**
 * struct damage - one way to break an image
 * @name: on the command line
 * @what: for the usage text
 * @apply: does it; @at is SIZE_MAX if --at was not given
 * @keep_checksum: the checksum is what is broken
 */
struct damage {
	const char *name;
	const char *what;
	void (*apply)(struct image_file *file, const struct blob *blob, size_t at);
	bool keep_checksum;
};

static void flip(struct image_file *file, size_t part, size_t part_size, size_t at,
		 size_t default_at)
{
	if (at == SIZE_MAX)
		at = default_at;
	if (at >= part_size)
		usage_error("--at: this part of the image has only %zu bytes", part_size);
	file->data[part + at] ^= FLIP;
}

static size_t module_offset(const struct blob *blob)
{
	return (1 + (size_t)blob->sigstruct_nr_pages) * SEAM_PAGE_SIZE;
}

static void module_byte(struct image_file *file, const struct blob *blob, size_t at)
{
	flip(file, module_offset(blob), (size_t)blob->module_nr_pages * SEAM_PAGE_SIZE, at,
	     MODULE_DEFAULT_AT);
}

static void sigstruct_byte(struct image_file *file, const struct blob *blob, size_t at)
{
	flip(file, SEAM_PAGE_SIZE, SIGSTRUCT_SIZE, at, offsetof(struct seam_sigstruct, date));
}

static void sigstruct_reserved(struct image_file *file, const struct blob *blob, size_t at)
{
	flip(file, SEAM_PAGE_SIZE, SIGSTRUCT_SIZE, at, SIGSTRUCT_RESERVED_AT);
}

static void signature_byte(struct image_file *file, const struct blob *blob, size_t at)
{
	flip(file, SEAM_PAGE_SIZE + offsetof(struct seam_sigstruct, signature), RSA3072_SIZE, at,
	     0);
}

static void modulus_byte(struct image_file *file, const struct blob *blob, size_t at)
{
	flip(file, SEAM_PAGE_SIZE + offsetof(struct seam_sigstruct, modulus), RSA3072_SIZE, at, 0);
}

static void header_byte(struct image_file *file, const struct blob *blob, size_t at)
{
	size_t signature = blob->version == BLOB_V100 ?
			   offsetof(struct blob_header_v100, signature) :
			   offsetof(struct blob_header_v200, signature);

	flip(file, 0, SEAM_PAGE_SIZE, at, signature);
}

static void header_reserved(struct image_file *file, const struct blob *blob, size_t at)
{
	flip(file, 0, SEAM_PAGE_SIZE, at, RESERVED_AT);
}

static void header_version(struct image_file *file, const struct blob *blob, size_t at)
{
	file->data[1] ^= 0x70;
}

static void checksum(struct image_file *file, const struct blob *blob, size_t at)
{
	file->data[offsetof(struct blob_header_v100, checksum)] ^= FLIP;
}

/* Both headers know how long the parts are, each in its own way */
static void set_pages(struct image_file *file, const struct blob *blob, uint32_t sigstruct,
		      uint32_t module)
{
	struct blob_header_v100 *v100 = (void *)file->data;
	struct blob_header_v200 *v200 = (void *)file->data;

	if (blob->version == BLOB_V100) {
		v100->offset_of_module = (1 + sigstruct) * SEAM_PAGE_SIZE;
		v100->length = (1 + sigstruct + module) * SEAM_PAGE_SIZE;
	} else {
		v200->sigstruct_nr_pages = sigstruct;
		v200->module_nr_pages = module;
	}
}

static void no_sigstruct_pages(struct image_file *file, const struct blob *blob, size_t at)
{
	set_pages(file, blob, 0, blob->module_nr_pages + blob->sigstruct_nr_pages);
}

static void no_module_pages(struct image_file *file, const struct blob *blob, size_t at)
{
	set_pages(file, blob, blob->sigstruct_nr_pages, 0);
}

static void more_module_pages(struct image_file *file, const struct blob *blob, size_t at)
{
	set_pages(file, blob, blob->sigstruct_nr_pages, blob->module_nr_pages + 1);
}

static void fewer_module_pages(struct image_file *file, const struct blob *blob, size_t at)
{
	set_pages(file, blob, blob->sigstruct_nr_pages, blob->module_nr_pages - 1);
}

static void huge_module_pages(struct image_file *file, const struct blob *blob, size_t at)
{
	set_pages(file, blob, blob->sigstruct_nr_pages, UINT32_MAX);
}

static void truncate_file(struct image_file *file, const struct blob *blob, size_t at)
{
	if (at == SIZE_MAX)
		at = SEAM_PAGE_SIZE;
	if (at > file->size)
		usage_error("--at: the image has only %zu bytes", file->size);
	file->size -= at;
}

static void extend_file(struct image_file *file, const struct blob *blob, size_t at)
{
	if (at == SIZE_MAX)
		at = SEAM_PAGE_SIZE;
	if (at > BLOB_MAX_MODULE_PAGES * SEAM_PAGE_SIZE)
		usage_error("--at: extend by at most %u bytes",
			    BLOB_MAX_MODULE_PAGES * SEAM_PAGE_SIZE);
	file->data = realloc(file->data, file->size + at);
	if (!file->data)
		fail("not enough memory");
	memset(file->data + file->size, 0, at);
	file->size += at;
}

/* The first relocation gets a type that P-SEAMLDR does not know */
static void relocation(struct image_file *file, const struct blob *blob, size_t at)
{
	uint8_t *module = file->data + module_offset(blob);
	size_t size = (size_t)blob->module_nr_pages * SEAM_PAGE_SIZE;
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)module;
	Elf64_Shdr *shdr;

	for (unsigned int i = 0; i < ehdr->e_shnum; i++) {
		Elf64_Rela *rela;

		if (ehdr->e_shoff + (i + 1) * sizeof(*shdr) > size)
			break;
		shdr = (Elf64_Shdr *)(module + ehdr->e_shoff) + i;
		if (shdr->sh_type != SHT_RELA || shdr->sh_size < sizeof(*rela) ||
		    shdr->sh_offset > size - sizeof(*rela))
			continue;
		rela = (Elf64_Rela *)(module + shdr->sh_offset);
		rela->r_info = ELF64_R_INFO(0, R_X86_64_64);
		return;
	}
	fail("the module has no relocation that could be damaged");
}

static const struct damage damages[] = {
	{ "module-byte", "flip a bit in the module (--at: offset in it)", module_byte, false },
	{ "sigstruct-byte", "flip a bit in the sigstruct (--at; its date)", sigstruct_byte, false },
	{ "sigstruct-reserved", "non-zero reserved byte in the sigstruct", sigstruct_reserved,
	  false },
	{ "signature-byte", "flip a bit in the signature (--at)", signature_byte, false },
	{ "modulus-byte", "flip a bit in the key (--at)", modulus_byte, false },
	{ "header-byte", "flip a bit in the header (--at; its signature)", header_byte, false },
	{ "header-reserved", "non-zero reserved byte in the header", header_reserved, false },
	{ "header-version", "an unknown header version", header_version, false },
	{ "checksum", "wrong checksum in the header", checksum, true },
	{ "no-sigstruct-pages", "the header counts no sigstruct page", no_sigstruct_pages, false },
	{ "no-module-pages", "the header counts no module page", no_module_pages, false },
	{ "more-module-pages", "the header counts a page too many", more_module_pages, false },
	{ "fewer-module-pages", "the header counts a page too few", fewer_module_pages, false },
	{ "huge-module-pages", "the header counts 2^32 - 1 pages", huge_module_pages, false },
	{ "truncated", "cut off the last page (--at: bytes)", truncate_file, true },
	{ "extended", "add a page of zeroes (--at: bytes)", extend_file, true },
	{ "relocation", "a relocation that P-SEAMLDR refuses", relocation, false },
};

#define NR_DAMAGES	ARRAY_SIZE(damages)

static const struct option options[] = {
	{ "at", required_argument, NULL, 'a' },
	{ "key", required_argument, NULL, 'k' },
	{ "resign", no_argument, NULL, 's' },
	{ "rehash", no_argument, NULL, 'h' },
	{ "keep-checksum", no_argument, NULL, 'c' },
	{ }
};

void damage_kinds(FILE *out)
{
	for (size_t i = 0; i < NR_DAMAGES; i++)
		fprintf(out, "  %-20s %s\n", damages[i].name, damages[i].what);
}

static const struct damage *find(const char *name)
{
	for (size_t i = 0; i < NR_DAMAGES; i++) {
		if (!strcmp(damages[i].name, name))
			return &damages[i];
	}

	usage_error("damage: there is no damage \"%s\"; tdx-image --help lists them", name);
}

int cmd_damage(int argc, char **argv)
{
	bool resign = false, rehash = false, keep_checksum = false;
	const char *output = NULL;
	const char *key = TEST_KEY;
	const struct damage *damage;
	struct image_file file;
	size_t at = SIZE_MAX;
	struct blob blob;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		switch (option) {
		case 'o':
			output = optarg;
			break;
		case 'a':
			at = parse_number("--at", optarg, UINT32_MAX);
			break;
		case 'k':
			key = optarg;
			break;
		case 's':
			resign = true;
			break;
		case 'h':
			rehash = true;
			break;
		case 'c':
			keep_checksum = true;
			break;
		default:
			return 2;
		}
	}
	if (optind != argc - 2 || !output)
		usage_error("damage: name a damage, an image and a file with -o");

	damage = find(argv[optind]);
	file = file_read(argv[optind + 1]);
	blob = file_parse(argv[optind + 1], &file);
	damage->apply(&file, &blob, at);
	/* The file may have moved */
	blob.sigstruct = file.data + SEAM_PAGE_SIZE;
	blob.module = file.data + module_offset(&blob);

	if (rehash && !image_hash(file_sigstruct(&file), &blob))
		fail("SHA-384 does not work here");
	if (resign || rehash)
		file_sign(&file, key);
	if (!keep_checksum && !damage->keep_checksum)
		blob_fix_checksum(file.data, file.size);
	file_write(output, &file);
	free(file.data);

	return EXIT_SUCCESS;
}
