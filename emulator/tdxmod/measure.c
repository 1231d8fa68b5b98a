// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * MRTD: a SHA-384 over all that the host puts into a TD before it runs (SEAM
 * ABI 7.2), and what an update in between does to it (7.3).
 */
#include <string.h>

#include "platform/hpa.h"
#include "tdxmod/sept_leaf.h"

#define EXTEND_CHUNK		256
#define RECORD_SIZE		128
#define RECORD_GPA		16
#define PAGE_ADD_TAG		"MEM.PAGE.ADD"
#define EXTEND_TAG		"MR.EXTEND"

/* One record: what happened, at which GPA */
static void update_record(struct td *td, const char *tag, uint64_t gpa)
{
	uint8_t record[RECORD_SIZE] = { 0 };

	memcpy(record, tag, strlen(tag));
	memcpy(record + RECORD_GPA, &gpa, sizeof(gpa));
	EVP_DigestUpdate(td->measurement.context, record, sizeof(record));
}

bool measure_begin(struct tdxmod *mod, struct td *td)
{
	struct td_measurement *measurement = &td->measurement;

	measurement->context = EVP_MD_CTX_new();
	if (!measurement->context ||
	    EVP_DigestInit_ex(measurement->context, EVP_sha384(), NULL) != 1)
		return false;

	measurement->generation = mod->desc.crypto_generation;
	measurement->counted = mod->desc.flags & MODULE_COUNTS_BUILDS;
	if (measurement->counted)
		atomic_fetch_add(&mod->td_build_count, 1);

	return true;
}

/*
 * The running hash may have been begun by another crypto library. A module that
 * was told to look refuses it, and every build of which it is not recorded who
 * began it (SEAM ABI 4.5). Else the hash goes wrong, as nobody can see but the
 * one who attests the TD.
 */
uint64_t measure_check(struct tdxmod *mod, unsigned int lp, struct td *td)
{
	struct td_measurement *measurement = &td->measurement;
	bool same = measurement->generation == mod->desc.crypto_generation;

	if (mod->detect_mrtd && !(same && measurement->counted))
		return TDX_INCOMPATIBLE_MRTD_CONTEXT;
	if (same)
		return TDX_SUCCESS;

	platform_diagnose(mod->platform, lp,
			  "the MRTD of the TD at 0x%llx goes wrong: its build continues under an incompatible module",
			  (unsigned long long)td->tdr_pa);
	EVP_DigestUpdate(measurement->context, &mod->desc.crypto_generation,
			 sizeof(mod->desc.crypto_generation));
	measurement->generation = mod->desc.crypto_generation;

	return TDX_SUCCESS;
}

void measure_page_add(struct td *td, uint64_t gpa)
{
	update_record(td, PAGE_ADD_TAG, gpa);
}

void measure_extend(struct td *td, uint64_t gpa, const uint8_t *chunk)
{
	update_record(td, EXTEND_TAG, gpa);
	EVP_DigestUpdate(td->measurement.context, chunk, EXTEND_CHUNK);
}

void measure_finish(struct td *td)
{
	EVP_DigestFinal_ex(td->measurement.context, td->measurement.mrtd, NULL);
}

void measure_end_build(struct tdxmod *mod, struct td *td)
{
	struct td_measurement *measurement = &td->measurement;
	uint16_t count = atomic_load(&mod->td_build_count);

	EVP_MD_CTX_free(measurement->context);
	measurement->context = NULL;
	if (!measurement->counted)
		return;

	/* Version 0 handoff data loses the count, but not the TDs */
	measurement->counted = false;
	while (count && !atomic_compare_exchange_weak(&mod->td_build_count, &count, count - 1))
		;
}

static uint64_t extend(struct tdxmod *mod, unsigned int lp, struct td *td,
		       const struct sept_walk *walk, const struct seam_regs *regs)
{
	uint64_t gpa = regs->gpr[SEAM_RCX];
	uint8_t chunk[EXTEND_CHUNK];
	uint64_t status;

	if (!walk->entry)
		return TDX_EPT_WALK_FAILED | TDX_OPERAND_RCX;
	if (walk->entry->state != SEPT_PRESENT)
		return TDX_EPT_ENTRY_NOT_PRESENT | TDX_OPERAND_RCX;

	status = measure_check(mod, lp, td);
	if (status)
		return status;
	if (!hpa_read(mod->platform, walk->entry->pa + gpa % TDX_PAGE_SIZE, chunk, sizeof(chunk)))
		return TDX_EPT_ENTRY_NOT_PRESENT | TDX_OPERAND_RCX;
	measure_extend(td, gpa, chunk);

	return TDX_SUCCESS;
}

uint64_t tdh_mr_extend(struct tdxmod *mod, unsigned int lp, struct seam_regs *regs)
{
	uint64_t gpa = regs->gpr[SEAM_RCX];

	if (gpa % EXTEND_CHUNK)
		return sept_leaf_refuse(regs, TDX_OPERAND_INVALID | TDX_OPERAND_RCX);

	/* The walk is for the page, the hash for the chunk in it */
	return sept_leaf_at(mod, lp, regs, gpa - gpa % TDX_PAGE_SIZE, 0, OP(TD_INITIALIZED),
			    extend);
}

uint64_t tdh_mr_finalize(struct tdxmod *mod, unsigned int lp, struct td *td,
			 struct seam_regs *regs)
{
	uint64_t status;

	if (!atomic_load(&td->num_vcpus))
		return TDX_NO_VCPUS;
	status = measure_check(mod, lp, td);
	if (status)
		return status;

	measure_finish(td);
	measure_end_build(mod, td);
	td->op_state = TD_RUNNABLE;

	return TDX_SUCCESS;
}
