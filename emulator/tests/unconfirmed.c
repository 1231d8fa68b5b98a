// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Both answers to each question that the contract leaves open (SEAM ABI 10), and
 * that those about P-SEAMLDR 2.0 change nothing for 1.5, whose source is public.
 */
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "seam/page.h"
#include "tdxmod/module.h"
#include "tests/bench.h"
#include "tests/guest.h"
#include "tests/suites.h"

#define GUEST_PA	(HOST_TDMR_BASE + 0x1000000)
#define MARK		0x1234

/* The question and the answer of the run that is going on */
static enum unconfirmed question;
static bool second;
static bool old_loader;

static void adapt(struct fixture *f, struct image_spec *old)
{
	old->nr_pages = FIXTURE_FEW_PAGES;
	old->desc.flags |= MODULE_HAS_DISABLE;
	f->spec.nr_pages = FIXTURE_FEW_PAGES;
	f->spec.desc.flags |= MODULE_HAS_DISABLE;
	f->host.config.unconfirmed.second[question] = second;
	if (old_loader) {
		f->host.config.loader.major = 1;
		f->host.config.loader.minor = 5;
	}
}

/* Does the run have the second answer? */
static bool other(void)
{
	return second && !old_loader;
}

static bool each_answer(enum unconfirmed of, bool (*body)(struct fixture *f))
{
	question = of;
	for (unsigned int run = 0; run < 4; run++) {
		second = run & 1;
		old_loader = run & 2;
		if (!fixture_run(adapt, body)) {
			printf("# answer %u, P-SEAMLDR %s\n", second, old_loader ? "1.5" : "2.0");
			return false;
		}
	}
	return true;
}

#define ANSWERS_TEST(name, of)						\
	static bool name##_body(struct fixture *f);			\
	static bool name(void)						\
	{								\
		return each_answer(of, name##_body);			\
	}								\
	static bool name##_body(struct fixture *f)

/* Whoever works on still sees the one that halted inside SEAM, and its lock held */
ANSWERS_TEST(halt_module, UNCONFIRMED_HALT_MODULE)
{
	struct bench bench;

	CHECK(bench_start_alone(&bench, f));
	CHECK(bench_arm(&bench, "TDH.SYS.RD:halt"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), HOST_HALTED);
	CHECK_EQ(bench_status(&bench, 1, TDH_SYS_LP_SHUTDOWN, 0),
		 second ? TDX_SUCCESS : HOST_VMFAIL);
	CHECK_EQ(bench_status(&bench, 1, TDH_SYS_SHUTDOWN, 0), second ? TDX_SYS_BUSY : HOST_VMFAIL);
	/* And one that is in a TD as well */
	platform_hold_lp(f->host.platform, 2, true);
	CHECK_EQ(bench_status(&bench, 1, TDH_SYS_SHUTDOWN, 0), second ? TDX_SYS_BUSY : HOST_VMFAIL);
	CHECK_EQ(bench_status(&bench, 1, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	bench_end(&bench);
	return true;
}

ANSWERS_TEST(halt_loader, UNCONFIRMED_HALT_LOADER)
{
	struct bench bench;

	CHECK(bench_start_alone(&bench, f));
	CHECK(bench_arm(&bench, "TDH.SYS.RD:halt"));
	CHECK_EQ(bench_status(&bench, 1, SEAMLDR_INFO, HOST_BUFFER_PA), SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), HOST_HALTED);
	CHECK_EQ(bench_status(&bench, 1, SEAMLDR_INFO, HOST_BUFFER_PA),
		 second ? HOST_VMFAIL : SEAMLDR_SUCCESS);
	CHECK_EQ(bench_status(&bench, 1, TDH_SYS_LP_SHUTDOWN, 0), HOST_VMFAIL);
	bench_end(&bench);
	return true;
}

/* An LP that dies in an exclusive leaf takes the lock with it */
static bool lock_body(struct fixture *f)
{
	struct tdxmod *mod = f->host.platform->tdxmod;

	platform_hold_lp(f->host.platform, 0, true);
	CHECK(!pthread_rwlock_trywrlock(&mod->global_lock));
	tdxmod_die(mod, 0, "of this test");
	tdxmod_unlock(mod, 0);
	CHECK_EQ(host_leaf(&f->host, 1, TDH_SYS_SHUTDOWN, 0, 0, 0, 0), TDX_SYS_BUSY);
	CHECK_EQ(host_leaf(&f->host, 1, TDH_SYS_LP_SHUTDOWN, 0, 0, 0, 0), TDX_SUCCESS);
	/* No thread has it any more when the module is freed */
	CHECK(!pthread_rwlock_unlock(&mod->global_lock));
	return true;
}

static bool lock_of_a_dead_lp(void)
{
	question = UNCONFIRMED_HALT_MODULE;
	second = true;
	old_loader = false;
	return fixture_run(adapt, lock_body);
}

/* Here it is the other way round: the question is about 1.5 */
ANSWERS_TEST(loader_minor, UNCONFIRMED_LOADER_MINOR)
{
	struct seamldr_info info;

	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO, HOST_BUFFER_PA, 0, 0, 0), SEAMLDR_SUCCESS);
	host_read(&f->host, HOST_BUFFER_PA, &info, sizeof(info));
	CHECK_EQ(info.major_version, old_loader ? 1 : 2);
	CHECK_EQ(info.minor_version, old_loader && !second ? 5 : 0);
	return true;
}

