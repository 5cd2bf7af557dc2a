// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Fields, methods that become values, and classes.
#pragma once

#include "frame.h"

#include <optional>
#include <vector>

#include <inlay/annotate.h>

namespace lox {

/// Instances have room for at most so many fields in themselves.
constexpr std::uint32_t most_fields_inside = 24;

/// Where an instance of this layout has a field, if it does.
std::optional<std::uint32_t> find_field(const Layout& layout, const String* name);

/// Which of the class's methods has this name. Fails if there is none.
std::uint32_t find_method(const Class& owner, const String* name, int line);

/// A site learns an entry, if it has none for that shape; too many make it useless, and it stays so.
void learn(Vm& vm, Site& site, const SiteEntry& entry);

INLAY_OPAQUE Value get_slowly(Site& site, Value object, int name, Vm& vm, Roots top, int line);
INLAY_OPAQUE void set_slowly(Site& site, Value object, int name, Value value, Vm& vm, int line);
/// The method `name` of the superclass, bound to the receiver.
INLAY_OPAQUE Value get_super(Value receiver, Class* superclass, int name, Vm& vm, Roots top, int line);

INLAY_OPAQUE Class* new_class(int name, std::uint32_t capacity, Vm& vm, Roots top);
/// Superclasses must be classes, and come before methods.
INLAY_OPAQUE void inherit(Class& owner, Value superclass, int line);
INLAY_OPAQUE void add_method(Class& owner, int name, Closure* method, Vm& vm);

/// object.name
inline Value get(Vm& vm, Site* site, Value object, int name, Roots top, int line) {
  return site->dispatch(
      shape_of(object), [&](const SiteEntry& entry) { return as<Instance>(object)->fields[entry.index]; },
      [&] { return get_slowly(*site, object, name, vm, top, line); });
}

/// object.name = value. Allocates nothing that is collected.
inline Value set(Vm& vm, Site* site, Value object, int name, Value value, int line) {
  const auto slowly = [&] {
    set_slowly(*site, object, name, value, vm, line);
    return value;
  };
  return site->dispatch(
      shape_of(object),
      [&](const SiteEntry& entry) {
        auto* instance = as<Instance>(object);
        if (entry.next != no_shape) {
          if (entry.index >= instance->capacity) return slowly();
          instance->shape = entry.next;
        }
        instance->fields[entry.index] = value;
        return value;
      },
      slowly);
}

}  // namespace lox
