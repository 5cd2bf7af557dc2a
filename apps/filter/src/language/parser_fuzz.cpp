// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Whatever the text: an error that points into it, or a node whose own text reads back as the same node.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "inlay/filter/expression.h"
#include "language/test_registry.h"

using namespace inlay::filter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Schema schema = test_schema();
  const Registry& registry = Registry::standard();
  Expressions expressions(schema, registry);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  inlay::Result<NodeId> id = parse(expressions, text);
  if (!id) {
    const inlay::Error& error = id.error();
    if (error.message().empty() || error.place().line == 0 || error.notes().size() != 1) std::abort();
    if (error.to_string().size() > 2000) std::abort();
    return 0;
  }
  const std::string printed = to_string(expressions, *id);
  if (printed.size() >= (1 << 20)) return 0;  // may have been cut
  inlay::Result<NodeId> again = parse(expressions, printed);
  if (!again || *again != *id) {
    std::fprintf(stderr, "%s\n%s\n", printed.c_str(), again ? "is another node" : again.error().to_string().c_str());
    std::abort();
  }
  return 0;
}