/* An update with params that were changed by one word; then it goes on without that */
static bool params_with(struct fixture *f, size_t offset, uint64_t word, uint64_t expected)
{
	uint64_t zero = 0;

	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	host_write(&f->host, HOST_PARAMS_PA + offset, &word, sizeof(word));
	CHECK_EQ(host_session(&f->host).status, expected);
	host_write(&f->host, HOST_PARAMS_PA + offset, &zero, sizeof(zero));
	return true;
}

ANSWERS_TEST(params_version, UNCONFIRMED_PARAMS_VERSION)
{
	uint64_t refused = other() ? SEAMLDR_SUCCESS : SEAMLDR_EBADPARAM;
	const uint64_t update = (uint64_t)SEAMLDR_SCENARIO_UPDATE << 32;
	struct seamldr_params params;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK(params_with(f, 0, update | 2, SEAMLDR_EBADPARAM));
	CHECK(params_with(f, 0, update | 1, refused));
	/* Pages 2 to 4 of the sigstruct, only in version 1; they have to be host memory */
	CHECK(params_with(f, 16, HOST_MODULE_PA, SEAMLDR_EBADPARAM));
	host_put_image(&f->host, &f->new, SEAMLDR_SCENARIO_UPDATE);
	host_read(&f->host, HOST_PARAMS_PA, &params, sizeof(params));
	params.version = 1;
	memcpy(params.reserved + 16, &(uint64_t) { HOST_MODULE_PA }, sizeof(uint64_t));
	host_write(&f->host, HOST_PARAMS_PA, &params, sizeof(params));
	CHECK_EQ(host_session(&f->host).status, refused);
	memcpy(params.reserved + 16, &(uint64_t) { HOST_MODULE_PA + 8 }, sizeof(uint64_t));
	host_write(&f->host, HOST_PARAMS_PA, &params, sizeof(params));
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_EBADPARAM);
	params.reserved[16] = 0;
	params.reserved[24] = 1;
	host_write(&f->host, HOST_PARAMS_PA, &params, sizeof(params));
	CHECK_EQ(host_session(&f->host).status, SEAMLDR_EBADPARAM);
	return true;
}

static uint64_t install_with_byte(struct fixture *f, unsigned int offset, uint8_t value)
{
	uint8_t *byte = (uint8_t *)host_image_sigstruct(&f->new) + offset, good = *byte;
	uint64_t status;

	*byte = value;
	host_image_resign(&f->new);
	status = fixture_install(f).status;
	*byte = good;
	host_image_resign(&f->new);
	return status;
}

/* Both ends of a field, and that the neighbours keep their rule */
static bool field(struct fixture *f, unsigned int first, unsigned int last, uint64_t expected)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(install_with_byte(f, 989, MARK & 0xff), SEAMLDR_EBADSIG);
	CHECK_EQ(install_with_byte(f, first, MARK & 0xff), expected);
	CHECK_EQ(install_with_byte(f, last, MARK & 0xff), expected);
	return true;
}

