# SPDX-License-Identifier: GPL-2.0
# bash completion for tdxctl

_tdxctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command="" word
	local commands="status inspect check apply resume select convert probe"
	local options="--json --quiet --help --sysfs-root"
	local checks="sigstruct seamldr-generation sigstruct-offsets handoff-pages
		      handoff-older checksum signature signing-key kernel-check"

	COMPREPLY=()
	# To bash an option, "=" and its value are three words.
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case " $commands " in
		*" $word "*) command=$word ;;
		esac
	done

	case $prev in
	--skip)
		mapfile -t COMPREPLY < <(compgen -W "$checks" -- "${cur##*,}")
		return ;;
	--header)
		mapfile -t COMPREPLY < <(compgen -W "0x100 0x200 raw" -- "$cur")
		return ;;
	--images | --sysfs-root)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return ;;
	--fallback | --mapping | --output | --sigstruct)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return ;;
	--running | --seamldr | --cpu)
		return ;;
	esac

	case $command in
	status) options+=" --images --mapping --skip" ;;
	inspect | check) options+=" --skip" ;;
	apply) options+=" --skip --fallback --dry-run" ;;
	resume) options+=" --skip --dry-run" ;;
	select) options+=" --mapping --running --seamldr --cpu --skip" ;;
	convert) options+=" --output --header --sigstruct" ;;
	probe) options+=" --output" ;;
	esac

	case $cur in
	-*) mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur") ;;
	*)
		if [ -z "$command" ]; then
			mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
		elif [ "$command" = select ]; then
			mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		elif [ "$command" != status ] && [ "$command" != probe ]; then
			mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		fi ;;
	esac
}
complete -o filenames -F _tdxctl tdxctl
