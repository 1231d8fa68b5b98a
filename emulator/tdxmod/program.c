// SPDX-License-Identifier: GPL-2.0-or-later
/* Parsing the script of a TD. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seam/page.h"
#include "tdxmod/program.h"

#define MAX_PORT	0xffff
#define MAX_OUT_SIZE	4
#define CPUID_PORTS	16
#define MAX_STATEMENT	64

/** struct syntax - a keyword and its arguments */
struct syntax {
	const char *keyword;
	enum program_op op;
	unsigned int nr_args;
};

static const struct syntax grammar[] = {
	{ "inc", PROGRAM_INC, 0 },
	{ "touch", PROGRAM_TOUCH, 2 },
	{ "out", PROGRAM_OUT, 2 },
	{ "cpuid", PROGRAM_CPUID, 3 },
	{ "hlt", PROGRAM_HLT, 1 },
	{ "hlt-blocked", PROGRAM_HLT_BLOCKED, 1 },
	{ "spin", PROGRAM_SPIN, 1 },
};

static bool arguments_ok(const struct program_statement *statement)
{
	const uint64_t *arg = statement->arg;

	switch (statement->op) {
	case PROGRAM_INC:
		return true;
	case PROGRAM_TOUCH:
		return !(arg[0] % 4096) && arg[1] && arg[1] <= PROGRAM_MAX_PAGES;
	case PROGRAM_OUT:
		return arg[0] <= MAX_PORT && arg[1] && arg[1] <= MAX_OUT_SIZE && arg[1] != 3;
	case PROGRAM_CPUID:
		return arg[0] <= UINT32_MAX && arg[1] <= UINT32_MAX &&
		       arg[2] <= MAX_PORT + 1 - CPUID_PORTS;
	case PROGRAM_HLT:
	case PROGRAM_HLT_BLOCKED:
	case PROGRAM_SPIN:
		return arg[0];
	}

	return false;
}

/* @line is changed; an empty line is neither a statement nor an error */
static bool parse_statement(char *line, struct program_text *text)
{
	struct program_statement *statement = &text->statement[text->nr_statements];
	char *rest = NULL;
	char *word = strtok_r(line, " \t\r", &rest);

	if (!word)
		return true;
	if (text->nr_statements == PROGRAM_MAX_STATEMENTS)
		return false;

	for (size_t i = 0; i < ARRAY_SIZE(grammar); i++) {
		if (strcmp(grammar[i].keyword, word))
			continue;

		statement->op = grammar[i].op;
		for (unsigned int n = 0; n < grammar[i].nr_args; n++) {
			char *end;

			word = strtok_r(NULL, " \t\r", &rest);
			if (!word)
				return false;
			statement->arg[n] = strtoull(word, &end, 0);
			if (*end)
				return false;
		}
		text->nr_statements++;

		return !strtok_r(NULL, " \t\r", &rest) && arguments_ok(statement);
	}

	return false;
}

bool program_parse(const char *script, struct program_text *text,
		   char error[static PROGRAM_ERROR_SIZE])
{
	char line[MAX_STATEMENT];

	if (!script)
		script = PROGRAM_DEFAULT;

	memset(text, 0, sizeof(*text));
	while (*script) {
		size_t length = strcspn(script, ";\n#");

		snprintf(line, sizeof(line), "%.*s", (int)length, script);
		if (length >= sizeof(line) || !parse_statement(line, text)) {
			snprintf(error, PROGRAM_ERROR_SIZE,
				 "the TD program has an impossible statement \"%.*s\"",
				 length < MAX_STATEMENT ? (int)length : MAX_STATEMENT, script);
			return false;
		}
		script += length;
		/* A comment ends with its line */
		if (*script == '#')
			script += strcspn(script, "\n");
		script += *script != '\0';
	}

	if (!text->nr_statements) {
		snprintf(error, PROGRAM_ERROR_SIZE, "the TD program has no statement");
		return false;
	}

	return true;
}
