// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Types: found by what they say, laid out when somebody asks.
#include <cstring>

#include "base/hash.h"
#include "ir/state.h"
#include "ir/substitute.h"

namespace inlay::ir {

namespace {

constexpr unsigned DeepestLayout = 1000;  // types within types
constexpr std::uint64_t LargestType = (std::uint64_t{1} << 32) - 1;

/// Whether the lists that belong to them say the same.
bool same_list(const Module& m, const Type& a, const Type& b, std::size_t words) {
  return words == 0 || std::memcmp(&m.extra[a.list], &m.extra[b.list], words * sizeof(std::uint32_t)) == 0;
}

std::uint64_t hash_of(std::string_view text) { return base::hash(text.data(), text.size()); }

}  // namespace

/// Found by what distinguishes a type: its own words and those of its list, with types by their hash.
TypeId Module::intern(Type type) {
  std::uint64_t hash = mix(0, static_cast<std::uint64_t>(type.kind));
  hash = mix(hash, type.count);
  if (type.element) hash = mix(hash, types[type.element].hash);
  if (type.length) hash = mix(hash, content_hash(*this, type.length));
  std::size_t words = 0;
  if (type.kind == TypeKind::Fn || type.kind == TypeKind::Closure) {
    words = type.count;
    for (std::uint32_t word : this->words(type.list, words)) hash = mix(hash, types[TypeId{word}].hash);
  } else if (type.kind == TypeKind::Struct) {
    words = std::size_t{type.count} * 3;
    for (std::size_t i = 0; i < words; i += 3) {
      hash = mix(hash, hash_of(text(StringId{(&extra[type.list])[i]})));
      hash = mix(hash, types[TypeId{(&extra[type.list])[i + 1]}].hash);
    }
  }
  type.hash = hash;
  const std::uint32_t known = state_->type_index.find(hash, [&](std::uint32_t id) {
    const Type& t = types[TypeId{id}];
    if (t.kind != type.kind || t.count != type.count || t.element != type.element || t.length != type.length ||
        t.name || (t.generic != type.generic && t.kind != TypeKind::Vector))  // of a vector: follows from the rest
      return false;
    if (t.kind == TypeKind::Struct) {  // offsets may be there already
      for (std::size_t i = 0; i < words; i += 3)
        if (std::memcmp(&(&extra[t.list])[i], &(&extra[type.list])[i], 2 * sizeof(std::uint32_t)) != 0) return false;
      return true;
    }
    return same_list(*this, t, type, words);
  });
  if (known) return TypeId{known};
  const TypeId id = types.add(type);
  if (id) state_->type_index.insert(hash, id.value);
  return id;
}

TypeId Module::vector(TypeId element, std::uint32_t lanes) {
  Type type;
  type.kind = TypeKind::Vector;
  type.element = element;
  type.count = lanes;
  type.flags = static_cast<std::uint16_t>(types[element].flags & TypeDependent);
  if (element != Bool) type.generic = vector(Bool, lanes);
  const TypeId id = intern(type);
  if (element == Bool && id) types[id].generic = id;
  return id;
}

TypeId Module::array(TypeId element, std::uint64_t length) {
  return array(element, length <= LargestType ? integer(I64, static_cast<std::int64_t>(length))
                                              : integer(I64, static_cast<std::int64_t>(LargestType)));
}

TypeId Module::array(TypeId element, Value length) {
  Type type;
  type.kind = TypeKind::Array;
  type.element = element;
  type.length = length;
  if (mentions_parameters(*this, length) || is_dependent(element)) type.flags = TypeDependent;
  return intern(type);
}

TypeId Module::slice(TypeId element) {
  Type type;
  type.kind = TypeKind::Slice;
  type.element = element;
  type.flags = static_cast<std::uint16_t>(types[element].flags & TypeDependent);
  return intern(type);
}

TypeId Module::signature(std::span<const TypeId> parameters, TypeId result) {
  Type type;
  type.kind = TypeKind::Fn;
  type.element = result;
  type.count = static_cast<std::uint32_t>(parameters.size());
  type.flags = static_cast<std::uint16_t>(types[result].flags & TypeDependent);
  type.list = extra.add_uninitialized(type.count);
  if (!type.list) return {};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    (&extra[type.list])[i] = parameters[i].value;
    type.flags |= types[parameters[i]].flags & TypeDependent;
  }
  const TypeId id = intern(type);
  // One that was known takes no memory, however often it is asked for.
  if (id && types[id].list != type.list) extra.shrink(type.list.value);
  return id;
}

