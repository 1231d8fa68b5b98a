// SPDX-License-Identifier: GPL-2.0-or-later
/* CPUID, MSRs and VMX operation. */
#include <string.h>

#include "cpu/cpuid.h"
#include "cpu/msr.h"
#include "cpu/vmx.h"
#include "cpu/vmx_capabilities.h"
#include "seam/page.h"
#include "tests/suites.h"

#define MAXPA		46
#define VMXON_PA	0x1000
#define VMCS_PA		0x2000
#define OTHER_PA	0x3000
#define FIELD_GUEST_RIP	0x681e
#define FIELD_TSC	0x2010
#define FIELD_TSC_HIGH	0x2011
#define FIELD_EXIT_INFO	0x6400
#define FIELD_NONE	0x8000

/* The field with the number of an error, and two of these (SDM volume 3, 31.4) */
#define VM_INSTRUCTION_ERROR	0x4400
#define UNSUPPORTED_COMPONENT	12
#define WRITE_OF_READ_ONLY	13

static const struct cpu_identity identity = {
	.tdx = true,
	.cpuid_1_eax = 0xa06d1,
	.maxpa = MAXPA,
	.keyid_bits = 6,
	.nr_mktme_keyids = 15,
	.nr_tdx_keyids = 48,
	.seamrr_base = 0x7ffc000000,
	.seamrr_size = 0x4000000,
};

static bool cpuid(void)
{
	struct cpu_identity off = identity;
	struct cpuid_regs regs = { .eax = 1, .ecx = 1U << 31 };

	CHECK(cpuid_is_ours(1, 7) && cpuid_is_ours(7, 0) && cpuid_is_ours(0x80000008, 0));
	CHECK(!cpuid_is_ours(7, 1) && !cpuid_is_ours(0, 0) && !cpuid_is_ours(0xb, 0));
	cpuid_patch(&identity, 1, &regs);
	CHECK_EQ(regs.eax, 0xa06d1);
	CHECK_EQ(regs.ecx, 1U << 5);
	CHECK_EQ(regs.edx, 1U << 27);
	regs = (struct cpuid_regs) { .ecx = 2 };
	cpuid_patch(&identity, 7, &regs);
	CHECK_EQ(regs.ecx, 2 | 1U << 13 | 1U << 28);
	regs = (struct cpuid_regs) { .eax = 0x3928 };
	cpuid_patch(&identity, 0x80000008, &regs);
	CHECK_EQ(regs.eax, 0x3900 | MAXPA);

	off.tdx = false;
	regs = (struct cpuid_regs) { .ecx = 2 };
	cpuid_patch(&off, 7, &regs);
	CHECK_EQ(regs.ecx, 2);
	return true;
}

static bool msrs(void)
{
	static const struct {
		uint32_t msr;
		uint64_t value;
	} table[] = {
		{ 0x3a, 5 },
		{ 0x87, 0x300000000fULL },
		{ 0x982, 0x0005006600000003ULL },
		{ 0xfe, 0x8508 },
		{ 0x1400, 0x7ffc000008ULL },
		{ 0x1401, 0x3ffffc000c00ULL },
		{ 0x503, 0 },
	};
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		CHECK_EQ(cpu_msr_read(&identity, table[i].msr, &value), OUTCOME_DONE);
		CHECK_EQ(value, table[i].value);
	}
	CHECK_EQ(cpu_msr_read(&identity, 0x1402, &value), OUTCOME_GP);
	CHECK_EQ(cpu_msr_read(&identity, 0x491, &value), OUTCOME_GP);
	CHECK_EQ(cpu_msr_read(&identity, 0x10, &value), OUTCOME_NATIVE);
	CHECK_EQ(cpu_msr_write(&identity, 0x982), OUTCOME_GP);
	CHECK_EQ(cpu_msr_write(&identity, 0x3a), OUTCOME_GP);
	CHECK_EQ(cpu_msr_write(&identity, 0x10), OUTCOME_NATIVE);
	return true;
}

static bool msrs_without_tdx(void)
{
	static const uint32_t absent[] = { 0x87, 0x981, 0x982, 0x1400, 0x1401, 0x503 };
	struct cpu_identity off = identity;
	uint64_t value;

	off.tdx = false;
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++)
		CHECK_EQ(cpu_msr_read(&off, absent[i], &value), OUTCOME_GP);
	CHECK_EQ(cpu_msr_read(&off, 0xfe, &value), OUTCOME_NATIVE);
	CHECK_EQ(cpu_msr_read(&off, 0x480, &value), OUTCOME_DONE);
	return true;
}

static bool erratum(void)
{
	struct cpu_identity affected = identity;
	uint64_t value;

	CHECK_EQ(cpu_msr_read(&identity, 0x480, &value), OUTCOME_DONE);
	CHECK(value >> 60 & 1);
	affected.vmcs_erratum = true;
	CHECK_EQ(cpu_msr_read(&affected, 0x480, &value), OUTCOME_DONE);
	CHECK(!(value >> 60 & 1));
	return true;
}

