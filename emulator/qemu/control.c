// SPDX-License-Identifier: GPL-2.0-or-later
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "qemu/control.h"
#include "qemu/machine.h"

static enum control_result refuse(char reply[static VCPU_REPLY_SIZE], const char *sentence)
{
	snprintf(reply, VCPU_REPLY_SIZE, "error: %s", sentence);
	return CONTROL_REFUSED;
}

static enum control_result hold(const char *argument, bool inside,
				char reply[static VCPU_REPLY_SIZE])
{
	char *end;
	guint64 lp = g_ascii_strtoull(argument, &end, 10);

	if (!machine.platform)
		return refuse(reply, "there is no TDX platform (tdx=off, or before power-on)");
	if (!g_ascii_isdigit(*argument) || *end || lp >= machine.nr_vcpus)
		return refuse(reply, "hold and release want the number of a CPU that exists");
	platform_hold_lp(machine.platform, lp, inside);
	seam_trace_event(machine.trace, (int)lp, inside ? "held inside a TD" : "released");
	return CONTROL_OK;
}

static enum control_result pages(char reply[static VCPU_REPLY_SIZE])
{
	char text[PLATFORM_PAGES_TEXT];
	struct platform_pages pages;

	if (!machine.platform)
		return refuse(reply, "there is no TDX platform (tdx=off, or before power-on)");
	pages = platform_pages(machine.platform);
	platform_pages_text(&pages, text);
	snprintf(reply, VCPU_REPLY_SIZE, "ok %s", text);
	seam_trace_event(machine.trace, SEAM_TRACE_NO_LP, "pages: %s", text);
	return CONTROL_OK;
}

static enum control_result execute(char *verb, char *argument,
				   char reply[static VCPU_REPLY_SIZE])
{
	char sentence[FAULT_ERROR_SIZE];

	if (!strcmp(verb, "fault")) {
		if (!seam_dispatch_add_fault(machine.dispatch, argument, sentence))
			return refuse(reply, sentence);
		return CONTROL_OK;
	}
	if (!strcmp(verb, "clear")) {
		seam_dispatch_clear_faults(machine.dispatch);
		return CONTROL_OK;
	}
	if (!strcmp(verb, "hold"))
		return hold(argument, true, reply);
	if (!strcmp(verb, "release"))
		return hold(argument, false, reply);
	if (!strcmp(verb, "pages"))
		return pages(reply);
	if (!strcmp(verb, "hits")) {
		snprintf(reply, VCPU_REPLY_SIZE, "ok %u", seam_dispatch_hits(machine.dispatch));
		return CONTROL_OK;
	}
	if (!strcmp(verb, "mark")) {
		seam_trace_event(machine.trace, SEAM_TRACE_NO_LP, "mark: %s", argument);
		return CONTROL_OK;
	}
	return refuse(reply,
		      "unknown command, expected fault, clear, hits, hold, release, pages or mark");
}

enum control_result control_execute(const char *command, char reply[static VCPU_REPLY_SIZE])
{
	char *text = g_strstrip(g_strdup(command));
	char *argument = strchr(text, ' ');
	enum control_result result;

	if (argument)
		*argument++ = '\0';
	strcpy(reply, "ok");
	result = execute(text, argument ? g_strchug(argument) : text + strlen(text), reply);
	if (result == CONTROL_REFUSED)
		seam_trace_alert(machine.trace, SEAM_TRACE_NO_LP, "command %s refused: %s",
				 command, reply);
	g_free(text);
	return result;
}

uint64_t control_reply_read(struct vcpu *vcpu)
{
	size_t rest = strlen(vcpu->reply) - vcpu->reply_at;
	uint64_t value = 0;

	rest = MIN(rest, sizeof(value));
	memcpy(&value, vcpu->reply + vcpu->reply_at, rest);
	vcpu->reply_at += rest;
	return value;
}

static void command_ends(struct vcpu *vcpu, bool too_long)
{
	vcpu->command[vcpu->command_len] = '\0';
	vcpu->command_len = 0;
	vcpu->reply_at = 0;
	vcpu->command_result = too_long ? refuse(vcpu->reply, "the command is too long") :
					  control_execute(vcpu->command, vcpu->reply);
}

void control_msr_write(struct vcpu *vcpu, uint64_t value)
{
	unsigned int i;

	for (i = 0; i < sizeof(value); i++, value >>= 8) {
		char c = value & 0xff;

		/* The NUL that ends a command may be followed by more padding. */
		if (!c && !vcpu->command_len)
			continue;
		if (c && vcpu->command_len < sizeof(vcpu->command) - 1)
			vcpu->command[vcpu->command_len++] = c;
		else
			command_ends(vcpu, c);
	}
}
