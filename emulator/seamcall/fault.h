/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faults on demand: which SEAMCALL is to fail, and how. Selection is
 * deterministic: leaf, LP, n-th matching call, arrival position in a session.
 */
#ifndef EMULATOR_SEAMCALL_FAULT_H
#define EMULATOR_SEAMCALL_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seamcall/call.h"

#define FAULT_SPEC_SIZE		128
#define FAULT_ERROR_SIZE	256
#define FAULT_ANY_LP		(~0U)
#define FAULT_ANY_ARRIVAL	0U
#define FAULT_LAST_ARRIVAL	(~0U)
#define FAULT_ALWAYS		(~0U)
/* So many can be armed at a time */
#define FAULT_MAX		64
#define FAULT_MAX_DELAY_MS	60000

/**
 * struct fault - one fault
 * @spec: as it was written
 * @leaf: leaf word that it is for; version bits of a call are ignored
 * @lp: LP, or FAULT_ANY_LP
 * @nth: first matching call that it hits, from 1
 * @times: how many matching calls from there, or FAULT_ALWAYS
 * @arrival: position in an INSTALL session, FAULT_ANY_ARRIVAL or
 *	FAULT_LAST_ARRIVAL
 * @answers: the call gets @outcome; if not, it is only delayed
 * @outcome: what the caller sees
 * @status: RAX for OUTCOME_DONE
 * @rdx: RDX of INSTALL: 0 recoverable, 1 not
 * @rdx_given: it was said which
 * @delay_ms: pause before the call
 * @seen: matching calls so far
 */
struct fault {
	char spec[FAULT_SPEC_SIZE];
	uint64_t leaf;
	unsigned int lp;
	unsigned int nth;
	unsigned int times;
	unsigned int arrival;
	bool answers;
	enum outcome outcome;
	uint64_t status;
	uint64_t rdx;
	bool rdx_given;
	unsigned int delay_ms;
	unsigned int seen;
};

/**
 * fault_parse() - read LEAF[:cpu=N][:nth=N][:times=N|always]
 *	[:arrival=N|last][:status=NAME][:rdx=0|1][:halt][:delay=MS]
 * @fault: result
 * @spec: text
 * @nr_lps: LPs of the platform
 * @error: receives one sentence on failure
 */
bool fault_parse(struct fault *fault, const char *spec, unsigned int nr_lps,
		 char error[static FAULT_ERROR_SIZE]);

/**
 * fault_hits() - count a call, and say whether the fault hits it
 * @fault: the fault
 * @lp: calling LP
 * @rax: leaf word
 * @arrival: position in the INSTALL session; 0 for every other leaf
 * @nr_lps: LPs of the platform
 */
bool fault_hits(struct fault *fault, unsigned int lp, uint64_t rax, unsigned int arrival,
		unsigned int nr_lps);

#endif
