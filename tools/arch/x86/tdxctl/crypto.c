// SPDX-License-Identifier: GPL-2.0
/*
 * Hash and signature of TDX module images, by libcrypto
 */

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

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

	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);

	return key;
}

/* Does the signature fit the key that is beside it? */
bool sigstruct_verify(const struct seam_sigstruct *sig)
{
	u8 message[SIGNED_HEAD + SIGNED_END - SIGNED_TAIL], signature[RSA_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *key = make_key(sig);
	bool ok;

	memcpy(message, sig, SIGNED_HEAD);
	memcpy(message + SIGNED_HEAD, (const u8 *)sig + SIGNED_TAIL, SIGNED_END - SIGNED_TAIL);
	/* The sigstruct has the least significant byte first, a signature the most. */
	for (int i = 0; i < RSA_SIZE; i++)
		signature[i] = sig->signature[RSA_SIZE - 1 - i];

	/* The padding is that of PKCS #1 v1.5 if no other is asked for. */
	ok = ctx && key && EVP_DigestVerifyInit(ctx, NULL, EVP_sha384(), NULL, key) == 1 &&
	     EVP_DigestVerify(ctx, signature, RSA_SIZE, message, sizeof(message)) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);

	return ok;
}
