// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of TDH.MNG.INIT. */
#include "seam/page.h"
#include "tdxmod/td_cpuid.h"
#include "tdxmod/td_params.h"

/* EPTP_CONTROLS: memory type, levels minus one, the rest zero */
#define EPTP_MEMORY_TYPE_MASK	0x7ULL
#define EPTP_WRITE_BACK		6ULL
#define EPTP_LEVELS_SHIFT	3
#define EPTP_LEVELS_MASK	0x7ULL
#define EPTP_LEVELS_4		3ULL
#define EPTP_LEVELS_5		4ULL

/* CONFIG_FLAGS */
#define CONFIG_GPAW		(1ULL << 0)

/* TSC_FREQUENCY in units of 25 MHz: 100 MHz to 10 GHz */
#define TSC_FREQUENCY_MIN	4
#define TSC_FREQUENCY_MAX	400

bool td_params_five_levels(const struct td_params *params)
{
	return (params->eptp_controls >> EPTP_LEVELS_SHIFT & EPTP_LEVELS_MASK) == EPTP_LEVELS_5;
}

bool td_params_wide_gpa(const struct td_params *params)
{
	return params->config_flags & CONFIG_GPAW;
}

static bool eptp_ok(uint64_t controls)
{
	uint64_t levels = controls >> EPTP_LEVELS_SHIFT;

	return (controls & EPTP_MEMORY_TYPE_MASK) == EPTP_WRITE_BACK &&
	       (levels == EPTP_LEVELS_4 || levels == EPTP_LEVELS_5);
}

static bool fixed_ok(uint64_t value, uint64_t fixed0, uint64_t fixed1)
{
	return !(value & ~fixed0) && (value & fixed1) == fixed1;
}

uint64_t td_params_check(const struct tdxmod *mod, const struct td_params *params,
			 uint64_t *detail)
{
	const struct module_desc *desc = &mod->desc;
	uint32_t used = desc->nr_cpuid_config;
	unsigned int max_vcpus = desc->max_vcpus_per_td ? desc->max_vcpus_per_td :
							   TD_UNSAID_MAX_VCPUS;

	if (max_vcpus > TD_MAX_VCPUS)
		max_vcpus = TD_MAX_VCPUS;

	if (!fixed_ok(params->attributes, td_attributes_fixed0(mod), desc->attributes_fixed1))
		return TDX_OPERAND_INVALID | TDX_OPERAND_ATTRIBUTES;
	if (!fixed_ok(params->xfam, desc->xfam_fixed0, desc->xfam_fixed1))
		return TDX_OPERAND_INVALID | TDX_OPERAND_XFAM;
	if (!params->max_vcpus || params->max_vcpus > max_vcpus)
		return TDX_OPERAND_INVALID | TDX_OPERAND_MAX_VCPUS;
	if (!eptp_ok(params->eptp_controls))
		return TDX_OPERAND_INVALID | TDX_OPERAND_EPTP_CONTROLS;
	if (!fixed_ok(params->config_flags, desc->config_flags_fixed0,
		      desc->config_flags_fixed1) ||
	    (td_params_wide_gpa(params) && !td_params_five_levels(params)))
		return TDX_OPERAND_INVALID | TDX_OPERAND_EXEC_CONTROLS;
	if (params->tsc_frequency < TSC_FREQUENCY_MIN || params->tsc_frequency > TSC_FREQUENCY_MAX)
		return TDX_OPERAND_INVALID | TDX_OPERAND_TSC_FREQUENCY;
	if (!all_zero(params->reserved0, sizeof(params->reserved0)) ||
	    !all_zero(params->reserved1, sizeof(params->reserved1)) ||
	    !all_zero(params->reserved2, sizeof(params->reserved2)) ||
	    !all_zero(&params->cpuid[used],
		      (TD_PARAMS_NR_CPUIDS - used) * sizeof(params->cpuid[0])))
		return TDX_OPERAND_INVALID | TDX_OPERAND_RDX;

	return td_cpuid_check(mod, params, detail);
}
