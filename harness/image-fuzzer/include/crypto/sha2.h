/* SPDX-License-Identifier: GPL-2.0 */
/* What seamldr_preflight.c takes from the kernel's <crypto/sha2.h> */
#ifndef SHIM_CRYPTO_SHA2_H
#define SHIM_CRYPTO_SHA2_H

#include <linux/types.h>

#define SHA384_DIGEST_SIZE	48

void sha384(const u8 *data, size_t len, u8 out[SHA384_DIGEST_SIZE]);

#endif
