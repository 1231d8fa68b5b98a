/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a TD executes. No guest code runs: every vCPU steps through a script
 * whose progress the host sees in I/O exits, and which uses private memory so
 * that the host has to provide it.
 *
 * A script is a list of statements, separated by ';' or newlines, that is
 * repeated for ever. '#' starts a comment. Statements:
 *
 *	inc		add one to the vCPU's counter
 *	touch OFF N	accept, check and write one of N pages (at most 16) from
 *			OFF behind the GPA in the vCPU's initial RCX, chosen by
 *			the counter; nothing if that GPA is 0
 *	out PORT SIZE	TDG.VP.VMCALL<Instruction.IO>: write the counter's low
 *			SIZE (1, 2 or 4) bytes to PORT
 *	cpuid L S PORT	the same with the TD's own CPUID of leaf L and sub-leaf S: EAX,
 *			EBX, ECX and EDX to PORT, PORT + 4, PORT + 8 and PORT + 12, an
 *			exit each; 0 where the TD has no such leaf
 *	hlt N		TDG.VP.VMCALL<Instruction.HLT> when N divides the counter
 *	hlt-blocked N	the same, and says that interrupts are blocked
 *	spin N		let N interrupts pass that nobody sees
 */
#ifndef EMULATOR_TDXMOD_PROGRAM_H
#define EMULATOR_TDXMOD_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

/** PROGRAM_DEFAULT - what runs if platform_config.td_program is NULL */
#define PROGRAM_DEFAULT		"inc; touch 0 4; out 0x500 4"

#define PROGRAM_MAX_STATEMENTS	64
#define PROGRAM_MAX_PAGES	16
#define PROGRAM_ERROR_SIZE	128

/** enum program_op - kind of a statement */
enum program_op {
	PROGRAM_INC,
	PROGRAM_TOUCH,
	PROGRAM_OUT,
	PROGRAM_CPUID,
	PROGRAM_HLT,
	PROGRAM_HLT_BLOCKED,
	PROGRAM_SPIN,
};

/** struct program_statement - one statement and its arguments */
struct program_statement {
	enum program_op op;
	uint64_t arg[3];
};

/** struct program_text - a parsed script */
struct program_text {
	unsigned int nr_statements;
	struct program_statement statement[PROGRAM_MAX_STATEMENTS];
};

/**
 * struct program - a vCPU's progress; part of the TDVPS, so it survives updates
 * @next: statement to execute
 * @counter: see above
 * @shown: registers that the cpuid statement has written
 * @spun: interrupts that the spin statement has let pass
 * @written: what was last written to each page that touch knows
 * @accepted: which page that was: another one may be mapped there later
 */
struct program {
	unsigned int next;
	uint64_t counter;
	unsigned int shown;
	uint64_t spun;
	uint64_t written[PROGRAM_MAX_PAGES];
	uint64_t accepted[PROGRAM_MAX_PAGES];
};

/**
 * program_parse() - check a script
 * @script: the script, or NULL for the default one
 * @text: receives the statements
 * @error: receives one sentence on failure
 */
bool program_parse(const char *script, struct program_text *text,
		   char error[static PROGRAM_ERROR_SIZE]);

#endif
