// SPDX-License-Identifier: GPL-2.0-or-later
/* The other leaves of P-SEAMLDR, and what INFO and SEAMINFO say (SEAM ABI 3). */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tdxmod/module.h"
#include "tests/fixture.h"
#include "tests/suites.h"

FIXTURE_TEST(info)
{
	const struct seam_sigstruct *sig = host_image_sigstruct(&f->old);
	struct seamldr_info info;

	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.version, 0);
	CHECK_EQ(info.vendor_id, 0x8086);
	CHECK_EQ(info.major_version, 2);
	CHECK_EQ(info.num_remaining_updates, f->host.config.seamdb_size - 1);
	CHECK_EQ(info.seamextend.valid, 0x1ff);
	CHECK_EQ(info.seamextend.svn_minor, sig->svn_minor);
	CHECK_EQ(info.seamextend.svn_major, sig->svn_major);
	CHECK(!memcmp(info.seamextend.mrseam, sig->seamhash, sizeof(sig->seamhash)));
	CHECK_EQ(info.seamextend.seam_ready, 1);
	CHECK_EQ(info.seamextend.p_seamldr_ready, 1);
	CHECK_EQ(info.features0, 2);

	/* RCX of every kind that the shared HPA rule refuses */
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO, f->host.config.seamrr_base, 0, 0, 0),
		 SEAMLDR_EBADPARAM);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO,
			   HOST_BUFFER_PA | (uint64_t)HOST_TD_KEYID << 40, 0, 0, 0),
		 SEAMLDR_EBADPARAM);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO, HOST_RAM_SIZE, 0, 0, 0),
		 SEAMLDR_EBADPARAM);
	for (unsigned int bit = f->host.config.maxpa; bit < 64; bit++)
		CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO, HOST_BUFFER_PA | 1ULL << bit, 0, 0,
				   0), SEAMLDR_EBADPARAM);

	return true;
}

FIXTURE_TEST(seaminfo)
{
	struct seamldr_seaminfo info;

	CHECK_EQ(host_leaf(&f->host, 2, SEAMLDR_SEAMINFO, HOST_BUFFER_PA + 1024, 0, 0, 0),
		 SEAMLDR_EBADPARAM);
	CHECK_EQ(host_leaf(&f->host, 2, SEAMLDR_SEAMINFO, HOST_BUFFER_PA, 0, 0, 0),
		 SEAMLDR_SUCCESS);
	host_read(&f->host, HOST_BUFFER_PA, &info, sizeof(info));
	CHECK_EQ(info.tot_num_lps, FIXTURE_LPS);
	CHECK_EQ(info.tot_num_sockets, FIXTURE_SOCKETS);
	CHECK_EQ(info.socket_cpuid[1], f->host.config.cpuid_1_eax[1]);
	CHECK_EQ(info.socket_cpuid[2], 0);
	CHECK_EQ(info.p_seamldr_base, f->host.config.p_seamldr_base);
	CHECK_EQ(info.cmr[0].size, HOST_RAM_SIZE);
	CHECK_EQ(info.cmr[1].size, 0);

	return true;
}

static uint64_t on_all(struct fixture *f, uint64_t leaf)
{
	uint64_t status = 0;

	for (unsigned int lp = 0; lp < FIXTURE_LPS && !status; lp++)
		status = host_leaf(&f->host, lp, leaf, 0, 0, 0, 0);

	return status;
}

FIXTURE_TEST(shutdown)
{
	/* Dirty: a module is or was loaded */
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_ECLEANUPREQ);
	CHECK(platform_seam_ready(f->host.platform));
	CHECK_EQ(on_all(f, SEAMLDR_CLEANUP), SEAMLDR_SUCCESS);

	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_INSTALL, 0, 0, 0, 0), SEAMLDR_EBADCALL);
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_EBADCALL);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 2, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_SUCCESS);

	/* The last call has to come from the LP that INFO names */
	CHECK_EQ(host_leaf(&f->host, 3, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_EBADCALL);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO, HOST_BUFFER_PA, 0, 0, 0), HOST_VMFAIL);

	return true;
}

FIXTURE_TEST(cleanup)
{
	struct seamldr_info info;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_EBADCALL);
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_INSTALL, 0, 0, 0, 0), SEAMLDR_EBADCALL);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_LP_SHUTDOWN, 0, 0, 0, 0), HOST_VMFAIL);

	/* LP 1 is the last of its package: keys, then cache, both interruptible */
	f->host.interrupts = 2;
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_EINTERRUPT);
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_EINTERRUPT);
	f->host.entropy_fails = 1;
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_ENOENTROPY);
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 2, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 3, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);

	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.seamextend.valid, 0);
	CHECK_EQ(info.seamextend.svn_major, 0);
	CHECK_EQ(info.seamextend.seam_ready, 0);
	CHECK_EQ(info.seamextend.p_seamldr_ready, 1);
	CHECK_EQ(info.num_remaining_updates, f->host.config.seamdb_size);

	/* Neither UPDATE nor resuming is possible, LOAD is */
	CHECK_EQ(fixture_install(f).status, SEAMLDR_EBADPARAM);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);

	return true;
}

