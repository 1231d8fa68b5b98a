// SPDX-License-Identifier: GPL-2.0-or-later
/* The ELF file of a module: each check at its limit (SEAM ABI 3.4 step 35). */
#include <elf.h>
#include <stddef.h>
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tests/suites.h"

#define BASE		0xffff800000000000ULL
#define RELOCATED	0x100
#define ADDEND		0x20

/**
 * struct elf - the smallest file: two relocations, and what they change
 *
 * The section headers are last, so that the file ends with them.
 */
struct elf {
	Elf64_Ehdr ehdr;
	Elf64_Rela rela[2];
	uint8_t data[0x200];
	Elf64_Shdr shdr[3];
};

static void elf_init(struct elf *elf)
{
	memset(elf, 0, sizeof(*elf));
	elf->ehdr = (Elf64_Ehdr) {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_shoff = offsetof(struct elf, shdr),
		.e_shnum = 3,
	};
	for (unsigned int i = 0; i < 2; i++) {
		elf->rela[i] = (Elf64_Rela) {
			.r_offset = RELOCATED + 8 * i,
			.r_info = ELF64_R_INFO(0, R_X86_64_RELATIVE),
			.r_addend = ADDEND + i,
		};
	}
	/* Anything else than SHT_RELA is not looked at, whatever it says */
	elf->shdr[1] = (Elf64_Shdr) { .sh_type = SHT_PROGBITS, .sh_offset = ~0ULL, .sh_size = 1 };
	elf->shdr[2] = (Elf64_Shdr) {
		.sh_type = SHT_RELA,
		.sh_offset = offsetof(struct elf, rela),
		.sh_size = sizeof(elf->rela),
	};
}

static bool relocate(struct elf *elf)
{
	return module_relocate((uint8_t *)elf, sizeof(*elf), BASE);
}

static uint64_t value_at(const struct elf *elf, size_t offset)
{
	uint64_t value;

	memcpy(&value, (const uint8_t *)elf + offset, sizeof(value));

	return value;
}

static bool relocation(void)
{
	struct elf elf, before;

	elf_init(&elf);
	before = elf;
	CHECK(relocate(&elf));
	CHECK_EQ(value_at(&elf, RELOCATED), BASE + ADDEND);
	CHECK_EQ(value_at(&elf, RELOCATED + 8), BASE + ADDEND + 1);

	/* And nothing else */
	memcpy((uint8_t *)&before + RELOCATED, (uint8_t *)&elf + RELOCATED, 16);
	CHECK(!memcmp(&elf, &before, sizeof(elf)));

	return true;
}

/** struct elf_change - one change, and whether the file is still a good one */
struct elf_change {
	const char *what;
	void (*apply)(struct elf *elf);
	bool ok;
};

#define CHANGE(name, statement)					\
	static void name(struct elf *elf)			\
	{							\
		statement;					\
	}

CHANGE(magic_first, elf->ehdr.e_ident[EI_MAG0] ^= 1)
CHANGE(magic_last, elf->ehdr.e_ident[EI_MAG3] ^= 1)
CHANGE(class_32, elf->ehdr.e_ident[EI_CLASS] = ELFCLASS32)
CHANGE(big_endian, elf->ehdr.e_ident[EI_DATA] = ELFDATA2MSB)
CHANGE(no_version, elf->ehdr.e_ident[EI_VERSION] = EV_NONE)
CHANGE(no_sections, (elf->ehdr.e_shnum = 0, elf->ehdr.e_shoff = ~0ULL))
CHANGE(more_sections, elf->ehdr.e_shnum = 4)
CHANGE(sections_later, elf->ehdr.e_shoff++)
CHANGE(sections_wrap, elf->ehdr.e_shoff = -sizeof(Elf64_Shdr))
CHANGE(section_at_end, (elf->shdr[2].sh_offset = sizeof(*elf), elf->shdr[2].sh_size = 0))
CHANGE(section_behind_end, (elf->shdr[2].sh_offset = sizeof(*elf) + 1, elf->shdr[2].sh_size = 0))
CHANGE(section_too_long, elf->shdr[2].sh_size = sizeof(*elf) - elf->shdr[2].sh_offset + 1)
CHANGE(section_half, elf->shdr[2].sh_size = 2 * sizeof(Elf64_Rela) - 1)
CHANGE(other_type, elf->rela[1].r_info = ELF64_R_INFO(0, R_X86_64_64))
CHANGE(target_last, elf->rela[1].r_offset = sizeof(*elf) - 8)
CHANGE(target_beyond, elf->rela[1].r_offset = sizeof(*elf) - 7)
CHANGE(target_wraps, elf->rela[1].r_offset = -4)
CHANGE(addend_last, elf->rela[1].r_addend = sizeof(*elf) - 1)
CHANGE(addend_beyond, elf->rela[1].r_addend = sizeof(*elf))
CHANGE(addend_negative, elf->rela[1].r_addend = -1)

static const struct elf_change changes[] = {
	{ "first byte of the magic", magic_first, false },
	{ "last byte of the magic", magic_last, false },
	{ "32 bit", class_32, false },
	{ "big endian", big_endian, false },
	{ "no version", no_version, false },
	{ "no sections", no_sections, true },
	{ "a section header behind the end", more_sections, false },
	{ "section headers that end behind the end", sections_later, false },
	{ "section headers that wrap", sections_wrap, false },
	{ "empty section at the end", section_at_end, true },
	{ "empty section behind the end", section_behind_end, false },
	{ "section that ends behind the end", section_too_long, false },
	{ "half a relocation, which is not looked at", section_half, true },
	{ "relocation of another type", other_type, false },
	{ "relocated word at the end", target_last, true },
	{ "relocated word that ends behind the end", target_beyond, false },
	{ "relocated word that wraps", target_wraps, false },
	{ "addend of the last byte", addend_last, true },
	{ "addend behind the end", addend_beyond, false },
	{ "negative addend", addend_negative, false },
};

static bool limits(void)
{
	struct elf elf;

	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		bool ok;

		elf_init(&elf);
		changes[i].apply(&elf);
		ok = relocate(&elf);
		if (ok != changes[i].ok)
			printf("# %s\n", changes[i].what);
		CHECK_EQ(ok, changes[i].ok);
	}

	return true;
}

/* A file that is only a header, and one that is not even that */
static bool short_file(void)
{
	struct elf elf;

	elf_init(&elf);
	elf.ehdr.e_shnum = 0;
	CHECK(module_relocate((uint8_t *)&elf, sizeof(elf.ehdr), BASE));
	CHECK(!module_relocate((uint8_t *)&elf, sizeof(elf.ehdr) - 1, BASE));

	return true;
}

static const struct test tests[] = {
	{ "relocation", relocation },
	{ "each check at its limit", limits },
	{ "short files", short_file },
	{ NULL, NULL }
};

const struct suite suite_elf = { "elf", tests };
