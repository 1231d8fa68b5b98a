// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SEAMLDR.INSTALL, the last LP: everything that is checked before anything
 * changes, in the documented order (SEAM ABI 3.4 steps 9 to 28).
 */
#include <string.h>

#include "platform/hpa.h"
#include "pseamldr/install_steps.h"
#include "seam/page.h"

static bool read_params(struct platform *platform, uint64_t pa, struct install *install)
{
	struct seamldr_params *params = &install->params;

	if (!hpa_is_shared(platform, pa, SEAM_PAGE_SIZE))
		return false;
	if (hpa_read(platform, pa, params, sizeof(*params)))
		return true;

	platform_diagnose(platform, install->lp,
			  "INSTALL was given seamldr_params at 0x%llx, where there is no memory",
			  (unsigned long long)pa);

	return false;
}

static bool reserved_zero(const struct seamldr_params *params)
{
	/* In version 1 of the parameters the first bytes are more addresses */
	for (size_t i = params->version ? SEAMLDR_PARAMS_V1_ADDRESSES : 0;
	     i < sizeof(params->reserved); i++) {
		if (params->reserved[i])
			return false;
	}

	return true;
}

/* Of version 1: pages 2 to 4 of the sigstruct, 0 if there are no more */
static bool more_addresses_ok(const struct platform *platform, const struct seamldr_params *params)
{
	uint64_t pa[SEAMLDR_PARAMS_V1_ADDRESSES / sizeof(uint64_t)];

	if (!params->version)
		return true;

	memcpy(pa, params->reserved, sizeof(pa));
	for (size_t i = 0; i < ARRAY_SIZE(pa); i++) {
		if (!hpa_is_shared(platform, pa[i], SEAM_PAGE_SIZE))
			return false;
	}

	return true;
}

/* Steps 9 to 15 */
static bool params_ok(struct platform *platform, uint64_t pa, struct install *install)
{
	const struct seamldr_params *params = &install->params;

	if (!read_params(platform, pa, install))
		return false;
	if (!loader_takes_params_version(platform, params->version) || !reserved_zero(params))
		return false;
	if (params->scenario != SEAMLDR_SCENARIO_LOAD &&
	    params->scenario != SEAMLDR_SCENARIO_UPDATE)
		return false;
	if (!params->num_module_pages || params->num_module_pages > SEAMLDR_MAX_MODULE_PAGES)
		return false;

	for (uint64_t i = 0; i < params->num_module_pages; i++) {
		if (!hpa_is_shared(platform, params->module_pa[i], SEAM_PAGE_SIZE))
			return false;
	}
	if (!hpa_is_shared(platform, params->sigstruct_pa, SEAM_PAGE_SIZE) ||
	    !more_addresses_ok(platform, params))
		return false;

	return !install_is_update(install) || platform->pseamldr->snapshot.seam_ready;
}

static bool key_known(const struct platform *platform, const struct seam_sigstruct *sig)
{
	const struct platform_config *config = &platform->config;
	uint8_t hash[SHA384_SIZE];

	if (!sha384(sig->modulus, sizeof(sig->modulus), hash))
		return false;

	for (unsigned int i = 0; i < config->nr_key_hashes; i++) {
		if (!memcmp(hash, config->key_hash[i], sizeof(hash)))
			return true;
	}

	return false;
}

/* Steps 16 to 18 */
static uint64_t sigstruct_check(const struct platform *platform, const struct seam_sigstruct *sig)
{
	const struct platform_config *config = &platform->config;

	if (!sigstruct_well_formed(sig, loader_tolerates(platform)))
		return SEAMLDR_EBADSIG;
	if (loader_checks_hints(platform) && !sigstruct_hints_usual(sig))
		return SEAMLDR_EBADSIG;
	if (!key_known(platform, sig))
		return SEAMLDR_EBADSIG;
	if (sig->module_type & SIGSTRUCT_TYPE_DEBUG &&
	    !(config->sgx_debug_mode & SGX_DEBUG_MODE_UNLOCKED))
		return SEAMLDR_EBADSIG;

	return SEAMLDR_SUCCESS;
}

