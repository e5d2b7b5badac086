#compdef shuttle
# zsh completion for shuttle: source <(shuttle completion zsh), or as _shuttle in a folder of $fpath
_shuttle() {
  local line word says
  local -a plain described going
  local files=''
  while IFS= read -r line; do
    case $line in
      ':files' | ':folders' | ':system files') files=$line ;;
      *)
        word=${line%%$'\t'*}
        says=''
        [[ $line == *$'\t'* ]] && says=${line#*$'\t'}
        if [[ $word == *' ' ]]; then
          going+=("$word")
        else
          plain+=("$word")
          described+=("${word}${says:+  -- $says}")
        fi
        ;;
    esac
  done < <("${words[1]}" completion --words -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
  (( ${#plain} )) && compadd -l -d described -a plain
  (( ${#going} )) && compadd -S '' -a going
  case $files in
    ':files') _files ;;
    ':folders') _files -/ ;;
    ':system files') _files -g '*.(yaml|yml)(-.)' ;;
  esac
  (( ${#plain} + ${#going} )) && return 0
  [[ -n $files ]]
}
if [[ $funcstack[1] == _shuttle ]]; then
  _shuttle "$@"
else
  compdef _shuttle shuttle
fi
