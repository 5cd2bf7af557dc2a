// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is known of the functions in loads.h before they are called.
#pragma once

#include "inlay/filter/schema.h"

namespace inlay::filter {

/// Whether reading a value of this column may find one that cannot be read. Accessors are functions, which say so
/// themselves.
inline bool stored_value_raises(const Column& column) {
  switch (column.storage) {
    case Storage::UInt64:
    case Storage::Seconds:
      return true;
    case Storage::Milliseconds:
      return column.type != Type::Date;
    case Storage::Cell:
      return column.type != Type::Text;
    default:
      return false;
  }
}

}  // namespace inlay::filter
