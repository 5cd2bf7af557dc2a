// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions and data, by name and, instances of generics, by what they are instances of.
#include <cstdio>
#include <cstring>

#include "base/hash.h"
#include "ir/state.h"
#include "ir/substitute.h"

namespace inlay::ir {

namespace {

constexpr std::uint32_t IdMask = 0x3fffffff;

std::uint32_t packed(SymbolKind kind, std::uint32_t id) { return static_cast<std::uint32_t>(kind) << 30 | id; }

std::string shown(std::string_view name) { return "'@" + std::string(name.substr(0, 200)) + "'"; }

}  // namespace

Symbol Module::find(std::string_view name) const {
  const std::uint32_t text = state_->text_index.find(
      base::hash(name.data(), name.size()), [&](std::uint32_t id) { return this->text(StringId{id}) == name; });
  return text ? find(StringId{text}) : Symbol{};
}

Symbol Module::find(StringId name) const {
  const std::uint32_t found = state_->symbol_index.find(name.value, [&](std::uint32_t entry) {
    const bool function = entry >> 30 == static_cast<std::uint32_t>(SymbolKind::Function);
    return (function ? functions[FunctionId{entry & IdMask}].name : data[DataId{entry & IdMask}].name) == name;
  });
  return {static_cast<SymbolKind>(found >> 30), found & IdMask};
}

FunctionId Module::function_named(std::string_view name) {
  const StringId text = string(name);
  const Symbol known = find(text);
  if (known.kind == SymbolKind::Function) return FunctionId{known.id};
  if (known.kind == SymbolKind::Data) {
    fail(Error(ErrorKind::InvalidArgument, shown(name) + " is both a function and data"));
    return {};
  }
  Function function;
  function.name = text;
  function.flags = FunctionReserved;
  const FunctionId id = functions.add(function);
  if (id) state_->symbol_index.insert(function.name.value, packed(SymbolKind::Function, id.value));
  return id;
}

FunctionId Module::function(std::string_view name, TypeId signature, std::uint32_t flags) {
  const FunctionId id = function_named(name);
  if (!id) return id;
  Function& f = functions[id];
  if (f.flags & FunctionReserved) {
    f.signature = signature;
    f.flags = flags;
  } else if (!(f.flags & flags & FunctionExtern) || f.signature != signature) {
    fail(Error(ErrorKind::InvalidArgument, shown(name) + " is declared twice"));
  }
  return id;
}

void Module::make_generic(FunctionId function, std::span<const GenericParameter> parameters) {
  functions[function].parameters = add_parameters(*this, parameters);
  functions[function].flags |= FunctionGeneric;
}

void Module::make_generic(DataId table, std::span<const GenericParameter> parameters) {
  data[table].parameters = add_parameters(*this, parameters);
  data[table].flags |= DataGeneric;
}

void Module::set_assembly(FunctionId function, Architecture architecture, std::string_view text) {
  const std::span<const std::uint32_t> old = list(functions[function].assembly);
  // The count is of pairs.
  std::vector<std::uint32_t> words;
  if (functions[function].assembly) words.assign(old.data(), old.data() + old.size() * 2);
  words.push_back(static_cast<std::uint32_t>(architecture));
  words.push_back(string(text).value);
  const ExtraId added = add_list(words);
  if (!added) return;
  extra[added] = static_cast<std::uint32_t>(words.size() / 2);
  functions[function].assembly = added;
  functions[function].flags |= FunctionAssembly;
}

template <class Entry, class Handle>
Handle Module::instance_in(Arena<Entry, Handle>& table, Handle generic, std::span<const GenericArgument> arguments) {
  constexpr SymbolKind kind = std::is_same_v<Handle, FunctionId> ? SymbolKind::Function : SymbolKind::Data;
  const InstanceKey key = instance_key(*this, kind, generic.value, arguments);
  const std::uint32_t known = state_->instance_index.find(key.hash, [&](std::uint32_t entry) {
    if (entry >> 30 != static_cast<std::uint32_t>(kind)) return false;
    const Entry& e = table[Handle{entry & IdMask}];
    return same_arguments(*this, e.generic.value, generic.value, e.arguments, arguments);
  });
  if (known) return Handle{known & IdMask};
  Entry entry;
  entry.name = table[generic].name;
  entry.generic = generic;
  entry.location = table[generic].location;
  entry.arguments = add_arguments(*this, arguments);
  if constexpr (kind == SymbolKind::Function) {
    // Instances are found before their generic may be declared: expand() sets what is missing.
    if (table[generic].signature) {
      std::vector<std::uint32_t> words;
      for (const GenericArgument& argument : arguments) words.push_back(argument.bits);
      entry.signature = substitute(*this, table[generic].signature, words);
    }
  }
  const Handle id = table.add(entry);
  if (id) state_->instance_index.insert(key.hash, packed(kind, id.value));
  return id;
}

FunctionId Module::instance(FunctionId generic, std::span<const GenericArgument> arguments) {
  return instance_in(functions, generic, arguments);
}

DataId Module::instance(DataId generic, std::span<const GenericArgument> arguments) {
  return instance_in(data, generic, arguments);
}

DataId Module::data_named(std::string_view name) {
  const Symbol known = find(name);
  if (known.kind == SymbolKind::Data) return DataId{known.id};
  if (known.kind == SymbolKind::Function) {
    fail(Error(ErrorKind::InvalidArgument, shown(name) + " is both a function and data"));
    return {};
  }
  Data entry;
  entry.name = string(name);
  entry.flags = DataReserved;
  const DataId id = data.add(entry);
  if (id) state_->symbol_index.insert(entry.name.value, packed(SymbolKind::Data, id.value));
  return id;
}

DataId Module::add_data(std::string_view name, TypeId type, std::span<const std::byte> bytes,
                        std::span<const Relocation> relocations, std::uint32_t flags) {
  const DataId id = data_named(name);
  if (!id) return id;
  if (!(data[id].flags & DataReserved)) {
    fail(Error(ErrorKind::InvalidArgument, shown(name) + " is declared twice"));
    return id;
  }
  Data entry = data[id];
  entry.type = type;
  entry.flags = flags | (flags & DataExtern ? 0u : DataDefined);
  entry.size = flags & DataTable ? static_cast<std::uint32_t>(bytes.size()) : type ? size_of(type) : 0;
  if (bytes.size() >> 32) {
    fail(Error(ErrorKind::InvalidArgument, shown(name) + " has 4 GiB or more, where an object is smaller"));
    return id;
  }
  if (!bytes.empty() && !(flags & DataTable)) {
    entry.bytes = this->bytes.add_uninitialized(static_cast<std::uint32_t>(bytes.size()));
    if (!entry.bytes) return id;
    std::memcpy(&this->bytes[entry.bytes], bytes.data(), bytes.size());
    entry.size = static_cast<std::uint32_t>(bytes.size());
  } else if (!(flags & (DataTable | DataExtern))) {
    entry.flags |= DataZero;
  }
  if (!relocations.empty()) {
    std::vector<std::uint32_t> words;
    for (const Relocation& relocation : relocations) {
      words.push_back(relocation.offset);
      words.push_back(relocation.symbol.bits);
      words.push_back(static_cast<std::uint32_t>(relocation.addend));
    }
    entry.relocations = add_list(words);
    if (entry.relocations) extra[entry.relocations] = static_cast<std::uint32_t>(relocations.size());
  }
  data[id] = entry;
  return id;
}

DataId Module::add_text(std::string_view name, std::string_view text) {
  const TypeId type = array(I8, text.size());
  const auto bytes = std::as_bytes(std::span(text.data(), text.size()));
  if (!name.empty()) return add_data(name, type, bytes);
  const std::uint64_t hash = base::hash(text.data(), text.size());
  const std::uint32_t known = state_->data_texts.find(hash, [&](std::uint32_t id) {
    const Data& d = data[DataId{id}];
    return d.size == text.size() && (text.empty() || std::memcmp(&this->bytes[d.bytes], text.data(), text.size()) == 0);
  });
  if (known) return DataId{known};
  char digits[32];
  std::snprintf(digits, sizeof digits, "text.%016llx", static_cast<unsigned long long>(hash));
  std::string unused = digits;
  while (find(unused).kind != SymbolKind::None) unused += '.';
  const DataId id = add_data(unused, type, bytes);
  if (id) state_->data_texts.insert(hash, id.value);
  return id;
}

DataId Module::add_table(std::string_view name, TypeId interface, std::span<const FunctionId> functions,
                         std::uint32_t flags) {
  std::vector<Relocation> relocations;
  for (std::size_t i = 0; i < functions.size(); ++i)
    relocations.push_back({static_cast<std::uint32_t>(i * 8), functions[i], 0});
  const DataId id = add_data(name, interface, {}, relocations, flags | DataTable);
  if (id) data[id].size = static_cast<std::uint32_t>(functions.size() * 8);
  return id;
}

namespace {

constexpr std::size_t LongestName = 1000;

/// A name that is too long to be of use keeps its beginning, and is told from others by a number.
std::string short_name(std::string name, const Module& module, Value symbol) {
  if (name.size() <= LongestName) return name;
  char digits[32];
  std::snprintf(digits, sizeof digits, "...%016llx", static_cast<unsigned long long>(content_hash(module, symbol)));
  name.resize(LongestName);
  return name + digits;
}

}  // namespace

std::string Module::full_name(FunctionId id) const {
  return short_name(symbol_text(*this, {SymbolKind::Function, id.value}).substr(1), *this, id);
}

std::string Module::full_name(DataId id) const {
  return short_name(symbol_text(*this, {SymbolKind::Data, id.value}).substr(1), *this, id);
}

}  // namespace inlay::ir
