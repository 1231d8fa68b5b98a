// SPDX-License-Identifier: GPL-2.0-or-later
/* TDH.SYS.RD: the metadata of the module (SEAM ABI 4.6). */
#include "tdxmod/metadata.h"
#include "tdxmod/module.h"

#define FIELD_HANDOFF_DATA_VALID	0x8900000000000004ULL
#define FIELD_HANDOFF_DATA_SIZE		0x8900000200000006ULL

static bool has_field(const struct tdxmod *mod, const struct metadata_field *field,
		      unsigned int index, uint64_t *value)
{
	const struct module_desc *desc = &mod->desc;
	uint64_t key = metadata_key(field->id + index);

	for (uint32_t i = 0; i < desc->nr_overrides; i++) {
		const struct module_override *override = &desc->override[i];

		if (metadata_key(override->field_id) != key)
			continue;
		*value = override->value;
		return !(override->flags & MODULE_OVERRIDE_ABSENT);
	}

	*value = field->value(mod, index);

	return true;
}

/* The first readable element at or behind (@row, @index); all-ones: none */
static uint64_t next_readable(const struct tdxmod *mod, unsigned int row, unsigned int index)
{
	uint64_t value;

	for (; row < metadata_nr_fields; row++, index = 0) {
		const struct metadata_field *field = &metadata_fields[row];

		for (; index < field->count(mod); index++) {
			if (has_field(mod, field, index, &value))
				return field->id + index;
		}
	}

	return METADATA_NO_FIELD;
}

/* What changes while a module runs, and what depends on the machine, no profile says */
static bool is_of_the_machine(uint64_t id)
{
	uint64_t key = metadata_key(id);

	return (id & METADATA_CLASS) == METADATA_CLASS_CMR ||
	       (key >= metadata_key(FIELD_HANDOFF_DATA_VALID) &&
		key <= metadata_key(FIELD_HANDOFF_DATA_SIZE));
}

static uint64_t read_profile(const struct tdxmod *mod, uint64_t id, struct seam_regs *regs)
{
	uint64_t value, next;

	if (!profile_field(mod->profile, id, &value, &next)) {
		regs->gpr[SEAM_R8] = 0;
		regs->gpr[SEAM_RDX] = METADATA_NO_FIELD;
		return TDX_METADATA_FIELD_ID_INCORRECT;
	}

	if (!is_of_the_machine(id))
		regs->gpr[SEAM_R8] = value;
	regs->gpr[SEAM_RDX] = next;

	return TDX_SUCCESS;
}

static uint64_t read_field(const struct tdxmod *mod, uint64_t id, struct seam_regs *regs)
{
	uint64_t key = metadata_key(id);
	uint64_t value;

	if (id & METADATA_MUST_BE_ZERO)
		return TDX_METADATA_FIELD_ID_INCORRECT;

	for (unsigned int row = 0; row < metadata_nr_fields; row++) {
		const struct metadata_field *field = &metadata_fields[row];
		uint64_t first = metadata_key(field->id);

		if (key < first || key - first >= field->count(mod))
			continue;
		if (!has_field(mod, field, key - first, &value))
			break;

		regs->gpr[SEAM_R8] = value;
		regs->gpr[SEAM_RDX] = next_readable(mod, row, key - first + 1);

		return TDX_SUCCESS;
	}

	return TDX_METADATA_FIELD_ID_INCORRECT;
}

uint64_t tdh_sys_rd(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t id = regs->gpr[SEAM_RDX];
	uint64_t status;

	regs->gpr[SEAM_R8] = 0;
	regs->gpr[SEAM_RDX] = METADATA_NO_FIELD;
	if (!atomic_load(&mod->lp_initialised[lp]))
		return TDX_SYS_LP_INIT_NOT_DONE;

	/* All ones, whatever the context says */
	if ((id | METADATA_CONTEXT) == METADATA_NO_FIELD) {
		regs->gpr[SEAM_RDX] = mod->profile ? mod->profile->field[0].id :
						     next_readable(mod, 0, 0);
		return TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT;
	}

	status = read_field(mod, id, regs);
	if (mod->profile && !(id & METADATA_MUST_BE_ZERO))
		status = read_profile(mod, id, regs);

	return status;
}
