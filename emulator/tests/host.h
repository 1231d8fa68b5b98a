/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A host for tests: sparse memory, images, and the steps of a kernel. */
#ifndef EMULATOR_TESTS_HOST_H
#define EMULATOR_TESTS_HOST_H

#include "firmware/firmware.h"
#include "image/image.h"
#include "seam/leaves.h"
#include "seam/status.h"

#define HOST_RAM_SIZE	(2ULL << 30)

/* Where the host keeps what firmware reads: below the TDMR */
#define HOST_PARAMS_PA		0x00100000ULL
#define HOST_SIGSTRUCT_PA	0x00101000ULL
#define HOST_MODULE_PA		0x00200000ULL
#define HOST_BUFFER_PA		0x00102000ULL
#define HOST_TDMR_LIST_PA	0x00103000ULL
#define HOST_TDMR_INFO_PA	0x00104000ULL
#define HOST_PAMT_PA		0x10000000ULL
#define HOST_TDMR_BASE		0x40000000ULL

/* The KeyID that the host gives to the module, and the first for TDs */
#define HOST_GLOBAL_KEYID	16
#define HOST_TD_KEYID		17

/**
 * struct host - a platform and what is around it
 * @config: the description; change it before host_start()
 * @platform: made by host_start()
 * @ram: pages, absent ones are zero
 * @entropy_passes: so many RDRANDs to come succeed before
 * @entropy_fails: so many fail
 * @interrupts: so many questions to come find an interrupt pending
 * @diagnoses: sentences that the models said
 * @on_read: called before firmware reads @on_read_pa; for tests of contention
 */
struct host {
	struct platform_config config;
	struct platform *platform;
	uint8_t **ram;
	unsigned int entropy_passes;
	unsigned int entropy_fails;
	unsigned int interrupts;
	unsigned int diagnoses;
	void (*on_read)(struct host *host);
	uint64_t on_read_pa;
};

/** struct host_image - a built image in memory */
struct host_image {
	uint8_t *file;
	size_t size;
};

/** host_image() - build and sign an image; exits the test program on failure */
struct host_image host_image(const struct image_spec *spec);

/** host_image_resign() - after a change of the sigstruct */
void host_image_resign(struct host_image *image);
struct seam_sigstruct *host_image_sigstruct(const struct host_image *image);
uint8_t *host_image_module(const struct host_image *image);
void host_image_free(struct host_image *image);

/** host_init() - a platform with @nr_lps LPs in @nr_sockets sockets, not started */
void host_init(struct host *host, unsigned int nr_lps, unsigned int nr_sockets);

/** host_start() - power on with @image loaded by BIOS; NULL: none */
bool host_start(struct host *host, const struct host_image *image);
void host_free(struct host *host);

/* Memory */
void host_write(struct host *host, uint64_t pa, const void *data, size_t size);
void host_read(struct host *host, uint64_t pa, void *data, size_t size);

/**
 * host_call() - one SEAMCALL on @lp
 * @regs: in and out, RAX is the leaf word
 *
 * Return: RAX; HOST_VMFAIL for VMfailInvalid; HOST_HALTED if it does not return.
 */
#define HOST_VMFAIL	0x8000ff00ffff0000ULL
#define HOST_HALTED	0x8000ff00ffff0001ULL
uint64_t host_call(struct host *host, unsigned int lp, struct seam_regs *regs);

/** host_leaf() - the same for leaves with RCX, RDX, R8 and R9 only */
uint64_t host_leaf(struct host *host, unsigned int lp, uint64_t leaf, uint64_t rcx,
		   uint64_t rdx, uint64_t r8, uint64_t r9);

/* Steps of a kernel; each returns the first status that is not success */
uint64_t host_sys_init(struct host *host);
uint64_t host_lp_init(struct host *host, unsigned int first_lp, unsigned int end_lp);
/** host_put_tdmr() - describe one TDMR: the second GiB, its PAMTs in the first */
void host_put_tdmr(struct host *host);
uint64_t host_cold_init(struct host *host);
uint64_t host_sys_rd(struct host *host, uint64_t field, uint64_t *value);

struct seamldr_info;

/** host_info() - SEAMLDR.INFO */
uint64_t host_info(struct host *host, struct seamldr_info *info);

/** host_put_image() - write image and seamldr_params where INSTALL finds them */
void host_put_image(struct host *host, const struct host_image *image, uint32_t scenario);

/**
 * struct host_install - result of a session
 * @status: RAX of the last LP, or the first failure of another
 * @rdx: RDX with it
 * @lp: the LP that got it
 */
struct host_install {
	uint64_t status;
	uint64_t rdx;
	unsigned int lp;
};

/** host_session() - INSTALL on every LP, RCX as given by host_put_image() */
struct host_install host_session(struct host *host);

/** host_update() - SHUTDOWN(@hv), session, SYS.INIT, LP.INIT, UPDATE */
uint64_t host_update(struct host *host, const struct host_image *image, uint64_t hv);

#endif