ANSWERS_TEST(sigstruct_978, UNCONFIRMED_SIGSTRUCT_978)
{
	CHECK(field(f, 978, 983, other() ? SEAMLDR_SUCCESS : SEAMLDR_EBADSIG));
	CHECK_EQ(install_with_byte(f, 1008, 1), SEAMLDR_EBADSIG);
	/* Whatever else 2.0 may tolerate, it does so with bytes 1000 to 1007 */
	CHECK_EQ(install_with_byte(f, 1000, 1), old_loader ? SEAMLDR_EBADSIG : SEAMLDR_SUCCESS);
	return true;
}

ANSWERS_TEST(sigstruct_1008, UNCONFIRMED_SIGSTRUCT_1008)
{
	CHECK(field(f, 1008, 1023, other() ? SEAMLDR_SUCCESS : SEAMLDR_EBADSIG));
	CHECK_EQ(install_with_byte(f, 978, 1), SEAMLDR_EBADSIG);
	CHECK_EQ(install_with_byte(f, 1000, 1), old_loader ? SEAMLDR_EBADSIG : SEAMLDR_SUCCESS);
	return true;
}

/* 0 and what all modules have are good in any case */
ANSWERS_TEST(sigstruct_968, UNCONFIRMED_SIGSTRUCT_968)
{
	static const uint8_t usual[] = { 64, 16, 16, 16, 16 };

	CHECK(field(f, 969, 977, other() ? SEAMLDR_EBADSIG : SEAMLDR_SUCCESS));
	for (unsigned int i = 0; i < sizeof(usual); i++) {
		CHECK_EQ(install_with_byte(f, 968 + 2 * i, usual[i]), SEAMLDR_SUCCESS);
		CHECK_EQ(install_with_byte(f, 968 + 2 * i, usual[i] + 1),
			 other() ? SEAMLDR_EBADSIG : SEAMLDR_SUCCESS);
	}
	return true;
}

static bool rdx_after(struct fixture *f, uint64_t status, uint64_t rdx)
{
	struct host_install result = fixture_install(f);

	CHECK_EQ(result.status, status);
	/* host_session() passes ones */
	CHECK_EQ(result.rdx, other() ? ~0ULL : rdx);
	return true;
}

ANSWERS_TEST(install_rdx, UNCONFIRMED_INSTALL_RDX)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_image_sigstruct(&f->new)->signature[0] ^= 1;
	CHECK(rdx_after(f, SEAMLDR_EBADSIG, 0));
	host_image_sigstruct(&f->new)->signature[0] ^= 1;
	CHECK(rdx_after(f, SEAMLDR_SUCCESS, 0));
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	host_image_module(&f->new)[0] ^= 1;
	CHECK(rdx_after(f, SEAMLDR_EBADHASH, 1));
	return true;
}

/* Injected failures do not write what the loader does not write */
ANSWERS_TEST(injected_rdx, UNCONFIRMED_INSTALL_RDX)
{
	struct seam_call result;
	unsigned int alerts;
	struct bench bench;

	CHECK(bench_start(&bench, f));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=2:status=EUNSPECERR"));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=last:status=ENOMEM:rdx=0"));
	CHECK(bench_arm(&bench, "SEAMLDR.INSTALL:arrival=last:nth=2:status=EBADHASH:rdx=1"));
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_SHUTDOWN, 0), TDX_SUCCESS);
	CHECK_EQ(bench_status(&bench, 0, SEAMLDR_INSTALL, HOST_PARAMS_PA), SEAMLDR_SUCCESS);
	/* bench_call() passes 1 */
	result = bench_call(&bench, 1, SEAMLDR_INSTALL, HOST_PARAMS_PA);
	CHECK_EQ(result.out.gpr[SEAM_RDX], other() ? 1 : 0);
	for (unsigned int lp = 1; lp < FIXTURE_LPS; lp++)
		result = bench_call(&bench, lp, SEAMLDR_INSTALL, HOST_PARAMS_PA);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_ENOMEM);
	CHECK_EQ(result.out.gpr[SEAM_RDX], other() ? 1 : 0);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), TDX_SYS_SHUTDOWN);
	result = bench_session(&bench);
	CHECK_EQ(result.out.gpr[SEAM_RAX], SEAMLDR_EBADHASH);
	CHECK_EQ(result.out.gpr[SEAM_RDX], 1);
	CHECK_EQ(bench_status(&bench, 0, TDH_SYS_RD, 0), HOST_VMFAIL);
	bench_end_alerts(&bench, &alerts);
	CHECK_EQ(alerts, 0);
	return true;
}

