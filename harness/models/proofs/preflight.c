// SPDX-License-Identifier: GPL-2.0
/* seamldr_preflight.c, with any platform and any sigstruct */

#include "contracts.h"

#include "seamldr_image.c"
#include "seamldr_preflight.c"

/*
 * The checksum reads the whole file.  The loop does not depend on what the file
 * has, so one of a few bytes stands for all.
 */
#define FILE_LEN	8

/* Longer than two names of checks and what separates them */
#define LIST_LEN	28

/* Sockets, and entries of the CPU table, where all checks are made; see cpu_table() */
#define FEW_CPUS	2

static bool hashed;

void sha384(const u8 *data, size_t len, u8 out[SHA384_DIGEST_SIZE])
{
	REQUIRE(len >= SEAMLDR_PAGE_SIZE && __CPROVER_r_ok(data, len), "sha384: all of the module");
	REQUIRE(__CPROVER_w_ok(out, SHA384_DIGEST_SIZE), "sha384: room for the hash");
	hashed = true;
}

/* The highest version that both know, and if there is one it is found. */
void handoff(void)
{
	struct seam_sigstruct sig;
	struct seamldr_platform platform;
	u16 hv, other = nondet_u16();
	bool found, both;

	/* Sigstructs that say otherwise are refused, unless that is skipped. */
	found = seamldr_choose_handoff(&sig, &platform, &hv);

	both = other >= sig.min_update_hv && other <= sig.module_hv;
	if (platform.handoff_written)
		both = both && other == platform.handoff_hv;
	else if (platform.no_downgrade)
		both = both && other == platform.module_hv;
	else
		both = both && other >= platform.min_update_hv && other <= platform.module_hv;

	if (both) {
		REQUIRE(found, "one that both know is found");
		REQUIRE(hv >= other, "the highest one");
	}
	if (found) {
		REQUIRE(hv >= sig.min_update_hv && hv <= sig.module_hv, "the new module reads it");
		REQUIRE(!platform.handoff_written || hv == platform.handoff_hv, "what was written");
		REQUIRE(platform.handoff_written || hv <= platform.module_hv, "the old module writes it");
		REQUIRE(platform.handoff_written || hv >= platform.min_update_hv ||
			platform.no_downgrade, "the old module writes it, unless told not to go lower");
		REQUIRE(platform.handoff_written || !platform.no_downgrade ||
			hv == platform.module_hv, "no downgrade");
	}
}

static bool can_skip(u32 row)
{
	return row < ARRAY_SIZE(checks) && checks[row].skippable;
}

static void make_checks(bool again)
{
	struct seam_sigstruct sig;
	struct seamldr_platform platform;
	struct seamldr_verdict verdict;
	struct seamldr_image image;
	u32 i, row = nondet_u32();
	int ret;

	/* What seamldr_image_parse() and read_cpus() see to */
	image.sigstruct = &sig;
	ASSUME(image.nr_module_pages >= 1 && image.nr_module_pages <= SEAMLDR_MAX_MODULE_PAGES);
	image.module = __CPROVER_allocate(image.nr_module_pages * SEAMLDR_PAGE_SIZE, 0);
	ASSUME(image.size <= FILE_LEN && image.size % 2 == 0);
	image.data = __CPROVER_allocate(image.size, 0);
	ASSUME(platform.nr_sockets <= FEW_CPUS);
	ASSUME(sig.cpuid_table_size <= FEW_CPUS ||
	       sig.cpuid_table_size > SEAM_SIGSTRUCT_MAX_CPUIDS);
	/* What seamldr_parse_skip() sees to, see parse_skip() */
	for (i = 0; i < ARRAY_SIZE(checks); i++)
		ASSUME(checks[i].skippable || !(platform.skip & BIT(i)));
	ASSUME(row < ARRAY_SIZE(checks));

	ret = again ? seamldr_preflight_again(&image, &platform, &verdict) :
		      seamldr_preflight(&image, &platform, &verdict);

	REQUIRE(!(verdict.skipped & ~platform.skip), "skipped is only what was to be");
	REQUIRE(!(verdict.skipped & BIT(row)) || can_skip(row), "without which TDs are lost: not skipped");
	if (ret) {
		REQUIRE(ret < 0 && ret == verdict.refusal.err, "the refusal has the error");
		REQUIRE(verdict.refusal.check && verdict.prevents, "the refusal has a name, and prevents something");
		return;
	}

	REQUIRE(!verdict.refusal.check, "accepted, and not refused");
	REQUIRE(platform.nr_online == platform.nr_lps, "all CPUs take part");
	if (again)
		return;

	REQUIRE(hashed, "accepted, and hashed");
	REQUIRE(platform.preserving, "the running module hands over");
	REQUIRE(sig.seamsvn_major == platform.svn_major &&
		sig.seamsvn_minor >= platform.svn_minor, "SVN is not lower");
	REQUIRE(verdict.handoff_hv >= sig.min_update_hv &&
		verdict.handoff_hv <= sig.module_hv, "the new module reads the handoff data");
	REQUIRE(sig.cpuid_table_size <= SEAM_SIGSTRUCT_MAX_CPUIDS, "the table is inside");
}

/* Any table: the socket has an entry, or the image is refused.  See preflight() for more. */
void cpu_table(void)
{
	struct seam_sigstruct sig;
	struct seamldr_platform platform;
	struct seamldr_verdict verdict;
	struct seamldr_image image = { .sigstruct = &sig };
	struct check_input in = {
		.image = &image, .platform = &platform, .row = &checks[0], .verdict = &verdict,
	};

	platform.nr_sockets = 1;

	if (check_cpu_table(&in) != CHECK_PASSED)
		return;

	REQUIRE(sig.cpuid_table_size <= SEAM_SIGSTRUCT_MAX_CPUIDS, "the table is inside");
	REQUIRE(sig.cpuid_table_size || seamldr_sigstruct_is_debug(&sig), "the socket has an entry");
}

void preflight(void)
{
	make_checks(false);
}

void preflight_again(void)
{
	make_checks(true);
}

/* Any text: only checks that may be skipped can get into the list. */
void parse_skip(void)
{
	char list[LIST_LEN];
	u32 skip, row = nondet_u32();

	list[LIST_LEN - 1] = 0;
	ASSUME(row < 32);

	if (!seamldr_parse_skip(list, &skip))
		REQUIRE(!(skip & BIT(row)) || can_skip(row), "only what can be skipped");
}

/* Any list into a buffer that is too small for it */
void print_checks(void)
{
	char buf[8];
	size_t size = 1 + nondet_u8() % sizeof(buf);

	REQUIRE(seamldr_print_checks(nondet_u32(), buf, size) < size, "as many characters as there are");
}
