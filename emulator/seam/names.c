// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of leaves and completion statuses. */
#include <string.h>
#include <strings.h>

#include "seam/names.h"
#include "seam/page.h"
#include "seam/status.h"

#define STATUS(symbol)		{ .value = (symbol), .name = #symbol }
#define SEAMLDR_STATUS(symbol)	{ .value = SEAMLDR_##symbol, .name = #symbol }

/** struct named_value - one row of a table of names */
struct named_value {
	uint64_t value;
	const char *name;
};

static const char pseamldr_prefix[] = "SEAMLDR.";
static const char tdh_prefix[] = "TDH.";
static const char tdx_prefix[] = "TDX_";

static const struct named_value pseamldr_leaves[] = {
#define SEAMLDR_LEAF(number, symbol, ...)	{ SEAMLDR_##symbol, "SEAMLDR." #symbol },
#define TDX_LEAF(...)
#define TDX_NAME(...)
#include "seam/leaves.def"
};

static const struct named_value tdh_leaves[] = {
#define SEAMLDR_LEAF(...)
#define TDX_LEAF(number, symbol, name, ...)	{ TDH_##symbol, "TDH." name },
#define TDX_NAME(number, symbol, name, ...)	{ TDH_##symbol, "TDH." name },
#include "seam/leaves.def"
};

