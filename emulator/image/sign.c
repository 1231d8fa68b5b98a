// SPDX-License-Identifier: GPL-2.0-or-later
/* Signing a sigstruct: RSA-3072, PKCS#1 v1.5, SHA-384, little-endian integers. */
#include <stdio.h>

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "image/image.h"

EVP_PKEY *image_read_key(const char *path)
{
	FILE *file = fopen(path, "r");
	EVP_PKEY *key;

	if (!file)
		return NULL;

	key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	fclose(file);

	return key;
}

static bool put_modulus(struct seam_sigstruct *sig, EVP_PKEY *key)
{
	BIGNUM *modulus = NULL;
	BIGNUM *exponent = NULL;
	bool ok;

	ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1 &&
	     EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
	     BN_is_word(exponent, SIGSTRUCT_EXPONENT) &&
	     BN_num_bytes(modulus) == RSA3072_SIZE &&
	     BN_bn2lebinpad(modulus, sig->modulus, RSA3072_SIZE) == RSA3072_SIZE;
	sig->exponent = SIGSTRUCT_EXPONENT;
	BN_free(modulus);
	BN_free(exponent);

	return ok;
}

bool image_sign(struct seam_sigstruct *sig, EVP_PKEY *key)
{
	size_t size = RSA3072_SIZE;
	uint8_t signature[RSA3072_SIZE];
	uint8_t digest[SHA384_SIZE];
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (!put_modulus(sig, key) || !sigstruct_digest(sig, digest))
		return false;

	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	ok = ctx && EVP_PKEY_sign_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha384()) == 1 &&
	     EVP_PKEY_sign(ctx, signature, &size, digest, sizeof(digest)) == 1 &&
	     size == RSA3072_SIZE;
	EVP_PKEY_CTX_free(ctx);
	if (!ok)
		return false;

	for (size_t i = 0; i < RSA3072_SIZE; i++)
		sig->signature[i] = signature[RSA3072_SIZE - 1 - i];

	return true;
}
