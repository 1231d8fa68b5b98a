// SPDX-License-Identifier: GPL-2.0-or-later
/* What a TD executes: the script, and the exits that each statement makes. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "seam/page.h"
#include "tdxmod/td.h"
#include "tests/fixture.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA		(HOST_TDMR_BASE + 0x1000000)
#define LONGEST_STATEMENT	63

#define EXIT_INTERRUPT		1
#define EXIT_TRIPLE_FAULT	2
#define EXIT_HLT		12
#define EXIT_IO			30
#define EXIT_TDCALL		77

static bool parses(const char *script)
{
	char error[PROGRAM_ERROR_SIZE] = "";
	struct program_text text;
	bool ok = program_parse(script, &text, error);

	/* One sentence if it is refused, none if it is not */
	if (ok == !error[0])
		return ok;
	printf("# \"%s\": \"%s\"\n", script, error);

	return !ok;
}

static bool statements(void)
{
	static const char *const good[] = {
		"inc", "inc;", ";;inc\n\n", "  inc\t;\r\n", "touch 0 1", "touch 4096 16",
		"touch 0x1000 1", "out 0 1", "out 65535 4", "out 0x500 2", "hlt 1", "hlt-blocked 1",
		"spin 1",
		"cpuid 1 0 0x510", "cpuid 0xffffffff 0xffffffff 0xfff0",
		"# words; jump 3\ninc", "inc # words", "inc\n  # words\n", "inc\n\t#; jump 3",
	};
	static const char *const bad[] = {
		"", ";", "# inc", "  # inc", "jump 3", "inc 1", "inc inc",
		"touch", "touch 0", "touch 0 0", "touch 0 17", "touch 1 1", "touch 4095 1",
		"touch 0 1 1", "touch 0 1x",
		"out 65536 4", "out 0 0", "out 0 3", "out 0 5", "out 0", "out x 1",
		"cpuid", "cpuid 1", "cpuid 1 0", "cpuid 1 0 0xfff1", "cpuid 0x100000000 0 0",
		"cpuid 1 0x100000000 0", "cpuid 1 0 0 0",
		"hlt", "hlt 0", "spin", "spin 0", "inc; spin 0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (!parses(good[i])) {
			printf("# \"%s\" is refused\n", good[i]);
			return false;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (parses(bad[i])) {
			printf("# \"%s\" is accepted\n", bad[i]);
			return false;
		}
	}

	return true;
}

static bool lengths(void)
{
	char script[4 * PROGRAM_MAX_STATEMENTS + 8] = "";
	char line[LONGEST_STATEMENT + 2];
	char error[PROGRAM_ERROR_SIZE];
	struct program_text text;

	for (unsigned int i = 0; i < PROGRAM_MAX_STATEMENTS; i++)
		strcat(script, "inc;");
	CHECK(program_parse(script, &text, error));
	CHECK_EQ(text.nr_statements, PROGRAM_MAX_STATEMENTS);
	strcat(script, "inc;");
	CHECK(!program_parse(script, &text, error));

	/* A statement with many spaces behind it */
	memset(line, ' ', sizeof(line));
	memcpy(line, "hlt 7", 5);
	line[LONGEST_STATEMENT] = '\0';
	CHECK(program_parse(line, &text, error));
	CHECK_EQ(text.statement[0].arg[0], 7);
	line[LONGEST_STATEMENT] = ' ';
	line[LONGEST_STATEMENT + 1] = '\0';
	CHECK(!program_parse(line, &text, error));
	CHECK(strstr(error, "impossible statement"));

	return true;
}

/* The script of the TD that the test of a statement runs */
static const char *script;

static void with_script(struct fixture *f, struct image_spec *old)
{
	old->nr_pages = FIXTURE_FEW_PAGES;
	f->spec.nr_pages = FIXTURE_FEW_PAGES;
	f->host.config.td_program = script;
}

static bool run_script(const char *text, bool (*test)(struct fixture *f))
{
	script = text;

	return fixture_run(with_script, test);
}

/* An exit by TDG.VP.VMCALL with this sub-function; @regs has what goes with it */
static bool is_vmcall(struct guest *guest, uint64_t subfunction, struct seam_regs *regs)
{
	return guest_enter(guest, 0, 0, regs) == EXIT_TDCALL &&
	       regs->gpr[SEAM_R11] == subfunction;
}

