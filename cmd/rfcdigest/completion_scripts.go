package main

// The scripts have a table of what can stand where, made of the grammar, and a few lines that read the command
// line. A flag's value may stand behind a blank or an equals sign; a command is the first word that is neither a
// flag nor the value of one.

const bashCompletion = `{{define "bash"}}# bash completion of rfcdigest

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
	local current=${words[-1]} kept
	[[ $last =~ ^[=:@]+$ ]] && last=''
	kept=${current%"$last"}

	local command='' flag='' i
	for ((i = 0; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		if [[ $flag ]]; then
			flag=''
		elif _rfcdigest_takes "$command" "$word"; then
			flag=$word
		elif [[ $word != -* && ! $command ]]; then
			command=$word
		fi
	done
	local value=$current
	if [[ ! $flag && $current == --*=* ]]; then
		flag=${current%%=*} value=${current#*=}
	fi
	_rfcdigest_offer "$command" "$flag" "$value"
	if [[ $value != "$current" ]]; then
		COMPREPLY=("${COMPREPLY[@]/#/$flag=}")
	fi
	COMPREPLY=("${COMPREPLY[@]#"$kept"}")
}

# Whether a flag of a command has the next word for its value.
_rfcdigest_takes() {
	case "$1 $2" in
{{- range .Shared}}{{if .Takes}}
	*{{sh (print " " .Flag)}}) ;;{{end}}{{end}}
{{- range $c := .Commands}}{{range .Flags}}{{if .Takes}}
	{{sh (print $c.Name " " .Flag)}}) ;;{{end}}{{end}}{{end}}
	*) return 1 ;;
	esac
}

_rfcdigest_offer() {
	local command=$1 flag=$2 value=$3
	COMPREPLY=()
	case "$command $flag" in
{{- range .Shared}}{{if .Takes}}
	*{{sh (print " " .Flag)}}) {{template "bash value" .}} ;;{{end}}{{end}}
{{- range $c := .Commands}}{{range .Flags}}{{if .Takes}}
	{{sh (print $c.Name " " .Flag)}}) {{template "bash value" .}} ;;{{end}}{{end}}{{end}}
	*' --'*) ;;
	' ')
		if [[ $value == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W {{sh (flags .Shared)}} -- "$value")
		else
			mapfile -t COMPREPLY < <(compgen -W '{{range $i, $c := .Commands}}{{if $i}} {{end}}{{.Name}}{{end}}' -- "$value")
		fi
		;;
{{- range .Commands}}
	{{sh (print .Name " ")}})
		if [[ $value == -* ]]; then
			mapfile -t COMPREPLY < <(compgen -W {{sh (flags .Flags $.Shared)}} -- "$value")
		{{- if .Arguments}}
		else
			{{template "bash value" index .Arguments 0}}
		{{- end}}
		fi
		;;
{{- end}}
	esac
}

# Files or folders, behind a scheme if there is one.
_rfcdigest_paths() {
	local kind=$1 before=$2 path=${3#"$2"} i
	if [[ $before && $3 != "$before"* ]]; then
		[[ $before == "$3"* ]] && COMPREPLY=("$before")
		compopt -o nospace 2>/dev/null
		return
	fi
	mapfile -t COMPREPLY < <(compgen "$kind" -- "$path")
	for i in "${!COMPREPLY[@]}"; do
		path=${COMPREPLY[i]}
		if [[ -d $path ]]; then
			path+=/
			compopt -o nospace 2>/dev/null
		fi
		printf -v path %q "$path"
		COMPREPLY[i]=$before$path
	done
}

complete -F _rfcdigest rfcdigest
{{end}}
{{define "bash value"}}
{{- if .Words}}mapfile -t COMPREPLY < <(compgen -W {{sh (join .Words)}} -- "$value")
{{- else if .Scheme}}_rfcdigest_paths -f {{sh (print .Scheme "://")}} "$value"
{{- else if .Folder}}_rfcdigest_paths -d '' "$value"
{{- else if .Path}}_rfcdigest_paths -f '' "$value"
{{- else}}:{{end}}{{end}}`

