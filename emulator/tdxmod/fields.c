// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Metadata of TDs and vCPUs: TDH.MNG.RD, VP.RD, VP.WR. Only the fields that a
 * host is known to use exist; enumeration is not modelled.
 */
#include <string.h>

#include "seam/page.h"
#include "tdxmod/metadata.h"
#include "tdxmod/td_cpuid.h"

#define FIELD_KEY(class, code)	((uint64_t)(class) << 56 | (code))

/* TD scope: execution controls, measurements, CPUID */
#define TD_TSC_OFFSET		FIELD_KEY(17, 10)
#define TD_TSC_MULTIPLIER	FIELD_KEY(17, 11)
#define TD_MRTD			FIELD_KEY(19, 0)
#define TD_CPUID_VALUES		FIELD_KEY(20, 0)

#define MRTD_ELEMENTS		(TD_MRTD_SIZE / sizeof(uint64_t))

/* A TSC that runs at the host's speed: 1.0 with 48 fraction bits */
#define TSC_MULTIPLIER_ONE	(1ULL << 48)

/* Code of a CPUID field: leaf bit 31, leaf 6:0, no sub-leaf, sub-leaf 6:0, half */
#define CPUID_CODE_LEAF31	(1ULL << 16)
#define CPUID_CODE_LEAF_SHIFT	9
#define CPUID_CODE_NO_SUBLEAF	(1ULL << 8)
#define CPUID_CODE_SUBLEAF_SHIFT 1
#define CPUID_CODE_LOW_MASK	0x7fULL
#define CPUID_CODE_MASK		0x1ffffULL
#define CPUID_LEAF31		(1U << 31)

/* vCPU scope: VMCS by encoding, other guest state, management */
#define VCPU_POSTED_INTR_NV	FIELD_KEY(0, 0x0002)
#define VCPU_POSTED_INTR_DESC	FIELD_KEY(0, 0x2016)
#define VCPU_SHARED_EPTP	FIELD_KEY(0, 0x203c)
#define VCPU_PIN_CONTROLS	FIELD_KEY(0, 0x4000)
#define VCPU_PEND_NMI		FIELD_KEY(32, 11)
#define VCPU_STATE_DETAILS	FIELD_KEY(17, 0x100)

#define PIN_CONTROLS_POSTED_INTR	(1ULL << 7)

/** struct vcpu_field - a field that VP.WR knows; @writable: bits it may change */
struct vcpu_field {
	uint64_t key;
	uint64_t writable;
};

static const struct vcpu_field vcpu_fields[] = {
	{ VCPU_POSTED_INTR_NV, 0xffff },
	{ VCPU_POSTED_INTR_DESC, ~0ULL },
	{ VCPU_SHARED_EPTP, ~0ULL },
	{ VCPU_PIN_CONTROLS, PIN_CONTROLS_POSTED_INTR },
	{ VCPU_PEND_NMI, 0xff },
};

static_assert(ARRAY_SIZE(vcpu_fields) == VCPU_NR_FIELDS,
	      "a vCPU has room for every field");

/* Ids of TD scope carry an element size, context and the like: not looked at */
static uint64_t key_of(uint64_t id)
{
	return metadata_key(id);
}

/* As the module that made the TD made it, whichever runs now */
static bool read_cpuid(const struct td *td, uint64_t code, uint64_t *value)
{
	const struct native_leaf *found;
	uint32_t leaf = code >> CPUID_CODE_LEAF_SHIFT & CPUID_CODE_LOW_MASK;
	uint32_t subleaf = code >> CPUID_CODE_SUBLEAF_SHIFT & CPUID_CODE_LOW_MASK;

	if (code & CPUID_CODE_LEAF31)
		leaf |= CPUID_LEAF31;
	if (code & CPUID_CODE_NO_SUBLEAF)
		subleaf = MODULE_NO_SUBLEAF;

	found = td_cpuid_find(&td->cpuid, leaf, subleaf);
	if (!found)
		return false;
	*value = found->reg[code % 2 * 2] | (uint64_t)found->reg[code % 2 * 2 + 1] << 32;

	return true;
}

