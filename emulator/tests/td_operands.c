// SPDX-License-Identifier: GPL-2.0-or-later
/* Page operands of the TD leaves, and what keeps others out (SEAM ABI 7.1, 7.2). */
#include <pthread.h>

#include "seam/page.h"
#include "tdxmod/td.h"
#include "tests/fixture.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA	(HOST_TDMR_BASE + 0x1000000)
#define SPARE_PA	(HOST_TDMR_BASE + 0x3000000)
#define OUTSIDE_PA	0x100000ULL
#define FREE_GPA	0x40000000ULL
#define VP_INIT_V1	(TDH_VP_INIT | 1ULL << TDH_VERSION_SHIFT)

/** enum wants - the page that an operand has to name */
enum wants {
	WANTS_FREE,
	WANTS_ANY,
	WANTS_TDR,
	WANTS_TDVPR,
};

/** struct page_operand - register @reg of @leaf names a page */
struct page_operand {
	uint64_t leaf;
	unsigned int reg;
	enum wants wants;
};

static const struct page_operand operands[] = {
	{ TDH_MNG_CREATE, SEAM_RCX, WANTS_FREE },
	{ TDH_MNG_KEY_CONFIG, SEAM_RCX, WANTS_TDR },
	{ TDH_MNG_ADDCX, SEAM_RCX, WANTS_FREE },
	{ TDH_MNG_ADDCX, SEAM_RDX, WANTS_TDR },
	{ TDH_MNG_INIT, SEAM_RCX, WANTS_TDR },
	{ TDH_VP_CREATE, SEAM_RCX, WANTS_FREE },
	{ TDH_VP_CREATE, SEAM_RDX, WANTS_TDR },
	{ TDH_VP_ADDCX, SEAM_RCX, WANTS_FREE },
	{ TDH_VP_ADDCX, SEAM_RDX, WANTS_TDVPR },
	{ VP_INIT_V1, SEAM_RCX, WANTS_TDVPR },
	{ TDH_MEM_SEPT_ADD, SEAM_RDX, WANTS_TDR },
	{ TDH_MEM_SEPT_ADD, SEAM_R8, WANTS_FREE },
	{ TDH_MEM_PAGE_ADD, SEAM_RDX, WANTS_TDR },
	{ TDH_MEM_PAGE_ADD, SEAM_R8, WANTS_FREE },
	{ TDH_MR_EXTEND, SEAM_RDX, WANTS_TDR },
	{ TDH_MR_FINALIZE, SEAM_RCX, WANTS_TDR },
	{ TDH_MEM_PAGE_AUG, SEAM_RDX, WANTS_TDR },
	{ TDH_MEM_PAGE_AUG, SEAM_R8, WANTS_FREE },
	{ TDH_VP_ENTER, SEAM_RCX, WANTS_TDVPR },
	{ TDH_VP_FLUSH, SEAM_RCX, WANTS_TDVPR },
	{ TDH_MEM_RANGE_BLOCK, SEAM_RDX, WANTS_TDR },
	{ TDH_MEM_TRACK, SEAM_RCX, WANTS_TDR },
	{ TDH_MEM_PAGE_REMOVE, SEAM_RDX, WANTS_TDR },
	{ TDH_MNG_VPFLUSHDONE, SEAM_RCX, WANTS_TDR },
	{ TDH_MNG_KEY_FREEID, SEAM_RCX, WANTS_TDR },
	{ TDH_PHYMEM_PAGE_RECLAIM, SEAM_RCX, WANTS_ANY },
	{ TDH_PHYMEM_PAGE_RDMD, SEAM_RCX, WANTS_ANY },
	{ TDH_MNG_RD, SEAM_RCX, WANTS_TDR },
	{ TDH_VP_RD, SEAM_RCX, WANTS_TDVPR },
	{ TDH_VP_WR, SEAM_RCX, WANTS_TDVPR },
};

/* Operand ids of registers are their numbers (SEAM ABI 5) */
static unsigned int operand_id(unsigned int reg)
{
	switch (reg) {
	case SEAM_RCX:
		return TDX_OPERAND_RCX;
	case SEAM_RDX:
		return TDX_OPERAND_RDX;
	default:
		return TDX_OPERAND_R8;
	}
}

