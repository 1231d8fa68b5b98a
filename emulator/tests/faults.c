// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading and selecting faults. */
#include <string.h>

#include "seam/leaves.h"
#include "seam/page.h"
#include "seam/status.h"
#include "seamcall/corrupt.h"
#include "seamcall/fault.h"
#include "tests/suites.h"

#define NR_LPS	4

static bool reads_everything(void)
{
	char error[FAULT_ERROR_SIZE];
	struct fault fault;

	CHECK(fault_parse(&fault,
			  "SEAMLDR.INSTALL:cpu=3:nth=2:times=always:arrival=last:status=EBADHASH:rdx=1:delay=20",
			  NR_LPS, error));
	CHECK_EQ(fault.leaf, SEAMLDR_INSTALL);
	CHECK_EQ(fault.lp, 3);
	CHECK_EQ(fault.nth, 2);
	CHECK_EQ(fault.times, FAULT_ALWAYS);
	CHECK_EQ(fault.arrival, FAULT_LAST_ARRIVAL);
	CHECK_EQ(fault.status, SEAMLDR_EBADHASH);
	CHECK_EQ(fault.rdx, 1);
	CHECK_EQ(fault.delay_ms, 20);
	CHECK(fault_parse(&fault, "TDH.SYS.UPDATE:status=VMFAILINVALID", NR_LPS, error));
	CHECK_EQ(fault.outcome, OUTCOME_VMFAIL_INVALID);
	CHECK(fault_parse(&fault, "TDH.SYS.UPDATE:status=GP", NR_LPS, error));
	CHECK_EQ(fault.outcome, OUTCOME_GP);
	CHECK(fault_parse(&fault, "TDH.SYS.UPDATE:status=0x8000020200000000", NR_LPS, error));
	CHECK_EQ(fault.status, TDX_SYS_BUSY);
	CHECK(fault_parse(&fault, "TDH.SYS.UPDATE:delay=1", NR_LPS, error));
	CHECK(!fault.answers);
	CHECK(fault_parse(&fault, "TDH.SYS.UPDATE:halt:cpu=1:nth=2:times=2:delay=5", NR_LPS,
			  error));
	CHECK(fault.answers);
	CHECK_EQ(fault.outcome, OUTCOME_HALTED);
	CHECK_EQ(fault.delay_ms, 5);
	CHECK(fault_parse(&fault, "SEAMLDR.INSTALL:arrival=last:halt", NR_LPS, error));
	CHECK_EQ(fault.outcome, OUTCOME_HALTED);
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
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:cpu=-18446744073709551615",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:cpu=+1",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:cpu= 1",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:cpu=",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:cpu=1x",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:cpu=18446744073709551616",
		"TDH.SYS.UPDATE:status=8000020200000000",
		"TDH.SYS.UPDATE:status=0x80zz",
		"TDH.SYS.UPDATE:status=0x18000020200000000",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:nth=0",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:times=0",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:times=4294967295",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:nth=4294967295",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:times=often",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:arrival=1",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:rdx=1",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:delay=0",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:delay=60001",
		"TDH.SYS.UPDATE:status=TDX_SYS_BUSY:color=red",
		"TDH.SYS.UPDATE:halt=1", "TDH.SYS.UPDATE:halt=", "TDH.SYS.UPDATE:HALT",
		"TDH.SYS.UPDATE:halt:status=TDX_SYS_BUSY", "TDH.SYS.UPDATE:status=GP:halt",
		"SEAMLDR.INSTALL:halt:rdx=0", "SEAMLDR.INSTALL:rdx=1:halt",
		"TDH.SYS.UPDATE:halt:arrival=1",
		"SEAMLDR.INSTALL:status=EBADHASH:rdx=2",
		"SEAMLDR.INSTALL:status=EBADHASH:arrival=0",
		"SEAMLDR.INSTALL:status=EBADHASH:arrival=5",
	};
	char error[FAULT_ERROR_SIZE];
	struct fault fault;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		error[0] = '\0';
		if (fault_parse(&fault, wrong[i], NR_LPS, error) || !error[0]) {
			printf("# \"%s\" is accepted\n", wrong[i]);
			return false;
		}
	}
	return true;
}

