/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a well-behaved host does, as lists of calls for the fuzzer to spoil. */
#ifndef EMULATOR_TESTS_FUZZ_SCRIPT_H
#define EMULATOR_TESTS_FUZZ_SCRIPT_H

#include "tests/host.h"

#define FUZZ_LPS	4
/* The first scripts are those of the TDs */
#define FUZZ_TDS	3

/** struct step - one call */
struct step {
	uint64_t rax, rcx, rdx, r8, r9, r10;
	unsigned int lp;
};

/**
 * enum script_kind - who follows a script
 *
 * TDs live side by side, but there is one update, restart or the like at a
 * time; a restart is what helps when the module is gone.
 */
enum script_kind {
	SCRIPT_TD,
	SCRIPT_SYSTEM,
	SCRIPT_RESTART,
};

/**
 * struct script - calls that make sense in this order
 * @steps: the calls
 * @nr_steps: their number
 * @next: the one whose turn it is
 * @kind: &enum script_kind
 * @weight: how often a script of the system is chosen
 */
struct script {
	struct step *steps;
	unsigned int nr_steps;
	unsigned int next;
	enum script_kind kind;
	unsigned int weight;
};

/** fuzz_host() - a platform whose module is ready, and images in its memory */
void fuzz_host(struct host *host, unsigned int nr_sockets);
void fuzz_host_free(struct host *host);

/** fuzz_scripts() - TDs, updates, restarts; each caller gets a copy of its own */
struct script *fuzz_scripts(struct host *host, unsigned int *nr_scripts);
void fuzz_scripts_free(struct script *scripts, unsigned int nr_scripts);

#endif
