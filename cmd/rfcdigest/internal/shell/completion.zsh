#compdef rfcdigest

_rfcdigest() {
	local -a found=("${(@f)$($words[1] __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}") described
	local kind=${found[1]%% *} before=${found[1]#* } word
	if [[ $kind != words ]]; then
		compset -P "${(b)before}"
		[[ $kind == directory ]] && _files -/ || _files
		return
	fi
	for word in "${(@)found[2,-1]}"; do
		if [[ $word == */$'\t'* ]]; then
			compadd -S '' -- "${word%%$'\t'*}"
		else
			described+=("${${word%%$'\t'*}//:/\\:}:${word#*$'\t'}")
		fi
	done
	_describe -t words word described
}

if [[ $funcstack[1] == _rfcdigest ]]; then
	_rfcdigest "$@"
else
	compdef _rfcdigest rfcdigest
fi
