/* SPDX-License-Identifier: GPL-2.0 */
/*
 * P-SEAMLDR: the persistent SEAM loader, which installs the TDX module
 *
 * Architectural definitions first, from "Intel TDX: SEAM Loader (SEAMLDR)
 * Interface Specification".  All of them are little endian.
 */
#ifndef _ASM_X86_SEAMLDR_H
#define _ASM_X86_SEAMLDR_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/types.h>

#include <asm/tdx.h>

/*
 * Completion status of a P-SEAMLDR call (chapter "SEAMLDR status codes").  The
 * numbers overlap with those of the TDX module and mean something else.
 */
#define SEAMLDR_SUCCESS		0x0000000000000000ULL
#define SEAMLDR_EBADPARAM	0x8000000000000000ULL
#define SEAMLDR_EBADCALL	0x8000000000000003ULL
#define SEAMLDR_EBADHANDOFF	0x8000000000000004ULL
#define SEAMLDR_ECLEANUPREQ	0x8000000000000005ULL
#define SEAMLDR_EUNSUPPORTED	0x8000000000000006ULL
#define SEAMLDR_ENOMEM		0x8000000000010002ULL
#define SEAMLDR_EUNSPECERR	0x8000000000010003ULL
#define SEAMLDR_EUNSUPCPU	0x8000000000010004ULL
#define SEAMLDR_EBADSIG		0x8000000000020000ULL
#define SEAMLDR_EBADHASH	0x8000000000020001ULL
#define SEAMLDR_EINTERRUPT	0x8000000000030000ULL
#define SEAMLDR_ENOENTROPY	0x8000000000030001ULL

/* SEAMEXTEND: what the platform records about the TDX module that is loaded */
struct seam_extend {
	u64	valid;
	u8	svn_minor;
	u8	svn_major;
	u8	tee_tcb_svn[14];
	u8	mrseam[48];
	u8	mrsigner[48];
	u64	attributes;
	u8	seam_ready;
	u8	system_under_debug;
	u8	p_seamldr_ready;
	u8	reserved[5];
} __packed;
static_assert(sizeof(struct seam_extend) == 136);

/* Output of SEAMLDR.INFO */
struct seamldr_info {
	u32	version;
	u32	attributes;
	u32	vendor_id;
	u32	build_date;
	u16	build_num;
	u16	minor_version;
	u16	major_version;
	u16	update_version;
	u32	acm_x2apicid;
	u32	num_remaining_updates;
	struct seam_extend seam_extend;
	u64	features0;
	u8	reserved[80];
} __packed;
static_assert(sizeof(struct seamldr_info) == 256);

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

/* Software definitions */

const char *seamldr_status_name(u64 status);
const char *tdx_status_name(u64 status);
int seamldr_get_info(struct seamldr_info *info);
bool seamldr_supports_update(void);

/**
 * struct seamldr_plan - what the checks of an image have decided
 * @state: state of the TDX module that the update begins in
 * @handoff_hv: version of the handoff data
 */
struct seamldr_plan {
	enum tdx_module_state	state;
	u16			handoff_hv;
};

int seamldr_check_module(const u8 *data, u32 size, bool allow_older_handoff,
			 struct seamldr_plan *plan);
int seamldr_install_module(const u8 *data, u32 size,
			   const struct seamldr_plan *plan);

#endif /* _ASM_X86_SEAMLDR_H */
