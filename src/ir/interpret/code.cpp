// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>

#include "inlay/ir/walk.h"
#include "ir/interpret/state.h"

namespace inlay::ir {

namespace {

using State = Interpreter::State;

Error not_laid_out(const Module& module, TypeId type) {
  return Error(ErrorKind::InvalidProgram,
               "the type '" + module.to_string(type) + "' is not laid out; verify() and expand() do that");
}

/// The type whose layout the instruction reads; none if it reads none.
TypeId laid_out_for(const Module& m, const Inst& inst) {
  switch (inst.op()) {
    case Op::Slot:
    case Op::Offset:
    case Op::Field:
    case Op::At:
      return inst.type();
    case Op::Elem:
    case Op::Subslice:
      return m.types[inst.type()].element;
    default:
      return {};
  }
}

/// Addresses and sizes that the instruction mentions.
Result<void> provide_operands(State& s, const Inst& inst) {
  Result<void> result;
  visit_words(s.module, inst, [&](Slot slot, std::uint32_t word) {
    if (!result || (!is_value(slot) && slot != Slot::Args) || slot == Slot::Callee) return;
    const Value value = Value::of_bits(word);
    if (value.is_const()) {
      const Const& c = s.module.consts[value.constant()];
      const TypeId of{static_cast<std::uint32_t>(c.bits)};
      const bool sized = c.kind == ConstKind::SizeOf || c.kind == ConstKind::AlignOf || c.kind == ConstKind::TypeRecord;
      if (sized && !(s.module.types[of].flags & TypeLaidOut)) result = not_laid_out(s.module, of);
    }
    if (result) result = provide(s, value);
  });
  return result;
}

std::uint64_t round_up(std::uint64_t value, std::uint64_t align) { return (value + align - 1) / align * align; }

}  // namespace

Result<const Code*> code_of(State& s, FunctionId id) {
  if (s.codes.size() <= id.value) s.codes.resize(s.module.functions.count());
  if (s.codes[id.value]) return s.codes[id.value].get();
  const Module& m = s.module;
  const Function& function = m.functions[id];
  auto code = std::make_unique<Code>();
  code->first = function.first.value;
  std::uint64_t at = 0;
  for (InstId i = function.first; i < function.end; ++i.value) {
    const Inst& inst = m.insts[i];
    const TypeId needs = laid_out_for(m, inst);
    if (needs && !(m.types[needs].flags & TypeLaidOut)) return not_laid_out(m, needs);
    INLAY_TRY_VOID(provide_operands(s, inst));
    code->cells.push_back(at);
    const TypeId type = m.result_type(inst);
    if (type && type != Void) at += cell_size(m, type);
  }
  code->slots_begin = at;
  for (InstId i = function.first; i < function.end; ++i.value) {
    if (m.insts[i].op() != Op::Slot) continue;
    const Type& type = m.types[m.insts[i].type()];
    const std::uint64_t align = std::uint64_t{1} << type.align_log2;
    code->align = std::max(code->align, align);
    at = round_up(at, align);
    code->slots.emplace(i.value, at);
    at += std::max<std::uint64_t>(type.size, 1);
  }
  code->size = at;
  s.codes[id.value] = std::move(code);
  return s.codes[id.value].get();
}

}  // namespace inlay::ir
