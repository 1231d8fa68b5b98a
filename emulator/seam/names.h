/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of leaves and completion statuses, for traces and for options. The two
 * firmwares use the same numbers with different meanings, so every question
 * carries the leaf word (RAX on entry) or the firmware.
 */
#ifndef EMULATOR_SEAM_NAMES_H
#define EMULATOR_SEAM_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seam/leaves.h"

/** enum seam_firmware - who answers a SEAMCALL */
enum seam_firmware {
	SEAM_FIRMWARE_TDX_MODULE,
	SEAM_FIRMWARE_P_SEAMLDR,
};

/** seam_firmware_of() - the firmware that leaf word @rax selects */
static inline enum seam_firmware seam_firmware_of(uint64_t rax)
{
	return rax & SEAM_P_SEAMLDR ? SEAM_FIRMWARE_P_SEAMLDR :
				      SEAM_FIRMWARE_TDX_MODULE;
}

/**
 * seam_leaf_name() - name of a leaf, as the specification writes it
 * @rax: leaf word; version bits are ignored
 *
 * Return: "TDH.SYS.INIT", "SEAMLDR.INSTALL", or NULL if there is no such leaf.
 */
const char *seam_leaf_name(uint64_t rax);

/**
 * seam_leaf_by_name() - leaf word (version 0) of a name
 * @name: as seam_leaf_name() returns it; case is ignored, the prefixes "TDH."
 *	and "SEAMLDR." may be left out where no other leaf has the name
 * @rax: receives the leaf word
 */
bool seam_leaf_by_name(const char *name, uint64_t *rax);

/**
 * seam_status_name() - name of a completion status
 * @firmware: whose status it is
 * @status: RAX on return; details in its low bits are ignored
 *
 * Return: "TDX_SYS_BUSY", "EBADHASH", or NULL if unknown.
 */
const char *seam_status_name(enum seam_firmware firmware, uint64_t status);

/**
 * seam_status_by_name() - value of a completion status, details zero
 * @firmware: whose status it is
 * @name: as seam_status_name() returns it; case is ignored, "TDX_" may be
 *	left out
 * @status: receives the value
 */
bool seam_status_by_name(enum seam_firmware firmware, const char *name,
			 uint64_t *status);

#endif
