// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engine/values.h"

namespace inlay::filter {

void* make_room(Values& values, std::size_t count) {
  switch (values.type) {
    case Type::Boolean:
      values.booleans.resize(count);
      return values.booleans.data();
    case Type::Real:
      values.reals.resize(count);
      return values.reals.data();
    case Type::Text:
      values.texts.resize(count);
      return values.texts.data();
    case Type::Integer:
    case Type::Date:
    case Type::Timestamp:
      break;
  }
  values.integers.resize(count);
  return values.integers.data();
}

}  // namespace inlay::filter
