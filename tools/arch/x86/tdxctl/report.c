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
	enum exit_status status;
	struct json_object *root, *errors, *warnings;
} report;

void report_init(void)
{
	/* Without it only ASCII is printed. */
	setlocale(LC_CTYPE, "C.UTF-8");
	report.root = json_make("schema", json_text("tdxctl/1"));
	report.errors = json_object_new_array();
	report.warnings = json_object_new_array();
}

/* The worst one stands. */
void report_status(enum exit_status status)
{
	if (status > report.status)
		report.status = status;
}

/* Prints the object.  Returns the status to exit with. */
int report_finish(void)
{
	report_add("exit", json_int(report.status),
		   "result", json_text("%s", status_names[report.status].word),
		   "errors", report.errors, "warnings", report.warnings);
	if (options.json)
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

/* The one place where values become text, which stands until the next call. */
static const char *vformat(const char *fmt, va_list args)
{
	static char raw[SENTENCE_LEN], text[SENTENCE_LEN];

	vsnprintf(raw, sizeof(raw), fmt, args);

	return printable(raw, text, sizeof(text));
}

const char *format(const char *fmt, ...)
{
	const char *text;
	va_list args;

	va_start(args, fmt);
	text = vformat(fmt, args);
	va_end(args);

	return text;
}

/* report_error() for a sentence that is made. */
bool report_text(enum exit_status status, const char *code, const char *hint, const char *text)
{
	report_status(status);
	if (!options.json) {
		/* What was printed before comes first, wherever both go. */
		fflush(stdout);
		fprintf(stderr, "tdxctl: %s%s.%s%s\n", status ? "" : "Warning: ", text,
			hint ? " " : "", hint ? hint : "");
	}
	json_object_array_add(status ? report.errors : report.warnings,
			      json_make("code", json_object_new_string(code),
					"message", json_object_new_string(text),
					"hint", hint ? json_object_new_string(hint) : NULL));

	return false;
}

/* What was tried in vain is not an error if something else was found. */
void report_forget_errors(void)
{
	json_object_put(report.errors);
	report.errors = json_object_new_array();
	report.status = EXIT_DONE;
}

/* A line for people, behind @label if there is one */
void print_text(const char *label, const char *text)
{
	if (options.json || options.quiet)
		return;

	if (label)
		printf("%-*s ", LABEL_WIDTH, label);
	puts(text);
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

/*
 * Adds pairs of a name and a value, up to NULL, to an object or to the report.  A value
 * of NULL is left out.
 */
struct json_object *json_add(struct json_object *object, ...)
{
	struct json_object *value;
	const char *name;
	va_list args;

	if (!object)
		object = report.root;
	va_start(args, object);
	while ((name = va_arg(args, const char *))) {
		value = va_arg(args, struct json_object *);
		if (value)
			json_object_object_add(object, name, value);
	}
	va_end(args);

	return object;
}

struct json_object *json_text(const char *fmt, ...)
{
	struct json_object *json;
	va_list args;

	va_start(args, fmt);
	json = json_object_new_string(vformat(fmt, args));
	va_end(args);

	return json;
}

struct json_object *json_bytes(const u8 *data, size_t len)
{
	char text[SENTENCE_LEN];

	for (size_t i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", data[i]);

	return json_object_new_string_len(text, 2 * len);
}
