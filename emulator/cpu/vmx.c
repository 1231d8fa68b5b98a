// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/vmx.h"
#include "cpu/vmx_capabilities.h"

#define VMX_REGION_ALIGNMENT	4096ULL

/** enum vm_instruction_error - SDM volume 3, 31.4 */
enum vm_instruction_error {
	VMCLEAR_INVALID_ADDRESS = 2,
	VMCLEAR_VMXON_POINTER = 3,
	VM_ENTRY_INVALID_CONTROL_FIELDS = 7,
	VMPTRLD_INVALID_ADDRESS = 9,
	VMPTRLD_VMXON_POINTER = 10,
	VMPTRLD_INCORRECT_REVISION_ID = 11,
	UNSUPPORTED_VMCS_COMPONENT = 12,
	VMWRITE_READ_ONLY_COMPONENT = 13,
	VMXON_IN_VMX_ROOT = 15,
	INVALID_INVEPT_INVVPID_OPERAND = 28,
};

enum { INVEPT_SINGLE_CONTEXT = 1, INVEPT_ALL_CONTEXT = 2 };
enum { INVVPID_LAST_TYPE = 3 };

static enum outcome vm_fail(struct vmx_cpu *cpu, enum vm_instruction_error error)
{
	if (cpu->current_vmcs == VMX_NO_VMCS)
		return OUTCOME_VMFAIL_INVALID;
	vmcs_set(cpu->store, cpu->current_vmcs, VMCS_VM_INSTRUCTION_ERROR, error);
	return OUTCOME_VMFAIL_VALID;
}

static bool region_valid(const struct vmx_cpu *cpu, uint64_t pa)
{
	return !(pa & (VMX_REGION_ALIGNMENT - 1)) && !(pa >> cpu->maxpa);
}

static bool revision_valid(const struct vmx_cpu *cpu, uint64_t pa)
{
	uint32_t revision;

	return cpu->memory->read(cpu->memory->ctx, pa, &revision, sizeof(revision)) &&
	       (revision & VMCS_REVISION_ID_MASK) == VMCS_REVISION_ID;
}

void vmx_reset(struct vmx_cpu *cpu)
{
	cpu->vmxe = false;
	cpu->on = false;
	cpu->vmxon_region = VMX_NO_VMCS;
	cpu->current_vmcs = VMX_NO_VMCS;
}

enum outcome vmx_write_cr4(struct vmx_cpu *cpu, uint64_t cr4)
{
	bool vmxe = cr4 & X86_CR4_VMXE;

	if (cpu->on && !vmxe)
		return OUTCOME_GP;
	if (!vmxe && !cpu->vmxe)
		return OUTCOME_NATIVE;
	cpu->vmxe = vmxe;
	return OUTCOME_DONE;
}

enum outcome vmx_on(struct vmx_cpu *cpu, uint64_t pa)
{
	if (!cpu->vmxe)
		return OUTCOME_NATIVE;
	if (cpu->on)
		return vm_fail(cpu, VMXON_IN_VMX_ROOT);
	if (!region_valid(cpu, pa) || !revision_valid(cpu, pa))
		return OUTCOME_VMFAIL_INVALID;
	cpu->on = true;
	cpu->vmxon_region = pa;
	cpu->current_vmcs = VMX_NO_VMCS;
	return OUTCOME_DONE;
}

enum outcome vmx_off(struct vmx_cpu *cpu)
{
	if (!cpu->on)
		return OUTCOME_NATIVE;
	cpu->on = false;
	cpu->vmxon_region = VMX_NO_VMCS;
	cpu->current_vmcs = VMX_NO_VMCS;
	return OUTCOME_DONE;
}

enum outcome vmx_clear(struct vmx_cpu *cpu, uint64_t pa)
{
	if (!cpu->on)
		return OUTCOME_NATIVE;
	if (!region_valid(cpu, pa))
		return vm_fail(cpu, VMCLEAR_INVALID_ADDRESS);
	if (pa == cpu->vmxon_region)
		return vm_fail(cpu, VMCLEAR_VMXON_POINTER);
	if (pa == cpu->current_vmcs)
		cpu->current_vmcs = VMX_NO_VMCS;
	return OUTCOME_DONE;
}

enum outcome vmx_ptrld(struct vmx_cpu *cpu, uint64_t pa)
{
	if (!cpu->on)
		return OUTCOME_NATIVE;
	if (!region_valid(cpu, pa))
		return vm_fail(cpu, VMPTRLD_INVALID_ADDRESS);
	if (pa == cpu->vmxon_region)
		return vm_fail(cpu, VMPTRLD_VMXON_POINTER);
	if (!revision_valid(cpu, pa))
		return vm_fail(cpu, VMPTRLD_INCORRECT_REVISION_ID);
	cpu->current_vmcs = pa;
	return OUTCOME_DONE;
}

enum outcome vmx_read(struct vmx_cpu *cpu, uint64_t field, uint64_t *value)
{
	if (!cpu->on)
		return OUTCOME_NATIVE;
	if (cpu->current_vmcs == VMX_NO_VMCS)
		return OUTCOME_VMFAIL_INVALID;
	if (!vmcs_field_exists(field))
		return vm_fail(cpu, UNSUPPORTED_VMCS_COMPONENT);
	*value = vmcs_get(cpu->store, cpu->current_vmcs, field);
	return OUTCOME_DONE;
}

enum outcome vmx_write(struct vmx_cpu *cpu, uint64_t field, uint64_t value)
{
	if (!cpu->on)
		return OUTCOME_NATIVE;
	if (cpu->current_vmcs == VMX_NO_VMCS)
		return OUTCOME_VMFAIL_INVALID;
	if (!vmcs_field_exists(field))
		return vm_fail(cpu, UNSUPPORTED_VMCS_COMPONENT);
	if (vmcs_field_read_only(field))
		return vm_fail(cpu, VMWRITE_READ_ONLY_COMPONENT);
	vmcs_set(cpu->store, cpu->current_vmcs, field, value);
	return OUTCOME_DONE;
}

enum outcome vmx_invept(struct vmx_cpu *cpu, uint64_t type)
{
	if (!cpu->on)
		return OUTCOME_NATIVE;
	if (type != INVEPT_SINGLE_CONTEXT && type != INVEPT_ALL_CONTEXT)
		return vm_fail(cpu, INVALID_INVEPT_INVVPID_OPERAND);
	return OUTCOME_DONE;
}

enum outcome vmx_invvpid(struct vmx_cpu *cpu, uint64_t type)
{
	if (!cpu->on)
		return OUTCOME_NATIVE;
	if (type > INVVPID_LAST_TYPE)
		return vm_fail(cpu, INVALID_INVEPT_INVVPID_OPERAND);
	return OUTCOME_DONE;
}

enum outcome vmx_enter(struct vmx_cpu *cpu)
{
	if (!cpu->on)
		return OUTCOME_NATIVE;
	return vm_fail(cpu, VM_ENTRY_INVALID_CONTROL_FIELDS);
}
