// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What operators do with values.
#pragma once

#include "frame.h"

#include <inlay/annotate.h>

namespace lox {

[[noreturn, gnu::cold]] INLAY_OPAQUE void fail_not_a_number(int line);
[[noreturn, gnu::cold]] INLAY_OPAQUE void fail_not_numbers(int line);
[[noreturn, gnu::cold]] INLAY_OPAQUE void fail_not_addable(int line);
[[noreturn, gnu::cold]] INLAY_OPAQUE void fail_undefined_variable(Vm& vm, int name, int line);

INLAY_OPAQUE String* concatenate(Vm& vm, Object* left, Object* right, Roots top, int line);
INLAY_OPAQUE bool equal_texts(const Object* left, const Object* right);
INLAY_OPAQUE void print(Vm& vm, Value value);

/// Numbers by IEEE 754, texts by their characters, all else by identity.
inline bool equal(Value a, Value b) {
  if (a.kind != b.kind) return false;
  if (a.is_number()) return a.as_number() == b.as_number();
  if (a.bits == b.bits) return true;
  return a.is_object() && equal_texts(a.as_object(), b.as_object());
}

/// In branches by the kinds, so that the kind of a sum follows from that of one operand.
inline Value add(Vm& vm, Value a, Value b, Roots top, int line) {
  if (a.is_number()) [[likely]] {
    if (!b.is_number()) [[unlikely]]
      fail_not_addable(line);
    return Value::number(a.as_number() + b.as_number());
  }
  if (!a.is_object() || !b.is_object()) [[unlikely]]
    fail_not_addable(line);
  return Value::object(concatenate(vm, a.as_object(), b.as_object(), top, line));
}

}  // namespace lox
