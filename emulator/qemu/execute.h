/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Execution callbacks, one per intercepted instruction. Each gets its struct
 * site. Returning lets QEMU execute the instruction, or raise its own #UD or
 * #GP, which is what code without privilege gets.
 */
#ifndef EMULATOR_QEMU_EXECUTE_H
#define EMULATOR_QEMU_EXECUTE_H

#include "qemu/decode.h"
#include "qemu/plugin_api.h"

/* Processor: execute_cpu.c */
void execute_cpuid(unsigned int index, void *site);
void execute_after_cpuid(unsigned int index, void *site);
void execute_rdmsr(unsigned int index, void *site);
void execute_wrmsr(unsigned int index, void *site);
void execute_pause(unsigned int index, void *site);
void execute_lidt(unsigned int index, void *site);
void execute_mov_to_cr4(unsigned int index, void *site);
void execute_mov_from_cr4(unsigned int index, void *site);
void execute_movdir64b(unsigned int index, void *site);

/* VMX and SEAM: execute_vmx.c */
void execute_seamcall(unsigned int index, void *site);
void execute_vmxon(unsigned int index, void *site);
void execute_vmxoff(unsigned int index, void *site);
void execute_vmclear(unsigned int index, void *site);
void execute_vmptrld(unsigned int index, void *site);
void execute_vmptrst(unsigned int index, void *site);
void execute_vmread(unsigned int index, void *site);
void execute_vmwrite(unsigned int index, void *site);
void execute_vm_entry(unsigned int index, void *site);
void execute_invept(unsigned int index, void *site);
void execute_invvpid(unsigned int index, void *site);

/**
 * execute_interrupt_entry() - callback where an interrupt handler begins; no site
 *
 * No interrupt reaches an LP that has halted, NMIs included. They cannot be kept
 * from it, but the handler can be: not one instruction of it is executed.
 */
void execute_interrupt_entry(unsigned int index, void *userdata);

#endif