/* Registers of @leaf with which it would at least look at the TD's state */
static struct seam_regs good_regs(const struct guest *guest, uint64_t leaf)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = leaf,
		.gpr[SEAM_RCX] = FREE_GPA,
		.gpr[SEAM_RDX] = HOST_TD_KEYID + 1,
		.gpr[SEAM_R8] = SPARE_PA,
		.gpr[SEAM_R9] = HOST_BUFFER_PA,
	};

	/* No table is below the entry behind that of FREE_GPA */
	if (leaf == TDH_MEM_SEPT_ADD)
		regs.gpr[SEAM_RCX] = (FREE_GPA + 0x200000) | 1;
	for (size_t i = 0; i < ARRAY_SIZE(operands); i++) {
		if (operands[i].leaf != leaf)
			continue;
		if (operands[i].wants == WANTS_TDR)
			regs.gpr[operands[i].reg] = guest->tdr;
		else if (operands[i].wants == WANTS_TDVPR)
			regs.gpr[operands[i].reg] = guest->tdvpr[0];
		else
			regs.gpr[operands[i].reg] = SPARE_PA;
	}

	return regs;
}

static uint64_t call_with(struct fixture *f, const struct guest *guest,
			  const struct page_operand *operand, uint64_t pa)
{
	struct seam_regs regs = good_regs(guest, operand->leaf);

	regs.gpr[operand->reg] = pa;

	return host_call(&f->host, 0, &regs);
}

static bool operand_checked(struct fixture *f, const struct guest *guest,
			    const struct page_operand *operand)
{
	uint64_t keyid = (uint64_t)HOST_TD_KEYID <<
			 (f->host.config.maxpa - f->host.config.keyid_bits);
	unsigned int id = operand_id(operand->reg);
	uint64_t good = good_regs(guest, operand->leaf).gpr[operand->reg];
	uint64_t wrong_type = operand->wants == WANTS_FREE ? guest->private[0] : SPARE_PA;

	CHECK_EQ(call_with(f, guest, operand, good | 0x800), TDX_OPERAND_INVALID | id);
	CHECK_EQ(call_with(f, guest, operand, good | keyid), TDX_OPERAND_INVALID | id);
	CHECK_EQ(call_with(f, guest, operand, OUTSIDE_PA), TDX_OPERAND_ADDR_RANGE_ERROR | id);
	/* MNG.ADDCX takes pages only before MNG.INIT: see the test of creation */
	if (operand->wants != WANTS_ANY &&
	    !(operand->leaf == TDH_MNG_ADDCX && operand->wants == WANTS_FREE))
		CHECK_EQ(call_with(f, guest, operand, wrong_type),
			 TDX_PAGE_METADATA_INCORRECT | id);

	return true;
}

/* A TD that can take pages, and a vCPU that can, too */
static uint64_t begin(struct fixture *f, struct guest *guest)
{
	uint64_t status;

	guest_init(guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	status = guest_create(guest);
	if (!status)
		status = guest_configure(guest);
	if (!status)
		status = guest_add_tables(guest);
	if (!status)
		status = guest_add_page(guest, 0);
	/* The tables of FREE_GPA: its top one is there already */
	for (uint64_t level = 2; level && !status; level--) {
		status = host_leaf(&f->host, 0, TDH_MEM_SEPT_ADD, FREE_GPA | level, guest->tdr,
				   guest->next, 0);
		guest->next += TDX_PAGE_SIZE;
	}
	if (!status)
		status = host_leaf(&f->host, 0, TDH_VP_CREATE, guest->next, guest->tdr, 0, 0);
	guest->tdvpr[0] = guest->next;
	guest->next += TDX_PAGE_SIZE;

	return status;
}

FIXTURE_TEST(page_operands)
{
	struct guest guest;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	for (size_t i = 0; i < ARRAY_SIZE(operands); i++) {
		if (!operand_checked(f, &guest, &operands[i])) {
			printf("# leaf %llu, operand %u\n",
			       (unsigned long long)TDH_LEAF(operands[i].leaf),
			       operand_id(operands[i].reg));
			return false;
		}
	}
	/* All of this left the spare page alone */
	CHECK_EQ(dram_look(f->host.platform->dram, SPARE_PA).type, PAGE_FREE);

	return true;
}

/* Each page that a leaf takes is checked before the source of its content */
FIXTURE_TEST(operand_order)
{
	struct guest guest;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MEM_PAGE_ADD, FREE_GPA, guest.tdr, OUTSIDE_PA,
			   HOST_RAM_SIZE | 1), TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_R8);
	/* A TDR that is one already, before its KeyID that has an owner */
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MNG_CREATE, guest.tdr, HOST_TD_KEYID, 0, 0),
		 TDX_PAGE_METADATA_INCORRECT | TDX_OPERAND_RCX);

	return true;
}

