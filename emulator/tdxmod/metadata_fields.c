// SPDX-License-Identifier: GPL-2.0-or-later
/* The global metadata of the module, in the order in which it is enumerated. */
#include "seam/page.h"
#include "tdxmod/metadata.h"
#include "tdxmod/td_cpuid.h"

#define NR_CMRS			32
#define NR_TDX_FEATURES		1
#define VENDOR_INTEL		0x8086

static unsigned int one(const struct tdxmod *mod)
{
	return 1;
}

static unsigned int sockets(const struct tdxmod *mod)
{
	return mod->platform->config.nr_sockets;
}

static unsigned int cmrs(const struct tdxmod *mod)
{
	return NR_CMRS;
}

/* Elements behind the last used one exist, too, and say that nothing is there */
static unsigned int cpuid_configs(const struct tdxmod *mod)
{
	return MODULE_MAX_CPUID_CONFIG;
}

static unsigned int cpuid_config_values(const struct tdxmod *mod)
{
	return 2 * MODULE_MAX_CPUID_CONFIG;
}

static unsigned int has_max_vcpus(const struct tdxmod *mod)
{
	return mod->desc.max_vcpus_per_td ? 1 : 0;
}

/* A field that is one expression of @mod and, in arrays, @index */
#define VALUE(function, expression)						\
	static uint64_t function(const struct tdxmod *mod, unsigned int index)	\
	{									\
		return expression;						\
	}

VALUE(num_pkgs, mod->platform->config.nr_sockets)
VALUE(pkg_fms, mod->platform->config.cpuid_1_eax[index])
VALUE(vendor_id, VENDOR_INTEL)
VALUE(build_date, mod->desc.build_date)
VALUE(build_num, mod->desc.build_num)
VALUE(minor_version, mod->desc.minor)
VALUE(major_version, mod->desc.major)
VALUE(update_version, mod->desc.update)
VALUE(internal_version, mod->desc.internal)
VALUE(module_hv, mod->desc.module_hv)
VALUE(min_update_hv, mod->desc.min_update_hv)
VALUE(no_downgrade, mod->desc.no_downgrade)
VALUE(num_handoff_pages, mod->desc.handoff_pages_raw)
VALUE(handoff_data_valid, handoff_header(mod).valid)
VALUE(handoff_data_hv, handoff_header(mod).hv)
VALUE(handoff_data_size, handoff_header(mod).size)
VALUE(sys_attributes, 0)
VALUE(num_tdx_features, NR_TDX_FEATURES)
VALUE(tdx_features0, mod->desc.features0)
VALUE(num_cmrs, NR_CMRS)
VALUE(cmr_base, mod->platform->config.cmr[index].base)
VALUE(cmr_size, mod->platform->config.cmr[index].size)
VALUE(max_tdmrs, mod->desc.max_tdmrs)
VALUE(max_reserved_per_tdmr, mod->desc.max_reserved_per_tdmr)
VALUE(pamt_4k_entry_size, mod->desc.pamt_entry_size[0])
VALUE(pamt_2m_entry_size, mod->desc.pamt_entry_size[1])
VALUE(pamt_1g_entry_size, mod->desc.pamt_entry_size[2])
VALUE(tdr_base_size, TDX_PAGE_SIZE)
VALUE(tdcs_base_size, mod->desc.tdcs_pages * TDX_PAGE_SIZE)
VALUE(tdvps_base_size, mod->desc.tdvps_pages * TDX_PAGE_SIZE)
VALUE(attributes_fixed0, td_attributes_fixed0(mod))
VALUE(attributes_fixed1, mod->desc.attributes_fixed1)
VALUE(xfam_fixed0, mod->desc.xfam_fixed0)
VALUE(xfam_fixed1, mod->desc.xfam_fixed1)
VALUE(num_cpuid_config, mod->desc.nr_cpuid_config)
VALUE(max_vcpus_per_td, mod->desc.max_vcpus_per_td)

static uint64_t cpuid_config_leaf(const struct tdxmod *mod, unsigned int index)
{
	const struct module_cpuid_config *config = &mod->desc.cpuid_config[index];

	if (index >= mod->desc.nr_cpuid_config)
		return ~0ULL;

	return config->leaf | (uint64_t)config->subleaf << 32;
}

