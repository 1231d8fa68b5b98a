/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaf numbers of both firmwares, and the layout of the leaf word (SEAM ABI 1.1). */
#ifndef EMULATOR_SEAM_LEAVES_H
#define EMULATOR_SEAM_LEAVES_H

#include <stdint.h>

/** SEAM_P_SEAMLDR - RAX bit 63 of the leaf word selects P-SEAMLDR */
#define SEAM_P_SEAMLDR		(1ULL << 63)

/** enum seamldr_leaf - leaf words of P-SEAMLDR, which compares all of it (SEAM ABI 3.1) */
enum seamldr_leaf {
#define SEAMLDR_LEAF(number, symbol, ...)	SEAMLDR_##symbol = SEAM_P_SEAMLDR | (number),
#define TDX_LEAF(...)
#define TDX_NAME(...)
#include "seam/leaves.def"
};

/* Leaf word of the TDX module */
#define TDH_LEAF_MASK		0xffffULL
#define TDH_VERSION_SHIFT	16
#define TDH_VERSION_MASK	0xffULL
#define TDH_RESERVED_MASK	\
	(~(TDH_LEAF_MASK | TDH_VERSION_MASK << TDH_VERSION_SHIFT))
#define TDH_LEAF(rax)		((unsigned int)((rax) & TDH_LEAF_MASK))
#define TDH_VERSION(rax)	\
	((unsigned int)((rax) >> TDH_VERSION_SHIFT & TDH_VERSION_MASK))

/** enum tdh_leaf - leaves of the TDX module */
enum tdh_leaf {
#define SEAMLDR_LEAF(...)
#define TDX_LEAF(number, symbol, ...)	TDH_##symbol = (number),
#define TDX_NAME(number, symbol, ...)	TDH_##symbol = (number),
#include "seam/leaves.def"
};

#endif
