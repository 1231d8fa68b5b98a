/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An observer of INSTALL sessions (SEAM ABI 3.5): which LPs have called, and
 * which call is the last. It watches calls and answers, it does not look into
 * the loader, so that faults and the referee do not depend on the model.
 */
#ifndef EMULATOR_SEAMCALL_SESSION_H
#define EMULATOR_SEAMCALL_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "platform/platform.h"

/**
 * struct install_session - the INSTALL session that is open, if any
 * @nr_lps: LPs that must call
 * @arrived: how many have
 * @called: which ones
 */
struct install_session {
	unsigned int nr_lps;
	unsigned int arrived;
	bool called[PLATFORM_MAX_LPS];
};

/** install_session_reset() - no session is open */
void install_session_reset(struct install_session *session, unsigned int nr_lps);

/** install_session_open() - have some LPs called and others not? */
static inline bool install_session_open(const struct install_session *session)
{
	return session->arrived != 0;
}

/**
 * install_session_arrival() - position of @lp's INSTALL call, from 1
 *
 * Return: 0 if the LP has called already, which the loader refuses.
 */
unsigned int install_session_arrival(const struct install_session *session, unsigned int lp);

/**
 * install_session_answer() - the loader answered @lp's INSTALL call
 *
 * The last LP ends the session whatever the answer is; another LP is only part
 * of it after success.
 */
void install_session_answer(struct install_session *session, unsigned int lp, uint64_t status);

#endif
