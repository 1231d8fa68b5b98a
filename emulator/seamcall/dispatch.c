// SPDX-License-Identifier: GPL-2.0-or-later
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "firmware/firmware.h"
#include "seam/leaves.h"
#include "seam/names.h"
#include "seam/status.h"
#include "seamcall/corrupt.h"
#include "seamcall/dispatch.h"
#include "seamcall/info.h"
#include "seamcall/params.h"
#include "seamcall/referee.h"
#include "seamcall/session.h"

#define MSEC_PER_SEC	1000
#define NSEC_PER_MSEC	1000000L

/* RDRANDs of INSTALL before those for SEAMDB (SEAM ABI 3.4 steps 27 and 37) */
#define RDRANDS_BEFORE_SEAMDB	1

/**
 * struct pending_call - a call between its two halves
 * @hit: @fault applies to the call
 * @fault: a copy, because a command can clear the faults between the two halves
 */
struct pending_call {
	bool hit;
	struct fault fault;
};

/* No params can be here: not a page address (SEAM ABI 3.4 step 9) */
#define UNALIGNED_PA	1

struct seam_dispatch {
	struct seam_dispatch_config config;
	struct corrupt_memory memory;
	struct platform *platform;
	/* Everything below; never held while a firmware runs. */
	pthread_mutex_t lock;
	struct install_session session;
	struct referee referee;
	struct fault faults[FAULT_MAX];
	unsigned int nr_faults;
	unsigned int nr_hits;
	/* Per LP, used by nobody else: an LP makes one call at a time. */
	struct pending_call *pending;
};

struct seam_dispatch *seam_dispatch_new(const struct seam_dispatch_config *config)
{
	struct seam_dispatch *dispatch = calloc(1, sizeof(*dispatch));

	if (!dispatch)
		return NULL;
	dispatch->pending = calloc(config->nr_lps, sizeof(*dispatch->pending));
	if (!dispatch->pending) {
		free(dispatch);
		return NULL;
	}
	dispatch->config = *config;
	pthread_mutex_init(&dispatch->lock, NULL);
	corrupt_memory_init(&dispatch->memory, &config->memory);
	install_session_reset(&dispatch->session, config->nr_lps);
	referee_init(&dispatch->referee, &dispatch->config.memory, config->trace);
	return dispatch;
}

void seam_dispatch_free(struct seam_dispatch *dispatch)
{
	if (!dispatch)
		return;
	pthread_mutex_destroy(&dispatch->lock);
	free(dispatch->pending);
	free(dispatch);
}

const struct seam_memory *seam_dispatch_memory(const struct seam_dispatch *dispatch)
{
	return &dispatch->memory.view;
}

void seam_dispatch_connect(struct seam_dispatch *dispatch, struct platform *platform)
{
	dispatch->platform = platform;
}

void seam_dispatch_reset(struct seam_dispatch *dispatch)
{
	pthread_mutex_lock(&dispatch->lock);
	install_session_reset(&dispatch->session, dispatch->config.nr_lps);
	referee_reset(&dispatch->referee);
	pthread_mutex_unlock(&dispatch->lock);
}

bool seam_dispatch_add_fault(struct seam_dispatch *dispatch, const char *spec,
			     char error[static FAULT_ERROR_SIZE])
{
	struct fault fault;

	if (!fault_parse(&fault, spec, dispatch->config.nr_lps, error))
		return false;
	pthread_mutex_lock(&dispatch->lock);
	if (dispatch->nr_faults == FAULT_MAX) {
		pthread_mutex_unlock(&dispatch->lock);
		snprintf(error, FAULT_ERROR_SIZE,
			 "fault %s: %d are armed already, clear them first", spec, FAULT_MAX);
		return false;
	}
	dispatch->faults[dispatch->nr_faults++] = fault;
	pthread_mutex_unlock(&dispatch->lock);
	seam_trace_event(dispatch->config.trace, SEAM_TRACE_NO_LP, "fault armed: %s", spec);
	return true;
}

void seam_dispatch_clear_faults(struct seam_dispatch *dispatch)
{
	pthread_mutex_lock(&dispatch->lock);
	dispatch->nr_faults = 0;
	dispatch->nr_hits = 0;
	pthread_mutex_unlock(&dispatch->lock);
	seam_trace_event(dispatch->config.trace, SEAM_TRACE_NO_LP, "faults cleared");
}

