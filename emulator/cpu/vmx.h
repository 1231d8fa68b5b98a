/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VMX operation of one logical processor, as far as a TDX host needs it: on and
 * off, VMCS pointers, VMCS fields, TLB invalidation. VM entry is not modelled.
 * Operands have been fetched by the caller; CPL is known to be 0.
 */
#ifndef EMULATOR_CPU_VMX_H
#define EMULATOR_CPU_VMX_H

#include <stdbool.h>
#include <stdint.h>

#include "cpu/identity.h"
#include "cpu/vmcs.h"
#include "seam/seam.h"

/** VMX_NO_VMCS - value of the current-VMCS pointer when there is none */
#define VMX_NO_VMCS	(~0ULL)

/**
 * struct vmx_cpu - VMX state of one LP
 * @store: VMCS contents, shared by all LPs
 * @memory: host physical memory
 * @maxpa: no bit at or above it may be set in an address
 * @vmxe: CR4.VMXE as software set it
 * @on: in VMX root operation
 * @vmxon_region: operand of VMXON
 * @current_vmcs: as VMPTRST would store it
 */
struct vmx_cpu {
	struct vmcs_store *store;
	const struct seam_memory *memory;
	unsigned int maxpa;
	bool vmxe;
	bool on;
	uint64_t vmxon_region;
	uint64_t current_vmcs;
};

/** vmx_reset() - the LP was reset (power-on, INIT): leave VMX operation */
void vmx_reset(struct vmx_cpu *cpu);

/** vmx_write_cr4() - MOV to CR4: keeps the VMXE bit, the rest is QEMU's */
enum outcome vmx_write_cr4(struct vmx_cpu *cpu, uint64_t cr4);

/** X86_CR4_VMXE - QEMU without VMX calls this bit reserved */
#define X86_CR4_VMXE	(1ULL << 13)

enum outcome vmx_on(struct vmx_cpu *cpu, uint64_t pa);
enum outcome vmx_off(struct vmx_cpu *cpu);
enum outcome vmx_clear(struct vmx_cpu *cpu, uint64_t pa);
enum outcome vmx_ptrld(struct vmx_cpu *cpu, uint64_t pa);
enum outcome vmx_read(struct vmx_cpu *cpu, uint64_t field, uint64_t *value);
enum outcome vmx_write(struct vmx_cpu *cpu, uint64_t field, uint64_t value);
enum outcome vmx_invept(struct vmx_cpu *cpu, uint64_t type);
enum outcome vmx_invvpid(struct vmx_cpu *cpu, uint64_t type);

/** vmx_enter() - VMLAUNCH or VMRESUME: always fails, as if controls were invalid */
enum outcome vmx_enter(struct vmx_cpu *cpu);

#endif
