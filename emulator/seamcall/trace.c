// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "seam/leaves.h"
#include "seam/names.h"
#include "seam/page.h"
#include "seamcall/trace.h"

#define NSEC_PER_SEC	1e9
#define LINE_SIZE	1024
#define VALUE_SIZE	24

struct seam_trace {
	pthread_mutex_t lock;
	struct timespec start;
	FILE *text;
	FILE *json;
};

/* Order in which the specification lists operands */
static const enum seam_gpr traced[] = {
	SEAM_RCX, SEAM_RDX, SEAM_R8, SEAM_R9, SEAM_R10, SEAM_R11, SEAM_RBX, SEAM_RSI,
	SEAM_RDI, SEAM_R12, SEAM_R13, SEAM_R14, SEAM_R15,
};

#define NR_TRACED	ARRAY_SIZE(traced)
/* Inputs are not known per leaf: show those that most leaves use. */
#define NR_TRACED_IN	4

static const char * const gpr_names[SEAM_NR_GPRS] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
};

static FILE *open_file(const char *path, char *error, size_t error_size)
{
	FILE *file;

	if (!strcmp(path, "-"))
		return stderr;
	file = fopen(path, "we");
	if (!file)
		snprintf(error, error_size, "cannot write the trace to %s: %s", path,
			 strerror(errno));
	else
		setvbuf(file, NULL, _IOLBF, BUFSIZ);
	return file;
}

static void close_file(FILE *file)
{
	if (file && file != stderr)
		fclose(file);
}

struct seam_trace *seam_trace_open(const char *text_path, const char *json_path, char *error,
				   size_t error_size)
{
	struct seam_trace *trace = calloc(1, sizeof(*trace));

	if (!trace) {
		snprintf(error, error_size, "no memory for the trace");
		return NULL;
	}
	pthread_mutex_init(&trace->lock, NULL);
	clock_gettime(CLOCK_MONOTONIC, &trace->start);
	if (text_path)
		trace->text = open_file(text_path, error, error_size);
	if (json_path)
		trace->json = open_file(json_path, error, error_size);
	if ((text_path && !trace->text) || (json_path && !trace->json)) {
		seam_trace_close(trace);
		return NULL;
	}
	return trace;
}

void seam_trace_close(struct seam_trace *trace)
{
	if (!trace)
		return;
	close_file(trace->text);
	close_file(trace->json);
	pthread_mutex_destroy(&trace->lock);
	free(trace);
}

static double elapsed(const struct seam_trace *trace)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - trace->start.tv_sec) +
	       (double)(now.tv_nsec - trace->start.tv_nsec) / NSEC_PER_SEC;
}

static const char *outcome_name(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_VMFAIL_INVALID:
		return "VMfailInvalid";
	case OUTCOME_GP:
		return "#GP";
	case OUTCOME_HALTED:
		return "halted";
	default:
		return "status";
	}
}

static const char *status_name(const struct seam_call *call)
{
	const char *name = seam_status_name(seam_firmware_of(call->in.gpr[SEAM_RAX]),
					    call->out.gpr[SEAM_RAX]);

	return name ? name : "unknown status";
}

static void append(char *line, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *line, size_t size, const char *format, ...)
{
	size_t used = strlen(line);
	va_list args;

	va_start(args, format);
	vsnprintf(line + used, size - used, format, args);
	va_end(args);
}

/* Outputs are what changed; RDX of INSTALL matters also when it stays the same. */
static bool is_output(const struct seam_call *call, enum seam_gpr gpr)
{
	if (call->outcome != OUTCOME_DONE)
		return false;
	return call->in.gpr[gpr] != call->out.gpr[gpr] ||
	       (gpr == SEAM_RDX && call->in.gpr[SEAM_RAX] == SEAMLDR_INSTALL);
}

static void format_call(const struct seam_call *call, char *line, size_t size)
{
	const char *leaf = seam_leaf_name(call->in.gpr[SEAM_RAX]);
	size_t i;

	if (leaf)
		append(line, size, "%s", leaf);
	else
		append(line, size, "UNKNOWN LEAF %#" PRIx64, call->in.gpr[SEAM_RAX]);
	for (i = 0; i < NR_TRACED_IN; i++)
		append(line, size, " %s=%" PRIx64, gpr_names[traced[i]],
		       call->in.gpr[traced[i]]);
	append(line, size, " ->");
	if (call->outcome != OUTCOME_DONE) {
		append(line, size, " %s", outcome_name(call->outcome));
	} else {
		append(line, size, " %s", status_name(call));
		if (call->out.gpr[SEAM_RAX])
			append(line, size, " (%#" PRIx64 ")", call->out.gpr[SEAM_RAX]);
	}
	for (i = 0; i < NR_TRACED; i++)
		if (is_output(call, traced[i]))
			append(line, size, " %s=%" PRIx64, gpr_names[traced[i]],
			       call->out.gpr[traced[i]]);
	if (call->fault)
		append(line, size, " [fault %s]", call->fault);
}