/* May-be-1 bits include the must-be-1 bits; true controls relax, never add. */
static bool capabilities(void)
{
	static const uint32_t controls[] = { 0x481, 0x482, 0x483, 0x484, 0x48b,
					     0x48d, 0x48e, 0x48f, 0x490 };
	uint64_t value, plain;

	for (size_t i = 0; i < ARRAY_SIZE(controls); i++) {
		CHECK(vmx_capability(controls[i], false, &value));
		CHECK_EQ(value & 0xffffffff & ~(value >> 32), 0);
	}
	for (uint32_t msr = 0x48d; msr <= 0x490; msr++) {
		CHECK(vmx_capability(msr, false, &value));
		CHECK(vmx_capability(msr - 0x48d + 0x481, false, &plain));
		CHECK_EQ(value >> 32, plain >> 32);
		CHECK_EQ(value & 0xffffffff & ~plain, 0);
	}
	return true;
}

static uint8_t ram[0x4000];

static bool ram_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	if (pa > sizeof(ram) || len > sizeof(ram) - pa)
		return false;
	memcpy(buf, ram + pa, len);
	return true;
}

static const struct seam_memory memory = { .read = ram_read };

static void new_cpu(struct vmx_cpu *cpu, struct vmcs_store *store)
{
	uint32_t revision = VMCS_REVISION_ID;

	memset(ram, 0, sizeof(ram));
	memcpy(ram + VMXON_PA, &revision, sizeof(revision));
	memcpy(ram + VMCS_PA, &revision, sizeof(revision));
	*cpu = (struct vmx_cpu) { .store = store, .memory = &memory, .maxpa = MAXPA };
	vmx_reset(cpu);
}

static bool vmx_on_and_off(void)
{
	struct vmcs_store *store = vmcs_store_new();
	struct vmx_cpu cpu;

	new_cpu(&cpu, store);
	CHECK_EQ(vmx_on(&cpu, VMXON_PA), OUTCOME_NATIVE);
	CHECK_EQ(vmx_off(&cpu), OUTCOME_NATIVE);
	CHECK_EQ(vmx_write_cr4(&cpu, 0), OUTCOME_NATIVE);
	CHECK_EQ(vmx_write_cr4(&cpu, X86_CR4_VMXE), OUTCOME_DONE);
	CHECK_EQ(vmx_on(&cpu, VMXON_PA + 8), OUTCOME_VMFAIL_INVALID);
	CHECK_EQ(vmx_on(&cpu, 1ULL << MAXPA), OUTCOME_VMFAIL_INVALID);
	CHECK_EQ(vmx_on(&cpu, OTHER_PA), OUTCOME_VMFAIL_INVALID);
	CHECK(!cpu.on);
	CHECK_EQ(vmx_on(&cpu, VMXON_PA), OUTCOME_DONE);
	CHECK(cpu.on);
	CHECK_EQ(vmx_on(&cpu, VMXON_PA), OUTCOME_VMFAIL_INVALID);
	CHECK_EQ(vmx_write_cr4(&cpu, 0), OUTCOME_GP);
	CHECK_EQ(vmx_write_cr4(&cpu, X86_CR4_VMXE), OUTCOME_DONE);
	CHECK_EQ(vmx_off(&cpu), OUTCOME_DONE);
	CHECK_EQ(vmx_write_cr4(&cpu, 0), OUTCOME_DONE);
	CHECK(!cpu.vmxe);
	vmcs_store_free(store);
	return true;
}

