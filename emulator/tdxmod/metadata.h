/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metadata fields: ids and the table of global ones (SEAM ABI 4.6). */
#ifndef EMULATOR_TDXMOD_METADATA_H
#define EMULATOR_TDXMOD_METADATA_H

#include <stdbool.h>
#include <stdint.h>

struct platform_profile;
struct tdxmod;

/* Parts of a field id */
#define METADATA_CODE		0x0000000000ffffffULL
#define METADATA_CLASS		0x3f00000000000000ULL
#define METADATA_CLASS_CMR	0x1000000000000000ULL
#define METADATA_CONTEXT	0x0070000000000000ULL
#define METADATA_ELEMENT_SIZE	0x0000000300000000ULL
/* Bits 31:24, 49:47, 55 and 62 are reserved; last element and last field */
#define METADATA_MUST_BE_ZERO	0x4083fffcff000000ULL

/** METADATA_NO_FIELD - asks for the first field, or says that none follows */
#define METADATA_NO_FIELD	(~0ULL)

/** metadata_key() - what a field is looked up by */
static inline uint64_t metadata_key(uint64_t id)
{
	return id & (METADATA_CLASS | METADATA_CODE);
}

/**
 * struct metadata_field - one row: a field, or an array of equal ones
 * @name: as in the specification; NULL: cannot be chosen by name
 * @id: of the (first) field, as TDH.SYS.RD gives it out
 * @count: fields in the array
 * @value: of field @index, zero-extended
 */
struct metadata_field {
	const char *name;
	uint64_t id;
	unsigned int (*count)(const struct tdxmod *mod);
	uint64_t (*value)(const struct tdxmod *mod, unsigned int index);
};

/**
 * profile_field() - a field as a profile has it (profile.c)
 * @profile: the profile
 * @id: id of the field
 * @value: receives its value
 * @next: receives the id behind it, or METADATA_NO_FIELD
 *
 * Return: false if it has no such field.
 */
bool profile_field(const struct platform_profile *profile, uint64_t id, uint64_t *value,
		   uint64_t *next);

extern const struct metadata_field metadata_fields[];
extern const unsigned int metadata_nr_fields;

#endif
