// SPDX-License-Identifier: GPL-2.0-or-later
/* What TDH.SYS.CONFIG demands of its operands, TDMRs, PAMTs and CMRs (SEAM ABI 4.3). */
#include <string.h>

#include "seam/page.h"
#include "tdxmod/module.h"
#include "tests/fixture.h"
#include "tests/suites.h"

#define MIB		0x100000ULL
#define GIB		0x40000000ULL
#define NR_TDMRS	2

/**
 * struct memory - what the host describes: the first two GiB, a TDMR each
 *
 * The PAMTs are in a reserved area of the first, the last bytes of the second
 * are reserved.
 */
struct memory {
	struct tdmr_info tdmr[NR_TDMRS];
};

#define PAMT_AREA	(128 * MIB)
#define PAMT_SIZE	(8 * MIB)
#define RESERVED_SIZE	(256 * MIB)

static void memory_init(struct memory *memory)
{
	memset(memory, 0, sizeof(*memory));
	for (uint64_t i = 0; i < NR_TDMRS; i++) {
		uint64_t pamt = PAMT_AREA + i * PAMT_SIZE;

		memory->tdmr[i] = (struct tdmr_info) {
			.base = i * GIB,
			.size = GIB,
			.pamt = {
				[PAMT_1G] = { pamt, 0x1000 },
				[PAMT_2M] = { pamt + 0x1000, 0x2000 },
				[PAMT_4K] = { pamt + 0x3000, 0x400000 },
			},
		};
	}
	memory->tdmr[0].reserved[0] = (struct tdmr_area) { 0, RESERVED_SIZE };
	memory->tdmr[1].reserved[0] = (struct tdmr_area) { GIB - MIB, MIB };
}

static void put(struct fixture *f, const struct memory *memory)
{
	uint64_t pointers[NR_TDMRS];

	for (unsigned int i = 0; i < NR_TDMRS; i++) {
		pointers[i] = HOST_TDMR_INFO_PA + 512 * i;
		host_write(&f->host, pointers[i], &memory->tdmr[i], sizeof(memory->tdmr[i]));
	}
	host_write(&f->host, HOST_TDMR_LIST_PA, pointers, sizeof(pointers));
}

static uint64_t config(struct fixture *f, const struct memory *memory)
{
	put(f, memory);

	return host_leaf(&f->host, 0, TDH_SYS_CONFIG, HOST_TDMR_LIST_PA, NR_TDMRS,
			 HOST_GLOBAL_KEYID, 0);
}

static uint64_t initialise(struct fixture *f)
{
	uint64_t status = host_sys_init(&f->host);

	return status ? status : host_lp_init(&f->host, 0, FIXTURE_LPS);
}

/** struct change - one thing that is different, and the answer */
struct change {
	const char *what;
	void (*apply)(struct memory *m);
	uint64_t status;
};

#define CHANGE(name, statement)					\
	static void name(struct memory *m)			\
	{							\
		statement;					\
	}

#define AREA(...)	((struct tdmr_area) { __VA_ARGS__ })

CHANGE(unaligned_base, m->tdmr[0].base += MIB)
CHANGE(unaligned_size, m->tdmr[1].size -= MIB)
CHANGE(empty, m->tdmr[1].size = 0)
CHANGE(wraps, m->tdmr[1].size = 1ULL << 62)
CHANGE(beyond_address, m->tdmr[1].base = 1ULL << 46)
CHANGE(at_last_address, m->tdmr[1].base = (1ULL << 40) - GIB)
CHANGE(behind_last_address, m->tdmr[1].base = 1ULL << 40)
CHANGE(too_large, (m->tdmr[1].base = (1ULL << 40) - GIB, m->tdmr[1].size = 2 * GIB))
CHANGE(same_base, m->tdmr[1].base = 0)
CHANGE(overlapping, m->tdmr[0].size = 2 * GIB)
CHANGE(outside_cmrs, m->tdmr[1].base = 2 * GIB)
CHANGE(end_outside_cmrs, (m->tdmr[1].size = 2 * GIB, m->tdmr[1].reserved[0].size = 0))

