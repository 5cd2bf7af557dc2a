// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A body is a range of instructions and a range of blocks: a copy of both, with all handles moved by the same distance,
// is a body again.
#include "ir/clone.h"

#include <cstring>

#include "inlay/ir/walk.h"

namespace inlay::ir {

namespace {

/// How many words of an instruction lie in Module::extra.
std::uint32_t words_beyond(const Module& module, const Inst& inst) {
  if (fits_inline(info(inst.op()).slots) || inst.b == 0) return 0;
  std::uint32_t words = 0;
  visit_words(module, inst, [&](Slot, std::uint32_t) { ++words; }, [&](std::uint32_t) { ++words; });
  return words - 1;
}

class Cloner {
 public:
  Cloner(Module& module, Substitution& substitution, FunctionId instance)
      : m_(module),
        substitution_(substitution),
        instance_(instance),
        generic_(m_.functions[m_.functions[instance].generic]) {}

  Result<void> clone();

 private:
  Error full() const { return Error(ErrorKind::OutOfMemory, "no memory is left for instances of generics"); }
  Result<TypeId> type(TypeId type);
  Result<void> copy_insts(Function& f);
  Result<void> copy_inst(Inst& inst);
  void copy_blocks(Function& f);
  void patch(Slot slot, std::uint32_t& word);

  Module& m_;
  Substitution& substitution_;
  const FunctionId instance_;
  const Function generic_;
  std::uint32_t inst_delta_ = 0, block_delta_ = 0;
};

Result<void> Cloner::clone() {
  substitution_.begin(m_.list(m_.functions[instance_].arguments));
  Function f = m_.functions[instance_];
  f.signature = substitution_.type(generic_.signature);
  f.location = generic_.location;
  f.assembly = generic_.assembly;
  // Who exports a generic lets others make instances; those are everybody's own.
  f.flags = generic_.flags & (FunctionDefined | FunctionAssembly | FunctionInline | FunctionNoInline | FunctionCold);
  if (generic_.flags & FunctionDefined) {
    INLAY_TRY_VOID(copy_insts(f));
    copy_blocks(f);
    if (!f.first || !f.first_block) return full();
  }
  if (m_.error()) return *m_.error();
  m_.functions[instance_] = f;
  return {};
}

/// A type that an instruction of the instance has, laid out.
Result<TypeId> Cloner::type(TypeId generic) {
  const TypeId type = substitution_.type(generic);
  const auto good = [&](TypeId part) { return !part || part == Void || m_.lay_out(part); };
  const Type& parts = m_.types[type];
  if (good(type) && (parts.kind != TypeKind::Slice || good(parts.element))) return type;
  return Error(ErrorKind::InvalidProgram, "the type '" + m_.to_string(generic) + "' becomes '" + m_.to_string(type) +
                                              "', which cannot lie in memory; use arguments with which it can");
}

Result<void> Cloner::copy_insts(Function& f) {
  const std::uint32_t n = generic_.end.value - generic_.first.value;
  f.first = m_.insts.add_uninitialized(n);
  const InstId locations = m_.locations.add_uninitialized(n);
  if (!f.first || !locations) return full();
  f.end = InstId{f.first.value + n};
  inst_delta_ = f.first.value - generic_.first.value;
  f.first_block = m_.blocks.add_uninitialized(generic_.end_block.value - generic_.first_block.value);
  if (!f.first_block) return full();
  f.end_block = BlockId{f.first_block.value + (generic_.end_block.value - generic_.first_block.value)};
  block_delta_ = f.first_block.value - generic_.first_block.value;
  if (n == 0) return {};
  std::memcpy(&m_.insts[f.first], &m_.insts[generic_.first], n * sizeof(Inst));
  std::memcpy(static_cast<void*>(&m_.locations[locations]), &m_.locations[generic_.first], n * sizeof(Location));
  for (std::uint32_t i = 0; i < n; ++i) {
    const InstId id{f.first.value + i};
    INLAY_TRY_VOID(copy_inst(m_.insts[id]));
    if (const StringId name = m_.name_of(InstId{generic_.first.value + i})) m_.set_name(id, name);
  }
  return {};
}

Result<void> Cloner::copy_inst(Inst& inst) {
  if (inst.next) inst.next.value += inst_delta_;
  if (m_.is_dependent(inst.type())) {
    INLAY_TRY(const TypeId concrete, type(inst.type()));
    inst.op_and_type = Inst::pack(inst.op(), concrete);
  }
  if (const std::uint32_t n = words_beyond(m_, inst)) {
    const ExtraId copy = m_.extra.add_uninitialized(n);
    if (!copy) return full();
    std::memcpy(&m_.extra[copy], &m_.extra[ExtraId{inst.b}], n * sizeof(std::uint32_t));
    inst.b = copy.value;
  }
  visit_words(m_, inst, [&](Slot slot, std::uint32_t& word) { patch(slot, word); });
  return {};
}

void Cloner::patch(Slot slot, std::uint32_t& word) {
  if (slot == Slot::Target) {
    word += block_delta_;
    return;
  }
  if (!is_value(slot) && slot != Slot::Args && slot != Slot::Cases) return;
  const Value value = Value::of_bits(word);
  if (value.is_inst()) {
    if (value) word += inst_delta_;
  } else if (!value.is_number()) {
    Value concrete = substitution_.value(value);
    if (slot == Slot::Other) concrete = with_type(m_, concrete, substitution_.type(m_.type_of(value)));
    word = concrete.bits;
  }
}

void Cloner::copy_blocks(Function& f) {
  for (std::uint32_t i = 0; i < f.end_block.value - f.first_block.value; ++i) {
    Block block = m_.blocks[BlockId{generic_.first_block.value + i}];
    if (block.first) block.first.value += inst_delta_;
    if (block.last) block.last.value += inst_delta_;
    m_.blocks[BlockId{f.first_block.value + i}] = block;
  }
}

}  // namespace

Result<void> give_body(Module& module, Substitution& substitution, FunctionId instance) {
  return Cloner(module, substitution, instance).clone();
}

void give_entries(Module& module, Substitution& substitution, DataId instance) {
  const Data generic = module.data[module.data[instance].generic];
  substitution.begin(module.list(module.data[instance].arguments));
  Data d = module.data[instance];
  d.type = substitution.type(generic.type);
  d.flags = generic.flags & ~(DataGeneric | DataExported | DataReserved);
  d.size = generic.size;
  d.bytes = generic.bytes;
  d.location = generic.location;
  const std::uint32_t count = generic.relocations ? module.extra[generic.relocations] : 0;
  std::vector<std::uint32_t> words(std::size_t{count} * 3);
  for (std::size_t i = 0; i < words.size(); i += 3) {
    const std::uint32_t* from = &module.extra[generic.relocations] + 1 + i;
    words[i] = from[0];
    words[i + 1] = substitution.value(Value::of_bits(from[1])).bits;
    words[i + 2] = from[2];
  }
  d.relocations = {};
  if (count != 0) d.relocations = module.add_list(words);
  if (d.relocations) module.extra[d.relocations] = count;
  module.data[instance] = d;
}

Value with_type(Module& module, Value value, TypeId type) {
  if (!value.is_number() || !type) return value;
  return module.constant({ConstKind::Int, type, static_cast<std::uint64_t>(value.number())});
}

}  // namespace inlay::ir
