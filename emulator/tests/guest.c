// SPDX-License-Identifier: GPL-2.0-or-later
/* A host's side of a TD's life. */
#include <string.h>

#include "tdxmod/td.h"
#include "tests/guest.h"

#define TD_PARAMS_PA		0x00105000ULL
#define SOURCE_PA		0x00106000ULL
#define EPTP_4_LEVELS		0x1eULL
#define TSC_FREQUENCY		40
#define EXIT_IO			30
#define EXIT_EPT_VIOLATION	48
#define EXIT_TDCALL		77
#define MAX_ENTRIES		16
#define FIELD_MRTD		0x1300000300000000ULL

void guest_init(struct guest *guest, struct host *host, uint16_t hkid, uint64_t pa)
{
	memset(guest, 0, sizeof(*guest));
	guest->host = host;
	guest->hkid = hkid;
	guest->tdr = pa;
	guest->next = pa + TDX_PAGE_SIZE;
	guest->tdcs_pages = GUEST_TDCS_PAGES;
}

static uint64_t take_page(struct guest *guest)
{
	uint64_t pa = guest->next;

	guest->next += TDX_PAGE_SIZE;

	return pa;
}

uint64_t guest_leaf(struct guest *guest, uint64_t leaf)
{
	return host_leaf(guest->host, 0, leaf, guest->tdr, 0, 0, 0);
}

/* One LP per package; LPs of a package follow each other */
static uint64_t on_packages(struct guest *guest, uint64_t leaf, uint64_t rcx)
{
	const struct platform_config *config = &guest->host->config;
	uint64_t status = 0;

	for (unsigned int lp = 0; lp < config->nr_lps && !status; lp++) {
		if (lp && config->package[lp] == config->package[lp - 1])
			continue;
		status = host_leaf(guest->host, lp, leaf, rcx, 0, 0, 0);
	}

	return status;
}

uint64_t guest_create(struct guest *guest)
{
	uint64_t status = host_leaf(guest->host, 0, TDH_MNG_CREATE, guest->tdr, guest->hkid, 0, 0);

	if (!status)
		status = on_packages(guest, TDH_MNG_KEY_CONFIG, guest->tdr);
	for (unsigned int i = 0; i < guest->tdcs_pages && !status; i++)
		status = host_leaf(guest->host, 0, TDH_MNG_ADDCX, take_page(guest), guest->tdr,
				   0, 0);

	return status;
}

uint64_t guest_configure(struct guest *guest)
{
	struct td_params params = {
		.attributes = 1ULL << 28,
		.xfam = 3,
		.max_vcpus = GUEST_MAX_VCPUS,
		.eptp_controls = EPTP_4_LEVELS,
		.tsc_frequency = TSC_FREQUENCY,
	};

	host_write(guest->host, TD_PARAMS_PA, &params, sizeof(params));

	return host_leaf(guest->host, 0, TDH_MNG_INIT, guest->tdr, TD_PARAMS_PA, 0, 0);
}

uint64_t guest_add_vcpu(struct guest *guest, unsigned int lp)
{
	uint64_t init = TDH_VP_INIT | 1ULL << TDH_VERSION_SHIFT;
	uint64_t tdvpr = take_page(guest);
	unsigned int index = guest->nr_vcpus;
	uint64_t status;

	status = host_leaf(guest->host, lp, TDH_VP_CREATE, tdvpr, guest->tdr, 0, 0);
	for (unsigned int i = 1; i < GUEST_TDVPS_PAGES && !status; i++)
		status = host_leaf(guest->host, lp, TDH_VP_ADDCX, take_page(guest), tdvpr, 0, 0);
	if (!status)
		status = host_leaf(guest->host, lp, init, tdvpr, GUEST_GPA, index, 0);
	guest->tdvpr[guest->nr_vcpus++] = tdvpr;

	return status;
}

uint64_t guest_add_tables(struct guest *guest)
{
	uint64_t status = 0;

	for (unsigned int level = 3; level && !status; level--)
		status = host_leaf(guest->host, 0, TDH_MEM_SEPT_ADD, level, guest->tdr,
				   take_page(guest), 0);

	return status;
}

uint64_t guest_add_page(struct guest *guest, unsigned int index)
{
	uint8_t content[TDX_PAGE_SIZE];

	memset(content, 0x90 + index, sizeof(content));
	host_write(guest->host, SOURCE_PA, content, sizeof(content));
	guest->private[index] = take_page(guest);

	return host_leaf(guest->host, 0, TDH_MEM_PAGE_ADD, GUEST_GPA + index * TDX_PAGE_SIZE,
			 guest->tdr, guest->private[index], SOURCE_PA);
}

