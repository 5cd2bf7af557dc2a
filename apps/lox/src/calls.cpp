// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "calls.h"

#include "properties.h"

namespace lox {

void fail_stack_overflow(int line) { fail(line, "Stack overflow."); }

void fail_arity(int expected, std::size_t given, int line) {
  fail(line, "Expected " + std::to_string(expected) + " arguments but got " + std::to_string(given) + ".");
}

void count_function(const Function& function, Vm& vm) {
  if (vm.tier_up) vm.tier_up->function_is_warm(function);
}

bool count_loop(const Loop& loop, Vm& vm) { return vm.tier_up && vm.tier_up->loop_is_warm(loop); }

Flow run_compiled_loop(const Loop& loop, Frame& frame) { return frame.vm.tier_up->run_loop(loop, frame); }

Value run_directly(const Function* function, Vm& vm, Closure* closure, Roots roots, Object* self,
                   const Value* arguments) {
  // As its calls of itself do, so that these are calls of the same code.
  return function->direct(function, vm, closure, roots, function->first_parameter != 0 ? self : nullptr, arguments);
}

Flow run_loop_directly(const Loop* loop, Frame& frame) { return loop->direct(loop, frame); }

namespace {

void check_arity(int expected, const Arguments& arguments, int line) {
  if (static_cast<std::size_t>(expected) != arguments.count) fail_arity(expected, arguments.count, line);
}

/// Roots the arguments. The roots in use end behind them.
Roots keep_all(const Arguments& arguments, Roots top) {
  for (std::size_t i = 0; i < arguments.count; ++i) *top++ = arguments.values[i].object_or_null();
  return top;
}

Value enter_checked(Closure* closure, Object* self, Arguments arguments, Vm& vm, Roots top, int line) {
  const Function& function = *closure->function;
  check_arity(function.arity, arguments, line);
  return function.code.get()(&function, vm, closure, top, self, arguments.values);
}

Value instantiate(Site& site, Class* owner, Arguments arguments, Vm& vm, Roots top, int line) {
  const Function* initializer = owner->initializer ? owner->initializer->function : nullptr;
  check_arity(initializer ? initializer->arity : 0, arguments, line);
  const Shape shape = owner->layouts.front()->shape;
  learn(vm, site, {owner->shape, 0, shape, initializer});
  Instance* instance = new_instance(owner, shape, arguments, vm, top);
  if (initializer) enter_checked(owner->initializer, instance, arguments, vm, top, line);
  return Value::object(instance);
}

}  // namespace

Instance* new_instance_slowly(Class* owner, Shape shape, Arguments arguments, Vm& vm, Roots top) {
  const std::uint32_t capacity = owner->capacity;
  *top++ = owner;
  top = keep_all(arguments, top);
  auto* instance = vm.heap.allocate<Instance>(sizeof(Instance) + capacity * sizeof(Value), Type::Instance, shape, top);
  return begin_instance(instance, owner, capacity);
}

Value call_slowly(Site& site, Value callee, Arguments arguments, Vm& vm, Roots top, int line) {
  if (!callee.is_object()) fail(line, "Can only call functions and classes.");
  switch (callee.as_object()->type) {
    case Type::Closure: {
      auto* closure = as<Closure>(callee);
      check_arity(closure->function->arity, arguments, line);
      learn(vm, site, {closure->shape, 0, no_shape, closure->function});
      return enter_checked(closure, nullptr, arguments, vm, top, line);
    }
    case Type::Class:
      return instantiate(site, as<Class>(callee), arguments, vm, top, line);
    case Type::BoundMethod: {
      auto* bound = as<BoundMethod>(callee);
      return enter_checked(bound->method, bound->receiver.as_object(), arguments, vm, top, line);
    }
    case Type::Native: {
      auto* native = as<Native>(callee);
      check_arity(native->arity, arguments, line);
      return native->function(vm, arguments.values);
    }
    default:
      fail(line, "Can only call functions and classes.");
  }
}

Value invoke_slowly(Site& site, Value receiver, int name, Arguments arguments, Vm& vm, Roots top, int line) {
  if (!is(receiver, Type::Instance)) fail(line, "Only instances have methods.");
  auto* instance = as<Instance>(receiver);
  const String* field = as<String>(vm.constant(name));
  // A field hides a method. It is called as any value, which nothing is learned from: a shape does not say its field's.
  if (const auto index = find_field(vm.layout(instance->shape), field)) {
    Site none;
    none.count = Site::too_many;
    return call_slowly(none, instance->fields[*index], arguments, vm, top, line);
  }
  const std::uint32_t index = find_method(*instance->owner, field, line);
  Closure* method = instance->owner->methods[index];
  check_arity(method->function->arity, arguments, line);
  learn(vm, site, {instance->shape, index, no_shape, method->function});
  return enter_checked(method, instance, arguments, vm, top, line);
}

Value invoke_super_slowly(Site& site, Value receiver, Class* superclass, int name, Arguments arguments, Vm& vm,
                          Roots top, int line) {
  const std::uint32_t index = find_method(*superclass, as<String>(vm.constant(name)), line);
  Closure* method = superclass->methods[index];
  check_arity(method->function->arity, arguments, line);
  learn(vm, site, {superclass->shape, index, no_shape, method->function});
  return enter_checked(method, receiver.as_object(), arguments, vm, top, line);
}

}  // namespace lox
