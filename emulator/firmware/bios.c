// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What BIOS does: INSTALL with scenario LOAD on every LP, through the very
 * code that the kernel's INSTALL goes through. Image and parameters lie in
 * memory of BIOS' own while it does so.
 */
#include <stdio.h>
#include <string.h>

#include "blob/blob.h"
#include "firmware/bios.h"
#include "platform/state.h"
#include "pseamldr/pseamldr.h"
#include "seam/leaves.h"
#include "seam/names.h"
#include "tdxmod/tdxmod.h"

/* Where BIOS keeps things: any addresses that the shared HPA rule allows */
#define BIOS_PARAMS_PA		0x1000ULL
#define BIOS_SIGSTRUCT_PA	0x2000ULL
#define BIOS_MODULE_PA		0x3000ULL

/** struct bios_memory - memory as P-SEAMLDR sees it during the load */
struct bios_memory {
	const struct seamldr_params *params;
	const struct blob *blob;
};

static bool bios_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	const struct bios_memory *bios = ctx;
	uint64_t module_size = (uint64_t)bios->blob->module_nr_pages * SEAM_PAGE_SIZE;

	if (len > SEAM_PAGE_SIZE || pa % SEAM_PAGE_SIZE)
		return false;

	if (pa == BIOS_PARAMS_PA)
		memcpy(buf, bios->params, len);
	else if (pa == BIOS_SIGSTRUCT_PA)
		memcpy(buf, bios->blob->sigstruct, len);
	else if (pa >= BIOS_MODULE_PA && pa - BIOS_MODULE_PA < module_size)
		memcpy(buf, bios->blob->module + (pa - BIOS_MODULE_PA), len);
	else
		return false;

	return true;
}

static bool bios_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	return false;
}

static uint64_t install_on_all(struct platform *platform)
{
	uint64_t status = SEAMLDR_SUCCESS;

	for (unsigned int lp = 0; lp < platform->config.nr_lps && !status; lp++) {
		struct seam_regs regs = {
			.gpr[SEAM_RAX] = SEAMLDR_INSTALL,
			.gpr[SEAM_RCX] = BIOS_PARAMS_PA,
		};

		pseamldr_call(platform, lp, &regs);
		status = regs.gpr[SEAM_RAX];
	}

	return status;
}

/* What is in the SEAM range from now on is not what the image says. */
static bool take_profile(struct platform *platform, char *error)
{
	loader_take_profile(platform, platform->config.profile);

	return tdxmod_take_profile(platform->tdxmod, platform->config.profile, error);
}

bool bios_load_module(struct platform *platform, char error[static PLATFORM_ERROR_SIZE])
{
	const struct platform_config *config = &platform->config;
	struct seamldr_params params = { .scenario = SEAMLDR_SCENARIO_LOAD };
	struct seam_memory host = platform->memory;
	char sentence[BLOB_ERROR_SIZE];
	struct bios_memory bios;
	struct blob blob;
	uint64_t status;

	if (!config->module_image)
		return true;
	if (!blob_parse(config->module_image, config->module_image_size, &blob, sentence)) {
		snprintf(error, PLATFORM_ERROR_SIZE, "the module image is unusable: %s", sentence);
		return false;
	}

	params.sigstruct_pa = BIOS_SIGSTRUCT_PA;
	params.num_module_pages = blob.module_nr_pages;
	for (uint32_t i = 0; i < blob.module_nr_pages; i++)
		params.module_pa[i] = BIOS_MODULE_PA + (uint64_t)i * SEAM_PAGE_SIZE;

	bios = (struct bios_memory) { .params = &params, .blob = &blob };
	platform->memory = (struct seam_memory) {
		.ctx = &bios,
		.read = bios_read,
		.write = bios_write,
	};
	status = install_on_all(platform);
	platform->memory = host;
	if (!status)
		return !config->profile || take_profile(platform, error);

	snprintf(error, PLATFORM_ERROR_SIZE,
		 "P-SEAMLDR refuses to load the module image: %s, use an image that is made for this platform",
		 seam_status_name(SEAM_FIRMWARE_P_SEAMLDR, status));

	return false;
}
