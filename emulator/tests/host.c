// SPDX-License-Identifier: GPL-2.0-or-later
/* The host of the tests. */
#include <stdlib.h>
#include <string.h>

#include "pseamldr/pseamldr.h"
#include "tdxmod/module.h"
#include "tests/host.h"

#define NR_PAGES	(HOST_RAM_SIZE / SEAM_PAGE_SIZE)
#define HOST_SEED	0x7d8

static void die(const char *sentence)
{
	fprintf(stderr, "%s\n", sentence);
	exit(EXIT_FAILURE);
}

static uint8_t *page_of(struct host *host, uint64_t pa)
{
	uint8_t **page = &host->ram[pa / SEAM_PAGE_SIZE];

	if (!*page)
		*page = calloc(1, SEAM_PAGE_SIZE);
	if (!*page)
		die("Not enough memory.");

	return *page + pa % SEAM_PAGE_SIZE;
}

static bool access_ok(uint64_t pa, size_t len)
{
	return pa < HOST_RAM_SIZE && len <= HOST_RAM_SIZE - pa;
}

static bool mem_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	struct host *host = ctx;
	uint8_t *out = buf;

	if (!access_ok(pa, len))
		return false;
	if (host->on_read && pa == host->on_read_pa)
		host->on_read(host);

	while (len) {
		size_t part = SEAM_PAGE_SIZE - pa % SEAM_PAGE_SIZE;

		part = part < len ? part : len;
		if (host->ram[pa / SEAM_PAGE_SIZE])
			memcpy(out, page_of(host, pa), part);
		else
			memset(out, 0, part);
		out += part;
		pa += part;
		len -= part;
	}

	return true;
}

static bool mem_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	const uint8_t *in = buf;
	struct host *host = ctx;

	if (!access_ok(pa, len))
		return false;

	while (len) {
		size_t part = SEAM_PAGE_SIZE - pa % SEAM_PAGE_SIZE;

		part = part < len ? part : len;
		memcpy(page_of(host, pa), in, part);
		in += part;
		pa += part;
		len -= part;
	}

	return true;
}

static bool entropy(void *ctx, uint64_t *value)
{
	struct host *host = ctx;

	if (host->entropy_passes) {
		host->entropy_passes--;
	} else if (host->entropy_fails) {
		host->entropy_fails--;
		return false;
	}
	*value = HOST_SEED;

	return true;
}

static bool interrupt_pending(void *ctx, unsigned int lp)
{
	struct host *host = ctx;

	if (!host->interrupts)
		return false;
	host->interrupts--;

	return true;
}

static void diagnose(void *ctx, unsigned int lp, const char *sentence)
{
	struct host *host = ctx;

	__atomic_fetch_add(&host->diagnoses, 1, __ATOMIC_RELAXED);
}

static EVP_PKEY *test_key(void)
{
	static EVP_PKEY *key;

	if (!key)
		key = image_read_key(TEST_KEY);
	if (!key)
		die("The test key cannot be read.");

	return key;
}

struct host_image host_image(const struct image_spec *spec)
{
	struct host_image image;

	image.file = image_build(spec, &image.size);
	if (!image.file)
		die("The image cannot be built.");
	host_image_resign(&image);

	return image;
}

struct seam_sigstruct *host_image_sigstruct(const struct host_image *image)
{
	return (struct seam_sigstruct *)(image->file + SEAM_PAGE_SIZE);
}

uint8_t *host_image_module(const struct host_image *image)
{
	return image->file + 2 * SEAM_PAGE_SIZE;
}

void host_image_resign(struct host_image *image)
{
	if (!image_sign(host_image_sigstruct(image), test_key()))
		die("The image cannot be signed.");
	blob_fix_checksum(image->file, image->size);
}

void host_image_free(struct host_image *image)
{
	free(image->file);
	image->file = NULL;
}

void host_init(struct host *host, unsigned int nr_lps, unsigned int nr_sockets)
{
	memset(host, 0, sizeof(*host));
	platform_config_init(&host->config, nr_lps, nr_sockets);
	host->config.nr_cmrs = 1;
	host->config.cmr[0] = (struct platform_cmr) { .base = 0, .size = HOST_RAM_SIZE };
	host->config.hooks = (struct platform_hooks) {
		.ctx = host,
		.interrupt_pending = interrupt_pending,
		.entropy = entropy,
		.diagnose = diagnose,
	};
	host->ram = calloc(NR_PAGES, sizeof(*host->ram));
	if (!host->ram)
		die("Not enough memory.");
}

bool host_start(struct host *host, const struct host_image *image)
{
	struct seam_memory memory = { .ctx = host, .read = mem_read, .write = mem_write };
	char error[PLATFORM_ERROR_SIZE];

	if (image) {
		host->config.module_image = image->file;
		host->config.module_image_size = image->size;
	}
	host->platform = platform_new(&host->config, &memory, error);
	if (!host->platform)
		printf("# %s\n", error);

	return host->platform;
}

void host_free(struct host *host)
{
	platform_free(host->platform);
	for (uint64_t i = 0; i < NR_PAGES; i++)
		free(host->ram[i]);
	free(host->ram);
}

void host_write(struct host *host, uint64_t pa, const void *data, size_t size)
{
	mem_write(host, pa, data, size);
}

void host_read(struct host *host, uint64_t pa, void *data, size_t size)
{
	mem_read(host, pa, data, size);
}

uint64_t host_call(struct host *host, unsigned int lp, struct seam_regs *regs)
{
	enum outcome exit = firmware_call(host->platform, lp, regs);

	if (exit == OUTCOME_DONE)
		return regs->gpr[SEAM_RAX];

	return exit == OUTCOME_HALTED ? HOST_HALTED : HOST_VMFAIL;
}

