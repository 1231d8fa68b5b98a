// SPDX-License-Identifier: GPL-2.0-or-later
/* Operands and limits of the TD leaves: what is refused, and in which order (SEAM ABI 7.2). */
#include <pthread.h>

#include "seam/page.h"
#include "tdxmod/td.h"
#include "tests/fixture.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA	(HOST_TDMR_BASE + 0x1000000)
#define SPARE_PA	(HOST_TDMR_BASE + 0x3000000)
#define OUTSIDE_PA	0x100000ULL
#define VP_INIT_V1	(TDH_VP_INIT | 1ULL << TDH_VERSION_SHIFT)

static uint64_t private_keyid(const struct fixture *f)
{
	return (uint64_t)HOST_TD_KEYID << (f->host.config.maxpa - f->host.config.keyid_bits);
}

static enum page_type type_of(struct fixture *f, uint64_t pa)
{
	return dram_look(f->host.platform->dram, pa).type;
}

/* A TD that can take pages and vCPUs */
static uint64_t begin(struct fixture *f, struct guest *guest)
{
	uint64_t status;

	guest_init(guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	status = guest_create(guest);
	if (!status)
		status = guest_configure(guest);

	return status;
}

static uint64_t page_add(struct fixture *f, uint64_t rcx, uint64_t tdr, uint64_t page,
			 uint64_t source)
{
	return host_leaf(&f->host, 0, TDH_MEM_PAGE_ADD, rcx, tdr, page, source);
}

FIXTURE_TEST(page_add_operands)
{
	struct guest guest;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_tables(&guest), TDX_SUCCESS);

	CHECK_EQ(page_add(f, GUEST_GPA | 1, guest.tdr, SPARE_PA, HOST_BUFFER_PA),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(page_add(f, 1, guest.tdr, SPARE_PA, HOST_BUFFER_PA),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(page_add(f, GUEST_GPA | 1ULL << 52, guest.tdr, SPARE_PA, HOST_BUFFER_PA),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(page_add(f, GUEST_GPA, guest.tdr + 0x1000, SPARE_PA, HOST_BUFFER_PA),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RDX);
	CHECK_EQ(page_add(f, GUEST_GPA, guest.tdr, SPARE_PA | 0x800, HOST_BUFFER_PA),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R8);
	CHECK_EQ(page_add(f, GUEST_GPA, guest.tdr, SPARE_PA | private_keyid(f), HOST_BUFFER_PA),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R8);
	CHECK_EQ(page_add(f, GUEST_GPA, guest.tdr, OUTSIDE_PA, HOST_BUFFER_PA),
		 TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_R8);

	/* The source: unaligned, private, in the SEAM range, not there */
	CHECK_EQ(page_add(f, GUEST_GPA, guest.tdr, SPARE_PA, HOST_BUFFER_PA | 0x800),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R9);
	CHECK_EQ(page_add(f, GUEST_GPA, guest.tdr, SPARE_PA, HOST_BUFFER_PA | private_keyid(f)),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R9);
	CHECK_EQ(page_add(f, GUEST_GPA, guest.tdr, SPARE_PA, f->host.config.seamrr_base),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R9);
	CHECK_EQ(page_add(f, GUEST_GPA, guest.tdr, SPARE_PA, HOST_RAM_SIZE),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R9);

	/* None of this took the page, and the content is the source's */
	CHECK_EQ(type_of(f, SPARE_PA), PAGE_FREE);
	host_write(&f->host, HOST_BUFFER_PA, "content", 8);
	CHECK_EQ(page_add(f, GUEST_GPA, guest.tdr, SPARE_PA, HOST_BUFFER_PA), TDX_SUCCESS);
	CHECK_EQ(type_of(f, SPARE_PA), PAGE_REGULAR);
	CHECK_EQ(page_add(f, GUEST_GPA + 0x1000, guest.tdr, SPARE_PA, HOST_BUFFER_PA),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_R8);

	return true;
}

/* A vCPU that lacks nothing but VP.INIT */
static uint64_t vcpu_pages(struct fixture *f, const struct guest *guest, uint64_t tdvpr)
{
	uint64_t status = host_leaf(&f->host, 0, TDH_VP_CREATE, tdvpr, guest->tdr, 0, 0);

	for (uint64_t i = 1; i < GUEST_TDVPS_PAGES && !status; i++)
		status = host_leaf(&f->host, 0, TDH_VP_ADDCX, tdvpr + i * TDX_PAGE_SIZE, tdvpr,
				   0, 0);

	return status;
}

FIXTURE_TEST(vp_init_limits)
{
	struct guest guest;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	for (unsigned int i = 0; i < GUEST_MAX_VCPUS - 1; i++)
		CHECK_EQ(guest_add_vcpu(&guest, i), TDX_SUCCESS);
	CHECK_EQ(vcpu_pages(f, &guest, SPARE_PA), TDX_SUCCESS);
	CHECK_EQ(vcpu_pages(f, &guest, SPARE_PA + 0x10000), TDX_SUCCESS);

	/* An x2APIC id has 32 bits, and only its owner */
	CHECK_EQ(host_leaf(&f->host, 0, VP_INIT_V1, SPARE_PA, 0, 1ULL << 32, 0),
		 TDX_OPERAND_INVALID | TDX_OPERAND_R8);
	for (unsigned int id = 0; id < GUEST_MAX_VCPUS - 1; id++) {
		CHECK_EQ(host_leaf(&f->host, 0, VP_INIT_V1, SPARE_PA, 0, id, 0),
			 TDX_X2APIC_ID_NOT_UNIQUE);
	}
	CHECK_EQ(host_leaf(&f->host, 0, VP_INIT_V1, SPARE_PA, 0, UINT32_MAX, 0), TDX_SUCCESS);

	/* One more than TD_PARAMS allow, whatever its id */
	CHECK_EQ(host_leaf(&f->host, 0, VP_INIT_V1, SPARE_PA + 0x10000, 0, 0, 0),
		 TDX_MAX_VCPUS_EXCEEDED);
	CHECK_EQ(host_leaf(&f->host, 0, VP_INIT_V1, SPARE_PA + 0x10000, 0, 99, 0),
		 TDX_MAX_VCPUS_EXCEEDED);

	/* A finished TD gets no vCPUs any more */
	CHECK_EQ(guest_finalize(&guest), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_CREATE, SPARE_PA + 0x20000, guest.tdr, 0, 0),
		 TDX_OP_STATE_INCORRECT);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_ADDCX, SPARE_PA + 0x20000, SPARE_PA, 0, 0),
		 TDX_OP_STATE_INCORRECT);
	CHECK_EQ(host_leaf(&f->host, 0, VP_INIT_V1, SPARE_PA + 0x10000, 0, 99, 0),
		 TDX_OP_STATE_INCORRECT);
	CHECK_EQ(type_of(f, SPARE_PA + 0x20000), PAGE_FREE);

	return true;
}

