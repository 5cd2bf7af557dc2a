// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whatever the text: an error with its line, or labels that are found by their names.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "inlay/m6502/labels.h"

using namespace inlay::m6502;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Labels labels;
  const inlay::Result<void> read = read_labels({reinterpret_cast<const char*>(data), size}, "a.lbl", labels);
  if (!read && (read.error().message().empty() || read.error().place().line == 0)) std::abort();
  for (const auto& [name, address] : labels.names()) {
    if (labels.address_of(name) != address) std::abort();
    const std::string_view shown = labels.name_of(address);
    if (!shown.empty() && labels.address_of(shown) != address) std::abort();
  }
  return 0;
}
