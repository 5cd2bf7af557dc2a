// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/serve/version.h"

#include "cache/build_id.h"
#include "inlay/version.h"

namespace inlay::aot {

std::optional<std::string> version_at(const void* address) {
  const std::optional<std::string> build = cache::build_id_of(address);
  if (!build) return std::nullopt;
  return INLAY_VERSION_STRING "/" + *build;
}

const std::string& version_text() {
  static const char here = 0;
  static const std::string text = version_at(&here).value_or("");
  return text;
}

}  // namespace inlay::aot
