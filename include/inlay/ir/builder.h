// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writing functions of a module, instruction by instruction.
//
//   Module module = Module::create().value();
//   FunctionId sum = module.function("sum", module.signature({module.slice(I64)}, I64), FunctionExported);
//   Builder b(module);
//   b.begin(sum);
//   BlockId head = b.block({I64, I64}), body = b.block(), done = b.block();
//   b.jump(head, {0, 0});
//   b.start(head);                                       // head(i, total)
//   Value i = b.parameter(head, 0), total = b.parameter(head, 1);
//   b.branch(b.lt(i, b.len(b.parameter(0))), body, done);
//   b.start(body);
//   Value element = b.load(I64, b.elem(b.parameter(0), i));
//   b.jump(head, {b.add(i, 1), b.add(total, element)});
//   b.start(done);
//   b.ret(total);
//   b.end();
#pragma once

#include <array>
#include <concepts>
#include <initializer_list>
#include <optional>
#include <span>
#include <utility>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// What is written where an operand is wanted: a value, or a C++ number, which takes the type of its place.
struct Operand {
  enum class Kind : std::uint8_t { Value, Integer, Floating } kind = Kind::Value;
  Value value;
  union {
    std::int64_t integer = 0;
    double floating;
  };

  Operand(Value value) : value(value) {}
  Operand(InstId inst) : value(inst) {}
  Operand(FunctionId function) : value(function) {}
  Operand(DataId data) : value(data) {}
  template <std::integral T>
  Operand(T number) : kind(Kind::Integer), integer(static_cast<std::int64_t>(number)) {}
  template <std::floating_point T>
  Operand(T number) : kind(Kind::Floating), floating(number) {}
};

/// A block to go on in, with values for its parameters.
struct Target {
  BlockId block;
  std::span<const Operand> arguments;
  Target(BlockId block) : block(block) {}
  Target(BlockId block, std::span<const Operand> arguments) : block(block), arguments(arguments) {}
  /// For use within one call only: the list must live.
  Target(BlockId block, std::initializer_list<Operand> arguments)
      : block(block), arguments(arguments.begin(), arguments.size()) {}
};

/// Writes one function at a time: begin, blocks with instructions, end. Instructions go to the block that was started
/// last. Nothing is checked but what would lead out of the tables: verify() does that when all is there.
class Builder {
 public:
  using Args = std::initializer_list<Operand>;

  explicit Builder(Module& module) : module_(module) {}

  /// Starts the function's body, in its first block, whose parameters are the function's.
  void begin(FunctionId function);
  void end();

  /// The source line of what follows.
  void at(Location location) { location_ = location; }
  /// Gives a value that an instruction yields a name, for debuggers and text.
  Value name(Value value, std::string_view name) {
    if (value.is_inst()) module_.set_name(value.inst(), module_.string(name));
    return value;
  }

  /// A new block of the function.
  BlockId block(std::initializer_list<TypeId> parameters = {}, std::string_view name = {});
  /// One more parameter of a block that has no other instructions yet.
  Value add_parameter(BlockId block, TypeId type);
  void start(BlockId block) { block_ = block; }
  BlockId current() const { return block_; }
  BlockId first_block() const { return module_.functions[function_].first_block; }
  /// Whether the current block has its end.
  bool ended() const {
    InstId last = module_.blocks[block_].last;
    return last && ends_block(module_.insts[last].op());
  }
  Value parameter(std::uint32_t number) const { return parameter(first_block(), number); }
  Value parameter(BlockId block, std::uint32_t number) const;

  /// Any instruction, by its words (Inst). What others below are made of.
  InstId append(Op op, TypeId type, std::uint32_t a = 0, std::uint32_t b = 0) {
    InstId id = module_.insts.add({Inst::pack(op, type), a, b, InstId{}});
    module_.locations.add(location_);
    if (id) link(id);
    return id;
  }
  /// The operand as a value of that type.
  Value value(Operand operand, TypeId type) {
    if (operand.kind == Operand::Kind::Value) [[likely]]
      return operand.value;
    if (operand.kind == Operand::Kind::Integer && (type == I64 || type == I32) && Value::is_small(operand.integer))
      return Value::number(operand.integer);
    return literal(operand, type);
  }

