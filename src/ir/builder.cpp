// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/builder.h"

#include "inlay/ir/walk.h"

#include <cstring>

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

InstId Builder::append_words(Op op, TypeId type) {
  const auto count = static_cast<std::uint32_t>(words_.size() - 1);
  const ExtraId rest = module_.extra.add_uninitialized(count);
  if (!rest) return {};
  std::memcpy(&module_.extra[rest], words_.data() + 1, count * sizeof(std::uint32_t));
  return append(op, type, words_[0], rest.value);
}

Value Builder::fma(Operand a, Operand b, Operand c) {
  const TypeId type = common_type(a, b) ? common_type(a, b) : module_.type_of(c.value);
  words_ = {value(a, type).bits, value(b, type).bits, value(c, type).bits};
  return append_words(Op::Fma, type);
}

Value Builder::select(Operand condition, Operand a, Operand b) {
  const TypeId type = common_type(a, b);
  words_ = {value(condition, module_.truth_type(type)).bits, value(a, type).bits, value(b, type).bits};
  return append_words(Op::Select, type);
}

Value Builder::splat(TypeId vector, Operand lane) {
  return append(Op::Splat, vector, value(lane, module_.types[vector].element).bits);
}

Value Builder::extract(Value vector, std::uint32_t lane) {
  return append(Op::Extract, module_.type_of(vector), vector.bits, lane);
}

Value Builder::insert(Value vector, Operand lane, std::uint32_t number) {
  const TypeId type = module_.type_of(vector);
  words_ = {vector.bits, value(lane, module_.types[type].element).bits, number};
  return append_words(Op::Insert, type);
}

Value Builder::shuffle(Value a, Value b, std::span<const std::uint32_t> lanes) {
  words_ = {a.bits, b.bits, static_cast<std::uint32_t>(lanes.size())};
  words_.insert(words_.end(), lanes.begin(), lanes.end());
  return append_words(Op::Shuffle, module_.type_of(a));
}

void Builder::copy(Operand to, Operand from, Operand bytes) {
  words_ = {value(to, Ptr).bits, value(from, Ptr).bits, value(bytes, I64).bits};
  append_words(Op::Copy, TypeId{});
}

void Builder::fill(Operand to, Operand byte, Operand bytes) {
  words_ = {value(to, Ptr).bits, value(byte, I8).bits, value(bytes, I64).bits};
  append_words(Op::Fill, I8);
}

Value Builder::subslice(Value slice, Operand from, Operand to) {
  words_ = {slice.bits, value(from, I64).bits, value(to, I64).bits};
  return append_words(Op::Subslice, module_.type_of(slice));
}

void Builder::add_arguments(TypeId signature, std::span<const Operand> arguments) {
  words_.push_back(static_cast<std::uint32_t>(arguments.size()));
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const bool known = signature && i < module_.types[signature].count;
    words_.push_back(value(arguments[i], known ? module_.parameter_type(signature, i) : TypeId{}).bits);
  }
}

Value Builder::call_with(Op op, TypeId signature, std::initializer_list<std::uint32_t> first,
                         std::span<const Operand> arguments) {
  words_ = first;
  add_arguments(signature, arguments);
  const InstId call =
      words_.size() == 2 && arguments.empty() ? append(op, signature, words_[0], 0) : append_words(op, signature);
  return signature && module_.types[signature].element != Void ? Value(call) : Value();
}

Value Builder::call(FunctionId function, std::span<const Operand> arguments) {
  return call_with(Op::Call, module_.functions[function].signature, {Value(function).bits}, arguments);
}

Value Builder::call_pointer(Value function, Args arguments) {
  return call_with(Op::CallPointer, module_.type_of(function), {function.bits}, span(arguments));
}

Value Builder::call_closure(Value closure, Args arguments) {
  const Type type = module_.types[module_.type_of(closure)];
  std::vector<TypeId> parameters;
  for (std::uint32_t i = 0; i < type.count; ++i)
    parameters.push_back(module_.parameter_type(module_.type_of(closure), i));
  return call_with(Op::CallClosure, module_.signature(parameters, type.element), {closure.bits}, span(arguments));
}

Value Builder::call_virtual(TypeId signature, Value object, std::uint32_t entry, Args arguments) {
  return call_with(Op::CallVirtual, signature, {object.bits, entry}, span(arguments));
}

Value Builder::call_interface(Value object, std::uint32_t method, Args arguments) {
  const Type& interface = module_.types[module_.type_of(object)];
  const TypeId signature =
      method < interface.count ? TypeId{(&module_.extra[interface.list])[method * 2 + 1]} : TypeId{};
  return call_with(Op::CallInterface, signature, {object.bits, method}, span(arguments));
}

void Builder::add_target(const Target& target) {
  words_.push_back(target.block.value);
  words_.push_back(static_cast<std::uint32_t>(target.arguments.size()));
  InstId parameter = module_.blocks[target.block].first;
  for (const Operand& argument : target.arguments) {
    const bool known = parameter && module_.insts[parameter].op() == Op::Param;
    words_.push_back(value(argument, known ? module_.insts[parameter].type() : TypeId{}).bits);
    if (known) parameter = module_.insts[parameter].next;
  }
}

void Builder::jump(const Target& target) {
  words_.clear();
  add_target(target);
  if (target.arguments.empty())
    append(Op::Jump, TypeId{}, words_[0], 0);
  else
    append_words(Op::Jump, TypeId{});
}

void Builder::branch(Operand condition, const Target& yes, const Target& no) {
  words_ = {value(condition, Bool).bits};
  add_target(yes);
  add_target(no);
  append_words(Op::Branch, TypeId{});
}

void Builder::switch_on(Value value, const Target& otherwise, std::span<const Case> cases) {
  const TypeId type = module_.type_of(value);
  words_ = {value.bits};
  add_target(otherwise);
  words_.push_back(static_cast<std::uint32_t>(cases.size()));
  for (const Case& c : cases) {
    words_.push_back(module_.integer(type, c.value).bits);
    add_target(c.target);
  }
  append_words(Op::Switch, type);
}

void Builder::ret(Operand operand) {
  const TypeId type = module_.types[module_.functions[function_].signature].element;
  append(Op::Return, type, value(operand, type).bits);
}

}  // namespace inlay::ir
