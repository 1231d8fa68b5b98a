/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STUB_CRYPTO_SHA2_H
#define STUB_CRYPTO_SHA2_H

#include <linux/types.h>

#define SHA384_DIGEST_SIZE	48

void sha384(const u8 *data, size_t len, u8 out[SHA384_DIGEST_SIZE]);

#endif
