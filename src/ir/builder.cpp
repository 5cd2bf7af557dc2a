// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/builder.h"

#include "inlay/ir/walk.h"

#include <algorithm>

namespace inlay::ir {

void Builder::begin(FunctionId function) {
  function_ = function;
  Function& f = module_.functions[function];
  if (f.flags & FunctionDefined) {
    module_.fail(Error(ErrorKind::InvalidArgument,
                       "the function '@" + std::string(module_.text(f.name)) + "' has a body already"));
  }
  f.flags |= FunctionDefined;
  f.location = location_;
  f.first = InstId{module_.insts.count()};
  f.first_block = BlockId{module_.blocks.count()};
  block_ = block();
  const Type& signature = module_.types[f.signature];
  for (std::uint32_t i = 0; i < signature.count; ++i) add_parameter(block_, module_.parameter_type(f.signature, i));
}

void Builder::end() {
  Function& f = module_.functions[function_];
  f.end = InstId{module_.insts.count()};
  f.end_block = BlockId{module_.blocks.count()};
  block_ = {};
}

BlockId Builder::block(std::initializer_list<TypeId> parameters, std::string_view name) {
  const BlockId id = module_.blocks.add({InstId{}, InstId{}, 0, name.empty() ? StringId{} : module_.string(name)});
  for (TypeId type : parameters) add_parameter(id, type);
  return id;
}

Value Builder::add_parameter(BlockId block, TypeId type) {
  const BlockId before = std::exchange(block_, block);
  const InstId id = append(Op::Param, type, module_.blocks[block].parameters++);
  block_ = before;
  return id;
}

Value Builder::parameter(BlockId block, std::uint32_t number) const {
  InstId id = module_.blocks[block].first;
  while (number-- > 0 && id) id = module_.insts[id].next;
  return id;
}

Value Builder::literal(const Operand& operand, TypeId type) {
  const bool vector = module_.types[type].kind == TypeKind::Vector;
  const TypeId scalar = vector ? module_.types[type].element : type;
  Value value;
  if (operand.kind == Operand::Kind::Floating)
    value = module_.floating(scalar, operand.floating);
  else if (module_.is_float(scalar))
    value = module_.floating(scalar, static_cast<double>(operand.integer));
  else
    value = module_.integer(scalar, operand.integer);
  if (!vector) return value;
  const std::vector<Value> lanes(module_.types[type].count, value);
  return module_.lanes(type, lanes);
}

/// An instruction of three words.
InstId Builder::append_words(Op op, TypeId type, const std::array<std::uint32_t, 3>& words) {
  const ExtraId rest = module_.extra.add_uninitialized(2);
  if (!rest) return {};
  module_.extra[rest] = words[1];
  (&module_.extra[rest])[1] = words[2];
  return append(op, type, words[0], rest.value);
}

Value Builder::fma(Operand a, Operand b, Operand c) {
  const TypeId type = common_type(a, b) ? common_type(a, b) : module_.type_of(c.value);
  return append_words(Op::Fma, type, {value(a, type).bits, value(b, type).bits, value(c, type).bits});
}

Value Builder::select(Operand condition, Operand a, Operand b) {
  const TypeId type = common_type(a, b);
  return append_words(Op::Select, type,
                      {value(condition, module_.truth_type(type)).bits, value(a, type).bits, value(b, type).bits});
}

Value Builder::splat(TypeId vector, Operand lane) {
  return append(Op::Splat, vector, value(lane, module_.types[vector].element).bits);
}

Value Builder::extract(Value vector, std::uint32_t lane) {
  return append(Op::Extract, module_.type_of(vector), vector.bits, lane);
}

Value Builder::insert(Value vector, Operand lane, std::uint32_t number) {
  const TypeId type = module_.type_of(vector);
  return append_words(Op::Insert, type, {vector.bits, value(lane, module_.types[type].element).bits, number});
}

Value Builder::shuffle(Value a, Value b, std::span<const std::uint32_t> lanes) {
  const auto count = static_cast<std::uint32_t>(lanes.size());
  const ExtraId rest = module_.extra.add_uninitialized(count + 2);
  if (!rest) return InstId{};
  std::uint32_t* words = &module_.extra[rest];
  words[0] = b.bits;
  words[1] = count;
  std::copy(lanes.begin(), lanes.end(), words + 2);
  return append(Op::Shuffle, module_.type_of(a), a.bits, rest.value);
}

void Builder::copy(Operand to, Operand from, Operand bytes) {
  append_words(Op::Copy, TypeId{}, {value(to, Ptr).bits, value(from, Ptr).bits, value(bytes, I64).bits});
}

void Builder::fill(Operand to, Operand byte, Operand bytes) {
  append_words(Op::Fill, I8, {value(to, Ptr).bits, value(byte, I8).bits, value(bytes, I64).bits});
}

Value Builder::subslice(Value slice, Operand from, Operand to) {
  return append_words(Op::Subslice, module_.type_of(slice), {slice.bits, value(from, I64).bits, value(to, I64).bits});
}

/// `number`: an entry or method, for calls that have one.
Value Builder::call_with(Op op, TypeId signature, std::uint32_t first, std::span<const Operand> arguments,
                         std::optional<std::uint32_t> number) {
  const auto count = static_cast<std::uint32_t>(arguments.size());
  const Type* const type = signature ? &module_.types[signature] : nullptr;
  ExtraId rest;  // none stands for an empty list
  if (count != 0 || number) {
    rest = module_.extra.add_uninitialized(count + (number ? 2 : 1));
    if (!rest) return {};
    std::uint32_t* words = &module_.extra[rest];
    if (number) *words++ = *number;
    *words++ = count;
    for (std::uint32_t i = 0; i < count; ++i) {
      const Operand& argument = arguments[i];
      const bool known = argument.kind != Operand::Kind::Value && type && i < type->count;
      words[i] = value(argument, known ? module_.parameter_type(signature, i) : TypeId{}).bits;
    }
  }
  const InstId call = append(op, signature, first, rest.value);
  return type && type->element != Void ? Value(call) : Value();
}

Value Builder::call(FunctionId function, std::span<const Operand> arguments) {
  return call_with(Op::Call, module_.functions[function].signature, Value(function).bits, arguments);
}

Value Builder::call_pointer(Value function, Args arguments) {
  return call_with(Op::CallPointer, module_.type_of(function), function.bits, span(arguments));
}

Value Builder::call_closure(Value closure, Args arguments) {
  const Type type = module_.types[module_.type_of(closure)];
  std::vector<TypeId> parameters;
  for (std::uint32_t i = 0; i < type.count; ++i)
    parameters.push_back(module_.parameter_type(module_.type_of(closure), i));
  return call_with(Op::CallClosure, module_.signature(parameters, type.element), closure.bits, span(arguments));
}

Value Builder::call_virtual(TypeId signature, Value object, std::uint32_t entry, Args arguments) {
  return call_with(Op::CallVirtual, signature, object.bits, span(arguments), entry);
}

Value Builder::call_interface(Value object, std::uint32_t method, Args arguments) {
  const Type& interface = module_.types[module_.type_of(object)];
  const TypeId signature =
      method < interface.count ? TypeId{(&module_.extra[interface.list])[method * 2 + 1]} : TypeId{};
  return call_with(Op::CallInterface, signature, object.bits, span(arguments), method);
}

/// A list of values for the parameters of a block.
std::uint32_t* Builder::put_arguments(std::uint32_t* out, const Target& target) {
  *out++ = static_cast<std::uint32_t>(target.arguments.size());
  if (target.arguments.empty()) return out;
  // The one of that number, which tells the type of a C++ number.
  InstId parameter = module_.blocks[target.block].first;
  std::size_t number = 0;
  for (std::size_t i = 0; i < target.arguments.size(); ++i) {
    const Operand& argument = target.arguments[i];
    if (argument.kind == Operand::Kind::Value) {
      *out++ = argument.value.bits;
      continue;
    }
    const auto known = [&] { return parameter && module_.insts[parameter].op() == Op::Param; };
    for (; number < i && known(); ++number) parameter = module_.insts[parameter].next;
    *out++ = value(argument, known() ? module_.insts[parameter].type() : TypeId{}).bits;
  }
  return out;
}

void Builder::jump(const Target& target) {
  if (target.arguments.empty()) {
    append(Op::Jump, TypeId{}, target.block.value);
    return;
  }
  const ExtraId rest = module_.extra.add_uninitialized(words_of(target) - 1);
  if (!rest) return;
  put_arguments(&module_.extra[rest], target);
  append(Op::Jump, TypeId{}, target.block.value, rest.value);
}

void Builder::branch(Operand condition, const Target& yes, const Target& no) {
  const ExtraId rest = module_.extra.add_uninitialized(words_of(yes) + words_of(no));
  if (!rest) return;
  const Value holds = value(condition, Bool);
  put_target(put_target(&module_.extra[rest], yes), no);
  append(Op::Branch, TypeId{}, holds.bits, rest.value);
}

void Builder::switch_on(Value value, const Target& otherwise, std::span<const Case> cases) {
  const TypeId type = module_.type_of(value);
  std::uint32_t words = words_of(otherwise) + 1;
  for (const Case& c : cases) words += 1 + words_of(c.target);
  const ExtraId rest = module_.extra.add_uninitialized(words);
  if (!rest) return;
  std::uint32_t* out = put_target(&module_.extra[rest], otherwise);
  *out++ = static_cast<std::uint32_t>(cases.size());
  for (const Case& c : cases) {
    *out++ = module_.integer(type, c.value).bits;
    out = put_target(out, c.target);
  }
  append(Op::Switch, type, value.bits, rest.value);
}

void Builder::ret(Operand operand) {
  const TypeId type = module_.types[module_.functions[function_].signature].element;
  append(Op::Return, type, value(operand, type).bits);
}

}  // namespace inlay::ir