TypeId Module::closure(std::span<const TypeId> parameters, TypeId result) {
  Type type = types[signature(parameters, result)];
  type.kind = TypeKind::Closure;
  type.flags &= TypeDependent;
  return intern(type);
}

TypeId Module::type_parameter(std::uint32_t number) {
  Type type;
  type.kind = TypeKind::TypeParam;
  type.count = number;
  type.flags = TypeDependent;
  return intern(type);
}

TypeId Module::struct_type(std::span<const NamedType> fields) {
  Type type;
  type.kind = TypeKind::Struct;
  type.count = static_cast<std::uint32_t>(fields.size());
  type.list = extra.add_uninitialized(type.count * 3);
  if (!type.list) return {};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    std::uint32_t* words = &extra[type.list] + i * 3;
    words[0] = string(fields[i].name).value;
    words[1] = fields[i].type.value;
    words[2] = 0;
    type.flags |= types[fields[i].type].flags & TypeDependent;
  }
  return intern(type);
}

TypeId Module::new_named(std::string_view name, TypeKind kind) {
  const StringId text = string(name);
  const std::uint32_t known =
      state_->type_names.find(text.value, [&](std::uint32_t id) { return types[TypeId{id}].name == text; });
  if (known) {
    if (types[TypeId{known}].kind != kind)
      fail(Error(ErrorKind::InvalidArgument, "'" + std::string(name) + "' is both a struct and an interface"));
    return TypeId{known};
  }
  Type type;
  type.kind = kind;
  type.name = text;
  type.flags = TypeIncomplete;
  type.hash = mix(hash_of(name), static_cast<std::uint64_t>(kind));
  const TypeId id = types.add(type);
  if (id) state_->type_names.insert(text.value, id.value);
  return id;
}

TypeId Module::named_struct(std::string_view name) { return new_named(name, TypeKind::Struct); }
TypeId Module::named_interface(std::string_view name) { return new_named(name, TypeKind::Interface); }

TypeId Module::find_type(std::string_view name) const {
  const std::uint32_t text =
      state_->text_index.find(hash_of(name), [&](std::uint32_t id) { return this->text(StringId{id}) == name; });
  if (!text) return {};
  return TypeId{state_->type_names.find(text, [&](std::uint32_t id) { return types[TypeId{id}].name.value == text; })};
}

void Module::define_struct(TypeId id, std::span<const NamedType> fields) {
  if (!(types[id].flags & TypeIncomplete))
    return fail(Error(ErrorKind::InvalidArgument, "the struct '" + to_string(id) + "' is defined twice"));
  const ExtraId list = extra.add_uninitialized(static_cast<std::uint32_t>(fields.size() * 3));
  if (!list) return;
  Type& type = types[id];
  type.count = static_cast<std::uint32_t>(fields.size());
  type.list = list;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const StringId name = string(fields[i].name);
    std::uint32_t* words = &extra[list] + i * 3;
    words[0] = name.value;
    words[1] = fields[i].type.value;
    words[2] = 0;
  }
  type.flags &= static_cast<std::uint16_t>(~TypeIncomplete);
}

void Module::define_interface(TypeId id, std::span<const NamedType> methods) {
  if (!(types[id].flags & TypeIncomplete))
    return fail(Error(ErrorKind::InvalidArgument, "the interface '" + to_string(id) + "' is defined twice"));
  const ExtraId list = extra.add_uninitialized(static_cast<std::uint32_t>(methods.size() * 2));
  if (!list) return;
  for (std::size_t i = 0; i < methods.size(); ++i) {
    (&extra[list])[i * 2] = string(methods[i].name).value;
    (&extra[list])[i * 2 + 1] = methods[i].type.value;
  }
  Type& type = types[id];
  type.count = static_cast<std::uint32_t>(methods.size());
  type.list = list;
  type.flags &= static_cast<std::uint16_t>(~TypeIncomplete);
}

void Module::make_generic(TypeId id, std::span<const GenericParameter> parameters) {
  types[id].parameters = add_parameters(*this, parameters);
  types[id].flags |= TypeDependent;
}

TypeId Module::instance(TypeId generic, std::span<const GenericArgument> arguments) {
  const InstanceKey key = instance_key(*this, SymbolKind::Type, generic.value, arguments);
  const std::uint32_t known = state_->instance_index.find(key.hash, [&](std::uint32_t id) {
    return id >> 30 == static_cast<std::uint32_t>(SymbolKind::Type) &&
           same_arguments(*this, types[TypeId{id & 0x3fffffffu}].generic.value, generic.value,
                          types[TypeId{id & 0x3fffffffu}].arguments, arguments);
  });
  if (known) return TypeId{known & 0x3fffffffu};
  Type type;
  type.kind = TypeKind::Struct;
  type.name = types[generic].name;
  type.generic = generic;
  type.arguments = add_arguments(*this, arguments);
  type.flags = static_cast<std::uint16_t>(TypeIncomplete | (key.dependent ? TypeDependent : 0));
  type.hash = mix(types[generic].hash, key.name_hash);
  const TypeId id = types.add(type);
  if (id) state_->instance_index.insert(key.hash, id.value | static_cast<std::uint32_t>(SymbolKind::Type) << 30);
  return id;
}