/* Version 0 has no x2APIC id: vCPUs are numbered */
FIXTURE_TEST(vp_init_version_0)
{
	struct guest guest;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_vcpu(&guest, 0), TDX_SUCCESS);
	CHECK_EQ(vcpu_pages(f, &guest, SPARE_PA), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_INIT, SPARE_PA, 0, 1ULL << 32, 0), TDX_SUCCESS);
	CHECK_EQ(vcpu_pages(f, &guest, SPARE_PA + 0x10000), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, VP_INIT_V1, SPARE_PA + 0x10000, 0, 1, 0),
		 TDX_X2APIC_ID_NOT_UNIQUE);

	return true;
}

static void without_version_1(struct fixture *f, struct image_spec *old)
{
	old->desc.flags &= ~MODULE_VP_INIT_V1;
}

FIXTURE_TEST_WITH(vp_init_old_module, without_version_1)
{
	struct guest guest;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	CHECK_EQ(vcpu_pages(f, &guest, SPARE_PA), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, VP_INIT_V1, SPARE_PA, 0, 0, 0), TDX_OPERAND_INVALID);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_INIT, SPARE_PA, 0, 0, 0), TDX_SUCCESS);

	return true;
}

/* struct seam_regs of a RECLAIM, with outputs that show whether they were written */
static struct seam_regs reclaim_regs(uint64_t pa)
{
	return (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_PHYMEM_PAGE_RECLAIM,
		.gpr[SEAM_RCX] = pa,
		.gpr[SEAM_RDX] = 1,
		.gpr[SEAM_R8] = 1,
	};
}

#define CHECK_RECLAIM(pa, status, type, owner)					\
	do {									\
		struct seam_regs regs_ = reclaim_regs(pa);			\
										\
		CHECK_EQ(host_call(&f->host, 0, &regs_), status);		\
		CHECK_EQ(regs_.gpr[SEAM_RCX], type);				\
		CHECK_EQ(regs_.gpr[SEAM_RDX], owner);				\
		CHECK_EQ(regs_.gpr[SEAM_R8], 0);				\
	} while (0)

