// SPDX-License-Identifier: GPL-2.0-or-later
/* The scripts of the fuzzer. */
#include <stdlib.h>
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "tdxmod/td.h"
#include "tests/fuzz_script.h"

#define MAX_STEPS		600
#define NR_IMAGES		5
#define NR_GOOD_IMAGES		2
#define SMALL_IMAGE_PAGES	16

/* Images lie apart from each other: parameters, sigstruct, module */
#define IMAGE_PA(i)		(0x00800000ULL + (i) * 0x100000ULL)
#define IMAGE_SIGSTRUCT		0x1000ULL
#define IMAGE_MODULE		0x2000ULL
#define TD_PARAMS_PA		0x00300000ULL
#define SOURCE_PA		0x00301000ULL
#define TD_PA(i)		(HOST_TDMR_BASE + ((i) + 1) * 0x100000ULL)
#define TD_GPA			0x100000ULL

#define TDCS_PAGES		6
#define TDVPS_PAGES		6
#define NR_VCPUS		2
#define NR_ENTRIES		12
#define EPTP_4_LEVELS		0x1eULL
#define TSC_FREQUENCY		40
#define EXTEND_CHUNK		256
#define TDMR_INIT_CALLS		256

#define VERSION_1		(1ULL << TDH_VERSION_SHIFT)
#define AVOID_SENSITIVE		(1ULL << 16)
/* R8 of SYS.INIT version 1: neither record nor interrupt */
#define REPORT_NONE		0x000fffffffffffc0ULL

static struct host_image fuzz_images[NR_IMAGES];

static void add(struct script *script, unsigned int lp, uint64_t rax, uint64_t rcx, uint64_t rdx,
		uint64_t r8, uint64_t r9)
{
	if (script->nr_steps == MAX_STEPS)
		abort();
	script->steps[script->nr_steps++] = (struct step) {
		.rax = rax, .rcx = rcx, .rdx = rdx, .r8 = r8, .r9 = r9, .lp = lp,
	};
}

static void add_on_all(struct script *script, uint64_t rax, uint64_t rcx)
{
	for (unsigned int lp = 0; lp < FUZZ_LPS; lp++)
		add(script, lp, rax, rcx, 0, 0, 0);
}

/* LPs 0 and 2 are in different packages */
static void add_on_packages(struct script *script, uint64_t rax, uint64_t rcx)
{
	add(script, 0, rax, rcx, 0, 0, 0);
	add(script, 2, rax, rcx, 0, 0, 0);
}

static void td_script(struct script *script, unsigned int i)
{
	uint64_t vp_init = TDH_VP_INIT | 1ULL << TDH_VERSION_SHIFT;
	uint64_t tdr = TD_PA(i), page = tdr + TDX_PAGE_SIZE;
	uint64_t tdvpr[NR_VCPUS], private;

	add(script, 0, TDH_MNG_CREATE, tdr, HOST_TD_KEYID + i, 0, 0);
	add_on_packages(script, TDH_MNG_KEY_CONFIG, tdr);
	for (unsigned int n = 0; n < TDCS_PAGES; n++, page += TDX_PAGE_SIZE)
		add(script, 0, TDH_MNG_ADDCX, page, tdr, 0, 0);
	add(script, 0, TDH_MNG_INIT, tdr, TD_PARAMS_PA, 0, 0);
	for (unsigned int v = 0; v < NR_VCPUS; v++) {
		tdvpr[v] = page;
		page += TDX_PAGE_SIZE;
		add(script, v, TDH_VP_CREATE, tdvpr[v], tdr, 0, 0);
		for (unsigned int n = 1; n < TDVPS_PAGES; n++, page += TDX_PAGE_SIZE)
			add(script, v, TDH_VP_ADDCX, page, tdvpr[v], 0, 0);
		add(script, v, vp_init, tdvpr[v], TD_GPA, v, 0);
		add(script, v, TDH_VP_WR, tdvpr[v], 0x2016, 0x1000, ~0ULL);
	}
	for (unsigned int level = 3; level; level--, page += TDX_PAGE_SIZE)
		add(script, 0, TDH_MEM_SEPT_ADD, level, tdr, page, 0);
	private = page;
	page += TDX_PAGE_SIZE;
	add(script, 0, TDH_MEM_PAGE_ADD, TD_GPA, tdr, private, SOURCE_PA);
	for (uint64_t at = 0; at < TDX_PAGE_SIZE; at += EXTEND_CHUNK)
		add(script, 0, TDH_MR_EXTEND, TD_GPA + at, tdr, 0, 0);
	add(script, 0, TDH_MR_FINALIZE, tdr, 0, 0, 0);
	add(script, 0, TDH_MNG_RD, tdr, 0x110000000000000bULL, 0, 0);
	for (unsigned int n = 1; n < 4; n++, page += TDX_PAGE_SIZE)
		add(script, 1, TDH_MEM_PAGE_AUG, TD_GPA + n * TDX_PAGE_SIZE, tdr, page, 0);
	for (unsigned int n = 0; n < NR_ENTRIES; n++)
		add(script, n % NR_VCPUS, TDH_VP_ENTER, tdvpr[n % NR_VCPUS], 0, 0, 0);
	add(script, 0, TDH_MEM_RANGE_BLOCK, TD_GPA + TDX_PAGE_SIZE, tdr, 0, 0);
	add(script, 0, TDH_MEM_TRACK, tdr, 0, 0, 0);
	add(script, 0, TDH_MEM_PAGE_REMOVE, TD_GPA + TDX_PAGE_SIZE, tdr, 0, 0);
	add(script, 1, TDH_VP_ENTER, tdvpr[1], 0, 0, 0);
	for (unsigned int v = 0; v < NR_VCPUS; v++)
		add(script, v, TDH_VP_FLUSH, tdvpr[v], 0, 0, 0);
	add(script, 0, TDH_MNG_VPFLUSHDONE, tdr, 0, 0, 0);
	add_on_packages(script, TDH_PHYMEM_CACHE_WB, 0);
	add_on_packages(script, TDH_PHYMEM_CACHE_WB, 1);
	add(script, 0, TDH_MNG_KEY_FREEID, tdr, 0, 0, 0);
	for (uint64_t pa = tdr + TDX_PAGE_SIZE; pa < page; pa += TDX_PAGE_SIZE)
		add(script, 0, TDH_PHYMEM_PAGE_RECLAIM, pa, 0, 0, 0);
	add(script, 0, TDH_PHYMEM_PAGE_RECLAIM, tdr, 0, 0, 0);
	add(script, 0, TDH_PHYMEM_PAGE_WBINVD, tdr, 0, 0, 0);
}

