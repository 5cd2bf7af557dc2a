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

Value enter_slowly(Closure* closure, Object* self, Arguments arguments, const Caller& caller) {
  const Function& function = *closure->function;
  check_arity(function.arity, arguments, caller.line);
  return function.code.get()(&function, caller.vm, closure, caller.top, self, arguments.values);
}

Value instantiate(Site& site, Class* owner, Arguments arguments, const Caller& caller) {
  const Function* initializer = owner->initializer ? owner->initializer->function : nullptr;
  check_arity(initializer ? initializer->arity : 0, arguments, caller.line);
  const Shape shape = owner->layouts.front()->shape;
  learn(caller.vm, site, {owner->shape, owner->capacity, shape, initializer});
  Instance* instance = new_instance(owner, shape, owner->capacity, caller.vm, caller.top);
  *caller.keep = instance;
  if (initializer) enter_slowly(owner->initializer, instance, arguments, caller);
  return Value::object(instance);
}

}  // namespace

Value call_slowly(Site& site, Value callee, Arguments arguments, Caller caller) {
  if (!callee.is_object()) fail(caller.line, "Can only call functions and classes.");
  switch (callee.as_object()->type) {
    case Type::Closure: {
      auto* closure = as<Closure>(callee);
      check_arity(closure->function->arity, arguments, caller.line);
      learn(caller.vm, site, {closure->shape, 0, no_shape, closure->function});
      return enter_slowly(closure, nullptr, arguments, caller);
    }
    case Type::Class: return instantiate(site, as<Class>(callee), arguments, caller);
    case Type::BoundMethod: {
      auto* bound = as<BoundMethod>(callee);
      return enter_slowly(bound->method, bound->receiver.as_object(), arguments, caller);
    }
    case Type::Native: {
      auto* native = as<Native>(callee);
      check_arity(native->arity, arguments, caller.line);
      return native->function(caller.vm, arguments.values);
    }
    default: fail(caller.line, "Can only call functions and classes.");
  }
}

Value invoke_slowly(Site& site, Value receiver, int name, Arguments arguments, Caller caller) {
  if (!is(receiver, Type::Instance)) fail(caller.line, "Only instances have methods.");
  auto* instance = as<Instance>(receiver);
  const String* field = as<String>(caller.vm.constant(name));
  // A field hides a method. It is called as any value, which nothing is learned from: a shape does not say its field's.
  if (const auto index = find_field(caller.vm.layout(instance->shape), field)) {
    const Value callee = instance->fields[*index];
    *caller.keep = callee.object_or_null();
    Site none;
    none.count = Site::too_many;
    return call_slowly(none, callee, arguments, caller);
  }
  const auto method = instance->owner->method_indices.find(field);
  if (method == instance->owner->method_indices.end()) fail_undefined_property(*field, caller.line);
  Closure* closure = instance->owner->methods[method->second];
  check_arity(closure->function->arity, arguments, caller.line);
  learn(caller.vm, site, {instance->shape, method->second, no_shape, closure->function});
  return enter_slowly(closure, instance, arguments, caller);
}

Value invoke_super_slowly(Site& site, Value receiver, Class* superclass, int name, Arguments arguments,
                          Caller caller) {
  const String* method_name = as<String>(caller.vm.constant(name));
  const auto method = superclass->method_indices.find(method_name);
  if (method == superclass->method_indices.end()) fail_undefined_property(*method_name, caller.line);
  Closure* closure = superclass->methods[method->second];
  check_arity(closure->function->arity, arguments, caller.line);
  learn(caller.vm, site, {superclass->shape, method->second, no_shape, closure->function});
  return enter_slowly(closure, receiver.as_object(), arguments, caller);
}

}  // namespace lox
