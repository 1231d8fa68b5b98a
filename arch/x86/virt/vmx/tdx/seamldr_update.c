// SPDX-License-Identifier: GPL-2.0
/*
 * How one step of a TDX module update leads to the next, what a failure leaves,
 * and the words for both
 */

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/types.h>

#ifdef __KERNEL__
#include <linux/export.h>

#include <kunit/visibility.h>
#else
#define EXPORT_SYMBOL_IF_KUNIT(symbol)
#endif

#include <asm/tdx.h>

#include "seamldr_update.h"

/**
 * seamldr_is_software_status() - did SEAMCALL not reach the firmware?
 * @status: raw status
 *
 * Context: Any context.
 * Return: true if no firmware returned @status.
 */
bool seamldr_is_software_status(u64 status)
{
	return (status & TDX_SW_ERROR) == TDX_SW_ERROR;
}

/*
 * P-SEAMLDR has no entropy at the moment, or was not reached by a CPU.  The
 * former ends the session, and all CPUs begin another one.  The latter leaves
 * it open, for the CPUs that are missing.
 */
static bool can_repeat(const struct seamldr_failure *failure,
		       const struct seamldr_session *session)
{
	if (failure->state != MODULE_UPDATE_CPU_INSTALL ||
	    failure->status == SEAMLDR_INCOMPLETE)
		return false;

	if (session->known && !session->valid)
		return false;

	if (seamldr_is_software_status(failure->status))
		return true;

	return failure->status == SEAMLDR_ENOENTROPY && !failure->rdx &&
	       (!session->known || session->seam_ready);
}

/**
 * seamldr_session_over() - does the next SEAMLDR.INSTALL begin another session?
 * @session: what P-SEAMLDR says after all CPUs have called it
 * @failure: the failure that decides, or a status of 0
 * @nr_missing: CPUs that were not told that their call counts
 *
 * If P-SEAMLDR does not say, the failure has to: a session ends with the call of
 * the last CPU, whatever the result, except for a call that was turned down.  In
 * doubt it is open, and the CPUs whose call counts make no second one.
 *
 * Context: Any context, the stopped section in particular.
 * Return: true if no session is open.
 */
bool seamldr_session_over(const struct seamldr_session *session,
			  const struct seamldr_failure *failure,
			  unsigned int nr_missing)
{
	if (session->known)
		return session->seam_ready;

	if (!nr_missing)
		return true;

	return nr_missing == 1 && failure->status &&
	       !seamldr_is_software_status(failure->status) &&
	       failure->status != SEAMLDR_EBADCALL &&
	       failure->status != SEAMLDR_EUNSPECERR;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_session_over);

/**
 * seamldr_first_state() - pick the step that an update begins with
 * @state: what an earlier update has left of the TDX module
 * @updates_left: what P-SEAMLDR says
 *
 * A module that was shut down is not shut down again.  If nothing can be
 * installed any more, the checks have let pass only the module that has been,
 * and what is left to do is to initialize it.
 *
 * Context: Any context.
 * Return: the step.
 */
enum module_update_state seamldr_first_state(enum tdx_host_state state,
					     u32 updates_left)
{
	if (state == TDX_HOST_READY)
		return MODULE_UPDATE_SHUTDOWN;

	return updates_left ? MODULE_UPDATE_CPU_INSTALL : MODULE_UPDATE_CPU_INIT;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_first_state);

/**
 * seamldr_next_state() - pick the next state, when all CPUs have done this one
 * @state: the state that is done
 * @failure: the failure that decides, or a status of 0
 * @session: what P-SEAMLDR says, if @state is MODULE_UPDATE_CPU_INSTALL
 * @attempt: how often all CPUs have done @state in a row, at least 1
 * @first: the step to take first, see seamldr_first_state()
 *
 * Context: Any context, the stopped section in particular.
 * Return: the next step, the same one again, or that it is over.
 */
enum module_update_state seamldr_next_state(enum module_update_state state,
					    const struct seamldr_failure *failure,
					    const struct seamldr_session *session,
					    unsigned int attempt,
					    enum module_update_state first)
{
	if (!failure->status)
		return state == MODULE_UPDATE_START ? first : state + 1;

