// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading and writing both headers of a TDX module file. */
#include <stdio.h>
#include <string.h>

#include "blob/blob.h"

static_assert(offsetof(struct blob_header_v100, checksum) ==
	      offsetof(struct blob_header_v200, checksum), "one place for the checksum");

static bool refuse(char *error, const char *sentence)
{
	snprintf(error, BLOB_ERROR_SIZE, "%s", sentence);
	return false;
}

uint16_t blob_word_sum(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	uint16_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += i % 2 ? bytes[i] << 8 : bytes[i];

	return sum;
}

void blob_fix_checksum(void *data, size_t size)
{
	struct blob_header_v100 *header = data;

	header->checksum = 0;
	header->checksum = -blob_word_sum(data, size);
}

static bool parse_v100(const uint8_t *data, size_t size, struct blob *blob, char *error)
{
	const struct blob_header_v100 *header = (const void *)data;
	uint32_t offset = header->offset_of_module;

	if (memcmp(header->signature, BLOB_SIGNATURE, BLOB_SIGNATURE_SIZE))
		return refuse(error, "the header 0x100 has no TDX-BLOB signature at byte 8");
	if (header->reserved0 || !all_zero(header->reserved, sizeof(header->reserved)))
		return refuse(error, "a reserved byte of the header 0x100 is not zero");
	if (header->length != size)
		return refuse(error, "the length in the header 0x100 is not the file's length");
	if (offset % SEAM_PAGE_SIZE || offset < 2 * SEAM_PAGE_SIZE || offset >= size)
		return refuse(error, "the module offset in the header 0x100 is not a page of the file behind the sigstruct");
	if (blob_word_sum(data, size))
		return refuse(error, "the checksum in the header 0x100 is wrong");

	blob->sigstruct_nr_pages = offset / SEAM_PAGE_SIZE - 1;
	blob->module_nr_pages = (size - offset) / SEAM_PAGE_SIZE;

	return true;
}

static bool parse_v200(const uint8_t *data, size_t size, struct blob *blob, char *error)
{
	const struct blob_header_v200 *header = (const void *)data;
	uint64_t pages = 1ULL + header->sigstruct_nr_pages + header->module_nr_pages;

	if (memcmp(header->signature, BLOB_SIGNATURE, BLOB_SIGNATURE_SIZE))
		return refuse(error, "the header 0x200 has no TDX-BLOB signature at byte 4");
	if (!all_zero(header->reserved, sizeof(header->reserved)))
		return refuse(error, "a reserved byte of the header 0x200 is not zero");
	if (!header->sigstruct_nr_pages || !header->module_nr_pages)
		return refuse(error, "a page count in the header 0x200 is zero");
	if (pages != size / SEAM_PAGE_SIZE)
		return refuse(error, "the page counts in the header 0x200 do not add up to the file's length");

	blob->sigstruct_nr_pages = header->sigstruct_nr_pages;
	blob->module_nr_pages = header->module_nr_pages;

	return true;
}

bool blob_parse(const void *data, size_t size, struct blob *blob,
		char error[static BLOB_ERROR_SIZE])
{
	const uint8_t *bytes = data;
	bool ok;

	if (size < 3 * SEAM_PAGE_SIZE)
		return refuse(error, "the file is too short for a header, a sigstruct and a module of a page each");
	if (size % SEAM_PAGE_SIZE)
		return refuse(error, "the file's length is not a multiple of 4096 bytes");

	blob->version = bytes[0] | bytes[1] << 8;
	switch (blob->version) {
	case BLOB_V100:
		ok = parse_v100(bytes, size, blob, error);
		break;
	case BLOB_V200:
		ok = parse_v200(bytes, size, blob, error);
		break;
	default:
		return refuse(error, "the header version is neither 0x100 nor 0x200");
	}
	if (!ok)
		return false;

	if (blob->sigstruct_nr_pages > BLOB_MAX_SIGSTRUCT_PAGES)
		return refuse(error, "the sigstruct has more than one page");
	if (blob->module_nr_pages > BLOB_MAX_MODULE_PAGES)
		return refuse(error, "the module has more than 496 pages");

	blob->sigstruct = bytes + SEAM_PAGE_SIZE;
	blob->module = blob->sigstruct + (size_t)blob->sigstruct_nr_pages * SEAM_PAGE_SIZE;

	return true;
}

size_t blob_size(const struct blob *blob)
{
	return (1 + (size_t)blob->sigstruct_nr_pages + blob->module_nr_pages) * SEAM_PAGE_SIZE;
}

static void write_header(const struct blob *blob, uint8_t *out)
{
	struct blob_header_v100 *v100 = (void *)out;
	struct blob_header_v200 *v200 = (void *)out;

	memset(out, 0, SEAM_PAGE_SIZE);
	if (blob->version == BLOB_V100) {
		v100->version = BLOB_V100;
		v100->offset_of_module = (1 + blob->sigstruct_nr_pages) * SEAM_PAGE_SIZE;
		memcpy(v100->signature, BLOB_SIGNATURE, BLOB_SIGNATURE_SIZE);
		v100->length = blob_size(blob);
	} else {
		v200->version = BLOB_V200;
		memcpy(v200->signature, BLOB_SIGNATURE, BLOB_SIGNATURE_SIZE);
		v200->sigstruct_nr_pages = blob->sigstruct_nr_pages;
		v200->module_nr_pages = blob->module_nr_pages;
	}
}

void blob_write(const struct blob *blob, uint8_t *out)
{
	size_t sigstruct_size = (size_t)blob->sigstruct_nr_pages * SEAM_PAGE_SIZE;
	size_t module_size = (size_t)blob->module_nr_pages * SEAM_PAGE_SIZE;

	write_header(blob, out);
	memcpy(out + SEAM_PAGE_SIZE, blob->sigstruct, sigstruct_size);
	memcpy(out + SEAM_PAGE_SIZE + sigstruct_size, blob->module, module_size);
	blob_fix_checksum(out, blob_size(blob));
}
