// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiled once for each case below, with that case defined: it must be refused with these words.
// misuse: too_few_bindings: every parameter needs a binding
// misuse: too_many_bindings: every parameter needs a binding
// misuse: gap_in_placeholders: placeholders must be _1 to _n
// misuse: repeated_placeholder: placeholders must be _1 to _n
// misuse: constant_does_not_convert: does not convert to the type of its parameter
// misuse: constant_object_for_a_changing_reference: does not convert to the type of its parameter
// misuse: class_with_a_copy_constructor_by_value: only be bound through a reference parameter
// misuse: plain_value_as_binding: no matching function
// misuse: dropped_result: unused-result|nodiscard|ignoring return value
// misuse: dropped_error: unused-result|nodiscard|ignoring return value
// misuse: freeze_returns_nothing: return what is to be frozen
#include <string>

#include "inlay/inlay.h"

namespace {

using inlay::constant;
using std::placeholders::_1, std::placeholders::_2, std::placeholders::_3;

int add(int a, int b) { return a + b; }
int grow(int& place, int by) { return place += by; }
int length(std::string text, int more) { return static_cast<int>(text.size()) + more; }

struct Handle {  // neither default-constructible nor trivial
  explicit Handle(int v) : value(v) {}
  Handle(const Handle& other) : value(other.value) {}
  int value;
};
int unpack(Handle handle, int more) { return handle.value + more; }

}  // namespace

int main() {
  inlay::Jit jit = inlay::Jit::create().value();
  std::string text = "text";
  const int fixed = 3;
#if defined(MISUSE_too_few_bindings)
  (void)jit.specialize(add, _1);
#elif defined(MISUSE_too_many_bindings)
  (void)jit.specialize(add, _1, _2, _3);
#elif defined(MISUSE_gap_in_placeholders)
  (void)jit.specialize(add, _1, _3);
#elif defined(MISUSE_repeated_placeholder)
  (void)jit.specialize(add, _1, _1);
#elif defined(MISUSE_constant_does_not_convert)
  (void)jit.specialize(add, constant(text), _1);
#elif defined(MISUSE_constant_object_for_a_changing_reference)
  (void)jit.specialize(grow, constant(text), _1);
#elif defined(MISUSE_class_with_a_copy_constructor_by_value)
  (void)jit.specialize(length, constant(text), _1);
#elif defined(MISUSE_plain_value_as_binding)
  (void)jit.specialize(add, 3, _1);
#elif defined(MISUSE_dropped_result)
  jit.specialize(add, _1, _2);
#elif defined(MISUSE_dropped_error)
  inlay::verify_frozen();
#elif defined(MISUSE_freeze_returns_nothing)
  (void)jit.freeze([] {});
#elif defined(MISUSE_no_default_constructor)
  (void)jit.specialize(unpack, _1, constant(fixed));
#else
  (void)jit.specialize(add, _1, constant(fixed));
  (void)jit.specialize(grow, _1, _2);
  (void)jit.specialize(length, _1, constant(fixed));
  (void)jit.freeze([] { return 1; });
  if (auto result = inlay::verify_frozen(); !result) return 1;
#endif
  return static_cast<int>(text.size()) + fixed + unpack(Handle(0), grow(*new int(add(1, length(text, 1))), 1));
}
