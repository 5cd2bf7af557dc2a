# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Shared by scripts/demo, scripts/test and scripts/bench; to be sourced from the top of the tree.
jobs=$(nproc)

say() { printf '\n== %s\n' "$*"; }

# configure PRESET: quick when nothing changed; its many words are shown only when it fails.
configure() {
  local preset=$1 log=build/$1.configure.log options=()
  mkdir -p build
  if command -v ccache >/dev/null; then
    options=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  fi
  if ! cmake --preset "$preset" "${options[@]}" >"$log" 2>&1; then
    cat "$log"
    return 1
  fi
}
