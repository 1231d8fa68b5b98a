# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Sourced on both sides, by bash in the private root and by the guest's
# busybox: how to read the rows.

trim()
{
	echo "$1" | sed 's/^ *//; s/ *$//'
}

# rows_names FILE PLATFORM
rows_names()
{
	sed -n "s/^row  *\([^ |]*\) *| *$2 *|.*/\1/p" "$1"
}

# row_read FILE NAME: its columns, as row_*.
row_read()
{
	row_line=$(sed -n "s/^row  *$2 *|//p" "$1")
	[ -n "$row_line" ] || return 1
	IFS='|' read -r row_platform row_build row_damage row_done row_error \
		row_state row_log row_td row_next <<-EOF
		$row_line
	EOF
	row_platform=$(trim "$row_platform")
	row_build=$(trim "$row_build")
	row_damage=$(trim "$row_damage")
	row_done=$(trim "$row_done")
	row_error=$(trim "$row_error")
	row_state=$(trim "$row_state")
	row_log=$(trim "$row_log")
	row_td=$(trim "$row_td")
	row_next=$(trim "$row_next")
}
