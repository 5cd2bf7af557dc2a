// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/substitute.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "base/hash.h"
#include "ir/state.h"
#include "ir/text/words.h"

namespace inlay::ir {

ExtraId add_parameters(Module& module, std::span<const GenericParameter> parameters) {
  std::vector<std::uint32_t> words;
  for (const GenericParameter& parameter : parameters) {
    words.push_back(module.string(parameter.name).value);
    words.push_back(parameter.type.value);
  }
  const ExtraId list = module.add_list(words);
  if (list) module.extra[list] = static_cast<std::uint32_t>(parameters.size());
  return list;
}

ExtraId add_arguments(Module& module, std::span<const GenericArgument> arguments) {
  std::vector<std::uint32_t> words;
  for (const GenericArgument& argument : arguments) words.push_back(argument.bits);
  return module.add_list(words);
}

ExtraId parameters_of(const Module& module, SymbolKind kind, std::uint32_t generic) {
  switch (kind) {
    case SymbolKind::None:
      return {};
    case SymbolKind::Function:
      return module.functions[FunctionId{generic}].parameters;
    case SymbolKind::Data:
      return module.data[DataId{generic}].parameters;
    case SymbolKind::Type:
      return module.types[TypeId{generic}].parameters;
  }
  return {};
}

namespace {

/// Whether parameter number `i` of the list is a type. Of a list that is too short or missing: it is.
bool is_type_parameter(const Module& module, ExtraId parameters, std::size_t i) {
  return !parameters || i >= module.extra[parameters] || (&module.extra[parameters])[2 + 2 * i] == 0;
}

std::uint64_t hash_of_argument(const Module& module, Value value, bool& dependent) {
  if (!value.is_const()) return value.bits;
  const Const& c = module.consts[value.constant()];
  dependent |= c.kind == ConstKind::Param;
  const bool of_type = c.kind == ConstKind::SizeOf || c.kind == ConstKind::AlignOf || c.kind == ConstKind::TypeRecord;
  if (of_type) dependent |= module.is_dependent(TypeId{static_cast<std::uint32_t>(c.bits)});
  const std::uint64_t bits = of_type ? module.types[TypeId{static_cast<std::uint32_t>(c.bits)}].hash : c.bits;
  return mix(mix(static_cast<std::uint64_t>(c.kind), bits), module.types[c.type].hash);
}

}  // namespace

InstanceKey instance_key(const Module& module, SymbolKind kind, std::uint32_t generic,
                         std::span<const GenericArgument> arguments) {
  InstanceKey key;
  const ExtraId parameters = parameters_of(module, kind, generic);
  key.hash = mix(static_cast<std::uint64_t>(kind), generic);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    key.hash = mix(key.hash, arguments[i].bits);
    if (is_type_parameter(module, parameters, i)) {
      const TypeId type{arguments[i].bits};
      key.dependent |= module.is_dependent(type);
      key.name_hash = mix(key.name_hash, module.types[type].hash);
    } else {
      key.name_hash = mix(key.name_hash, hash_of_argument(module, Value::of_bits(arguments[i].bits), key.dependent));
    }
  }
  return key;
}

bool same_arguments(const Module& module, std::uint32_t generic, std::uint32_t wanted_generic, ExtraId arguments,
                    std::span<const GenericArgument> wanted) {
  const std::span<const std::uint32_t> have = module.list(arguments);
  return generic == wanted_generic && have.size() == wanted.size() &&
         std::equal(have.begin(), have.end(), wanted.begin(),
                    [](std::uint32_t word, const GenericArgument& argument) { return word == argument.bits; });
}

namespace {

std::vector<GenericArgument> substituted(Module& module, ExtraId parameters, ExtraId list,
                                         std::span<const std::uint32_t> arguments) {
  const std::span<const std::uint32_t> old = module.list(list);
  const std::vector<std::uint32_t> words(old.begin(), old.end());  // the table may move on
  std::vector<GenericArgument> result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_type_parameter(module, parameters, i))
      result.emplace_back(substitute(module, TypeId{words[i]}, arguments));
    else
      result.emplace_back(substitute(module, Value::of_bits(words[i]), arguments));
  }
  return result;
}

std::vector<TypeId> substituted_types(Module& module, const Type& type, std::span<const std::uint32_t> arguments) {
  std::vector<TypeId> types;
  for (std::uint32_t i = 0; i < type.count; ++i)
    types.push_back(substitute(module, TypeId{(&module.extra[type.list])[i]}, arguments));
  return types;
}

std::vector<NamedType> substituted_fields(Module& module, const Type& type, std::span<const std::uint32_t> arguments) {
  std::vector<NamedType> fields;
  for (std::uint32_t i = 0; i < type.count; ++i) {
    const std::uint32_t* words = &module.extra[type.list] + std::size_t{i} * 3;
    const std::string_view name = module.text(StringId{words[0]});
    fields.push_back({name, substitute(module, TypeId{words[1]}, arguments)});
  }
  return fields;
}

}  // namespace

