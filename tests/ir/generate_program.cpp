// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "generate_program.h"

#include <array>
#include <string>
#include <vector>

#include "inlay/ir/builder.h"
#include "inlay/ir/expand.h"
#include "inlay/ir/verify.h"

namespace inlay::ir::test {

namespace {

constexpr std::int64_t Fuel = 100;    // calls
constexpr std::uint64_t Length = 16;  // elements of each array; a power of two

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ * 0x2545f4914f6cdd1du >> 16;
  }
  unsigned below(std::size_t n) { return static_cast<unsigned>(next() % n); }
  bool one_in(unsigned n) { return below(n) == 0; }
  template <class List>
  auto of(const List& list) {
    return list[below(std::size(list))];
  }

 private:
  std::uint64_t state_;
};

class Generator {
 public:
  Generator(Module& module, std::uint64_t seed, const ProgramShape& shape)
      : m_(module), b_(module), random_(seed), shape_(shape) {
    types_ = {Bool,
              I8,
              I16,
              I32,
              I64,
              F32,
              F64,
              m_.vector(I8, 16),
              m_.vector(I16, 8),
              m_.vector(I32, 4),
              m_.vector(I64, 2),
              m_.vector(F32, 4),
              m_.vector(F64, 2)};
    file_ = m_.file("generated");
    fuel_ = m_.add_data("fuel", I64, std::as_bytes(std::span(&Fuel, 1)), {}, DataMutable);
    for (TypeId type : {I8, I32, I64, F64}) arrays_.push_back({type, array("memory", type)});
  }

  void write() {
    for (unsigned i = 0; i < shape_.functions; ++i) function(i);
    main();
  }

 private:
  struct Array {
    TypeId element;
    DataId data;
  };

  DataId array(const std::string& name, TypeId element) {
    return m_.add_data(name + std::to_string(arrays_.size()), m_.array(element, Length), {}, {}, DataMutable);
  }

  bool is_vector(TypeId type) const { return m_.types[type].kind == TypeKind::Vector; }
  TypeId lane(TypeId type) const { return is_vector(type) ? m_.types[type].element : type; }
  TypeId any_type() { return random_.of(types_); }
  TypeId any_int() { return random_.of(std::array{I8, I16, I32, I64}); }
  void step() { b_.at(Location(file_, ++line_)); }

  // Values

  Value constant(TypeId type) {
    if (is_vector(type)) {
      std::vector<Value> lanes;
      for (std::uint32_t i = 0; i < m_.types[type].count; ++i) lanes.push_back(constant(lane(type)));
      return m_.lanes(type, lanes);
    }
    if (type == Bool) return m_.boolean(random_.one_in(2));
    if (m_.is_float(type))
      return m_.floating(type, random_.of(std::array{0.0, -0.0, 1.0, -1.5, 0.1, 1e9, 1e30, -3e-5}));
    constexpr std::int64_t least = std::int64_t{1} << 63;
    const auto number = random_.of(
        std::array<std::int64_t, 10>{0, 1, -1, 2, 7, 100, -128, least >> (64 - m_.bits_of(type)),
                                     ~least >> (64 - m_.bits_of(type)), static_cast<std::int64_t>(random_.next())});
    return m_.integer(type, number);
  }

  /// What is there of that type, or a constant.
  Value value(TypeId type) {
    std::vector<Value> there;
    for (Value v : scope_)
      if (m_.type_of(v) == type) there.push_back(v);
    if (there.empty() || random_.one_in(6)) return constant(type);
    // What is younger depends on more.
    return there[there.size() - 1 -
                 random_.below(random_.one_in(2) ? there.size() : std::min<std::size_t>(3, there.size()))];
  }

  Value two(Op op, TypeId type) { return b_.binary(op, type, value(type), value(type)); }
  /// Of what has no type of its own where it is a small number.
  Value one(Op op, TypeId type) { return b_.append(op, type, value(type).bits); }
  Value typed(TypeId type) {
    const Value v = value(type);
    return v.is_number() ? Value(b_.append(Op::Add, type, v.bits, m_.integer(type, 0).bits)) : v;
  }

  Value compute(TypeId type) {
    if (type == Bool) return truth();
    if (random_.one_in(12)) return select(type);
    if (is_vector(type) && random_.one_in(4)) return make_vector(type);
    if (m_.is_float(lane(type))) return floating(type);
    return integer(type);
  }

  Value truth() {
    if (random_.one_in(4)) return two(random_.of(std::array{Op::And, Op::Or, Op::Xor}), Bool);
    const TypeId type = random_.of(std::array{I8, I16, I32, I64, F32, F64});
    if (m_.is_float(type) || random_.one_in(2))
      return two(random_.of(std::array{Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge}), type);
    return two(random_.of(std::array{Op::LtU, Op::LeU, Op::GtU, Op::GeU}), type);
  }