  /// Operations whose operands and result are of one type, which is that of the first operand that has one.
  Value unary(Op op, Operand a) {
    const TypeId type = module_.type_of(a.value);
    return append(op, type, value(a, type).bits);
  }
  Value binary(Op op, Operand a, Operand b) { return binary(op, common_type(a, b), a, b); }
  Value binary(Op op, TypeId type, Operand a, Operand b) {
    return append(op, type, value(a, type).bits, value(b, type).bits);
  }
#define INLAY_UNARY(name, op) \
  Value name(Operand a) { return unary(Op::op, a); }
#define INLAY_BINARY(name, op) \
  Value name(Operand a, Operand b) { return binary(Op::op, a, b); }
  INLAY_BINARY(add, Add)
  INLAY_BINARY(sub, Sub)
  INLAY_BINARY(mul, Mul)
  INLAY_BINARY(div, Div)
  INLAY_BINARY(divu, DivU)
  INLAY_BINARY(rem, Rem)
  INLAY_BINARY(remu, RemU)
  INLAY_BINARY(add_trap, AddTrap)
  INLAY_BINARY(sub_trap, SubTrap)
  INLAY_BINARY(mul_trap, MulTrap)
  INLAY_BINARY(min, Min)
  INLAY_BINARY(max, Max)
  INLAY_BINARY(minu, MinU)
  INLAY_BINARY(maxu, MaxU)
  INLAY_BINARY(bit_and, And)
  INLAY_BINARY(bit_or, Or)
  INLAY_BINARY(bit_xor, Xor)
  INLAY_BINARY(shl, Shl)
  INLAY_BINARY(shr, Shr)
  INLAY_BINARY(sar, Sar)
  INLAY_BINARY(rotl, Rotl)
  INLAY_BINARY(eq, Eq)
  INLAY_BINARY(ne, Ne)
  INLAY_BINARY(lt, Lt)
  INLAY_BINARY(le, Le)
  INLAY_BINARY(gt, Gt)
  INLAY_BINARY(ge, Ge)
  INLAY_BINARY(ltu, LtU)
  INLAY_BINARY(leu, LeU)
  INLAY_BINARY(gtu, GtU)
  INLAY_BINARY(geu, GeU)
  INLAY_UNARY(neg, Neg)
  INLAY_UNARY(abs, Abs)
  INLAY_UNARY(sqrt, Sqrt)
  INLAY_UNARY(floor, Floor)
  INLAY_UNARY(ceil, Ceil)
  INLAY_UNARY(round, Round)
  INLAY_UNARY(bit_not, Not)
  INLAY_UNARY(popcount, Popcount)
  INLAY_UNARY(clz, Clz)
  INLAY_UNARY(ctz, Ctz)
  INLAY_UNARY(bswap, Bswap)
  INLAY_UNARY(reduce_add, ReduceAdd)
  INLAY_UNARY(reduce_min, ReduceMin)
  INLAY_UNARY(reduce_max, ReduceMax)
  INLAY_UNARY(reduce_and, ReduceAnd)
  INLAY_UNARY(reduce_or, ReduceOr)
  INLAY_UNARY(len, Len)
  INLAY_UNARY(slice_data, SliceData)
  INLAY_UNARY(object_of, ObjectOf)
  INLAY_UNARY(table_of, TableOf)
#undef INLAY_UNARY
#undef INLAY_BINARY

  Value fma(Operand a, Operand b, Operand c);
  Value select(Operand condition, Operand a, Operand b);
  /// One of the conversions, Trunc to Bitcast.
  Value convert(Op op, TypeId to, Value from) { return append(op, to, from.bits); }

  Value splat(TypeId vector, Operand lane);
  Value extract(Value vector, std::uint32_t lane);
  Value insert(Value vector, Operand lane, std::uint32_t number);
  Value shuffle(Value a, Value b, std::span<const std::uint32_t> lanes);

