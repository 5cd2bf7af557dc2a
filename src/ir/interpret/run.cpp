// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Running functions: one instruction at a time, calls by frames of our own, so that only calls that go through native
// code take native stack.
#include <cstring>

#include "inlay/ir/walk.h"
#include "ir/interpret/state.h"
#include "ir/trap_text.h"

namespace inlay::ir {

namespace {

using State = Interpreter::State;
using Operands = Words<const Module>;

std::uint64_t word_of(const std::byte* cell) {
  std::uint64_t word;
  std::memcpy(&word, cell, sizeof word);
  return word;
}

void set_word(std::byte* cell, std::uint64_t word) { std::memcpy(cell, &word, sizeof word); }

std::byte* address_of(std::uint64_t word) { return reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(word)); }

bool fail(State& s, ErrorKind kind, std::string message) {
  Place place;
  if (!s.frames.empty()) {
    place = s.module.place(s.module.locations[s.frames.back().running]);
    message += " in @" + s.module.full_name(s.frames.back().function);
  }
  s.error.emplace(kind, std::move(message), std::move(place));
  return false;
}

bool fail(State& s, Error error) {
  s.error.emplace(std::move(error));
  return false;
}

bool trap(State& s, TrapKind kind, std::uint64_t a = 0, std::uint64_t b = 0, std::string_view message = {}) {
  return fail(s, ErrorKind::Trap, trap_text(kind, message, static_cast<std::int64_t>(a), static_cast<std::int64_t>(b)));
}

/// An instruction while it is run.
struct Running {
  State& s;
  Frame& frame;  // good until a call is made
  const Inst& inst;
  Operands words;
  std::byte* out;  // its cell
  unsigned scratches = 0;

  const Module& module() const { return s.module; }
  TypeId type() const { return inst.type(); }

