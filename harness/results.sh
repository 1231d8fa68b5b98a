# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by what runs checks: read their lines (see checks/lib.sh), show them,
# add them up, and end with "N passed, N failed".

passed=0
failed=0
skipped=0
table=

# count NAME: read the lines of NAME.
count()
{
	local line seen=0

	while IFS= read -r line; do
		printf '  %s\n' "$line"
		case $line in
		"ok "*"# SKIP"*) skipped=$((skipped + 1)) ;;
		"ok "*) passed=$((passed + 1)) ;;
		"not ok "*) failed=$((failed + 1)) ;;
		*) continue ;;
		esac
		seen=$((seen + 1))
	done
	if [ $seen = 0 ]; then
		echo "  not ok $1: it ended without a result"
		failed=$((failed + 1))
	fi
}

# count_row NAME COMMAND...: run COMMAND, count its lines, keep a row of the table.
count_row()
{
	local name=$1 p=$passed f=$failed s=$skipped start

	shift
	start=$(date +%s)
	count "$name" < <("$@" || echo "not ok $name: it $(ending $?)")
	row=$(printf '%-12s %7d %7d %7d %7d' "$name" $((passed - p)) $((failed - f)) $((skipped - s)) \
		$(($(date +%s) - start)))
	table+=$row$'\n'
}

summary()
{
	printf '\n%-12s %7s %7s %7s %7s\n' check passed failed skipped seconds
	printf '%s' "$table"
	echo "everything is in ${LOG#"$TOP"/}; $(elapsed) s"
	echo "$passed passed, $failed failed$([ $skipped = 0 ] || echo ", $skipped skipped")"
}