/* The leaves that do not accept a fatal or blocked TD */
FIXTURE_TEST(unusable_td)
{
	static const struct {
		uint64_t leaf;
		enum td_op_state op_state;
	} leaves[] = {
		{ TDH_VP_CREATE, TD_INITIALIZED },
		{ TDH_VP_ADDCX, TD_INITIALIZED },
		{ VP_INIT_V1, TD_INITIALIZED },
		{ TDH_MEM_SEPT_ADD, TD_INITIALIZED },
		{ TDH_MEM_PAGE_ADD, TD_INITIALIZED },
		{ TDH_MR_EXTEND, TD_INITIALIZED },
		{ TDH_MR_FINALIZE, TD_INITIALIZED },
		{ TDH_MEM_PAGE_AUG, TD_INITIALIZED },
		{ TDH_VP_ENTER, TD_RUNNABLE },
		{ TDH_MEM_RANGE_BLOCK, TD_RUNNABLE },
		{ TDH_MEM_TRACK, TD_RUNNABLE },
		{ TDH_MEM_PAGE_REMOVE, TD_RUNNABLE },
		{ TDH_MNG_RD, TD_RUNNABLE },
		{ TDH_VP_RD, TD_RUNNABLE },
		{ TDH_VP_WR, TD_RUNNABLE },
		{ TDH_MNG_INIT, TD_UNINITIALIZED },
	};
	struct guest guest;
	struct td *td;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	td = dram_look(f->host.platform->dram, guest.tdr).object;
	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++) {
		struct seam_regs regs = good_regs(&guest, leaves[i].leaf);
		struct seam_regs again = regs;

		td->op_state = leaves[i].op_state;
		td->fatal = true;
		CHECK_EQ(host_call(&f->host, 0, &regs), TDX_TD_FATAL);
		td->fatal = false;
		td->lifecycle = TD_BLOCKED;
		CHECK_EQ(host_call(&f->host, 0, &again), TDX_TD_KEYS_NOT_CONFIGURED);
		td->lifecycle = TD_KEYS_CONFIGURED;
	}

	return true;
}

/* Whoever holds a part of a TD keeps others out of it, and nothing stays locked */
FIXTURE_TEST(contention)
{
	struct dram *dram = f->host.platform->dram;
	struct guest guest;
	struct vcpu *vcpu;
	struct td *td;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	td = dram_look(dram, guest.tdr).object;
	vcpu = dram_look(dram, guest.tdvpr[0]).object;

	pthread_rwlock_wrlock(&td->tdr_lock);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_ADDCX, SPARE_PA, guest.tdvpr[0], 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_TDR);
	CHECK_EQ(guest_leaf(&guest, TDH_PHYMEM_PAGE_RECLAIM), TDX_OPERAND_BUSY | TDX_OPERAND_RCX);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_RECLAIM, guest.private[0], 0, 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_TDR);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_RECLAIM, guest.tdvpr[0], 0, 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_TDR);
	pthread_rwlock_unlock(&td->tdr_lock);

	/* To reclaim a page of a TD needs all of it */
	pthread_rwlock_rdlock(&td->tdr_lock);
	CHECK_EQ(guest_leaf(&guest, TDH_PHYMEM_PAGE_RECLAIM), TDX_OPERAND_BUSY | TDX_OPERAND_RCX);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_RECLAIM, guest.private[0], 0, 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_TDR);
	pthread_rwlock_unlock(&td->tdr_lock);

	pthread_rwlock_rdlock(&vcpu->lock);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_RECLAIM, guest.tdvpr[0], 0, 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_RCX);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_ADDCX, SPARE_PA, guest.tdvpr[0], 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_RDX);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_FLUSH, guest.tdvpr[0], 0, 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_RCX);
	pthread_rwlock_unlock(&vcpu->lock);

	pthread_rwlock_wrlock(&td->op_lock);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_OPERAND_BUSY | TDX_OPERAND_OP_STATE);
	pthread_rwlock_unlock(&td->op_lock);
	pthread_rwlock_rdlock(&td->op_lock);
	CHECK_EQ(guest_leaf(&guest, TDH_MR_FINALIZE), TDX_OPERAND_BUSY | TDX_OPERAND_OP_STATE);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_SUCCESS);
	pthread_rwlock_unlock(&td->op_lock);

	pthread_rwlock_wrlock(&f->host.platform->tdxmod->kot_lock);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_OPERAND_BUSY | TDX_OPERAND_KOT);
	pthread_rwlock_unlock(&f->host.platform->tdxmod->kot_lock);

	CHECK_EQ(host_leaf(&f->host, 0, TDH_VP_ADDCX, SPARE_PA, guest.tdvpr[0], 0, 0),
		 TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);

	return true;
}