/* Some hosts use the newest versions of leaves, some the oldest */
static void update_script(struct script *script, unsigned int image)
{
	uint64_t version = image % 2 ? VERSION_1 : 0;

	script->kind = SCRIPT_SYSTEM;
	script->weight = image < NR_GOOD_IMAGES ? 20 : 2;
	add(script, 0, SEAMLDR_INFO, HOST_BUFFER_PA, 0, 0, 0);
	add(script, 0, TDH_SYS_SHUTDOWN, 1 | (version ? AVOID_SENSITIVE : 0), 0, 0, 0);
	add(script, 0, TDH_SYS_SHUTDOWN, 1, 0, 0, 0);
	add_on_all(script, SEAMLDR_INSTALL, IMAGE_PA(image));
	add(script, 0, TDH_SYS_INIT | version, 0, 0, REPORT_NONE, 0);
	add_on_all(script, TDH_SYS_LP_INIT, 0);
	add(script, 0, TDH_SYS_UPDATE | version, 0, 0, 0, TDX_FEATURES0_UPDATE_COMPATIBILITY);
	add(script, 0, TDH_SYS_RD, 0, 0x8900000100000000ULL, 0, 0);
}

/* All that brings a platform back from anything but a dead P-SEAMLDR */
static void restart_script(struct script *script)
{
	script->kind = SCRIPT_RESTART;
	script->weight = 1;
	add_on_all(script, SEAMLDR_CLEANUP, 0);
	/* IMAGE_PA(NR_IMAGES) holds parameters with scenario LOAD for image 0 */
	add_on_all(script, SEAMLDR_INSTALL, IMAGE_PA(NR_IMAGES));
	add(script, 0, TDH_SYS_INIT, 0, 0, 0, 0);
	add_on_all(script, TDH_SYS_LP_INIT, 0);
	add(script, 0, TDH_SYS_CONFIG | VERSION_1, HOST_TDMR_LIST_PA, 1, HOST_GLOBAL_KEYID,
	    TDX_FEATURES0_UPDATE_COMPATIBILITY);
	add_on_packages(script, TDH_SYS_KEY_CONFIG, 0);
	for (unsigned int n = 0; n < TDMR_INIT_CALLS; n++)
		add(script, 0, TDH_SYS_TDMR_INIT, HOST_TDMR_BASE, 0, 0, 0);
	/* As often as it takes with the interrupts that there are */
	for (unsigned int n = 0; n < 3; n++)
		add(script, 0, TDH_SYS_DISABLE, 0, 0, 0, 0);
}

static void loader_script(struct script *script)
{
	script->kind = SCRIPT_SYSTEM;
	script->weight = 1;
	add(script, 0, SEAMLDR_SEAMINFO, HOST_BUFFER_PA, 0, 0, 0);
	add_on_all(script, SEAMLDR_SHUTDOWN, 0);
}

struct script *fuzz_scripts(struct host *host, unsigned int *nr_scripts)
{
	unsigned int nr = FUZZ_TDS + NR_IMAGES + 2;
	struct script *scripts = calloc(nr, sizeof(*scripts));

