// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The conformance scenarios of SEAM ABI 9 from 21 on: what releases do
 * differently, and what failures leave. The number starts a test's name.
 */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tdxmod/td.h"
#include "tests/fixture.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA	(HOST_TDMR_BASE + 0x1000000)
#define AVOID_SENSITIVE	(1ULL << 16)
#define CPUID_MCE_MTRR_MCA	(1U << 7 | 1U << 12 | 1U << 14)

static const char *from_release, *to_release;

static void between_releases(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, from_release, to_release);
}

/* @body on an update of each release in @names to itself */
static bool on_releases(const char *const *names, size_t nr, bool (*body)(struct fixture *f))
{
	for (size_t i = 0; i < nr; i++) {
		from_release = names[i];
		to_release = names[i];
		if (!fixture_run(between_releases, body)) {
			printf("# release %s\n", names[i]);
			return false;
		}
	}

	return true;
}

#define ON_RELEASES(names, body) on_releases(names, ARRAY_SIZE(names), body)

static void to_2_0_18(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, "2.0.18", "2.0.18");
}

FIXTURE_TEST_WITH(scenario_21, to_2_0_18)
{
	CHECK_EQ(fixture_shutdown(f, 1), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(tdxmod_state(f->host.platform), SYS_READY);
	CHECK_EQ(fixture_shutdown(f, 1 | AVOID_SENSITIVE), TDX_OPERAND_INVALID | TDX_OPERAND_RCX);
	CHECK_EQ(fixture_shutdown(f, 2 | AVOID_SENSITIVE), TDX_SUCCESS);

	return true;
}

/* Up to where TDH.SYS.UPDATE comes next, with the running module's own handoff version */
static uint64_t until_update(struct fixture *f)
{
	uint64_t status = fixture_shutdown(f, f->host.platform->seam.sysinfo.module_hv);

	if (!status)
		status = fixture_install(f).status;

	return status ? status : fixture_until_update(f);
}

static uint64_t update(struct fixture *f, unsigned int version, uint64_t r9)
{
	return host_leaf(&f->host, 0, TDH_SYS_UPDATE | (uint64_t)version << TDH_VERSION_SHIFT,
			 0, 0, 0, r9);
}

#define NOT_A_FEATURE	(1ULL << 63)

static bool late_check_body(struct fixture *f)
{
	uint64_t valid;

	CHECK_EQ(fixture_shutdown(f, 1), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(update(f, 1, NOT_A_FEATURE), TDX_SYS_STATE_INCORRECT);
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LPS), TDX_SUCCESS);
	CHECK_EQ(update(f, 1, NOT_A_FEATURE), TDX_OPERAND_INVALID | TDX_OPERAND_R9);
	CHECK_EQ(tdxmod_state(f->host.platform), SYSINIT_DONE);
	CHECK_EQ(host_sys_rd(&f->host, FIELD_HANDOFF_VALID, &valid), TDX_SUCCESS);
	CHECK_EQ(valid, 1);
	CHECK_EQ(update(f, 0, NOT_A_FEATURE), TDX_SUCCESS);

	return true;
}

static bool scenario_22(void)
{
	static const char * const names[] = { "1.5.28", "2.0.14", "2.0.16" };

	return ON_RELEASES(names, late_check_body);
}

static bool early_check_body(struct fixture *f)
{
	CHECK_EQ(fixture_shutdown(f, 2), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(update(f, 1, NOT_A_FEATURE), TDX_OPERAND_INVALID | TDX_OPERAND_R9);
	CHECK_EQ(update(f, 1, 0), TDX_SYS_STATE_INCORRECT);
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LPS), TDX_SUCCESS);
	CHECK_EQ(update(f, 1, 0), TDX_SUCCESS);

	return true;
}

static bool scenario_23(void)
{
	static const char * const names[] = { "1.5.34", "2.0.18" };

	return ON_RELEASES(names, early_check_body);
}

static bool version_1_body(struct fixture *f)
{
	CHECK_EQ(until_update(f), TDX_SUCCESS);
	CHECK_EQ(update(f, 1, 0), TDX_OPERAND_INVALID | TDX_OPERAND_RAX);
	CHECK_EQ(update(f, 0, 0), TDX_SUCCESS);

	return true;
}

static bool scenario_24(void)
{
	static const char * const names[] = { "1.5.16", "2.0.12" };

	return ON_RELEASES(names, version_1_body);
}

