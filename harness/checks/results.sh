# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# How a check says what came of it: one line for each thing that it checked,
#   ok NAME | not ok NAME | ok NAME # SKIP WHY
# and the details of a failure as lines that start with "#". The exit status
# says nothing that the lines do not say.

CHECK_LOG=$LOG/check
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

# try NAME LOGNAME COMMAND...: pass or fail by the exit status.
try()
{
	local name=$1 log=$CHECK_LOG/$2.log status=0

	shift 2
	"$@" >"$log" 2>&1 </dev/null || status=$?
	if [ $status = 0 ]; then
		pass "$name"
	else
		fail "$name" "$(tail -n 12 "$log")
it $(ending $status); the whole output is in ${log#"$TOP"/}"
	fi
}
