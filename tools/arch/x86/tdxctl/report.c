// SPDX-License-Identifier: GPL-2.0
/*
 * What tdxctl says
 *
 * All that is said goes through here, so that --json prints one object and
 * nothing else, and so that no name of a file can break a terminal or JSON.
 */

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "report.h"

/* Has to hold a name of a file. */
#define SENTENCE_LEN	4608
#define LABEL_WIDTH	16

static const char * const result_names[] = {
	[EXIT_DONE]		= "done",
	[EXIT_ERROR]		= "error",
	[EXIT_NOTHING]		= "nothing-to-do",
	[EXIT_UNCHECKED]	= "not-checkable",
	[EXIT_REFUSED]		= "refused",
	[EXIT_WAITING]		= "tds-wait",
	[EXIT_LOST]		= "tds-lost",
};

static struct {
	bool json;
	bool quiet;
	enum exit_status status;
	struct json_object *root;
	struct json_object *errors;
	struct json_object *warnings;
} report;

void report_init(bool json, bool quiet)
{
	report.json = json;
	report.quiet = quiet;
	report.root = json_object_new_object();
	report.errors = json_object_new_array();
	report.warnings = json_object_new_array();
	json_add_string(report.root, "schema", REPORT_SCHEMA);
}

void report_command(const char *command)
{
	json_add_string(report.root, "command", command);
}

bool report_is_json(void)
{
	return report.json;
}

/* The worst one stands. */
void report_status(enum exit_status status)
{
	if (status > report.status)
		report.status = status;
}

enum exit_status report_get_status(void)
{
	return report.status;
}