static const struct named_value pseamldr_statuses[] = {
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

static const struct named_value tdx_statuses[] = {
	STATUS(TDX_SUCCESS),
	STATUS(TDX_NON_RECOVERABLE_VCPU),
	STATUS(TDX_NON_RECOVERABLE_TD),
	STATUS(TDX_INTERRUPTED_RESUMABLE),
	STATUS(TDX_INTERRUPTED_RESTARTABLE),
	STATUS(TDX_OPERAND_INVALID),
	STATUS(TDX_OPERAND_ADDR_RANGE_ERROR),
	STATUS(TDX_OPERAND_BUSY),
	STATUS(TDX_PREVIOUS_TLB_EPOCH_BUSY),
	STATUS(TDX_SYS_BUSY),
	STATUS(TDX_RND_NO_ENTROPY),
	STATUS(TDX_OPERAND_BUSY_HOST_PRIORITY),
	STATUS(TDX_PAGE_METADATA_INCORRECT),
	STATUS(TDX_TD_ASSOCIATED_PAGES_EXIST),
	STATUS(TDX_SYS_INIT_NOT_PENDING),
	STATUS(TDX_SYS_LP_INIT_NOT_DONE),
	STATUS(TDX_SYS_LP_INIT_DONE),
	STATUS(TDX_SYS_NOT_READY),
	STATUS(TDX_SYS_SHUTDOWN),
	STATUS(TDX_SYS_KEY_CONFIG_NOT_PENDING),
	STATUS(TDX_SYS_STATE_INCORRECT),
	STATUS(TDX_SYS_INVALID_HANDOFF),
	STATUS(TDX_SYS_INCOMPATIBLE_SIGSTRUCT),
	STATUS(TDX_SYS_LP_INIT_NOT_PENDING),
	STATUS(TDX_SYS_CONFIG_NOT_PENDING),
	STATUS(TDX_INCOMPATIBLE_SEAM_CAPABILITIES),
	STATUS(TDX_CRYPTO_SELF_TEST_FAILED),
	STATUS(TDX_UPDATE_COMPATIBILITY_SENSITIVE),
	STATUS(TDX_TD_FATAL),
	STATUS(TDX_TDCS_NOT_ALLOCATED),
	STATUS(TDX_LIFECYCLE_STATE_INCORRECT),
	STATUS(TDX_OP_STATE_INCORRECT),
	STATUS(TDX_NO_VCPUS),
	STATUS(TDX_TDCX_NUM_INCORRECT),
	STATUS(TDX_INCOMPATIBLE_MRTD_CONTEXT),
	STATUS(TDX_VCPU_STATE_INCORRECT),
	STATUS(TDX_VCPU_ASSOCIATED),
	STATUS(TDX_VCPU_NOT_ASSOCIATED),
	STATUS(TDX_MAX_VCPUS_EXCEEDED),
	STATUS(TDX_X2APIC_ID_NOT_UNIQUE),
	STATUS(TDX_KEY_GENERATION_FAILED),
	STATUS(TDX_TD_KEYS_NOT_CONFIGURED),
	STATUS(TDX_KEY_STATE_INCORRECT),
	STATUS(TDX_KEY_CONFIGURED),
	STATUS(TDX_WBCACHE_NOT_COMPLETE),
	STATUS(TDX_HKID_NOT_FREE),
	STATUS(TDX_NO_HKID_READY_TO_WBCACHE),
	STATUS(TDX_WBCACHE_RESUME_ERROR),
	STATUS(TDX_FLUSHVP_NOT_DONE),
	STATUS(TDX_INCONSISTENT_MSR),
	STATUS(TDX_INCORRECT_MSR_VALUE),
	STATUS(TDX_INVALID_TDMR),
	STATUS(TDX_NON_ORDERED_TDMR),
	STATUS(TDX_TDMR_OUTSIDE_CMRS),
	STATUS(TDX_TDMR_ALREADY_INITIALIZED),
	STATUS(TDX_INVALID_PAMT),
	STATUS(TDX_PAMT_OUTSIDE_CMRS),
	STATUS(TDX_PAMT_OVERLAP),
	STATUS(TDX_INVALID_RESERVED_IN_TDMR),
	STATUS(TDX_NON_ORDERED_RESERVED_IN_TDMR),
	STATUS(TDX_EPT_WALK_FAILED),
	STATUS(TDX_EPT_ENTRY_NOT_PRESENT),
	STATUS(TDX_TLB_TRACKING_NOT_DONE),
	STATUS(TDX_EPT_ENTRY_STATE_INCORRECT),
	STATUS(TDX_METADATA_FIELD_ID_INCORRECT),
	STATUS(TDX_METADATA_FIELD_NOT_READABLE),
	STATUS(TDX_METADATA_FIELD_NOT_WRITABLE),
	STATUS(TDX_METADATA_FIRST_FIELD_ID_IN_CONTEXT),
};

static const char *name_of(const struct named_value *table, size_t rows,
			   uint64_t value)
{
	for (size_t i = 0; i < rows; i++) {
		if (table[i].value == value)
			return table[i].name;
	}

	return NULL;
}

static bool value_of(const struct named_value *table, size_t rows,
		     const char *prefix, const char *name, uint64_t *value)
{
	size_t skip = prefix ? strlen(prefix) : 0;

	for (size_t i = 0; i < rows; i++) {
		if (strcasecmp(table[i].name, name) &&
		    (!skip || strncmp(table[i].name, prefix, skip) ||
		     strcasecmp(table[i].name + skip, name)))
			continue;

		*value = table[i].value;
		return true;
	}

	return false;
}

const char *seam_leaf_name(uint64_t rax)
{
	if (seam_firmware_of(rax) == SEAM_FIRMWARE_P_SEAMLDR)
		return name_of(pseamldr_leaves, ARRAY_SIZE(pseamldr_leaves), rax);

	if (rax & TDH_RESERVED_MASK)
		return NULL;

	return name_of(tdh_leaves, ARRAY_SIZE(tdh_leaves), TDH_LEAF(rax));
}

bool seam_leaf_by_name(const char *name, uint64_t *rax)
{
	/* No short name occurs in both tables: "SHUTDOWN" is TDH.SYS.SHUTDOWN's tail only */
	return value_of(tdh_leaves, ARRAY_SIZE(tdh_leaves), tdh_prefix, name, rax) ||
	       value_of(pseamldr_leaves, ARRAY_SIZE(pseamldr_leaves),
			pseamldr_prefix, name, rax);
}

const char *seam_status_name(enum seam_firmware firmware, uint64_t status)
{
	if (firmware == SEAM_FIRMWARE_P_SEAMLDR)
		return name_of(pseamldr_statuses, ARRAY_SIZE(pseamldr_statuses), status);

	return name_of(tdx_statuses, ARRAY_SIZE(tdx_statuses), status & TDX_STATUS_MASK);
}

bool seam_status_by_name(enum seam_firmware firmware, const char *name,
			 uint64_t *status)
{
	if (firmware == SEAM_FIRMWARE_P_SEAMLDR)
		return value_of(pseamldr_statuses, ARRAY_SIZE(pseamldr_statuses),
				NULL, name, status);

	return value_of(tdx_statuses, ARRAY_SIZE(tdx_statuses), tdx_prefix, name, status);
}
