// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <sched.h>

#include "cpu/cpuid.h"
#include "cpu/msr.h"
#include "qemu/control.h"
#include "qemu/execute.h"
#include "qemu/machine.h"
#include "qemu/site.h"

#define LOW_HALF		0xffffffffULL
#define MOVDIR64B_SIZE		64

/** struct idt_pointer - operand of LIDT in 64-bit mode */
struct idt_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));
static_assert(sizeof(struct idt_pointer) == 10, "SDM volume 2, LIDT");

void execute_cpuid(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;
	uint32_t leaf = vcpu_read_gpr(SEAM_RAX), subleaf = vcpu_read_gpr(SEAM_RCX);

	if (vcpu->cpuid_pending)
		machine_alert(vcpu, "the answer of CPUID leaf %#x before %#llx was not patched",
			      vcpu->cpuid_leaf, (unsigned long long)vcpu->cpuid_next);
	vcpu->cpuid_pending = cpuid_is_ours(leaf, subleaf);
	vcpu->cpuid_leaf = leaf;
	vcpu->cpuid_next = site->last ? site_pc(site) + site->insn.len : 0;
}

/* Runs before the instruction behind CPUID, when QEMU's answer is in place. */
void execute_after_cpuid(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	struct cpuid_regs regs;

	if (!vcpu->cpuid_pending)
		return;
	/* At the start of a block RIP is exact, and an interrupt may come between. */
	if (vcpu->cpuid_next && vcpu->cpuid_next != vcpu_read(VCPU_RIP))
		return;
	vcpu->cpuid_pending = false;
	regs = (struct cpuid_regs) {
		.eax = vcpu_read_gpr(SEAM_RAX),
		.ebx = vcpu_read_gpr(SEAM_RBX),
		.ecx = vcpu_read_gpr(SEAM_RCX),
		.edx = vcpu_read_gpr(SEAM_RDX),
	};
	cpuid_patch(&machine.identity, vcpu->cpuid_leaf, &regs);
	if (vcpu->cpuid_leaf == CPUID_FEATURES)
		machine_check_apic_id(vcpu, cpuid_initial_apic_id(&regs));
	if (vcpu->cpuid_leaf == CPUID_TOPOLOGY)
		machine_check_package_shift(vcpu, cpuid_package_shift(&regs));
	vcpu_write_gpr(SEAM_RAX, regs.eax);
	vcpu_write_gpr(SEAM_RBX, regs.ebx);
	vcpu_write_gpr(SEAM_RCX, regs.ecx);
	vcpu_write_gpr(SEAM_RDX, regs.edx);
}

void execute_rdmsr(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;
	uint32_t msr = vcpu_read_gpr(SEAM_RCX);
	enum outcome result;
	uint64_t value;

	if (!vcpu_privileged())
		return;
	if (msr == MSR_TDX_HOST_CONTROL) {
		value = vcpu->command_result;
		result = OUTCOME_DONE;
	} else if (msr == MSR_TDX_HOST_REPLY) {
		value = control_reply_read(vcpu);
		result = OUTCOME_DONE;
	} else {
		result = cpu_msr_read(&machine.identity, msr, &value);
	}
	if (result == OUTCOME_NATIVE)
		return;
	if (result == OUTCOME_GP) {
		site_fault_gp(vcpu, site);
		return;
	}
	vcpu_write_gpr(SEAM_RAX, value & LOW_HALF);
	vcpu_write_gpr(SEAM_RDX, value >> 32);
	site_skip(site);
}

void execute_wrmsr(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;
	uint32_t msr = vcpu_read_gpr(SEAM_RCX);
	uint64_t value;

	if (msr == MSR_TDX_HOST_CONTROL && vcpu_privileged()) {
		value = (vcpu_read_gpr(SEAM_RAX) & LOW_HALF) | vcpu_read_gpr(SEAM_RDX) << 32;
		control_msr_write(vcpu, value);
		/*
		 * Not skipped: QEMU ignores an MSR that it does not know.  To skip in
		 * the middle of a block leaves QEMU with condition codes that do not
		 * belong together, and here, behind a shift, it would take the operand
		 * of the shift for RFLAGS if it had to stop the vCPU at that moment.
		 */
		return;
	}
	if (cpu_msr_write(&machine.identity, msr) == OUTCOME_GP && vcpu_privileged())
		site_fault_gp(vcpu, site);
}

/* Many spinning vCPUs on few processors: let the one run that they wait for. */
void execute_pause(unsigned int index, void *userdata)
{
	sched_yield();
}

/* QEMU executes it; there is no register to read the IDT's address from later. */
void execute_lidt(unsigned int index, void *userdata)
{
	const struct site *site = userdata;
	struct idt_pointer pointer;

	if (!vcpu_privileged() || !vcpu_long_mode())
		return;
	if (vcpu_read_virtual(site_address(site), &pointer, sizeof(pointer)))
		machine.vcpu[index].idt_base = pointer.base;
}

void execute_mov_to_cr4(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;
	enum outcome result;
	uint64_t cr4;

	if (!vcpu_privileged())
		return;
	cr4 = vcpu_read_gpr(site->insn.rm);
	result = vmx_write_cr4(&vcpu->vmx, cr4);
	if (result == OUTCOME_GP) {
		site_fault_gp(vcpu, site);
	} else if (result == OUTCOME_DONE) {
		vcpu_write(VCPU_CR4, cr4 & ~X86_CR4_VMXE);
		site_skip(site);
	}
}

void execute_mov_from_cr4(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;

	if (!vcpu->vmx.vmxe || !vcpu_privileged())
		return;
	vcpu_write_gpr(site->insn.rm, vcpu_read(VCPU_CR4) | X86_CR4_VMXE);
	site_skip(site);
}

/*
 * Kernel code only: a debug write, which is all that there is, ignores the page
 * tables' protection, and so would write through a user's copy-on-write page.
 */
void execute_movdir64b(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;
	uint8_t data[MOVDIR64B_SIZE];
	uint64_t to;

	if (!machine.identity.tdx || !vcpu_privileged() || !vcpu_long_mode())
		return;
	to = vcpu_read_gpr(site->insn.reg);
	if (to % MOVDIR64B_SIZE) {
		site_fault_gp(vcpu, site);
		return;
	}
	if (!vcpu_read_virtual(site_address(site), data, sizeof(data)) ||
	    !vcpu_write_virtual(to, data, sizeof(data))) {
		machine_alert(vcpu, "MOVDIR64B at %#llx to %#llx: page faults of it are not modelled",
			      (unsigned long long)site_pc(site), (unsigned long long)to);
		return;
	}
	site_skip(site);
}
