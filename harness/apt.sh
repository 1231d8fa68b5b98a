# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# apt with private directories: nothing of the machine's apt state is read or
# changed, except which Debian mirror it uses and how it gets there (proxy).

# shellcheck source=harness/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

APT_DIR=$BUILD/apt
DEBIAN_SUITES='stable|testing|unstable|sid|oldstable|bullseye|bookworm|trixie|forky'

# The machine's settings that decide whether a mirror can be reached at all.
apt_transport_settings()
{
	apt-config dump | grep -E '^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date|ForceIPv[46]|Retries)[: ]' || true
}

# The mirror is never named by the project: MIRROR= of the user first, else
# the one that the machine's apt has a Debian suite from.
apt_mirror()
{
	local uri

	command -v apt-get >/dev/null ||
		die "this machine has no apt; run on Debian, or in a container with Debian."
	uri=${MIRROR:-$(apt-get update --print-uris 2>/dev/null |
		sed -nE "s,^'(.*)/dists/($DEBIAN_SUITES)(-updates)?/(InRelease|Release)'.*,\1,p" | head -n 1)}
	[ -n "$uri" ] ||
		die "the machine's apt sources name no Debian mirror; set MIRROR= to one (the URI that has dists/ in it)."
	echo "${uri%/}"
}

apt_keyring()
{
	local k

	for k in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
		if [ -f "$k" ]; then
			echo "$k"
			return
		fi
	done
	die "Debian's archive keys are missing; install the package debian-archive-keyring."
}

# apt_private_setup SUITE...: binary and source lists of these suites.
apt_private_setup()
{
	local suite mirror keyring

	mirror=$(apt_mirror)
	keyring=$(apt_keyring)
	mkdir -p "$APT_DIR/lists/partial" "$APT_DIR/cache/archives/partial"
	: >"$APT_DIR/status"
	for suite; do
		printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite"
		printf 'deb-src [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$suite"
	done >"$APT_DIR/sources.list"
	{
		printf '%s\n' \
			'Dir::Etc::main "/dev/null";' 'Dir::Etc::parts "/dev/null";' \
			'Dir::Etc::sourceparts "/dev/null";' \
			'Dir::Etc::preferences "/dev/null";' 'Dir::Etc::preferencesparts "/dev/null";' \
			"Dir::Etc::sourcelist \"$APT_DIR/sources.list\";" \
			"Dir::State \"$APT_DIR\";" "Dir::State::lists \"$APT_DIR/lists\";" \
			"Dir::State::status \"$APT_DIR/status\";" "Dir::Cache \"$APT_DIR/cache\";" \
			'APT::Sandbox::User "root";' 'Acquire::Languages "none";' \
			'APT::Architecture "amd64";' 'APT::Architectures { "amd64"; };'
		apt_transport_settings
	} >"$APT_DIR/apt.conf"
}

# Nothing long is begun when the mirror cannot be reached.
# apt_probe SUITE
apt_probe()
{
	local mirror

	mirror=$(apt_mirror)
	apt_private_setup "$1"
	apt_private /usr/lib/apt/apt-helper -qq download-file \
		"$mirror/dists/$1/InRelease" "$APT_DIR/probe" >/dev/null 2>&1 ||
		die "the Debian mirror $mirror does not give dists/$1/InRelease; check the network and apt's proxy, or set MIRROR= to another mirror."
}

# apt_private TOOL ARGS...: apt-get, apt-cache with the private directories.
apt_private()
{
	APT_CONFIG=$APT_DIR/apt.conf "$@"
}

# Name a missing program's package, or install it when that is possible.
# host_needs PROGRAM:PACKAGE...
host_needs()
{
	local p missing=()

	for p; do
		command -v "${p%%:*}" >/dev/null || missing+=("${p#*:}")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	[ "$(id -u)" = 0 ] ||
		die "this machine lacks ${missing[*]}; run as root: apt-get install ${missing[*]}"
	# A failing update is no reason to stop: an unrelated source may be down.
	apt_install_on_host()
	{
		apt-get -q update || true
		DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends "${missing[@]}"
	}
	STEP_FAILED="${missing[*]} cannot be installed; install them by hand, then try again" \
	step host-packages "Installing ${missing[*]} on this machine" apt_install_on_host
}
