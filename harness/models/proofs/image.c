// SPDX-License-Identifier: GPL-2.0
/* seamldr_image.c, with files of any length and any content */

#include "contracts.h"

#include "seamldr_image.c"

/*
 * A file that is accepted has all its parts inside, and nothing else is touched.
 * What it takes to read a header is there for any size.
 */
void parse(void)
{
	struct seamldr_image image, before;
	struct seamldr_refusal refusal;
	size_t size = nondet_size();
	const u8 *data;
	int ret;

	ASSUME(size <= IMAGE_MAX_SIZE + SEAMLDR_PAGE_SIZE);
	data = __CPROVER_allocate(size, 0);
	before = image;
	refusal.check = NULL;
	refusal.err = 0;

	ret = seamldr_image_parse(data, size, &image, &refusal);
	if (ret) {
		REQUIRE(ret < 0 && ret == refusal.err, "the refusal has the error");
		REQUIRE(refusal.check, "the refusal has a name");
		REQUIRE(image.data == before.data && image.size == before.size &&
			image.module == before.module && image.sigstruct == before.sigstruct &&
			image.nr_module_pages == before.nr_module_pages, "refused, and untouched");
		return;
	}

	REQUIRE(!refusal.check, "accepted, and not refused");
	REQUIRE(image.data == data && image.size == size, "all of the file");
	REQUIRE(image.nr_module_pages >= 1 &&
		image.nr_module_pages <= SEAMLDR_MAX_MODULE_PAGES, "as many pages as P-SEAMLDR takes");
	REQUIRE((const u8 *)image.sigstruct == data + SEAMLDR_PAGE_SIZE, "sigstruct behind the header");
	REQUIRE(__CPROVER_r_ok(image.sigstruct, sizeof(*image.sigstruct)), "sigstruct inside");
	REQUIRE(image.module == data + 2 * SEAMLDR_PAGE_SIZE, "module behind the sigstruct");
	REQUIRE(__CPROVER_r_ok(image.module, image.nr_module_pages * SEAMLDR_PAGE_SIZE),
		"module inside");
	REQUIRE((2 + image.nr_module_pages) * SEAMLDR_PAGE_SIZE == size, "nothing behind the module");
}

/* What the firmware finds by an offset is inside of the module. */
void sigstruct(void)
{
	struct seam_sigstruct sig;
	struct seamldr_field bad;
	u32 nr_pages = nondet_u32();
	u64 size;

	ASSUME(nr_pages >= 1 && nr_pages <= SEAMLDR_MAX_MODULE_PAGES);
	size = (u64)nr_pages * SEAMLDR_PAGE_SIZE;

	if (seamldr_sigstruct_is_valid(&sig, &bad)) {
		REQUIRE(sig.cpuid_table_size <= SEAM_SIGSTRUCT_MAX_CPUIDS, "table inside");
		REQUIRE(sig.min_update_hv <= sig.module_hv, "a range of handoff versions");
		REQUIRE(sig.module_type == 0 || sig.module_type == SIGSTRUCT_TYPE_DEBUG,
			"signed for production or for debugging");
	} else {
		REQUIRE(__CPROVER_r_ok(bad.name, 1), "the bad field has a name");
		REQUIRE(bad.value != bad.expected, "the bad field has a wrong value");
	}

	if (seamldr_sigstruct_offsets_are_valid(&sig, nr_pages) && sig.gdt_idt_offset) {
		REQUIRE((u64)sig.gdt_idt_offset + GDT_IDT_SIZE <= size, "GDT and IDT inside");
		REQUIRE((u64)sig.fault_wrapper_offset + FAULT_WRAPPER_SIZE <= size,
			"fault wrapper inside");
		REQUIRE(sig.fault_wrapper_offset, "both or none");
	}
}