/* The loader's sessions exclude each other, and CLEANUP comes once per LP */
FIXTURE_TEST(flows)
{
	static const uint64_t leaves[] = { SEAMLDR_INSTALL, SEAMLDR_SHUTDOWN, SEAMLDR_CLEANUP };

	/* INSTALL is open */
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INSTALL, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	for (unsigned int lp = 0; lp < 2; lp++) {
		CHECK_EQ(host_leaf(&f->host, lp, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_EBADCALL);
		CHECK_EQ(host_leaf(&f->host, lp, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_EBADCALL);
	}
	for (unsigned int lp = 1; lp < FIXTURE_LPS; lp++)
		host_leaf(&f->host, lp, SEAMLDR_INSTALL, 0, 0, 0, 0);
	CHECK_EQ(tdxmod_state(f->host.platform), SYS_READY);

	/* CLEANUP is open: LPs that called, and LPs that did not */
	CHECK_EQ(host_leaf(&f->host, 2, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	for (unsigned int lp = 1; lp < 3; lp++) {
		CHECK_EQ(host_leaf(&f->host, lp, SEAMLDR_INSTALL, 0, 0, 0, 0), SEAMLDR_EBADCALL);
		CHECK_EQ(host_leaf(&f->host, lp, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_EBADCALL);
	}
	CHECK_EQ(host_leaf(&f->host, 2, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_EBADCALL);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++) {
		if (lp != 2)
			CHECK_EQ(host_leaf(&f->host, lp, SEAMLDR_CLEANUP, 0, 0, 0, 0),
				 SEAMLDR_SUCCESS);
	}

	/* SHUTDOWN is open */
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	for (unsigned int lp = 0; lp < 2; lp++) {
		for (unsigned int i = 0; i < ARRAY_SIZE(leaves); i++) {
			if (leaves[i] != SEAMLDR_SHUTDOWN)
				CHECK_EQ(host_leaf(&f->host, lp, leaves[i], 0, 0, 0, 0),
					 SEAMLDR_EBADCALL);
		}
		CHECK_EQ(host_leaf(&f->host, lp, SEAMLDR_INFO, HOST_BUFFER_PA, 0, 0, 0),
			 SEAMLDR_SUCCESS);
		CHECK_EQ(host_leaf(&f->host, lp, SEAMLDR_SEAMINFO, HOST_BUFFER_PA, 0, 0, 0),
			 SEAMLDR_SUCCESS);
	}

	return true;
}

static void large_id(struct fixture *f, struct image_spec *old)
{
	f->host.config.x2apic_id[1] = PLATFORM_MAX_LPS - 1;
}

/* The largest x2APIC id that has a place in the loader's bitmap works */
FIXTURE_TEST_WITH(largest_id, large_id)
{
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);
	CHECK_EQ(on_all(f, SEAMLDR_CLEANUP), SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_SHUTDOWN, 0, 0, 0, 0), SEAMLDR_SUCCESS);

	return true;
}

/* The next is refused before anything else is looked at, and changes nothing */
FIXTURE_TEST(id_too_large)
{
	static const uint64_t leaves[] = { SEAMLDR_INSTALL, SEAMLDR_SHUTDOWN, SEAMLDR_CLEANUP };

	f->host.platform->config.x2apic_id[1] = PLATFORM_MAX_LPS;
	for (unsigned int i = 0; i < ARRAY_SIZE(leaves); i++) {
		CHECK_EQ(host_leaf(&f->host, 1, leaves[i], 0, 0, 0, 0), SEAMLDR_EUNSPECERR);
		CHECK_EQ(fixture_version(f), FIXTURE_UPDATE);
	}
	/* Even in the wrong flow */
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	for (unsigned int i = 0; i < ARRAY_SIZE(leaves); i++)
		CHECK_EQ(host_leaf(&f->host, 1, leaves[i], 0, 0, 0, 0), SEAMLDR_EUNSPECERR);

	return true;
}

/* RDX is an output of INSTALL alone (SEAM ABI 3.2), on every exit */
FIXTURE_TEST(rdx)
{
	static const uint64_t others[] = {
		SEAMLDR_INFO, SEAMLDR_SEAMINFO, SEAMLDR_SHUTDOWN, SEAMLDR_CLEANUP,
		SEAMLDR_CLEANUP + 1,
	};
	struct seam_regs regs = { .gpr[SEAM_RDX] = 42 };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		regs.gpr[SEAM_RAX] = others[i];
		regs.gpr[SEAM_RCX] = HOST_BUFFER_PA;
		host_call(&f->host, 0, &regs);
		CHECK_EQ(regs.gpr[SEAM_RDX], 42);
	}

	/* CLEANUP is open: INSTALL is refused, and writes RDX all the same */
	regs.gpr[SEAM_RAX] = SEAMLDR_INSTALL;
	CHECK_EQ(host_call(&f->host, 0, &regs), SEAMLDR_EBADCALL);
	CHECK_EQ(regs.gpr[SEAM_RDX], 0);
	f->host.platform->config.x2apic_id[1] = PLATFORM_MAX_LPS;
	regs.gpr[SEAM_RAX] = SEAMLDR_INSTALL;
	regs.gpr[SEAM_RDX] = 42;
	CHECK_EQ(host_call(&f->host, 1, &regs), SEAMLDR_EUNSPECERR);
	CHECK_EQ(regs.gpr[SEAM_RDX], 0);

	return true;
}

#define CACHE_CHUNKS	16

/* CLEANUP stops for each interrupt, once per KeyID and once per piece of cache */
FIXTURE_TEST(cleanup_interrupted)
{
	unsigned int stops = f->host.config.nr_tdx_keyids + CACHE_CHUNKS;

	f->host.interrupts = ~0U;
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	for (unsigned int i = 0; i < stops; i++) {
		CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_CLEANUP, 0, 0, 0, 0),
			 SEAMLDR_EINTERRUPT);
	}
	CHECK_EQ(host_leaf(&f->host, 1, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	f->host.interrupts = 0;
	CHECK_EQ(host_leaf(&f->host, 2, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);

	/* The SVN is gone from the first call on, and with it LOAD's way around CLEANUP */
	CHECK_EQ(f->host.platform->pseamldr->seamextend.svn_major, 0);
	CHECK_EQ(host_leaf(&f->host, 3, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);

	return true;
}

/* Of the first CLEANUP call on nothing is left to hand over */
FIXTURE_TEST(cleanup_ends_handoff)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(((struct handoff_header *)f->host.platform->seam.handoff)->valid, 1);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_CLEANUP, 0, 0, 0, 0), SEAMLDR_SUCCESS);
	CHECK_EQ(((struct handoff_header *)f->host.platform->seam.handoff)->valid, 0);

	return true;
}

static void two_updates(struct fixture *f, struct image_spec *old)
{
	f->host.config.seamdb_size = 3;
}

/* Where nothing is left INFO counts again, and comes to the same */
FIXTURE_TEST_WITH(updates_left, two_updates)
{
	struct seamldr_info info;

	for (uint32_t left = 2; left; left--) {
		CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
		CHECK_EQ(info.num_remaining_updates, left);
		CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);
	}
	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.num_remaining_updates, 0);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_EBADCALL);

	/* A failed update does not count; LOAD starts again */
	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.num_remaining_updates, 0);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.num_remaining_updates, 2);

	return true;
}

