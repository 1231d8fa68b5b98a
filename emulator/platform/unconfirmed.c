// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of the questions and of both answers; the default is the first one. */
#include <stdio.h>
#include <string.h>

#include "platform/unconfirmed.h"

#define NR_ANSWERS	2

static const struct question {
	const char *name;
	const char *answer[NR_ANSWERS];
} questions[NR_UNCONFIRMED] = {
	[UNCONFIRMED_HALT_MODULE] = {
		.name = "halt-module", .answer = { "vmfailinvalid", "works" } },
	[UNCONFIRMED_HALT_LOADER] = {
		.name = "halt-loader", .answer = { "works", "vmfailinvalid" } },
	[UNCONFIRMED_LOADER_MINOR] = {
		.name = "loader-minor", .answer = { "5", "0" } },
	[UNCONFIRMED_PARAMS_VERSION] = {
		.name = "params-version", .answer = { "0", "0-or-1" } },
	[UNCONFIRMED_SIGSTRUCT_968] = {
		.name = "sigstruct-968", .answer = { "ignore", "refuse" } },
	[UNCONFIRMED_SIGSTRUCT_978] = {
		.name = "sigstruct-978", .answer = { "refuse", "tolerate" } },
	[UNCONFIRMED_SIGSTRUCT_1008] = {
		.name = "sigstruct-1008", .answer = { "refuse", "tolerate" } },
	[UNCONFIRMED_INSTALL_RDX] = {
		.name = "install-rdx", .answer = { "written", "kept" } },
	[UNCONFIRMED_HANDOFF_PAGES] = {
		.name = "handoff-pages", .answer = { "ignore", "refuse" } },
	[UNCONFIRMED_SEAMINFO] = {
		.name = "seaminfo", .answer = { "present", "ebadparam" } },
	[UNCONFIRMED_SEAMINFO_VERSION] = {
		.name = "seaminfo-version", .answer = { "0", "1" } },
	[UNCONFIRMED_CACHE_WB] = {
		.name = "cache-wb", .answer = { "together", "in-turn" } },
	[UNCONFIRMED_DISABLE_SHUTDOWN] = {
		.name = "disable-shutdown", .answer = { "refused", "works" } },
	[UNCONFIRMED_DISABLE_HANDOFF] = {
		.name = "disable-handoff", .answer = { "dropped", "kept" } },
	[UNCONFIRMED_DISABLE_OTHERS] = {
		.name = "disable-others", .answer = { "busy", "not-ready" } },
};

static void list_names(char expected[static UNCONFIRMED_ERROR_SIZE])
{
	size_t used;

	used = snprintf(expected, UNCONFIRMED_ERROR_SIZE, "NAME:ANSWER with a NAME of");
	for (unsigned int i = 0; i < NR_UNCONFIRMED && used < UNCONFIRMED_ERROR_SIZE; i++)
		used += snprintf(expected + used, UNCONFIRMED_ERROR_SIZE - used, "%s %s",
				 i ? "," : "", questions[i].name);
}

bool unconfirmed_choose(struct unconfirmed_answers *answers, const char *text,
			char expected[static UNCONFIRMED_ERROR_SIZE])
{
	size_t len = strcspn(text, ":");

	for (unsigned int i = 0; i < NR_UNCONFIRMED; i++) {
		const struct question *q = &questions[i];

		if (strlen(q->name) != len || strncmp(text, q->name, len))
			continue;
		for (unsigned int answer = 0; text[len] && answer < NR_ANSWERS; answer++) {
			if (!strcmp(text + len + 1, q->answer[answer])) {
				answers->second[i] = answer;
				return true;
			}
		}
		snprintf(expected, UNCONFIRMED_ERROR_SIZE, "%s:%s or %s:%s", q->name,
			 q->answer[0], q->name, q->answer[1]);
		return false;
	}
	list_names(expected);
	return false;
}

void unconfirmed_text(const struct unconfirmed_answers *answers, char *text, size_t size)
{
	size_t used = 0;

	*text = '\0';
	for (unsigned int i = 0; i < NR_UNCONFIRMED && used < size; i++) {
		if (answers->second[i])
			used += snprintf(text + used, size - used, "%s%s:%s", used ? " " : "",
					 questions[i].name, questions[i].answer[1]);
	}
}
