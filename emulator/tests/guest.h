/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps by which a host makes, runs and ends a TD (SEAM ABI 7.2). */
#ifndef EMULATOR_TESTS_GUEST_H
#define EMULATOR_TESTS_GUEST_H

#include "tests/host.h"

#define GUEST_MAX_VCPUS		4
#define GUEST_TDCS_PAGES	6
#define GUEST_TDVPS_PAGES	6
#define GUEST_GPA		0x100000ULL
#define GUEST_PAGES		4
#define GUEST_PORT		0x500

/**
 * struct guest - a TD of the test host
 * @host: where it lives
 * @hkid: its KeyID
 * @tdr: first page; all others follow at @next
 * @next: first page not used yet
 * @nr_vcpus: vCPUs
 * @tdvpr: their first pages
 * @private: pages at GUEST_GPA and on
 * @tdcs_pages: as many as the module wants; GUEST_TDCS_PAGES by default
 */
struct guest {
	struct host *host;
	uint16_t hkid;
	uint64_t tdr;
	uint64_t next;
	unsigned int nr_vcpus;
	uint64_t tdvpr[GUEST_MAX_VCPUS];
	uint64_t private[GUEST_PAGES];
	unsigned int tdcs_pages;
};

/** guest_init() - nothing is called yet; pages from @pa on are the guest's */
void guest_init(struct guest *guest, struct host *host, uint16_t hkid, uint64_t pa);

/* Each returns the first status that is not success */
uint64_t guest_create(struct guest *guest);
uint64_t guest_configure(struct guest *guest);
uint64_t guest_add_vcpu(struct guest *guest, unsigned int lp);
uint64_t guest_add_tables(struct guest *guest);
uint64_t guest_add_page(struct guest *guest, unsigned int index);
uint64_t guest_extend_page(struct guest *guest, unsigned int index);
uint64_t guest_finalize(struct guest *guest);

/** guest_build() - all of it, with a vCPU on each of the first @nr_vcpus LPs */
uint64_t guest_build(struct guest *guest, unsigned int nr_vcpus);

/** guest_enter() - TDH.VP.ENTER of vCPU @index on @lp; RAX */
uint64_t guest_enter(struct guest *guest, unsigned int index, unsigned int lp,
		     struct seam_regs *regs);

/**
 * guest_run() - enter until an I/O exit, mapping pages as they are asked for
 * @value: receives what the TD writes to GUEST_PORT
 */
uint64_t guest_run(struct guest *guest, unsigned int index, unsigned int lp, uint64_t *value);

/** guest_flush() - TDH.VP.FLUSH of every vCPU, vCPU n on LP n */
uint64_t guest_flush(struct guest *guest);

/** guest_write_back() - TDH.PHYMEM.CACHE.WB on every package */
uint64_t guest_write_back(struct guest *guest);

/** guest_destroy() - from VP.FLUSH to the reclaimed TDR */
uint64_t guest_destroy(struct guest *guest);

/** guest_reclaim() - PHYMEM.PAGE.RECLAIM of every page, TDR last */
uint64_t guest_reclaim(struct guest *guest);

/** guest_leaf() - a leaf with the TDR in RCX */
uint64_t guest_leaf(struct guest *guest, uint64_t leaf);

/** guest_mrtd() - read MRTD */
uint64_t guest_mrtd(struct guest *guest, uint8_t mrtd[static 48]);

#endif