/** struct shared_leaf - a leaf that leaves room for others in the TD, and what it needs alone */
struct shared_leaf {
	uint64_t leaf;
	bool tree;
};

static const struct shared_leaf shared_leaves[] = {
	{ TDH_MEM_SEPT_ADD, true },
	{ TDH_MEM_PAGE_ADD, true },
	{ TDH_MEM_PAGE_AUG, true },
	{ TDH_MR_EXTEND, true },
	{ TDH_MEM_RANGE_BLOCK, true },
	{ TDH_MEM_PAGE_REMOVE, true },
	{ TDH_MEM_TRACK, false },
	{ TDH_MNG_RD, false },
};

/* Leaves that work on a TD at the same time, and what keeps each of them out of it */
FIXTURE_TEST(sharing)
{
	struct guest guest;
	struct td *td;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	td = dram_look(f->host.platform->dram, guest.tdr).object;
	for (size_t i = 0; i < ARRAY_SIZE(shared_leaves); i++) {
		const struct shared_leaf *shared = &shared_leaves[i];
		struct seam_regs good = good_regs(&guest, shared->leaf), regs = good;
		unsigned int id = shared->tree ? TDX_OPERAND_RDX : TDX_OPERAND_RCX;

		pthread_rwlock_wrlock(&td->tdr_lock);
		CHECK_EQ(host_call(&f->host, 0, &regs), TDX_OPERAND_BUSY | id);
		pthread_rwlock_unlock(&td->tdr_lock);
		pthread_rwlock_wrlock(&td->op_lock);
		regs = good;
		CHECK_EQ(host_call(&f->host, 0, &regs), TDX_OPERAND_BUSY | TDX_OPERAND_OP_STATE);
		pthread_rwlock_unlock(&td->op_lock);
		pthread_rwlock_rdlock(&td->sept_lock);
		regs = good;
		if (shared->tree)
			CHECK_EQ(host_call(&f->host, 0, &regs),
				 TDX_OPERAND_BUSY | TDX_OPERAND_SEPT_TREE);
		pthread_rwlock_unlock(&td->sept_lock);
		pthread_rwlock_rdlock(&td->tdr_lock);
		pthread_rwlock_rdlock(&td->op_lock);
		regs = good;
		CHECK((host_call(&f->host, 0, &regs) & TDX_STATUS_MASK) != TDX_OPERAND_BUSY);
		pthread_rwlock_unlock(&td->op_lock);
		pthread_rwlock_unlock(&td->tdr_lock);
	}

	return true;
}