/* A LOAD that keeps the SVN needs no CLEANUP, and loses what was handed over */
FIXTURE_TEST(load)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LPS), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_UPDATE, 0, 0, 0, 0), TDX_SYS_INVALID_HANDOFF);

	return true;
}

static bool no_module(void)
{
	struct host host;
	bool ok;

	host_init(&host, 1, 1);
	ok = host_start(&host, NULL) &&
	     host_leaf(&host, 0, TDH_SYS_INIT, 0, 0, 0, 0) == HOST_VMFAIL &&
	     host_leaf(&host, 0, SEAMLDR_CLEANUP, 0, 0, 0, 0) == SEAMLDR_EBADCALL &&
	     host_leaf(&host, 0, SEAMLDR_INFO, HOST_BUFFER_PA, 0, 0, 0) == SEAMLDR_SUCCESS;
	host_free(&host);

	return ok;
}

static bool needed(unsigned int nr_lps, uint64_t expected)
{
	struct seam_sigstruct sig = {
		.stack_pages_raw = 1,
		.tls_pages_raw = 1,
		.keyhole_pages_raw = 127,
		.global_pages_raw = 21,
		.handoff_pages_raw = 13,
	};
	struct host host;
	uint64_t size;

	host_init(&host, nr_lps, 1);
	if (!host_start(&host, NULL))
		return false;
	size = seam_range_needed(host.platform, &sig, 115);
	host_free(&host);
	CHECK_EQ(size, expected);

	return true;
}

/* The documented sizes of release 1.5.16 */
static bool size(void)
{
	return needed(128, 0x54c000) && needed(256, 0x870000) && needed(512, 0xeb2000) &&
	       /* LPs are counted in powers of two */
	       needed(65, 0x54c000) && needed(129, 0x870000);
}

static const struct test tests[] = {
	{ "INFO", info },
	{ "SEAMINFO", seaminfo },
	{ "SHUTDOWN", shutdown },
	{ "CLEANUP", cleanup },
	{ "sessions exclude each other", flows },
	{ "x2APIC id 1023", largest_id },
	{ "x2APIC id 1024", id_too_large },
	{ "RDX is INSTALL's alone", rdx },
	{ "CLEANUP stops for each interrupt", cleanup_interrupted },
	{ "CLEANUP ends the handoff", cleanup_ends_handoff },
	{ "updates that are left", updates_left },
	{ "LOAD over a module that was shut down", load },
	{ "a platform without module", no_module },
	{ "SEAM range size", size },
	{ NULL, NULL }
};

const struct suite suite_loader = { "loader", tests };