CHANGE(pamt_1g_small, m->tdmr[0].pamt[PAMT_1G].size = 0)
CHANGE(pamt_2m_small, m->tdmr[1].pamt[PAMT_2M].size -= TDX_PAGE_SIZE)
CHANGE(pamt_4k_small, m->tdmr[1].pamt[PAMT_4K].size -= TDX_PAGE_SIZE)
CHANGE(pamt_unaligned, m->tdmr[0].pamt[PAMT_1G].base += 16)
CHANGE(pamt_size_unaligned, m->tdmr[0].pamt[PAMT_4K].size += 16)
CHANGE(pamt_wraps, m->tdmr[0].pamt[PAMT_4K].base = -(uint64_t)TDX_PAGE_SIZE)
CHANGE(pamt_outside, m->tdmr[0].pamt[PAMT_1G].base = HOST_RAM_SIZE)
CHANGE(pamt_half_outside, m->tdmr[0].pamt[PAMT_2M].base = HOST_RAM_SIZE - TDX_PAGE_SIZE)
CHANGE(pamt_in_own, m->tdmr[0].pamt[PAMT_1G].base = RESERVED_SIZE)
CHANGE(pamt_in_other, m->tdmr[0].pamt[PAMT_1G].base = GIB)
CHANGE(pamt_touches_tdmr, m->tdmr[0].pamt[PAMT_2M].base = RESERVED_SIZE - TDX_PAGE_SIZE)
CHANGE(pamt_up_to_tdmr, m->tdmr[0].pamt[PAMT_2M].base = RESERVED_SIZE - 2 * TDX_PAGE_SIZE)
CHANGE(pamt_on_own, m->tdmr[1].pamt[PAMT_2M].base = m->tdmr[1].pamt[PAMT_1G].base)
CHANGE(pamt_on_own_first, m->tdmr[0].pamt[PAMT_4K].base = m->tdmr[0].pamt[PAMT_2M].base)
CHANGE(pamt_on_other, m->tdmr[1].pamt[PAMT_4K].base = m->tdmr[0].pamt[PAMT_4K].base)
CHANGE(pamt_in_last_reserved, m->tdmr[0].pamt[PAMT_1G].base = 2 * GIB - MIB)

CHANGE(reserved_size, m->tdmr[0].reserved[0].size++)
CHANGE(reserved_base, m->tdmr[1].reserved[0].base--)
CHANGE(reserved_beyond, m->tdmr[1].reserved[0].base += TDX_PAGE_SIZE)
CHANGE(reserved_behind, m->tdmr[1].reserved[0].base = GIB)
CHANGE(reserved_wraps, m->tdmr[1].reserved[0].base = -MIB)
CHANGE(reserved_order, (m->tdmr[0].reserved[1] = AREA(512 * MIB, MIB),
			m->tdmr[0].reserved[2] = AREA(511 * MIB, MIB)))
CHANGE(reserved_overlap, m->tdmr[0].reserved[1] = AREA(RESERVED_SIZE - TDX_PAGE_SIZE, MIB))
CHANGE(reserved_touch, m->tdmr[0].reserved[1] = AREA(RESERVED_SIZE, MIB))
CHANGE(reserved_gap, m->tdmr[0].reserved[2] = AREA(RESERVED_SIZE, MIB))

