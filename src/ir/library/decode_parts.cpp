// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Types, constants, symbols and places of a chunk.
#include "ir/library/decode.h"
#include "ir/substitute.h"

namespace inlay::ir {

namespace {

std::string_view text_of(TypeKind kind) { return kind == TypeKind::Struct ? "a struct" : "an interface"; }

}  // namespace

std::uint32_t ChunkDecoder::word() { return static_cast<std::uint32_t>(in_.number_up_to(~std::uint32_t{0})); }

std::uint32_t ChunkDecoder::count() {
  const std::uint32_t n = word();
  if (n <= in_.left()) return n;
  in_.fail();
  return 0;
}

std::optional<std::vector<GenericParameter>> ChunkDecoder::parameters() {
  const std::uint32_t n = count();
  if (n == 0) return std::nullopt;
  std::vector<GenericParameter> list;
  for (std::uint32_t i = 1; i < n && good(); ++i) {
    const StringId name = string();
    const TypeId of = type();
    list.push_back({m_.text(name), of});
  }
  return list;
}

std::vector<GenericArgument> ChunkDecoder::arguments() {
  const std::uint32_t n = count();
  std::vector<GenericArgument> list;
  for (std::uint32_t i = 0; i < n && good(); ++i) {
    if (in_.number_up_to(1) == 1) {
      list.emplace_back(required_type());
    } else {
      const Value argument = value();
      if (good() && is_type_argument(argument.bits)) fail("has an argument for a generic that is none");
      list.emplace_back(argument);
    }
  }
  return list;
}

/// What the parameters are is known only where the generic was declared; verify() checks the others.
void ChunkDecoder::check_arguments(std::string_view name, ExtraId parameters,
                                   std::span<const GenericArgument> arguments) {
  bool same = parameters && m_.extra[parameters] == arguments.size();
  for (std::size_t i = 0; same && i < arguments.size(); ++i)
    same = is_type_argument(arguments[i].bits) == ((&m_.extra[parameters])[2 + 2 * i] == 0);
  if (!same) fail("has other arguments for '" + std::string(name) + "' than it was declared with");
}

std::vector<NamedType> ChunkDecoder::fields() {
  const std::uint32_t n = count();
  std::vector<NamedType> list;
  for (std::uint32_t i = 0; i < n && good(); ++i) {
    const StringId name = string();
    const TypeId of = required_type();
    list.push_back({m_.text(name), of});
  }
  return list;
}

TypeId ChunkDecoder::type() {
  const std::uint64_t reference = in_.number();
  if (reference < NewType) return TypeId{static_cast<std::uint32_t>(reference)};
  if (reference > NewType) {
    if (reference - NewType > types_.size()) {
      in_.fail();
      return {};
    }
    return types_[reference - NewType - 1];
  }
  if (depth_ == DeepestNesting) {
    fail("has types that lie too deep in each other");
    return {};
  }
  ++depth_;
  const TypeId id = new_type();
  --depth_;
  if (good() && !id) in_.fail();
  types_.push_back(id);
  return good() ? id : TypeId{};
}

TypeId ChunkDecoder::required_type() {
  const TypeId id = type();
  if (!id) in_.fail();
  return id;
}

TypeId ChunkDecoder::named_type(std::string_view name, TypeKind kind) {
  const TypeId known = m_.find_type(name);
  if (known && m_.types[known].kind != kind) {
    fail("mentions '" + std::string(name) + "', which is " + std::string(text_of(kind)) + " there and " +
         std::string(text_of(m_.types[known].kind)) + " in the program");
    return {};
  }
  return kind == TypeKind::Struct ? m_.named_struct(name) : m_.named_interface(name);
}

TypeId ChunkDecoder::new_type() {
  const auto form = static_cast<TypeForm>(in_.byte());
  switch (form) {
    case TypeForm::Fn:
    case TypeForm::Closure: {
      const TypeId result = required_type();
      const std::uint32_t n = count();
      std::vector<TypeId> list;
      for (std::uint32_t i = 0; i < n && good(); ++i) list.push_back(required_type());
      if (!good()) return {};
      return form == TypeForm::Fn ? m_.signature(list, result) : m_.closure(list, result);
    }
    case TypeForm::Vector: {
      const TypeId element = required_type();
      const std::uint32_t lanes = word();
      return good() ? m_.vector(element, lanes) : TypeId{};
    }
    case TypeForm::Array: {
      const TypeId element = required_type();
      const Value length = value();
      const bool number = length.is_number() || length.is_const();
      return good() && number ? m_.array(element, length) : TypeId{};
    }
    case TypeForm::Slice: {
      const TypeId element = required_type();
      return good() ? m_.slice(element) : TypeId{};
    }
    case TypeForm::Parameter: {
      const std::uint32_t number = word();
      return good() ? m_.type_parameter(number) : TypeId{};
    }
    case TypeForm::Fields: {
      const std::vector<NamedType> list = fields();
      return good() ? m_.struct_type(list) : TypeId{};
    }
    case TypeForm::Struct:
    case TypeForm::Interface: {
      const std::string_view name = text();
      if (!good()) return {};
      type_names_.push_back(name);
      return named_type(name, form == TypeForm::Struct ? TypeKind::Struct : TypeKind::Interface);
    }
    case TypeForm::Instance: {
      const std::string_view name = text();
      const std::vector<GenericArgument> list = arguments();
      if (!good()) return {};
      type_names_.push_back(name);
      const TypeId generic = named_type(name, TypeKind::Struct);
      if (good() && !(m_.types[generic].flags & TypeIncomplete))
        check_arguments(name, m_.types[generic].parameters, list);
      return good() ? m_.instance(generic, list) : TypeId{};
    }
  }
  return {};
}

StringId ChunkDecoder::string() {
  const std::uint64_t reference = in_.number();
  if (reference == 0) return {};
  if (reference == NewString) {
    const std::string_view text = in_.text();
    strings_.push_back(good() ? m_.string(text) : StringId{});
    return strings_.back();
  }
  if (reference - NewString <= strings_.size()) return strings_[reference - NewString - 1];
  in_.fail();
  return {};
}

std::string_view ChunkDecoder::text() {
  const StringId id = string();
  if (!id) in_.fail();
  return m_.text(id);
}

Value ChunkDecoder::value() {
  const std::uint64_t number = in_.number();
  const std::uint64_t rest = number >> 2;
  switch (static_cast<ValueForm>(number & 3)) {
    case ValueForm::Before:
      if (rest < at_) return InstId{first_.value + at_ - 1 - static_cast<std::uint32_t>(rest)};
      in_.fail();
      return {};
    case ValueForm::Number: {
      const auto n = static_cast<std::int64_t>(rest >> 1 ^ (~(rest & 1) + 1));
      if (Value::is_small(n)) return good() ? Value::number(n) : Value();
      in_.fail();
      return {};
    }
    case ValueForm::Constant:
      if (rest == 0) return constant();
      if (rest <= constants_.size()) return constants_[rest - 1];
      in_.fail();
      return {};
    case ValueForm::Further:
      break;
  }
  const std::uint64_t further = rest >> 2;
  switch (static_cast<FurtherForm>(rest & 3)) {
    case FurtherForm::Function:
      return symbol(true, further);
    case FurtherForm::Data:
      return symbol(false, further);
    case FurtherForm::Behind:
      if (further < insts_ - at_) return InstId{first_.value + at_ + static_cast<std::uint32_t>(further)};
      break;
    case FurtherForm::None:
      if (further == 0) return {};
      break;
  }
  in_.fail();
  return {};
}

Value ChunkDecoder::constant() {
  if (depth_ == DeepestNesting) {
    fail("has constants that lie too deep in each other");
    return {};
  }
  ++depth_;
  const Value value = new_constant();
  --depth_;
  if (good() && !value) in_.fail();
  constants_.push_back(value);
  return value;
}

Value ChunkDecoder::new_constant() {
  const auto kind = static_cast<ConstKind>(in_.byte());
  const TypeId of = required_type();
  if (!good()) return {};
  switch (kind) {
    case ConstKind::Int: {
      const std::int64_t number = in_.signed_number();
      return good() && m_.is_int(of) ? m_.integer(of, number) : Value();
    }
    case ConstKind::Float: {
      const std::uint64_t bits = in_.number();
      if (!good() || !m_.is_float(of) || (of == F32 && bits >> 32)) return {};
      return m_.float_bits(of,
                           of == F32 ? __builtin_bswap32(static_cast<std::uint32_t>(bits)) : __builtin_bswap64(bits));
    }
    case ConstKind::Zero:
      return m_.constant({ConstKind::Zero, of, 0});
    case ConstKind::Lanes: {
      const std::uint32_t n = count();
      if (!good() || m_.types[of].kind != TypeKind::Vector || m_.types[of].count != n) return {};
      std::vector<Value> lanes;
      for (std::uint32_t i = 0; i < n && good(); ++i) {
        lanes.push_back(value());
        if (!lanes.back().is_number() && !lanes.back().is_const()) in_.fail();
      }
      return good() ? m_.lanes(of, lanes) : Value();
    }
    case ConstKind::SizeOf:
    case ConstKind::AlignOf:
    case ConstKind::TypeRecord: {
      const TypeId what = required_type();
      return good() ? m_.constant({kind, of, what.value}) : Value();
    }
    case ConstKind::Param: {
      const std::uint32_t number = word();
      return good() ? m_.constant_parameter(number, of) : Value();
    }
  }
  return {};
}

Value ChunkDecoder::symbol(bool function, std::uint64_t number) {
  std::vector<Value>& known = function ? functions_ : data_;
  if (number != 0) {
    if (number <= known.size()) return known[number - 1];
    in_.fail();
    return {};
  }
  if (depth_ == DeepestNesting) {
    fail("has symbols that lie too deep in each other");
    return {};
  }
  ++depth_;
  const Value found = new_symbol(function);
  --depth_;
  known.push_back(found);
  return found;
}

Value ChunkDecoder::new_symbol(bool function) {
  const std::string_view name = text();
  if (!good()) return {};
  const Symbol known = m_.find(name);
  if (known.kind == (function ? SymbolKind::Data : SymbolKind::Function)) {
    fail("mentions '@" + std::string(name) + "' as " +
         (function ? "a function, which is data" : "data, which is a function") + " in the program");
    return {};
  }
  const bool instance = in_.number_up_to(1) == 1;
  const std::vector<GenericArgument> list = instance ? arguments() : std::vector<GenericArgument>();
  if (!good()) return {};
  if (function) {
    const FunctionId id = m_.function_named(name);
    if (instance && id) {
      if (!(m_.functions[id].flags & FunctionReserved)) check_arguments(name, m_.functions[id].parameters, list);
      return good() ? m_.instance(id, list) : Value();
    }
    if (id) mentioned_.push_back(id);
    return id;
  }
  const DataId id = m_.data_named(name);
  if (instance && id) {
    if (!(m_.data[id].flags & DataReserved)) check_arguments(name, m_.data[id].parameters, list);
    return good() ? m_.instance(id, list) : Value();
  }
  if (id) mentioned_.push_back(id);
  return id;
}

Location ChunkDecoder::location() {
  const std::uint64_t form = in_.number();
  switch (static_cast<LocationForm>(std::min<std::uint64_t>(form, static_cast<std::uint64_t>(LocationForm::Lines)))) {
    case LocationForm::Same:
      break;
    case LocationForm::None:
      location_ = {};
      break;
    case LocationForm::File: {
      const StringId path = string();
      const std::uint32_t line = word();
      if (good()) location_ = Location(m_.file(m_.text(path)), line);
      break;
    }
    case LocationForm::Lines: {
      const std::uint64_t folded = form - static_cast<std::uint64_t>(LocationForm::Lines) + 1;
      const auto lines = static_cast<std::int64_t>(folded >> 1 ^ (~(folded & 1) + 1));
      const std::int64_t line = lines < -(1 << 20) || lines > 1 << 20 ? 0 : location_.line() + lines;
      if (location_) location_ = Location(location_.file(), line < 0 ? 0 : static_cast<std::uint32_t>(line));
      break;
    }
  }
  return location_;
}

}  // namespace inlay::ir