uint64_t guest_extend_page(struct guest *guest, unsigned int index)
{
	uint64_t gpa = GUEST_GPA + index * TDX_PAGE_SIZE;
	uint64_t status = 0;

	for (uint64_t at = 0; at < TDX_PAGE_SIZE && !status; at += 256)
		status = host_leaf(guest->host, 0, TDH_MR_EXTEND, gpa + at, guest->tdr, 0, 0);

	return status;
}

uint64_t guest_finalize(struct guest *guest)
{
	return guest_leaf(guest, TDH_MR_FINALIZE);
}

uint64_t guest_build(struct guest *guest, unsigned int nr_vcpus)
{
	uint64_t status = guest_create(guest);

	if (!status)
		status = guest_configure(guest);
	for (unsigned int i = 0; i < nr_vcpus && !status; i++)
		status = guest_add_vcpu(guest, i);
	if (!status)
		status = guest_add_tables(guest);
	if (!status)
		status = guest_add_page(guest, 0);
	if (!status)
		status = guest_extend_page(guest, 0);
	if (!status)
		status = guest_finalize(guest);

	return status;
}

uint64_t guest_enter(struct guest *guest, unsigned int index, unsigned int lp,
		     struct seam_regs *regs)
{
	*regs = (struct seam_regs) {
		.gpr[SEAM_RAX] = TDH_VP_ENTER,
		.gpr[SEAM_RCX] = guest->tdvpr[index],
	};

	return host_call(guest->host, lp, regs);
}

static uint64_t map(struct guest *guest, unsigned int lp, uint64_t gpa)
{
	uint64_t *page = &guest->private[(gpa - GUEST_GPA) / TDX_PAGE_SIZE];

	*page = take_page(guest);

	return host_leaf(guest->host, lp, TDH_MEM_PAGE_AUG, gpa, guest->tdr, *page, 0);
}

uint64_t guest_run(struct guest *guest, unsigned int index, unsigned int lp, uint64_t *value)
{
	for (unsigned int i = 0; i < MAX_ENTRIES; i++) {
		struct seam_regs regs;
		uint64_t status = guest_enter(guest, index, lp, &regs);

		if (status == EXIT_EPT_VIOLATION) {
			status = map(guest, lp, regs.gpr[SEAM_R8]);
			if (status)
				return status;
			continue;
		}
		if (status != EXIT_TDCALL || regs.gpr[SEAM_R11] != EXIT_IO ||
		    regs.gpr[SEAM_R14] != GUEST_PORT)
			return status ? status : ~0ULL;

		*value = regs.gpr[SEAM_R15];
		return 0;
	}

	return ~0ULL;
}

uint64_t guest_flush(struct guest *guest)
{
	uint64_t status = 0;

	for (unsigned int i = 0; i < guest->nr_vcpus && !status; i++)
		status = host_leaf(guest->host, i, TDH_VP_FLUSH, guest->tdvpr[i], 0, 0, 0);

	return status;
}

uint64_t guest_write_back(struct guest *guest)
{
	return on_packages(guest, TDH_PHYMEM_CACHE_WB, 0);
}

uint64_t guest_reclaim(struct guest *guest)
{
	uint64_t status = 0;

	for (uint64_t pa = guest->tdr + TDX_PAGE_SIZE; pa < guest->next && !status;
	     pa += TDX_PAGE_SIZE)
		status = host_leaf(guest->host, 0, TDH_PHYMEM_PAGE_RECLAIM, pa, 0, 0, 0);
	if (!status)
		status = guest_leaf(guest, TDH_PHYMEM_PAGE_RECLAIM);

	return status;
}

uint64_t guest_destroy(struct guest *guest)
{
	uint64_t status = guest_flush(guest);

	if (!status)
		status = guest_leaf(guest, TDH_MNG_VPFLUSHDONE);
	if (!status)
		status = guest_write_back(guest);
	if (!status)
		status = guest_leaf(guest, TDH_MNG_KEY_FREEID);
	if (!status)
		status = guest_reclaim(guest);

	return status;
}

uint64_t guest_mrtd(struct guest *guest, uint8_t mrtd[static 48])
{
	uint64_t status = 0;

	for (unsigned int i = 0; i < 6 && !status; i++) {
		struct seam_regs regs = {
			.gpr[SEAM_RAX] = TDH_MNG_RD,
			.gpr[SEAM_RCX] = guest->tdr,
			.gpr[SEAM_RDX] = FIELD_MRTD + i,
		};

		status = host_call(guest->host, 0, &regs);
		memcpy(mrtd + 8 * i, &regs.gpr[SEAM_R8], 8);
	}

	return status;
}
