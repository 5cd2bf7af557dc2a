# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# bash completion for inlay-lox(1)
_inlay_lox() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} before= word
  # `--jit=on` is three words to bash.
  if [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $current == = ]]; then
    current=
  fi
  case $previous in
    -e) return ;;
    --jit) mapfile -t COMPREPLY < <(compgen -W "off on always" -- "$current"); return ;;
    -o | --output | --html)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
  esac
  local words="--jit= --gc-statistics --gc-stress --interactive -e --help --version"
  if ((COMP_CWORD > 1)); then before=${COMP_WORDS[1]}; fi
  case $before in
    build) words="--output --help" ;;
    explain) words="--html --help" ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    [[ ${COMPREPLY[*]} == --jit= ]] && compopt -o nospace 2>/dev/null
    return
  fi
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(
    if ((COMP_CWORD == 1)); then compgen -W "build explain" -- "$current"; fi
    compgen -f -X '!*.lox' -- "$current"
    compgen -d -- "$current"
  )
}
complete -F _inlay_lox inlay-lox
