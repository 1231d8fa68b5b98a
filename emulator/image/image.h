/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test images as a whole: description, CPU table and signature in one file. */
#ifndef EMULATOR_IMAGE_IMAGE_H
#define EMULATOR_IMAGE_IMAGE_H

#include <openssl/evp.h>

#include "blob/blob.h"
#include "blob/module_desc.h"
#include "blob/releases.h"
#include "blob/sigstruct.h"

/**
 * struct image_spec - what a test image shall be
 * @desc: the module; its handoff constants go into the sigstruct too
 * @header: header of the file
 * @nr_pages: module pages
 * @svn_major: SEAMSVN; also @svn_minor
 * @date: of the sigstruct, BCD 0xYYYYMMDD
 * @debug_signed: module_type bit 31
 * @sigstruct_hv: handoff limits of the sigstruct instead of the module's own,
 *	for images that contradict themselves; only with @sigstruct_differs
 * @sigstruct_min_hv: see @sigstruct_hv
 * @sigstruct_differs: use the two
 * @nr_cpuids: entries of @cpuid
 * @cpuid: CPUID.1:EAX values
 */
struct image_spec {
	struct module_desc desc;
	enum blob_version header;
	unsigned int nr_pages;
	uint8_t svn_major;
	uint8_t svn_minor;
	uint32_t date;
	bool debug_signed;
	uint16_t sigstruct_hv;
	uint16_t sigstruct_min_hv;
	bool sigstruct_differs;
	unsigned int nr_cpuids;
	uint32_t cpuid[SIGSTRUCT_MAX_CPUIDS];
};

/** IMAGE_DEFAULT_RELEASE - what an image is like if nobody says otherwise */
#define IMAGE_DEFAULT_RELEASE	"1.5.16"

/** image_spec_like() - everything as in @release; header 0x200; @spec is overwritten */
void image_spec_like(struct image_spec *spec, const struct release *release);

/** image_spec_init() - the default release, but for every CPU; @spec is overwritten */
void image_spec_init(struct image_spec *spec);

/** image_spec_check() - can this image be made? @error: one sentence if not */
bool image_spec_check(const struct image_spec *spec, char error[static BLOB_ERROR_SIZE]);

/**
 * image_build() - make a complete, unsigned image
 * @spec: passes image_spec_check()
 * @size: receives the length of the file
 *
 * Return: the file, to be freed by the caller; NULL without memory.
 */
uint8_t *image_build(const struct image_spec *spec, size_t *size);

/** image_read_key() - read an RSA-3072 private key from a PEM file; NULL if none */
EVP_PKEY *image_read_key(const char *path);

/**
 * image_sign() - put modulus, exponent and signature into a sigstruct
 * @sig: the rest of it is signed as it is
 * @key: RSA-3072 with exponent 65537
 *
 * Return: false if libcrypto cannot sign with @key.
 */
bool image_sign(struct seam_sigstruct *sig, EVP_PKEY *key);

/** image_hash() - fill in SEAMHASH for the module in @blob */
bool image_hash(struct seam_sigstruct *sig, const struct blob *blob);

#endif
