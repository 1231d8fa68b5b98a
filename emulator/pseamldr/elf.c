// SPDX-License-Identifier: GPL-2.0-or-later
/* The module as an ELF file: checked and relocated in place (SEAM ABI 3.4 step 35). */
#include <elf.h>
#include <string.h>

#include "pseamldr/pseamldr.h"

static bool header_ok(const Elf64_Ehdr *ehdr)
{
	return !memcmp(ehdr->e_ident, ELFMAG, SELFMAG) &&
	       ehdr->e_ident[EI_CLASS] == ELFCLASS64 &&
	       ehdr->e_ident[EI_DATA] == ELFDATA2LSB &&
	       ehdr->e_ident[EI_VERSION] == EV_CURRENT;
}

static bool in_bounds(uint64_t offset, uint64_t length, size_t size)
{
	return offset <= size && length <= size - offset;
}

static bool relocate_section(uint8_t *image, size_t size, const Elf64_Shdr *shdr, uint64_t base)
{
	Elf64_Rela rela;
	uint64_t value;

	if (!in_bounds(shdr->sh_offset, shdr->sh_size, size))
		return false;

	for (uint64_t at = 0; at + sizeof(rela) <= shdr->sh_size; at += sizeof(rela)) {
		memcpy(&rela, image + shdr->sh_offset + at, sizeof(rela));
		if (ELF64_R_TYPE(rela.r_info) != R_X86_64_RELATIVE ||
		    !in_bounds(rela.r_offset, sizeof(value), size) ||
		    (uint64_t)rela.r_addend >= size)
			return false;

		value = base + rela.r_addend;
		memcpy(image + rela.r_offset, &value, sizeof(value));
	}

	return true;
}

bool module_relocate(uint8_t *image, size_t size, uint64_t base)
{
	Elf64_Ehdr ehdr;
	Elf64_Shdr shdr;

	if (size < sizeof(ehdr))
		return false;

	memcpy(&ehdr, image, sizeof(ehdr));
	if (!header_ok(&ehdr))
		return false;

	for (uint64_t i = 0; i < ehdr.e_shnum; i++) {
		if (!in_bounds(ehdr.e_shoff, (i + 1) * sizeof(shdr), size))
			return false;

		memcpy(&shdr, image + ehdr.e_shoff + i * sizeof(shdr), sizeof(shdr));
		if (shdr.sh_type == SHT_RELA && !relocate_section(image, size, &shdr, base))
			return false;
	}

	return true;
}