	if (attempt < SEAMLDR_INSTALL_ATTEMPTS && can_repeat(failure, session))
		return state;

	return MODULE_UPDATE_ABORT;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_next_state);

/**
 * seamldr_failure_leaves_less() - is another failure to be reported instead?
 * @failure: the other failure
 * @before: the one that was reported before
 *
 * Context: Any context, the stopped section in particular.
 * Return: true if @failure says that the old module is gone, and @before does
 * not.
 */
bool seamldr_failure_leaves_less(const struct seamldr_failure *failure,
				 const struct seamldr_failure *before)
{
	return failure->rdx && !before->rdx;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_failure_leaves_less);

/**
 * seamldr_handoff_refused() - does the new module refuse the handoff data?
 * @failure: what failed
 *
 * Context: Any context.
 * Return: true if it does, so that it has to be asked if the data is valid.
 */
bool seamldr_handoff_refused(const struct seamldr_failure *failure)
{
	return failure->state == MODULE_UPDATE_RUN_UPDATE &&
	       (failure->status & TDX_SEAMCALL_STATUS_MASK) == TDX_SYS_INVALID_HANDOFF;
}

static bool handoff_lost(const struct seamldr_evidence *evidence)
{
	return seamldr_handoff_refused(&evidence->failure) && evidence->handoff_gone;
}

/* P-SEAMLDR does not say what there is: by the failure alone. */
static bool lost_by_failure(const struct seamldr_evidence *evidence)
{
	const struct seamldr_failure *failure = &evidence->failure;

	switch (failure->state) {
	case MODULE_UPDATE_CPU_INSTALL:
		return failure->rdx || !evidence->nr_can_call;
	case MODULE_UPDATE_RUN_UPDATE:
		/* Neither firmware answers: the module has halted itself. */
		return failure->status == TDX_SEAMCALL_VMFAILINVALID ||
		       handoff_lost(evidence);
	default:
		return false;
	}
}

/* By what P-SEAMLDR says, before what the failure says. */
static bool lost_by_session(const struct seamldr_evidence *evidence)
{
	const struct seamldr_session *session = &evidence->session;

	if (!session->valid)
		return true;

	if (session->seam_ready)
		return handoff_lost(evidence);

	/* There is no module, or a session is open that a CPU can complete. */
	return evidence->failure.rdx || session->replaced || !evidence->nr_can_call;
}

/**
 * seamldr_host_state() - what a failure leaves of the TDX module
 * @evidence: what is known
 *
 * The handoff data stays valid until TDH.SYS.UPDATE succeeds, so another
 * installation resumes what has failed, unless there is no module to take over
 * from, or a session is open that no CPU can complete.
 *
 * Context: Any context.
 * Return: the state of the module after the update was given up.
 */
enum tdx_host_state seamldr_host_state(const struct seamldr_evidence *evidence)
{
	bool lost;

	/* A module that refuses to shut down goes on. */
	if (evidence->failure.state < MODULE_UPDATE_CPU_INSTALL)
		return TDX_HOST_READY;

	lost = evidence->session.known ? lost_by_session(evidence) :
					 lost_by_failure(evidence);

	return lost ? TDX_HOST_LOST : TDX_HOST_STOPPED;
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_host_state);

/**
 * seamldr_update_errno() - translate a failure for the caller
 * @failure: the failure that decides
 *
 * Context: Any context.
 * Return: -EBUSY if the module refused to shut down for now, else -EIO.
 */
int seamldr_update_errno(const struct seamldr_failure *failure)
{
	if (failure->state != MODULE_UPDATE_SHUTDOWN)
		return -EIO;

	switch (failure->status & TDX_SEAMCALL_STATUS_MASK) {
	case TDX_SYS_BUSY:
	case TDX_UPDATE_COMPATIBILITY_SENSITIVE:
		return -EBUSY;
	default:
		return -EIO;
	}
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_update_errno);

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
	{ SEAMLDR_INCOMPLETE,		"incomplete" },
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