static bool out_body(struct fixture *f)
{
	static const uint64_t sizes[] = { 1, 2, 4 };
	struct seam_regs regs;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	((struct vcpu *)dram_look(f->host.platform->dram, guest.tdvpr[0]).object)
		->program.counter = 0x123456788;
	for (unsigned int i = 0; i < 3; i++) {
		CHECK(is_vmcall(&guest, EXIT_IO, &regs));
		CHECK_EQ(regs.gpr[SEAM_R12], sizes[i]);
		CHECK_EQ(regs.gpr[SEAM_R13], 1);
		CHECK_EQ(regs.gpr[SEAM_R14], 0x80 + i);
		CHECK_EQ(regs.gpr[SEAM_R15], 0x123456789 & ((1ULL << 8 * sizes[i]) - 1));
	}

	return true;
}

static bool out(void)
{
	return run_script("inc; out 0x80 1; out 0x81 2; out 0x82 4", out_body);
}

/* Four exits with the TD's own CPUID; the sub-leaf counts only where there are some */
static bool cpuid_body(struct fixture *f)
{
	static const uint32_t expected[3][4] = {
		{ 0x23, 0x756e6547, 0x6c65746e, 0x49656e69 },
		{ 0, 0, 0, 0x3f & ~0x28 },
		{ 0, 0, 0, 0 },
	};
	struct seam_regs regs;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int r = 0; r < 4; r++) {
			CHECK(is_vmcall(&guest, EXIT_IO, &regs));
			CHECK_EQ(regs.gpr[SEAM_R12], 4);
			CHECK_EQ(regs.gpr[SEAM_R13], 1);
			CHECK_EQ(regs.gpr[SEAM_R14], 0x510 + i * 0x100 + r * 4);
			CHECK_EQ(regs.gpr[SEAM_R15], expected[i][r]);
		}
	}

	return true;
}

static bool cpuid(void)
{
	return run_script("cpuid 0 5 0x510; cpuid 7 2 0x610; cpuid 7 3 0x710", cpuid_body);
}

/* Every third counter value halts; the others show in the I/O exits between */
static bool halts(struct fixture *f, bool blocked)
{
	struct seam_regs regs;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	for (uint64_t i = 1; i < 10; i++) {
		CHECK(is_vmcall(&guest, EXIT_IO, &regs));
		CHECK_EQ(regs.gpr[SEAM_R15], i);
		if (i % 3)
			continue;
		CHECK(is_vmcall(&guest, EXIT_HLT, &regs));
		CHECK_EQ(regs.gpr[SEAM_R12], blocked);
	}

	return true;
}

static bool hlt_body(struct fixture *f)
{
	return halts(f, false);
}

static bool hlt_blocked_body(struct fixture *f)
{
	return halts(f, true);
}

static bool hlt(void)
{
	return run_script("inc; out 0x80 4; hlt 3", hlt_body) &&
	       run_script("inc; out 0x80 4; hlt-blocked 3", hlt_blocked_body);
}

static bool spin_body(struct fixture *f)
{
	struct seam_regs regs;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	for (uint64_t i = 1; i < 4; i++) {
		CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_INTERRUPT);
		CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_INTERRUPT);
		CHECK(is_vmcall(&guest, EXIT_IO, &regs));
		CHECK_EQ(regs.gpr[SEAM_R15], i);
	}

	return true;
}

static bool spin(void)
{
	return run_script("inc; spin 2; out 0x80 4", spin_body);
}

/* A program that never exits is interrupted, and then goes on */
static bool endless_body(struct fixture *f)
{
	struct seam_regs regs;
	struct guest guest;
	struct vcpu *vcpu;
	uint64_t counter;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	vcpu = dram_look(f->host.platform->dram, guest.tdvpr[0]).object;
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_INTERRUPT);
	counter = vcpu->program.counter;
	CHECK(counter);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), EXIT_INTERRUPT);
	CHECK(vcpu->program.counter > counter);

	return true;
}

static bool endless(void)
{
	return run_script("inc", endless_body);
}