/* Every kind of page stays until its TD is torn down, and the TDR goes last */
FIXTURE_TEST(reclaim_order)
{
	struct guest guest;
	uint64_t pages[5];
	uint64_t tdcx, sept, tdr;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	tdr = guest.tdr;
	tdcx = tdr + TDX_PAGE_SIZE;
	for (sept = tdr; type_of(f, sept) != PAGE_SEPT; sept += TDX_PAGE_SIZE)
		;
	pages[0] = tdcx;
	pages[1] = sept;
	pages[2] = guest.private[0];
	pages[3] = guest.tdvpr[0];
	pages[4] = tdr;

	CHECK_RECLAIM(tdr | 0x800, TDX_OPERAND_INVALID | TDX_OPERAND_RCX, 0, 0);
	CHECK_RECLAIM(tdr | private_keyid(f), TDX_OPERAND_INVALID | TDX_OPERAND_RCX, 0, 0);
	CHECK_RECLAIM(OUTSIDE_PA, TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX, 0, 0);
	CHECK_RECLAIM(SPARE_PA, TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX, PAGE_FREE, 0);

	/* Not while it lives, nor while it is blocked, nor before its KeyID is free */
	for (unsigned int step = 0; step < 3; step++) {
		for (unsigned int i = 0; i < 5; i++)
			CHECK_RECLAIM(pages[i], TDX_LIFECYCLE_STATE_INCORRECT,
				      type_of(f, pages[i]), pages[i] == tdr ? 0 : tdr);
		if (step == 0) {
			CHECK_EQ(guest_flush(&guest), TDX_SUCCESS);
			CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);
		} else if (step == 1) {
			CHECK_EQ(guest_write_back(&guest), TDX_SUCCESS);
		}
	}
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_FREEID), TDX_SUCCESS);

	CHECK_RECLAIM(tdr, TDX_TD_ASSOCIATED_PAGES_EXIST, PAGE_TDR, 0);
	CHECK_RECLAIM(pages[0], TDX_SUCCESS, PAGE_TDCX, tdr);
	CHECK_RECLAIM(pages[1], TDX_SUCCESS, PAGE_SEPT, tdr);
	CHECK_RECLAIM(pages[2], TDX_SUCCESS, PAGE_REGULAR, tdr);
	CHECK_RECLAIM(pages[3], TDX_SUCCESS, PAGE_TDVPR, tdr);
	CHECK_RECLAIM(tdr, TDX_TD_ASSOCIATED_PAGES_EXIST, PAGE_TDR, 0);
	for (uint64_t pa = tdr + TDX_PAGE_SIZE; pa < guest.next; pa += TDX_PAGE_SIZE) {
		if (type_of(f, pa) != PAGE_FREE)
			CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_RECLAIM, pa, 0, 0, 0),
				 TDX_SUCCESS);
	}
	CHECK_RECLAIM(tdr, TDX_SUCCESS, PAGE_TDR, 0);
	CHECK_RECLAIM(tdr, TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX, PAGE_FREE, 0);

	return true;
}

/* The state of the TD is looked at before PCONFIG is found busy */
FIXTURE_TEST(key_config_order)
{
	struct tdxmod *mod = f->host.platform->tdxmod;
	uint64_t tdr = GUEST_PA;

	CHECK_EQ(host_leaf(&f->host, 0, TDH_MNG_CREATE, tdr, HOST_TD_KEYID, 0, 0), TDX_SUCCESS);
	pthread_mutex_lock(&mod->ket_lock[0]);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MNG_KEY_CONFIG, tdr, 0, 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_KET);
	/* Another package has PCONFIG for itself */
	CHECK_EQ(host_leaf(&f->host, 2, TDH_MNG_KEY_CONFIG, tdr, 0, 0, 0), TDX_SUCCESS);
	pthread_mutex_unlock(&mod->ket_lock[0]);
	pthread_mutex_lock(&mod->ket_lock[1]);
	CHECK_EQ(host_leaf(&f->host, 2, TDH_MNG_KEY_CONFIG, tdr, 0, 0, 0), TDX_KEY_CONFIGURED);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MNG_KEY_CONFIG, tdr, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 2, TDH_MNG_KEY_CONFIG, tdr, 0, 0, 0),
		 TDX_LIFECYCLE_STATE_INCORRECT);
	pthread_mutex_unlock(&mod->ket_lock[1]);

	return true;
}

/** struct allowed - op_states in which a leaf is legal, as a bit mask */
struct allowed {
	uint64_t leaf;
	uint32_t op_states;
};

