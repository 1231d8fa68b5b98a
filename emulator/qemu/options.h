/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef EMULATOR_QEMU_OPTIONS_H
#define EMULATOR_QEMU_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platform/unconfirmed.h"
#include "seamcall/fault.h"

#define OPTIONS_MAX_COUNTS	8
#define OPTIONS_MAX_SECTIONS	64
#define OPTIONS_ERROR_SIZE	512

/** struct cpu_model - processors that the plugin can pretend to be (SEAM ABI 2.2) */
struct cpu_model {
	const char *name;
	uint32_t cpuid_1_eax;
	uint16_t loader_major;
	uint16_t loader_minor;
};

/** struct address_range - START-END, of guest addresses; the end is not in it */
struct address_range {
	uint64_t start;
	uint64_t end;
};

/** struct count_option - count=NAME:START-END */
struct count_option {
	char *name;
	struct address_range range;
};

/**
 * enum section_role - what code has to do with a section
 * @SECTION_FUNCTION: begins at its first instruction
 * @SECTION_CALLER: ends when this is executed again
 * @SECTION_WAIT: waits for a lock
 * @SECTION_LOCK: takes the lock that is its first argument
 * @SECTION_UNLOCK: releases it
 * @SECTION_GLUE: is between a step and its SEAMCALL
 * @SECTION_UPDATE: does work of an update, in the section or not
 * @SECTION_NR_ROLES: number of roles
 */
enum section_role {
	SECTION_FUNCTION,
	SECTION_CALLER,
	SECTION_WAIT,
	SECTION_LOCK,
	SECTION_UNLOCK,
	SECTION_GLUE,
	SECTION_UPDATE,
	SECTION_NR_ROLES
};

/** struct section_option - section=ROLE:START-END */
struct section_option {
	enum section_role role;
	struct address_range range;
};

/**
 * struct options - what stands behind -plugin FILE,... ; emulator/README.md
 *	describes each one
 */
struct options {
	char *module;
	char *profile;
	/* An option that says what a profile says, too, or NULL */
	const char *beside_profile;
	char *td_program;
	bool tdx;
	unsigned int sockets;
	const struct cpu_model *cpu;
	unsigned int maxpa;
	unsigned int updates;
	bool vmcs_erratum;
	bool debug_unlocked;
	bool referee;
	struct unconfirmed_answers unconfirmed;
	uint64_t seed;
	char *trace;
	char *trace_json;
	char *control;
	unsigned int nr_faults;
	char *fault[FAULT_MAX];
	unsigned int nr_counts;
	struct count_option count[OPTIONS_MAX_COUNTS];
	char *section_trace;
	unsigned int nr_sections;
	struct section_option section[OPTIONS_MAX_SECTIONS];
};

/**
 * options_parse() - read the plugin's arguments
 * @options: result, defaults included
 * @argc: number of arguments
 * @argv: name=value each, as QEMU passes them
 * @error: receives one sentence on failure
 */
bool options_parse(struct options *options, int argc, char **argv,
		   char error[static OPTIONS_ERROR_SIZE]);

/** options_free() - release what options_parse() allocated */
void options_free(struct options *options);

#endif
