// SPDX-License-Identifier: GPL-2.0-or-later
/* Building the ELF64 of a test image, and finding its description again. */
#include <elf.h>
#include <string.h>

#include "blob/payload.h"

/* Layout: page 0 headers, note and names; relocations; their targets; code */
#define NOTE_OFFSET		0x400
#define NAMES_OFFSET		0x300
#define RELA_OFFSET		0x1000
#define NR_RELA			512
#define RELA_SIZE		(NR_RELA * sizeof(Elf64_Rela))
#define DATA_OFFSET		0x4000
#define DATA_SIZE		(NR_RELA * sizeof(uint64_t))
#define TEXT_OFFSET		0x5000
/* gdt_idt and the fault wrapper, counted in pages from the end */
#define GDT_IDT_PAGES_FROM_END		5
#define FAULT_WRAPPER_PAGES_FROM_END	2
#define ENTRY_OFFSET_IN_TEXT		0x24

static_assert(RELA_OFFSET + RELA_SIZE <= DATA_OFFSET, "relocations end before their targets");
static_assert(DATA_OFFSET + DATA_SIZE <= TEXT_OFFSET, "targets end before the code");
static_assert(NOTE_OFFSET + sizeof(Elf64_Nhdr) + 8 + sizeof(struct module_desc) <= RELA_OFFSET,
	      "the note fits into the first page");

enum section { SECTION_NULL, SECTION_NOTE, SECTION_RELA, SECTION_DATA, SECTION_TEXT,
	       SECTION_NAMES, NR_SECTIONS };

static_assert(sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr) + NR_SECTIONS * sizeof(Elf64_Shdr) <=
	      NAMES_OFFSET, "the headers end before the names");

#define NAME_NOTE	1
#define NAME_RELA	(NAME_NOTE + sizeof(".note.tdxemu"))
#define NAME_DATA	(NAME_RELA + sizeof(".rela.dyn"))
#define NAME_TEXT	(NAME_DATA + sizeof(".data.rel.ro"))
#define NAME_NAMES	(NAME_TEXT + sizeof(".text"))
static const char names[] = "\0.note.tdxemu\0.rela.dyn\0.data.rel.ro\0.text\0.shstrtab";

struct payload_layout payload_layout(unsigned int nr_pages)
{
	return (struct payload_layout) {
		.entry = TEXT_OFFSET + ENTRY_OFFSET_IN_TEXT,
		.gdt_idt_offset = (nr_pages - GDT_IDT_PAGES_FROM_END) * SEAM_PAGE_SIZE,
		.fault_wrapper_offset = (nr_pages - FAULT_WRAPPER_PAGES_FROM_END) * SEAM_PAGE_SIZE,
	};
}

static Elf64_Shdr section(uint32_t name, uint32_t type, uint64_t flags, uint64_t offset,
			  uint64_t size, uint64_t entsize)
{
	return (Elf64_Shdr) {
		.sh_name = name,
		.sh_type = type,
		.sh_flags = flags,
		.sh_addr = flags & SHF_ALLOC ? offset : 0,
		.sh_offset = offset,
		.sh_size = size,
		.sh_addralign = type == SHT_NOTE ? sizeof(uint32_t) : 1,
		.sh_entsize = entsize,
	};
}

static void write_headers(uint8_t *out, size_t size, uint64_t note_size)
{
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)out;
	Elf64_Phdr *phdr = (Elf64_Phdr *)(ehdr + 1);
	Elf64_Shdr *shdr = (Elf64_Shdr *)(phdr + 1);

	*ehdr = (Elf64_Ehdr) {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			     ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_entry = TEXT_OFFSET + ENTRY_OFFSET_IN_TEXT,
		.e_phoff = (uint8_t *)phdr - out,
		.e_shoff = (uint8_t *)shdr - out,
		.e_ehsize = sizeof(*ehdr),
		.e_phentsize = sizeof(*phdr),
		.e_phnum = 1,
		.e_shentsize = sizeof(*shdr),
		.e_shnum = NR_SECTIONS,
		.e_shstrndx = SECTION_NAMES,
	};
	*phdr = (Elf64_Phdr) {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_filesz = size,
		.p_memsz = size,
		.p_align = SEAM_PAGE_SIZE,
	};

	shdr[SECTION_NOTE] = section(NAME_NOTE, SHT_NOTE, SHF_ALLOC, NOTE_OFFSET, note_size, 0);
	shdr[SECTION_RELA] = section(NAME_RELA, SHT_RELA, SHF_ALLOC, RELA_OFFSET, RELA_SIZE,
				     sizeof(Elf64_Rela));
	shdr[SECTION_DATA] = section(NAME_DATA, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE,
				     DATA_OFFSET, DATA_SIZE, 0);
	shdr[SECTION_TEXT] = section(NAME_TEXT, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
				     TEXT_OFFSET, size - TEXT_OFFSET, 0);
	shdr[SECTION_NAMES] = section(NAME_NAMES, SHT_STRTAB, 0, NAMES_OFFSET, sizeof(names), 0);
	memcpy(out + NAMES_OFFSET, names, sizeof(names));
}