static bool version_2_body(struct fixture *f)
{
	CHECK_EQ(until_update(f), TDX_SUCCESS);
	CHECK_EQ(update(f, 2, 0), TDX_OPERAND_INVALID | TDX_OPERAND_RAX);
	CHECK_EQ(tdxmod_state(f->host.platform), SYSINIT_DONE);
	CHECK_EQ(update(f, 0, 0), TDX_SUCCESS);

	return true;
}

static bool scenario_24_version_2(void)
{
	static const char * const names[] = {
		"1.5.01", "1.5.16", "1.5.28", "1.5.34", "2.0.12", "2.0.14", "2.0.16", "2.0.18",
	};

	return ON_RELEASES(names, version_2_body);
}

static bool config_body(struct fixture *f)
{
	uint64_t config = TDH_SYS_CONFIG | 1ULL << TDH_VERSION_SHIFT;
	bool taken = !strcmp(from_release, "2.0.16");

	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	CHECK_LAST(host_session(&f->host), SEAMLDR_SUCCESS, 0);
	CHECK_EQ(fixture_until_update(f), TDX_SUCCESS);
	host_put_tdmr(&f->host);
	CHECK_EQ(host_leaf(&f->host, 0, config, HOST_TDMR_LIST_PA, 1, HOST_GLOBAL_KEYID, 0),
		 taken ? TDX_SUCCESS : TDX_OPERAND_INVALID | TDX_OPERAND_RAX);

	return true;
}

static bool scenario_25(void)
{
	static const char * const names[] = { "2.0.14", "2.0.16" };

	return ON_RELEASES(names, config_body);
}

static bool disable_body(struct fixture *f)
{
	uint64_t rdx;

	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0), TDX_OPERAND_INVALID);
	CHECK_EQ(tdxmod_state(f->host.platform), SYS_READY);
	CHECK_EQ(fixture_shutdown(f, f->spec.desc.module_hv), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0), TDX_SYS_SHUTDOWN);

	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	for (unsigned int lp = 0; lp < FIXTURE_LPS; lp++) {
		CHECK_EQ(fixture_install_on(f, lp, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
		CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0),
			 lp == FIXTURE_LAST_LP ? TDX_SYS_NOT_READY : HOST_VMFAIL);
	}
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0), TDX_SYS_NOT_READY);
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LPS), TDX_SUCCESS);
	CHECK_EQ(update(f, 0, 0), TDX_SUCCESS);

	return true;
}

static bool scenario_26(void)
{
	static const char * const names[] = { "1.5.16", "1.5.34", "2.0.18" };

	return ON_RELEASES(names, disable_body);
}

/* From the start of a build to its first page */
static uint64_t begin_build(struct guest *guest)
{
	uint64_t status = guest_create(guest);

	if (!status)
		status = guest_configure(guest);
	if (!status)
		status = guest_add_vcpu(guest, 0);
	if (!status)
		status = guest_add_tables(guest);

	return status ? status : guest_add_page(guest, 0);
}

/* A build across the update: what its leaves say if detection was asked for with @r9 */
static bool build_across(struct fixture *f, uint64_t hv, uint64_t r9, uint64_t status)
{
	struct guest before, after;
	uint64_t value;

	guest_init(&before, &f->host, HOST_TD_KEYID, GUEST_PA);
	guest_init(&after, &f->host, HOST_TD_KEYID + 1, GUEST_PA + 0x1000000);
	CHECK_EQ(begin_build(&before), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, hv), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_until_update(f), TDX_SUCCESS);
	CHECK_EQ(update(f, 1, r9), TDX_SUCCESS);

	CHECK_EQ(guest_add_page(&before, 1), status);
	CHECK_EQ(guest_extend_page(&before, 0), status);
	CHECK_EQ(guest_finalize(&before), status);
	/* Without detection the MRTD is wrong, and only the trace tells */
	CHECK_EQ(f->host.diagnoses, status ? 0 : 1);
	CHECK_EQ(guest_build(&after, 1), TDX_SUCCESS);
	CHECK_EQ(guest_run(&after, 0, 0, &value), TDX_SUCCESS);

	return true;
}

static void from_1_5_28(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, "1.5.28", "1.5.34");
}

FIXTURE_TEST_WITH(scenario_27, from_1_5_28)
{
	return build_across(f, 1, TDX_FEATURES0_UPDATE_COMPATIBILITY,
			    TDX_INCOMPATIBLE_MRTD_CONTEXT);
}

FIXTURE_TEST_WITH(scenario_27_undetected, from_1_5_28)
{
	return build_across(f, 1, 0, TDX_SUCCESS);
}

static void from_1_5_16(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, "1.5.16", "1.5.28");
}

