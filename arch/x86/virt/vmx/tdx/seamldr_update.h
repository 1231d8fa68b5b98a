/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The steps of a TDX module update, and how one leads to the next
 *
 * Pure, like seamldr_image.h, so that the rules can be tested without stopping
 * any CPU.
 */
#ifndef _X86_VIRT_SEAMLDR_UPDATE_H
#define _X86_VIRT_SEAMLDR_UPDATE_H

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

/*
 * Software status: each CPU's call of SEAMLDR.INSTALL was accepted, and
 * P-SEAMLDR still waits for other CPUs.
 */
#define SEAMLDR_INCOMPLETE	(TDX_SW_ERROR | _UL(0xFFFF0002))

/* How often all CPUs ask P-SEAMLDR, after a failure that repeating can cure */
#define SEAMLDR_INSTALL_ATTEMPTS	3

/* Every CPU goes through these at the same time. */
enum module_update_state {
	/* All CPUs are here, with interrupts disabled. */
	MODULE_UPDATE_START,
	/* The running module hands over and stops.  Primary CPU only. */
	MODULE_UPDATE_SHUTDOWN,
	/* Each CPU has P-SEAMLDR install the new module, the last one does it. */
	MODULE_UPDATE_CPU_INSTALL,
	/* Each CPU initializes the new module for itself. */
	MODULE_UPDATE_CPU_INIT,
	/* The new module takes over.  Primary CPU only. */
	MODULE_UPDATE_RUN_UPDATE,
	/* The new module runs. */
	MODULE_UPDATE_DONE,
	/* Some CPU failed. */
	MODULE_UPDATE_ABORT,
};

/**
 * struct seamldr_failure - what failed
 * @state: the step
 * @cpu: the CPU that reported it
 * @status: raw status of the SEAMCALL, 0 if nothing failed
 * @rdx: what SEAMLDR.INSTALL returned in RDX, 1 if the old module is gone
 */
struct seamldr_failure {
	enum module_update_state	state;
	unsigned int			cpu;
	u64				status;
	u64				rdx;
};

/**
 * struct seamldr_session - what P-SEAMLDR says about an installation
 * @known: SEAMLDR.INFO has answered, in a form that this kernel knows
 * @valid: it describes a TDX module
 * @seam_ready: the TDX module can be called: no session is open, and none has
 *		failed for good
 * @replaced: MRSEAM is that of the image, and was not before
 */
struct seamldr_session {
	bool known;
	bool valid;
	bool seam_ready;
	bool replaced;
};

/**
 * struct seamldr_evidence - what is known about an update that failed
 * @failure: the failure that decides
 * @session: what P-SEAMLDR says after it
 * @nr_can_call: CPUs whose call of SEAMLDR.INSTALL does not count yet, and that
 *		 are online or can come online
 * @handoff_gone: the new module says that the handoff data is not valid
 */
struct seamldr_evidence {
	struct seamldr_failure	failure;
	struct seamldr_session	session;
	unsigned int		nr_can_call;
	bool			handoff_gone;
};

enum module_update_state seamldr_first_state(enum tdx_host_state state,
					     u32 updates_left);
enum module_update_state seamldr_next_state(enum module_update_state state,
					    const struct seamldr_failure *failure,
					    const struct seamldr_session *session,
					    unsigned int attempt,
					    enum module_update_state first);
bool seamldr_session_over(const struct seamldr_session *session,
			  const struct seamldr_failure *failure,
			  unsigned int nr_missing);
bool seamldr_failure_leaves_less(const struct seamldr_failure *failure,
				 const struct seamldr_failure *other);
bool seamldr_handoff_refused(const struct seamldr_failure *failure);
enum tdx_host_state seamldr_host_state(const struct seamldr_evidence *evidence);
int seamldr_update_errno(const struct seamldr_failure *failure);
bool seamldr_is_software_status(u64 status);
const char *seamldr_status_name(u64 status);
const char *tdx_status_name(u64 status);
const char *seamldr_state_name(enum module_update_state state);
const char *seamldr_consequence(enum tdx_host_state state);
void seamldr_describe_failure(const struct seamldr_failure *failure, char *buf,
			      size_t size);

#endif /* _X86_VIRT_SEAMLDR_UPDATE_H */