uint64_t host_leaf(struct host *host, unsigned int lp, uint64_t leaf, uint64_t rcx,
		   uint64_t rdx, uint64_t r8, uint64_t r9)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = leaf,
		.gpr[SEAM_RCX] = rcx,
		.gpr[SEAM_RDX] = rdx,
		.gpr[SEAM_R8] = r8,
		.gpr[SEAM_R9] = r9,
	};

	return host_call(host, lp, &regs);
}

uint64_t host_sys_init(struct host *host)
{
	return host_leaf(host, 0, TDH_SYS_INIT, 0, 0, 0, 0);
}

uint64_t host_lp_init(struct host *host, unsigned int first_lp, unsigned int end_lp)
{
	uint64_t status = 0;

	for (unsigned int lp = first_lp; lp < end_lp && !status; lp++)
		status = host_leaf(host, lp, TDH_SYS_LP_INIT, 0, 0, 0, 0);

	return status;
}

void host_put_tdmr(struct host *host)
{
	struct tdmr_info tdmr = {
		.base = HOST_TDMR_BASE,
		.size = TDMR_GRANULARITY,
		.pamt = {
			[PAMT_1G] = { HOST_PAMT_PA, 0x1000 },
			[PAMT_2M] = { HOST_PAMT_PA + 0x1000, 0x2000 },
			[PAMT_4K] = { HOST_PAMT_PA + 0x3000, 0x400000 },
		},
	};
	uint64_t pointer = HOST_TDMR_INFO_PA;

	host_write(host, HOST_TDMR_LIST_PA, &pointer, sizeof(pointer));
	host_write(host, HOST_TDMR_INFO_PA, &tdmr, sizeof(tdmr));
}

uint64_t host_cold_init(struct host *host)
{
	unsigned int nr_lps = host->config.nr_lps;
	struct seam_regs regs;
	uint64_t status;

	host_put_tdmr(host);
	status = host_sys_init(host);
	if (!status)
		status = host_lp_init(host, 0, nr_lps);
	if (!status)
		status = host_leaf(host, 0, TDH_SYS_CONFIG, HOST_TDMR_LIST_PA, 1,
				   HOST_GLOBAL_KEYID, 0);
	for (unsigned int lp = 0; lp < nr_lps && !status; lp++) {
		if (lp && host->config.package[lp] == host->config.package[lp - 1])
			continue;
		status = host_leaf(host, lp, TDH_SYS_KEY_CONFIG, 0, 0, 0, 0);
	}
	do {
		if (status)
			return status;
		regs = (struct seam_regs) {
			.gpr[SEAM_RAX] = TDH_SYS_TDMR_INIT,
			.gpr[SEAM_RCX] = HOST_TDMR_BASE,
		};
		status = host_call(host, 0, &regs);
	} while (regs.gpr[SEAM_RDX] < HOST_TDMR_BASE + TDMR_GRANULARITY);

	return status;
}

uint64_t host_sys_rd(struct host *host, uint64_t field, uint64_t *value)
{
	struct seam_regs regs = {
		.gpr[SEAM_RAX] = TDH_SYS_RD,
		.gpr[SEAM_RDX] = field,
	};
	uint64_t status = host_call(host, 0, &regs);

	*value = regs.gpr[SEAM_R8];

	return status;
}

uint64_t host_info(struct host *host, struct seamldr_info *info)
{
	uint64_t status = host_leaf(host, 0, SEAMLDR_INFO, HOST_BUFFER_PA, 0, 0, 0);

	host_read(host, HOST_BUFFER_PA, info, sizeof(*info));

	return status;
}

void host_put_image(struct host *host, const struct host_image *image, uint32_t scenario)
{
	struct seamldr_params params = {
		.scenario = scenario,
		.sigstruct_pa = HOST_SIGSTRUCT_PA,
		.num_module_pages = image->size / SEAM_PAGE_SIZE - 2,
	};

	for (uint64_t i = 0; i < params.num_module_pages; i++)
		params.module_pa[i] = HOST_MODULE_PA + i * SEAM_PAGE_SIZE;
	host_write(host, HOST_PARAMS_PA, &params, sizeof(params));
	host_write(host, HOST_SIGSTRUCT_PA, host_image_sigstruct(image), SEAM_PAGE_SIZE);
	host_write(host, HOST_MODULE_PA, host_image_module(image),
		   image->size - 2 * SEAM_PAGE_SIZE);
}

struct host_install host_session(struct host *host)
{
	struct host_install result = { 0 };

	for (unsigned int lp = 0; lp < host->config.nr_lps && !result.status; lp++) {
		struct seam_regs regs = {
			.gpr[SEAM_RAX] = SEAMLDR_INSTALL,
			.gpr[SEAM_RCX] = HOST_PARAMS_PA,
			.gpr[SEAM_RDX] = ~0ULL,
		};

		result.status = host_call(host, lp, &regs);
		result.rdx = regs.gpr[SEAM_RDX];
		result.lp = lp;
	}

	return result;
}

uint64_t host_update(struct host *host, const struct host_image *image, uint64_t hv)
{
	uint64_t status;

	host_put_image(host, image, SEAMLDR_SCENARIO_UPDATE);
	status = host_leaf(host, 0, TDH_SYS_SHUTDOWN, hv, 0, 0, 0);
	if (!status)
		status = host_session(host).status;
	if (!status)
		status = host_sys_init(host);
	if (!status)
		status = host_lp_init(host, 0, host->config.nr_lps);
	if (!status)
		status = host_leaf(host, 0, TDH_SYS_UPDATE, 0, 0, 0, 0);

	return status;
}
