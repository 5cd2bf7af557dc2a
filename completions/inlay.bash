# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# bash completion for inlay(1)
_inlay() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      embed | list | cache) command=$word; break ;;
    esac
  done
  case $previous in
    --name | --flag | --c++-flag) return ;;
    -O | --optimize) mapfile -t COMPREPLY < <(compgen -W "-O0 -O1 -O2 -O3" -- "$current"); return ;;
    --dir) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    --clang) mapfile -t COMPREPLY < <(compgen -c -- "$current"); return ;;
  esac
  local words=
  case $command in
    embed) words="--name --output --native --depfile --clang --flag --c++-flag --optimize --help" ;;
    list) words="--json --verify --help" ;;
    cache) words="list verify repair clear --dir --json --help" ;;
    *) words="embed list cache --help --version" ;;
  esac
  if [[ -n $command && $command != cache && $current != -* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}
complete -F _inlay inlay
