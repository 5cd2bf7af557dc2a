// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What pebble programs call. Its bodies go into the programs where that pays: a loop over `pebble_float` or
// `pebble_same` is compiled as one piece with it.
#include <cinttypes>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "inlay/annotate.h"
#include "inlay/ir/layout.h"

using inlay::ir::SliceLayout;

static std::string_view view(SliceLayout text) {
  return {static_cast<const char*>(text.data), static_cast<std::size_t>(text.length)};
}

extern "C" {

/// Zeroed memory for `count` things of `size` bytes.
void* pebble_new(std::int64_t count, std::int64_t size) {
  void* memory = count < 0 ? nullptr : std::calloc(static_cast<std::size_t>(count) + 1, static_cast<std::size_t>(size));
  if (memory) return memory;
  std::fputs("pebble: out of memory\n", stderr);
  std::exit(1);
}

bool pebble_same(SliceLayout a, SliceLayout b) { return view(a) == view(b); }

/// Zero where it does not fit.
std::int64_t pebble_int(double number) { return std::fabs(number) < 0x1p63 ? static_cast<std::int64_t>(number) : 0; }
double pebble_float(std::int64_t number) { return static_cast<double>(number); }

void pebble_print_int(std::int64_t number) { std::printf("%" PRId64, number); }
void pebble_print_float(double number) { std::printf("%g", number); }
void pebble_print_bool(bool truth) { std::fputs(truth ? "true" : "false", stdout); }
void pebble_print_str(SliceLayout text) { std::fwrite(text.data, 1, static_cast<std::size_t>(text.length), stdout); }
/// Line by line, so that what was printed before a trap is there.
void pebble_print_line(void) {
  std::putchar('\n');
  std::fflush(stdout);
}
}