TypeId substitute(Module& module, TypeId id, std::span<const std::uint32_t> arguments) {
  if (!module.is_dependent(id)) return id;
  const Type type = module.types[id];
  switch (type.kind) {
    case TypeKind::TypeParam:
      return type.count < arguments.size() ? TypeId{arguments[type.count]} : id;
    case TypeKind::Vector:
      return module.vector(substitute(module, type.element, arguments), type.count);
    case TypeKind::Array: {
      const TypeId element = substitute(module, type.element, arguments);
      return module.array(element, substitute(module, type.length, arguments));
    }
    case TypeKind::Slice:
      return module.slice(substitute(module, type.element, arguments));
    case TypeKind::Fn:
      return module.signature(substituted_types(module, type, arguments), substitute(module, type.element, arguments));
    case TypeKind::Closure:
      return module.closure(substituted_types(module, type, arguments), substitute(module, type.element, arguments));
    case TypeKind::Struct:
      if (type.generic)
        return module.instance(type.generic,
                               substituted(module, module.types[type.generic].parameters, type.arguments, arguments));
      if (type.name) return id;  // a generic without arguments: verify() tells
      return module.struct_type(substituted_fields(module, type, arguments));
    default:
      return id;
  }
}

Value substitute(Module& module, Value value, std::span<const std::uint32_t> arguments) {
  if (value.is_const()) {
    Const c = module.consts[value.constant()];
    if (c.kind == ConstKind::Param) return c.bits < arguments.size() ? Value::of_bits(arguments[c.bits]) : value;
    const TypeId type = substitute(module, c.type, arguments);
    if (c.kind == ConstKind::SizeOf || c.kind == ConstKind::AlignOf || c.kind == ConstKind::TypeRecord)
      c.bits = substitute(module, TypeId{static_cast<std::uint32_t>(c.bits)}, arguments).value;
    else if (c.kind == ConstKind::Zero && type != c.type)
      return module.zero(type);
    else if (c.kind == ConstKind::Lanes) {
      const std::uint32_t n = module.types[c.type].count;
      const ExtraId list{static_cast<std::uint32_t>(c.bits)};
      std::vector<Value> lanes;
      for (std::uint32_t i = 0; i < n; ++i)
        lanes.push_back(substitute(module, Value::of_bits((&module.extra[list])[i]), arguments));
      return module.lanes(type, lanes);
    }
    c.type = type;
    return module.constant(c);
  }
  if (value.is_function()) {
    const Function f = module.functions[value.function()];
    if (!f.generic) return value;
    return module.instance(f.generic,
                           substituted(module, module.functions[f.generic].parameters, f.arguments, arguments));
  }
  if (value.is_data()) {
    const Data d = module.data[value.data()];
    if (!d.generic) return value;
    return module.instance(d.generic, substituted(module, module.data[d.generic].parameters, d.arguments, arguments));
  }
  return value;
}

namespace {

std::uint64_t round_up(std::uint64_t size, std::uint64_t align_log2) {
  const std::uint64_t align = std::uint64_t{1} << align_log2;
  return (size + align - 1) & ~(align - 1);
}

bool lay_out_struct(Module& m, TypeId id, std::uint64_t& size, std::uint64_t& align_log2) {
  if (m.types[id].flags & TypeIncomplete) {
    const Type type = m.types[id];
    if (!type.generic || m.types[type.generic].flags & TypeIncomplete) return false;
    const std::span<const std::uint32_t> list = m.list(type.arguments);
    const std::vector<std::uint32_t> arguments(list.begin(), list.end());
    m.define_struct(id, substituted_fields(m, m.types[type.generic], arguments));
  }
  const Type type = m.types[id];
  for (std::uint32_t i = 0; i < type.count; ++i) {
    const std::size_t at = std::size_t{i} * 3;
    const TypeId field{(&m.extra[type.list])[at + 1]};
    if (!m.lay_out(field)) return false;
    size = round_up(size, m.types[field].align_log2);
    if (size >> 32) return false;
    (&m.extra[type.list])[at + 2] = static_cast<std::uint32_t>(size);
    size += m.types[field].size;
    align_log2 = std::max<std::uint64_t>(align_log2, m.types[field].align_log2);
  }
  size = round_up(size, align_log2);
  return true;
}

}  // namespace

