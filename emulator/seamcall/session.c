// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "seamcall/session.h"

void install_session_reset(struct install_session *session, unsigned int nr_lps)
{
	memset(session, 0, sizeof(*session));
	session->nr_lps = nr_lps;
}

unsigned int install_session_arrival(const struct install_session *session, unsigned int lp)
{
	return session->called[lp] ? 0 : session->arrived + 1;
}

void install_session_answer(struct install_session *session, unsigned int lp, uint64_t status)
{
	if (session->called[lp])
		return;
	if (session->arrived + 1 == session->nr_lps) {
		install_session_reset(session, session->nr_lps);
	} else if (!status) {
		session->called[lp] = true;
		session->arrived++;
	}
}
