// SPDX-License-Identifier: GPL-2.0-or-later
/* What is written about a call, for people and as JSON. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "seam/leaves.h"
#include "seam/status.h"
#include "seamcall/trace.h"
#include "tests/suites.h"

#define LINE_SIZE	1024
#define TIME_WIDTH	15

/** struct traced - a trace into two temporary files */
struct traced {
	struct seam_trace *trace;
	char text[32];
	char json[32];
};

static bool start(struct traced *t)
{
	char error[LINE_SIZE];

	strcpy(t->text, "/tmp/trace-XXXXXX");
	strcpy(t->json, "/tmp/trace-XXXXXX");
	close(mkstemp(t->text));
	close(mkstemp(t->json));
	t->trace = seam_trace_open(t->text, t->json, error, sizeof(error));
	return t->trace;
}

/* First line of both files, the text without its time. */
static bool finish(struct traced *t, char text[LINE_SIZE], struct json_object **json)
{
	char line[LINE_SIZE] = "";
	FILE *file;

	seam_trace_close(t->trace);
	file = fopen(t->json, "r");
	*json = file && fgets(line, sizeof(line), file) ? json_tokener_parse(line) : NULL;
	fclose(file);
	file = fopen(t->text, "r");
	line[0] = '\0';
	if (!file || !fgets(line, sizeof(line), file))
		return false;
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	strcpy(text, strlen(line) > TIME_WIDTH ? line + TIME_WIDTH : line);
	unlink(t->text);
	unlink(t->json);
	return *json;
}

static bool has(struct json_object *object, const char *key, const char *value)
{
	struct json_object *found;

	if (!json_object_object_get_ex(object, key, &found) ||
	    strcmp(json_object_get_string(found), value)) {
		printf("# %s is not %s in %s\n", key, value, json_object_to_json_string(object));
		return false;
	}
	return true;
}

static bool same(const char *text, const char *expected)
{
	if (!strcmp(text, expected))
		return true;
	printf("# \"%s\", not \"%s\"\n", text, expected);
	return false;
}

static bool record(const struct seam_call *call, const char *expected, struct json_object **json)
{
	char text[LINE_SIZE];
	struct traced t;

	CHECK(start(&t));
	seam_trace_call(t.trace, call);
	CHECK(finish(&t, text, json));
	return same(text, expected);
}

static bool success(void)
{
	struct seam_call call = { .lp = 3, .interrupts_enabled = true };
	struct json_object *json, *out;

	call.in.gpr[SEAM_RAX] = TDH_SYS_RD;
	call.in.gpr[SEAM_RDX] = 0x800000100000003;
	call.out.gpr[SEAM_RDX] = 0x800000100000004;
	call.out.gpr[SEAM_R8] = 5;
	CHECK(record(&call,
		     "cpu3 TDH.SYS.RD rcx=0 rdx=800000100000003 r8=0 r9=0 -> TDX_SUCCESS rdx=800000100000004 r8=5",
		     &json));
	CHECK(has(json, "type", "seamcall") && has(json, "cpu", "3"));
	CHECK(has(json, "leaf", "TDH.SYS.RD") && has(json, "rax", "0x22"));
	CHECK(has(json, "interrupts", "true") && has(json, "outcome", "status"));
	CHECK(has(json, "status", "TDX_SUCCESS") && has(json, "value", "0"));
	CHECK(json_object_object_get_ex(json, "out", &out));
	CHECK_EQ(json_object_object_length(out), 2);
	CHECK(has(out, "r8", "0x5"));
	json_object_put(json);
	return true;
}

static bool failure(void)
{
	struct seam_call call = { .fault = "SPEC" };
	struct json_object *json, *out;

	call.in.gpr[SEAM_RAX] = SEAMLDR_INSTALL;
	call.in.gpr[SEAM_RDX] = 1;
	call.out.gpr[SEAM_RAX] = SEAMLDR_EBADHASH;
	call.out.gpr[SEAM_RDX] = 1;
	CHECK(record(&call,
		     "cpu0 SEAMLDR.INSTALL rcx=0 rdx=1 r8=0 r9=0 -> EBADHASH (0x8000000000020001) rdx=1 [fault SPEC]",
		     &json));
	CHECK(has(json, "status", "EBADHASH") && has(json, "value", "0x8000000000020001"));
	CHECK(has(json, "fault", "SPEC") && has(json, "interrupts", "false"));
	CHECK(json_object_object_get_ex(json, "out", &out) && has(out, "rdx", "0x1"));
	json_object_put(json);
	return true;
}

static bool no_status(void)
{
	struct seam_call call = { .outcome = OUTCOME_VMFAIL_INVALID };
	struct json_object *json;

	call.in.gpr[SEAM_RAX] = TDH_SYS_INIT;
	call.out = call.in;
	CHECK(record(&call, "cpu0 TDH.SYS.INIT rcx=0 rdx=0 r8=0 r9=0 -> VMfailInvalid", &json));
	CHECK(has(json, "outcome", "VMfailInvalid"));
	CHECK(!json_object_object_get_ex(json, "status", NULL));
	json_object_put(json);
	return true;
}

static bool unknown_leaf(void)
{
	struct seam_call call = { .lp = 1 };
	struct json_object *json;

	call.in.gpr[SEAM_RAX] = TDH_LEAF_MASK;
	call.out.gpr[SEAM_RAX] = TDX_OPERAND_INVALID;
	CHECK(record(&call,
		     "cpu1 UNKNOWN LEAF 0xffff rcx=0 rdx=0 r8=0 r9=0 -> TDX_OPERAND_INVALID (0xc000010000000000)",
		     &json));
	CHECK(!json_object_get_string(json_object_object_get(json, "leaf")));
	json_object_put(json);
	return true;
}

static bool events(void)
{
	struct json_object *json;
	char text[LINE_SIZE];
	struct traced t;

	CHECK(start(&t));
	seam_trace_event(t.trace, SEAM_TRACE_NO_LP, "mark: \"%s\"", "x");
	CHECK(finish(&t, text, &json));
	CHECK(same(text, "mark: \"x\""));
	CHECK(has(json, "type", "event") && has(json, "text", "mark: \"x\""));
	CHECK(!json_object_object_get_ex(json, "cpu", NULL));
	json_object_put(json);
	return true;
}

static bool refusal(void)
{
	char error[LINE_SIZE] = "";

	CHECK(!seam_trace_open("/nonexistent/trace", NULL, error, sizeof(error)));
	CHECK(strstr(error, "/nonexistent/trace"));
	return true;
}

static const struct test tests[] = {
	{ "a call that succeeds", success },
	{ "a call that fails, by an injected fault", failure },
	{ "a failure of the instruction has no status", no_status },
	{ "an unknown leaf is loud", unknown_leaf },
	{ "events", events },
	{ "a file that cannot be written is refused", refusal },
	{ 0 },
};

const struct suite suite_trace = { "trace", tests };