  Value slot(TypeId type) { return append(Op::Slot, type); }
  Value load(TypeId type, Operand address) { return append(Op::Load, type, value(address, Ptr).bits); }
  void store(TypeId type, Operand what, Operand address) {
    append(Op::Store, type, value(what, type).bits, value(address, Ptr).bits);
  }
  Value field(TypeId structure, Operand address, std::uint32_t number) {
    return append(Op::Field, structure, value(address, Ptr).bits, number);
  }
  Value at_index(TypeId array, Operand address, Operand index) {
    return append(Op::At, array, value(address, Ptr).bits, value(index, I64).bits);
  }
  Value elem(Value slice, Operand index) {
    return append(Op::Elem, module_.type_of(slice), slice.bits, value(index, I64).bits);
  }
  Value offset(TypeId type, Operand address, Operand by) {
    return append(Op::Offset, type, value(address, Ptr).bits, value(by, I64).bits);
  }
  void copy(Operand to, Operand from, Operand bytes);
  void fill(Operand to, Operand byte, Operand bytes);

  Value make_slice(TypeId slice, Operand address, Operand length) {
    return append(Op::MakeSlice, slice, value(address, Ptr).bits, value(length, I64).bits);
  }
  Value subslice(Value slice, Operand from, Operand to);
  Value make_interface(TypeId interface, Operand object, Operand table) {
    return append(Op::MakeInterface, interface, value(object, Ptr).bits, value(table, Ptr).bits);
  }
  Value make_closure(TypeId closure, Operand function, Operand carried) {
    return append(Op::MakeClosure, closure, value(function, TypeId{}).bits, value(carried, Ptr).bits);
  }

  // What a call yields is none where the function has no result.
  Value call(FunctionId function, Args arguments) { return call(function, span(arguments)); }
  Value call(FunctionId function, std::span<const Operand> arguments);
  Value call_pointer(Value function, Args arguments);
  Value call_closure(Value closure, Args arguments);
  Value call_virtual(TypeId signature, Value object, std::uint32_t entry, Args arguments);
  Value call_interface(Value object, std::uint32_t method, Args arguments);

  void jump(BlockId block, Args arguments = {}) { jump(Target(block, span(arguments))); }
  void jump(const Target& target);
  void branch(Operand condition, const Target& yes, const Target& no);
  struct Case {
    std::int64_t value;
    Target target;
  };
  void switch_on(Value value, const Target& otherwise, std::span<const Case> cases);
  void switch_on(Value value, const Target& otherwise, std::initializer_list<Case> cases) {
    switch_on(value, otherwise, std::span(cases.begin(), cases.size()));
  }
  /// With a value, of the function's result type.
  void ret(Operand operand);
  void ret() { append(Op::ReturnVoid, TypeId{}); }
  void trap(std::string_view message) { append(Op::Trap, TypeId{}, module_.string(message).value); }

  Module& module() { return module_; }

 private:
  static std::span<const Operand> span(Args arguments) { return {arguments.begin(), arguments.size()}; }

  void link(InstId id) {
    Block& block = module_.blocks[block_];
    if (block.last)
      module_.insts[block.last].next = id;
    else
      block.first = id;
    block.last = id;
  }
  TypeId common_type(const Operand& a, const Operand& b) const {
    const TypeId type = module_.type_of(a.value);
    return type ? type : module_.type_of(b.value);
  }
  Value literal(const Operand& operand, TypeId type);
  Value call_with(Op op, TypeId signature, std::uint32_t first, std::span<const Operand> arguments,
                  std::optional<std::uint32_t> number = {});
  // In Module::extra, where there is room for as many words.
  static std::uint32_t words_of(const Target& target) {
    return 2 + static_cast<std::uint32_t>(target.arguments.size());
  }
  std::uint32_t* put_target(std::uint32_t* out, const Target& target) {
    *out = target.block.value;
    return put_arguments(out + 1, target);
  }
  std::uint32_t* put_arguments(std::uint32_t* out, const Target& target);
  InstId append_words(Op op, TypeId type, const std::array<std::uint32_t, 3>& words);

  Module& module_;
  FunctionId function_;
  BlockId block_;
  Location location_;
};

}  // namespace inlay::ir
