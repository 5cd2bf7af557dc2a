// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was read is what it depends on: the account of frozen bytes that compiled code has as constants in it.
#pragma once

#include <cstdint>

namespace inlay::frozen {

/// One folded load.
struct Read {
  std::uint32_t object_id;  // of this process; see Object
  std::uint64_t offset, size;
};

}  // namespace inlay::frozen
