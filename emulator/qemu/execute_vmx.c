// SPDX-License-Identifier: GPL-2.0-or-later
#include "qemu/execute.h"
#include "qemu/machine.h"
#include "qemu/section.h"
#include "qemu/site.h"
#include "qemu/stay.h"
#include "seam/leaves.h"

/* Is it for us: CPL 0 and CR4.VMXE or VMX operation, as the instruction needs? */
static bool usable(bool condition)
{
	return condition && vcpu_privileged() && vcpu_long_mode();
}

/* 64-bit memory operand; QEMU's #UD is the least wrong answer to a page fault. */
static bool operand(const struct vcpu *vcpu, const struct site *site, uint64_t *value)
{
	uint64_t address = site_address(site);

	if (vcpu_read_virtual(address, value, sizeof(*value)))
		return true;
	machine_alert(vcpu, "%s at %#llx: its operand at %#llx is not readable, and page faults of it are not modelled",
		      insn_name(site->insn.kind),
		      (unsigned long long)site_pc(site), (unsigned long long)address);
	return false;
}

void execute_vmxon(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	enum outcome result;
	uint64_t pa;

	if (!usable(vcpu->vmx.vmxe) || !operand(vcpu, userdata, &pa))
		return;
	result = vmx_on(&vcpu->vmx, pa);
	if (result == OUTCOME_DONE)
		seam_trace_event(machine.trace, (int)index, "VMXON");
	site_finish(vcpu, userdata, result);
}

void execute_vmxoff(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	enum outcome result;

	if (!usable(vcpu->vmx.on))
		return;
	result = vmx_off(&vcpu->vmx);
	if (result == OUTCOME_DONE)
		seam_trace_event(machine.trace, (int)index, "VMXOFF");
	site_finish(vcpu, userdata, result);
}

void execute_vmclear(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	uint64_t pa;

	if (usable(vcpu->vmx.on) && operand(vcpu, userdata, &pa))
		site_finish(vcpu, userdata, vmx_clear(&vcpu->vmx, pa));
}

void execute_vmptrld(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	uint64_t pa;

	if (usable(vcpu->vmx.on) && operand(vcpu, userdata, &pa))
		site_finish(vcpu, userdata, vmx_ptrld(&vcpu->vmx, pa));
}

static bool store(const struct vcpu *vcpu, const struct site *site, uint64_t value)
{
	if (vcpu_write_virtual(site_address(site), &value, sizeof(value)))
		return true;
	machine_alert(vcpu, "%s at %#llx: its operand is not writable, and page faults of it are not modelled",
		      insn_name(site->insn.kind),
		      (unsigned long long)site_pc(site));
	return false;
}

void execute_vmptrst(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];

	if (usable(vcpu->vmx.on) && store(vcpu, userdata, vcpu->vmx.current_vmcs))
		site_finish(vcpu, userdata, OUTCOME_DONE);
}

void execute_vmread(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;
	enum outcome result;
	uint64_t value;

	if (!usable(vcpu->vmx.on))
		return;
	result = vmx_read(&vcpu->vmx, vcpu_read_gpr(site->insn.reg), &value);
	if (result == OUTCOME_DONE) {
		if (!site->insn.has_memory)
			vcpu_write_gpr(site->insn.rm, value);
		else if (!store(vcpu, site, value))
			return;
	}
	site_finish(vcpu, site, result);
}

void execute_vmwrite(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;
	uint64_t value;

	if (!usable(vcpu->vmx.on))
		return;
	if (!site->insn.has_memory)
		value = vcpu_read_gpr(site->insn.rm);
	else if (!operand(vcpu, site, &value))
		return;
	site_finish(vcpu, site, vmx_write(&vcpu->vmx, vcpu_read_gpr(site->insn.reg), value));
}

/* VMLAUNCH and VMRESUME: an ordinary guest cannot run here, only TDs can. */
void execute_vm_entry(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;

	if (!usable(vcpu->vmx.on))
		return;
	machine_alert(vcpu, "%s: VM entry of guests that are not TDs is not modelled, it fails",
		      insn_name(site->insn.kind));
	site_finish(vcpu, site, vmx_enter(&vcpu->vmx));
}

void execute_invept(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;

	if (usable(vcpu->vmx.on))
		site_finish(vcpu, site, vmx_invept(&vcpu->vmx, vcpu_read_gpr(site->insn.reg)));
}

void execute_invvpid(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	const struct site *site = userdata;

	if (usable(vcpu->vmx.on))
		site_finish(vcpu, site, vmx_invvpid(&vcpu->vmx, vcpu_read_gpr(site->insn.reg)));
}

static void return_from_seamcall(struct vcpu *vcpu, const struct site *site,
				 const struct seam_call *call)
{
	unsigned int i;

	for (i = 0; i < SEAM_NR_GPRS; i++)
		if (call->out.gpr[i] != call->in.gpr[i])
			vcpu_write_gpr(i, call->out.gpr[i]);
	if (machine.options.vmcs_erratum && (call->in.gpr[SEAM_RAX] & SEAM_P_SEAMLDR))
		vcpu->vmx.current_vmcs = VMX_NO_VMCS;
	site_finish(vcpu, site, OUTCOME_DONE);
}

void execute_seamcall(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];
	struct seam_call call = { .lp = index };
	uint64_t pc = site_pc(userdata);
	unsigned int i;

	if (vcpu->halted)
		stay_halted(vcpu, pc);
	if (!usable(true))
		return;
	if (!vcpu->vmx.on) {
		seam_dispatch_vmx_off(machine.dispatch, index);
		return;
	}
	for (i = 0; i < SEAM_NR_GPRS; i++)
		call.in.gpr[i] = vcpu_read_gpr(i);
	if (!stay_continues(vcpu, pc, call.in.gpr[SEAM_RAX]))
		stay_begin(vcpu, pc, call.in.gpr[SEAM_RAX],
			   seam_dispatch_begin(machine.dispatch, &call));
	stay_wait(vcpu);
	section_call(index, call.in.gpr[SEAM_RAX]);
	call.interrupts_enabled = vcpu_read(VCPU_EFLAGS) & EFLAGS_IF;
	seam_dispatch_finish(machine.dispatch, &call);

	if (call.outcome == OUTCOME_HALTED)
		stay_halted(vcpu, pc);
	if (call.outcome == OUTCOME_DONE)
		return_from_seamcall(vcpu, userdata, &call);
	site_finish(vcpu, userdata, call.outcome);
}

void execute_interrupt_entry(unsigned int index, void *userdata)
{
	struct vcpu *vcpu = &machine.vcpu[index];

	/* It is the first of its block, where RIP is exact. */
	if (vcpu->halted)
		stay_halted(vcpu, vcpu_read(VCPU_RIP));
}
