// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Running functions and loops, and everything that can be called. What happens often is here, for compiled code to
// contain it; what happens seldom is in calls.cpp and stays a call.
#pragma once

#include "error.h"
#include "frame.h"
#include "vm.h"

#include <cstddef>
#include <type_traits>

#include <inlay/annotate.h>

namespace lox {

/// How many slots a frame can have: the least of these that is enough.
constexpr int slot_sizes[] = {8, 32, 256, syntax::max_locals};

/// choose(size), for the size that so many variables need, as a constant.
template <class Choose>
auto with_slots(int count, const Choose& choose) {
  if (count <= slot_sizes[0]) return choose(std::integral_constant<int, slot_sizes[0]>());
  if (count <= slot_sizes[1]) return choose(std::integral_constant<int, slot_sizes[1]>());
  if (count <= slot_sizes[2]) return choose(std::integral_constant<int, slot_sizes[2]>());
  return choose(std::integral_constant<int, slot_sizes[3]>());
}

[[noreturn, gnu::cold]] INLAY_OPAQUE void fail_stack_overflow(int line);
[[noreturn, gnu::cold]] INLAY_OPAQUE void fail_arity(int expected, std::size_t given, int line);
[[gnu::cold]] INLAY_OPAQUE void count_function(const Function& function, Vm& vm);
[[gnu::cold]] INLAY_OPAQUE bool count_loop(const Loop& loop, Vm& vm);
[[gnu::cold]] INLAY_OPAQUE Flow run_compiled_loop(const Loop& loop, Frame& frame);

/// A captured variable that begins with this value, which is rooted.
inline Box* new_box(Value value, Vm& vm, Roots top) {
  Box* box = vm.heap.allocate<Box>(sizeof(Box), Type::Box, box_shape, top);
  box->value = value;
  return box;
}

/// The variable in a slot is captured from here on, with this value.
[[gnu::always_inline]] inline Box* box_variable(Frame& frame, int slot, Value value, Roots top) {
  frame.keep(slot, value);
  Box* box = new_box(value, frame.vm, top);
  frame.slots[slot] = Value::object(box);
  frame.keep(slot, frame.slots[slot]);
  return box;
}

/// Runs a function, of which this is the body.
template <int Slots>
[[gnu::always_inline]] inline Value run_body(const Function* function, const Statement& body, Vm& vm, Closure* closure,
                                             Roots roots, Object* self, const Value* arguments) {
  if (function->calls && vm.is_stack_low(roots, function->root_count)) [[unlikely]]
    fail_stack_overflow(0);

  Value slots[Slots];
  Frame frame{vm, closure, roots, slots, self};
  const int first = function->first_parameter;
  if (first != 0) slots[0] = Value::object(self);
  for (int i = 0; i < function->arity; ++i) slots[first + i] = arguments[i];
  if (function->allocates) {
    if (function->closure_root >= 0) roots[function->closure_root] = closure;
    for (int i = 0; i < first + function->arity; ++i) frame.keep(i, slots[i]);
    for (const int slot : function->boxed) box_variable(frame, slot, slots[slot], roots + function->slot_count + 1);
  }
  try {
    if (body(frame) == Flow::Return) return frame.result;
  } catch (RuntimeError& error) {
    add_to_trace(error, *function, frame.line);
    throw;
  }
  return function->kind == syntax::FunctionKind::Initializer ? Value::object(self) : Value::nil();
}

template <int Slots>
Value run(const Function* function, Vm& vm, Closure* closure, Roots roots, Object* self, const Value* arguments) {
  if (!inlay::compiled() && (++function->heat.get() & (heat_step - 1)) == 0) [[unlikely]]
    count_function(*function, vm);
  return run_body<Slots>(function, function->body, vm, closure, roots, self, arguments);
}

/// What is compiled of a function, or loop, is this with it as a constant: a call of what interprets it. So calls of
/// itself, inside, are calls of the same code.
Value run_directly(const Function* function, Vm& vm, Closure* closure, Roots roots, Object* self,
                   const Value* arguments);
Flow run_loop_directly(const Loop* loop, Frame& frame);

/// Enters a function whose number of parameters is known to be right.
inline Value enter(const Function& function, Vm& vm, Closure* closure, Roots top, Object* self,
                   const Value* arguments) {
  const Code code = inlay::compiled() && function.small ? function.direct : function.code.get();
  return code(&function, vm, closure, top, self, arguments);
}

inline Flow iterate(const Loop& loop, Frame& frame) {
  while (!loop.condition || loop.condition(frame).is_truthy()) {
    if (loop.body(frame) == Flow::Return) return Flow::Return;
    if (loop.increment) loop.increment(frame);
    if (!inlay::compiled() && (++loop.heat.get() & (heat_step - 1)) == 0 && count_loop(loop, frame.vm)) [[unlikely]]
      return run_compiled_loop(loop, frame);
  }
  return Flow::Next;
}

/// Goes on with a loop in a frame of its own, whose slots nobody else sees, and brings the variables back.
template <int Slots>
Flow run_loop(const Loop* loop, Frame& outer) {
  Value slots[Slots];
  const int count = loop->function->slot_count;
  for (int i = 0; i < count; ++i) slots[i] = outer.slots[i];
  Frame frame{outer.vm, outer.closure, outer.roots, slots, outer.self};
  Flow flow;
  try {
    flow = iterate(*loop, frame);
  } catch (RuntimeError&) {
    outer.line = frame.line;
    throw;
  }
  for (int i = 0; i < count; ++i) outer.slots[i] = slots[i];
  outer.result = frame.result;
  return flow;
}

struct Arguments {
  const Value* values;
  std::size_t count;
};

// What stays a call. A function that is entered roots what it is given; new_instance_slowly() does so itself.
INLAY_OPAQUE Value call_slowly(Site& site, Value callee, Arguments arguments, Vm& vm, Roots top, int line);
INLAY_OPAQUE Value invoke_slowly(Site& site, Value receiver, int name, Arguments arguments, Vm& vm, Roots top,
                                 int line);
INLAY_OPAQUE Value invoke_super_slowly(Site& site, Value receiver, Class* superclass, int name, Arguments arguments,
                                       Vm& vm, Roots top, int line);
INLAY_OPAQUE Instance* new_instance_slowly(Class* owner, Shape shape, Arguments arguments, Vm& vm, Roots top);

/// Memory as an instance without fields.
inline Instance* begin_instance(Instance* instance, Class* owner, std::uint32_t capacity) {
  instance->capacity = capacity;
  instance->owner = owner;
  instance->fields = instance->own;
  return instance;
}

/// An instance without fields. Roots the class and the arguments, if it collects.
inline Instance* new_instance(Class* owner, Shape shape, Arguments arguments, Vm& vm, Roots top) {
  // Not what a site knows: classes learn how many fields their instances get.
  const std::uint32_t capacity = owner->capacity;
  auto* instance =
      vm.heap.allocate_quickly<Instance>(sizeof(Instance) + capacity * sizeof(Value), Type::Instance, shape);
  if (!instance) [[unlikely]]
    return new_instance_slowly(owner, shape, arguments, vm, top);
  return begin_instance(instance, owner, capacity);
}

/// Calls what is there to be called.
inline Value call(Frame& frame, Site* site, Value callee, Arguments arguments, Roots top, int line) {
  frame.line = line;
  return site->dispatch(
      shape_of(callee),
      [&](const SiteEntry& entry) {
        if (entry.next == no_shape)
          return enter(*entry.function, frame.vm, as<Closure>(callee), top, nullptr, arguments.values);
        auto* owner = as<Class>(callee);
        Instance* instance = new_instance(owner, entry.next, arguments, frame.vm, top);
        if (entry.function) enter(*entry.function, frame.vm, owner->initializer, top, instance, arguments.values);
        return Value::object(instance);
      },
      [&] { return call_slowly(*site, callee, arguments, frame.vm, top, line); });
}

/// receiver.name(arguments)
inline Value invoke(Frame& frame, Site* site, Value receiver, int name, Arguments arguments, Roots top, int line) {
  frame.line = line;
  return site->dispatch(
      shape_of(receiver),
      [&](const SiteEntry& entry) {
        Closure* method = as<Instance>(receiver)->owner->methods[entry.index];
        return enter(*entry.function, frame.vm, method, top, receiver.as_object(), arguments.values);
      },
      [&] { return invoke_slowly(*site, receiver, name, arguments, frame.vm, top, line); });
}

/// super.name(arguments), where `receiver` is `this`
inline Value invoke_super(Frame& frame, Site* site, Value receiver, int name, Arguments arguments, Roots top,
                          int line) {
  frame.line = line;
  Class* superclass = frame.closure->home->superclass;
  return site->dispatch(
      superclass->shape,
      [&](const SiteEntry& entry) {
        return enter(*entry.function, frame.vm, superclass->methods[entry.index], top, receiver.as_object(),
                     arguments.values);
      },
      [&] { return invoke_super_slowly(*site, receiver, superclass, name, arguments, frame.vm, top, line); });
}

}  // namespace lox
