// SPDX-License-Identifier: GPL-2.0-or-later
/* From a description to an unsigned image file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blob/payload.h"
#include "blob/releases.h"
#include "image/image.h"
#include "seam/page.h"

/* As in all published releases of their series */
#define STACK_PAGES_RAW		1
#define TLS_PAGES_RAW		1
#define KEYHOLE_PAGES_RAW	127
#define GLOBAL_PAGES_RAW_1_5	21
#define GLOBAL_PAGES_RAW_2_0	33

/* From this version on releases carry it in the sigstruct */
#define FIRST_MAJOR_IN_SIGSTRUCT	2

void image_spec_like(struct image_spec *spec, const struct release *release)
{
	*spec = (struct image_spec) {
		.header = BLOB_V200,
		.nr_pages = release->pages,
		.svn_major = release->svn_major,
		.svn_minor = release->svn_minor,
		.date = release->date,
	};
	spec->nr_cpuids = release_cpus(release, spec->cpuid);
	release_describe(release, &spec->desc);
}

void image_spec_init(struct image_spec *spec)
{
	static const uint32_t cpus[] = { 0x000806f0, 0x000c06f0, 0x000a06f0, 0x000a06d0,
					 0x000a06e0 };

	image_spec_like(spec, release_by_name(IMAGE_DEFAULT_RELEASE));
	spec->nr_cpuids = ARRAY_SIZE(cpus);
	memcpy(spec->cpuid, cpus, sizeof(cpus));
}

bool image_spec_check(const struct image_spec *spec, char error[static BLOB_ERROR_SIZE])
{
	const struct module_desc *desc = &spec->desc;

	if (spec->nr_pages < PAYLOAD_MIN_PAGES || spec->nr_pages > BLOB_MAX_MODULE_PAGES)
		snprintf(error, BLOB_ERROR_SIZE, "%u module pages: choose %u to %u",
			 spec->nr_pages, PAYLOAD_MIN_PAGES, BLOB_MAX_MODULE_PAGES);
	else if (spec->nr_cpuids > SIGSTRUCT_MAX_CPUIDS)
		snprintf(error, BLOB_ERROR_SIZE, "%u CPUs: a sigstruct holds %u",
			 spec->nr_cpuids, SIGSTRUCT_MAX_CPUIDS);
	else if (desc->min_update_hv > desc->module_hv)
		snprintf(error, BLOB_ERROR_SIZE,
			 "the minimum handoff version %u is above the module's own, %u",
			 desc->min_update_hv, desc->module_hv);
	else if (!desc->tdcs_pages || !desc->tdvps_pages)
		snprintf(error, BLOB_ERROR_SIZE, "a TD and a vCPU have at least one page each");
	else
		return true;

	return false;
}

static void fill_sigstruct(struct seam_sigstruct *sig, const struct image_spec *spec)
{
	struct payload_layout layout = payload_layout(spec->nr_pages);
	const struct module_desc *desc = &spec->desc;

	*sig = (struct seam_sigstruct) {
		.header_type = SIGSTRUCT_HEADER_TYPE,
		.header_length = SIGSTRUCT_HEADER_LENGTH,
		.header_version = SIGSTRUCT_HEADER_VERSION,
		.module_type = spec->debug_signed ? SIGSTRUCT_TYPE_DEBUG : 0,
		.module_vendor = SIGSTRUCT_VENDOR_INTEL,
		.date = spec->date,
		.size = SIGSTRUCT_SIZE_DWORDS,
		.key_size = SIGSTRUCT_KEY_DWORDS,
		.modulus_size = SIGSTRUCT_KEY_DWORDS,
		.exponent_size = SIGSTRUCT_EXPONENT_DWORDS,
		.exponent = SIGSTRUCT_EXPONENT,
		.svn_minor = spec->svn_minor,
		.svn_major = spec->svn_major,
		.rip_offset = layout.entry,
		.stack_pages_raw = STACK_PAGES_RAW,
		.tls_pages_raw = TLS_PAGES_RAW,
		.keyhole_pages_raw = KEYHOLE_PAGES_RAW,
		.global_pages_raw = desc->series == MODULE_SERIES_2_0 ? GLOBAL_PAGES_RAW_2_0 :
									GLOBAL_PAGES_RAW_1_5,
		.module_hv = spec->sigstruct_differs ? spec->sigstruct_hv : desc->module_hv,
		.min_update_hv = spec->sigstruct_differs ? spec->sigstruct_min_hv :
							   desc->min_update_hv,
		.no_downgrade = desc->no_downgrade,
		.handoff_pages_raw = desc->handoff_pages_raw,
		.gdt_idt_offset = layout.gdt_idt_offset,
		.fault_wrapper_offset = layout.fault_wrapper_offset,
		.cpuid_table_size = spec->nr_cpuids,
	};
	memcpy(sig->cpuid_table, spec->cpuid, spec->nr_cpuids * sizeof(spec->cpuid[0]));
	if (desc->major >= FIRST_MAJOR_IN_SIGSTRUCT) {
		sig->version = (struct seam_version) {
			.update = desc->update,
			.minor = desc->minor,
			.major = desc->major,
			.build_num = desc->build_num,
			.internal = desc->internal,
		};
	}
}

uint8_t *image_build(const struct image_spec *spec, size_t *size)
{
	uint8_t *module = malloc((size_t)spec->nr_pages * SEAM_PAGE_SIZE);
	uint8_t *page = calloc(1, SEAM_PAGE_SIZE);
	struct blob blob = {
		.version = spec->header,
		.sigstruct = page,
		.sigstruct_nr_pages = 1,
		.module = module,
		.module_nr_pages = spec->nr_pages,
	};
	uint8_t *file = malloc(blob_size(&blob));

	if (!module || !page || !file)
		goto fail;

	payload_write(&spec->desc, spec->nr_pages, module);
	fill_sigstruct((struct seam_sigstruct *)page, spec);
	if (!image_hash((struct seam_sigstruct *)page, &blob))
		goto fail;

	blob_write(&blob, file);
	*size = blob_size(&blob);
	free(page);
	free(module);

	return file;
fail:
	free(file);
	free(page);
	free(module);

	return NULL;
}

bool image_hash(struct seam_sigstruct *sig, const struct blob *blob)
{
	return sha384(blob->module, (size_t)blob->module_nr_pages * SEAM_PAGE_SIZE,
		      sig->seamhash);
}
