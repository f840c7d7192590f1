/** The scripts that tie `weft complete` to the shells. It answers lines `word<TAB>description` and at last `:SOURCE`. */

const bash = `# weft completion for bash: eval "$(weft completion bash)", or put this file into /etc/bash_completion.d
_weft() {
  local line word current="\${COMP_LINE:0:COMP_POINT}" kept
  local -a words
  COMPREPLY=()
  read -ra words <<<"$current"
  [[ $current == *[[:space:]] ]] && words+=('')
  # readline breaks words at ":" and "="; what stands before the last of them is there already.
  word="\${words[-1]}"
  kept="\${word%"\${word##*[:=]}"}"
  while IFS= read -r line; do
    case "$line" in
      :files) compopt -o filenames; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word") ;;
      :directories) compopt -o filenames; while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$word") ;;
      :*) ;;
      *) line="\${line%%$'\\t'*}"; COMPREPLY+=("\${line#"$kept"}") ;;
    esac
  done < <("\${words[0]}" complete -- "\${words[@]:1}" 2>/dev/null)
}
complete -F _weft weft
`

const zsh = `#compdef weft
# weft completion for zsh: eval "$(weft completion zsh)", or save as _weft in a directory of $fpath
_weft() {
  local line
  local -a candidates
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      :files) _files ;;
      :directories) _files -/ ;;
      :*|'') ;;
      *$'\\t'*) candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) candidates+=("\${line//:/\\\\:}") ;;
    esac
  done
  (( \${#candidates} )) && _describe -t weft weft candidates
}
compdef _weft weft
`

const fish = `# weft completion for fish: weft completion fish | source, or save as ~/.config/fish/completions/weft.fish
function __weft_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] complete -- $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':directories'
                __fish_complete_directories (commandline -ct)
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c weft -f -a '(__weft_complete)'
`

export const shells = ['bash', 'zsh', 'fish'] as const

const scripts: Readonly<Record<string, string>> = { bash, zsh, fish }

/** Undefined: no such shell. */
export const shellScript = (shell: string): string | undefined => scripts[shell]
