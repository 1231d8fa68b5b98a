// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SEAMLDR.INSTALL, the last LP: the module range is emptied and filled (SEAM
 * ABI 3.4 steps 29 to 38). Where the old module is gone, an error is
 * unrecoverable.
 */
#include <stdlib.h>
#include <string.h>

#include "platform/hpa.h"
#include "pseamldr/install_steps.h"
#include "tdxmod/tdxmod.h"

/* Linear address of the code region before address space randomisation */
#define SEAM_CODE_LINEAR_BASE	0xffff800000000000ULL

/* What a module can hand over lies within its own handoff pages */
static bool handoff_ok(const struct platform *platform, const struct seam_sigstruct *new)
{
	const struct sysinfo_handoff *old = &platform->seam.sysinfo;
	uint64_t capacity = (old->handoff_pages_raw + 1ULL) * SEAM_PAGE_SIZE;
	struct handoff_header header;

	memcpy(&header, platform->seam.handoff, sizeof(header));

	if (loader_wants_handoff_pages(platform) && new->handoff_pages_raw < old->handoff_pages_raw)
		return false;

	return header.valid && header.size + sizeof(header) <= capacity &&
	       header.hv >= new->min_update_hv && header.hv <= new->module_hv;
}

/* The old module's code and data are gone; of its data @keep bytes stay */
static void zero_module_range(struct platform *platform, size_t keep)
{
	struct seam_range *seam = &platform->seam;

	tdxmod_free(platform->tdxmod);
	platform->tdxmod = NULL;
	free(seam->code);
	seam->code = NULL;
	seam->code_size = 0;
	memset(seam->handoff + keep, 0, seam->handoff_size - keep);
}

/* Steps 29 to 32 */
static uint64_t make_room(struct platform *platform, const struct install *install)
{
	struct handoff_header header;

	if (!install_is_update(install)) {
		seamdb_clear(platform);
		zero_module_range(platform, 0);
		return SEAMLDR_SUCCESS;
	}

	if (!platform->pseamldr->seamdb.remaining)
		return SEAMLDR_EBADCALL;
	if (!handoff_ok(platform, &install->sig))
		return SEAMLDR_EBADHANDOFF;

	memcpy(&header, platform->seam.handoff, sizeof(header));
	zero_module_range(platform, header.size + sizeof(header));

	return SEAMLDR_SUCCESS;
}

/* The new module has its own idea of how long the handoff pages are */
static bool resize_handoff(struct seam_range *seam, const struct seam_sigstruct *sig)
{
	size_t size = (sig->handoff_pages_raw + 1ULL) * SEAM_PAGE_SIZE;
	uint8_t *handoff;

	/* A payload that is longer stays where it is, under the module's other data */
	if (size <= seam->handoff_size)
		return true;

	handoff = realloc(seam->handoff, size);
	if (!handoff)
		return false;

	memset(handoff + seam->handoff_size, 0, size - seam->handoff_size);
	seam->handoff = handoff;
	seam->handoff_size = size;

	return true;
}

/* Step 34 */
static uint64_t copy_image(struct platform *platform, const struct install *install)
{
	const struct seamldr_params *params = &install->params;
	struct seam_range *seam = &platform->seam;
	size_t size = install_image_size(install);
	uint8_t hash[SHA384_SIZE];

	seam->code = malloc(size);
	if (!seam->code)
		return SEAMLDR_ENOMEM;
	seam->code_size = size;

	for (uint64_t i = 0; i < params->num_module_pages; i++) {
		/* Absent memory reads as ones, and then has the wrong hash */
		if (!hpa_read(platform, params->module_pa[i], seam->code + i * SEAM_PAGE_SIZE,
			      SEAM_PAGE_SIZE))
			memset(seam->code + i * SEAM_PAGE_SIZE, 0xff, SEAM_PAGE_SIZE);
	}

	if (!sha384(seam->code, size, hash) ||
	    memcmp(hash, install->sig.seamhash, sizeof(hash)))
		return SEAMLDR_EBADHASH;

	return SEAMLDR_SUCCESS;
}

/* Steps 33 to 36: page tables always fit, the size was computed before */
static uint64_t fill_range(struct platform *platform, const struct install *install)
{
	struct seam_range *seam = &platform->seam;
	uint64_t status;

	if (!resize_handoff(seam, &install->sig))
		return SEAMLDR_ENOMEM;

	status = copy_image(platform, install);
	if (status)
		return status;

	platform->tdxmod = tdxmod_new(platform, &install->sig, seam->code, seam->code_size);
	if (!platform->tdxmod)
		return SEAMLDR_ENOMEM;

	if (!module_relocate(seam->code, seam->code_size, SEAM_CODE_LINEAR_BASE))
		return SEAMLDR_EBADPARAM;

	return SEAMLDR_SUCCESS;
}

static void lose_module(struct platform *platform)
{
	struct seamextend extend = platform->pseamldr->seamextend;

	zero_module_range(platform, platform->seam.handoff_size);
	extend.valid = 0;
	extend.svn_minor = 0;
	extend.svn_major = 0;
	extend.last_patch_svn = 0;
	memset(extend.mrseam, 0, sizeof(extend.mrseam));
	extend.attributes = 0;
	extend.seam_ready = 0;
	seamextend_write(platform, &extend);
}

/* Step 37: until SEAMDB knows the module it is measured, but not ready */
static void measure(struct platform *platform, const struct seam_sigstruct *sig)
{
	struct seamextend extend = platform->pseamldr->seamextend;

	extend.valid = SEAMEXTEND_VALID;
	extend.svn_minor = sig->svn_minor;
	extend.svn_major = sig->svn_major;
	memcpy(extend.mrseam, sig->seamhash, sizeof(extend.mrseam));
	extend.attributes = sig->attributes;
	extend.seam_ready = 0;
	seamextend_write(platform, &extend);
}

/* Step 38 */
static void make_ready(struct platform *platform, const struct seam_sigstruct *sig)
{
	struct pseamldr *ldr = platform->pseamldr;
	struct seamextend extend = ldr->seamextend;

	platform->seam.sysinfo = (struct sysinfo_handoff) {
		.module_hv = sig->module_hv,
		.min_update_hv = sig->min_update_hv,
		.no_downgrade = sig->no_downgrade,
		.handoff_pages_raw = sig->handoff_pages_raw,
	};

	ldr->seamdb.remaining--;
	for (unsigned int s = 0; s < platform->config.nr_sockets; s++) {
		ldr->key_dirty[s] = true;
		ldr->cache_dirty[s] = true;
	}

	extend.seam_ready = 1;
	seamextend_write(platform, &extend);
}

struct install_result install_commit(struct platform *platform, const struct install *install)
{
	struct install_result result = { 0 };

	result.status = make_room(platform, install);
	if (result.status)
		return result;

	/* The point of no return */
	result.status = fill_range(platform, install);
	if (result.status) {
		result.unrecoverable = true;
		lose_module(platform);
		return result;
	}

	measure(platform, &install->sig);
	if (!seamdb_insert(platform)) {
		result.status = SEAMLDR_ENOENTROPY;
		result.unrecoverable = true;
		return result;
	}
	make_ready(platform, &install->sig);

	return result;
}
