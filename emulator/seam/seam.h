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

/** enum seam_exit - how a SEAMCALL instruction ended (SEAM ABI 1.2) */
enum seam_exit {
	/** CF = 0, RAX holds the completion status of the firmware */
	SEAM_RETURN,
	/** CF = 1, no register changes: target absent, or P-SEAMLDR busy */
	SEAM_VMFAIL_INVALID,
	/** never: the firmware halted on this LP, which stays inside (SEAM ABI 4.5) */
	SEAM_HALTED,
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
