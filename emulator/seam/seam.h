/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract between whoever executes SEAMCALL (the QEMU plugin, a test,
 * a fuzzer) and the firmware models behind it.
 */
#ifndef EMULATOR_SEAM_H
#define EMULATOR_SEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** enum seam_gpr - index of a general purpose register, by its x86 encoding */
enum seam_gpr {
	SEAM_RAX, SEAM_RCX, SEAM_RDX, SEAM_RBX,
	SEAM_RSP, SEAM_RBP, SEAM_RSI, SEAM_RDI,
	SEAM_R8, SEAM_R9, SEAM_R10, SEAM_R11,
	SEAM_R12, SEAM_R13, SEAM_R14, SEAM_R15,
	SEAM_NR_GPRS
};

/** struct seam_regs - registers of the calling LP, in and out */
struct seam_regs {
	uint64_t gpr[SEAM_NR_GPRS];
};

/**
 * enum outcome - how an instruction ended: SEAMCALL (SEAM ABI 1.2), or another one
 *	that the plugin executes
 * @OUTCOME_DONE: CF = ZF = 0; of a SEAMCALL RAX is the firmware's status
 * @OUTCOME_VMFAIL_INVALID: CF = 1, no register changes; of a SEAMCALL: the target
 *	is absent, or P-SEAMLDR is busy
 * @OUTCOME_VMFAIL_VALID: ZF = 1, the VM-instruction error is stored
 * @OUTCOME_GP: #GP(0), nothing changed
 * @OUTCOME_HALTED: it does not end: the firmware halted on this LP, which stays
 *	inside and executes nothing before a reset (SEAM ABI 4.5)
 * @OUTCOME_NATIVE: not ours: QEMU executes it, or raises its own #UD or #GP
 */
enum outcome {
	OUTCOME_DONE,
	OUTCOME_VMFAIL_INVALID,
	OUTCOME_VMFAIL_VALID,
	OUTCOME_GP,
	OUTCOME_HALTED,
	OUTCOME_NATIVE,
};

/**
 * struct seam_memory - host physical memory as the firmware models see it
 * @ctx: passed back to the callbacks
 * @read: copy @len bytes at @pa into @buf; false if there is no memory
 * @write: copy @len bytes from @buf to @pa; false if there is no memory
 *
 * @pa never carries KeyID bits: the models strip them. Both callbacks run in
 * the thread of the LP that executes the SEAMCALL.
 */
struct seam_memory {
	void *ctx;
	bool (*read)(void *ctx, uint64_t pa, void *buf, size_t len);
	bool (*write)(void *ctx, uint64_t pa, const void *buf, size_t len);
};

#endif
