// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where data, functions and type records lie.
#include <dlfcn.h>

#include <algorithm>
#include <cstring>
#include <iterator>

#include "ir/interpret/state.h"

namespace inlay::ir {

namespace {

using State = Interpreter::State;

constexpr std::size_t LeastAlign = 16;

bool is_type_record(const Module& m, Value value) {
  return value.is_const() && m.consts[value.constant()].kind == ConstKind::TypeRecord;
}

void* find_symbol(const State& s, const std::string& name) {
  if (s.options.find_symbol) return s.options.find_symbol(s.options.context, name.c_str());
  return dlsym(RTLD_DEFAULT, name.c_str());
}

Result<void> provide_external_data(State& s, DataId id) {
  if (s.data[id.value]) return {};
  const std::string name(s.module.text(s.module.data[id].name));
  s.data[id.value] = static_cast<std::byte*>(find_symbol(s, name));
  if (s.data[id.value]) return {};
  return Error(ErrorKind::UndefinedSymbol, "the data '@" + s.module.full_name(id) +
                                               "' is external and nothing defines it; link a library that does, or "
                                               "give its address (InterpretOptions::find_symbol)");
}

/// The data itself, not what it leads to.
Result<void> provide_object(State& s, DataId id) {
  if (s.module.data[id].flags & DataExtern) return provide_external_data(s, id);
  if (s.data[id.value]) return {};
  return Error(ErrorKind::InvalidProgram,
               "the data '@" + s.module.full_name(id) + "' is not defined; tables of generics are by expand()");
}

/// Calls `visit` for each pointer in an object: where it lies, what it leads to, what is added.
template <class Visit>
Result<void> visit_pointers(const Module& m, const Data& data, Visit&& visit) {
  if (!data.relocations) return {};
  const std::uint32_t* words = &m.extra[data.relocations] + 1;
  for (std::uint32_t n = m.extra[data.relocations]; n > 0; --n, words += 3)
    INLAY_TRY_VOID(visit(words[0], Value::of_bits(words[1]), static_cast<std::int32_t>(words[2])));
  return {};
}

/// Data that code mentions, with all the data that leads to.
Result<void> provide_data(State& s, DataId first) {
  if (s.data_complete[first.value]) return {};
  std::vector<DataId> reached{first};
  s.data_complete[first.value] = true;
  Result<void> result;
  for (std::size_t i = 0; i < reached.size() && result; ++i) {
    result = provide_object(s, reached[i]);
    if (!result) break;
    result = visit_pointers(s.module, s.module.data[reached[i]],
                            [&](std::uint32_t, Value symbol, std::int32_t) -> Result<void> {
                              if (!symbol.is_data() || s.data_complete[symbol.data().value]) return {};
                              s.data_complete[symbol.data().value] = true;
                              reached.push_back(symbol.data());
                              return {};
                            });
  }
  if (!result)
    for (DataId id : reached) s.data_complete[id.value] = false;  // whoever asks again is told again
  return result;
}

Result<void> provide_function(State& s, FunctionId id) {
  if (s.function_addresses[id.value]) return {};
  const bool own = (s.module.functions[id].flags & FunctionDefined) != 0;
  if (!own) {
    Result<void*> found = native_address(s, id);
    if (found) {
      s.function_addresses[id.value] = *found;
      return {};
    }
    // Not a reason to stop before somebody calls it.
    INLAY_TRY(s.function_addresses[id.value], s.natives.entry(s, id, &found.error()));
    return {};
  }
  INLAY_TRY(s.function_addresses[id.value], s.natives.entry(s, id));
  s.functions_by_address.emplace(s.function_addresses[id.value], id);
  return {};
}

void provide_type_record(State& s, TypeId id) {
  std::unique_ptr<TypeRecordCopy>& copy = s.type_records[id.value];
  if (copy) return;
  const Type& type = s.module.types[id];
  copy = std::make_unique<TypeRecordCopy>();
  copy->name = s.module.to_string(id);
  copy->record = {type.hash, type.size, std::int64_t{1} << type.align_log2, copy->name.c_str()};
}

/// Offsets for all objects of one sort; the size of all together.
template <class Wanted>
std::size_t lay_out(const State& s, std::vector<std::size_t>& offsets, Wanted&& wanted) {
  std::size_t size = 0;
  for (std::uint32_t i = 1; i < s.module.data.count(); ++i) {
    const Data& data = s.module.data[DataId{i}];
    if (!wanted(data)) continue;
    const std::size_t align =
        data.type ? std::max(LeastAlign, std::size_t{1} << s.module.types[data.type].align_log2) : LeastAlign;
    size = (size + align - 1) / align * align;
    offsets[i] = size;
    size += std::max<std::size_t>(data.size, 1);  // each has an address of its own
  }
  return size;
}

Result<void> relocate(State& s, const Data& data, std::byte* at) {
  return visit_pointers(s.module, data, [&](std::uint32_t offset, Value symbol, std::int32_t addend) -> Result<void> {
    if (offset > data.size || data.size - offset < 8)
      return Error(ErrorKind::InvalidProgram, "a pointer does not lie within its object; verify the module first");
    if (symbol.is_data()) {
      // Nobody may ever use it: provide_data() answers those who do.
      if (!provide_object(s, symbol.data())) return {};
    } else {
      INLAY_TRY_VOID(provide(s, symbol));
    }
    const std::uint64_t bits = constant_bits(s, symbol) + static_cast<std::uint64_t>(std::int64_t{addend});
    std::memcpy(at + offset, &bits, sizeof bits);
    return {};
  });
}

}  // namespace

std::string shown(const Module& module, FunctionId function) {
  return "the function '@" + module.full_name(function) + "'";
}

Result<void*> native_address(State& s, FunctionId id) {
  const Function& function = s.module.functions[id];
  const std::string name(s.module.text(function.name));
  if (function.flags & FunctionAssembly) {
    // What the dynamic linker knows by this name is something else.
    if (s.options.find_symbol)
      if (void* found = s.options.find_symbol(s.options.context, name.c_str())) return found;
    return Error(ErrorKind::UndefinedSymbol, shown(s.module, id) +
                                                 " is assembly, which cannot be interpreted; compile the program, or "
                                                 "give its address (InterpretOptions::find_symbol)");
  }
  if (!(function.flags & FunctionExtern))
    return Error(ErrorKind::InvalidProgram,
                 shown(s.module, id) + " has no body; instances of generics get theirs by expand()");
  if (void* found = find_symbol(s, name)) return found;
  return Error(ErrorKind::UndefinedSymbol,
               shown(s.module, id) +
                   " is external and nothing defines it; link a library that does, or give its "
                   "address (InterpretOptions::find_symbol)");
}

Result<void> provide(State& s, Value value) {
  if (value.is_function()) return provide_function(s, value.function());
  if (value.is_data()) return provide_data(s, value.data());
  if (is_type_record(s.module, value))
    provide_type_record(s, TypeId{static_cast<std::uint32_t>(s.module.consts[value.constant()].bits)});
  return {};
}

std::uint64_t constant_bits(const State& s, Value value) {
  const Module& m = s.module;
  if (value.is_number()) return static_cast<std::uint64_t>(value.number());
  if (value.is_function()) return reinterpret_cast<std::uintptr_t>(s.function_addresses[value.function().value]);
  if (value.is_data()) return reinterpret_cast<std::uintptr_t>(s.data[value.data().value]);
  if (!value.is_const()) return 0;
  const Const& c = m.consts[value.constant()];
  const TypeId type{static_cast<std::uint32_t>(c.bits)};
  switch (c.kind) {
    case ConstKind::Int:
    case ConstKind::Float:
      return c.bits;
    case ConstKind::SizeOf:
      return m.types[type].size;
    case ConstKind::AlignOf:
      return std::uint64_t{1} << m.types[type].align_log2;
    case ConstKind::TypeRecord: {
      const auto found = s.type_records.find(type.value);
      return found == s.type_records.end() ? 0 : reinterpret_cast<std::uintptr_t>(&found->second->record);
    }
    case ConstKind::Zero:
    case ConstKind::Lanes:
    case ConstKind::Param:
      return 0;
  }
  return 0;
}

Result<void> place_data(State& s) {
  const Module& m = s.module;
  s.data.resize(m.data.count());
  s.data_complete.resize(m.data.count());
  s.function_addresses.resize(m.functions.count());
  const auto defined = [](const Data& d) { return (d.flags & DataDefined) && !(d.flags & DataGeneric); };
  const auto variable = [&](const Data& d) { return defined(d) && (d.flags & DataMutable); };
  const auto constant = [&](const Data& d) { return defined(d) && !(d.flags & DataMutable); };
  std::vector<std::size_t> offsets(m.data.count());
  const std::size_t variables = lay_out(s, offsets, variable);
  const std::size_t constants = lay_out(s, offsets, constant);
  if (variables) s.variables = Pages::of(variables);
  if (constants) s.constants = Pages::of(constants);
  if ((variables && !s.variables.base()) || (constants && !s.constants.base()))
    return Error(ErrorKind::OutOfMemory, "the system has no memory for the program's data");
  for (std::uint32_t i = 1; i < m.data.count(); ++i) {
    const Data& data = m.data[DataId{i}];
    if (!defined(data)) continue;
    s.data[i] = (variable(data) ? s.variables : s.constants).base() + offsets[i];
    if (data.bytes && !(data.flags & DataZero)) std::memcpy(s.data[i], &m.bytes[data.bytes], data.size);
  }
  for (std::uint32_t i = 1; i < m.data.count(); ++i)
    if (s.data[i]) INLAY_TRY_VOID(relocate(s, m.data[DataId{i}], s.data[i]));
  s.constants.make_read_only();
  return {};
}

}  // namespace inlay::ir
