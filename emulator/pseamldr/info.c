// SPDX-License-Identifier: GPL-2.0-or-later
/* SEAMLDR.INFO and SEAMLDR.SEAMINFO: legal at any time (SEAM ABI 3.3). */
#include <string.h>

#include "platform/hpa.h"
#include "pseamldr/pseamldr.h"

static uint64_t put(struct platform *platform, unsigned int lp, uint64_t pa,
		    const void *data, size_t size)
{
	if (!hpa_is_shared(platform, pa, size))
		return SEAMLDR_EBADPARAM;

	if (!hpa_write(platform, pa, data, size)) {
		platform_diagnose(platform, lp, "P-SEAMLDR was given a buffer at 0x%llx, where there is no memory",
				  (unsigned long long)pa);
		return SEAMLDR_EBADPARAM;
	}

	return SEAMLDR_SUCCESS;
}

uint64_t seamldr_info(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	const struct platform_config *config = &platform->config;
	const struct platform_profile *profile = config->profile;
	struct seamldr_info info = {
		.vendor_id = SEAMLDR_VENDOR_INTEL,
		.build_date = config->loader.build_date,
		.build_num = config->loader.build_num,
		.minor_version = loader_minor_version(platform),
		.major_version = config->loader.major,
		.update_version = config->loader.update,
		.acm_x2apicid = config->x2apic_id[0],
		.num_remaining_updates = seamdb_remaining(platform),
		.seamextend = platform->pseamldr->seamextend,
		.features0 = SEAMLDR_FEATURES0_CLEANUP,
	};

	/* These two change, and the rest is P-SEAMLDR itself. */
	if (profile) {
		memcpy(&info, profile->info, sizeof(info));
		info.num_remaining_updates = seamdb_remaining(platform);
		info.seamextend = platform->pseamldr->seamextend;
	}

	return put(platform, lp, regs->gpr[SEAM_RCX], &info, sizeof(info));
}

uint64_t seamldr_seaminfo(struct platform *platform, unsigned int lp, struct seam_regs *regs)
{
	const struct platform_config *config = &platform->config;
	const struct platform_profile *profile = config->profile;
	struct seamldr_seaminfo seen, info = {
		.version = loader_seaminfo_version(platform),
		.tot_num_lps = config->nr_lps,
		.tot_num_sockets = config->nr_sockets,
		.p_seamldr_base = config->p_seamldr_base,
		.p_seamldr_size = config->p_seamldr_size,
	};

	if (!loader_has_seaminfo(platform))
		return SEAMLDR_EBADPARAM;

	memcpy(info.socket_cpuid, config->cpuid_1_eax, sizeof(info.socket_cpuid));
	memcpy(info.cmr, config->cmr, config->nr_cmrs * sizeof(info.cmr[0]));
	/* Topology and memory are those of this machine. */
	if (profile && profile->has_seaminfo) {
		memcpy(&seen, profile->seaminfo, sizeof(seen));
		info.version = seen.version;
		info.skip_smrr2_check = seen.skip_smrr2_check;
		info.access_control_only = seen.access_control_only;
	}

	return put(platform, lp, regs->gpr[SEAM_RCX], &info, sizeof(info));
}

/* The module at boot has the measurements of the one on the real host. */
void loader_take_profile(struct platform *platform, const struct platform_profile *profile)
{
	struct seamextend extend = platform->pseamldr->seamextend;
	struct seamldr_info info;

	memcpy(&info, profile->info, sizeof(info));
	memcpy(&extend, &info.seamextend, SEAMEXTEND_MEASUREMENTS_SIZE);
	seamextend_write(platform, &extend);
}