#define TDX_STATUS(name)	{ TDX_##name, "TDX_" #name }

/* TDX module: what TDH.SYS.SHUTDOWN, .INIT, .LP.INIT and .UPDATE return */
static const struct status_name tdx_names[] = {
	TDX_STATUS(OPERAND_INVALID),
	TDX_STATUS(OPERAND_BUSY),
	TDX_STATUS(SYS_BUSY),
	TDX_STATUS(RND_NO_ENTROPY),
	TDX_STATUS(SYS_INIT_NOT_PENDING),
	TDX_STATUS(SYS_LP_INIT_NOT_DONE),
	TDX_STATUS(SYS_LP_INIT_DONE),
	TDX_STATUS(SYS_NOT_READY),
	TDX_STATUS(SYS_SHUTDOWN),
	TDX_STATUS(SYS_STATE_INCORRECT),
	TDX_STATUS(SYS_INVALID_HANDOFF),
	TDX_STATUS(SYS_INCOMPATIBLE_SIGSTRUCT),
	TDX_STATUS(SYS_LP_INIT_NOT_PENDING),
	TDX_STATUS(INCOMPATIBLE_SEAM_CAPABILITIES),
	TDX_STATUS(CRYPTO_SELF_TEST_FAILED),
	TDX_STATUS(UPDATE_COMPATIBILITY_SENSITIVE),
	TDX_STATUS(INCONSISTENT_MSR),
	TDX_STATUS(INCORRECT_MSR_VALUE),
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
			 status & TDX_SEAMCALL_STATUS_MASK) ?:
	       "unknown";
}

static const char * const state_names[] = {
	[MODULE_UPDATE_START]		= "START",
	[MODULE_UPDATE_SHUTDOWN]	= "SHUTDOWN",
	[MODULE_UPDATE_CPU_INSTALL]	= "CPU_INSTALL",
	[MODULE_UPDATE_CPU_INIT]	= "CPU_INIT",
	[MODULE_UPDATE_RUN_UPDATE]	= "RUN_UPDATE",
	[MODULE_UPDATE_DONE]		= "DONE",
	[MODULE_UPDATE_ABORT]		= "ABORT",
};

/**
 * seamldr_state_name() - name of a step
 * @state: the step
 *
 * Context: Any context.
 * Return: the name.
 */
const char *seamldr_state_name(enum module_update_state state)
{
	return state_names[state];
}

static const char * const consequences[] = {
	[TDX_HOST_READY]	= "TDX module unchanged",
	[TDX_HOST_STOPPED]	=
		"TDX module stopped and TDs wait, upload a good image to resume them",
	[TDX_HOST_LOST]		= "TDX module and all TDs are lost, reboot",
};

/**
 * seamldr_consequence() - what an update that failed leaves, in words
 * @state: state of the TDX module after it
 *
 * Context: Any context.
 * Return: a sentence without a full stop.
 */
const char *seamldr_consequence(enum tdx_host_state state)
{
	return consequences[state];
}

/**
 * seamldr_describe_failure() - say what failed, in words
 * @failure: the failure
 * @buf: where to write a sentence without a full stop
 * @size: room there
 *
 * Context: Any context.
 */
void seamldr_describe_failure(const struct seamldr_failure *failure, char *buf,
			      size_t size)
{
	bool install = failure->state == MODULE_UPDATE_CPU_INSTALL;
	const char *rdx = "";

	/* Without P-SEAMLDR there is no RDX. */
	if (install && !seamldr_is_software_status(failure->status))
		rdx = failure->rdx ? ", rdx 1" : ", rdx 0";

	scnprintf(buf, size, "update failed in %s on CPU %u: 0x%016llx (%s)%s",
		  seamldr_state_name(failure->state), failure->cpu,
		  (unsigned long long)failure->status,
		  install ? seamldr_status_name(failure->status) :
			    tdx_status_name(failure->status), rdx);
}
EXPORT_SYMBOL_IF_KUNIT(seamldr_describe_failure);