  Value select(TypeId type) {
    const Value yes = value(type), no = value(type);
    if (yes.is_number() && no.is_number()) return two(Op::Max, type);
    if (!is_vector(type)) return b_.select(value(Bool), yes, no);
    return b_.select(two(Op::Lt, type), yes, no);
  }

  Value make_vector(TypeId type) {
    const std::uint32_t lanes = m_.types[type].count;
    switch (random_.below(3)) {
      case 0:
        return b_.splat(type, value(lane(type)));
      case 1:
        return b_.insert(value(type), value(lane(type)), random_.below(lanes));
      default: {
        std::vector<std::uint32_t> order(lanes);
        for (std::uint32_t& from : order) from = random_.below(2 * lanes);
        return b_.shuffle(value(type), value(type), order);
      }
    }
  }

  Value floating(TypeId type) {
    switch (random_.below(is_vector(type) ? 4 : 6)) {
      case 0:
        return one(random_.of(std::array{Op::Neg, Op::Abs, Op::Sqrt, Op::Floor, Op::Ceil, Op::Round}), type);
      case 1:
        return b_.fma(value(type), value(type), value(type));
      case 2:
      case 3:
        return two(random_.of(std::array{Op::Add, Op::Sub, Op::Mul, Op::Div, Op::Min, Op::Max}), type);
      case 4: {
        const Value from = typed(any_int());
        return b_.convert(random_.of(std::array{Op::IntToFloat, Op::UintToFloat}), type, from);
      }
      default:
        return b_.convert(Op::FloatCast, type, value(type == F32 ? F64 : F32));
    }
  }

  Value integer(TypeId type) {
    const bool vector = is_vector(type);
    switch (random_.below(vector ? 3 : 8)) {
      case 0:
        return one(random_.of(std::array{Op::Neg, Op::Abs, Op::Not, Op::Popcount, Op::Clz, Op::Ctz}), type);
      case 1:
      case 2:
      case 3:
        return two(random_.of(std::array{Op::Add, Op::Sub, Op::Mul, Op::Min, Op::Max, Op::MinU, Op::MaxU, Op::And,
                                         Op::Or, Op::Xor, Op::Shl, Op::Shr, Op::Sar, Op::Rotl}),
                   type);
      case 4:
        return division(type);
      case 5:
        return from_float(type);
      case 6:
        return from_vector(type);
      default:
        return from_int(type);
    }
  }

  /// Hardly ever by zero.
  Value division(TypeId type) {
    if (random_.one_in(100)) return two(random_.of(std::array{Op::AddTrap, Op::SubTrap, Op::MulTrap}), type);
    if (random_.one_in(150)) return two(random_.of(std::array{Op::Div, Op::Rem, Op::DivU, Op::RemU}), type);
    const Value positive =
        b_.binary(Op::Or, type, b_.binary(Op::And, type, value(type), m_.integer(type, 63)), m_.integer(type, 1));
    return b_.binary(random_.of(std::array{Op::Div, Op::Rem, Op::DivU, Op::RemU}), type, value(type), positive);
  }

  Value from_float(TypeId type) {
    return b_.convert(random_.of(std::array{Op::FloatToInt, Op::FloatToUint}), type,
                      value(random_.of(std::array{F32, F64})));
  }

  Value from_vector(TypeId type) {
    const TypeId vector = m_.vector(type, 16 / (m_.bits_of(type) / 8));
    const Value from = value(vector);
    if (random_.one_in(2)) return b_.extract(from, random_.below(m_.types[vector].count));
    return b_.append(random_.of(std::array{Op::ReduceAdd, Op::ReduceMin, Op::ReduceMax, Op::ReduceAnd, Op::ReduceOr}),
                     vector, from.bits);
  }

  Value from_int(TypeId type) {
    const TypeId from = any_int();
    if (from == type) return m_.bits_of(type) > 8 ? one(Op::Bswap, type) : one(Op::Not, type);
    if (from > type) return b_.convert(Op::Trunc, type, typed(from));
    return b_.convert(random_.of(std::array{Op::Zext, Op::Sext}), type, typed(from));
  }

  // Memory

  Value index() {
    const Value any = value(I64);
    if (random_.one_in(250)) return any;
    return b_.binary(Op::And, I64, any, m_.integer(I64, Length - 1));
  }