static const struct allowed allowed[] = {
	{ TDH_VP_CREATE, OP(1) | OP(7) },
	{ TDH_VP_ADDCX, OP(1) | OP(7) },
	{ VP_INIT_V1, OP(1) },
	{ TDH_MEM_SEPT_ADD, OP(1) | OP(2) | OP(3) | OP(6) | OP(7) | OP(8) | OP(9) },
	{ TDH_MEM_PAGE_ADD, OP(1) },
	{ TDH_MR_EXTEND, OP(1) },
	{ TDH_MEM_PAGE_AUG, OP(1) | OP(2) | OP(3) | OP(9) },
	{ TDH_VP_ENTER, OP(2) | OP(3) | OP(9) },
	{ TDH_MEM_RANGE_BLOCK, OP(1) | OP(2) | OP(3) | OP(4) | OP(5) | OP(8) | OP(9) },
	{ TDH_MEM_TRACK, OP(1) | OP(2) | OP(3) | OP(4) | OP(5) | OP(6) | OP(7) | OP(8) | OP(9) },
	{ TDH_MEM_PAGE_REMOVE, OP(1) | OP(2) | OP(3) | OP(4) | OP(5) | OP(8) | OP(9) | OP(10) },
	{ TDH_MNG_RD, ~OP(0) },
	/* Last: it ends the measurement */
	{ TDH_MR_FINALIZE, OP(1) },
};

static uint64_t call_allowed(struct fixture *f, const struct guest *guest, uint64_t leaf)
{
	uint64_t gpa = 0x40000000;

	switch (leaf) {
	case TDH_VP_CREATE:
		return host_leaf(&f->host, 0, leaf, SPARE_PA, guest->tdr, 0, 0);
	case TDH_VP_ADDCX:
		return host_leaf(&f->host, 0, leaf, SPARE_PA, guest->tdvpr[0], 0, 0);
	case VP_INIT_V1:
	case TDH_VP_ENTER:
		return host_leaf(&f->host, 0, leaf, guest->tdvpr[0], 0, 0, 0);
	case TDH_MNG_RD:
	case TDH_MR_FINALIZE:
	case TDH_MEM_TRACK:
		return host_leaf(&f->host, 0, leaf, guest->tdr, 0, 0, 0);
	case TDH_MEM_SEPT_ADD:
		return host_leaf(&f->host, 0, leaf, gpa | 1, guest->tdr, SPARE_PA, 0);
	default:
		return host_leaf(&f->host, 0, leaf, gpa, guest->tdr, SPARE_PA, HOST_BUFFER_PA);
	}
}

FIXTURE_TEST(op_states)
{
	struct guest guest;
	struct td *td;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	CHECK_EQ(guest_add_vcpu(&guest, 0), TDX_SUCCESS);
	td = dram_look(f->host.platform->dram, guest.tdr).object;
	for (unsigned int i = 0; i < ARRAY_SIZE(allowed); i++) {
		for (unsigned int state = 0; state <= TD_FAILED_IMPORT; state++) {
			bool legal;

			td->op_state = state;
			legal = call_allowed(f, &guest, allowed[i].leaf) != TDX_OP_STATE_INCORRECT;
			if (legal != !!(allowed[i].op_states & OP(state)))
				printf("# leaf 0x%llx, op_state %u\n",
				       (unsigned long long)allowed[i].leaf, state);
			CHECK_EQ(legal, !!(allowed[i].op_states & OP(state)));
		}
	}

	return true;
}

/* A fatal TD is refused before its keys are looked at, those before its TDCS */
FIXTURE_TEST(generic_order)
{
	struct guest guest;
	struct td *td;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MNG_CREATE, guest.tdr, HOST_TD_KEYID, 0, 0),
		 TDX_SUCCESS);
	td = dram_look(f->host.platform->dram, guest.tdr).object;
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_TD_KEYS_NOT_CONFIGURED);
	td->fatal = true;
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_TD_FATAL);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_KEY_CONFIG), TDX_TD_FATAL);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MNG_ADDCX, SPARE_PA, guest.tdr, 0, 0), TDX_TD_FATAL);
	td->fatal = false;
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MNG_KEY_CONFIG, guest.tdr, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 2, TDH_MNG_KEY_CONFIG, guest.tdr, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_TDCS_NOT_ALLOCATED);

	return true;
}

static const struct test tests[] = {
	{ "operands of PAGE.ADD", page_add_operands },
	{ "limits of VP.INIT", vp_init_limits },
	{ "VP.INIT version 0", vp_init_version_0 },
	{ "VP.INIT of a module without version 1", vp_init_old_module },
	{ "order of RECLAIM", reclaim_order },
	{ "order of MNG.KEY.CONFIG", key_config_order },
	{ "op_states of every leaf", op_states },
	{ "order of the generic checks", generic_order },
	{ NULL, NULL }
};

const struct suite suite_td_limits = { "td-limits", tests };
