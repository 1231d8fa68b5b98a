// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs every suite, or the one that is named; the last line is "N passed, N failed". */
#include <stdlib.h>
#include <string.h>

#include "seam/page.h"
#include "tests/suites.h"
#include "tests/tap.h"

static const struct suite *const suites[] = {
	&suite_scenarios,
	&suite_release_scenarios,
	&suite_install,
	&suite_elf,
	&suite_loader,
	&suite_module,
	&suite_versions,
	&suite_tdmr,
	&suite_handoff,
	&suite_metadata,
	&suite_releases,
	&suite_td,
	&suite_td_limits,
	&suite_td_operands,
	&suite_program,
	&suite_survival,
	&suite_blob,
	&suite_signature,
	&suite_platform,
	&suite_names,
	&suite_decode,
	&suite_cpu,
	&suite_faults,
	&suite_params,
	&suite_dispatch,
	&suite_referee, &suite_halt, &suite_pages, &suite_unconfirmed,
	&suite_options,
	&suite_profile,
	&suite_trace,
};

#define NR_SUITES	ARRAY_SIZE(suites)

static bool wanted(const struct suite *suite, const char *name)
{
	return !name || !strcmp(suite->name, name);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	unsigned int passed = 0;
	unsigned int failed = 0;
	unsigned int total = 0;

	for (size_t i = 0; i < NR_SUITES; i++) {
		for (const struct test *test = suites[i]->tests; test->name; test++)
			total += wanted(suites[i], name);
	}

	printf("TAP version 13\n1..%u\n", total);
	for (size_t i = 0; i < NR_SUITES; i++) {
		for (const struct test *test = suites[i]->tests; test->name; test++) {
			bool ok;

			if (!wanted(suites[i], name))
				continue;
			ok = test->run();
			if (ok)
				passed++;
			else
				failed++;
			printf("%s %u - %s: %s\n", ok ? "ok" : "not ok", passed + failed,
			       suites[i]->name, test->name);
			fflush(stdout);
		}
	}
	printf("%u passed, %u failed\n", passed, failed);

	return failed || !total ? EXIT_FAILURE : EXIT_SUCCESS;
}