static bool read_td_field(const struct td *td, uint64_t key, uint64_t *value)
{
	*value = 0;
	if (key == TD_TSC_OFFSET)
		return true;
	if (key == TD_TSC_MULTIPLIER) {
		*value = TSC_MULTIPLIER_ONE;
		return true;
	}
	if (key >= TD_MRTD && key - TD_MRTD < MRTD_ELEMENTS) {
		memcpy(value, td->measurement.mrtd + (key - TD_MRTD) * sizeof(*value),
		       sizeof(*value));
		return true;
	}
	if (key >= TD_CPUID_VALUES && key - TD_CPUID_VALUES <= CPUID_CODE_MASK)
		return read_cpuid(td, key - TD_CPUID_VALUES, value);

	return false;
}

/* Common outputs of the reading leaves; version 1 also has a next id in RDX */
static uint64_t read_result(struct seam_regs *regs, bool known, uint64_t value)
{
	regs->gpr[SEAM_R8] = known ? value : 0;
	if (TDH_VERSION(regs->gpr[SEAM_RAX]))
		regs->gpr[SEAM_RDX] = METADATA_NO_FIELD;

	return known ? TDX_SUCCESS : TDX_METADATA_FIELD_ID_INCORRECT;
}

uint64_t tdh_mng_rd(struct tdxmod *mod, unsigned int lp, struct td *td, struct seam_regs *regs)
{
	uint64_t value;
	bool known = read_td_field(td, key_of(regs->gpr[SEAM_RDX]), &value);

	return read_result(regs, known, value);
}

static const struct vcpu_field *find_vcpu_field(uint64_t key)
{
	for (unsigned int i = 0; i < VCPU_NR_FIELDS; i++) {
		if (vcpu_fields[i].key == key)
			return &vcpu_fields[i];
	}

	return NULL;
}

static bool read_vcpu_field(const struct vcpu *vcpu, uint64_t key, uint64_t *value)
{
	const struct vcpu_field *field = find_vcpu_field(key);

	*value = 0;
	/* No interrupt is ever half delivered: the program takes none */
	if (key == VCPU_STATE_DETAILS)
		return true;
	if (!field)
		return false;
	*value = vcpu->fields[field - vcpu_fields];

	return true;
}

uint64_t tdh_vp_rd(struct tdxmod *mod, unsigned int lp, struct td *td, struct vcpu *vcpu,
		   struct seam_regs *regs)
{
	uint64_t value, status;
	bool known;

	status = vcpu_associate(td, vcpu, lp);
	if (status)
		return status;
	known = read_vcpu_field(vcpu, key_of(regs->gpr[SEAM_RDX]), &value);

	return read_result(regs, known, value);
}

static uint64_t write_vcpu_field(struct vcpu *vcpu, uint64_t key, struct seam_regs *regs)
{
	const struct vcpu_field *field = find_vcpu_field(key);
	uint64_t mask = regs->gpr[SEAM_R9];
	uint64_t data = regs->gpr[SEAM_R8];
	uint64_t *value;

	regs->gpr[SEAM_R8] = 0;
	if (!field)
		return TDX_METADATA_FIELD_ID_INCORRECT;
	if (mask & ~field->writable)
		return TDX_METADATA_FIELD_NOT_WRITABLE;

	value = &vcpu->fields[field - vcpu_fields];
	regs->gpr[SEAM_R8] = *value;
	*value = (*value & ~mask) | (data & mask);

	return TDX_SUCCESS;
}

uint64_t tdh_vp_wr(struct tdxmod *mod, unsigned int lp, struct td *td, struct vcpu *vcpu,
		   struct seam_regs *regs)
{
	uint64_t status;

	status = vcpu_associate(td, vcpu, lp);
	if (status)
		return status;

	return write_vcpu_field(vcpu, key_of(regs->gpr[SEAM_RDX]), regs);
}
