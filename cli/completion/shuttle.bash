# bash completion for shuttle: source <(shuttle completion bash)
_shuttle() {
  local cur=$2 line word i files='' quoted=''
  local -a words=()
  COMPREPLY=()
  # bash parts --option=value into three words.
  for ((i = 1; i < COMP_CWORD; i++)); do
    if [[ ${COMP_WORDS[i]} == '=' && ${#words[@]} -gt 0 ]]; then
      words[-1]+='='
    elif [[ ${#words[@]} -gt 0 && ${words[-1]} == --*= ]]; then
      words[-1]+=${COMP_WORDS[i]}
    else
      words+=("${COMP_WORDS[i]}")
    fi
  done
  local asked=$cur joined=''
  [[ $asked == '=' ]] && asked='' && cur=''
  if [[ ${#words[@]} -gt 0 && ${words[-1]} == --*= ]]; then
    joined=${words[-1]}
    asked=$joined$asked
    unset 'words[-1]'
  elif [[ ${COMP_WORDS[COMP_CWORD]} == '=' && ${#words[@]} -gt 0 && ${words[-1]} == --* ]]; then
    joined=${words[-1]}=
    asked=$joined
    unset 'words[-1]'
  fi
  [[ ${COMP_WORDS[COMP_CWORD]} == [\'\"]* ]] && quoted=yes
  while IFS= read -r line; do
    case $line in
      ':files' | ':folders' | ':system files') files=$line ;;
      *)
        word=${line%%$'\t'*}
        word=${word#"$joined"}
        [[ $word == *' ' ]] && compopt -o nospace 2>/dev/null
        [[ -z $quoted && $word == *[\ \'\"\\]* ]] && printf -v word %q "$word"
        COMPREPLY+=("$word")
        ;;
    esac
  done < <("$1" completion --words -- "${words[@]}" "$asked" 2>/dev/null)
  [[ -z $files ]] && return
  compopt -o filenames 2>/dev/null
  if [[ $files != ':files' ]]; then
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "$cur")
    compopt -o nospace 2>/dev/null
  fi
  case $files in
    ':files') while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur") ;;
    ':system files')
      while IFS= read -r word; do
        [[ $word == *.yaml || $word == *.yml ]] && COMPREPLY+=("$word")
      done < <(compgen -f -- "$cur")
      ;;
  esac
  # One file is a whole word; a folder goes on.
  [[ ${#COMPREPLY[@]} -eq 1 && ! -d ${COMPREPLY[0]} ]] && compopt +o nospace 2>/dev/null
  return 0
}
complete -F _shuttle shuttle
