// SPDX-License-Identifier: GPL-2.0
/* seamldr_update.c, with any failure and any answer of P-SEAMLDR */

#include "contracts.h"

#include "seamldr_update.c"

/* States with START, SHUTDOWN, the attempts of CPU_INSTALL, CPU_INIT, RUN_UPDATE */
#define MAX_STEPS	(4 + SEAMLDR_INSTALL_ATTEMPTS)

/* What can fail: the others have no name, and are not to be asked about. */
static enum module_update_state any_step(void)
{
	u8 state = nondet_u8();

	ASSUME(state <= MODULE_UPDATE_RUN_UPDATE);

	return state;
}

/* An update ends, whatever fails, and the steps come in their order. */
void steps(void)
{
	enum module_update_state state = MODULE_UPDATE_START, first, next;
	enum tdx_host_state host = nondet_bool() ? TDX_HOST_READY : TDX_HOST_STOPPED;
	unsigned int attempt = 1;
	int i;

	first = seamldr_first_state(host, nondet_u32());
	REQUIRE((first == MODULE_UPDATE_SHUTDOWN) == (host == TDX_HOST_READY),
		"shut down once, and never twice");

	for (i = 0; i < MAX_STEPS; i++) {
		struct seamldr_failure failure;
		struct seamldr_session session;

		failure.state = state;
		if (state == MODULE_UPDATE_START)
			failure.status = 0;
		next = seamldr_next_state(state, &failure, &session, attempt, first);

		if (!failure.status)
			REQUIRE(next == (state == MODULE_UPDATE_START ? first : state + 1),
				"a step that has succeeded leads to the next one");
		else
			REQUIRE(next == MODULE_UPDATE_ABORT || next == state,
				"a step that has failed leads nowhere, or is made again");
		if (failure.status && next == state) {
			REQUIRE(state == MODULE_UPDATE_CPU_INSTALL, "only the installation is repeated");
			REQUIRE(!failure.rdx || seamldr_is_software_status(failure.status),
				"not without the old module");
			REQUIRE(!session.known || session.valid, "not without a module");
		}

		attempt = next == state ? attempt + 1 : 1;
		state = next;
		if (state >= MODULE_UPDATE_DONE)
			return;
	}

	REQUIRE(false, "an update ends");
}

/* What a failure leaves */
void host_state(void)
{
	struct seamldr_evidence evidence, more;
	enum tdx_host_state state;

	evidence.failure.state = any_step();
	ASSUME(evidence.failure.status);
	state = seamldr_host_state(&evidence);

	REQUIRE((state == TDX_HOST_READY) == (evidence.failure.state < MODULE_UPDATE_CPU_INSTALL),
		"ready if and only if nothing was shut down");
	if (evidence.failure.state < MODULE_UPDATE_CPU_INSTALL)
		return;

	if (evidence.session.known && !evidence.session.valid)
		REQUIRE(state == TDX_HOST_LOST, "no module, nothing to resume from");
	if (evidence.session.known && evidence.session.valid && !evidence.session.seam_ready &&
	    !evidence.nr_can_call)
		REQUIRE(state == TDX_HOST_LOST, "a session that no CPU can complete");
	if (evidence.session.known && evidence.session.valid && evidence.session.seam_ready &&
	    !evidence.handoff_gone)
		REQUIRE(state == TDX_HOST_STOPPED, "what P-SEAMLDR says is there can be resumed");

	/* One more CPU that can call, or handoff data that is there, never makes it worse. */
	more = evidence;
	more.nr_can_call = nondet_u32();
	more.handoff_gone = nondet_bool();
	ASSUME(more.nr_can_call >= evidence.nr_can_call);
	ASSUME(more.handoff_gone <= evidence.handoff_gone);
	REQUIRE(seamldr_host_state(&more) <= state, "more to go on with is never worse");
}

/* Never one INSTALL too many: in doubt a session is open. */
void session_over(void)
{
	struct seamldr_session session;
	struct seamldr_failure failure;
	unsigned int nr_missing = nondet_u32();
	bool over = seamldr_session_over(&session, &failure, nr_missing);

	if (session.known)
		REQUIRE(over == session.seam_ready, "what P-SEAMLDR says counts");
	if (!session.known && nr_missing > 1)
		REQUIRE(!over, "open while two CPUs are missing");
	if (!session.known && !failure.status && nr_missing)
		REQUIRE(!over, "open while a CPU is offline");
	if (!session.known && seamldr_is_software_status(failure.status) && nr_missing)
		REQUIRE(!over, "open while a CPU has not reached P-SEAMLDR");
}

/* Any status of any step has words. */
void words(void)
{
	struct seamldr_failure failure;
	char buf[160];
	u8 state = nondet_u8();
	const char *name;

	failure.state = any_step();
	seamldr_describe_failure(&failure, buf, sizeof(buf));
	name = seamldr_state_name(failure.state);
	REQUIRE(__CPROVER_r_ok(name, 1), "a step has a name");
	REQUIRE(__CPROVER_r_ok(seamldr_status_name(failure.status), 1), "a status has a name");
	REQUIRE(__CPROVER_r_ok(tdx_status_name(failure.status), 1), "a status has a name");

	ASSUME(state <= TDX_HOST_LOST);
	REQUIRE(__CPROVER_r_ok(seamldr_consequence(state), 1), "a state has a consequence");
	REQUIRE(seamldr_update_errno(&failure) < 0, "a failure has an error");
}

/*
 * update_report_hang() reads the state while the last CPU may be setting the next
 * one: it can be any.
 */
void words_of_hang(void)
{
	u8 state = nondet_u8();

	ASSUME(state <= MODULE_UPDATE_ABORT);
	REQUIRE(__CPROVER_r_ok(seamldr_state_name(state), 1), "a state has a name");
}
