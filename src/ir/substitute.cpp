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

namespace {

// Arguments of instances may be instances, which is where a walk may take for ever; programs have a handful.
constexpr unsigned MostParts = 10'000;

bool is_of_type(ConstKind kind) {
  return kind == ConstKind::SizeOf || kind == ConstKind::AlignOf || kind == ConstKind::TypeRecord;
}

TypeId type_in(const Const& constant) { return TypeId{static_cast<std::uint32_t>(constant.bits)}; }

std::span<const std::uint32_t> lanes_of(const Module& module, const Const& constant) {
  return module.words(ExtraId{static_cast<std::uint32_t>(constant.bits)}, module.types[constant.type].count);
}

/// Kind and handle of the generic of an instance, and its arguments; no generic for anything else.
struct InstanceOf {
  SymbolKind kind = SymbolKind::None;
  std::uint32_t generic = 0;
  ExtraId arguments;
};

InstanceOf instance_of(const Module& module, Value value) {
  if (value.is_function()) {
    const Function& f = module.functions[value.function()];
    return {SymbolKind::Function, f.generic.value, f.arguments};
  }
  if (value.is_data()) {
    const Data& d = module.data[value.data()];
    return {SymbolKind::Data, d.generic.value, d.arguments};
  }
  return {};
}

bool mentions_parameters(const Module& module, Value value, unsigned& parts) {
  if (parts == 0) return false;
  --parts;
  if (value.is_const()) {
    const Const& c = module.consts[value.constant()];
    if (c.kind == ConstKind::Param || module.is_dependent(c.type)) return true;
    if (is_of_type(c.kind)) return module.is_dependent(type_in(c));
    if (c.kind != ConstKind::Lanes) return false;
    const std::span<const std::uint32_t> lanes = lanes_of(module, c);
    return std::any_of(lanes.begin(), lanes.end(),
                       [&](std::uint32_t lane) { return mentions_parameters(module, Value::of_bits(lane), parts); });
  }
  const InstanceOf instance = instance_of(module, value);
  if (!instance.generic) return false;
  const std::span<const std::uint32_t> arguments = module.list(instance.arguments);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (is_type_argument(arguments[i]) ? module.is_dependent(TypeId{arguments[i]})
                                       : mentions_parameters(module, Value::of_bits(arguments[i]), parts))
      return true;
  }
  return false;
}

std::uint64_t hash_of(std::string_view text) { return base::hash(text.data(), text.size()); }

std::uint64_t content_hash(const Module& module, Value value, unsigned& parts) {
  if (parts == 0) return 0;
  --parts;
  if (value.is_const()) {
    const Const& c = module.consts[value.constant()];
    std::uint64_t hash = mix(static_cast<std::uint64_t>(c.kind), module.types[c.type].hash);
    if (is_of_type(c.kind)) return mix(hash, module.types[type_in(c)].hash);
    if (c.kind != ConstKind::Lanes) return mix(hash, c.bits);
    for (std::uint32_t lane : lanes_of(module, c)) hash = mix(hash, content_hash(module, Value::of_bits(lane), parts));
    return hash;
  }
  if (!value.is_symbol()) return value.bits;
  const StringId name = value.is_function() ? module.functions[value.function()].name : module.data[value.data()].name;
  std::uint64_t hash = mix(hash_of(module.text(name)), value.is_function());
  const InstanceOf instance = instance_of(module, value);
  if (!instance.generic) return hash;
  const std::span<const std::uint32_t> arguments = module.list(instance.arguments);
  for (std::size_t i = 0; i < arguments.size(); ++i)
    hash = mix(hash, is_type_argument(arguments[i]) ? module.types[TypeId{arguments[i]}].hash
                                                    : content_hash(module, Value::of_bits(arguments[i]), parts));
  return hash;
}

}  // namespace

bool mentions_parameters(const Module& module, Value value) {
  unsigned parts = MostParts;
  return mentions_parameters(module, value, parts);
}

std::uint64_t content_hash(const Module& module, Value value) {
  unsigned parts = MostParts;
  return content_hash(module, value, parts);
}