bool lay_out_parts(Module& m, TypeId id, std::uint64_t& size, std::uint64_t& align_log2) {
  const Type type = m.types[id];
  switch (type.kind) {
    case TypeKind::Vector: {
      const bool scalar = type.element == Bool || m.is_int(type.element) || m.is_float(type.element);
      if (!scalar || !std::has_single_bit(type.count) || type.count < 2 || type.count > 64) return false;
      size = std::uint64_t{type.count} * m.types[type.element].size;
      align_log2 = static_cast<std::uint64_t>(std::countr_zero(size));
      return true;
    }
    case TypeKind::Array: {
      if (type.length.is_const() && m.consts[type.length.constant()].kind != ConstKind::Int) return false;
      const std::int64_t length = type.length.is_number() ? type.length.number()
                                  : type.length.is_const()
                                      ? static_cast<std::int64_t>(m.consts[type.length.constant()].bits)
                                      : -1;
      if (length < 0 || length >> 32 || !m.lay_out(type.element)) return false;
      size = static_cast<std::uint64_t>(length) * m.types[type.element].size;
      align_log2 = m.types[type.element].align_log2;
      return true;
    }
    case TypeKind::Struct:
      return lay_out_struct(m, id, size, align_log2);
    case TypeKind::Fn:
      size = 8;
      align_log2 = 3;
      return true;
    case TypeKind::Slice:
    case TypeKind::Interface:
    case TypeKind::Closure:
      size = 16;
      align_log2 = 3;
      return true;
    default:
      return false;  // Void, TypeParam; the others are laid out from the beginning
  }
}

std::string parameter_text(const Module& module, std::uint32_t number, ExtraId scope) {
  if (scope && number < module.extra[scope])
    return '!' + name_text(module.text(StringId{(&module.extra[scope])[1 + 2 * number]}));
  return '!' + std::to_string(number);
}

std::string arguments_text(const Module& module, ExtraId parameters, ExtraId arguments, unsigned depth, ExtraId scope) {
  std::string out = "<";
  const std::span<const std::uint32_t> words = module.list(arguments);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i) out += ", ";
    out += is_type_parameter(module, parameters, i) ? type_text(module, TypeId{words[i]}, depth, scope)
                                                    : value_text(module, Value::of_bits(words[i]), scope);
  }
  return out + '>';
}

std::string float_text(TypeId type, std::uint64_t bits) {
  char buffer[40];
  const bool single = type == F32;
  const double value = single ? std::bit_cast<float>(static_cast<std::uint32_t>(bits)) : std::bit_cast<double>(bits);
  std::to_chars_result end{};
  if (value - value != 0) {  // not finite
    buffer[0] = '0';
    buffer[1] = 'x';
    end = std::to_chars(buffer + 2, buffer + sizeof buffer, bits, 16);
    return {buffer, end.ptr};
  }
  end = single ? std::to_chars(buffer, buffer + sizeof buffer, static_cast<float>(value))
               : std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string text(buffer, end.ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string value_text(const Module& module, Value value, ExtraId scope) {
  if (value.is_number()) return std::to_string(value.number());
  if (value.is_function() || value.is_data()) {
    const Symbol symbol = value.is_function() ? Symbol{SymbolKind::Function, value.function().value}
                                              : Symbol{SymbolKind::Data, value.data().value};
    return symbol_text(module, symbol, scope);
  }
  if (!value.is_const()) return '%' + std::to_string(value.bits);
  const Const& c = module.consts[value.constant()];
  const auto type = [&] { return type_text(module, TypeId{static_cast<std::uint32_t>(c.bits)}, 64, scope); };
  switch (c.kind) {
    case ConstKind::Int:
      return std::to_string(static_cast<std::int64_t>(c.bits));
    case ConstKind::Float:
      return float_text(c.type, c.bits);
    case ConstKind::Zero:
      return c.type == Ptr ? "null" : "zero";
    case ConstKind::SizeOf:
      return "sizeof(" + type() + ')';
    case ConstKind::AlignOf:
      return "alignof(" + type() + ')';
    case ConstKind::TypeRecord:
      return "typeof(" + type() + ')';
    case ConstKind::Param:
      return parameter_text(module, static_cast<std::uint32_t>(c.bits), scope);
    case ConstKind::Lanes: {
      std::string out = "<";
      const std::uint32_t n = module.types[c.type].count;
      for (std::uint32_t i = 0; i < n; ++i) {
        if (i) out += ", ";
        out +=
            value_text(module, Value::of_bits((&module.extra[ExtraId{static_cast<std::uint32_t>(c.bits)}])[i]), scope);
      }
      return out + '>';
    }
  }
  return "none";
}

std::string symbol_text(const Module& module, Symbol symbol, ExtraId scope) {
  const auto write = [&](const auto& entry, const auto& generic) {
    std::string out = '@' + name_text(module.text(entry.name));
    return entry.generic ? out + arguments_text(module, generic, entry.arguments, 64, scope) : out;
  };
  if (symbol.kind == SymbolKind::Function) {
    const Function& f = module.functions[FunctionId{symbol.id}];
    return write(f, module.functions[f.generic].parameters);
  }
  const Data& d = module.data[DataId{symbol.id}];
  return write(d, module.data[d.generic].parameters);
}

std::string type_name_text(std::string_view name) { return is_reserved(name) ? quoted(name) : name_text(name); }

std::string name_text(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
  };
  if (!name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), plain))
    return std::string(name);
  return quoted(name);
}

std::string quoted(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      (out += '\\') += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte >= 0x7f) {
      ((out += "\\x") += digits[byte >> 4]) += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace inlay::ir