	for (unsigned int i = 0; scripts && i < nr; i++) {
		scripts[i].steps = calloc(MAX_STEPS, sizeof(*scripts[i].steps));
		if (!scripts[i].steps)
			abort();
	}
	if (!scripts)
		abort();

	for (unsigned int i = 0; i < FUZZ_TDS; i++)
		td_script(&scripts[i], i);
	for (unsigned int i = 0; i < NR_IMAGES; i++)
		update_script(&scripts[FUZZ_TDS + i], i);
	restart_script(&scripts[FUZZ_TDS + NR_IMAGES]);
	loader_script(&scripts[FUZZ_TDS + NR_IMAGES + 1]);
	*nr_scripts = nr;

	return scripts;
}

void fuzz_scripts_free(struct script *scripts, unsigned int nr_scripts)
{
	for (unsigned int i = 0; i < nr_scripts; i++)
		free(scripts[i].steps);
	free(scripts);
}

static void put_image(struct host *host, const struct host_image *image, uint64_t pa,
		      uint64_t params_pa, uint32_t scenario)
{
	struct seamldr_params params = {
		.scenario = scenario,
		.sigstruct_pa = pa + IMAGE_SIGSTRUCT,
		.num_module_pages = SMALL_IMAGE_PAGES,
	};

	for (uint64_t i = 0; i < SMALL_IMAGE_PAGES; i++)
		params.module_pa[i] = pa + IMAGE_MODULE + i * SEAM_PAGE_SIZE;
	host_write(host, params_pa, &params, sizeof(params));
	host_write(host, pa + IMAGE_SIGSTRUCT, host_image_sigstruct(image), SEAM_PAGE_SIZE);
	host_write(host, pa + IMAGE_MODULE, host_image_module(image),
		   SMALL_IMAGE_PAGES * SEAM_PAGE_SIZE);
}

/* What every second image does as the newest releases, the others as older ones */
#define NEWEST_FLAGS	(MODULE_UPDATE_CHECKS_FIRST | MODULE_PADS_HANDOFF | MODULE_EXPORT_V1)

/* Good ones with other handoff rules and crypto, a short handoff, two bad ones */
static void build_images(void)
{
	for (unsigned int i = 0; i < NR_IMAGES; i++) {
		struct image_spec spec;

		image_spec_init(&spec);
		spec.nr_pages = SMALL_IMAGE_PAGES;
		spec.desc.update += i;
		spec.desc.module_hv = 1 + i % 2;
		spec.desc.flags |= MODULE_COUNTS_BUILDS | MODULE_UPDATE_V1 | MODULE_INIT_V1 |
				   MODULE_CONFIG_V1 | MODULE_HAS_DISABLE;
		if (i % 2)
			spec.desc.flags ^= MODULE_CHECKS_PAYLOAD | NEWEST_FLAGS;
		spec.desc.features0 |= TDX_FEATURES0_UPDATE_COMPATIBILITY;
		spec.desc.crypto_generation = i % 2;
		if (i == 2)
			spec.desc.handoff_pages_raw = 1;
		fuzz_images[i] = host_image(&spec);
	}
	host_image_module(&fuzz_images[3])[0x9000] ^= 1;
	host_image_sigstruct(&fuzz_images[4])->date ^= 1;
}

void fuzz_host(struct host *host, unsigned int nr_sockets)
{
	struct td_params params = {
		.xfam = 3,
		.max_vcpus = NR_VCPUS,
		.eptp_controls = EPTP_4_LEVELS,
		.tsc_frequency = TSC_FREQUENCY,
	};
	static const uint64_t zero;

	build_images();
	host_init(host, FUZZ_LPS, nr_sockets);
	if (!host_start(host, &fuzz_images[0]))
		exit(EXIT_FAILURE);
	for (unsigned int i = 0; i < NR_IMAGES; i++)
		put_image(host, &fuzz_images[i], IMAGE_PA(i), IMAGE_PA(i),
			  SEAMLDR_SCENARIO_UPDATE);
	put_image(host, &fuzz_images[0], IMAGE_PA(0), IMAGE_PA(NR_IMAGES), SEAMLDR_SCENARIO_LOAD);
	host_write(host, TD_PARAMS_PA, &params, sizeof(params));
	/* Threads must not allocate host memory at the same time */
	for (uint64_t pa = HOST_TDMR_BASE; pa < TD_PA(FUZZ_TDS + 1); pa += SEAM_PAGE_SIZE)
		host_write(host, pa, &zero, sizeof(zero));
	if (host_cold_init(host))
		exit(EXIT_FAILURE);
}

void fuzz_host_free(struct host *host)
{
	host_free(host);
	for (unsigned int i = 0; i < NR_IMAGES; i++)
		host_image_free(&fuzz_images[i]);
}
