// SPDX-License-Identifier: GPL-2.0
/*
 * Names for the status codes of P-SEAMLDR and, for updates, the TDX module
 */

#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/types.h>

#include <asm/seamldr.h>
#include <asm/tdx.h>

struct status_name {
	u64		status;
	const char	*name;
};

#define SEAMLDR_STATUS(name)	{ SEAMLDR_##name, #name }

/* How SEAMCALL itself fails.  Neither firmware produces these. */
static const struct status_name seamcall_names[] = {
	{ TDX_SEAMCALL_VMFAILINVALID,	"VMfailInvalid" },
	{ TDX_SEAMCALL_GP,		"#GP" },
	{ TDX_SEAMCALL_UD,		"#UD" },
};

static const struct status_name seamldr_names[] = {
	SEAMLDR_STATUS(SUCCESS),
	SEAMLDR_STATUS(EBADPARAM),
	SEAMLDR_STATUS(EBADCALL),
	SEAMLDR_STATUS(EBADHANDOFF),
	SEAMLDR_STATUS(ECLEANUPREQ),
	SEAMLDR_STATUS(EUNSUPPORTED),
	SEAMLDR_STATUS(ENOMEM),
	SEAMLDR_STATUS(EUNSPECERR),
	SEAMLDR_STATUS(EUNSUPCPU),
	SEAMLDR_STATUS(EBADSIG),
	SEAMLDR_STATUS(EBADHASH),
	SEAMLDR_STATUS(EINTERRUPT),
	SEAMLDR_STATUS(ENOENTROPY),
};

/* Bits 31:0 are details, the operand for instance. */
#define TDX_STATUS_NAME_MASK	GENMASK_ULL(63, 32)

/* TDX module: what TDH.SYS.SHUTDOWN, .INIT, .LP.INIT and .UPDATE return */
static const struct status_name tdx_names[] = {
	{ 0xC000010000000000ULL, "TDX_OPERAND_INVALID" },
	{ 0x8000020000000000ULL, "TDX_OPERAND_BUSY" },
	{ TDX_SYS_BUSY,		 "TDX_SYS_BUSY" },
	{ TDX_RND_NO_ENTROPY,	 "TDX_RND_NO_ENTROPY" },
	{ 0xC000050000000000ULL, "TDX_SYS_INIT_NOT_PENDING" },
	{ 0xC000050200000000ULL, "TDX_SYS_LP_INIT_NOT_DONE" },
	{ 0xC000050300000000ULL, "TDX_SYS_LP_INIT_DONE" },
	{ 0xC000050500000000ULL, "TDX_SYS_NOT_READY" },
	{ 0xC000050600000000ULL, "TDX_SYS_SHUTDOWN" },
	{ 0xC000050800000000ULL, "TDX_SYS_STATE_INCORRECT" },
	{ TDX_SYS_INVALID_HANDOFF, "TDX_SYS_INVALID_HANDOFF" },
	{ 0xC000050A00000000ULL, "TDX_SYS_INCOMPATIBLE_SIGSTRUCT" },
	{ 0xC000050B00000000ULL, "TDX_SYS_LP_INIT_NOT_PENDING" },
	{ 0xC000050D00000000ULL, "TDX_INCOMPATIBLE_SEAM_CAPABILITIES" },
	{ 0xC000051100000000ULL, "TDX_CRYPTO_SELF_TEST_FAILED" },
	{ TDX_UPDATE_COMPATIBILITY_SENSITIVE, "TDX_UPDATE_COMPATIBILITY_SENSITIVE" },
	{ 0xC000092000000000ULL, "TDX_INCONSISTENT_MSR" },
	{ 0xC000092100000000ULL, "TDX_INCORRECT_MSR_VALUE" },
};

static const char *find_name(const struct status_name *names, size_t nr,
			     u64 status)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		if (names[i].status == status)
			return names[i].name;
	}

	return NULL;
}

/**
 * seamldr_status_name() - name of a P-SEAMLDR completion status
 * @status: what a P-SEAMLDR call returned, software-defined codes included
 *
 * Context: Any context.
 * Return: the name that the specification uses, or "unknown".
 */
const char *seamldr_status_name(u64 status)
{
	return find_name(seamldr_names, ARRAY_SIZE(seamldr_names), status) ?:
	       find_name(seamcall_names, ARRAY_SIZE(seamcall_names), status) ?:
	       "unknown";
}

/**
 * tdx_status_name() - name of a completion status of the TDX module
 * @status: what a SEAMCALL to the module returned, software-defined codes
 *	    included
 *
 * Knows what the SEAMCALLs of an update return.
 *
 * Context: Any context.
 * Return: the name that the specification uses, or "unknown".
 */
const char *tdx_status_name(u64 status)
{
	return find_name(seamcall_names, ARRAY_SIZE(seamcall_names), status) ?:
	       find_name(tdx_names, ARRAY_SIZE(tdx_names),
			 status & TDX_STATUS_NAME_MASK) ?:
	       "unknown";
}
