/* SPDX-License-Identifier: GPL-2.0-or-later */
/* P-SEAMLDR: its structures in memory and its state (SEAM ABI 3). */
#ifndef EMULATOR_PSEAMLDR_PSEAMLDR_H
#define EMULATOR_PSEAMLDR_PSEAMLDR_H

#include "blob/sigstruct.h"
#include "platform/state.h"
#include "seam/params.h"
#include "seam/status.h"

/**
 * struct seamextend - measurements and readiness, platform scoped
 *
 * Bytes 0..127 are what CLEANUP zeroes.
 */
struct seamextend {
	uint64_t valid;
	uint8_t svn_minor;
	uint8_t svn_major;
	uint8_t last_patch_svn;
	uint8_t reserved0[13];
	uint8_t mrseam[SHA384_SIZE];
	uint8_t mrsigner[SHA384_SIZE];
	uint64_t attributes;
	uint8_t seam_ready;
	uint8_t system_under_debug;
	uint8_t p_seamldr_ready;
	uint8_t reserved1[5];
} __attribute__((packed));

#define SEAMEXTEND_VALID		0x1ff
#define SEAMEXTEND_MEASUREMENTS_SIZE	offsetof(struct seamextend, seam_ready)

static_assert(sizeof(struct seamextend) == 136, "layout of seamextend");
static_assert(SEAMEXTEND_MEASUREMENTS_SIZE == 128, "layout of seamextend.seam_ready");

#define SEAMLDR_VENDOR_INTEL		0x8086
#define SEAMLDR_FEATURES0_CLEANUP	(1ULL << 1)

/** struct seamldr_info - what SEAMLDR.INFO writes */
struct seamldr_info {
	uint32_t version;
	uint32_t attributes;
	uint32_t vendor_id;
	uint32_t build_date;
	uint16_t build_num;
	uint16_t minor_version;
	uint16_t major_version;
	uint16_t update_version;
	uint32_t acm_x2apicid;
	uint32_t num_remaining_updates;
	struct seamextend seamextend;
	uint64_t features0;
	uint8_t reserved[80];
} __attribute__((packed));

static_assert(sizeof(struct seamldr_info) == 256, "layout of seamldr_info");
static_assert(offsetof(struct seamldr_info, seamextend) == 32, "layout of seamldr_info.seamextend");

/** struct seamldr_seaminfo - what SEAMLDR.SEAMINFO writes */
struct seamldr_seaminfo {
	uint64_t version;
	uint32_t tot_num_lps;
	uint32_t tot_num_sockets;
	uint32_t socket_cpuid[PLATFORM_MAX_SOCKETS];
	uint64_t p_seamldr_base;
	uint64_t p_seamldr_size;
	uint8_t skip_smrr2_check;
	uint8_t access_control_only;
	uint8_t reserved0[62];
	struct platform_cmr cmr[PLATFORM_MAX_CMRS];
	uint8_t reserved1[1408];
} __attribute__((packed));

static_assert(sizeof(struct seamldr_seaminfo) == 2048, "layout of seamldr_seaminfo");
static_assert(offsetof(struct seamldr_seaminfo, cmr) == 128, "layout of seamldr_seaminfo.cmr");

/** enum loader_flow - which kind of session is open */
enum loader_flow {
	LOADER_READY,
	LOADER_INSTALL,
	LOADER_SHUTDOWN,
	LOADER_CLEANUP,
};

#define LP_BITMAP_WORDS		(PLATFORM_MAX_LPS / 64)

/**
 * struct loader_session - LPs that have called in the open session
 * @lps: bitmap by x2APIC id
 * @count: bits in @lps
 */
struct loader_session {
	uint64_t lps[LP_BITMAP_WORDS];
	unsigned int count;
};

/** struct seamdb - the data base of installed SVNs: only its filling matters */
struct seamdb {
	unsigned int used;
	uint32_t remaining;
};

