# bash completion of rfcdigest

_rfcdigest() {
	# bash takes words apart at signs like = and :, which are put together again; what it replaces is only the
	# part behind the last of them.
	local words=() word glued='' last=${COMP_WORDS[COMP_CWORD]}
	for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
		if [[ ${#words[@]} -gt 0 && ( $glued || $word =~ ^[=:@]+$ ) ]]; then
			words[-1]+=$word
		else
			words+=("$word")
		fi
		[[ $word =~ ^[=:@]+$ ]] && glued=1 || glued=''
	done
	local current=${words[-1]} kind before i
	[[ $last =~ ^[=:@]+$ ]] && last=''
	mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
	read -r kind before <<<"${COMPREPLY[0]}"
	COMPREPLY=("${COMPREPLY[@]:1}")
	if [[ $kind != words ]]; then
		mapfile -t COMPREPLY < <(compgen -A "$kind" -- "${current#"$before"}")
	fi
	for i in "${!COMPREPLY[@]}"; do
		word=${COMPREPLY[i]%%$'\t'*}
		[[ $kind != words && -d $word ]] && word+=/
		[[ $word == */ ]] && compopt -o nospace 2>/dev/null
		printf -v word %q "$word"
		word=$before$word
		COMPREPLY[i]=${word#"${current%"$last"}"}
	done
}

complete -F _rfcdigest rfcdigest