unsigned int seam_dispatch_hits(struct seam_dispatch *dispatch)
{
	unsigned int hits;

	pthread_mutex_lock(&dispatch->lock);
	hits = dispatch->nr_hits;
	pthread_mutex_unlock(&dispatch->lock);
	return hits;
}

static void pause_ms(unsigned int ms)
{
	struct timespec pause = {
		.tv_sec = ms / MSEC_PER_SEC,
		.tv_nsec = ms % MSEC_PER_SEC * NSEC_PER_MSEC,
	};

	nanosleep(&pause, NULL);
}

/* Every fault counts the call; the first one that hits it decides. */
static bool select_fault(struct seam_dispatch *dispatch, const struct seam_call *call,
			 unsigned int arrival, struct fault *hit)
{
	bool found = false;
	unsigned int i;

	for (i = 0; i < dispatch->nr_faults; i++) {
		struct fault *fault = &dispatch->faults[i];

		if (fault_hits(fault, call->lp, call->in.gpr[SEAM_RAX], arrival,
			       dispatch->config.nr_lps) && !found) {
			*hit = *fault;
			found = true;
		}
	}
	return found;
}

static void call_firmware(struct seam_dispatch *dispatch, struct seam_call *call)
{
	call->outcome = firmware_call(dispatch->platform, call->lp, &call->out);
	if (call->outcome != OUTCOME_DONE)
		call->out = call->in;
}

/*
 * The last INSTALL ends the session whatever its answer is (SEAM ABI 3.4), so
 * the loader must be made to end it: with params that it refuses, which leaves
 * the old module, or with a damaged image, which leaves none. Without entropy
 * it can only lose the module at SEAMDB, which leaves the new one measured but
 * not callable.
 */
static void fail_last_install(struct seam_dispatch *dispatch, struct seam_call *call,
			      const struct fault *fault)
{
	struct seamldr_params params;

	if (!fault->rdx) {
		call->out.gpr[SEAM_RCX] = UNALIGNED_PA;
	} else if (fault->status == SEAMLDR_ENOENTROPY) {
		platform_starve(RDRANDS_BEFORE_SEAMDB);
	} else if (install_params_read(&dispatch->config.memory, call->in.gpr[SEAM_RCX],
				       &params)) {
		corrupt_memory_at(params.module_pa[params.num_module_pages - 1]);
	}
	call_firmware(dispatch, call);
	corrupt_memory_at(CORRUPT_NOTHING);
	platform_feed();
	call->out.gpr[SEAM_RCX] = call->in.gpr[SEAM_RCX];

	/* RDX tells what came of it, where it is written. */
	if (call->outcome == OUTCOME_DONE && call->out.gpr[SEAM_RAX] &&
	    (!firmware_install_writes_rdx(dispatch->platform) ||
	     call->out.gpr[SEAM_RDX] == fault->rdx))
		call->out.gpr[SEAM_RAX] = fault->status;
	else
		seam_trace_alert(dispatch->config.trace, (int)call->lp,
				 "fault %s: the session ended differently, its own answer stands",
				 fault->spec);
}

static void answer(struct seam_dispatch *dispatch, struct seam_call *call,
		   const struct fault *fault, unsigned int arrival)
{
	if (!fault || !fault->answers) {
		call_firmware(dispatch, call);
		return;
	}
	call->outcome = fault->outcome;
	if (fault->outcome == OUTCOME_HALTED)
		platform_halt_lp(dispatch->platform, call->lp, call->in.gpr[SEAM_RAX]);
	if (fault->outcome != OUTCOME_DONE)
		return;
	/* Only INSTALL arrives */
	if (arrival == dispatch->config.nr_lps) {
		fail_last_install(dispatch, call, fault);
		return;
	}
	/* The firmware refused at once: nothing changed but the status. */
	call->out.gpr[SEAM_RAX] = fault->status;
	if (call->in.gpr[SEAM_RAX] == SEAMLDR_INSTALL &&
	    firmware_install_writes_rdx(dispatch->platform))
		call->out.gpr[SEAM_RDX] = fault->rdx;
}

