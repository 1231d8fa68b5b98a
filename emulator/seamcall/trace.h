/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line per SEAMCALL, for people and, on request, as JSON lines.
 */
#ifndef EMULATOR_SEAMCALL_TRACE_H
#define EMULATOR_SEAMCALL_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "seamcall/call.h"

struct seam_trace;

/**
 * seam_trace_open() - start tracing
 * @text_path: file for lines meant for people; NULL: none, "-": standard error
 * @json_path: file for JSON lines; NULL: none
 * @error: receives one sentence on failure
 * @error_size: room for it
 *
 * Both files are overwritten. Return: NULL if a file cannot be opened.
 */
struct seam_trace *seam_trace_open(const char *text_path, const char *json_path, char *error,
				   size_t error_size);

/** seam_trace_close() - flush and release; NULL is allowed */
void seam_trace_close(struct seam_trace *trace);

/** seam_trace_call() - write the line of a finished call */
void seam_trace_call(struct seam_trace *trace, const struct seam_call *call);

/** SEAM_TRACE_NO_LP - lp of an event that belongs to none */
#define SEAM_TRACE_NO_LP	(-1)

/** seam_trace_event() - a line that is not a SEAMCALL: a reset, an armed fault */
void seam_trace_event(struct seam_trace *trace, int lp, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** seam_trace_alert() - like an event, but also on standard error, "!!!" first */
void seam_trace_alert(struct seam_trace *trace, int lp, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
