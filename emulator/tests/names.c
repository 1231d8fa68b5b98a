// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of leaves and statuses, and back. */
#include <string.h>

#include "seam/names.h"
#include "seam/status.h"
#include "tests/suites.h"

static bool leaves(void)
{
	uint64_t rax;

	CHECK(!strcmp(seam_leaf_name(TDH_SYS_SHUTDOWN), "TDH.SYS.SHUTDOWN"));
	CHECK(!strcmp(seam_leaf_name(TDH_VP_INIT | 1 << TDH_VERSION_SHIFT), "TDH.VP.INIT"));
	CHECK(!strcmp(seam_leaf_name(SEAMLDR_INSTALL), "SEAMLDR.INSTALL"));
	CHECK(!seam_leaf_name(SEAM_P_SEAMLDR | 9));
	CHECK(!seam_leaf_name(54));
	CHECK(!seam_leaf_name(TDH_SYS_RD | 1ULL << 40));

	CHECK(seam_leaf_by_name("sys.shutdown", &rax) && rax == TDH_SYS_SHUTDOWN);
	CHECK(seam_leaf_by_name("install", &rax) && rax == SEAMLDR_INSTALL);
	CHECK(seam_leaf_by_name("SEAMLDR.SHUTDOWN", &rax) && rax == SEAMLDR_SHUTDOWN);
	CHECK(!seam_leaf_by_name("SYS", &rax));

	/* Every leaf that has a name is found by it */
	for (uint64_t leaf = 0; leaf <= TDH_LEAF_MASK; leaf++) {
		const char *name = seam_leaf_name(leaf);

		CHECK(!name || (seam_leaf_by_name(name, &rax) && rax == leaf));
	}

	return true;
}

static bool statuses(void)
{
	uint64_t status;

	CHECK(!strcmp(seam_status_name(SEAM_FIRMWARE_P_SEAMLDR, SEAMLDR_EBADHASH), "EBADHASH"));
	CHECK(!strcmp(seam_status_name(SEAM_FIRMWARE_TDX_MODULE,
				       TDX_OPERAND_INVALID | TDX_OPERAND_RCX),
		      "TDX_OPERAND_INVALID"));
	CHECK(!strcmp(seam_status_name(SEAM_FIRMWARE_TDX_MODULE, 0), "TDX_SUCCESS"));
	CHECK(!seam_status_name(SEAM_FIRMWARE_TDX_MODULE, SEAMLDR_EBADHASH));
	CHECK(!seam_status_name(SEAM_FIRMWARE_P_SEAMLDR, TDX_SYS_BUSY));

	CHECK(seam_status_by_name(SEAM_FIRMWARE_TDX_MODULE, "sys_busy", &status));
	CHECK_EQ(status, 0x8000020200000000);
	CHECK(seam_status_by_name(SEAM_FIRMWARE_TDX_MODULE, "TDX_SYS_SHUTDOWN", &status));
	CHECK_EQ(status, 0xc000050600000000);
	CHECK(seam_status_by_name(SEAM_FIRMWARE_P_SEAMLDR, "ENOENTROPY", &status));
	CHECK_EQ(status, 0x8000000000030001);
	CHECK(!seam_status_by_name(SEAM_FIRMWARE_P_SEAMLDR, "SYS_BUSY", &status));

	return true;
}

static const struct test tests[] = {
	{ "leaves", leaves },
	{ "statuses", statuses },
	{ NULL, NULL }
};

const struct suite suite_names = { "names", tests };