/* Two fields per leaf: EAX and EBX, then ECX and EDX */
static uint64_t cpuid_config_value(const struct tdxmod *mod, unsigned int index)
{
	unsigned int r = index % 2 * 2;

	if (index / 2 >= mod->desc.nr_cpuid_config)
		return 0;

	return td_cpuid_configurable(mod, index / 2, r) |
	       (uint64_t)td_cpuid_configurable(mod, index / 2, r + 1) << 32;
}

const struct metadata_field metadata_fields[] = {
	{ "NUM_PKGS", 0x0000000200000000, one, num_pkgs },
	{ "PKG_FMS", 0x0000000200000001, sockets, pkg_fms },
	{ "VENDOR_ID", 0x0800000200000000, one, vendor_id },
	{ "BUILD_DATE", 0x8800000200000001, one, build_date },
	{ "BUILD_NUM", 0x8800000100000002, one, build_num },
	{ "MINOR_VERSION", 0x0800000100000003, one, minor_version },
	{ "MAJOR_VERSION", 0x0800000100000004, one, major_version },
	{ "UPDATE_VERSION", 0x0800000100000005, one, update_version },
	{ "INTERNAL_VERSION", 0x0800000100000006, one, internal_version },
	{ "MODULE_HV", 0x8900000100000000, one, module_hv },
	{ "MIN_UPDATE_HV", 0x8900000100000001, one, min_update_hv },
	{ "NO_DOWNGRADE", 0x8900000000000002, one, no_downgrade },
	{ "NUM_HANDOFF_PAGES", 0x8900000100000003, one, num_handoff_pages },
	{ "HANDOFF_DATA_VALID", 0x8900000000000004, one, handoff_data_valid },
	{ "HANDOFF_DATA_HV", 0x8900000100000005, one, handoff_data_hv },
	{ "HANDOFF_DATA_SIZE", 0x8900000200000006, one, handoff_data_size },
	{ "SYS_ATTRIBUTES", 0x0a00000200000000, one, sys_attributes },
	{ "NUM_TDX_FEATURES", 0x0a00000000000001, one, num_tdx_features },
	{ "TDX_FEATURES0", 0x0a00000300000008, one, tdx_features0 },
	{ "NUM_CMRS", 0x9000000100000000, one, num_cmrs },
	{ "CMR_BASE", 0x9000000300000080, cmrs, cmr_base },
	{ "CMR_SIZE", 0x9000000300000100, cmrs, cmr_size },
	{ "MAX_TDMRS", 0x9100000100000008, one, max_tdmrs },
	{ "MAX_RESERVED_PER_TDMR", 0x9100000100000009, one, max_reserved_per_tdmr },
	{ "PAMT_4K_ENTRY_SIZE", 0x9100000100000010, one, pamt_4k_entry_size },
	{ "PAMT_2M_ENTRY_SIZE", 0x9100000100000011, one, pamt_2m_entry_size },
	{ "PAMT_1G_ENTRY_SIZE", 0x9100000100000012, one, pamt_1g_entry_size },
	{ "TDR_BASE_SIZE", 0x9800000100000000, one, tdr_base_size },
	{ "TDCS_BASE_SIZE", 0x9800000100000100, one, tdcs_base_size },
	{ "TDVPS_BASE_SIZE", 0x9800000100000200, one, tdvps_base_size },
	{ "ATTRIBUTES_FIXED0", 0x1900000300000000, one, attributes_fixed0 },
	{ "ATTRIBUTES_FIXED1", 0x1900000300000001, one, attributes_fixed1 },
	{ "XFAM_FIXED0", 0x1900000300000002, one, xfam_fixed0 },
	{ "XFAM_FIXED1", 0x1900000300000003, one, xfam_fixed1 },
	{ "NUM_CPUID_CONFIG", 0x9900000100000004, one, num_cpuid_config },
	{ "MAX_VCPUS_PER_TD", 0x9900000100000008, has_max_vcpus, max_vcpus_per_td },
	{ "CPUID_CONFIG_LEAVES", 0x9900000300000400, cpuid_configs, cpuid_config_leaf },
	{ "CPUID_CONFIG_VALUES", 0x9900000300000500, cpuid_config_values, cpuid_config_value },
};

const unsigned int metadata_nr_fields = ARRAY_SIZE(metadata_fields);
