/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Host physical addresses: KeyID bits, ranges, and memory behind them. */
#ifndef EMULATOR_PLATFORM_HPA_H
#define EMULATOR_PLATFORM_HPA_H

#include "platform/state.h"

/** hpa_bits() - width of a physical address without its KeyID bits */
static inline unsigned int hpa_bits(const struct platform *platform)
{
	return platform->config.maxpa - platform->config.keyid_bits;
}

/** hpa_keyid() - the KeyID in @pa; garbage above MAXPA included */
static inline uint64_t hpa_keyid(const struct platform *platform, uint64_t pa)
{
	return pa >> hpa_bits(platform);
}

/** hpa_strip() - @pa without its KeyID */
static inline uint64_t hpa_strip(const struct platform *platform, uint64_t pa)
{
	return pa & ((1ULL << hpa_bits(platform)) - 1);
}

/** keyid_is_private() - is @keyid one of the platform's TDX KeyIDs? */
bool keyid_is_private(const struct platform *platform, uint64_t keyid);

/**
 * hpa_is_shared() - the "shared HPA rule" (SEAM ABI 3.1)
 * @platform: the platform
 * @pa: address from the host
 * @size: of the operand, a power of two: it has to be aligned to it
 */
bool hpa_is_shared(const struct platform *platform, uint64_t pa, uint64_t size);

/** hpa_read() - read host memory; @pa may carry a KeyID */
bool hpa_read(struct platform *platform, uint64_t pa, void *buf, size_t size);

/** hpa_write() - write host memory; @pa may carry a KeyID */
bool hpa_write(struct platform *platform, uint64_t pa, const void *buf, size_t size);

#endif