static const struct change changes[] = {
	{ "base not a multiple of 1 GiB", unaligned_base, TDX_INVALID_TDMR },
	{ "size not a multiple of 1 GiB", unaligned_size, TDX_INVALID_TDMR | 1 },
	{ "empty", empty, TDX_INVALID_TDMR | 1 },
	{ "wraps", wraps, TDX_INVALID_TDMR | 1 },
	{ "beyond physical addresses", beyond_address, TDX_INVALID_TDMR | 1 },
	{ "at the last address", at_last_address, TDX_TDMR_OUTSIDE_CMRS | 1 },
	{ "behind the last address", behind_last_address, TDX_INVALID_TDMR | 1 },
	{ "reaches beyond the last address", too_large, TDX_INVALID_TDMR | 1 },
	{ "same base", same_base, TDX_NON_ORDERED_TDMR | 1 },
	{ "overlapping TDMRs", overlapping, TDX_NON_ORDERED_TDMR | 1 },
	{ "outside the CMRs", outside_cmrs, TDX_TDMR_OUTSIDE_CMRS | 1 },
	{ "end outside the CMRs", end_outside_cmrs, TDX_TDMR_OUTSIDE_CMRS | 1 },

	{ "small 1G PAMT", pamt_1g_small, TDX_INVALID_PAMT },
	{ "small 2M PAMT", pamt_2m_small, TDX_INVALID_PAMT | 1 },
	{ "small 4K PAMT", pamt_4k_small, TDX_INVALID_PAMT | 1 },
	{ "unaligned PAMT", pamt_unaligned, TDX_INVALID_PAMT },
	{ "size of a PAMT unaligned", pamt_size_unaligned, TDX_INVALID_PAMT },
	{ "PAMT wraps", pamt_wraps, TDX_INVALID_PAMT },
	{ "PAMT outside the CMRs", pamt_outside, TDX_PAMT_OUTSIDE_CMRS },
	{ "PAMT half outside the CMRs", pamt_half_outside, TDX_PAMT_OUTSIDE_CMRS },
	{ "PAMT inside its TDMR", pamt_in_own, TDX_PAMT_OVERLAP },
	{ "PAMT inside another TDMR", pamt_in_other, TDX_PAMT_OVERLAP },
	{ "PAMT that ends inside its TDMR", pamt_touches_tdmr, TDX_PAMT_OVERLAP },
	{ "PAMT on another of its TDMR", pamt_on_own, TDX_PAMT_OVERLAP | 1 },
	{ "PAMT on another of the first TDMR", pamt_on_own_first, TDX_PAMT_OVERLAP },
	{ "PAMT on one of another TDMR", pamt_on_other, TDX_PAMT_OVERLAP | 1 },

	{ "reserved area's size", reserved_size, TDX_INVALID_RESERVED_IN_TDMR },
	{ "reserved area's offset", reserved_base, TDX_INVALID_RESERVED_IN_TDMR | 1 },
	{ "reserved area that ends beyond", reserved_beyond, TDX_INVALID_RESERVED_IN_TDMR | 1 },
	{ "reserved area beyond", reserved_behind, TDX_INVALID_RESERVED_IN_TDMR | 1 },
	{ "reserved area that wraps", reserved_wraps, TDX_INVALID_RESERVED_IN_TDMR | 1 },
	{ "order of reserved areas", reserved_order, TDX_NON_ORDERED_RESERVED_IN_TDMR | 2 << 8 },
	{ "overlap of reserved areas", reserved_overlap,
	  TDX_NON_ORDERED_RESERVED_IN_TDMR | 1 << 8 },
	{ "gap in the reserved areas", reserved_gap, TDX_INVALID_RESERVED_IN_TDMR | 2 << 8 },
};

COLD_TEST(refused)
{
	struct memory memory;

	CHECK_EQ(initialise(f), TDX_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		uint64_t status;

		memory_init(&memory);
		changes[i].apply(&memory);
		status = config(f, &memory);
		if (status != changes[i].status)
			printf("# %s\n", changes[i].what);
		CHECK_EQ(status, changes[i].status);
	}
	CHECK_EQ(tdxmod_state(f->host.platform), SYSINIT_DONE);

	/* None of the refusals left anything behind */
	memory_init(&memory);
	CHECK_EQ(config(f, &memory), TDX_SUCCESS);
	CHECK_EQ(tdxmod_state(f->host.platform), SYSCONFIG_DONE);
	CHECK_EQ(config(f, &memory), TDX_SYS_CONFIG_NOT_PENDING);

	return true;
}

/* At the limit, but right */
static void (*accepted_change)(struct memory *m);

static bool accepted_body(struct fixture *f)
{
	struct memory memory;

	CHECK_EQ(initialise(f), TDX_SUCCESS);
	memory_init(&memory);
	accepted_change(&memory);
	CHECK_EQ(config(f, &memory), TDX_SUCCESS);

	return true;
}

static bool accepted(void)
{
	static void (*const right[])(struct memory *m) = {
		pamt_up_to_tdmr, pamt_in_last_reserved, reserved_touch,
	};

	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		accepted_change = right[i];
		if (!fixture_run_cold(accepted_body)) {
			printf("# change %zu\n", i);
			return false;
		}
	}

	return true;
}

