/* SPDX-License-Identifier: GPL-2.0 */
/*
 * P-SEAMLDR: the persistent SEAM loader, which installs the TDX module
 *
 * Architectural definitions first, from "Intel TDX: SEAM Loader (SEAMLDR)
 * Interface Specification".  All of them are little endian.
 */
#ifndef _ASM_X86_SEAMLDR_H
#define _ASM_X86_SEAMLDR_H

#include <linux/build_bug.h>
#include <linux/types.h>

#include <asm/tdx.h>

/* seam_extend.valid, if the rest describes a TDX module */
#define SEAM_EXTEND_VALID	0x1FF

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

/* Software definitions */

/* Length of the answer of SEAMLDR.SEAMINFO */
#define SEAMLDR_SEAMINFO_SIZE	2048

int seamldr_get_info(struct seamldr_info *info);
int seamldr_get_seaminfo(void *seaminfo);
bool seamldr_supports_update(void);

/* Room for one sentence about an upload */
#define SEAMLDR_DETAIL_LEN	192

/**
 * struct seamldr_plan - what the checks of an image have decided
 * @state: state of the TDX module that the update begins in
 * @handoff_hv: version of the handoff data
 */
struct seamldr_plan {
	enum tdx_host_state	state;
	u16			handoff_hv;
};

/**
 * struct seamldr_result - outcome of an upload
 * @failed: the update has begun, and failed; if not, an error is a refusal
 * @reason: name of the check that refused the image, or of the step that failed;
 *	    NULL if there is no error
 * @detail: one sentence
 * @from: version of the module before
 * @to: version of the module after a success, zero if it does not tell
 */
struct seamldr_result {
	bool				failed;
	const char			*reason;
	char				detail[SEAMLDR_DETAIL_LEN];
	struct tdx_sys_info_version	from;
	struct tdx_sys_info_version	to;
};

int seamldr_set_skip(const char *list, u32 *skip);
int seamldr_show_skip(u32 skip, char *buf, size_t size);
int seamldr_check_module(const u8 *data, u32 size, u32 skip,
			 struct seamldr_plan *plan, struct seamldr_result *result);
int seamldr_install_module(const u8 *data, u32 size,
			   const struct seamldr_plan *plan,
			   struct seamldr_result *result);

#endif /* _ASM_X86_SEAMLDR_H */