bool Module::lay_out(TypeId id) {
  if (types[id].flags & TypeLaidOut) return true;
  if (!id || types[id].flags & (TypeInvalid | TypeBusy | TypeDependent)) return false;
  if (state_->layout_depth == DeepestLayout) return false;
  if (state_->layout_depth == 0) state_->layout_unfinished = false;
  types[id].flags |= TypeBusy;
  ++state_->layout_depth;
  std::uint64_t size = 0;
  std::uint64_t align_log2 = 0;
  const bool good = lay_out_parts(*this, id, size, align_log2) && size <= LargestType;
  --state_->layout_depth;
  Type& type = types[id];
  type.flags &= static_cast<std::uint16_t>(~TypeBusy);
  if (!good) {
    // What only lacks a definition may get it yet.
    const bool missing = (type.flags & TypeIncomplete) != 0;
    state_->layout_unfinished |= missing;
    if (!state_->layout_unfinished) type.flags |= TypeInvalid;
    return false;
  }
  type.flags |= TypeLaidOut;
  type.size = static_cast<std::uint32_t>(size);
  type.align_log2 = static_cast<std::uint8_t>(align_log2);
  return true;
}

namespace {

struct Writer {
  const Module& m;
  ExtraId scope;
  std::string out;

  void signature(const Type& type, unsigned depth);
  void fields(const Type& type, unsigned depth);
  void type(TypeId id, unsigned depth);
};

void Writer::signature(const Type& type, unsigned depth) {
  out += '(';
  for (std::uint32_t i = 0; i < type.count; ++i) {
    if (i) out += ", ";
    this->type(TypeId{(&m.extra[type.list])[i]}, depth);
  }
  out += ')';
  if (type.element == Void) return;
  out += " -> ";
  this->type(type.element, depth);
}

void Writer::fields(const Type& type, unsigned depth) {
  out += '{';
  for (std::uint32_t i = 0; i < type.count; ++i) {
    if (i) out += ", ";
    const std::uint32_t* words = &m.extra[type.list] + std::size_t{i} * 3;
    if (!m.text(StringId{words[0]}).empty()) out += name_text(m.text(StringId{words[0]})) + ": ";
    this->type(TypeId{words[1]}, depth);
  }
  out += '}';
}

void Writer::type(TypeId id, unsigned depth) {
  const Type& type = m.types[id];
  if (depth == 0) {
    out += "...";
    return;
  }
  if (out.size() > LongestText) return;  // a few types may spell out as more text than fits any memory
  constexpr std::string_view basic[] = {"void", "bool", "i8", "i16", "i32", "i64", "f32", "f64", "ptr"};
  switch (type.kind) {
    case TypeKind::Fn:
      out += "fn";
      signature(type, depth - 1);
      break;
    case TypeKind::Closure:
      out += "closure";
      signature(type, depth - 1);
      break;
    case TypeKind::Vector:
      out += '<' + std::to_string(type.count) + " x ";
      this->type(type.element, depth - 1);
      out += '>';
      break;
    case TypeKind::Array:
      out += '[' + value_text(m, type.length, scope) + ']';
      this->type(type.element, depth - 1);
      break;
    case TypeKind::Slice:
      out += "[]";
      this->type(type.element, depth - 1);
      break;
    case TypeKind::TypeParam:
      out += parameter_text(m, type.count, scope);
      break;
    case TypeKind::Interface:
    case TypeKind::Struct:
      if (!type.name) {
        fields(type, depth - 1);
        break;
      }
      out += type_name_text(m.text(type.name));
      if (type.generic) out += arguments_text(m, type.arguments, depth - 1, scope);
      break;
    default:
      out += id ? basic[static_cast<std::size_t>(type.kind)] : "none";
  }
}

}  // namespace

std::string type_text(const Module& module, TypeId type, unsigned depth, ExtraId scope) {
  Writer writer{module, scope, {}};
  writer.type(type, depth);
  cut_text(writer.out);
  return std::move(writer.out);
}

std::string Module::to_string(TypeId type) const { return type_text(*this, type, DeepestType); }

}  // namespace inlay::ir
