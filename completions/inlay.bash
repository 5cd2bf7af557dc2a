# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# bash completion for inlay(1)
_inlay() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command= word
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      build | run | check | print | serve | embed | list | cache) command=$word; break ;;
    esac
  done
  case $previous in
    --name | --flag | --c++-flag | --runtime-flag | --argument | --idle | -l | --library | --dump) return ;;
    --emit) mapfile -t COMPREPLY < <(compgen -W "executable shared static object library" -- "$current"); return ;;
    --target) mapfile -t COMPREPLY < <(compgen -W "x86_64 aarch64 riscv64" -- "$current"); return ;;
    --engine) mapfile -t COMPREPLY < <(compgen -W "jit interpret all" -- "$current"); return ;;
    -O | --optimize)
      local levels="0 1 2 3"
      [[ $command == embed ]] && levels="-O0 -O1 -O2 -O3"
      mapfile -t COMPREPLY < <(compgen -W "$levels" -- "$current")
      return
      ;;
    --dir) mapfile -t COMPREPLY < <(compgen -d -- "$current"); return ;;
    --store) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --clang) mapfile -t COMPREPLY < <(compgen -c -- "$current"); return ;;
  esac
  local words=
  case $command in
    build) words="--output --emit --optimize --debug --strip --target --native --freestanding --runtime --runtime-flag --library --profile --no-server --socket --time --dump --help" ;;
    run) words="--engine --optimize --runtime --runtime-flag --argument --time --dump --help" ;;
    check) words="--runtime --runtime-flag --help" ;;
    print) words="--locations --runtime --runtime-flag --help" ;;
    serve) words="--socket --store --idle --help" ;;
    embed) words="--name --output --native --depfile --clang --flag --c++-flag --optimize --help" ;;
    list) words="--json --verify --help" ;;
    cache) words="list verify repair clear --dir --json --help" ;;
    *) words="build run check print serve embed list cache --help --version" ;;
  esac
  if [[ -n $command && $command != cache && $current != -* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
}
complete -F _inlay inlay
