# fish completion of rfcdigest

function __rfcdigest
	set --local words (commandline -opc) (commandline -ct)
	set --local found ($words[1] __complete $words[2..] 2>/dev/null)
	set --local kind (string split --max 1 ' ' -- $found[1])
	switch $kind[1]
		case words
			printf '%s\n' $found[2..]
		case file
			__fish_complete_path (string replace -- $kind[2] '' $words[-1]) | string replace --regex '^' -- $kind[2]
		case directory
			__fish_complete_directories (string replace -- $kind[2] '' $words[-1]) | string replace --regex '^' -- $kind[2]
	end
end

complete -c rfcdigest -f -a '(__rfcdigest)'