/* What is not convertible memory has to be reserved, all of it */
COLD_TEST(hole)
{
	struct platform_config *platform = &f->host.platform->config;
	struct memory memory;

	platform->nr_cmrs = 3;
	platform->cmr[0] = (struct platform_cmr) { 0, GIB + 64 * MIB };
	platform->cmr[1] = (struct platform_cmr) { GIB + 96 * MIB, 32 * MIB };
	/* Neighbours that touch leave no hole */
	platform->cmr[2] = (struct platform_cmr) { GIB + 128 * MIB, GIB - 128 * MIB };
	CHECK_EQ(initialise(f), TDX_SUCCESS);
	memory_init(&memory);
	CHECK_EQ(config(f, &memory), TDX_TDMR_OUTSIDE_CMRS | 1);
	memory.tdmr[1].reserved[1] = memory.tdmr[1].reserved[0];
	memory.tdmr[1].reserved[0] = AREA(64 * MIB + TDX_PAGE_SIZE, 32 * MIB - TDX_PAGE_SIZE);
	CHECK_EQ(config(f, &memory), TDX_TDMR_OUTSIDE_CMRS | 1);
	memory.tdmr[1].reserved[0] = AREA(64 * MIB, 32 * MIB - TDX_PAGE_SIZE);
	CHECK_EQ(config(f, &memory), TDX_TDMR_OUTSIDE_CMRS | 1);
	memory.tdmr[1].reserved[0] = AREA(64 * MIB, 32 * MIB);
	CHECK_EQ(config(f, &memory), TDX_SUCCESS);

	return true;
}

static uint64_t config_with(struct fixture *f, uint64_t list, uint64_t count, uint64_t hkid)
{
	return host_leaf(&f->host, 0, TDH_SYS_CONFIG, list, count, hkid, 0);
}

COLD_TEST(operands)
{
	uint64_t keyid = (uint64_t)HOST_TD_KEYID << 40;
	struct memory memory;
	uint64_t pointer;

	CHECK_EQ(initialise(f), TDX_SUCCESS);
	memory_init(&memory);
	put(f, &memory);
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA + 8, 2, HOST_GLOBAL_KEYID),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA | keyid, 2, HOST_GLOBAL_KEYID),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(config_with(f, HOST_RAM_SIZE, 2, HOST_GLOBAL_KEYID),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA, 0, HOST_GLOBAL_KEYID),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RDX);
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA, 65, HOST_GLOBAL_KEYID),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RDX);
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA, 2, HOST_GLOBAL_KEYID - 1),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R8);
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA, 2, 64), TDX_OPERAND_INVALID | TDX_OPERAND_R8);
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA, 2, 1ULL << 63 | HOST_GLOBAL_KEYID),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R8);

	/* The pointers themselves */
	pointer = HOST_TDMR_INFO_PA + 64;
	host_write(&f->host, HOST_TDMR_LIST_PA + 8, &pointer, sizeof(pointer));
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA, 2, HOST_GLOBAL_KEYID),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	pointer = HOST_RAM_SIZE;
	host_write(&f->host, HOST_TDMR_LIST_PA + 8, &pointer, sizeof(pointer));
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA, 2, HOST_GLOBAL_KEYID),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);

	/* The last private KeyID is as good as the first */
	put(f, &memory);
	CHECK_EQ(config_with(f, HOST_TDMR_LIST_PA, 2, 63), TDX_SUCCESS);

	return true;
}

/* As many as the module says, and not one more */
COLD_TEST(numbers)
{
	struct module_desc *desc = &f->host.platform->tdxmod->desc;
	struct memory memory;

	CHECK_EQ(initialise(f), TDX_SUCCESS);
	memory_init(&memory);
	desc->max_tdmrs = 1;
	CHECK_EQ(config(f, &memory), TDX_OPERAND_INVALID | TDX_OPERAND_RDX);
	desc->max_tdmrs = 2;
	desc->max_reserved_per_tdmr = 2;
	memory.tdmr[0].reserved[1] = AREA(300 * MIB, MIB);
	memory.tdmr[0].reserved[2] = AREA(400 * MIB, MIB);
	CHECK_EQ(config(f, &memory), TDX_INVALID_RESERVED_IN_TDMR | 2 << 8);
	desc->max_reserved_per_tdmr = 3;
	CHECK_EQ(config(f, &memory), TDX_SUCCESS);

	return true;
}

static uint64_t rdmd(struct fixture *f, uint64_t pa)
{
	return host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_RDMD, pa, 0, 0, 0);
}