/* Steps 19 to 22 */
static uint64_t svn_check(const struct platform *platform, const struct install *install)
{
	const struct seamextend *old = &platform->pseamldr->snapshot;
	const struct seam_sigstruct *sig = &install->sig;

	if (!sig->svn_major)
		return SEAMLDR_EUNSUPPORTED;

	if (install_is_update(install)) {
		if (sig->svn_major != old->svn_major)
			return SEAMLDR_EUNSUPPORTED;
		if (sig->svn_minor < old->svn_minor)
			return SEAMLDR_EBADSIG;
	} else if (anything_dirty(platform->pseamldr)) {
		if (sig->svn_major != old->svn_major || sig->svn_minor < old->svn_minor)
			return SEAMLDR_ECLEANUPREQ;
	}

	return SEAMLDR_SUCCESS;
}

static bool fits(uint64_t offset, uint64_t room, uint64_t size)
{
	return !offset || (size >= room && offset <= size - room);
}

static bool cpu_listed(const struct seam_sigstruct *sig, uint32_t cpuid)
{
	for (uint32_t i = 0; i < sig->cpuid_table_size; i++) {
		if (!((sig->cpuid_table[i] ^ cpuid) & ~CPUID_STEPPING_MASK))
			return true;
	}

	return false;
}

/* Steps 23 to 25 */
static uint64_t image_check(const struct platform *platform, const struct install *install)
{
	const struct platform_config *config = &platform->config;
	const struct seam_sigstruct *sig = &install->sig;
	uint64_t size = install_image_size(install);

	if (!fits(sig->gdt_idt_offset, SEAM_PAGE_SIZE, size) ||
	    !fits(sig->fault_wrapper_offset, SIGSTRUCT_FAULT_WRAPPER_SIZE, size))
		return SEAMLDR_EBADSIG;

	for (unsigned int s = 0; sig->cpuid_table_size && s < config->nr_sockets; s++) {
		if (!cpu_listed(sig, config->cpuid_1_eax[s]))
			return SEAMLDR_EUNSUPCPU;
	}

	if (!(sig->module_type & SIGSTRUCT_TYPE_DEBUG) && !sig->cpuid_table_size)
		return SEAMLDR_EBADSIG;

	return SEAMLDR_SUCCESS;
}

/* Steps 26 to 28 */
static uint64_t final_check(struct platform *platform, const struct install *install)
{
	const struct platform_config *config = &platform->config;
	uint64_t room = config->p_seamldr_base - config->seamrr_base;
	uint64_t aslr;

	if (!sigstruct_signature_ok(&install->sig))
		return SEAMLDR_EBADSIG;
	if (!platform_entropy(platform, &aslr))
		return SEAMLDR_ENOENTROPY;
	if (seam_range_needed(platform, &install->sig, install->params.num_module_pages) > room)
		return SEAMLDR_ENOMEM;

	return SEAMLDR_SUCCESS;
}

uint64_t install_check(struct platform *platform, uint64_t params_pa, struct install *install)
{
	uint64_t status;

	if (!params_ok(platform, params_pa, install))
		return SEAMLDR_EBADPARAM;
	if (!hpa_read(platform, install->params.sigstruct_pa, &install->sig,
		      sizeof(install->sig))) {
		platform_diagnose(platform, install->lp,
				  "INSTALL was given a sigstruct at 0x%llx, where there is no memory",
				  (unsigned long long)install->params.sigstruct_pa);
		return SEAMLDR_EBADPARAM;
	}

	status = sigstruct_check(platform, &install->sig);
	if (!status)
		status = svn_check(platform, install);
	if (!status)
		status = image_check(platform, install);
	if (!status)
		status = final_check(platform, install);

	return status;
}