/* The stack and frame pointers are the host's; all else an exit defines */
static bool registers_body(struct fixture *f)
{
	struct seam_regs regs;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	for (unsigned int i = 0; i < SEAM_NR_GPRS; i++)
		regs.gpr[i] = 0x1000 + i;
	regs.gpr[SEAM_RAX] = TDH_VP_ENTER;
	regs.gpr[SEAM_RCX] = guest.tdvpr[0];
	CHECK_EQ(host_call(&f->host, 0, &regs), EXIT_TDCALL);
	CHECK_EQ(regs.gpr[SEAM_RCX], 0xfc00);
	for (unsigned int i = 0; i < SEAM_NR_GPRS; i++) {
		if (i == SEAM_RSP || i == SEAM_RBP)
			CHECK_EQ(regs.gpr[i], 0x1000 + i);
		else if (i == SEAM_RDX || i == SEAM_RBX || i == SEAM_R8 || i == SEAM_R9)
			CHECK_EQ(regs.gpr[i], 0);
	}

	return true;
}

static bool registers(void)
{
	return run_script("inc; out 0x80 4", registers_body);
}

/* No page can be at an address that is not private: the TD dies of it */
static bool wild_body(struct fixture *f)
{
	struct seam_regs regs;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_NON_RECOVERABLE_TD | EXIT_TRIPLE_FAULT);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_TD_FATAL);
	CHECK_EQ(f->host.diagnoses, 1);

	return true;
}

static bool wild(void)
{
	return run_script("touch 0x800000000000 1", wild_body);
}

/* The host works on the secure EPT: the statement is tried again */
static bool busy_body(struct fixture *f)
{
	struct seam_regs regs;
	struct guest guest;
	struct td *td;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	td = dram_look(f->host.platform->dram, guest.tdr).object;
	pthread_rwlock_wrlock(&td->sept_lock);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_OPERAND_BUSY | TDX_OPERAND_SEPT_TREE);
	pthread_rwlock_unlock(&td->sept_lock);
	/* To accept a page needs the tree for itself */
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MEM_PAGE_AUG, GUEST_GPA + 0x1000, guest.tdr,
			   guest.next, 0), TDX_SUCCESS);
	pthread_rwlock_rdlock(&td->sept_lock);
	CHECK_EQ(guest_enter(&guest, 0, 0, &regs), TDX_OPERAND_BUSY | TDX_OPERAND_SEPT_TREE);
	pthread_rwlock_unlock(&td->sept_lock);
	CHECK(is_vmcall(&guest, EXIT_IO, &regs));
	CHECK_EQ(regs.gpr[SEAM_R15], 1);
	/* Others that only look at the tree do not keep the vCPU from what it has accepted */
	pthread_rwlock_rdlock(&td->sept_lock);
	CHECK(is_vmcall(&guest, EXIT_IO, &regs));
	pthread_rwlock_unlock(&td->sept_lock);
	CHECK_EQ(regs.gpr[SEAM_R15], 2);

	return true;
}

static bool busy(void)
{
	return run_script("inc; touch 0x1000 1; out 0x80 4", busy_body);
}

/* Without a GPA in its first RCX a vCPU touches nothing */
static bool nowhere_body(struct fixture *f)
{
	struct seam_regs regs;
	struct guest guest;
	struct vcpu *vcpu;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	vcpu = dram_look(f->host.platform->dram, guest.tdvpr[0]).object;
	vcpu->initial_rcx = 0;
	CHECK(is_vmcall(&guest, EXIT_IO, &regs));

	return true;
}

static bool nowhere(void)
{
	return run_script("inc; touch 0x1000 1; out 0x80 4", nowhere_body);
}

static const struct test tests[] = {
	{ "statements", statements },
	{ "lengths", lengths },
	{ "out", out },
	{ "cpuid", cpuid },
	{ "hlt", hlt },
	{ "spin", spin },
	{ "a program without an exit", endless },
	{ "registers of an exit", registers },
	{ "touch of an address that is not private", wild },
	{ "touch while the host works on the secure EPT", busy },
	{ "touch without an address", nowhere },
	{ NULL, NULL }
};

const struct suite suite_program = { "program", tests };