/**
 * struct pseamldr - P-SEAMLDR's memory
 * @flow: which session is open
 * @session: who called in it
 * @install_completed: an INSTALL session has ended since reset, BIOS' included
 * @seamextend: the live measurements; write through seamextend_write()
 * @snapshot: @seamextend when the open INSTALL session began
 * @key_dirty: per package: private keys may be in use
 * @cache_dirty: per cache domain (here: package): private lines may be cached
 * @cleanup_keyid: per package: KeyIDs that CLEANUP has reprogrammed
 * @cleanup_chunk: per package: cache chunks that CLEANUP has flushed
 * @seamdb: see &struct seamdb
 */
struct pseamldr {
	enum loader_flow flow;
	struct loader_session session;
	bool install_completed;

	struct seamextend seamextend;
	struct seamextend snapshot;

	bool key_dirty[PLATFORM_MAX_SOCKETS];
	bool cache_dirty[PLATFORM_MAX_SOCKETS];
	unsigned int cleanup_keyid[PLATFORM_MAX_SOCKETS];
	unsigned int cleanup_chunk[PLATFORM_MAX_SOCKETS];

	struct seamdb seamdb;
};

/* seamextend.c */
struct pseamldr *pseamldr_new(struct platform *platform);
void pseamldr_free(struct pseamldr *ldr);

/** seamextend_write() - change the live SEAMEXTEND and what hardware takes from it */
void seamextend_write(struct platform *platform, const struct seamextend *new);

/**
 * pseamldr_call() - SEAMCALL with RAX bit 63 set
 * @platform: the platform
 * @lp: calling LP
 * @regs: its registers
 *
 * Hardware admits one LP at a time, without waiting (SEAM ABI 3.8).
 */
enum outcome pseamldr_call(struct platform *platform, unsigned int lp, struct seam_regs *regs);

/** loader_take_profile() - the module that BIOS has loaded is that of a real host (info.c) */
void loader_take_profile(struct platform *platform, const struct platform_profile *profile);

/* Each leaf takes the LP and its registers, and returns RAX. */
typedef uint64_t seamldr_handler(struct platform *platform, unsigned int lp,
				 struct seam_regs *regs);

#define SEAMLDR_LEAF(number, symbol, function)	seamldr_handler function;
#define TDX_LEAF(...)
#define TDX_NAME(...)
#include "seam/leaves.def"

/* session.c */
bool session_has(const struct loader_session *session, uint32_t x2apic_id);
void session_add(struct loader_session *session, uint32_t x2apic_id);
bool session_complete(const struct platform *platform);
void session_end(struct pseamldr *ldr);
bool anything_dirty(const struct pseamldr *ldr);

/* generation.c */
/** loader_tolerates() - reserved bytes of a sigstruct that may be used, SIGSTRUCT_*_USED */
unsigned int loader_tolerates(const struct platform *platform);

/** loader_takes_params_version() - is this version of &struct seamldr_params known? */
bool loader_takes_params_version(const struct platform *platform, uint32_t version);

/** loader_checks_hints() - must max_tdmrs and its neighbours be what all modules have? */
bool loader_checks_hints(const struct platform *platform);

/** loader_wants_handoff_pages() - may a module not have fewer of them than the old one? */
bool loader_wants_handoff_pages(const struct platform *platform);

/** loader_writes_rdx() - is RDX an output of INSTALL? */
bool loader_writes_rdx(const struct platform *platform);

/** loader_has_seaminfo() - is there a leaf SEAMINFO? */
bool loader_has_seaminfo(const struct platform *platform);
uint64_t loader_seaminfo_version(const struct platform *platform);

/** loader_minor_version() - as INFO reports it */
uint16_t loader_minor_version(const struct platform *platform);

/* seamdb.c */
void seamdb_clear(struct platform *platform);
uint32_t seamdb_remaining(struct platform *platform);
bool seamdb_insert(struct platform *platform);

/** seam_range_needed() - bytes below P-SEAMLDR that a module occupies (size.c) */
uint64_t seam_range_needed(const struct platform *platform, const struct seam_sigstruct *sig,
			   uint64_t num_module_pages);

/** seam_addressable_lps() - LPs for which the SEAM range has room (size.c) */
uint64_t seam_addressable_lps(const struct platform *platform);

/** module_relocate() - INSTALL step 35: check the ELF and relocate it (elf.c) */
bool module_relocate(uint8_t *image, size_t size, uint64_t base);

#endif