ANSWERS_TEST(handoff_pages, UNCONFIRMED_HANDOFF_PAGES)
{
	struct seam_sigstruct *sig = host_image_sigstruct(&f->new);
	struct host_install result;

	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	sig->handoff_pages_raw--;
	host_image_resign(&f->new);
	result = fixture_install(f);
	CHECK_EQ(result.status, other() ? SEAMLDR_EBADHANDOFF : SEAMLDR_SUCCESS);
	CHECK_EQ(result.rdx, 0);
	if (!other())
		return true;
	/* As many are enough, and it was recoverable */
	sig->handoff_pages_raw++;
	host_image_resign(&f->new);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);
	return true;
}

ANSWERS_TEST(seaminfo, UNCONFIRMED_SEAMINFO)
{
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_SEAMINFO, HOST_BUFFER_PA, 0, 0, 0),
		 other() ? SEAMLDR_EBADPARAM : SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_INFO, HOST_BUFFER_PA, 0, 0, 0), SEAMLDR_SUCCESS);
	return true;
}

ANSWERS_TEST(seaminfo_version, UNCONFIRMED_SEAMINFO_VERSION)
{
	struct seamldr_seaminfo info;

	CHECK_EQ(host_leaf(&f->host, 0, SEAMLDR_SEAMINFO, HOST_BUFFER_PA, 0, 0, 0),
		 SEAMLDR_SUCCESS);
	host_read(&f->host, HOST_BUFFER_PA, &info, sizeof(info));
	CHECK_EQ(info.version, other() ? 1 : 0);
	CHECK_EQ(info.tot_num_lps, FIXTURE_LPS);
	return true;
}

/* As if another package were at it */
ANSWERS_TEST(cache_wb, UNCONFIRMED_CACHE_WB)
{
	struct tdxmod *mod = f->host.platform->tdxmod;
	struct guest guest;

	guest_init(&guest, &f->host, HOST_TD_KEYID, GUEST_PA);
	CHECK_EQ(guest_build(&guest, 1), TDX_SUCCESS);
	CHECK_EQ(guest_flush(&guest), TDX_SUCCESS);
	CHECK_EQ(guest_leaf(&guest, TDH_MNG_VPFLUSHDONE), TDX_SUCCESS);
	CHECK(!pthread_rwlock_tryrdlock(&mod->kot_lock));
	CHECK_EQ(host_leaf(&f->host, 0, TDH_PHYMEM_CACHE_WB, 0, 0, 0, 0),
		 second ? TDX_OPERAND_BUSY | TDX_OPERAND_KOT : TDX_SUCCESS);
	pthread_rwlock_unlock(&mod->kot_lock);
	return true;
}

ANSWERS_TEST(disable_shutdown, UNCONFIRMED_DISABLE_SHUTDOWN)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0),
		 second ? TDX_SUCCESS : TDX_SYS_SHUTDOWN);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_CONFIG, 0, 0, 0, 0),
		 second ? TDX_SYS_CONFIG_NOT_PENDING : TDX_SYS_SHUTDOWN);
	if (second)
		CHECK_EQ(host_cold_init(&f->host), TDX_SUCCESS);
	return true;
}

/* Only in its two states is it let in at all; and only if the module has it */
static bool disable_elsewhere_body(struct fixture *f)
{
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(fixture_install(f).status, SEAMLDR_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0), TDX_SYS_NOT_READY);
	CHECK_EQ(fixture_finish(f), TDX_SUCCESS);
	f->host.platform->tdxmod->desc.flags &= ~MODULE_HAS_DISABLE;
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0), TDX_SYS_SHUTDOWN);
	return true;
}

static bool disable_elsewhere(void)
{
	return each_answer(UNCONFIRMED_DISABLE_SHUTDOWN, disable_elsewhere_body);
}