  Value element(const Array& array) {
    if (random_.one_in(2)) return b_.at_index(m_.array(array.element, Length), array.data, index());
    Value slice = b_.make_slice(m_.slice(array.element), array.data, Length);
    if (random_.one_in(150)) slice = b_.subslice(slice, index(), index());
    if (random_.one_in(2)) return b_.elem(slice, index());
    // The second half, or a part of it.
    const Value from = b_.binary(Op::And, I64, value(I64), m_.integer(I64, Length / 2 - 1));
    const Value part = b_.subslice(slice, from, Length);
    const Value last = b_.sub(b_.len(part), 1);
    return b_.elem(part, b_.binary(Op::And, I64, b_.binary(Op::MinU, I64, value(I64), last), last));
  }

  void memory() {
    const Array array = random_.of(arrays_);
    const Value at = element(array);
    if (random_.one_in(2))
      b_.store(array.element, value(array.element), at);
    else
      add(b_.load(array.element, at));
  }

  void slot() {
    const TypeId type = any_type();
    const Value at = b_.slot(type);
    if (random_.one_in(2)) add(b_.load(type, at));  // zero, or what the last round of a loop left
    b_.store(type, value(type), at);
    add(b_.load(type, at));
  }

  void block_of_bytes() {
    const Array from = random_.of(arrays_), to = random_.of(std::array{arrays_[0], arrays_[1], arrays_[2]});
    if (from.element == F64 || random_.one_in(2))  // a float's bytes may be a NaN's
      b_.fill(to.data, value(I8), 5);
    else
      b_.copy(b_.offset(I8, to.data, 3), from.data, 13);
  }

  // Control

  void add(Value value) { scope_.push_back(value); }

  Value region(TypeId type, unsigned depth) {
    const std::size_t before = scope_.size();
    statements(2 + random_.below(4), depth + 1);
    const Value result = compute(type);
    scope_.resize(before);
    return result;
  }

  void branch(unsigned depth) {
    const TypeId type = any_type();
    const BlockId yes = b_.block(), no = b_.block(), join = b_.block({type});
    b_.branch(value(Bool), yes, no);
    b_.start(yes);
    const Value a = region(type, depth);
    if (random_.one_in(8))
      b_.ret(value(result_));
    else
      b_.jump(join, {a});
    b_.start(no);
    const Value c = region(type, depth);
    b_.jump(join, {c});
    b_.start(join);
    add(b_.parameter(join, 0));
  }

  void loop(unsigned depth) {
    const TypeId type = any_type(), other = any_type();
    const BlockId head = b_.block({I64, type, other}), body = b_.block(), done = b_.block();
    b_.jump(head, {0, value(type), value(other)});
    b_.start(head);
    const Value i = b_.parameter(head, 0), x = b_.parameter(head, 1), y = b_.parameter(head, 2);
    const Value more = b_.lt(i, 1 + static_cast<int>(random_.below(depth == 0 ? 9 : 3)));
    for (Value v : {i, x, y}) add(v);
    b_.branch(more, body, done);
    b_.start(body);
    const Value next = region(type, depth);
    const Value next_i = b_.add(i, 1);
    // Sometimes they change places.
    if (type == other && random_.one_in(2))
      b_.jump(head, {next_i, y, next});
    else
      b_.jump(head, {next_i, next, value(other)});
    b_.start(done);
  }

  void choose(unsigned depth) {
    const TypeId type = any_type();
    const Value on = b_.binary(Op::And, I32, value(I32), m_.integer(I32, 3));
    const BlockId join = b_.block({type}), one = b_.block(), two = b_.block({type}), other = b_.block();
    const Value passed = value(type);
    const Operand arguments[] = {passed};
    b_.switch_on(on, other, {{0, one}, {1, Target(two, arguments)}, {3, Target(join, arguments)}});
    b_.start(one);
    const Value a = region(type, depth);
    b_.jump(join, {a});
    b_.start(two);
    add(b_.parameter(two, 0));
    const Value c = region(type, depth);
    scope_.pop_back();
    b_.jump(join, {c});
    b_.start(other);
    const Value d = region(type, depth);
    b_.jump(join, {d});
    b_.start(join);
    add(b_.parameter(join, 0));
  }

  void call() {
    if (functions_.empty()) return;
    const FunctionId callee = random_.of(functions_);
    add(call_of(callee));
  }

  Value call_of(FunctionId callee) {
    const TypeId signature = m_.functions[callee].signature;
    std::vector<Operand> arguments;
    for (std::uint32_t i = 0; i < m_.types[signature].count; ++i)
      arguments.emplace_back(value(m_.parameter_type(signature, i)));
    if (!random_.one_in(3)) return b_.call(callee, arguments);
    const Value at = b_.slot(signature);
    b_.store(signature, callee, at);
    const Value pointer = b_.load(signature, at);
    std::vector<std::uint32_t> rest = {static_cast<std::uint32_t>(arguments.size())};
    for (const Operand& argument : arguments) rest.push_back(argument.value.bits);
    return b_.append(Op::CallPointer, signature, pointer.bits, m_.add_list(std::span(rest).subspan(1)).value);
  }

