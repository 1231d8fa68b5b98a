// SPDX-License-Identifier: GPL-2.0
/*
 * Hash and signature of TDX module images, by libcrypto
 */

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rsa.h>

#include "tdxctl.h"

/* Key and signature are in between, and are not signed (chapter "SEAM_SIGSTRUCT"). */
#define SIGNED_HEAD	offsetof(struct seam_sigstruct, modulus)
#define SIGNED_TAIL	offsetof(struct seam_sigstruct, seamhash)
#define SIGNED_END	sizeof(struct seam_sigstruct)
#define RSA_SIZE	384

/* No file decides how images are verified. */
void crypto_init(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

/* What seamldr_preflight.c calls.  Without memory no hash fits. */
void sha384(const u8 *data, size_t len, u8 out[SHA384_DIGEST_SIZE])
{
	if (EVP_Digest(data, len, out, NULL, EVP_sha384(), NULL) != 1)
		memset(out, 0, SHA384_DIGEST_SIZE);
}

/* Integers of libcrypto's parameters and of the sigstruct have the same byte order. */
static EVP_PKEY *make_key(const struct seam_sigstruct *sig)
{
	unsigned int exponent = sig->exponent;
	OSSL_PARAM params[] = {
		OSSL_PARAM_BN(OSSL_PKEY_PARAM_RSA_N, (void *)sig->modulus, RSA_SIZE),
		OSSL_PARAM_uint(OSSL_PKEY_PARAM_RSA_E, &exponent),
		OSSL_PARAM_END
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_PKEY *key = NULL;

	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	EVP_PKEY_CTX_free(ctx);

	return key;
}

/* Does the signature fit the key that is beside it? */
bool sigstruct_verify(const struct seam_sigstruct *sig)
{
	u8 message[SIGNED_HEAD + SIGNED_END - SIGNED_TAIL], hash[SHA384_DIGEST_SIZE];
	EVP_PKEY *key = make_key(sig);
	u8 signature[RSA_SIZE];
	EVP_PKEY_CTX *ctx;
	bool ok;
	int i;

	memcpy(message, sig, SIGNED_HEAD);
	memcpy(message + SIGNED_HEAD, (const u8 *)sig + SIGNED_TAIL, SIGNED_END - SIGNED_TAIL);
	sha384(message, sizeof(message), hash);
	/* The sigstruct has the least significant byte first, a signature the most. */
	for (i = 0; i < RSA_SIZE; i++)
		signature[i] = sig->signature[RSA_SIZE - 1 - i];

	ctx = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
	ok = ctx && EVP_PKEY_verify_init(ctx) == 1 &&
	     EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	     EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha384()) == 1 &&
	     EVP_PKEY_verify(ctx, signature, sizeof(signature), hash, sizeof(hash)) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);

	return ok;
}
