/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tdxctl says: text for people, or one JSON object for programs
 */
#ifndef TDXCTL_REPORT_H
#define TDXCTL_REPORT_H

#include <stdbool.h>

#include <json-c/json.h>

#include "include/shim.h"

#define REPORT_SCHEMA	"tdxctl/1"

/* What a script can tell by the exit status.  The higher, the worse. */
enum exit_status {
	EXIT_DONE,
	EXIT_ERROR,
	/* The host has what it should have. */
	EXIT_NOTHING,
	/* No interface, no file, or a check that nobody can make */
	EXIT_UNCHECKED,
	/* Nothing was changed. */
	EXIT_REFUSED,
	/* The update has failed, and TDs wait for another upload. */
	EXIT_WAITING,
	/* The update has failed, and TDs are lost. */
	EXIT_LOST,
};

void report_init(bool json, bool quiet);
void report_command(const char *command);
int report_finish(void);

void report_status(enum exit_status status);
enum exit_status report_get_status(void);

__printf(4, 5)
void report_error(enum exit_status status, const char *code, const char *hint,
		  const char *fmt, ...);
void report_forget_errors(void);
__printf(2, 3)
void report_warning(const char *code, const char *fmt, ...);

void report_add(const char *name, struct json_object *value);

bool report_is_json(void);

__printf(2, 3)
void print_fact(const char *label, const char *fmt, ...);
__printf(1, 2)
void print_line(const char *fmt, ...);

void print_progress(const char *text);

char *printable(const char *text, char *buf, size_t size);

void json_add_string(struct json_object *object, const char *name, const char *value);
void json_add_int(struct json_object *object, const char *name, long long value);
void json_add_bool(struct json_object *object, const char *name, bool value);
void json_add_hex(struct json_object *object, const char *name, unsigned long long value);
void json_add_bytes(struct json_object *object, const char *name, const u8 *data, size_t len);

#endif /* TDXCTL_REPORT_H */
