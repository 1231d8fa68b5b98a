# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# For scripts that run tdxctl in the virtual TDX host.

# shellcheck disable=SC2034 # for the scripts
I=/tdxctl

# Test images are not signed by Intel.
run_tdxctl()
{
	tdxctl "$@" >/tmp/out 2>/tmp/err </dev/null
	status=$?
}

# exits STATUS NAME COMMAND...: as text, which has to be silent about nothing
exits()
{
	local want=$1 name=$2

	shift 2
	run_tdxctl "$@"
	if [ $status = "$want" ]; then
		tap_result 0 "$name: exit status $status"
	else
		tap_result 1 "$name" "exit status $status, expected $want"
		sed 's/^/#   /' /tmp/out /tmp/err
	fi
}

# exits_json STATUS NAME COMMAND...: the same, and the output is for the schema
exits_json()
{
	exits "$@" --json
	sed 's/^/tdxctl-json: /' /tmp/out
	echo "tdxctl-json-end: $2"
	expect "$2: nothing but JSON" "" "$(cat /tmp/err)"
}

# says NAME PATTERN: in the text or the errors of the last command
says()
{
	if cat /tmp/out /tmp/err | grep -qE -e "$2"; then
		tap_result 0 "$1: it says \"$2\""
	else
		tap_result 1 "$1: it says \"$2\"" "$(cat /tmp/out /tmp/err | tr '\n' ' ')"
	fi
}

show()
{
	sed 's/^/#   /' /tmp/out /tmp/err
}

# shellcheck disable=SC2034 # the same
SKIP=--skip=signing-key

mkdir -p /run
