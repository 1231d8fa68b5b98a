/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An image file, and what can be said of it without a TDX host
 */
#ifndef TDXCTL_IMAGE_H
#define TDXCTL_IMAGE_H

#include "include/shim.h"
#include "seamldr_image.h"
#include "seamldr_preflight.h"

struct json_object;

#define RSA_SIZE		384
#define VERSION_LEN		20

enum image_key { KEY_UNKNOWN, KEY_INTEL, KEY_TEST };

/* A version of a module or of P-SEAMLDR, major.minor.update */
struct version {
	u32 major, minor, update;
};

/**
 * struct image - an image file
 * @path: its name, as given
 * @data: its content, NULL if it has no length that an image can have
 * @size: length of the file
 * @parts: what the kernel's parser makes of it, if @refusal has no check
 * @refusal: why it is not an image, or what is wrong with it
 * @hash: SHA-384 of the module
 * @key_hash: SHA-384 of the public key
 * @key: whose key it is
 * @signature_ok: the signature fits the key in the image
 * @version: version of the module; major is 0 if it is not known
 * @version_source: how it is known
 */
struct image {
	const char *path;
	u8 *data;
	u64 size;
	struct seamldr_image parts;
	struct seamldr_refusal refusal;
	u8 hash[SHA384_DIGEST_SIZE];
	u8 key_hash[SHA384_DIGEST_SIZE];
	enum image_key key;
	bool signature_ok;
	struct version version;
	const char *version_source;
};

int image_open(struct image *image, const char *path);
void image_examine(struct image *image);
void image_close(struct image *image);
bool image_is_wellformed(const struct image *image);
const char *image_key_name(const struct image *image);
void image_print(const struct image *image);
struct json_object *image_to_json(const struct image *image);
void image_permissive_platform(const struct image *image, struct seamldr_platform *platform);
bool is_skipped(const char *skip, const char *check);
bool image_check(const struct image *image, const struct seamldr_platform *platform,
		 const char *skip, struct seamldr_verdict *verdict);
bool image_check_signature(const struct image *image, const char *skip,
			   struct seamldr_verdict *verdict);
void cmd_inspect(int argc, char **argv);

/* crypto.c */
void crypto_init(void);
bool sigstruct_verify(const struct seam_sigstruct *sig);

/* names.c */
bool version_parse(const char *text, struct version *version);
int version_compare(const struct version *a, const struct version *b);
const char *version_format(const struct version *version, char buf[VERSION_LEN]);
const char *cpu_name(u32 signature);
bool release_by_hash(const u8 *seamhash, struct version *version);
const char *check_hint(const char *check);
const char *check_consequence(const char *check);

#endif /* TDXCTL_IMAGE_H */
