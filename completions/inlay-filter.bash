# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# bash completion for inlay-filter(1)
_inlay_filter() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  # `--format=csv` is three words to bash.
  if [[ $previous == = ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $current == = ]]; then
    current=
  fi
  case $previous in
    --select | --agg | --group-by | --types | --delimiter | --null | --limit | --table | -j | --threads | --shard) return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W "csv tsv jsonl" -- "$current"); return ;;
    --input-format) mapfile -t COMPREPLY < <(compgen -W "csv tsv jsonl sqlite" -- "$current"); return ;;
    --engine) mapfile -t COMPREPLY < <(compgen -W "tiered interpreted quick optimized" -- "$current"); return ;;
    --cpu) mapfile -t COMPREPLY < <(compgen -W "native baseline avx2 avx512" -- "$current"); return ;;
  esac
  local words="--select --count --agg --group-by --format --quiet --input-format --types --header --no-header --delimiter
    --null --limit --table --threads --shard --engine --cpu --explain --json --help --version"
  if ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[1]} == merge ]]; then words="--format --help"; fi
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
    return
  fi
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(
    if ((COMP_CWORD == 1)); then compgen -W "merge" -- "$current"; fi
    compgen -f -- "$current"
  )
}
complete -F _inlay_filter inlay-filter
