// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A module that says what that of a real host has said. What the model acts upon is
 * taken from its metadata, and TDH.SYS.RD gives out all of it, also what no model
 * knows. The next module that is installed is that of its image.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seam/page.h"
#include "tdxmod/metadata.h"
#include "tdxmod/module.h"

#define FIELD_NUM_CPUID_CONFIG		0x9900000100000004ULL
#define FIELD_CPUID_CONFIG_LEAVES	0x9900000300000400ULL
#define FIELD_CPUID_CONFIG_VALUES	0x9900000300000500ULL

/* A member of struct module_desc, and in which units the field counts it */
#define MEMBER(id, member, unit)					\
	{ id, offsetof(struct module_desc, member),			\
	  sizeof(((struct module_desc *)NULL)->member), unit }

static const struct {
	uint64_t id;
	size_t offset;
	size_t size;
	uint64_t unit;
} members[] = {
	MEMBER(0x8800000200000001, build_date, 1),
	MEMBER(0x8800000100000002, build_num, 1),
	MEMBER(0x0800000100000003, minor, 1),
	MEMBER(0x0800000100000004, major, 1),
	MEMBER(0x0800000100000005, update, 1),
	MEMBER(0x0800000100000006, internal, 1),
	MEMBER(0x8900000100000000, module_hv, 1),
	MEMBER(0x8900000100000001, min_update_hv, 1),
	MEMBER(0x8900000000000002, no_downgrade, 1),
	MEMBER(0x8900000100000003, handoff_pages_raw, 1),
	MEMBER(0x0a00000300000008, features0, 1),
	MEMBER(0x9100000100000008, max_tdmrs, 1),
	MEMBER(0x9100000100000009, max_reserved_per_tdmr, 1),
	MEMBER(0x9100000100000010, pamt_entry_size[0], 1),
	MEMBER(0x9100000100000011, pamt_entry_size[1], 1),
	MEMBER(0x9100000100000012, pamt_entry_size[2], 1),
	MEMBER(0x9800000100000100, tdcs_pages, TDX_PAGE_SIZE),
	MEMBER(0x9800000100000200, tdvps_pages, TDX_PAGE_SIZE),
	MEMBER(0x1900000300000000, attributes_fixed0, 1),
	MEMBER(0x1900000300000001, attributes_fixed1, 1),
	MEMBER(0x1900000300000002, xfam_fixed0, 1),
	MEMBER(0x1900000300000003, xfam_fixed1, 1),
	MEMBER(FIELD_NUM_CPUID_CONFIG, nr_cpuid_config, 1),
	MEMBER(0x9900000100000008, max_vcpus_per_td, 1),
};

static bool find(const struct platform_profile *profile, uint64_t id, unsigned int *index)
{
	for (*index = 0; *index < profile->nr_fields; (*index)++) {
		if (metadata_key(profile->field[*index].id) == metadata_key(id))
			return true;
	}

	return false;
}

static bool refuse(char error[static PLATFORM_ERROR_SIZE], uint64_t id, const char *what)
{
	snprintf(error, PLATFORM_ERROR_SIZE, "the profile cannot be used: field %#018" PRIx64 " %s",
		 id, what);

	return false;
}

static bool take_members(const struct platform_profile *profile, struct module_desc *desc,
			 char error[static PLATFORM_ERROR_SIZE])
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		uint64_t value = 0;
		unsigned int index;

		/* What 1.5.01 does not have may be absent in others, too. */
		if (find(profile, members[i].id, &index))
			value = profile->field[index].value;
		if (value % members[i].unit ||
		    (members[i].size < sizeof(value) &&
		     value / members[i].unit >> 8 * members[i].size))
			return refuse(error, members[i].id, "has a value that it cannot have");
		value /= members[i].unit;
		/* Little endian, like the hardware */
		memcpy((char *)desc + members[i].offset, &value, members[i].size);
	}
	if (!desc->major || !desc->tdcs_pages || !desc->tdvps_pages || !desc->pamt_entry_size[0])
		return refuse(error, 0x0800000100000004, "or another that every module has is missing");
	if (desc->nr_cpuid_config > MODULE_MAX_CPUID_CONFIG)
		return refuse(error, FIELD_NUM_CPUID_CONFIG, "says more than the model has room for");

	return true;
}

/* Which bits need the CPU, too, no metadata say: all that can be configured are direct. */
static bool take_cpuid(const struct platform_profile *profile, struct module_desc *desc,
		       char error[static PLATFORM_ERROR_SIZE])
{
	memset(desc->cpuid_config, 0, sizeof(desc->cpuid_config));
	for (uint32_t i = 0; i < desc->nr_cpuid_config; i++) {
		struct module_cpuid_config *config = &desc->cpuid_config[i];
		unsigned int leaf, low, high;

		if (!find(profile, FIELD_CPUID_CONFIG_LEAVES + i, &leaf) ||
		    !find(profile, FIELD_CPUID_CONFIG_VALUES + 2 * i, &low) ||
		    !find(profile, FIELD_CPUID_CONFIG_VALUES + 2 * i + 1, &high))
			return refuse(error, FIELD_CPUID_CONFIG_LEAVES + i, "or its values are missing");
		config->leaf = profile->field[leaf].value;
		config->subleaf = profile->field[leaf].value >> 32;
		config->direct[0] = profile->field[low].value;
		config->direct[1] = profile->field[low].value >> 32;
		config->direct[2] = profile->field[high].value;
		config->direct[3] = profile->field[high].value >> 32;
	}

	return true;
}

/* As if the sigstruct had it, too */
static bool take_handoff(struct tdxmod *mod)
{
	struct seam_range *seam = &mod->platform->seam;
	size_t size = (mod->desc.handoff_pages_raw + 1ULL) * TDX_PAGE_SIZE;
	uint8_t *handoff = calloc(1, size);

	if (!handoff)
		return false;

	free(seam->handoff);
	seam->handoff = handoff;
	seam->handoff_size = size;
	seam->sysinfo = (struct sysinfo_handoff) {
		.module_hv = mod->desc.module_hv,
		.min_update_hv = mod->desc.min_update_hv,
		.no_downgrade = mod->desc.no_downgrade,
		.handoff_pages_raw = mod->desc.handoff_pages_raw,
	};

	return true;
}

bool tdxmod_take_profile(struct tdxmod *mod, const struct platform_profile *profile,
			 char error[static PLATFORM_ERROR_SIZE])
{
	uint16_t major = mod->desc.major, minor = mod->desc.minor;

	if (!take_members(profile, &mod->desc, error))
		return false;
	/* What no metadata tell is that of the image: versions of leaves, the handoff data. */
	if (major != mod->desc.major || minor != mod->desc.minor) {
		snprintf(error, PLATFORM_ERROR_SIZE,
			 "the profile is of a module %u.%u and the image of %u.%u: give module= an image of the same series",
			 mod->desc.major, mod->desc.minor, major, minor);
		return false;
	}
	if (!take_cpuid(profile, &mod->desc, error))
		return false;
	if (!take_handoff(mod)) {
		snprintf(error, PLATFORM_ERROR_SIZE, "not enough memory for the profile");
		return false;
	}
	mod->profile = profile;

	return true;
}

bool profile_field(const struct platform_profile *profile, uint64_t id, uint64_t *value,
		   uint64_t *next)
{
	unsigned int index;

	if (!find(profile, id, &index))
		return false;

	*value = profile->field[index].value;
	*next = index + 1 < profile->nr_fields ? profile->field[index + 1].id : METADATA_NO_FIELD;

	return true;
}
