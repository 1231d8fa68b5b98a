// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "seam/leaves.h"
#include "seam/names.h"
#include "seam/status.h"
#include "seamcall/referee.h"

#define SENTENCE_SIZE	256

static void violation(struct referee *referee, enum referee_rule rule, int lp,
		      const char *format, ...) __attribute__((format(printf, 4, 5)));

static void violation(struct referee *referee, enum referee_rule rule, int lp,
		      const char *format, ...)
{
	char sentence[SENTENCE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	referee->violations[rule]++;
	seam_trace_alert(referee->trace, lp, "referee: %s: %s", referee_rule_name(rule),
			 sentence);
}

const char *referee_rule_name(enum referee_rule rule)
{
	static const char * const names[REFEREE_NR_RULES] = {
		[REFEREE_VMX_OFF] = "vmx-off",
		[REFEREE_MODULE_IN_SESSION] = "module-call-in-session",
		[REFEREE_INTERRUPTS] = "interrupts-enabled",
		[REFEREE_SKIPPED_LP] = "skipped-lp",
		[REFEREE_LOADER_TWICE] = "loader-entered-twice",
		[REFEREE_PARAMS_CHANGED] = "params-changed",
	};

	return names[rule];
}

void referee_init(struct referee *referee, const struct seam_memory *memory,
		  struct seam_trace *trace)
{
	memset(referee, 0, sizeof(*referee));
	referee->memory = memory;
	referee->trace = trace;
}

void referee_reset(struct referee *referee)
{
	referee->stopped = false;
	referee->halted = false;
	referee->params_read = false;
}

static bool is_module_leaf(const struct seam_call *call, enum tdh_leaf leaf)
{
	uint64_t rax = call->in.gpr[SEAM_RAX];

	return seam_firmware_of(rax) == SEAM_FIRMWARE_TDX_MODULE && TDH_LEAF(rax) == leaf;
}

static bool is_install(const struct seam_call *call)
{
	return call->in.gpr[SEAM_RAX] == SEAMLDR_INSTALL;
}

/* Steps of the update itself; a TD that waits may well call with interrupts on. */
static bool is_update_step(const struct seam_call *call)
{
	return is_install(call) || is_module_leaf(call, TDH_SYS_INIT) ||
	       is_module_leaf(call, TDH_SYS_LP_INIT) || is_module_leaf(call, TDH_SYS_UPDATE);
}

static void check_params(struct referee *referee, const struct seam_call *call,
			 const struct install_session *session)
{
	unsigned int arrival = install_session_arrival(session, call->lp);
	uint64_t pa = call->in.gpr[SEAM_RCX];
	uint8_t digest[INSTALL_DIGEST_SIZE];

	if (arrival == 1) {
		referee->params_pa = pa;
		referee->params_read = install_params_digest(referee->memory, pa,
							     referee->params_digest);
		return;
	}
	if (pa != referee->params_pa) {
		violation(referee, REFEREE_PARAMS_CHANGED, (int)call->lp,
			  "INSTALL with params at %#llx, the session began with %#llx",
			  (unsigned long long)pa, (unsigned long long)referee->params_pa);
		return;
	}
	if (arrival != session->nr_lps || !referee->params_read)
		return;
	if (!install_params_digest(referee->memory, pa, digest) ||
	    memcmp(digest, referee->params_digest, sizeof(digest)))
		violation(referee, REFEREE_PARAMS_CHANGED, (int)call->lp,
			  "params or image pages changed between the first and the last INSTALL");
}

void referee_before(struct referee *referee, const struct seam_call *call,
		    const struct install_session *session)
{
	uint64_t rax = call->in.gpr[SEAM_RAX];
	const char *leaf = seam_leaf_name(rax);

	if (install_session_open(session) && seam_firmware_of(rax) == SEAM_FIRMWARE_TDX_MODULE)
		violation(referee, REFEREE_MODULE_IN_SESSION, (int)call->lp,
			  "%s while %u of %u LPs have called INSTALL", leaf ? leaf : "a module leaf",
			  session->arrived, session->nr_lps);
	if (referee->stopped && call->interrupts_enabled && is_update_step(call))
		violation(referee, REFEREE_INTERRUPTS, (int)call->lp,
			  "%s with interrupts enabled between TDH.SYS.SHUTDOWN and TDH.SYS.UPDATE",
			  leaf);
	if (is_install(call))
		check_params(referee, call, session);
}

void referee_after(struct referee *referee, const struct seam_call *call)
{
	uint64_t status = call->out.gpr[SEAM_RAX] & TDX_STATUS_MASK;

	if (call->outcome == OUTCOME_HALTED)
		referee->halted = true;
	if (seam_call_succeeded(call)) {
		if (is_module_leaf(call, TDH_SYS_SHUTDOWN))
			referee->stopped = true;
		if (is_module_leaf(call, TDH_SYS_UPDATE))
			referee->stopped = false;
		return;
	}
	/* A failure that an injected fault causes is not the host's doing. */
	if (call->fault)
		return;
	if (seam_firmware_of(call->in.gpr[SEAM_RAX]) == SEAM_FIRMWARE_P_SEAMLDR &&
	    call->outcome == OUTCOME_VMFAIL_INVALID && !referee->halted)
		violation(referee, REFEREE_LOADER_TWICE, (int)call->lp,
			  "%s got VMfailInvalid: another LP is inside P-SEAMLDR, or it is gone",
			  seam_leaf_name(call->in.gpr[SEAM_RAX]) ?: "a P-SEAMLDR leaf");
	if (is_module_leaf(call, TDH_SYS_UPDATE) && status == TDX_SYS_STATE_INCORRECT)
		violation(referee, REFEREE_SKIPPED_LP, (int)call->lp,
			  "TDH.SYS.UPDATE before TDH.SYS.INIT and TDH.SYS.LP.INIT of every LP");
}

void referee_vmx_off(struct referee *referee, unsigned int lp)
{
	violation(referee, REFEREE_VMX_OFF, (int)lp, "SEAMCALL outside VMX operation");
}

void referee_end(struct referee *referee, const struct install_session *session)
{
	if (install_session_open(session) && !referee->halted)
		violation(referee, REFEREE_SKIPPED_LP, SEAM_TRACE_NO_LP,
			  "the run ends with an INSTALL session open: %u of %u LPs have called",
			  session->arrived, session->nr_lps);
}

unsigned int referee_total(const struct referee *referee)
{
	unsigned int rule, total = 0;

	for (rule = 0; rule < REFEREE_NR_RULES; rule++)
		total += referee->violations[rule];
	return total;
}
