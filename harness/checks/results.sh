# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# How a check says what came of it: one line for each thing that it checked,
#   ok NAME | not ok NAME | ok NAME # SKIP WHY
# and the details of a failure as lines that start with "#". The exit status
# says nothing that the lines do not say.

# Those of another kernel may be at work at the same time.
CHECK_LOG=$LOG/check${VARIANT:+-$VARIANT}
mkdir -p "$CHECK_LOG"

pass()
{
	echo "ok $*"
}

skip()
{
	echo "ok $1 # SKIP $2"
}

# fail NAME [TEXT]: TEXT may have several lines.
fail()
{
	echo "not ok $1"
	[ -z "${2:-}" ] || sed 's/^/#   /' <<<"$2"
}

# try NAME LOGNAME COMMAND...: pass or fail by the exit status, which is then in
# $try_status, too.
try()
{
	local name=$1 log=$CHECK_LOG/$2.log

	shift 2
	# Not in a condition: there, a function would go on after a failure.
	set +e
	{
		(set -e; "$@") >"$log" 2>&1 </dev/null
		try_status=$?
	} 2>/dev/null	# bash's own note about a signal
	set -e
	if [ $try_status = 0 ]; then
		pass "$name"
	else
		fail "$name" "$(tail -n 12 "$log")
it $(ending $try_status); the whole output is in ${log#"$TOP"/}"
	fi
}
