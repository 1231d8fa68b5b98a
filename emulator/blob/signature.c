// SPDX-License-Identifier: GPL-2.0-or-later
/* SHA-384 and RSA-3072 over a sigstruct (SEAM ABI 3.3, "Signature rule"). */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "blob/sigstruct.h"

bool sha384(const void *data, size_t size, uint8_t hash[static SHA384_SIZE])
{
	return EVP_Digest(data, size, hash, NULL, EVP_sha384(), NULL) == 1;
}

bool sigstruct_digest(const struct seam_sigstruct *sig, uint8_t hash[static SHA384_SIZE])
{
	const uint8_t *bytes = (const uint8_t *)sig;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha384(), NULL) == 1 &&
	     EVP_DigestUpdate(ctx, bytes, SIGSTRUCT_SIGNED_HEAD_END) == 1 &&
	     EVP_DigestUpdate(ctx, bytes + SIGSTRUCT_SIGNED_TAIL,
			      SIGSTRUCT_SIZE - SIGSTRUCT_SIGNED_TAIL) == 1 &&
	     EVP_DigestFinal_ex(ctx, hash, NULL) == 1;
	EVP_MD_CTX_free(ctx);

	return ok;
}

static EVP_PKEY *sigstruct_key(const struct seam_sigstruct *sig)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *modulus = BN_lebin2bn(sig->modulus, RSA3072_SIZE, NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (!ctx || !modulus || !builder)
		goto out;
	if (!OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) ||
	    !OSSL_PARAM_BLD_push_ulong(builder, OSSL_PKEY_PARAM_RSA_E, sig->exponent))
		goto out;

	params = OSSL_PARAM_BLD_to_param(builder);
	if (!params || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
out:
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	BN_free(modulus);
	EVP_PKEY_CTX_free(ctx);

	return key;
}

bool sigstruct_signature_ok(const struct seam_sigstruct *sig)
{
	EVP_PKEY *key = sigstruct_key(sig);
	uint8_t signature[RSA3072_SIZE];
	uint8_t digest[SHA384_SIZE];
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (!key)
		return false;

	/* libcrypto takes the signature as a big-endian string */
	for (size_t i = 0; i < RSA3072_SIZE; i++)
		signature[i] = sig->signature[RSA3072_SIZE - 1 - i];

	ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	ok = ctx && sigstruct_digest(sig, digest) &&
	     EVP_PKEY_verify_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha384()) == 1 &&
	     EVP_PKEY_verify(ctx, signature, sizeof(signature), digest, sizeof(digest)) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);

	return ok;
}