/* Who may be in the epoch: entries and removals at the same time, TRACK alone */
FIXTURE_TEST(epoch)
{
	struct guest guest;
	struct seam_regs regs;
	struct td *td;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	td = dram_look(f->host.platform->dram, guest.tdr).object;
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MEM_RANGE_BLOCK, GUEST_GPA, guest.tdr, 0, 0),
		 TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_SUCCESS);

	pthread_rwlock_wrlock(&td->epoch_lock);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_OPERAND_BUSY | TDX_OPERAND_TD_EPOCH);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_OPERAND_BUSY | TDX_OPERAND_TD_EPOCH);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MEM_PAGE_REMOVE, GUEST_GPA, guest.tdr, 0, 0),
		 TDX_OPERAND_BUSY | TDX_OPERAND_TD_EPOCH);
	pthread_rwlock_unlock(&td->epoch_lock);

	pthread_rwlock_rdlock(&td->epoch_lock);
	CHECK(!(guest_enter(&guest, 0, 0, &regs) & TDX_STATUS_ERROR));
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_OPERAND_BUSY | TDX_OPERAND_TD_EPOCH);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MEM_PAGE_REMOVE, GUEST_GPA, guest.tdr, 0, 0),
		 TDX_SUCCESS);
	pthread_rwlock_unlock(&td->epoch_lock);
	CHECK_EQ(guest_leaf(&guest, TDH_MEM_TRACK), TDX_SUCCESS);

	return true;
}

/* WBINVD wants KeyIDs that there are, RDMD reports what RECLAIM would */
FIXTURE_TEST(physical_pages)
{
	unsigned int shift = f->host.config.maxpa - f->host.config.keyid_bits;
	struct guest guest;
	struct seam_regs regs;

	CHECK_EQ(begin(f, &guest), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_WBINVD, guest.tdr | 0x800, 0, 0, 0),
		 TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_WBINVD, OUTSIDE_PA, 0, 0, 0),
		 TDX_OPERAND_ADDR_RANGE_ERROR | TDX_OPERAND_RCX);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_PAGE_WBINVD, 63ULL << shift | guest.tdr, 0, 0,
			   0), TDX_SUCCESS);

	regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_PHYMEM_PAGE_RDMD,
		.gpr[SEAM_RCX] = guest.private[0],
		.gpr[SEAM_R8] = 1,
	};
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_SUCCESS);
	CHECK_EQ(regs.gpr[SEAM_RCX], PAGE_REGULAR);
	CHECK_EQ(regs.gpr[SEAM_RDX], guest.tdr);
	CHECK_EQ(regs.gpr[SEAM_R8], 0);
	regs.gpr[SEAM_RAX] = TDH_PHYMEM_PAGE_RDMD;
	regs.gpr[SEAM_RCX] = guest.private[0] | 0x800;
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(regs.gpr[SEAM_RCX] | regs.gpr[SEAM_RDX] | regs.gpr[SEAM_R8], 0);

	return true;
}

/* The PAMT finds each of its pages, also where many share a place */
static bool pamt(void)
{
	struct td_property property;
	struct dram *dram = dram_new(&property);
	uint64_t nr_pages = 4 * DRAM_BUCKETS;

	CHECK(dram);
	for (uint64_t i = 0; i < nr_pages; i++) {
		struct dram_page page = { .pa = i << 12, .type = PAGE_REGULAR, .owner = i };

		CHECK(dram_take(dram, &page));
		CHECK(!dram_take(dram, &page));
	}
	for (uint64_t i = 0; i < nr_pages; i += 2)
		dram_release(dram, i << 12);
	for (uint64_t i = 0; i < nr_pages; i++) {
		struct dram_page page = dram_look(dram, i << 12);

		CHECK_EQ(page.pa, i << 12);
		CHECK_EQ(page.type, i % 2 ? PAGE_REGULAR : PAGE_FREE);
		CHECK_EQ(page.owner, i % 2 ? i : 0);
	}
	CHECK_EQ(property.pages[PAGE_REGULAR], nr_pages / 2);
	dram_free(dram);
	CHECK_EQ(property.pages[PAGE_REGULAR], 0);

	return true;
}

static const struct test tests[] = {
	{ "page operands of every leaf", page_operands },
	{ "order of operands", operand_order },
	{ "TDs that cannot be used", unusable_td },
	{ "contention for every part of a TD", contention },
	{ "leaves that share a TD", sharing },
	{ "leaves that share the epoch", epoch },
	{ "WBINVD and RDMD", physical_pages },
	{ "the PAMT", pamt },
	{ NULL, NULL }
};

const struct suite suite_td_operands = { "td-operands", tests };
