// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Any bytes are a program or an error with a place. What is a program prints, and reads back as printed.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "inlay/ir/text.h"
#include "inlay/ir/verify.h"

namespace {

using namespace inlay::ir;

void require(bool good, const char* what, const std::string& text) {
  if (good) return;
  std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
  std::abort();
}

/// What was cut lies in order and apart, and nothing but space and comments lies between.
void check_parts(std::string_view text) {
  std::size_t at = 0;
  std::uint32_t line = 1;
  for (const Declaration& d : split(text)) {
    require(d.begin >= at && d.begin < d.end && d.end <= text.size() && d.line >= line, "parts", std::string(text));
    at = d.end;
    line = d.line;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_parts(text);
  inlay::Result<Module> module = parse(text);
  if (!module) {
    const bool placed = module.error().kind() != inlay::ErrorKind::InvalidProgram || module.error().place().line != 0;
    require(placed, "an error without a place", module.error().to_string());
    return 0;
  }
  const std::string once = print(*module);
  const inlay::Result<Module> again = parse(once);
  require(again.has_value(), again ? "" : again.error().to_string().c_str(), once);
  require(print(*again) == once, "printed otherwise", once + "\n---\n" + print(*again));
  (void)verify(*module);
  return 0;
}
