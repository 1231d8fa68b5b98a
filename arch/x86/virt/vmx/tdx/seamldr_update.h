/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The steps of a TDX module update, and how one leads to the next
 *
 * Pure, so that the rules can be tested without stopping any CPU.
 */
#ifndef _X86_VIRT_SEAMLDR_UPDATE_H
#define _X86_VIRT_SEAMLDR_UPDATE_H

#include <linux/types.h>

#include <asm/tdx.h>

/* How often all CPUs ask P-SEAMLDR, after a failure that repeating can cure */
#define UPDATE_INSTALL_ATTEMPTS	3

/* Every CPU goes through these at the same time. */
enum update_state {
	/* All CPUs are here, with interrupts disabled. */
	UPDATE_START,
	/* The running module hands over and stops.  Primary CPU only. */
	UPDATE_SHUTDOWN,
	/* Each CPU has P-SEAMLDR install the new module, the last one does it. */
	UPDATE_CPU_INSTALL,
	/* Each CPU initializes the new module for itself. */
	UPDATE_CPU_INIT,
	/* The new module takes over.  Primary CPU only. */
	UPDATE_RUN_UPDATE,
	/* The new module runs. */
	UPDATE_DONE,
	/* Some CPU failed. */
	UPDATE_ABORT,
};

/**
 * struct update_failure - what failed
 * @state: the step
 * @cpu: the CPU that reported it
 * @status: raw status of the SEAMCALL, 0 if nothing failed
 * @rdx: what SEAMLDR.INSTALL returned in RDX besides
 */
struct update_failure {
	enum update_state	state;
	unsigned int		cpu;
	u64			status;
	u64			rdx;
};

enum update_state update_next_state(enum update_state state,
				    const struct update_failure *failure,
				    unsigned int attempt, enum update_state first);
enum update_state update_first_state(enum tdx_module_state state, u32 updates_left);
bool update_install_complete(enum update_state state,
			     const struct update_failure *failure,
			     unsigned int nr_missing);
enum tdx_module_state
update_module_state(const struct update_failure *failure, bool handoff_valid);

int update_errno(const struct update_failure *failure);

/* seamldr_report.c */
struct seamldr_refusal;

void update_report_refusal(const struct seamldr_refusal *refusal,
			   const char *prevents, enum tdx_module_state state);
void update_report_success(const struct tdx_sys_info_version *from, u64 stopped_ns);
void update_report_failure(const struct update_failure *failure,
			   enum tdx_module_state state);

#endif /* _X86_VIRT_SEAMLDR_UPDATE_H */