/* TDMR.INIT goes through each TDMR; a page is offered once its entries are there */
COLD_TEST(tdmr_init)
{
	uint64_t step = 4 * MIB;
	struct memory memory;
	struct seam_regs regs;

	CHECK_EQ(initialise(f), TDX_SUCCESS);
	memory_init(&memory);
	CHECK_EQ(config(f, &memory), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_KEY_CONFIG, 0, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 2, TDH_SYS_KEY_CONFIG, 0, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(rdmd(f, GIB), TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX);

	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_TDMR_INIT, GIB + step, 0, 0, 0),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	for (uint64_t done = step; done <= GIB; done += step) {
		regs = (struct seam_regs) {
			.gpr[SEAM_RAX] = TDH_SYS_TDMR_INIT,
			.gpr[SEAM_RCX] = GIB,
		};
		CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
		/* Rounded down to 1 GiB: the host sees only the end */
		CHECK_EQ(regs.gpr[SEAM_RDX], done == GIB ? 2 * GIB : GIB);
		CHECK_EQ(rdmd(f, GIB + done - TDX_PAGE_SIZE),
			 done == GIB ? TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX :
				       TDX_SUCCESS);
		if (done < GIB - step)
			CHECK_EQ(rdmd(f, GIB + done),
				 TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX);
	}
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_TDMR_INIT, GIB, 0, 0, 0),
		 TDX_TDMR_ALREADY_INITIALIZED);

	/* Reserved to the byte, and the other TDMR is not there yet */
	CHECK_EQ(rdmd(f, 2 * GIB - MIB - TDX_PAGE_SIZE), TDX_SUCCESS);
	CHECK_EQ(rdmd(f, 2 * GIB - MIB), TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX);
	CHECK_EQ(rdmd(f, 2 * GIB), TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX);
	CHECK_EQ(rdmd(f, GIB - TDX_PAGE_SIZE), TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX);

	return true;
}

static uint64_t init_all(struct fixture *f)
{
	uint64_t status = host_leaf(&f->host, 0, TDH_SYS_KEY_CONFIG, 0, 0, 0, 0);

	if (!status)
		status = host_leaf(&f->host, 2, TDH_SYS_KEY_CONFIG, 0, 0, 0, 0);
	for (uint64_t i = 0; i < NR_TDMRS; i++) {
		for (uint64_t done = 0; done < GIB && !status; done += 4 * MIB)
			status = host_leaf(&f->host, 0, TDH_SYS_TDMR_INIT, i * GIB, 0, 0, 0);
	}

	return status;
}

/* TDMRs that touch, and reserved areas in the middle of them, to the page */
COLD_TEST(pages_at_the_edges)
{
	uint64_t refused = TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX;
	struct memory memory;

	CHECK_EQ(initialise(f), TDX_SUCCESS);
	memory_init(&memory);
	memory.tdmr[0].reserved[1] = AREA(512 * MIB, MIB);
	CHECK_EQ(config(f, &memory), TDX_SUCCESS);
	CHECK_EQ(init_all(f), TDX_SUCCESS);

	CHECK_EQ(rdmd(f, RESERVED_SIZE - TDX_PAGE_SIZE), refused);
	CHECK_EQ(rdmd(f, RESERVED_SIZE), TDX_SUCCESS);
	CHECK_EQ(rdmd(f, 512 * MIB - TDX_PAGE_SIZE), TDX_SUCCESS);
	CHECK_EQ(rdmd(f, 512 * MIB), refused);
	CHECK_EQ(rdmd(f, 513 * MIB - TDX_PAGE_SIZE), refused);
	CHECK_EQ(rdmd(f, 513 * MIB), TDX_SUCCESS);
	CHECK_EQ(rdmd(f, GIB - TDX_PAGE_SIZE), TDX_SUCCESS);
	CHECK_EQ(rdmd(f, GIB), TDX_SUCCESS);

	return true;
}

/* One LP at a time, per TDMR */
FIXTURE_TEST(tdmr_init_busy)
{
	struct tdxmod *mod = f->host.platform->tdxmod;

	pthread_mutex_lock(&mod->tdmr_lock[0]);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_TDMR_INIT, HOST_TDMR_BASE, 0, 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_RCX);
	pthread_mutex_unlock(&mod->tdmr_lock[0]);

	return true;
}

static const struct test tests[] = {
	{ "descriptions that are refused", refused },
	{ "descriptions at the limit", accepted },
	{ "holes have to be reserved", hole },
	{ "operands of SYS.CONFIG", operands },
	{ "numbers that the module allows", numbers },
	{ "TDMR.INIT step by step", tdmr_init },
	{ "pages at the edges of TDMRs and reserved areas", pages_at_the_edges },
	{ "TDMR.INIT on two LPs", tdmr_init_busy },
	{ NULL, NULL }
};

const struct suite suite_tdmr = { "tdmr", tests };