const zshCompletion = `{{define "zsh"}}#compdef rfcdigest

_rfcdigest() {
	local curcontext=$curcontext state state_descr line
	local -A opt_args
	local -a shared=(
{{- range .Shared}}
		{{template "zsh flag" .}}{{end}}
	)
	_arguments -C $shared '1:command:->command' '*::argument:->argument'
	case $state in
	command)
		local -a commands=(
{{- range .Commands}}
			{{sh (print (spec .Name) ":" .Help)}}{{end}}
		)
		_describe -t commands command commands
		;;
	argument)
		case $words[1] in
{{- range .Commands}}
		{{sh .Name}})
			_arguments $shared
{{- range .Flags}} \
				{{template "zsh flag" .}}{{end}}
{{- range .Arguments}} \
				{{sh (print ":" (spec .Meaning))}}{{template "zsh value" .}}{{end}}
			;;
{{- end}}
		esac
		;;
	esac
}

# Files behind a scheme.
_rfcdigest_url() {
	local scheme=$1
	if compset -P "$scheme://"; then
		_files
	else
		compadd -S '' -- "$scheme://"
	fi
}

if [[ $funcstack[1] == _rfcdigest ]]; then
	_rfcdigest "$@"
else
	compdef _rfcdigest rfcdigest
fi
{{end}}
{{define "zsh flag"}}
{{- if .Takes}}{{sh (print .Flag "=[" (spec .Help) "]:" (spec .Meaning))}}{{template "zsh value" .}}
{{- else}}{{sh (print .Flag "[" (spec .Help) "]")}}
{{- if .Negation}} {{sh (print .Negation "[not: " (spec .Help) "]")}}{{end}}{{end}}{{end}}
{{define "zsh value"}}
{{- if .Words}}{{sh (print ":(" (join .Words) ")")}}
{{- else if .Scheme}}{{sh (print ":{_rfcdigest_url " .Scheme "}")}}
{{- else if .Folder}}':_files -/'
{{- else if .Path}}':_files'
{{- else}}': '{{end}}{{end}}`

const fishCompletion = `{{define "fish"}}# fish completion of rfcdigest

# Whether the command line has this command; '' stands for none yet.
function __rfcdigest_has --argument-names wanted
	set --local found ''
	set --local value 0
	for word in (commandline -opc)[2..]
		if test $value = 1
			set value 0
			continue
		end
		switch "$found $word"
{{- range .Shared}}{{if .Takes}}
			case '*'{{fish (print " " .Flag)}}
				set value 1{{end}}{{end}}
{{- range $c := .Commands}}{{range .Flags}}{{if .Takes}}
			case {{fish (print $c.Name " " .Flag)}}
				set value 1{{end}}{{end}}{{end}}
			case '* -*'
			case '*'
				test -n "$found"; or set found $word
		end
	end
	test "$found" = "$wanted"
end

# Files behind a scheme.
function __rfcdigest_url --argument-names scheme
	set --local token (commandline -ct | string replace --regex '^--[^=]*=' '')
	if string match --quiet "$scheme://*" -- $token
		__fish_complete_path (string replace "$scheme://" '' -- $token) | string replace --regex '^' "$scheme://"
	else
		echo $scheme://
	end
end

complete -c rfcdigest -f
{{range .Shared}}complete -c rfcdigest{{template "fish flag" .}}{{end}}
{{- range $c := .Commands}}
complete -c rfcdigest -n '__rfcdigest_has ""' -a {{fish .Name}} -d {{fish .Help}}
{{range .Flags}}complete -c rfcdigest -n {{fish (print "__rfcdigest_has " $c.Name)}}{{template "fish flag" .}}{{end}}
{{- range .Arguments}}complete -c rfcdigest -n {{fish (print "__rfcdigest_has " $c.Name)}}{{template "fish value" .}}
{{end}}{{end}}{{end}}
{{define "fish flag"}} -l {{fish (slice .Flag 2)}}{{if .Takes}} -r{{template "fish value" .}}{{end}} -d {{fish .Help}}
{{if .Negation}}complete -c rfcdigest -l {{fish (slice .Negation 2)}} -d {{fish (print "not: " .Help)}}
{{end}}{{end}}
{{define "fish value"}}
{{- if .Words}} -f -a {{fish (join .Words)}}
{{- else if .Scheme}} -f -a {{fish (print "(__rfcdigest_url " .Scheme ")")}}
{{- else if .Folder}} -f -a '(__fish_complete_directories (commandline -ct))'
{{- else if .Path}} -F
{{- else}} -f{{end}}{{end}}`
