// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/lookup.h"

namespace inlay::filter {

extern "C" std::int32_t inlay_filter_lookup(const std::uint8_t* table, std::int64_t entry) { return table[entry]; }

}  // namespace inlay::filter
