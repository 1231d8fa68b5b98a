/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Storage behind VMREAD and VMWRITE. Where a CPU keeps the fields of a VMCS is
 * its own business; here it is a table beside the guest's memory.
 */
#ifndef EMULATOR_CPU_VMCS_H
#define EMULATOR_CPU_VMCS_H

#include <stdbool.h>
#include <stdint.h>

struct vmcs_store;

/** VMCS_VM_INSTRUCTION_ERROR - field that holds the last VMfailValid's number */
#define VMCS_VM_INSTRUCTION_ERROR	0x4400

struct vmcs_store *vmcs_store_new(void);
void vmcs_store_free(struct vmcs_store *store);

/** vmcs_store_reset() - forget all VMCSs: the machine was reset */
void vmcs_store_reset(struct vmcs_store *store);

/** vmcs_field_exists() - is @field an encoding that a VMCS can have? */
bool vmcs_field_exists(uint64_t field);

/** vmcs_field_read_only() - is @field one of the exit information fields? */
bool vmcs_field_read_only(uint64_t field);

/** vmcs_get() - value of @field of the VMCS at @pa; 0 if never written */
uint64_t vmcs_get(struct vmcs_store *store, uint64_t pa, uint64_t field);

/** vmcs_set() - change @field of the VMCS at @pa */
void vmcs_set(struct vmcs_store *store, uint64_t pa, uint64_t field, uint64_t value);

#endif
