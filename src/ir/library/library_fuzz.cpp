// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Libraries from outside must be refused, or give a module for which everything has an answer. An input is changes to a
// sound library: offset (2 bytes), value (1 byte), and so on, after which the checksums are made right again, so that
// the search gets past them; or, where it begins with 'L', a library itself.
#include <cstdint>

#include "inlay/ir/verify.h"
#include "ir/library/sample.h"

namespace {

std::vector<std::byte> changed(std::span<const std::uint8_t> changes) {
  static const std::vector<std::byte> sound = inlay::ir::to_library(inlay::ir::sample_module()).value();
  std::vector<std::byte> bytes = sound;
  for (; changes.size() >= 3; changes = changes.subspan(3))
    bytes[(changes[0] | changes[1] << 8) % bytes.size()] = static_cast<std::byte>(changes[2]);
  inlay::ir::seal(bytes);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace inlay::ir;
  static Module m = Module::create().value();
  std::vector<std::byte> bytes;
  if (size > 0 && data[0] == 'L') {
    const auto raw = std::as_bytes(std::span(data + 1, size - 1));
    bytes.assign(raw.begin(), raw.end());
  } else {
    bytes = changed({data, size});
  }
  m.reset();
  inlay::Result<Library> library = Library::open(bytes, "fuzz");
  if (!library || !library->load_all(m)) return 0;
  if (verify(m)) (void)to_library(m).value();
  return 0;
}
