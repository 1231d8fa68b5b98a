// SPDX-License-Identifier: GPL-2.0-or-later
/* A vCPU executes its program, and exits as a real TD would. */
#include <string.h>

#include "platform/hpa.h"
#include "tdxmod/run.h"
#include "tdxmod/td_cpuid.h"

/* VMX basic exit reasons: of the exit, and as sub-function of TDG.VP.VMCALL */
#define EXIT_EXTERNAL_INTERRUPT	1
#define EXIT_TRIPLE_FAULT	2
#define EXIT_HLT		12
#define EXIT_IO_INSTRUCTION	30
#define EXIT_EPT_VIOLATION	48
#define EXIT_TDCALL		77

/* RCX of TDG.VP.VMCALL: R10 to R15 are shown to the host */
#define VMCALL_REGISTERS	0xfc00ULL
#define VMCALL_IO_WRITE		1

/* Exit qualification of a write; extended: TDG.MEM.PAGE.ACCEPT caused it */
#define EPT_QUALIFICATION_WRITE	2ULL
#define EPT_EXTENDED_ACCEPT	1ULL

/* Where a program never exits by itself, a timer tick does it */
#define MAX_STEPS		1024

/* A statement is done, or it made the vCPU exit */
enum step {
	STEP_DONE,
	STEP_EXIT,
	STEP_EXIT_AGAIN,
};

/** struct run - one stay in the TD; @status: RAX of the exit */
struct run {
	struct tdxmod *mod;
	unsigned int lp;
	struct td *td;
	struct vcpu *vcpu;
	struct seam_regs *regs;
	uint64_t status;
};

/* What an exit does not define is zero; RSP and RBP are never touched */
static void clear_outputs(struct seam_regs *regs)
{
	for (unsigned int r = 0; r < SEAM_NR_GPRS; r++) {
		if (r != SEAM_RSP && r != SEAM_RBP)
			regs->gpr[r] = 0;
	}
}

static enum step vmcall(struct run *run, uint64_t leaf, uint64_t r12, uint64_t r13,
			uint64_t r14, uint64_t r15)
{
	uint64_t *gpr = run->regs->gpr;

	gpr[SEAM_RCX] = VMCALL_REGISTERS;
	gpr[SEAM_R11] = leaf;
	gpr[SEAM_R12] = r12;
	gpr[SEAM_R13] = r13;
	gpr[SEAM_R14] = r14;
	gpr[SEAM_R15] = r15;
	run->status = TDX_SUCCESS | EXIT_TDCALL;

	return STEP_EXIT;
}

static enum step out(struct run *run, uint64_t port, uint64_t size)
{
	uint64_t mask = (1ULL << 8 * size) - 1;

	return vmcall(run, EXIT_IO_INSTRUCTION, size, VMCALL_IO_WRITE, port,
		      run->vcpu->program.counter & mask);
}

static enum step cpuid(struct run *run, uint32_t leaf, uint32_t subleaf, uint64_t port)
{
	unsigned int *shown = &run->vcpu->program.shown;
	const struct native_leaf *found = td_cpuid_find(&run->td->cpuid, leaf, subleaf);
	unsigned int r = *shown;

	/* As the instruction does: ECX means nothing where there are no sub-leaves */
	if (!found)
		found = td_cpuid_find(&run->td->cpuid, leaf, MODULE_NO_SUBLEAF);
	*shown = (r + 1) % 4;
	vmcall(run, EXIT_IO_INSTRUCTION, sizeof(uint32_t), VMCALL_IO_WRITE,
	       port + r * sizeof(uint32_t), found ? found->reg[r] : 0);

	return *shown ? STEP_EXIT_AGAIN : STEP_EXIT;
}

static enum step hlt(struct run *run, uint64_t every, bool blocked)
{
	if (run->vcpu->program.counter % every)
		return STEP_DONE;

	/* R12: are interrupts blocked? */
	return vmcall(run, EXIT_HLT, blocked, 0, 0, 0);
}

static enum step spin(struct run *run, uint64_t times)
{
	struct program *program = &run->vcpu->program;

	if (program->spun++ >= times) {
		program->spun = 0;
		return STEP_DONE;
	}
	run->status = TDX_SUCCESS | EXIT_EXTERNAL_INTERRUPT;

	return STEP_EXIT_AGAIN;
}

static enum step ept_violation(struct run *run, uint64_t gpa)
{
	run->regs->gpr[SEAM_RCX] = EPT_QUALIFICATION_WRITE;
	run->regs->gpr[SEAM_RDX] = EPT_EXTENDED_ACCEPT;
	run->regs->gpr[SEAM_R8] = gpa;
	run->status = TDX_SUCCESS | EXIT_EPT_VIOLATION;

	return STEP_EXIT_AGAIN;
}

static enum step triple_fault(struct run *run, uint64_t gpa)
{
	platform_diagnose(run->mod->platform, run->lp,
			  "the TD at 0x%llx dies: its page at GPA 0x%llx has lost its content",
			  (unsigned long long)run->td->tdr_pa, (unsigned long long)gpa);
	run->td->fatal = true;
	run->status = TDX_NON_RECOVERABLE_TD | EXIT_TRIPLE_FAULT;