/* A fault keeps its text, as long as there is room for it */
static bool limits_length(void)
{
	static const char start[] = "TDH.SYS.UPDATE:delay=";
	char error[FAULT_ERROR_SIZE], spec[2 * FAULT_SPEC_SIZE];
	struct fault fault;

	memset(spec, '0', sizeof(spec));
	memcpy(spec, start, sizeof(start) - 1);
	strcpy(spec + FAULT_SPEC_SIZE - 2, "7");
	CHECK(fault_parse(&fault, spec, NR_LPS, error));
	CHECK_EQ(fault.delay_ms, 7);
	CHECK(!strcmp(fault.spec, spec));
	strcpy(spec + FAULT_SPEC_SIZE - 2, "07");
	CHECK(!fault_parse(&fault, spec, NR_LPS, error));
	CHECK(strstr(error, "longer than 127 characters"));
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

/* Numbers are the same in every firmware, leaves are not */
static bool tells_firmwares_apart(void)
{
	char error[FAULT_ERROR_SIZE];
	struct fault fault;

	CHECK(fault_parse(&fault, "SEAMLDR.INSTALL:times=always:status=EBADCALL", NR_LPS, error));
	CHECK(!fault_hits(&fault, 0, TDH_MNG_ADDCX, 0, NR_LPS));
	CHECK(!fault_hits(&fault, 0, SEAMLDR_INFO, 0, NR_LPS));
	CHECK(!fault_hits(&fault, 0, SEAMLDR_INSTALL | 1ULL << TDH_VERSION_SHIFT, 1, NR_LPS));
	CHECK(fault_hits(&fault, 0, SEAMLDR_INSTALL, 1, NR_LPS));
	CHECK(fault_parse(&fault, "TDH.MNG.ADDCX:times=always:status=TDX_SYS_BUSY", NR_LPS,
			  error));
	CHECK(!fault_hits(&fault, 0, SEAMLDR_INSTALL, 1, NR_LPS));
	CHECK(fault_hits(&fault, 0, TDH_MNG_ADDCX, 0, NR_LPS));
	return true;
}

/* From the nth call on without an end, also when counting has come to its own */
static bool hits_always(void)
{
	char error[FAULT_ERROR_SIZE];
	struct fault fault;

	CHECK(fault_parse(&fault, "TDH.SYS.RD:nth=9:times=always:status=TDX_SYS_BUSY", NR_LPS,
			  error));
	for (unsigned int i = 1; i < 20; i++)
		CHECK_EQ(fault_hits(&fault, 0, TDH_SYS_RD, 0, NR_LPS), i >= 9);
	fault.seen = ~0U - 1;
	for (unsigned int i = 0; i < 3; i++)
		CHECK(fault_hits(&fault, 0, TDH_SYS_RD, 0, NR_LPS));
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
	CHECK(fault_parse(&fault, "INSTALL:times=always:status=EBADCALL", NR_LPS, error));
	for (unsigned int arrival = 0; arrival <= NR_LPS; arrival++)
		CHECK(fault_hits(&fault, 0, SEAMLDR_INSTALL, arrival, NR_LPS));
	return true;
}

static bool read_zero(void *ctx, uint64_t pa, void *buf, size_t len)
{
	memset(buf, 0, len);
	return true;
}

/* A damaged byte is damaged wherever the read begins, and nothing beside it is */
static bool damages_one_byte(void)
{
	const struct seam_memory zero = { .read = read_zero };
	struct corrupt_memory memory;
	uint8_t byte[8];

	corrupt_memory_init(&memory, &zero);
	for (uint64_t pa = 0x0ffa; pa < 0x1004; pa++) {
		memset(byte, 0, sizeof(byte));
		corrupt_memory_at(0x1000);
		CHECK(memory.view.read(memory.view.ctx, pa, byte, 4));
		corrupt_memory_at(CORRUPT_NOTHING);
		for (uint64_t i = 0; i < sizeof(byte); i++)
			CHECK_EQ(!byte[i], i >= 4 || pa + i != 0x1000);
	}
	CHECK(memory.view.read(memory.view.ctx, 0x1000, byte, 1));
	CHECK_EQ(byte[0], 0);
	return true;
}

static const struct test tests[] = {
	{ "every field is read", reads_everything },
	{ "nonsense is refused with a sentence", refuses_nonsense },
	{ "length of a fault", limits_length },
	{ "a fault of one firmware does not hit the other", tells_firmwares_apart },
	{ "a fault that hits always", hits_always },
	{ "cpu, nth and times select among matching calls", counts_matching_calls },
	{ "arrival positions in a session", selects_arrivals },
	{ "a damaged byte of the image", damages_one_byte },
	{ 0 },
};

const struct suite suite_faults = { "faults", tests };
