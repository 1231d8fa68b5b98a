// SPDX-License-Identifier: GPL-2.0
/*
 * What tdxctl says
 *
 * All that is said goes through here, so that --json prints one object and
 * nothing else, and so that no name of a file can break a terminal or JSON.
 */

#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "tdxctl.h"

/* Has to hold a name of a file, and a table of the firmware in hexadecimal. */
#define SENTENCE_LEN	4608
#define LABEL_WIDTH	16

const struct status_name status_names[] = {
	[EXIT_DONE] = { "done", "done" },
	[EXIT_ERROR] = { "error", "error" },
	[EXIT_NOTHING] = { "nothing-to-do", "nothing to do" },
	[EXIT_UNCHECKED] = { "not-checkable", "no interface, no file, or not checkable" },
	[EXIT_REFUSED] = { "refused", "refused, nothing was changed" },
	[EXIT_WAITING] = { "tds-wait", "the update has failed and TDs wait" },
	[EXIT_LOST] = { "tds-lost", "the update has failed and TDs are lost" },
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
	/* Without it only ASCII is printed. */
	setlocale(LC_CTYPE, "C.UTF-8");
	report.json = json;
	report.quiet = quiet;
	report.root = json_object_new_object();
	report.errors = json_object_new_array();
	report.warnings = json_object_new_array();
	json_add(report.root, "schema", "tdxctl/1");
}

/* The worst one stands. */
void report_status(enum exit_status status)
{
	if (status > report.status)
		report.status = status;
}

void report_add(const char *name, struct json_object *value)
{
	json_object_object_add(report.root, name, value);
}

/* Prints the object.  Returns the status to exit with. */
int report_finish(void)
{
	json_add_int(report.root, "exit", report.status);
	json_add(report.root, "result", "%s", status_names[report.status].word);
	report_add("errors", report.errors);
	report_add("warnings", report.warnings);
	if (report.json)
		puts(json_object_to_json_string_ext(report.root, JSON_FORMAT));
	json_object_put(report.root);

	/* What has happened to TDs matters more than a full disk. */
	if ((fflush(stdout) || ferror(stdout)) && !report.status) {
		fprintf(stderr, "tdxctl: The output cannot be written.\n");
		return EXIT_ERROR;
	}

	return report.status;
}

/* Zeroed memory.  Without it nothing can be done; no upload is under way. */
void *allocate(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory) {
		report_error(EXIT_ERROR, "memory", NULL, "There is no memory");
		exit(report_finish());
	}

	return memory;
}

char *copy_string(const char *text)
{
	return strcpy(allocate(strlen(text) + 1), text);
}

/*
 * Copies @text with a question mark for each byte that cannot be printed.  Only
 * whole UTF-8 sequences can, since JSON is UTF-8.
 */
char *printable(const char *text, char *buf, size_t size)
{
	size_t used = 0, len;
	mbstate_t state;
	wchar_t c;

	for (; *text && used + MB_LEN_MAX < size; text += len, used += len) {
		memset(&state, 0, sizeof(state));
		len = mbrtowc(&c, text, strnlen(text, MB_LEN_MAX), &state);
		if (len > MB_LEN_MAX || !iswprint(c))
			len = 0;
		memcpy(buf + used, len ? text : "?", len ? len : 1);
		len += !len;
	}
	buf[used] = 0;

	return buf;
}

/* The one place where values become text */
static char *format(char sentence[SENTENCE_LEN], const char *fmt, va_list args)
{
	char raw[SENTENCE_LEN];

	vsnprintf(raw, sizeof(raw), fmt, args);

	return printable(raw, sentence, SENTENCE_LEN);
}

static void say(struct json_object *list, const char *prefix, const char *code, const char *hint,
		const char *sentence)
{
	struct json_object *object = json_object_new_object();

	json_add(object, "code", "%s", code);
	json_add(object, "message", "%s", sentence);
	if (hint)
		json_add(object, "hint", "%s", hint);
	json_object_array_add(list, object);
	if (report.json)
		return;

	/* What was printed before comes first, wherever both go. */
	fflush(stdout);
	fprintf(stderr, "tdxctl: %s%s.%s%s\n", prefix, sentence, hint ? " " : "",
		hint ? hint : "");
}

/**
 * report_error() - say what is wrong and what can be done about it
 * @status: status to exit with, unless there is a worse one
 * @code: word for programs
 * @hint: what to do, or NULL
 * @fmt: one sentence without a full stop, and its values
 *
 * Return: false, for callers that fail.
 */
bool report_error(enum exit_status status, const char *code, const char *hint,
		  const char *fmt, ...)
{
	char sentence[SENTENCE_LEN];
	va_list args;

	va_start(args, fmt);
	say(report.errors, "", code, hint, format(sentence, fmt, args));
	va_end(args);
	report_status(status);

	return false;
}

/* A warning changes no exit status. */
void report_warning(const char *code, const char *fmt, ...)
{
	char sentence[SENTENCE_LEN];
	va_list args;

	va_start(args, fmt);
	say(report.warnings, "Warning: ", code, NULL, format(sentence, fmt, args));
	va_end(args);
}

/* What was tried in vain is not an error if something else was found. */
void report_forget_errors(void)
{
	json_object_put(report.errors);
	report.errors = json_object_new_array();
	report.status = EXIT_DONE;
}

/* A line for people, behind @label if there is one */
void print_fact(const char *label, const char *fmt, ...)
{
	char text[SENTENCE_LEN];
	va_list args;

	if (report.json || report.quiet)
		return;

	if (label)
		printf("%-*s ", LABEL_WIDTH, label);
	va_start(args, fmt);
	puts(format(text, fmt, args));
	va_end(args);
	/* Somebody may be watching. */
	fflush(stdout);
}

/* While TDs may wait, the reader of the output is not waited for. */
void print_progress(const char *text)
{
	struct pollfd pfd = { .fd = STDOUT_FILENO, .events = POLLOUT };

	if (poll(&pfd, 1, 0) == 1 && pfd.revents == POLLOUT)
		print_line("%s", text);
}

void json_add(struct json_object *object, const char *name, const char *fmt, ...)
{
	char text[SENTENCE_LEN];
	va_list args;

	va_start(args, fmt);
	json_object_object_add(object, name, json_object_new_string(format(text, fmt, args)));
	va_end(args);
}

/* JSON numbers have 53 bits. */
void json_add_hex(struct json_object *object, const char *name, u64 value)
{
	json_add(object, name, "0x%llx", (unsigned long long)value);
}

void json_add_bytes(struct json_object *object, const char *name, const u8 *data, size_t len)
{
	char text[SENTENCE_LEN];
	size_t i;

	for (i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", data[i]);
	json_add(object, name, "%s", text);
}
