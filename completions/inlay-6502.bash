# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# bash completion for inlay-6502(1)
_inlay_6502() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} verb=
  # `--trace=FILE` is three words to bash.
  if [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $current == = ]]; then
    current=
  fi
  case $previous in
    --engine) mapfile -t COMPREPLY < <(compgen -W "step interpreter jit" -- "$current"); return ;;
    --variant) mapfile -t COMPREPLY < <(compgen -W "6502 2a03 65c02" -- "$current"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "binary hex sim65 prg nes" -- "$current"); return ;;
    --load | --pc | --cycles | --success | --heat | --patience | --from | --to | --at) return ;;
  esac
  if ((COMP_CWORD > 1)); then verb=${COMP_WORDS[1]}; fi
  local words="--help --version"
  local program="--format --load --variant --labels --help"
  local running="--pc --heat --patience --compile-at-once --no-files"
  local machine="$running --engine"
  case $verb in
    run) words="$program $machine --cycles --success --trace --trace= --profile --stats --json --dump" ;;
    monitor) words="$program $machine" ;;
    disassemble) words="$program --from --to" ;;
    explain) words="$program $running --at --all --cycles --html --json --show-output" ;;
    build) words="$program --output --pc --no-files --profile --stats" ;;
  esac
  if [[ $current == -* && $previous != --labels && $previous != --dump && $previous != --output && $previous != --profile && $previous != --html ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    [[ ${COMPREPLY[*]} == --trace= ]] && compopt -o nospace 2>/dev/null
    return
  fi
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "run monitor disassemble build explain" -- "$current")
    return
  fi
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$current")
}
complete -F _inlay_6502 inlay-6502
