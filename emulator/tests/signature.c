// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The signature rule (SEAM ABI 3.3), against a second implementation that does
 * it by hand: PKCS#1 padding and modular exponentiation, byte by byte.
 */
#include <string.h>

#include <openssl/bn.h>

#include "blob/test_key.h"
#include "tests/fixture.h"
#include "tests/suites.h"

static void to_hex(const uint8_t *bytes, size_t size, char *hex)
{
	for (size_t i = 0; i < size; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
}

static struct host_image small_image(void)
{
	struct image_spec spec;

	image_spec_init(&spec);
	spec.nr_pages = 16;

	return host_image(&spec);
}

/* Head and tail of the sigstruct, in this order, nothing else */
static bool hash_order(void)
{
	struct host_image image = small_image();
	struct seam_sigstruct *sig = host_image_sigstruct(&image);
	uint8_t message[128 + 2048 - 900];
	uint8_t by_hand[SHA384_SIZE], digest[SHA384_SIZE];

	CHECK_EQ(sizeof(message), 1276);
	memcpy(message, sig, 128);
	memcpy(message + 128, (uint8_t *)sig + 900, 2048 - 900);
	CHECK(sha384(message, sizeof(message), by_hand));
	CHECK(sigstruct_digest(sig, digest));
	CHECK(!memcmp(digest, by_hand, sizeof(digest)));

	/* Modulus, exponent and signature are excluded */
	memset((uint8_t *)sig + 128, 0x5a, 900 - 128);
	CHECK(sigstruct_digest(sig, digest));
	CHECK(!memcmp(digest, by_hand, sizeof(digest)));
	host_image_free(&image);

	return true;
}

static void expected_block(const uint8_t *digest, uint8_t block[static RSA3072_SIZE])
{
	static const uint8_t prefix[] = {
		0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30,
	};
	uint8_t *at = block;

	*at++ = 0;
	*at++ = 1;
	memset(at, 0xff, 314);
	at += 314;
	*at++ = 0;
	memcpy(at, prefix, sizeof(prefix));
	memcpy(at + sizeof(prefix), digest, SHA384_SIZE);
}

static bool padding(void)
{
	struct host_image image = small_image();
	struct seam_sigstruct *sig = host_image_sigstruct(&image);
	uint8_t block[RSA3072_SIZE], want[RSA3072_SIZE], digest[SHA384_SIZE];
	BIGNUM *modulus = BN_lebin2bn(sig->modulus, RSA3072_SIZE, NULL);
	BIGNUM *value = BN_lebin2bn(sig->signature, RSA3072_SIZE, NULL);
	BIGNUM *exponent = BN_new();
	BIGNUM *result = BN_new();
	BN_CTX *ctx = BN_CTX_new();

	BN_set_word(exponent, 65537);
	CHECK(BN_mod_exp(result, value, exponent, modulus, ctx));
	CHECK_EQ(BN_bn2binpad(result, block, sizeof(block)), RSA3072_SIZE);
	CHECK(sigstruct_digest(sig, digest));
	expected_block(digest, want);
	CHECK(!memcmp(block, want, sizeof(block)));
	CHECK(sigstruct_signature_ok(sig));
	BN_CTX_free(ctx);
	BN_free(result);
	BN_free(exponent);
	BN_free(value);
	BN_free(modulus);
	host_image_free(&image);

	return true;
}

/* One bit anywhere in what is signed, or in what signs it */
static bool bits(void)
{
	struct host_image image = small_image();
	struct seam_sigstruct *sig = host_image_sigstruct(&image);
	uint8_t *bytes = (uint8_t *)sig;

	for (size_t i = 0; i < sizeof(*sig); i += 37) {
		if (i >= offsetof(struct seam_sigstruct, exponent) &&
		    i < offsetof(struct seam_sigstruct, signature))
			continue;
		bytes[i] ^= 0x10;
		if (sigstruct_signature_ok(sig))
			printf("# byte %zu\n", i);
		CHECK(!sigstruct_signature_ok(sig));
		bytes[i] ^= 0x10;
	}
	CHECK(sigstruct_signature_ok(sig));
	host_image_free(&image);

	return true;
}

/* The hash in the header is that of the committed key */
static bool key_hash(void)
{
	struct host_image image = small_image();
	char hex[2 * SHA384_SIZE + 1];
	uint8_t hash[SHA384_SIZE];

	CHECK(sha384(host_image_sigstruct(&image)->modulus, RSA3072_SIZE, hash));
	to_hex(hash, sizeof(hash), hex);
	CHECK(!strcmp(hex, TEST_KEY_HASH));
	host_image_free(&image);

	return true;
}

static const struct test tests[] = {
	{ "what is signed", hash_order },
	{ "RSA-3072 with PKCS#1 v1.5", padding },
	{ "every bit counts", bits },
	{ "hash of the test key", key_hash },
	{ NULL, NULL }
};

const struct suite suite_signature = { "signature", tests };