  const std::byte* next(TypeId type) {
    return operand(s, frame, Value::of_bits(words.next()), type, s.scratch[scratches++]);
  }
  std::uint64_t next_word(TypeId type) { return word_of(next(type)); }
};

/// Copies `count` operands into a row, behind what is there already.
template <class TypeOf>
void gather(Running& r, std::uint32_t count, TypeOf&& type_of) {
  std::vector<std::byte>& row = r.s.row;
  for (std::uint32_t i = 0; i < count; ++i) {
    const TypeId type = type_of(i);
    const std::size_t size = cell_size(r.module(), type);
    const std::byte* value = operand(r.s, r.frame, Value::of_bits(r.words.next()), type, r.s.scratch[0]);
    row.insert(row.end(), value, value + size);
  }
}

/// Copies a row into the parameters of a block, and goes on behind them.
void start_block(const State& s, Frame& frame, BlockId id, const std::byte* row) {
  const Block& block = s.module.blocks[id];
  InstId at = block.first;
  for (std::uint32_t i = 0; i < block.parameters; ++i) {
    const Inst& parameter = s.module.insts[at];
    const std::size_t size = cell_size(s.module, parameter.type());
    std::memcpy(frame.memory + frame.code->cells[at.value - frame.code->first], row, size);
    row += size;
    at = parameter.next;
  }
  frame.at = at;
}

void go(Running& r) {
  const BlockId block{r.words.next()};
  const std::uint32_t count = r.words.next();
  // All are read before one is written: a block may swap its parameters.
  r.s.row.clear();
  InstId parameter = r.module().blocks[block].first;
  gather(r, count, [&](std::uint32_t) {
    const Inst& inst = r.module().insts[parameter];
    parameter = inst.next;
    return inst.type();
  });
  start_block(r.s, r.frame, block, r.s.row.data());
}

void skip_target(Operands& words) {
  words.next();
  for (std::uint32_t n = words.next(); n > 0; --n) words.next();
}

void switch_to(Running& r) {
  const std::uint64_t value = r.next_word(r.type());
  Operands chosen = r.words;
  skip_target(r.words);
  for (std::uint32_t n = r.words.next(); n > 0; --n) {
    const std::uint64_t number =
        word_of(operand(r.s, r.frame, Value::of_bits(r.words.next()), r.type(), r.s.scratch[1]));
    if (number == value) {
      chosen = r.words;
      break;
    }
    skip_target(r.words);
  }
  r.words = chosen;
  go(r);
}

bool push(State& s, FunctionId id, const std::byte* row, std::byte* result) {
  Result<const Code*> code = code_of(s, id);
  if (!code) return fail(s, std::move(code).error());
  if (s.frames.size() >= s.options.depth)
    return fail(s, ErrorKind::BudgetExceeded,
                "calls lie " + std::to_string(s.options.depth) +
                    " deep, the most that was asked for (InterpretOptions::depth)");
  Frame frame;
  frame.function = id;
  frame.code = *code;
  frame.result = result;
  frame.before = s.stack.mark();
  frame.memory = s.stack.allocate(frame.code->size, frame.code->align);
  if (!frame.memory) return fail(s, ErrorKind::BudgetExceeded, "the frames of all calls together take too much memory");
  if (frame.code->slots_begin < frame.code->size)
    std::memset(frame.memory + frame.code->slots_begin, 0, frame.code->size - frame.code->slots_begin);
  start_block(s, frame, s.module.functions[id].first_block, row);
  s.frames.push_back(frame);
  return true;
}

void pop(State& s) {
  s.stack.release(s.frames.back().before);
  s.frames.pop_back();
}

/// Whether a row for one signature is a row for the other, so that a call that is wrong does no more harm than that.
bool same_rows(const Module& m, TypeId called, TypeId is, bool object_first) {
  const std::uint32_t hidden = object_first ? 1 : 0;
  if (called == is && !object_first) return true;
  if (m.types[called].count + hidden != m.types[is].count) return false;
  const auto alike = [&](TypeId a, TypeId b) {
    return a == b || (a != Void && b != Void && cell_size(m, a) == cell_size(m, b));
  };
  if (object_first && !alike(Ptr, m.parameter_type(is, 0))) return false;
  for (std::uint32_t i = 0; i < m.types[called].count; ++i)
    if (!alike(m.parameter_type(called, i), m.parameter_type(is, i + hidden))) return false;
  return alike(m.types[called].element, m.types[is].element);
}

bool call_function(State& s, FunctionId id, TypeId type, bool object_first, std::byte* out) {
  if (s.module.functions[id].flags & FunctionDefined) {
    if (!same_rows(s.module, type, s.module.functions[id].signature, object_first))
      return fail(s, ErrorKind::InvalidProgram,
                  shown(s.module, id) + " is called as '" + s.module.to_string(type) + "', which it is not");
    return push(s, id, s.row.data(), out);
  }
  Result<void*> address = native_address(s, id);
  if (!address) return fail(s, std::move(address).error());
  return call_native(s, *address, type, object_first, s.row.data(), out);
}

bool call_address(State& s, std::uint64_t address, TypeId type, bool object_first, std::byte* out) {
  if (address == 0) return trap(s, TrapKind::Null);
  const auto own = s.functions_by_address.find(address_of(address));
  if (own != s.functions_by_address.end()) return call_function(s, own->second, type, object_first, out);
  return call_native(s, address_of(address), type, object_first, s.row.data(), out);
}

/// The arguments of a call, behind the object if there is one.
void gather_arguments(Running& r) {
  const std::uint32_t count = r.words.next();
  gather(r, count, [&](std::uint32_t i) { return r.module().parameter_type(r.type(), i); });
}

void put_object(Running& r, std::uint64_t object) {
  r.s.row.resize(8);
  set_word(r.s.row.data(), object);
}

bool call(Running& r) {
  State& s = r.s;
  const TypeId type = r.type();
  s.row.clear();
  switch (r.inst.op()) {
    case Op::Call: {
      const FunctionId function = Value::of_bits(r.words.next()).function();
      gather_arguments(r);
      return call_function(s, function, type, false, r.out);
    }
    case Op::CallPointer: {
      const std::uint64_t address = r.next_word(type);
      gather_arguments(r);
      return call_address(s, address, type, false, r.out);
    }
    case Op::CallClosure: {
      const Value closure = Value::of_bits(r.words.next());
      const std::byte* pair = operand(s, r.frame, closure, r.module().type_of(closure), s.scratch[0]);
      const std::uint64_t function = word_of(pair);
      put_object(r, word_of(pair + 8));
      gather_arguments(r);
      return call_address(s, function, type, true, r.out);
    }
    case Op::CallVirtual: {
      const std::uint64_t object = r.next_word(Ptr);
      const std::size_t entry = r.words.next();
      if (object == 0) return trap(s, TrapKind::Null);
      put_object(r, object);
      gather_arguments(r);
      const std::uint64_t table = word_of(address_of(object));
      if (table == 0) return trap(s, TrapKind::Null);
      return call_address(s, word_of(address_of(table) + entry * 8), type, true, r.out);
    }
    default: {  // CallInterface
      const Value interface = Value::of_bits(r.words.next());
      const std::byte* pair = operand(s, r.frame, interface, r.module().type_of(interface), s.scratch[0]);
      const std::uint64_t table = word_of(pair + 8);
      const std::size_t method = r.words.next();
      if (table == 0) return trap(s, TrapKind::Null);
      put_object(r, word_of(pair));
      gather_arguments(r);
      return call_address(s, word_of(address_of(table) + method * 8), type, true, r.out);
    }
  }
}

void return_value(Running& r) {
  const TypeId type = r.type();
  const std::byte* value = r.next(type);
  if (r.frame.result) std::memcpy(r.frame.result, value, cell_size(r.module(), type));
  pop(r.s);
}

/// Add to Bswap.
bool arithmetic(Running& r) {
  const std::size_t count = info(r.inst.op()).slots.size();
  const std::byte* operands[3] = {};
  for (std::size_t i = 0; i < count; ++i) operands[i] = r.next(r.type());
  const std::optional<TrapKind> why =
      compute(r.inst.op(), lanes_of(r.module(), r.type()), operands[0], operands[1], operands[2], r.out);
  return why ? trap(r.s, *why) : true;
}

void select(Running& r) {
  const Module& m = r.module();
  const Value condition = Value::of_bits(r.words.next());
  const TypeId condition_type = condition.is_number() ? Bool : m.type_of(condition);
  const std::byte* truth = operand(r.s, r.frame, condition, condition_type, r.s.scratch[r.scratches++]);
  const std::byte* yes = r.next(r.type());
  const std::byte* no = r.next(r.type());
  const Lanes lanes = lanes_of(m, condition_type);
  const std::size_t size = lanes.count == 1 ? cell_size(m, r.type()) : value_size(m, r.type()) / lanes.count;
  for (std::uint32_t i = 0; i < lanes.count; ++i) {
    const bool holds = (truth[i] & std::byte{1}) != std::byte{0};
    std::memcpy(r.out + i * size, (holds ? yes : no) + i * size, size);
  }
}

void convert(Running& r) {
  const Module& m = r.module();
  const Value from = Value::of_bits(r.words.next());
  const TypeId from_type = m.type_of(from);
  const std::byte* value = operand(r.s, r.frame, from, from_type, r.s.scratch[0]);
  if (r.inst.op() == Op::Bitcast)
    set_cell(m, r.type(), value, r.out);
  else
    convert(r.inst.op(), lanes_of(m, from_type).kind, lanes_of(m, r.type()), value, r.out);
}

void vector(Running& r) {
  const Module& m = r.module();
  const TypeId element = m.types[r.type()].element;
  const std::size_t size = value_size(m, element);
  const std::uint32_t lanes = m.types[r.type()].count;
  if (r.inst.op() == Op::Splat) {
    const std::byte* value = r.next(element);
    for (std::uint32_t i = 0; i < lanes; ++i) std::memcpy(r.out + i * size, value, size);
    return;
  }
  const std::byte* a = r.next(r.type());
  if (r.inst.op() == Op::Extract) {
    const std::uint32_t lane = r.words.next() % lanes;
    set_cell(m, element, a + lane * size, r.out);
  } else if (r.inst.op() == Op::Insert) {
    const std::byte* value = r.next(element);
    const std::uint32_t lane = r.words.next() % lanes;
    std::memcpy(r.out, a, lanes * size);
    std::memcpy(r.out + lane * size, value, size);
  } else if (r.inst.op() == Op::Shuffle) {
    const std::byte* b = r.next(r.type());
    std::uint32_t count = r.words.next();
    for (std::uint32_t i = 0; i < count && i < lanes; ++i) {
      const std::uint32_t from = r.words.next() % (2 * lanes);
      std::memcpy(r.out + i * size, from < lanes ? a + from * size : b + (from - lanes) * size, size);
    }
  } else {
    reduce(r.inst.op(), lanes_of(m, r.type()), a, r.out);
  }
}

std::int64_t array_length(const State& s, const Type& array) {
  return static_cast<std::int64_t>(constant_bits(s, array.length));
}

bool element(Running& r) {
  const Module& m = r.module();
  const Type& type = m.types[r.type()];
  const std::byte* from = r.next(r.inst.op() == Op::At ? Ptr : r.type());
  const std::uint64_t base = word_of(from);
  const std::uint64_t length =
      r.inst.op() == Op::At ? static_cast<std::uint64_t>(array_length(r.s, type)) : word_of(from + 8);
  const std::uint64_t index = r.next_word(I64);
  if (r.inst.op() == Op::At && base == 0) return trap(r.s, TrapKind::Null);
  // A negative length has no elements either.
  const auto signed_index = static_cast<std::int64_t>(index);
  if (signed_index < 0 || signed_index >= static_cast<std::int64_t>(length))
    return trap(r.s, TrapKind::Index, index, length);
  set_word(r.out, base + index * m.types[type.element].size);
  return true;
}

bool subslice(Running& r) {
  const std::byte* slice = r.next(r.type());
  const std::uint64_t base = word_of(slice), length = word_of(slice + 8);
  const std::uint64_t from = r.next_word(I64), to = r.next_word(I64);
  const auto signed_from = static_cast<std::int64_t>(from), signed_to = static_cast<std::int64_t>(to);
  if (signed_from < 0 || signed_from > signed_to || signed_to > static_cast<std::int64_t>(length))
    return trap(r.s, TrapKind::Range, from, to);
  set_word(r.out, base + from * r.module().types[r.module().types[r.type()].element].size);
  set_word(r.out + 8, to - from);
  return true;
}

bool memory(Running& r) {
  const Module& m = r.module();
  switch (r.inst.op()) {
    case Op::Slot:
      set_word(r.out, reinterpret_cast<std::uintptr_t>(r.frame.memory + r.frame.code->slots.at(r.frame.running.value)));
      return true;
    case Op::Load: {
      const std::uint64_t from = r.next_word(Ptr);
      if (from == 0) return trap(r.s, TrapKind::Null);
      set_cell(m, r.type(), address_of(from), r.out);
      return true;
    }
    case Op::Store: {
      const std::byte* value = r.next(r.type());
      const std::uint64_t to = r.next_word(Ptr);
      if (to == 0) return trap(r.s, TrapKind::Null);
      std::memcpy(address_of(to), value, value_size(m, r.type()));
      return true;
    }
    case Op::Field: {
      const std::uint64_t base = r.next_word(Ptr);
      if (base == 0) return trap(r.s, TrapKind::Null);
      set_word(r.out, base + (&m.extra[m.types[r.type()].list])[std::size_t{r.words.next()} * 3 + 2]);
      return true;
    }
    case Op::At:
    case Op::Elem:
      return element(r);
    case Op::Offset: {
      const std::uint64_t base = r.next_word(Ptr);
      set_word(r.out, base + r.next_word(I64) * m.types[r.type()].size);
      return true;
    }
    case Op::Copy: {
      const std::uint64_t to = r.next_word(Ptr), from = r.next_word(Ptr), bytes = r.next_word(I64);
      if (bytes == 0) return true;
      if (to == 0 || from == 0) return trap(r.s, TrapKind::Null);
      std::memmove(address_of(to), address_of(from), bytes);
      return true;
    }
    default: {  // Fill
      const std::uint64_t to = r.next_word(Ptr), byte = r.next_word(I8), bytes = r.next_word(I64);
      if (bytes == 0) return true;
      if (to == 0) return trap(r.s, TrapKind::Null);
      std::memset(address_of(to), static_cast<int>(byte), bytes);
      return true;
    }
  }
}

/// MakeSlice to MakeClosure, without Subslice.
void pair(Running& r) {
  const Module& m = r.module();
  switch (r.inst.op()) {
    case Op::MakeSlice:
    case Op::MakeInterface:
      set_word(r.out, r.next_word(Ptr));
      set_word(r.out + 8, r.next_word(r.inst.op() == Op::MakeSlice ? I64 : Ptr));
      return;
    case Op::MakeClosure:
      set_word(r.out, r.next_word(Ptr));
      set_word(r.out + 8, r.next_word(Ptr));
      return;
    case Op::ObjectOf: {
      const bool interface = m.types[r.type()].kind == TypeKind::Interface;
      set_word(r.out, word_of(r.next(r.type()) + (interface ? 0 : 8)));
      return;
    }
    case Op::SliceData:
      set_word(r.out, word_of(r.next(r.type())));
      return;
    default:  // Len, TableOf
      set_word(r.out, word_of(r.next(r.type()) + 8));
  }
}

bool jump_or_end(Running& r) {
  switch (r.inst.op()) {
    case Op::Jump:
      go(r);
      return true;
    case Op::Branch:
      if (r.next_word(Bool) == 0) skip_target(r.words);
      go(r);
      return true;
    case Op::Switch:
      switch_to(r);
      return true;
    case Op::Return:
      return_value(r);
      return true;
    case Op::ReturnVoid:
      pop(r.s);
      return true;
    default:
      return trap(r.s, TrapKind::Message, 0, 0, r.module().text(StringId{r.words.next()}));
  }
}

bool execute(State& s) {
  Frame& frame = s.frames.back();
  const InstId id = frame.at;
  frame.running = id;
  if (!id) return fail(s, ErrorKind::InvalidProgram, "a block without an end; verify the module first");
  const Inst& inst = s.module.insts[id];
  if (s.steps_left == 0)
    return fail(s, ErrorKind::BudgetExceeded,
                "all " + std::to_string(s.options.steps) + " steps were taken (InterpretOptions::steps)");
  --s.steps_left;
  frame.at = inst.next;
  Running r{s, frame, inst, Operands(s.module, inst), frame.memory + frame.code->cells[id.value - frame.code->first]};
  const Op op = inst.op();
  if (op >= Op::Jump) return jump_or_end(r);
  if (op >= Op::Call) return call(r);
  if (op == Op::Subslice) return subslice(r);
  if (op >= Op::MakeSlice) {
    pair(r);
    return true;
  }
  if (op >= Op::Slot) return memory(r);
  // What is narrower than its cell has zeros above.
  const TypeId type = s.module.result_type(inst);
  if (value_size(s.module, type) < 8) std::memset(r.out, 0, 8);
  if (op >= Op::Splat) {
    vector(r);
  } else if (op >= Op::Trunc) {
    convert(r);
  } else if (op == Op::Select) {
    select(r);
  } else if (op >= Op::Eq) {
    const std::byte* a = r.next(inst.type());
    const std::byte* b = r.next(inst.type());
    compare(op, lanes_of(s.module, inst.type()), a, b, r.out);
  } else {
    return arithmetic(r);
  }
  return true;
}

}  // namespace

bool run(State& s, FunctionId function, const std::byte* row, std::byte* result) {
  // Exceptions of native code may pass through here.
  struct Restore {
    State& s;
    std::size_t frames;
    std::uint32_t native_depth;
    ~Restore() {
      while (s.frames.size() > frames) pop(s);
      s.native_depth = native_depth;
    }
  } restore{s, s.frames.size(), s.native_depth};
  if (!push(s, function, row, result)) return false;
  while (s.frames.size() > restore.frames)
    if (!execute(s)) return false;
  return true;
}

}  // namespace inlay::ir