/* It takes both answers to see what is left of a handoff */
ANSWERS_TEST(disable_handoff, UNCONFIRMED_DISABLE_HANDOFF)
{
	uint64_t valid;

	f->host.platform->config.unconfirmed.second[UNCONFIRMED_DISABLE_SHUTDOWN] = true;
	CHECK_EQ(fixture_shutdown(f, 0), TDX_SUCCESS);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0), TDX_SUCCESS);
	CHECK_EQ(host_sys_init(&f->host), TDX_SUCCESS);
	CHECK_EQ(host_lp_init(&f->host, 0, FIXTURE_LPS), TDX_SUCCESS);
	CHECK_EQ(host_sys_rd(&f->host, FIELD_HANDOFF_VALID, &valid), TDX_SUCCESS);
	CHECK_EQ(valid, second);
	return true;
}

ANSWERS_TEST(disable_others, UNCONFIRMED_DISABLE_OTHERS)
{
	f->host.interrupts = 1;
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0), TDX_INTERRUPTED_RESUMABLE);
	CHECK_EQ(host_leaf(&f->host, 1, TDH_SYS_RD, 0, 0, 0, 0),
		 second ? TDX_SYS_NOT_READY : TDX_SYS_BUSY);
	CHECK_EQ(host_leaf(&f->host, 0, TDH_SYS_DISABLE, 0, 0, 0, 0), TDX_SUCCESS);
	return true;
}

static bool names(void)
{
	static const char * const wrong[] = {
		"", ":", "seaminfo", "seaminfo:", "seaminfo:present ", "seaminfo:ebadparam:x",
		"seamin:present", "seaminfo-versio:1", "halt:works", "halt-module:vmfail",
		"HALT-MODULE:works", "halt-module\0works", "nothing:works",
	};
	struct unconfirmed_answers answers = { 0 };
	char text[UNCONFIRMED_ERROR_SIZE];

	unconfirmed_text(&answers, text, sizeof(text));
	CHECK(!*text);
	CHECK(unconfirmed_choose(&answers, "seaminfo:ebadparam", text));
	CHECK(unconfirmed_choose(&answers, "halt-module:works", text));
	CHECK(answers.second[UNCONFIRMED_SEAMINFO] && answers.second[UNCONFIRMED_HALT_MODULE]);
	CHECK(!answers.second[UNCONFIRMED_SEAMINFO_VERSION]);
	unconfirmed_text(&answers, text, sizeof(text));
	CHECK(!strcmp(text, "halt-module:works seaminfo:ebadparam"));
	CHECK(unconfirmed_choose(&answers, "seaminfo:present", text));
	CHECK(!answers.second[UNCONFIRMED_SEAMINFO]);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		*text = '\0';
		if (unconfirmed_choose(&answers, wrong[i], text) || !*text) {
			printf("# \"%s\" is accepted\n", wrong[i]);
			return false;
		}
	}
	/* The last sentence has all names, the first and the last of them too */
	CHECK(strstr(text, "halt-module") && strstr(text, "disable-others"));
	CHECK(!unconfirmed_choose(&answers, "install-rdx:no", text));
	CHECK(!strcmp(text, "install-rdx:written or install-rdx:kept"));
	return true;
}

static const struct test tests[] = {
	{ "the module after a halt", halt_module },
	{ "P-SEAMLDR after a halt of the module", halt_loader },
	{ "a lock of an LP that halted", lock_of_a_dead_lp },
	{ "minor version of P-SEAMLDR 1.5", loader_minor },
	{ "version of seamldr_params", params_version },
	{ "sigstruct bytes 968 to 977", sigstruct_968 },
	{ "sigstruct bytes 978 to 983", sigstruct_978 },
	{ "sigstruct bytes 1008 to 1023", sigstruct_1008 },
	{ "RDX of INSTALL", install_rdx },
	{ "RDX of an injected failure", injected_rdx },
	{ "fewer handoff pages", handoff_pages },
	{ "SEAMINFO", seaminfo },
	{ "version of SEAMINFO", seaminfo_version },
	{ "write-back on two packages", cache_wb },
	{ "SYS.DISABLE of a module that is shut down", disable_shutdown },
	{ "SYS.DISABLE in other states", disable_elsewhere },
	{ "handoff data after SYS.DISABLE", disable_handoff },
	{ "other leaves during SYS.DISABLE", disable_others },
	{ "names of questions and answers", names },
	{ 0 },
};

const struct suite suite_unconfirmed = { "unconfirmed", tests };