/* A build that began under a module with handoff version 0 has no context version */
FIXTURE_TEST_WITH(scenario_27_from_hv_0, from_1_5_16)
{
	return build_across(f, 0, TDX_FEATURES0_UPDATE_COMPATIBILITY,
			    TDX_INCOMPATIBLE_MRTD_CONTEXT);
}

/* The extra call opens a session of its own, which takes all LPs to end */
FIXTURE_TEST(scenario_28)
{
	struct seamldr_info info;
	uint64_t rdx;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_LAST(fixture_install(f), SEAMLDR_SUCCESS, 0);
	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.seamextend.seam_ready, 1);

	CHECK_EQ(fixture_install_on(f, 1, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(rdx, 0);
	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.seamextend.seam_ready, 0);
	CHECK_EQ(host_sys_init(&f->host), HOST_VMFAIL);
	CHECK_EQ(fixture_install_on(f, 0, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_install_on(f, 2, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), HOST_VMFAIL);

	/* What was handed over is still there for the module of the second session */
	CHECK_EQ(fixture_install_on(f, FIXTURE_LAST_LP, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);

	return true;
}

/* What INFO says of SVN and MRSEAM: those of @image, or zeros */
static bool info_describes(struct fixture *f, const struct host_image *image, bool ready)
{
	static const struct seam_sigstruct none;
	const struct seam_sigstruct *sig = image ? host_image_sigstruct(image) : &none;
	struct seamldr_info info;

	CHECK_EQ(host_info(&f->host, &info), SEAMLDR_SUCCESS);
	CHECK_EQ(info.seamextend.valid, image ? SEAMEXTEND_VALID : 0);
	CHECK_EQ(info.seamextend.svn_minor, sig->svn_minor);
	CHECK(!memcmp(info.seamextend.mrseam, sig->seamhash, sizeof(sig->seamhash)));
	CHECK_EQ(info.seamextend.seam_ready, ready);

	return true;
}

static void newer_svn(struct fixture *f, struct image_spec *old)
{
	f->spec.svn_minor = old->svn_minor + 1;
}

/* An open session, a recoverable error, success, a lost module */
FIXTURE_TEST_WITH(scenario_29, newer_svn)
{
	uint64_t rdx;

	CHECK(info_describes(f, &f->old, true));
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	for (unsigned int lp = 0; lp < FIXTURE_LAST_LP; lp++) {
		CHECK_EQ(fixture_install_on(f, lp, HOST_PARAMS_PA, &rdx), SEAMLDR_SUCCESS);
		CHECK(info_describes(f, &f->old, false));
	}
	CHECK_EQ(fixture_install_on(f, FIXTURE_LAST_LP, 0x800, &rdx), SEAMLDR_EBADPARAM);
	CHECK_EQ(rdx, 0);
	CHECK(info_describes(f, &f->old, true));
	CHECK_LAST(fixture_install(f), SEAMLDR_SUCCESS, 0);
	CHECK(info_describes(f, &f->new, true));
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_image_module(&f->new)[0x6000] ^= 1;
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADHASH, 1);
	CHECK(info_describes(f, NULL, false));

	return true;
}

/* SEAMDB does not take the new module: measured, but not callable */
FIXTURE_TEST_WITH(scenario_29_seamdb, newer_svn)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	f->host.entropy_passes = 1;
	f->host.entropy_fails = SEAMDB_TRIES;
	CHECK_LAST(fixture_install(f), SEAMLDR_ENOENTROPY, 1);
	CHECK(info_describes(f, &f->new, false));
	CHECK_EQ(host_sys_init(&f->host), HOST_VMFAIL);

	/* An UPDATE needs a module; a LOAD of the same SVN needs no CLEANUP, an older one does */
	CHECK_LAST(fixture_install(f), SEAMLDR_EBADPARAM, 0);
	CHECK(info_describes(f, &f->new, false));
	host_put_image(&f->host, &f->old, SEAMLDR_SCENARIO_LOAD);
	CHECK_LAST(host_session(&f->host), SEAMLDR_ECLEANUPREQ, 0);
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_LOAD);
	CHECK_LAST(host_session(&f->host), SEAMLDR_SUCCESS, 0);
	CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(fixture_version(f), FIXTURE_NEWER);

	return true;
}

static bool versioned_sigstruct(struct fixture *f, uint64_t status)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	((uint8_t *)host_image_sigstruct(&f->new))[1000] = 1;
	host_image_resign(&f->new);
	CHECK_LAST(fixture_install(f), status, 0);

	return true;
}