static uint64_t write_note(uint8_t *out, const struct module_desc *desc)
{
	static const char owner[8] = MODULE_DESC_OWNER;
	Elf64_Nhdr *nhdr = (Elf64_Nhdr *)(out + NOTE_OFFSET);
	uint8_t *content = (uint8_t *)(nhdr + 1);

	*nhdr = (Elf64_Nhdr) {
		.n_namesz = sizeof(MODULE_DESC_OWNER),
		.n_descsz = sizeof(*desc),
		.n_type = MODULE_DESC_NOTE_TYPE,
	};
	memcpy(content, owner, sizeof(owner));
	memcpy(content + sizeof(owner), desc, sizeof(*desc));

	return sizeof(*nhdr) + sizeof(owner) + sizeof(*desc);
}

static void write_relocations(uint8_t *out, size_t size)
{
	Elf64_Rela *rela = (Elf64_Rela *)(out + RELA_OFFSET);
	uint64_t step = (size - TEXT_OFFSET) / NR_RELA;

	for (uint64_t i = 0; i < NR_RELA; i++) {
		rela[i].r_offset = DATA_OFFSET + i * sizeof(uint64_t);
		rela[i].r_info = ELF64_R_INFO(0, R_X86_64_RELATIVE);
		rela[i].r_addend = TEXT_OFFSET + i * step;
	}
}

/* FNV-1a to seed, xorshift64 to go on: only the look of code is wanted */
static void write_code(uint8_t *out, size_t size, const struct module_desc *desc)
{
	const uint8_t *bytes = (const uint8_t *)desc;
	uint64_t x = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < sizeof(*desc); i++)
		x = (x ^ bytes[i]) * 0x100000001b3ULL;

	for (size_t at = TEXT_OFFSET; at < size; at += sizeof(x)) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		memcpy(out + at, &x, sizeof(x));
	}
}

void payload_write(const struct module_desc *desc, unsigned int nr_pages, uint8_t *out)
{
	size_t size = (size_t)nr_pages * SEAM_PAGE_SIZE;

	memset(out, 0, size);
	write_headers(out, size, write_note(out, desc));
	write_relocations(out, size);
	write_code(out, size, desc);
}

static bool desc_sane(const struct module_desc *desc)
{
	return desc->format == MODULE_DESC_FORMAT && desc->size == sizeof(*desc) &&
	       desc->nr_cpuid_config <= MODULE_MAX_CPUID_CONFIG &&
	       desc->nr_overrides <= MODULE_MAX_OVERRIDES &&
	       desc->max_tdmrs && desc->tdcs_pages && desc->tdvps_pages;
}

static bool note_desc(const uint8_t *note, size_t size, struct module_desc *desc)
{
	const size_t content = sizeof(Elf64_Nhdr) + 8;
	Elf64_Nhdr nhdr;

	if (size < content + sizeof(*desc))
		return false;

	memcpy(&nhdr, note, sizeof(nhdr));
	if (nhdr.n_namesz != sizeof(MODULE_DESC_OWNER) || nhdr.n_descsz != sizeof(*desc) ||
	    nhdr.n_type != MODULE_DESC_NOTE_TYPE ||
	    memcmp(note + sizeof(nhdr), MODULE_DESC_OWNER, sizeof(MODULE_DESC_OWNER)))
		return false;

	memcpy(desc, note + content, sizeof(*desc));

	return desc_sane(desc);
}

bool payload_find_desc(const uint8_t *image, size_t size, struct module_desc *desc)
{
	Elf64_Ehdr ehdr;
	Elf64_Shdr shdr;

	if (size < sizeof(ehdr))
		return false;

	memcpy(&ehdr, image, sizeof(ehdr));
	if (memcmp(ehdr.e_ident, ELFMAG, SELFMAG) || ehdr.e_ident[EI_CLASS] != ELFCLASS64)
		return false;

	for (unsigned int i = 0; i < ehdr.e_shnum; i++) {
		if (ehdr.e_shoff > size || size - ehdr.e_shoff < (i + 1) * sizeof(shdr))
			return false;

		memcpy(&shdr, image + ehdr.e_shoff + i * sizeof(shdr), sizeof(shdr));
		if (shdr.sh_type != SHT_NOTE || shdr.sh_offset > size ||
		    shdr.sh_size > size - shdr.sh_offset)
			continue;
		if (note_desc(image + shdr.sh_offset, shdr.sh_size, desc))
			return true;
	}

	return false;
}