static bool vmcs_pointers(void)
{
	struct vmcs_store *store = vmcs_store_new();
	struct vmx_cpu cpu;

	new_cpu(&cpu, store);
	CHECK_EQ(vmx_ptrld(&cpu, VMCS_PA), OUTCOME_NATIVE);
	vmx_write_cr4(&cpu, X86_CR4_VMXE);
	CHECK_EQ(vmx_on(&cpu, VMXON_PA), OUTCOME_DONE);
	CHECK_EQ(vmx_ptrld(&cpu, OTHER_PA), OUTCOME_VMFAIL_INVALID);
	CHECK_EQ(vmx_clear(&cpu, VMCS_PA), OUTCOME_DONE);
	CHECK_EQ(vmx_ptrld(&cpu, VMCS_PA), OUTCOME_DONE);
	CHECK_EQ(cpu.current_vmcs, VMCS_PA);
	/* With a current VMCS failures are VMfailValid and have a number. */
	CHECK_EQ(vmx_ptrld(&cpu, VMXON_PA), OUTCOME_VMFAIL_VALID);
	CHECK_EQ(vmcs_get(store, VMCS_PA, VMCS_VM_INSTRUCTION_ERROR), 10);
	CHECK_EQ(vmx_ptrld(&cpu, VMCS_PA + 8), OUTCOME_VMFAIL_VALID);
	CHECK_EQ(vmcs_get(store, VMCS_PA, VMCS_VM_INSTRUCTION_ERROR), 9);
	CHECK_EQ(vmx_clear(&cpu, VMCS_PA + 8), OUTCOME_VMFAIL_VALID);
	CHECK_EQ(vmcs_get(store, VMCS_PA, VMCS_VM_INSTRUCTION_ERROR), 2);
	CHECK_EQ(vmx_clear(&cpu, VMXON_PA), OUTCOME_VMFAIL_VALID);
	CHECK_EQ(vmcs_get(store, VMCS_PA, VMCS_VM_INSTRUCTION_ERROR), 3);
	CHECK_EQ(vmx_enter(&cpu), OUTCOME_VMFAIL_VALID);
	CHECK_EQ(vmcs_get(store, VMCS_PA, VMCS_VM_INSTRUCTION_ERROR), 7);
	CHECK_EQ(vmx_invept(&cpu, 3), OUTCOME_VMFAIL_VALID);
	CHECK_EQ(vmx_invept(&cpu, 2), OUTCOME_DONE);
	CHECK_EQ(vmx_invept(&cpu, 1), OUTCOME_DONE);
	CHECK_EQ(vmx_invept(&cpu, 0), OUTCOME_VMFAIL_VALID);
	CHECK_EQ(vmx_invvpid(&cpu, 4), OUTCOME_VMFAIL_VALID);
	for (uint64_t type = 0; type < 4; type++)
		CHECK_EQ(vmx_invvpid(&cpu, type), OUTCOME_DONE);
	CHECK_EQ(vmx_clear(&cpu, VMCS_PA), OUTCOME_DONE);
	CHECK_EQ(cpu.current_vmcs, VMX_NO_VMCS);
	vmcs_store_free(store);
	return true;
}

static bool vmcs_fields(void)
{
	struct vmcs_store *store = vmcs_store_new();
	struct vmx_cpu cpu;
	uint64_t value;

	new_cpu(&cpu, store);
	vmx_write_cr4(&cpu, X86_CR4_VMXE);
	CHECK_EQ(vmx_on(&cpu, VMXON_PA), OUTCOME_DONE);
	CHECK_EQ(vmx_read(&cpu, FIELD_GUEST_RIP, &value), OUTCOME_VMFAIL_INVALID);
	CHECK_EQ(vmx_ptrld(&cpu, VMCS_PA), OUTCOME_DONE);
	CHECK_EQ(vmx_read(&cpu, FIELD_GUEST_RIP, &value), OUTCOME_DONE);
	CHECK_EQ(value, 0);
	CHECK_EQ(vmx_write(&cpu, FIELD_GUEST_RIP, ~1ULL), OUTCOME_DONE);
	CHECK_EQ(vmx_read(&cpu, FIELD_GUEST_RIP, &value), OUTCOME_DONE);
	CHECK_EQ(value, ~1ULL);
	CHECK_EQ(vmx_write(&cpu, FIELD_TSC, 1), OUTCOME_DONE);
	CHECK_EQ(vmx_write(&cpu, FIELD_TSC_HIGH, 2), OUTCOME_DONE);
	CHECK_EQ(vmx_read(&cpu, FIELD_TSC, &value), OUTCOME_DONE);
	CHECK_EQ(value, 2ULL << 32 | 1);
	CHECK_EQ(vmx_write(&cpu, FIELD_EXIT_INFO, 0), OUTCOME_VMFAIL_VALID);
	CHECK_EQ(vmx_read(&cpu, VM_INSTRUCTION_ERROR, &value), OUTCOME_DONE);
	CHECK_EQ(value, WRITE_OF_READ_ONLY);
	CHECK_EQ(vmx_read(&cpu, FIELD_NONE, &value), OUTCOME_VMFAIL_VALID);
	/* That there is no such field comes first */
	CHECK_EQ(vmx_write(&cpu, FIELD_EXIT_INFO | 1 << 12, 0), OUTCOME_VMFAIL_VALID);
	CHECK_EQ(vmx_read(&cpu, VM_INSTRUCTION_ERROR, &value), OUTCOME_DONE);
	CHECK_EQ(value, UNSUPPORTED_COMPONENT);
	vmcs_store_reset(store);
	CHECK_EQ(vmx_read(&cpu, FIELD_TSC, &value), OUTCOME_DONE);
	CHECK_EQ(value, 0);
	vmcs_store_free(store);
	return true;
}

static const struct test tests[] = {
	{ "CPUID of a TDX host, and of one without", cpuid },
	{ "MSRs of a TDX host", msrs },
	{ "without TDX its MSRs do not exist", msrs_without_tdx },
	{ "IA32_VMX_BASIC[60] tells the VMCS erratum", erratum },
	{ "VMX capabilities do not contradict themselves", capabilities },
	{ "VMXON, VMXOFF and CR4.VMXE", vmx_on_and_off },
	{ "VMCS pointers and VM-instruction errors", vmcs_pointers },
	{ "VMCS fields", vmcs_fields },
	{ 0 },
};

const struct suite suite_cpu = { "cpu", tests };