FIXTURE_TEST(scenario_30)
{
	return versioned_sigstruct(f, SEAMLDR_SUCCESS);
}

static void loader_1_5(struct fixture *f, struct image_spec *old)
{
	f->host.config.loader.major = 1;
	f->host.config.loader.minor = 5;
}

FIXTURE_TEST_WITH(scenario_30_loader_1_5, loader_1_5)
{
	return versioned_sigstruct(f, SEAMLDR_EBADSIG);
}

static void from_8_to_16(struct fixture *f, struct image_spec *old)
{
	fixture_releases(f, old, "1.5.08", "1.5.16");
}

/* The host goes on with the 18 leaves, and the masks, that it read from 1.5.08 */
FIXTURE_TEST_WITH(scenario_31, from_8_to_16)
{
	struct seam_regs regs = { .gpr[SEAM_RAX] = TDH_MNG_INIT, .gpr[SEAM_RDX] = HOST_BUFFER_PA };
	struct td_params params = {
		.xfam = 3, .max_vcpus = 1, .eptp_controls = 0x1e, .tsc_frequency = 40,
	};
	struct native_leaf *seen;
	struct guest guest;
	uint64_t nr, high;
	struct td *td;

	CHECK_EQ(host_sys_rd(&f->host, FIELD_NUM_CPUID_CONFIG, &nr), TDX_SUCCESS);
	CHECK_EQ(nr, 18);
	/* EDX of leaf 1: MCE, MTRR and MCA are not among what may be given */
	CHECK_EQ(host_sys_rd(&f->host, FIELD_CPUID_VALUES + 1, &high), TDX_SUCCESS);
	params.cpuid[0].reg[3] = high >> 32;
	/* EDX of leaf 4, sub-leaf 0: all but bit 2 may */
	params.cpuid[1].reg[3] = 1U << 3;
	CHECK_EQ(host_update(&f->host, &f->new, 0), TDX_SUCCESS);

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_create(&guest), TDX_SUCCESS);
	host_write(&f->host, HOST_BUFFER_PA, &params, sizeof(params));
	regs.gpr[SEAM_RCX] = guest.tdr;
	CHECK_EQ(host_call(&f->host, 0, &regs), TDX_OPERAND_INVALID | TDX_OPERAND_CPUID_CONFIG);
	CHECK_EQ(regs.gpr[SEAM_RCX], 4);

	params.cpuid[1].reg[3] = 1;
	host_write(&f->host, HOST_BUFFER_PA, &params, sizeof(params));
	CHECK_EQ(host_leaf(&f->host, 0, TDH_MNG_INIT, guest.tdr, HOST_BUFFER_PA, 0, 0),
		 TDX_SUCCESS);
	td = dram_look(f->host.platform->dram, guest.tdr).object;
	for (unsigned int i = 0; i < td->cpuid.nr_leaves; i++) {
		seen = &td->cpuid.leaf[i];
		if (seen->leaf == 1)
			CHECK_EQ(seen->reg[3] & CPUID_MCE_MTRR_MCA, 0);
		/* Positions 18 and on were not given */
		if (seen->leaf == 0x18)
			CHECK_EQ(seen->reg[3], 0);
	}

	return true;
}

static const struct test tests[] = {
	{ "21: SHUTDOWN below the version of a module with no_downgrade", scenario_21 },
	{ "22: UPDATE version 1 that checks its registers late", scenario_22 },
	{ "23: UPDATE version 1 that checks its registers first", scenario_23 },
	{ "24: UPDATE version 1 on releases without it", scenario_24 },
	{ "24: UPDATE version 2", scenario_24_version_2 },
	{ "25: SYS.CONFIG version 1", scenario_25 },
	{ "26: SYS.DISABLE on public releases", scenario_26 },
	{ "27: a TD build across an update, detected", scenario_27 },
	{ "27: a TD build across an update, not detected", scenario_27_undetected },
	{ "27: a TD build that began with handoff version 0", scenario_27_from_hv_0 },
	{ "28: an INSTALL too many", scenario_28 },
	{ "29: INFO after failures", scenario_29 },
	{ "29: INFO after a SEAMDB failure", scenario_29_seamdb },
	{ "30: version bytes in the sigstruct, loader 2.0", scenario_30 },
	{ "30: version bytes in the sigstruct, loader 1.5", scenario_30_loader_1_5 },
	{ "31: a host with the CPUID list of an older release", scenario_31 },
	{ NULL, NULL }
};

const struct suite suite_release_scenarios = { "scenario", tests };
