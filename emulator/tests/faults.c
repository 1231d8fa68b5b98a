// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading and selecting faults. */
#include <string.h>

#include "seam/fault.h"
#include "seam/leaves.h"
#include "seam/status.h"
#include "tests/suites.h"

#define NR_LPS	4

static bool reads_everything(void)
{
	char error[FAULT_ERROR_SIZE];
	struct fault fault;

	CHECK(fault_parse(&fault, "SEAMLDR.INSTALL:cpu=3:nth=2:times=always:arrival=last:"
			  "status=EBADHASH:rdx=1:delay=20", NR_LPS, error));
	CHECK_EQ(fault.leaf, SEAMLDR_INSTALL);
	CHECK_EQ(fault.lp, 3);
	CHECK_EQ(fault.nth, 2);
	CHECK_EQ(fault.times, FAULT_ALWAYS);
	CHECK_EQ(fault.arrival, FAULT_LAST_ARRIVAL);
	CHECK_EQ(fault.status, SEAMLDR_EBADHASH);
	CHECK_EQ(fault.rdx, 1);
	CHECK_EQ(fault.delay_ms, 20);
	CHECK(fault_parse(&fault, "TDH.SYS.UPDATE:status=VMFAILINVALID", NR_LPS, error));
	CHECK_EQ(fault.outcome, SEAM_OUTCOME_VMFAIL_INVALID);
	CHECK(fault_parse(&fault, "TDH.SYS.UPDATE:status=GP", NR_LPS, error));
	CHECK_EQ(fault.outcome, SEAM_OUTCOME_GP);
	CHECK(fault_parse(&fault, "TDH.SYS.UPDATE:status=0x8000020200000000", NR_LPS, error));
	CHECK_EQ(fault.status, TDX_SYS_BUSY);
	CHECK(fault_parse(&fault, "TDH.SYS.UPDATE:delay=1", NR_LPS, error));
	CHECK(!fault.answers);
	return true;
}

static bool refuses_nonsense(void)
{
	static const char * const wrong[] = {
		"", "TDH.SYS.NOTHING:status=TDX_SYS_BUSY", "TDH.SYS.UPDATE",
		"TDH.SYS.UPDATE:", "TDH.SYS.UPDATE:cpu=0", "TDH.SYS.UPDATE:status=",
		"TDH.SYS.UPDATE:status=EBADHASH", "TDH.SYS.UPDATE:status=0",
		"TDH.SYS.UPDATE:status=0x0", "TDH.SYS.UPDATE:status=TDX_SUCCESS",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:cpu=4",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:cpu=-1",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:nth=0",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:times=0",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:times=often",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:arrival=1",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:rdx=1",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:delay=0",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:delay=60001",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:color=red",
		"SEAMLDR.INSTALL:status=EBADHASH:rdx=2",
		"SEAMLDR.INSTALL:status=EBADHASH:arrival=0",
		"SEAMLDR.INSTALL:status=EBADHASH:arrival=5",
	};
	char error[FAULT_ERROR_SIZE], oversize[2 * FAULT_SPEC_SIZE];
	struct fault fault;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		error[0] = '\0';
		if (fault_parse(&fault, wrong[i], NR_LPS, error) || !error[0]) {
			printf("# \"%s\" is accepted\n", wrong[i]);
			return false;
		}
	}
	memset(oversize, 'x', sizeof(oversize));
	oversize[sizeof(oversize) - 1] = '\0';
	CHECK(!fault_parse(&fault, oversize, NR_LPS, error));
	return true;
}

static bool counts_matching_calls(void)
{
	char error[FAULT_ERROR_SIZE];
	struct fault fault;

	CHECK(fault_parse(&fault, "TDH.SYS.LP.INIT:cpu=1:nth=2:times=2:status=TDX_SYS_BUSY", NR_LPS,
			  error));
	CHECK(!fault_hits(&fault, 1, TDH_SYS_LP_INIT, 0, NR_LPS));
	CHECK(!fault_hits(&fault, 2, TDH_SYS_LP_INIT, 0, NR_LPS));
	CHECK(!fault_hits(&fault, 1, TDH_SYS_INIT, 0, NR_LPS));
	CHECK(fault_hits(&fault, 1, TDH_SYS_LP_INIT, 0, NR_LPS));
	CHECK(fault_hits(&fault, 1, TDH_SYS_LP_INIT | 1ULL << TDH_VERSION_SHIFT, 0, NR_LPS));
	CHECK(!fault_hits(&fault, 1, TDH_SYS_LP_INIT, 0, NR_LPS));
	return true;
}

static bool selects_arrivals(void)
{
	char error[FAULT_ERROR_SIZE];
	struct fault fault;

	CHECK(fault_parse(&fault, "INSTALL:arrival=2:status=EBADCALL", NR_LPS, error));
	CHECK(!fault_hits(&fault, 0, SEAMLDR_INSTALL, 1, NR_LPS));
	CHECK(fault_hits(&fault, 0, SEAMLDR_INSTALL, 2, NR_LPS));
	CHECK(fault_parse(&fault, "INSTALL:arrival=last:status=EBADCALL", NR_LPS, error));
	CHECK(!fault_hits(&fault, 0, SEAMLDR_INSTALL, 3, NR_LPS));
	CHECK(fault_hits(&fault, 0, SEAMLDR_INSTALL, NR_LPS, NR_LPS));
	return true;
}

static const struct test tests[] = {
	{ "every field is read", reads_everything },
	{ "nonsense is refused with a sentence", refuses_nonsense },
	{ "cpu, nth and times select among matching calls", counts_matching_calls },
	{ "arrival positions in a session", selects_arrivals },
	{ 0 },
};

const struct suite suite_faults = { "faults", tests };