/* JSON numbers are doubles to most readers, so 64-bit values are strings. */
static struct json_object *json_value(uint64_t value)
{
	char text[VALUE_SIZE];

	snprintf(text, sizeof(text), "%#" PRIx64, value);
	return json_object_new_string(text);
}

static struct json_object *json_registers(const struct seam_call *call, bool outputs)
{
	const struct seam_regs *regs = outputs ? &call->out : &call->in;
	struct json_object *object = json_object_new_object();
	size_t i;

	for (i = 0; i < NR_TRACED; i++)
		if (!outputs || is_output(call, traced[i]))
			json_object_object_add(object, gpr_names[traced[i]],
					       json_value(regs->gpr[traced[i]]));
	return object;
}

static struct json_object *json_event(double time, int lp, const char *type)
{
	struct json_object *object = json_object_new_object();
	char text[VALUE_SIZE];

	snprintf(text, sizeof(text), "%.6f", time);
	json_object_object_add(object, "time", json_object_new_double_s(time, text));
	json_object_object_add(object, "type", json_object_new_string(type));
	if (lp != SEAM_TRACE_NO_LP)
		json_object_object_add(object, "cpu", json_object_new_int(lp));
	return object;
}

static struct json_object *json_call(double time, const struct seam_call *call)
{
	struct json_object *object = json_event(time, (int)call->lp, "seamcall");
	const char *leaf = seam_leaf_name(call->in.gpr[SEAM_RAX]);

	json_object_object_add(object, "leaf", leaf ? json_object_new_string(leaf) : NULL);
	json_object_object_add(object, "rax", json_value(call->in.gpr[SEAM_RAX]));
	json_object_object_add(object, "interrupts",
			       json_object_new_boolean(call->interrupts_enabled));
	json_object_object_add(object, "in", json_registers(call, false));
	json_object_object_add(object, "outcome",
			       json_object_new_string(outcome_name(call->outcome)));
	if (call->outcome == OUTCOME_DONE) {
		json_object_object_add(object, "status",
				       json_object_new_string(status_name(call)));
		json_object_object_add(object, "value", json_value(call->out.gpr[SEAM_RAX]));
		json_object_object_add(object, "out", json_registers(call, true));
	}
	if (call->fault)
		json_object_object_add(object, "fault", json_object_new_string(call->fault));
	return object;
}

static void write_json(FILE *file, struct json_object *object)
{
	fprintf(file, "%s\n", json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							     JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

static void write_text(FILE *file, double time, int lp, const char *line)
{
	if (lp == SEAM_TRACE_NO_LP)
		fprintf(file, "[%12.6f] %s\n", time, line);
	else
		fprintf(file, "[%12.6f] cpu%d %s\n", time, lp, line);
}

void seam_trace_call(struct seam_trace *trace, const struct seam_call *call)
{
	char line[LINE_SIZE] = "";
	double time;

	if (!trace->text && !trace->json)
		return;
	if (trace->text)
		format_call(call, line, sizeof(line));
	pthread_mutex_lock(&trace->lock);
	time = elapsed(trace);
	if (trace->text)
		write_text(trace->text, time, (int)call->lp, line);
	if (trace->json)
		write_json(trace->json, json_call(time, call));
	pthread_mutex_unlock(&trace->lock);
}

static void write_event(struct seam_trace *trace, int lp, const char *type, const char *line,
			bool loud)
{
	struct json_object *object;
	double time;

	pthread_mutex_lock(&trace->lock);
	time = elapsed(trace);
	if (trace->text)
		write_text(trace->text, time, lp, line);
	if (loud && trace->text != stderr)
		write_text(stderr, time, lp, line);
	if (trace->json) {
		object = json_event(time, lp, type);
		json_object_object_add(object, "text", json_object_new_string(line));
		write_json(trace->json, object);
	}
	pthread_mutex_unlock(&trace->lock);
}

void seam_trace_event(struct seam_trace *trace, int lp, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	write_event(trace, lp, "event", line, false);
}

void seam_trace_alert(struct seam_trace *trace, int lp, const char *format, ...)
{
	char line[LINE_SIZE] = "!!! ";
	size_t used = strlen(line);
	va_list args;

	va_start(args, format);
	vsnprintf(line + used, sizeof(line) - used, format, args);
	va_end(args);
	write_event(trace, lp, "alert", line, true);
}