  void statements(unsigned count, unsigned depth) {
    for (unsigned i = 0; i < count; ++i) {
      step();
      const unsigned kind = random_.below(depth < 2 ? 20 : 16);
      if (kind < 10)
        add(compute(any_type()));
      else if (kind < 13)
        memory();
      else if (kind == 13)
        slot();
      else if (kind == 14)
        block_of_bytes();
      else if (kind == 15)
        call();
      else if (kind < 18)
        branch(depth);
      else if (kind == 18)
        loop(depth);
      else
        choose(depth);
    }
  }

  void function(unsigned number) {
    std::vector<TypeId> parameters(random_.below(5));
    for (TypeId& parameter : parameters) parameter = any_type();
    result_ = any_type();
    std::uint32_t flags = 0;
    if (random_.one_in(4))
      flags = FunctionInline;
    else if (random_.one_in(4))
      flags = FunctionNoInline;
    const FunctionId f = m_.function("f" + std::to_string(number), m_.signature(parameters, result_), flags);
    scope_.clear();
    step();
    b_.begin(f);
    for (std::uint32_t i = 0; i < parameters.size(); ++i) add(b_.parameter(i));
    // Calls within loops within calls: they end when the fuel does.
    const BlockId empty = b_.block(), go = b_.block();
    const Value left = b_.sub(b_.load(I64, fuel_), 1);
    b_.store(I64, left, fuel_);
    b_.branch(b_.lt(left, 0), empty, go);
    b_.start(empty);
    b_.ret(constant(result_));
    b_.start(go);
    statements(shape_.statements, 0);
    b_.ret(value(result_));
    b_.end();
    functions_.push_back(f);
  }

  // The digest

  /// As a number; whatever NaN it is.
  Value number(Value v, TypeId type) {
    if (is_vector(type)) {
      Value sum = m_.integer(I64, 0);
      for (std::uint32_t i = 0; i < m_.types[type].count; ++i) sum = mixed(sum, number(b_.extract(v, i), lane(type)));
      return sum;
    }
    if (type == I64) return v;
    if (type == Bool) return b_.convert(Op::Zext, I64, v);
    if (m_.is_int(type)) return b_.convert(Op::Sext, I64, v);
    const Value whole = b_.convert(Op::FloatToInt, I64, v);
    const Value thousandth = b_.convert(Op::FloatToInt, I64, b_.mul(v, 1000.0));
    return mixed(whole, b_.add(thousandth, b_.convert(Op::Zext, I64, b_.gt(v, 0))));
  }

  Value mixed(Value digest, Value next) {
    const Value turned = b_.binary(Op::Rotl, I64, digest, m_.integer(I64, 7));
    return b_.mul(b_.bit_xor(turned, next), m_.integer(I64, 0x2545f4914f6cdd1d));
  }

  void main() {
    const FunctionId f = m_.function("main", m_.signature({}, I64), FunctionExported);
    scope_.clear();
    step();
    b_.begin(f);
    Value digest = b_.load(I64, fuel_);
    for (auto it = functions_.rbegin(); it != functions_.rend(); ++it) {
      step();
      b_.store(I64, Fuel, fuel_);
      const TypeId type = m_.types[m_.functions[*it].signature].element;
      const Value result = call_of(*it);
      digest = mixed(digest, number(result, type));
    }
    for (const Array& array : arrays_)
      for (std::uint64_t i = 0; i < Length; ++i) {
        const Value at = b_.at_index(m_.array(array.element, Length), array.data, i);
        digest = mixed(digest, number(b_.load(array.element, at), array.element));
      }
    b_.ret(digest);
    b_.end();
  }

  Module& m_;
  Builder b_;
  Random random_;
  ProgramShape shape_;
  std::vector<TypeId> types_;
  FileId file_;
  std::uint32_t line_ = 0;
  DataId fuel_;
  std::vector<Array> arrays_;
  std::vector<FunctionId> functions_;
  TypeId result_;             // of the function that is being written
  std::vector<Value> scope_;  // values that are defined where it is being written
};

}  // namespace

Result<Module> generate_program(std::uint64_t seed, const ProgramShape& shape) {
  INLAY_TRY(Module module, Module::create());
  Generator(module, seed, shape).write();
  INLAY_TRY_VOID(verify(module));
  INLAY_TRY(const Reach reach, expand(module));
  if (reach.functions.empty()) return Error(ErrorKind::InvalidProgram, "nothing is reached");
  return module;
}

}  // namespace inlay::ir::test