/* Prints the object.  Returns the status to exit with. */
int report_finish(void)
{
	json_add_int(report.root, "exit", report.status);
	json_add_string(report.root, "result", result_names[report.status]);
	report_add("errors", report.errors);
	report_add("warnings", report.warnings);
	if (report.json)
		puts(json_object_to_json_string_ext(report.root,
						    JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_SPACED |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(report.root);

	/* What has happened to TDs matters more than a full disk. */
	if ((fflush(stdout) || ferror(stdout)) && !report.status) {
		fprintf(stderr, "tdxctl: The output cannot be written.\n");
		return EXIT_ERROR;
	}

	return report.status;
}

/*
 * The next character of @text, if it is one that can be printed: its length in
 * bytes, 0 otherwise.  Only whole UTF-8 sequences are, since JSON is UTF-8.
 */
static size_t printable_length(const unsigned char *text)
{
	size_t len, i;

	if (*text < 0x80)
		return *text >= 0x20 && *text != 0x7f;

	if (*text >= 0xc2 && *text <= 0xdf)
		len = 2;
	else if (*text >= 0xe0 && *text <= 0xef)
		len = 3;
	else
		return 0;

	for (i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}

	/* C1 controls, overlong forms, surrogates */
	if ((text[0] == 0xc2 && text[1] < 0xa0) || (text[0] == 0xe0 && text[1] < 0xa0) ||
	    (text[0] == 0xed && text[1] >= 0xa0))
		return 0;

	return len;
}

/* Copies @text with a question mark for each byte that cannot be printed. */
char *printable(const char *text, char *buf, size_t size)
{
	const unsigned char *from = (const unsigned char *)text;
	size_t used = 0, len;

	while (*from && used + 4 < size) {
		len = printable_length(from);
		if (len)
			memcpy(buf + used, from, len);
		else
			buf[used] = '?';

		used += len ? len : 1;
		from += len ? len : 1;
	}
	buf[used] = 0;

	return buf;
}

static struct json_object *message(const char *code, const char *fmt, va_list args,
				   char *sentence)
{
	struct json_object *object = json_object_new_object();
	char raw[SENTENCE_LEN];

	vsnprintf(raw, sizeof(raw), fmt, args);
	printable(raw, sentence, SENTENCE_LEN);
	json_add_string(object, "code", code);
	json_add_string(object, "message", sentence);

	return object;
}

/**
 * report_error() - say what is wrong and what can be done about it
 * @status: status to exit with, unless there is a worse one
 * @code: word for programs
 * @hint: what to do, or NULL
 * @fmt: one sentence without a full stop, and its values
 */
void report_error(enum exit_status status, const char *code, const char *hint,
		  const char *fmt, ...)
{
	struct json_object *error;
	char sentence[SENTENCE_LEN];
	va_list args;

	va_start(args, fmt);
	error = message(code, fmt, args, sentence);
	va_end(args);
	if (hint)
		json_add_string(error, "hint", hint);
	json_object_array_add(report.errors, error);
	report_status(status);
	if (report.json)
		return;

	/* What was printed before comes first, wherever both go. */
	fflush(stdout);
	fprintf(stderr, "tdxctl: %s.%s%s\n", sentence, hint ? " " : "", hint ? hint : "");
}

/* What was tried in vain is not an error if something else was found. */
void report_forget_errors(void)
{
	json_object_put(report.errors);
	report.errors = json_object_new_array();
	report.status = EXIT_DONE;
}

/* A warning changes no exit status. */
void report_warning(const char *code, const char *fmt, ...)
{
	struct json_object *warning;
	char sentence[SENTENCE_LEN];
	va_list args;

	va_start(args, fmt);
	warning = message(code, fmt, args, sentence);
	va_end(args);
	json_object_array_add(report.warnings, warning);
	if (report.json)
		return;

	fflush(stdout);
	fprintf(stderr, "tdxctl: Warning: %s.\n", sentence);
}

void report_add(const char *name, struct json_object *value)
{
	json_object_object_add(report.root, name, value);
}

static void print_text(const char *fmt, va_list args)
{
	char raw[SENTENCE_LEN], text[SENTENCE_LEN];

	vsnprintf(raw, sizeof(raw), fmt, args);
	printf("%s\n", printable(raw, text, sizeof(text)));
	/* Somebody may be watching. */
	fflush(stdout);
}

void print_fact(const char *label, const char *fmt, ...)
{
	va_list args;

	if (report.json || report.quiet)
		return;

	printf("%-*s ", LABEL_WIDTH, label);
	va_start(args, fmt);
	print_text(fmt, args);
	va_end(args);
}

void print_line(const char *fmt, ...)
{
	va_list args;

	if (report.json || report.quiet)
		return;

	va_start(args, fmt);
	print_text(fmt, args);
	va_end(args);
}

/* While TDs may wait, the reader of the output is not waited for. */
void print_progress(const char *text)
{
	struct pollfd pfd = { .fd = STDOUT_FILENO, .events = POLLOUT };

	if (poll(&pfd, 1, 0) == 1 && pfd.revents == POLLOUT)
		print_line("%s", text);
}

void json_add_string(struct json_object *object, const char *name, const char *value)
{
	char text[SENTENCE_LEN];

	json_object_object_add(object, name,
			       json_object_new_string(printable(value, text, sizeof(text))));
}

void json_add_int(struct json_object *object, const char *name, long long value)
{
	json_object_object_add(object, name, json_object_new_int64(value));
}

void json_add_bool(struct json_object *object, const char *name, bool value)
{
	json_object_object_add(object, name, json_object_new_boolean(value));
}

/* JSON numbers have 53 bits. */
void json_add_hex(struct json_object *object, const char *name, unsigned long long value)
{
	char text[19];

	snprintf(text, sizeof(text), "0x%llx", value);
	json_add_string(object, name, text);
}

void json_add_bytes(struct json_object *object, const char *name, const u8 *data, size_t len)
{
	char *text = malloc(2 * len + 1);
	size_t i;

	if (!text)
		return;

	for (i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
	text[2 * len] = 0;
	json_object_object_add(object, name, json_object_new_string(text));
	free(text);
}
