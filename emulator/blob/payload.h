/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module part of a test image: a small ELF64 with relocations and a note. */
#ifndef EMULATOR_BLOB_PAYLOAD_H
#define EMULATOR_BLOB_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "blob/module_desc.h"
#include "seam/page.h"

/** PAYLOAD_MIN_PAGES - fewer do not hold headers, relocations and handlers */
#define PAYLOAD_MIN_PAGES	16

/** struct payload_layout - offsets that the sigstruct repeats */
struct payload_layout {
	uint32_t entry;
	uint32_t gdt_idt_offset;
	uint32_t fault_wrapper_offset;
};

/** payload_layout() - where things are in a payload of @nr_pages */
struct payload_layout payload_layout(unsigned int nr_pages);

/**
 * payload_write() - make a payload
 * @desc: becomes the note
 * @nr_pages: PAYLOAD_MIN_PAGES or more
 * @out: @nr_pages pages
 *
 * The code is noise, drawn from the description so that equal descriptions
 * give equal images.
 */
void payload_write(const struct module_desc *desc, unsigned int nr_pages, uint8_t *out);

/**
 * payload_find_desc() - the note of a module image
 * @image: any bytes, an image of Intel's for one
 * @size: their number
 * @desc: receives the description
 *
 * Return: false if there is none that this version understands.
 */
bool payload_find_desc(const uint8_t *image, size_t size, struct module_desc *desc);

#endif