Value folded(Module& module, Value value) {
  if (!value.is_const()) return value;
  const Const c = module.consts[value.constant()];
  if (c.kind != ConstKind::SizeOf && c.kind != ConstKind::AlignOf) return value;
  if (!module.lay_out(type_in(c))) return value;
  const Type& type = module.types[type_in(c)];
  return module.integer(c.type, c.kind == ConstKind::SizeOf ? type.size : std::int64_t{1} << type.align_log2);
}

InstanceKey instance_key(const Module& module, SymbolKind kind, std::uint32_t generic,
                         std::span<const GenericArgument> arguments) {
  InstanceKey key;
  key.hash = mix(static_cast<std::uint64_t>(kind), generic);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    key.hash = mix(key.hash, arguments[i].bits);
    if (is_type_argument(arguments[i].bits)) {
      const TypeId type{arguments[i].bits};
      key.dependent |= module.is_dependent(type);
      key.name_hash = mix(key.name_hash, module.types[type].hash);
    } else {
      key.dependent |= mentions_parameters(module, Value::of_bits(arguments[i].bits));
      key.name_hash = mix(key.name_hash, content_hash(module, Value::of_bits(arguments[i].bits)));
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

void Substitution::begin(std::span<const std::uint32_t> arguments) {
  arguments_.assign(arguments.begin(), arguments.end());
  used_ = 0;
  if (++round_ == 0) {  // came round
    known_.clear();
    round_ = 1;
  }
}

Substitution::Known& Substitution::place(std::uint32_t from) {
  const auto mask = static_cast<std::uint32_t>(known_.size() - 1);
  std::uint32_t i = static_cast<std::uint32_t>(mix(0, from)) & mask;
  while (known_[i].round == round_ && known_[i].from != from) i = (i + 1) & mask;
  return known_[i];
}

template <class Make>
std::uint32_t Substitution::once(std::uint32_t from, Make&& make) {
  if (!known_.empty()) {
    const Known& known = place(from);
    if (known.round == round_) return known.to;
  }
  if (depth_ == Deepest) {
    module_.fail(Error(ErrorKind::InvalidProgram,
                       "types of a generic are nested more than " + std::to_string(Deepest) + " deep"));
    return from;
  }
  ++depth_;
  const std::uint32_t to = make();
  --depth_;
  if ((used_ + 1) * 2 > known_.size()) {
    std::vector<Known> old(std::max<std::size_t>(32, known_.size() * 2));
    old.swap(known_);
    for (const Known& known : old)
      if (known.round == round_) place(known.from) = known;
  }
  ++used_;
  place(from) = {from, to, round_};
  return to;
}

std::vector<GenericArgument> Substitution::arguments(ExtraId list) {
  std::vector<GenericArgument> result;
  // The list stays where it is: tables do not move.
  const std::span<const std::uint32_t> words = module_.list(list);
  for (std::uint32_t word : words) {
    if (is_type_argument(word))
      result.emplace_back(type(TypeId{word}));
    else
      result.emplace_back(folded(module_, value(Value::of_bits(word))));
  }
  return result;
}

std::vector<TypeId> Substitution::types(const Type& type) {
  std::vector<TypeId> types;
  for (std::uint32_t i = 0; i < type.count; ++i) types.push_back(this->type(TypeId{(&module_.extra[type.list])[i]}));
  return types;
}

std::vector<NamedType> Substitution::fields(const Type& type) {
  std::vector<NamedType> fields;
  for (std::uint32_t i = 0; i < type.count; ++i) {
    const std::uint32_t* words = &module_.extra[type.list] + std::size_t{i} * 3;
    fields.push_back({module_.text(StringId{words[0]}), this->type(TypeId{words[1]})});
  }
  return fields;
}

TypeId Substitution::type(TypeId id) {
  if (!module_.is_dependent(id)) return id;
  const Type& type = module_.types[id];
  if (type.kind == TypeKind::TypeParam) {
    const bool fits = type.count < arguments_.size() && is_type_argument(arguments_[type.count]);
    return fits ? TypeId{arguments_[type.count]} : id;  // otherwise verify() tells
  }
  return TypeId{once(id.value, [&] { return make_type(id).value; })};
}

TypeId Substitution::make_type(TypeId id) {
  const Type type = module_.types[id];
  switch (type.kind) {
    case TypeKind::Vector:
      return module_.vector(this->type(type.element), type.count);
    case TypeKind::Array: {
      const TypeId element = this->type(type.element);
      return module_.array(element, folded(module_, value(type.length)));
    }
    case TypeKind::Slice:
      return module_.slice(this->type(type.element));
    case TypeKind::Fn:
      return module_.signature(types(type), this->type(type.element));
    case TypeKind::Closure:
      return module_.closure(types(type), this->type(type.element));
    case TypeKind::Struct:
      if (type.generic) return module_.instance(type.generic, arguments(type.arguments));
      if (type.name) return id;  // a generic without arguments: verify() tells
      return module_.struct_type(fields(type));
    default:
      return id;
  }
}

Value Substitution::value(Value value) {
  if (value.is_const()) {
    const Const& c = module_.consts[value.constant()];
    if (c.kind == ConstKind::Param) {
      const auto number = static_cast<std::size_t>(c.bits);
      const bool fits = number < arguments_.size() && !is_type_argument(arguments_[number]);
      return fits ? Value::of_bits(arguments_[number]) : value;
    }
  } else if (!instance_of(module_, value).generic) {
    return value;
  }
  return Value::of_bits(once(value.bits, [&] { return make_value(value).bits; }));
}

Value Substitution::make_value(Value value) {
  if (value.is_const()) {
    Const c = module_.consts[value.constant()];
    const TypeId type = this->type(c.type);
    if (is_of_type(c.kind)) {
      c.bits = this->type(type_in(c)).value;
    } else if (c.kind == ConstKind::Zero && type != c.type) {
      return module_.zero(type);
    } else if (c.kind == ConstKind::Lanes) {
      std::vector<Value> lanes;
      for (std::uint32_t lane : lanes_of(module_, c)) lanes.push_back(this->value(Value::of_bits(lane)));
      return module_.lanes(type, lanes);
    }
    c.type = type;
    return module_.constant(c);
  }
  const InstanceOf instance = instance_of(module_, value);
  const auto with = arguments(instance.arguments);
  if (instance.kind == SymbolKind::Function) return module_.instance(FunctionId{instance.generic}, with);
  return module_.instance(DataId{instance.generic}, with);
}

bool passed_alike(const Module& module, TypeId signature, TypeId other) {
  const auto alike = [&](TypeId a, TypeId b) {
    if (a == b) return true;
    const TypeKind kind = module.types[a].kind;
    const bool pair = kind == TypeKind::Slice || kind == TypeKind::Closure || kind == TypeKind::Fn;
    return pair && kind == module.types[b].kind;
  };
  const Type& one = module.types[signature];
  const Type& two = module.types[other];
  if (one.kind != TypeKind::Fn || two.kind != TypeKind::Fn || one.count != two.count) return false;
  for (std::uint32_t i = 0; i < one.count; ++i)
    if (!alike(module.parameter_type(signature, i), module.parameter_type(other, i))) return false;
  return alike(one.element, two.element);
}

TypeId substitute(Module& module, TypeId type, std::span<const std::uint32_t> arguments) {
  if (!module.is_dependent(type)) return type;
  Substitution substitution(module);
  substitution.begin(arguments);
  return substitution.type(type);
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
    Substitution substitution(m);
    substitution.begin(m.list(type.arguments));
    m.define_struct(id, substitution.fields(m.types[type.generic]));
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

std::string arguments_text(const Module& module, ExtraId arguments, unsigned depth, ExtraId scope) {
  std::string out = "<";
  const std::span<const std::uint32_t> words = module.list(arguments);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i) out += ", ";
    if (out.size() > LongestText) break;
    out += is_type_argument(words[i]) ? type_text(module, TypeId{words[i]}, depth, scope)
                                      : value_text(module, Value::of_bits(words[i]), scope);
  }
  return out + '>';
}

void cut_text(std::string& text) {
  if (text.size() <= LongestText) return;
  text.resize(LongestText);
  text += "...";
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
  const auto write = [&](const auto& entry) {
    std::string out = '@' + name_text(module.text(entry.name));
    return entry.generic ? out + arguments_text(module, entry.arguments, 64, scope) : out;
  };
  return symbol.kind == SymbolKind::Function ? write(module.functions[FunctionId{symbol.id}])
                                             : write(module.data[DataId{symbol.id}]);
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
