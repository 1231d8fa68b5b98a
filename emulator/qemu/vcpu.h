/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One vCPU as the hook layer sees it: registers and memory of the guest, and
 * the state that QEMU does not keep for us.
 */
#ifndef EMULATOR_QEMU_VCPU_H
#define EMULATOR_QEMU_VCPU_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpu/vmx.h"
#include "qemu/decode.h"
#include "seam/seam.h"

/** enum vcpu_register - registers; the first 16 are enum seam_gpr */
enum vcpu_register {
	VCPU_GPR0,
	VCPU_RIP = SEAM_NR_GPRS,
	VCPU_EFLAGS,
	VCPU_CS,
	VCPU_SS,
	VCPU_CR0,
	VCPU_CR4,
	VCPU_EFER,
	VCPU_FS_BASE,
	VCPU_GS_BASE,
	VCPU_NR_REGISTERS
};

#define EFLAGS_ALWAYS_1	(1U << 1)
#define EFLAGS_TF	(1U << 8)
#define EFLAGS_IF	(1U << 9)
#define EFLAGS_NT	(1U << 14)
#define EFLAGS_RF	(1U << 16)
#define CR0_PE		(1U << 0)
#define EFER_LMA	(1U << 10)
#define SELECTOR_RPL	3

#define VCPU_COMMAND_SIZE	256
/* Enough for the answer to any command */
#define VCPU_REPLY_SIZE		320

/**
 * struct vcpu - state of one vCPU
 * @index: QEMU's index, which is also the LP number of the firmware models
 * @thread: the thread that runs it
 * @vmx: VMX operation
 * @idt_base: operand of the last LIDT in 64-bit mode
 * @cpuid_pending: CPUID has run and its result has not been patched yet
 * @cpuid_leaf: its EAX
 * @cpuid_next: where the next instruction is; 0 if it is in the same block
 * @halted: the firmware halted on it; it executes nothing before a reset
 * @wait_until: its SEAMCALL is delayed up to this time; 0 if it is not
 * @wait_pc: where that stands
 * @wait_rax: its leaf word
 * @wait_rflags: RFLAGS before the delay, which masks interrupts
 * @command: control command that the guest is writing to its MSR
 * @command_len: bytes of it
 * @command_result: what the MSR reads as
 * @reply: the answer to the last command
 * @reply_at: how much of it the guest has read
 */
struct vcpu {
	unsigned int index;
	pthread_t thread;
	struct vmx_cpu vmx;
	uint64_t idt_base;
	bool cpuid_pending;
	uint32_t cpuid_leaf;
	uint64_t cpuid_next;
	bool halted;
	long long wait_until;
	uint64_t wait_pc;
	uint64_t wait_rax;
	uint64_t wait_rflags;
	char command[VCPU_COMMAND_SIZE];
	size_t command_len;
	uint64_t command_result;
	char reply[VCPU_REPLY_SIZE];
	size_t reply_at;
};

/**
 * vcpu_find_registers() - look up the registers, in a vCPU's own context
 *
 * Return: NULL, or the name of a register that QEMU does not have.
 */
const char *vcpu_find_registers(void);

/** vcpu_read() - read a register of the vCPU whose callback is running */
uint64_t vcpu_read(enum vcpu_register reg);

/** vcpu_write() - write a register of the vCPU whose callback is running */
void vcpu_write(enum vcpu_register reg, uint64_t value);

/** vcpu_read_gpr() - the same of a general purpose register, by its x86 encoding */
static inline uint64_t vcpu_read_gpr(unsigned int number)
{
	return vcpu_read((enum vcpu_register)number);
}

/** vcpu_write_gpr() - see vcpu_read_gpr() */
static inline void vcpu_write_gpr(unsigned int number, uint64_t value)
{
	vcpu_write((enum vcpu_register)number, value);
}

/** vcpu_read_virtual() - read @len bytes at a linear address, as supervisor */
bool vcpu_read_virtual(uint64_t address, void *data, size_t len);

/**
 * vcpu_read_code() - read the bytes of an instruction
 *
 * Return: how many of @code could be read; they end with the page of @pc if the next
 * one is not there.
 */
size_t vcpu_read_code(uint64_t pc, uint8_t code[static X86_MAX_INSN_LEN]);

/** vcpu_write_virtual() - write @len bytes at a linear address; ignores protection */
bool vcpu_write_virtual(uint64_t address, const void *data, size_t len);

/** vcpu_privileged() - protected mode, CPL 0 */
bool vcpu_privileged(void);

/** vcpu_long_mode() - IA-32e mode is active */
bool vcpu_long_mode(void);

/** vcpu_physical_memory() - guest physical memory, for the firmware models */
const struct seam_memory *vcpu_physical_memory(void);

#endif