/* What an INFO told the host is in memory, not in its registers */
static void trace_info(struct seam_dispatch *dispatch, const struct seam_call *call)
{
	char text[INFO_TEXT_SIZE];

	if (call->in.gpr[SEAM_RAX] == SEAMLDR_INFO && !call->fault &&
	    call->outcome == OUTCOME_DONE && call->out.gpr[SEAM_RAX] == SEAMLDR_SUCCESS &&
	    info_describe(&dispatch->config.memory, call->in.gpr[SEAM_RCX], text))
		seam_trace_event(dispatch->config.trace, (int)call->lp, "%s", text);
}

/* With the lock held. 0: no INSTALL, or one of an LP that has called already */
static unsigned int arrival_of(const struct seam_dispatch *dispatch, const struct seam_call *call)
{
	if (call->in.gpr[SEAM_RAX] != SEAMLDR_INSTALL)
		return 0;
	return install_session_arrival(&dispatch->session, call->lp);
}

unsigned int seam_dispatch_begin(struct seam_dispatch *dispatch, const struct seam_call *call)
{
	struct pending_call *pending = &dispatch->pending[call->lp];

	pending->hit = false;
	if (!dispatch->platform)
		return 0;
	pthread_mutex_lock(&dispatch->lock);
	pending->hit = select_fault(dispatch, call, arrival_of(dispatch, call), &pending->fault);
	dispatch->nr_hits += pending->hit;
	pthread_mutex_unlock(&dispatch->lock);
	return pending->hit ? pending->fault.delay_ms : 0;
}

void seam_dispatch_finish(struct seam_dispatch *dispatch, struct seam_call *call)
{
	const struct pending_call *pending = &dispatch->pending[call->lp];
	const struct fault *fault = pending->hit ? &pending->fault : NULL;
	unsigned int arrival;

	call->out = call->in;
	call->fault = fault ? fault->spec : NULL;
	if (!dispatch->platform) {
		call->outcome = OUTCOME_GP;
		seam_trace_call(dispatch->config.trace, call);
		return;
	}

	pthread_mutex_lock(&dispatch->lock);
	/* Anew: others may have called during a delay. */
	arrival = arrival_of(dispatch, call);
	if (dispatch->config.referee)
		referee_before(&dispatch->referee, call, &dispatch->session);
	pthread_mutex_unlock(&dispatch->lock);

	answer(dispatch, call, fault, arrival);

	pthread_mutex_lock(&dispatch->lock);
	if (call->in.gpr[SEAM_RAX] == SEAMLDR_INSTALL && call->outcome == OUTCOME_DONE)
		install_session_answer(&dispatch->session, call->lp, call->out.gpr[SEAM_RAX]);
	if (dispatch->config.referee)
		referee_after(&dispatch->referee, call);
	pthread_mutex_unlock(&dispatch->lock);
	seam_trace_call(dispatch->config.trace, call);
	trace_info(dispatch, call);
	call->fault = NULL;
}

void seam_dispatch_call(struct seam_dispatch *dispatch, struct seam_call *call)
{
	unsigned int delay_ms = seam_dispatch_begin(dispatch, call);

	if (delay_ms)
		pause_ms(delay_ms);
	seam_dispatch_finish(dispatch, call);
}

void seam_dispatch_vmx_off(struct seam_dispatch *dispatch, unsigned int lp)
{
	seam_trace_event(dispatch->config.trace, (int)lp, "SEAMCALL outside VMX operation -> #UD");
	if (!dispatch->config.referee)
		return;
	pthread_mutex_lock(&dispatch->lock);
	referee_vmx_off(&dispatch->referee, lp);
	pthread_mutex_unlock(&dispatch->lock);
}

unsigned int seam_dispatch_end(struct seam_dispatch *dispatch)
{
	unsigned int total, lp;

	for (lp = 0; dispatch->platform && lp < dispatch->config.nr_lps; lp++)
		if (platform_lp_halted(dispatch->platform, lp))
			seam_trace_event(dispatch->config.trace, (int)lp,
					 "halted: never came back from its last SEAMCALL");
	if (!dispatch->config.referee)
		return 0;
	pthread_mutex_lock(&dispatch->lock);
	referee_end(&dispatch->referee, &dispatch->session);
	total = referee_total(&dispatch->referee);
	pthread_mutex_unlock(&dispatch->lock);
	return total;
}
