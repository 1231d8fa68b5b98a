// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "seam/leaves.h"
#include "seam/names.h"
#include "seam/number.h"
#include "seamcall/fault.h"

#define SEPARATOR	":"

/* Answers of the instruction itself, beside the names of statuses */
#define ANSWER_VMFAIL_INVALID	"VMFAILINVALID"
#define ANSWER_GP		"GP"

/* No answer at all; a word without a value */
#define HALT			"halt"

static bool parse_number(const char *text, unsigned int min, unsigned int max,
			 unsigned int *number)
{
	uint64_t value;

	if (!number_parse(text, min, max, &value))
		return false;
	*number = value;
	return true;
}

static bool parse_status(struct fault *fault, const char *text)
{
	enum seam_firmware firmware = seam_firmware_of(fault->leaf);
	char *end;

	fault->answers = true;
	fault->outcome = OUTCOME_DONE;
	if (!strcasecmp(text, ANSWER_VMFAIL_INVALID)) {
		fault->outcome = OUTCOME_VMFAIL_INVALID;
		return true;
	}
	if (!strcasecmp(text, ANSWER_GP)) {
		fault->outcome = OUTCOME_GP;
		return true;
	}
	if (!seam_status_by_name(firmware, text, &fault->status)) {
		errno = 0;
		fault->status = strtoull(text, &end, 16);
		if (errno || strncasecmp(text, "0x", 2) || *end)
			return false;
	}
	/* No firmware answers that a call has succeeded which did nothing. */
	return fault->status != 0;
}

/* One key=value; NULL if it is good, else what would be. */
static const char *parse_field(struct fault *fault, const char *key, const char *value,
			       unsigned int nr_lps)
{
	bool install = fault->leaf == SEAMLDR_INSTALL;
	unsigned int number;

	if (!strcmp(key, "cpu"))
		return parse_number(value, 0, nr_lps - 1, &fault->lp) ? NULL :
		       "the number of a CPU that exists";
	if (!strcmp(key, "nth"))
		return parse_number(value, 1, FAULT_ALWAYS - 1, &fault->nth) ? NULL :
		       "a count from 1";
	if (!strcmp(key, "times")) {
		fault->times = FAULT_ALWAYS;
		if (!strcmp(value, "always"))
			return NULL;
		return parse_number(value, 1, FAULT_ALWAYS - 1, &fault->times) ? NULL :
		       "a count from 1, or always";
	}
	if (!strcmp(key, "arrival") && install) {
		fault->arrival = FAULT_LAST_ARRIVAL;
		if (!strcmp(value, "last"))
			return NULL;
		return parse_number(value, 1, nr_lps, &fault->arrival) ? NULL :
		       "a position in the session from 1, or last";
	}
	if (!strcmp(key, "status"))
		return parse_status(fault, value) ? NULL :
		       "a status of this firmware other than success, 0x... , VMFAILINVALID or GP";
	if (!strcmp(key, "rdx") && install) {
		if (!parse_number(value, 0, 1, &number))
			return "0 (recoverable) or 1 (unrecoverable)";
		fault->rdx = number;
		fault->rdx_given = true;
		return NULL;
	}
	if (!strcmp(key, "delay"))
		return parse_number(value, 1, FAULT_MAX_DELAY_MS, &fault->delay_ms) ? NULL :
		       "milliseconds from 1 to 60000";
	return install ? "one of cpu, nth, times, arrival, status, rdx, halt, delay" :
			 "one of cpu, nth, times, status, halt, delay";
}

static bool parse_fields(struct fault *fault, char *text, unsigned int nr_lps,
			 bool *halts, char error[static FAULT_ERROR_SIZE])
{
	const char *expected;
	char *field, *value;

	while ((field = strsep(&text, SEPARATOR))) {
		value = strchr(field, '=');
		if (!value && !strcmp(field, HALT)) {
			*halts = true;
			continue;
		}
		if (value)
			*value++ = '\0';
		expected = parse_field(fault, field, value ? value : "", nr_lps);
		if (expected) {
			snprintf(error, FAULT_ERROR_SIZE, "fault %s: %s%s%s is wrong, expected %s",
				 fault->spec, field, value ? "=" : "", value ? value : "",
				 expected);
			return false;
		}
	}
	return true;
}

/* What each field allows for itself, but not all of them together */
static const char *contradiction(const struct fault *fault, bool halts)
{
	if (halts && fault->answers)
		return "a call that halts has no status, leave one out";
	if (halts && fault->rdx_given)
		return "a call that halts returns no RDX, leave one out";
	if (!halts && !fault->answers && !fault->delay_ms)
		return "say what happens, status=, halt or delay=";
	return NULL;
}

bool fault_parse(struct fault *fault, const char *spec, unsigned int nr_lps,
		 char error[static FAULT_ERROR_SIZE])
{
	char text[FAULT_SPEC_SIZE], *rest = text, *leaf;
	const char *wrong;
	bool halts = false;

	memset(fault, 0, sizeof(*fault));
	fault->lp = FAULT_ANY_LP;
	fault->nth = 1;
	fault->times = 1;
	if (strlen(spec) >= FAULT_SPEC_SIZE) {
		snprintf(error, FAULT_ERROR_SIZE, "fault %.32s...: longer than %d characters",
			 spec, FAULT_SPEC_SIZE - 1);
		return false;
	}
	strcpy(fault->spec, spec);
	strcpy(text, spec);
	leaf = strsep(&rest, SEPARATOR);
	if (!seam_leaf_by_name(leaf, &fault->leaf)) {
		snprintf(error, FAULT_ERROR_SIZE,
			 "fault %s: there is no leaf %s, expected a name like TDH.SYS.UPDATE",
			 spec, leaf);
		return false;
	}
	if (!parse_fields(fault, rest, nr_lps, &halts, error))
		return false;
	wrong = contradiction(fault, halts);
	if (wrong) {
		snprintf(error, FAULT_ERROR_SIZE, "fault %s: %s", spec, wrong);
		return false;
	}
	if (halts) {
		fault->answers = true;
		fault->outcome = OUTCOME_HALTED;
	}
	return true;
}

static bool same_leaf(uint64_t leaf, uint64_t rax)
{
	if (seam_firmware_of(rax) == SEAM_FIRMWARE_P_SEAMLDR)
		return leaf == rax;
	return !(leaf & SEAM_P_SEAMLDR) && TDH_LEAF(leaf) == TDH_LEAF(rax);
}

bool fault_hits(struct fault *fault, unsigned int lp, uint64_t rax, unsigned int arrival,
		unsigned int nr_lps)
{
	unsigned int wanted = fault->arrival == FAULT_LAST_ARRIVAL ? nr_lps : fault->arrival;

	if (!same_leaf(fault->leaf, rax))
		return false;
	if (fault->lp != FAULT_ANY_LP && fault->lp != lp)
		return false;
	if (wanted != FAULT_ANY_ARRIVAL && wanted != arrival)
		return false;
	if (fault->seen != FAULT_ALWAYS)
		fault->seen++;
	return fault->seen >= fault->nth && fault->seen - fault->nth < fault->times;
}
