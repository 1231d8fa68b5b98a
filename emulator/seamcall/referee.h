/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules that a host must keep, also where the firmware cannot notice or does
 * not care. A broken rule makes the run fail.
 */
#ifndef EMULATOR_SEAMCALL_REFEREE_H
#define EMULATOR_SEAMCALL_REFEREE_H

#include <stdbool.h>
#include <stdint.h>

#include "seamcall/call.h"
#include "seamcall/params.h"
#include "seamcall/session.h"
#include "seamcall/trace.h"

/** enum referee_rule - what the host must not do */
enum referee_rule {
	/** SEAMCALL outside VMX operation */
	REFEREE_VMX_OFF,
	/** call of the TDX module while an INSTALL session is open (3.5) */
	REFEREE_MODULE_IN_SESSION,
	/** update step with interrupts enabled, between SHUTDOWN and UPDATE */
	REFEREE_INTERRUPTS,
	/** an LP left out: of a session at its end, or of LP.INIT before UPDATE */
	REFEREE_SKIPPED_LP,
	/** P-SEAMLDR entered while another LP is inside (3.8) */
	REFEREE_LOADER_TWICE,
	/** LPs of one session pass different params, or params or image changed */
	REFEREE_PARAMS_CHANGED,
	REFEREE_NR_RULES
};

/**
 * struct referee - state of the rules; the caller serialises access
 * @memory: host memory, for the content of a session's params
 * @trace: gets an alert for each violation
 * @stopped: TDH.SYS.SHUTDOWN succeeded and TDH.SYS.UPDATE has not yet
 * @halted: an LP never came back: what it keeps others from is not the host's doing
 * @params_pa: RCX of the open session's first INSTALL
 * @params_read: @params_digest is valid
 * @params_digest: content at that time
 * @violations: per rule
 */
struct referee {
	const struct seam_memory *memory;
	struct seam_trace *trace;
	bool stopped;
	bool halted;
	uint64_t params_pa;
	bool params_read;
	uint8_t params_digest[INSTALL_DIGEST_SIZE];
	unsigned int violations[REFEREE_NR_RULES];
};

void referee_init(struct referee *referee, const struct seam_memory *memory,
		  struct seam_trace *trace);

/** referee_reset() - the platform was reset: an open section is gone */
void referee_reset(struct referee *referee);

/** referee_before() - a call is about to reach the firmware */
void referee_before(struct referee *referee, const struct seam_call *call,
		    const struct install_session *session);

/** referee_after() - the firmware answered; @session is as before the call */
void referee_after(struct referee *referee, const struct seam_call *call);

/** referee_vmx_off() - @lp executed SEAMCALL outside VMX operation */
void referee_vmx_off(struct referee *referee, unsigned int lp);

/** referee_end() - the run is over */
void referee_end(struct referee *referee, const struct install_session *session);

/** referee_total() - number of violations */
unsigned int referee_total(const struct referee *referee);

/** referee_rule_name() - short name of @rule */
const char *referee_rule_name(enum referee_rule rule);

#endif
