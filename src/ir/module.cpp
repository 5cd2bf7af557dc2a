// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The tables themselves, text and constants; types are in types.cpp, functions and data in symbols.cpp.
#include "inlay/ir/module.h"

#include <bit>
#include <cstring>

#include "base/hash.h"
#include "ir/state.h"

namespace inlay::ir {

namespace {

// Address space only: most modules use a thousandth.
constexpr std::uint32_t InstLimit = 1u << 27;
constexpr std::uint32_t ExtraLimit = 1u << 28;
constexpr std::uint32_t BlockLimit = 1u << 26;
constexpr std::uint32_t SymbolLimit = 1u << 24;
constexpr std::uint32_t TypeLimit = 1u << 24;  // as many as fit an instruction
constexpr std::uint32_t ConstLimit = 1u << 26;

std::uint64_t hash_of(std::string_view text) { return base::hash(text.data(), text.size()); }

}  // namespace

Module::Module()
    : insts(InstLimit),
      locations(InstLimit),
      blocks(BlockLimit),
      functions(SymbolLimit),
      data(SymbolLimit),
      types(TypeLimit),
      consts(ConstLimit),
      extra(ExtraLimit),
      bytes(~0u),
      state_(std::make_unique<State>()) {}

Module::Module(Module&&) noexcept = default;
Module& Module::operator=(Module&&) noexcept = default;
Module::~Module() = default;

Result<Module> Module::create() {
  Module module;
  const bool exhausted = module.insts.exhausted() || module.locations.exhausted() || module.blocks.exhausted() ||
                         module.functions.exhausted() || module.data.exhausted() || module.types.exhausted() ||
                         module.consts.exhausted() || module.extra.exhausted() || module.bytes.exhausted() ||
                         module.state_->texts.exhausted() || module.state_->characters.exhausted() ||
                         module.state_->names.exhausted();
  if (exhausted) return Error(ErrorKind::OutOfMemory, "the system gave no address space for a program's tables");
  module.reset();
  return module;
}

void Module::reset() {
  insts.reset();
  locations.reset();
  blocks.reset();
  functions.reset();
  data.reset();
  types.reset();
  consts.reset();
  extra.reset();
  bytes.reset();
  State& s = *state_;
  s.texts.reset();
  s.characters.reset();
  s.names.reset();
  s.files.assign(1, StringId{});
  s.error.reset();
  s.own_names = false;
  for (Interner* index : {&s.text_index, &s.type_index, &s.const_index, &s.symbol_index, &s.type_names, &s.file_index,
                          &s.instance_index, &s.data_texts})
    index->reset();

  // The types that have numbers of their own, in that order.
  struct Basic {
    TypeKind kind;
    std::uint8_t align_log2;
    std::uint32_t size;
  };
  constexpr Basic basic[] = {{TypeKind::Void, 0, 0}, {TypeKind::Bool, 0, 1}, {TypeKind::I8, 0, 1},
                             {TypeKind::I16, 1, 2},  {TypeKind::I32, 2, 4},  {TypeKind::I64, 3, 8},
                             {TypeKind::F32, 2, 4},  {TypeKind::F64, 3, 8},  {TypeKind::Ptr, 3, 8}};
  for (const Basic& b : basic) {
    Type type;
    type.kind = b.kind;
    type.align_log2 = b.align_log2;
    type.size = b.size;
    type.flags = b.kind == TypeKind::Void ? TypeInvalid : TypeLaidOut;
    intern(type);
  }
}

const std::optional<Error>& Module::error() const {
  // Tables note it themselves, so that nothing is written here: there may be many readers.
  static const std::optional<Error> too_large(std::in_place, ErrorKind::OutOfMemory,
                                              "the program does not fit in the memory that there is, or is larger "
                                              "than a module can hold; make several modules of it");
  const bool full = insts.exhausted() || locations.exhausted() || blocks.exhausted() || functions.exhausted() ||
                    data.exhausted() || types.exhausted() || consts.exhausted() || extra.exhausted() ||
                    bytes.exhausted() || state_->texts.exhausted() || state_->characters.exhausted() ||
                    state_->names.exhausted();
  return full && !state_->error ? too_large : state_->error;
}

void Module::fail(Error error) {
  if (!this->error()) state_->error.emplace(std::move(error));
}

StringId Module::string_in_place(std::string_view text) {
  const std::uint64_t hash = hash_of(text);
  State& s = *state_;
  const std::uint32_t known =
      s.text_index.find(hash, [&](std::uint32_t id) { return this->text(StringId{id}) == text; });
  if (known) return StringId{known};
  const StringId id = s.texts.add({text.data(), text.size()});
  if (id) s.text_index.insert(hash, id.value);
  return id;
}

StringId Module::string(std::string_view text) {
  const std::uint64_t hash = hash_of(text);
  State& s = *state_;
  const std::uint32_t known =
      s.text_index.find(hash, [&](std::uint32_t id) { return this->text(StringId{id}) == text; });
  if (known) return StringId{known};
  Text copy{"", text.size()};
  if (!text.empty()) {
    const auto place =
        text.size() >> 32 ? Id<CharTag>{} : s.characters.add_uninitialized(static_cast<std::uint32_t>(text.size()));
    if (!place) return StringId{};
    std::memcpy(&s.characters[place], text.data(), text.size());
    copy.data = &s.characters[place];
  }
  const StringId id = s.texts.add(copy);
  if (id) s.text_index.insert(hash, id.value);
  return id;
}

std::string_view Module::text(StringId id) const {
  if (!state_->texts.contains(id)) return {};
  const Text& text = state_->texts[id];
  return {text.data, text.size};
}

FileId Module::file(std::string_view path) {
  State& s = *state_;
  const StringId name = string(path);
  const std::uint32_t known = s.file_index.find(name.value, [&](std::uint32_t id) { return s.files[id] == name; });
  if (known) return FileId{known};
  s.files.push_back(name);
  const auto id = static_cast<std::uint32_t>(s.files.size() - 1);
  s.file_index.insert(name.value, id);
  return FileId{id};
}

std::string_view Module::path(FileId id) const {
  return id.value < state_->files.size() ? text(state_->files[id.value]) : std::string_view();
}

Place Module::place(Location location) const {
  if (!location || location.file().value >= state_->files.size()) return {};
  return {std::string(path(location.file())), location.line(), 0};
}

void Module::set_name(InstId inst, StringId name) {
  Arena<StringId, InstId>& names = state_->names;
  if (!insts.contains(inst)) return;
  if (inst.value >= names.count()) {
    const std::uint32_t n = inst.value - names.count() + 1;
    const InstId first = names.add_uninitialized(n);
    if (!first) return;
    std::memset(static_cast<void*>(&names[first]), 0, n * sizeof(StringId));
  }
  names[inst] = name;
}

StringId Module::name_of(InstId inst) const { return state_->names.contains(inst) ? state_->names[inst] : StringId{}; }

ExtraId Module::add_list(std::span<const std::uint32_t> words) {
  const auto n = static_cast<std::uint32_t>(words.size());
  const ExtraId list = words.size() < ~0u ? extra.add_uninitialized(n + 1) : ExtraId{};
  if (!list) return list;
  extra[list] = n;
  if (n != 0) std::memcpy(&extra[list] + 1, words.data(), words.size_bytes());
  return list;
}

Value Module::constant(const Const& constant) {
  std::uint64_t hash = mix(mix(static_cast<std::uint64_t>(constant.kind), constant.type.value), constant.bits);
  const std::size_t lanes = constant.kind == ConstKind::Lanes ? types[constant.type].count : 0;
  if (lanes != 0) {
    hash = mix(static_cast<std::uint64_t>(constant.kind), constant.type.value);
    for (std::uint32_t word : words(ExtraId{static_cast<std::uint32_t>(constant.bits)}, lanes)) hash = mix(hash, word);
  }
  const std::uint32_t known = state_->const_index.find(hash, [&](std::uint32_t id) {
    const Const& c = consts[ConstId{id}];
    if (c.kind != constant.kind || c.type != constant.type) return false;
    if (lanes == 0) return c.bits == constant.bits;
    return std::memcmp(&extra[ExtraId{static_cast<std::uint32_t>(c.bits)}],
                       &extra[ExtraId{static_cast<std::uint32_t>(constant.bits)}], lanes * sizeof(std::uint32_t)) == 0;
  });
  if (known) return ConstId{known};
  const ConstId id = consts.add(constant);
  if (!id) return {};
  state_->const_index.insert(hash, id.value);
  return id;
}

Value Module::integer(TypeId type, std::int64_t number) {
  if (type == Bool) return Value::number(number & 1);
  if (is_int(type)) {  // one form for each value
    const unsigned unused = 64 - bits_of(type);
    number = static_cast<std::int64_t>(static_cast<std::uint64_t>(number) << unused) >> unused;
  }
  if (Value::is_small(number)) return Value::number(number);
  return constant({ConstKind::Int, type, static_cast<std::uint64_t>(number)});
}

Value Module::float_bits(TypeId type, std::uint64_t bits) { return constant({ConstKind::Float, type, bits}); }

Value Module::floating(TypeId type, double number) {
  if (type == F32) return float_bits(type, std::bit_cast<std::uint32_t>(static_cast<float>(number)));
  return float_bits(type, std::bit_cast<std::uint64_t>(number));
}

Value Module::zero(TypeId type) {
  if (type == Bool || is_int(type)) return Value::number(0);
  if (is_float(type)) return float_bits(type, 0);
  return constant({ConstKind::Zero, type, 0});
}

Value Module::lanes(TypeId vector, std::span<const Value> lanes) {
  const ExtraId list = extra.add_uninitialized(static_cast<std::uint32_t>(lanes.size()));
  if (!list) return {};
  for (std::size_t i = 0; i < lanes.size(); ++i) (&extra[list])[i] = lanes[i].bits;
  return constant({ConstKind::Lanes, vector, list.value});
}

Value Module::size_constant(TypeId type) { return constant({ConstKind::SizeOf, I64, type.value}); }
Value Module::align_constant(TypeId type) { return constant({ConstKind::AlignOf, I64, type.value}); }
Value Module::type_record(TypeId type) { return constant({ConstKind::TypeRecord, Ptr, type.value}); }
Value Module::constant_parameter(std::uint32_t number, TypeId type) {
  return constant({ConstKind::Param, type, number});
}

TypeId Module::type_of_other(Value value) const {
  if (value.is_const()) return consts[value.constant()].type;
  if (value.is_function()) return functions[value.function()].signature;
  if (value.is_data()) return Ptr;
  return TypeId{};
}

TypeId Module::other_result_type(const Inst& inst) const {
  switch (info(inst.op()).yields) {
    case Yields::Nothing:
      return Void;
    case Yields::Same:
      return inst.type();
    case Yields::Truth:
      return truth_type(inst.type());
    case Yields::Element:
    case Yields::Returned:
      return types[inst.type()].element;
    case Yields::Pointer:
      return Ptr;
    case Yields::Length:
      return I64;
  }
  return Void;
}

std::size_t Module::memory() const {
  const State& s = *state_;
  return insts.bytes() + locations.bytes() + blocks.bytes() + functions.bytes() + data.bytes() + types.bytes() +
         consts.bytes() + extra.bytes() + bytes.bytes() + s.texts.bytes() + s.characters.bytes() + s.names.bytes();
}

Op op_named(std::string_view text) {
  struct Names {
    Interner index;
    Names() {
      for (std::uint32_t i = 1; i < OpCount; ++i) index.insert(hash_of(OpInfos[i].text), i);
    }
  };
  static const Names names;
  return static_cast<Op>(names.index.find(hash_of(text), [&](std::uint32_t i) { return OpInfos[i].text == text; }));
}

}  // namespace inlay::ir
