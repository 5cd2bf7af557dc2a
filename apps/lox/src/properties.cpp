// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "properties.h"

#include "error.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace lox {

std::optional<std::uint32_t> find_field(const Layout& layout, const String* name) {
  for (const Layout* at = &layout; at->parent; at = at->parent)
    if (at->name == name) return at->count - 1;
  return std::nullopt;
}

std::uint32_t find_method(const Class& owner, const String* name, int line) {
  const auto found = owner.method_indices.find(name);
  if (found == owner.method_indices.end()) fail(line, "Undefined property '" + std::string(name->text()) + "'.");
  return found->second;
}

void learn(Vm& vm, Site& site, const SiteEntry& entry) {
  if (site.count == Site::too_many || site.kind == Site::Kind::Complete) return;
  // What an entry says may not be enough, as where an instance has no room left: that teaches nothing new.
  for (unsigned i = 0; i < site.count; ++i)
    if (site.entries[i].shape == entry.shape) return;
  Site next = site;
  if (next.count < Site::capacity)
    next.entries[next.count++] = entry;
  else
    next.count = Site::too_many;
  // Who searches does not look at the count. Compiled code that was made for the entries may still run.
  if (next.count == Site::too_many && site.kind == Site::Kind::Searched) next.entries = {};
  if (vm.tier_up)
    vm.tier_up->change(site, next);
  else
    static_cast<SiteEntries&>(site) = next;
}

namespace {

Value bind(Value receiver, Closure* method, Vm& vm, Roots top) {
  auto* bound = vm.heap.allocate<BoundMethod>(sizeof(BoundMethod), Type::BoundMethod, bound_method_shape, top + 1);
  bound->receiver = receiver;
  bound->method = method;
  return Value::object(bound);
}

/// Room for one field more.
void grow(Instance& instance, Heap& heap) {
  const std::uint32_t capacity = std::max(4u, instance.capacity * 2);
  const bool outside = instance.fields != instance.own;
  void* fields = std::realloc(outside ? instance.fields : nullptr, capacity * sizeof(Value));
  if (!fields) throw std::bad_alloc();
  if (!outside) std::memcpy(fields, instance.own, instance.capacity * sizeof(Value));
  heap.count_outside(static_cast<std::ptrdiff_t>(sizeof(Value)) *
                     (static_cast<std::ptrdiff_t>(capacity) - (outside ? instance.capacity : 0)));
  instance.fields = static_cast<Value*>(fields);
  instance.capacity = capacity;
}

}  // namespace

Value get_slowly(Site& site, Value object, int name, Vm& vm, Roots top, int line) {
  if (!is(object, Type::Instance)) fail(line, "Only instances have properties.");
  auto* instance = as<Instance>(object);
  const String* field = as<String>(vm.constant(name));
  if (const auto index = find_field(vm.layout(instance->shape), field)) {
    learn(vm, site, {instance->shape, *index, no_shape, nullptr});
    return instance->fields[*index];
  }
  Closure* method = instance->owner->methods[find_method(*instance->owner, field, line)];
  *top = instance;  // the one root behind the frame
  return bind(object, method, vm, top);
}

void set_slowly(Site& site, Value object, int name, Value value, Vm& vm, int line) {
  if (!is(object, Type::Instance)) fail(line, "Only instances have fields.");
  auto* instance = as<Instance>(object);
  const String* field = as<String>(vm.constant(name));
  const Layout& layout = vm.layout(instance->shape);
  if (const auto index = find_field(layout, field)) {
    learn(vm, site, {instance->shape, *index, no_shape, nullptr});
    instance->fields[*index] = value;
    return;
  }
  const auto known = layout.next.find(field);
  const Layout& next =
      known != layout.next.end() ? *known->second : vm.new_layout(*layout.owner, const_cast<Layout*>(&layout), field);
  if (layout.count >= instance->capacity) grow(*instance, vm.heap);
  // What comes after this one has room for as many fields at once.
  layout.owner->capacity = std::min(std::max(layout.owner->capacity, next.count), most_fields_inside);
  learn(vm, site, {instance->shape, layout.count, next.shape, nullptr});
  instance->fields[layout.count] = value;
  instance->shape = next.shape;
}

Value get_super(Value receiver, Class* superclass, int name, Vm& vm, Roots top, int line) {
  Closure* method = superclass->methods[find_method(*superclass, as<String>(vm.constant(name)), line)];
  *top = receiver.as_object();
  return bind(receiver, method, vm, top);
}

Class* new_class(int name, std::uint32_t capacity, Vm& vm, Roots top) {
  auto* memory = vm.heap.allocate<Class>(sizeof(Class), Type::Class, vm.new_shape(), top);
  // The collector knows the object by its header, so that has to survive.
  const Object header = *memory;
  auto* owner = new (memory) Class{header};
  owner->name = as<String>(vm.constant(name));
  owner->capacity = std::min(capacity, most_fields_inside);
  vm.new_layout(*owner, nullptr, nullptr);
  return owner;
}

void inherit(Class& owner, Value superclass, int line) {
  if (!is(superclass, Type::Class)) fail(line, "Superclass must be a class.");
  owner.superclass = as<Class>(superclass);
  owner.initializer = owner.superclass->initializer;
  owner.capacity = std::min(owner.capacity + owner.superclass->capacity, most_fields_inside);
  owner.methods = owner.superclass->methods;
  owner.method_indices = owner.superclass->method_indices;
}

void add_method(Class& owner, int name, Closure* method, Vm& vm) {
  const auto [place, is_new] = owner.method_indices.try_emplace(as<String>(vm.constant(name)), owner.methods.size());
  if (is_new)
    owner.methods.push_back(method);
  else
    owner.methods[place->second] = method;
  if (method->function->kind == syntax::FunctionKind::Initializer) owner.initializer = method;
}

}  // namespace lox