	return STEP_EXIT;
}

static enum step sept_busy(struct run *run)
{
	run->status = TDX_OPERAND_BUSY | TDX_OPERAND_SEPT_TREE;

	return STEP_EXIT_AGAIN;
}

/* TDG.MEM.PAGE.ACCEPT zeroes a pending page; then it is as good as any */
static enum step accept(struct run *run, uint64_t gpa)
{
	static const uint8_t zero[TDX_PAGE_SIZE];
	struct td *td = run->td;
	struct sept_walk walk;

	if (pthread_rwlock_trywrlock(&td->sept_lock))
		return sept_busy(run);

	walk = sept_find(&td->sept, gpa, 0);
	if (walk.entry && walk.entry->state == SEPT_PENDING &&
	    hpa_write(run->mod->platform, walk.entry->pa, zero, sizeof(zero))) {
		walk.entry->state = SEPT_PRESENT;
		walk.entry->accepted = ++td->accepts;
	}
	pthread_rwlock_unlock(&td->sept_lock);

	return STEP_DONE;
}

/* Write the counter, and see that what was written before is still there */
static enum step use_page(struct run *run, const struct sept_entry *entry, uint64_t gpa,
			  uint64_t slot)
{
	struct program *program = &run->vcpu->program;
	struct platform *platform = run->mod->platform;
	/* vCPUs share pages, but each has a place of its own in them */
	uint64_t offset = run->vcpu->index * sizeof(uint64_t) % TDX_PAGE_SIZE;
	uint64_t value;

	if (!hpa_read(platform, entry->pa + offset, &value, sizeof(value)))
		return triple_fault(run, gpa);
	if (program->written[slot] && program->accepted[slot] == entry->accepted &&
	    program->written[slot] != value)
		return triple_fault(run, gpa);

	hpa_write(platform, entry->pa + offset, &program->counter, sizeof(program->counter));
	program->written[slot] = program->counter;
	program->accepted[slot] = entry->accepted;

	return STEP_DONE;
}

static enum step access_page(struct run *run, uint64_t gpa, uint64_t slot)
{
	struct td *td = run->td;
	struct sept_walk walk;
	enum step step;

	/* The host works on the tree: the access is tried again */
	if (pthread_rwlock_tryrdlock(&td->sept_lock))
		return sept_busy(run);

	walk = sept_find(&td->sept, gpa, 0);
	if (walk.entry && walk.entry->state == SEPT_PRESENT)
		step = use_page(run, walk.entry, gpa, slot);
	else
		step = ept_violation(run, gpa);
	pthread_rwlock_unlock(&td->sept_lock);

	return step;
}

static enum step touch(struct run *run, uint64_t offset, uint64_t nr_pages)
{
	uint64_t slot = run->vcpu->program.counter % nr_pages;
	uint64_t gpa = run->vcpu->initial_rcx + offset + slot * TDX_PAGE_SIZE;
	enum step step;

	if (!run->vcpu->initial_rcx)
		return STEP_DONE;
	if (!sept_gpa_ok(&run->td->sept, gpa, 0))
		return triple_fault(run, gpa);

	step = access_page(run, gpa, slot);
	if (step != STEP_EXIT_AGAIN || run->status != (TDX_SUCCESS | EXIT_EPT_VIOLATION))
		return step;

	/* Not there, or only not accepted yet */
	step = accept(run, gpa);
	if (step != STEP_DONE)
		return step;
	clear_outputs(run->regs);

	return access_page(run, gpa, slot);
}

static enum step execute(struct run *run, const struct program_statement *statement)
{
	const uint64_t *arg = statement->arg;

	switch (statement->op) {
	case PROGRAM_INC:
		run->vcpu->program.counter++;
		return STEP_DONE;
	case PROGRAM_TOUCH:
		return touch(run, arg[0], arg[1]);
	case PROGRAM_OUT:
		return out(run, arg[0], arg[1]);
	case PROGRAM_CPUID:
		return cpuid(run, arg[0], arg[1], arg[2]);
	case PROGRAM_HLT:
	case PROGRAM_HLT_BLOCKED:
		return hlt(run, arg[0], statement->op == PROGRAM_HLT_BLOCKED);
	case PROGRAM_SPIN:
		return spin(run, arg[0]);
	}

	return STEP_DONE;
}

uint64_t td_run(struct tdxmod *mod, unsigned int lp, struct td *td, struct vcpu *vcpu,
		struct seam_regs *regs)
{
	const struct program_text *text = mod->platform->td_program;
	struct program *program = &vcpu->program;
	struct run run = { .mod = mod, .lp = lp, .td = td, .vcpu = vcpu, .regs = regs };

	clear_outputs(regs);
	for (unsigned int steps = 0; steps < MAX_STEPS; steps++) {
		enum step step;

		if (platform_interrupt_pending(mod->platform, lp))
			break;

		step = execute(&run, &text->statement[program->next]);
		if (step != STEP_EXIT_AGAIN)
			program->next = (program->next + 1) % text->nr_statements;
		if (step != STEP_DONE)
			return run.status;
	}

	return TDX_SUCCESS | EXIT_EXTERNAL_INTERRUPT;
}
