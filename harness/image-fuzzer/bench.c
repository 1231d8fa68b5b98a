// SPDX-License-Identifier: GPL-2.0
/*
 * How long the checks of an image take, from the parser to the hash, on this
 * CPU: the median over many rounds, with libcrypto's SHA-384 in place of the
 * kernel's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <crypto/sha2.h>
#include <openssl/sha.h>

#include "seamldr_image.h"
#include "seamldr_preflight.h"

#define ROUNDS		201
/* As large as published modules are: 0.6 MB */
#define NR_MODULE_PAGES	146
#define IMAGE_SIZE	((2 + NR_MODULE_PAGES) * SEAMLDR_PAGE_SIZE)
#define CPU		0x000806F8

static u8 data[IMAGE_SIZE];

void sha384(const u8 *in, size_t len, u8 out[SHA384_DIGEST_SIZE])
{
	SHA384(in, len, out);
}

static void put(size_t offset, u32 value, size_t size)
{
	memcpy(data + offset, &value, size);
}

/* Header version 0x100, so that the checksum is summed up, too */
static void make_image(void)
{
	struct seam_sigstruct *sig = (void *)(data + SEAMLDR_PAGE_SIZE);
	u8 *module = data + 2 * SEAMLDR_PAGE_SIZE;
	u16 sum = 0;
	size_t i;

	for (i = 0; i < NR_MODULE_PAGES * SEAMLDR_PAGE_SIZE; i++)
		module[i] = i * 31 + i / 251;

	sig->header_type = 6;
	sig->header_length = 0xE1;
	sig->header_version = 0x10000;
	sig->module_vendor = 0x8086;
	sig->size = 0x200;
	sig->key_size = 0x60;
	sig->modulus_size = 0x60;
	sig->exponent_size = 1;
	sig->exponent = 0x10001;
	sig->seamsvn_major = 1;
	sig->cpuid_table_size = 1;
	sig->cpuid_table[0] = CPU;
	sha384(module, NR_MODULE_PAGES * SEAMLDR_PAGE_SIZE, sig->seamhash);

	put(0, 0x100, 2);
	put(4, 2 * SEAMLDR_PAGE_SIZE, 4);
	memcpy(data + 8, "TDX-BLOB", 8);
	put(16, IMAGE_SIZE, 4);
	for (i = 0; i < IMAGE_SIZE; i += 2)
		sum += data[i] | data[i + 1] << 8;
	put(2, (u16)-sum, 2);
}

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(void)
{
	const struct seamldr_platform platform = {
		.preserving = true, .updates_left = 1, .svn_major = 1,
		.debug_known = true, .nr_lps = 1,
		.nr_online = 1, .nr_sockets = 1, .socket_cpuid = { CPU },
	};
	static double took[ROUNDS];
	struct seamldr_verdict verdict;
	struct seamldr_image image;
	size_t i;

	make_image();
	for (i = 0; i < ROUNDS; i++) {
		double start = microseconds();

		if (seamldr_image_parse(data, IMAGE_SIZE, &image, &verdict.refusal)) {
			fprintf(stderr, "bench: the image is not well-formed.\n");
			return EXIT_FAILURE;
		}
		seamldr_preflight(&image, &platform, &verdict);
		took[i] = microseconds() - start;
		if (verdict.refusal.check) {
			fprintf(stderr, "bench: the image is refused: %s.\n", verdict.refusal.check);
			return EXIT_FAILURE;
		}
	}
	qsort(took, ROUNDS, sizeof(took[0]), compare);
	printf("checks of an image of %d bytes: median %.0f us, best %.0f us, worst %.0f us of %d\n",
	       IMAGE_SIZE, took[ROUNDS / 2], took[0], took[ROUNDS - 1], ROUNDS);

	return EXIT_SUCCESS;
}
