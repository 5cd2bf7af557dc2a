// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Values that are written out: numbers, constants, names of functions and data.
#include <charconv>

#include "ir/text/near.h"
#include "ir/text/parser.h"
#include "ir/text/words.h"

namespace inlay::ir {

namespace {

std::string shown(std::string_view text) { return std::string(text.substr(0, 60)); }

}  // namespace

bool Parser::at_number() {
  const char c = scanner_.next();
  return is(c, CharDigit) || (c == '-' && is(scanner_.ahead(), CharDigit));
}

TypeId Parser::type_in_parentheses() {
  expect('(', "'('");
  const TypeId of = type();
  expect(')', "')'");
  return of;
}

Value Parser::literal(TypeId type) {
  if (at_number()) {
    const std::size_t at = scanner_.offset();
    return number_of(type, scanner_.number(), at);
  }
  const char c = scanner_.here();
  const std::size_t at = scanner_.offset();
  if (c == '@') return symbol();
  if (c == '!') return constant_parameter();
  if (c == '<') return lanes_of(type);
  const std::string_view word = scanner_.peek_word();
  const TypeKind kind = module_.types[type].kind;
  if (word == "true" || word == "false") {
    scanner_.word();
    if (type && kind != TypeKind::Bool && kind != TypeKind::TypeParam)
      fail(at, "'" + shown(word) + "' where a value of type " + module_.to_string(type) + " should be");
    return module_.boolean(word == "true");
  }
  if (word == "null") {
    scanner_.word();
    if (kind == TypeKind::Fn) return module_.zero(type);
    if (type && kind != TypeKind::Ptr && kind != TypeKind::TypeParam)
      fail(at, "'null' where a value of type " + module_.to_string(type) + " should be; 'zero' is one of any type");
    return module_.null();
  }
  if (word == "zero") {
    scanner_.word();
    if (!type) fail(at, "nothing tells the type of this 'zero'");
    return failed() ? Value() : module_.zero(type);
  }
  if (word == "sizeof" || word == "alignof" || word == "typeof") {
    scanner_.word();
    const TypeId of = type_in_parentheses();
    if (failed()) return {};
    return word == "sizeof"    ? module_.size_constant(of)
           : word == "alignof" ? module_.align_constant(of)
                               : module_.type_record(of);
  }
  if (!word.empty() && is(c, CharNameStart)) {
    Nearest nearest(word);
    for (std::string_view candidate : ValueWords) nearest.offer(candidate);
    fail(at, "'" + shown(word) + "' is no value; names of values begin with '%', those of functions and data with '@'" +
                 nearest.suggestion());
  } else {
    fail_expected("a value");
  }
  return {};
}

Value Parser::number_of(TypeId type, std::string_view text, std::size_t at) {
  const Number number = read_number(text);
  const bool is_bool = type == Bool;
  if (!number.good) {
    fail(at, "'" + shown(text) + "' is no number");
    return {};
  }
  if (module_.is_float(type)) return float_of(type, number, text, at);
  const auto does_not_fit = [&] {
    fail(at, shown(text) + " does not fit " + module_.to_string(type));
    return Value();
  };
  const bool parameter = module_.types[type].kind == TypeKind::TypeParam;
  if (!is_bool && !module_.is_int(type) && !parameter) {
    fail(at, type ? "a number where a value of type " + module_.to_string(type) + " should be"
                  : "nothing tells the type of this number");
    return {};
  }
  if (number.floating) {
    fail(at, shown(text) + " is no whole number, as " + module_.to_string(type) + " wants one");
    return {};
  }
  const unsigned bits = parameter ? 30 : module_.bits_of(type);
  const std::uint64_t most = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  const std::uint64_t least = is_bool ? 0 : std::uint64_t{1} << (bits - 1);  // of the negative ones, without the sign
  if (number.too_large || number.magnitude > (number.negative ? least : most)) return does_not_fit();
  const auto value = static_cast<std::int64_t>(number.negative ? 0 - number.magnitude : number.magnitude);
  if (!parameter) return module_.integer(type, value);
  return Value::is_small(value) ? Value::number(value) : does_not_fit();
}

Value Parser::float_of(TypeId type, const Number& number, std::string_view text, std::size_t at) {
  const std::uint64_t most = type == F32 ? ~std::uint32_t{0} : ~std::uint64_t{0};
  if (number.hex) {
    if (!number.too_large && number.magnitude <= most && !number.negative)
      return module_.float_bits(type, number.magnitude);
    fail(at, shown(text) + " are more bits than " + module_.to_string(type) + " has");
    return {};
  }
  double value = 0;
  float single = 0;
  const char* end = text.data() + text.size();
  const auto result =
      type == F32 ? std::from_chars(text.data(), end, single) : std::from_chars(text.data(), end, value);
  if (result.ptr != end || result.ec == std::errc::invalid_argument)
    fail(at, "'" + shown(text) + "' is no number");
  else if (result.ec == std::errc::result_out_of_range)
    fail(at, shown(text) + " does not fit " + module_.to_string(type));
  return module_.floating(type, type == F32 ? single : value);
}

Value Parser::lanes_of(TypeId type) {
  const std::size_t at = scanner_.offset();
  const TypeKind kind = module_.types[type].kind;
  const TypeId element = module_.types[type].element;
  const std::uint32_t count = module_.types[type].count;
  if (kind != TypeKind::Vector) {
    fail(at, type ? "lanes where a value of type " + module_.to_string(type) + " should be"
                  : "nothing tells the type of these lanes");
    return {};
  }
  scanner_.advance();
  std::vector<Value> lanes;
  do {
    const char c = scanner_.next();
    if (c == '<' || c == '@' || c == '%') {
      fail(scanner_.offset(), "lanes are written as numbers");
      break;
    }
    lanes.push_back(literal(element));
  } while (!failed() && lanes.size() <= count && scanner_.take(','));
  if (!failed() && (lanes.size() != count || scanner_.next() != '>')) {
    if (scanner_.next() == '>' || lanes.size() > count)
      fail(at, "a value of type " + module_.to_string(type) + " has " + std::to_string(count) + " lanes");
    else
      fail_expected("',' or '>'");
  }
  expect('>', "',' or '>'");
  return failed() ? Value() : module_.lanes(type, lanes);
}

Value Parser::constant_parameter() {
  const auto number = parameter(false);
  return number ? module_.constant_parameter(*number, scope_[*number].type) : Value();
}

Value Parser::symbol() {
  Name name;
  if (!sigil_name('@', name, "the name of a function or data")) return {};
  const Symbol found = module_.find(name.text);
  if (found.kind == SymbolKind::None) {
    Nearest nearest(name.text);
    for (const Function& function : module_.functions.entries())
      if (!function.generic) nearest.offer(module_.text(function.name));
    for (const Data& data : module_.data.entries())
      if (!data.generic) nearest.offer(module_.text(data.name));
    fail(name.at, "unknown name '@" + std::string(name.text.substr(0, 200)) + "'" + nearest.suggestion("@"));
    return {};
  }
  const bool function = found.kind == SymbolKind::Function;
  const ExtraId parameters =
      function ? module_.functions[FunctionId{found.id}].parameters : module_.data[DataId{found.id}].parameters;
  if (scanner_.here() != '<') return function ? Value(FunctionId{found.id}) : Value(DataId{found.id});
  if (!parameters) {
    fail(scanner_.offset(), "'@" + std::string(name.text.substr(0, 200)) + "' is not generic");
    return {};
  }
  const std::vector<GenericArgument> arguments = generic_arguments(parameters);
  if (failed()) return {};
  return function ? Value(module_.instance(FunctionId{found.id}, arguments))
                  : Value(module_.instance(DataId{found.id}, arguments));
}

}  // namespace inlay::ir
