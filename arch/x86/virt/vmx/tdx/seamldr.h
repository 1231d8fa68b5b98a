/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls of P-SEAMLDR: the architectural definitions that only the update of
 * the TDX module needs
 *
 * See "Intel TDX: SEAM Loader (SEAMLDR) Interface Specification".  All of them
 * are little endian.
 */
#ifndef _X86_VIRT_SEAMLDR_H
#define _X86_VIRT_SEAMLDR_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

/* P-SEAMLDR leaf functions (chapter "SEAMLDR API") */
#define SEAMLDR_LEAF(n)		(BIT_ULL(63) | (n))
#define SEAMLDR_INFO		SEAMLDR_LEAF(0)
#define SEAMLDR_INSTALL		SEAMLDR_LEAF(1)
#define SEAMLDR_SEAMINFO	SEAMLDR_LEAF(3)

/* Output of SEAMLDR.SEAMINFO */
struct seamldr_seaminfo {
	u64	version;
	u32	tot_num_lps;
	u32	tot_num_sockets;
	u32	socket_cpuid[8];
	u64	range_base;
	u64	range_size;
	u8	skip_smrr2_check;
	u8	access_control_only;
	u8	reserved0[62];
	u8	cmr_data[512];
	u8	reserved1[1408];
} __packed;
static_assert(sizeof(struct seamldr_seaminfo) == 2048);

/* More than that P-SEAMLDR does not admit. */
#define SEAMLDR_MAX_LPS		1024

#define SEAMLDR_SCENARIO_UPDATE	1

/* Input of SEAMLDR.INSTALL, version 0.  All addresses are physical. */
struct seamldr_params {
	u32	version;
	u32	scenario;
	u64	sigstruct_pa;
	u8	reserved[104];
	u64	num_module_pages;
	u64	module_pa[496];
} __packed;
static_assert(sizeof(struct seamldr_params) == 4096);

#endif /* _X86_VIRT_SEAMLDR_H */
