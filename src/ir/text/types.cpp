// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Types as they are written.
#include <bit>

#include "ir/text/near.h"

#include "base/messages.h"
#include "ir/text/parser.h"
#include "ir/text/words.h"

namespace inlay::ir {

TypeId Parser::type() {
  const char c = scanner_.next();
  const std::size_t at = scanner_.offset();
  if (depth_ == DeepestType) {
    fail(at, "types within types go too deep; " + std::to_string(DeepestType) + " is the most, name one of them");
    return {};
  }
  if (is(c, CharNameStart)) {
    const std::string_view word = scanner_.word();
    for (const auto& [name, id] : BasicTypes)
      if (name == word) return id;
    return word_type(word, at);
  }
  ++depth_;
  TypeId result;
  switch (c) {
    case '<':
      result = vector_type();
      break;
    case '[':
      result = bracket_type();
      break;
    case '{':
      result = struct_type();
      break;
    case '!':
      if (const auto number = parameter(true)) result = module_.type_parameter(*number);
      break;
    case '"': {
      Name name;
      if (this->name(name, "a type")) result = named_type(name);
      break;
    }
    default:
      fail_expected("a type");
  }
  --depth_;
  if (!result && !failed()) check_module(at);
  return result;
}

TypeId Parser::word_type(std::string_view word, std::size_t at) {
  if (word == "void") {
    fail(at, "no value has the type 'void'; where a function has no result, leave it and '->' out");
    return {};
  }
  ++depth_;
  TypeId result;
  if (word == "fn" || word == "closure")
    result = signature_type(word == "closure");
  else
    result = named_type({word, false, at});
  --depth_;
  return result;
}

TypeId Parser::named_type(const Name& name) {
  const TypeId known = module_.find_type(name.text);
  if (!known || (!name.quoted && is_reserved(name.text))) {
    Nearest nearest(name.text);
    for (const auto& basic : BasicTypes) nearest.offer(basic.first);
    for (std::string_view word : {"fn", "closure"}) nearest.offer(word);
    for (const Type& type : module_.types.entries())
      if (type.name && !type.generic) nearest.offer(module_.text(type.name));
    fail(name.at, "unknown type '" + std::string(name.text.substr(0, 200)) + "'" + nearest.suggestion());
    return {};
  }
  const ExtraId parameters = module_.types[known].parameters;
  if (scanner_.here() != '<') {
    if (parameters)
      fail(name.at, "'" + std::string(name.text.substr(0, 200)) + "' is generic; its arguments should follow at once");
    return known;
  }
  if (!parameters) {
    fail(scanner_.offset(), "'" + std::string(name.text.substr(0, 200)) + "' is not generic");
    return {};
  }
  const std::vector<GenericArgument> arguments = generic_arguments(parameters);
  return failed() ? TypeId{} : module_.instance(known, arguments);
}

std::vector<GenericArgument> Parser::generic_arguments(ExtraId parameters) {
  const std::size_t at = scanner_.offset();
  const std::size_t count = module_.extra[parameters];
  std::vector<GenericArgument> arguments;
  scanner_.advance();  // '<'
  do {
    if (arguments.size() == count) {
      fail(at, "the generic has " + base::counted(count, "parameter") + ", and here are more arguments");
      break;
    }
    const TypeId of{(&module_.extra[parameters])[2 + 2 * arguments.size()]};
    if (of)
      arguments.emplace_back(literal(of));
    else
      arguments.emplace_back(type());
  } while (!failed() && scanner_.take(','));
  if (!failed() && arguments.size() < count && scanner_.next() == '>')
    fail(at, "the generic has " + base::counted(count, "parameter") + ", and this has " +
                 base::counted(arguments.size(), "argument"));
  expect('>', "',' or '>'");
  return arguments;
}

TypeId Parser::vector_type() {
  const std::size_t at = scanner_.offset();
  scanner_.advance();
  const auto lanes = plain_number("the lanes of a vector", 64);
  if (!lanes) return {};
  if (*lanes < 2 || !std::has_single_bit(*lanes)) {
    fail(at, "a vector of " + std::to_string(*lanes) + " lanes; there are those of 2, 4, 8, 16, 32 and 64");
    return {};
  }
  if (scanner_.next() != 'x' || scanner_.peek_word() != "x") {
    fail_expected("'x'");
    return {};
  }
  scanner_.word();
  const TypeId element = type();
  if (!expect('>', "'>'")) return {};
  return module_.vector(element, *lanes);
}

TypeId Parser::bracket_type() {
  scanner_.advance();
  const char c = scanner_.next();
  if (c == ']') {
    scanner_.advance();
    const TypeId element = type();
    return failed() ? TypeId{} : module_.slice(element);
  }
  Value length;
  if (c == '!') {
    length = constant_parameter();
  } else if (const auto number = plain_number("the length of an array", ~std::uint32_t{0})) {
    length = module_.integer(I64, *number);
  }
  expect(']', "']'");
  const TypeId element = type();
  return failed() ? TypeId{} : module_.array(element, length);
}

TypeId Parser::struct_type() {
  scanner_.advance();
  std::vector<NamedType> fields;
  while (!failed() && scanner_.next() != '}') {
    // `name: TYPE`, or a type alone.
    const char c = scanner_.here();
    const std::size_t at = scanner_.offset();
    const std::uint32_t line = scanner_.line();
    Name field;
    if (c == '"' || is(c, CharNameStart)) {
      if (!name(field, "a field")) break;
      if (!scanner_.take(':')) {
        field = {};
        scanner_.go_back(at, line);
      }
    }
    fields.push_back({field.text, type()});
    if (!scanner_.take(',')) break;
  }
  expect('}', "',' or '}'");
  return failed() ? TypeId{} : module_.struct_type(fields);
}

TypeId Parser::signature_type(bool closure) {
  std::vector<TypeId> types;
  expect('(', "'(' and the types of the parameters");
  while (!failed() && scanner_.next() != ')') {
    types.push_back(type());
    if (!scanner_.take(',')) break;
  }
  expect(')', "',' or ')'");
  const TypeId result = scanner_.take_arrow() ? type() : Void;
  if (failed()) return {};
  return closure ? module_.closure(types, result) : module_.signature(types, result);
}

std::optional<std::uint32_t> Parser::parameter(bool type) {
  Name name;
  if (!sigil_name('!', name, "a parameter of a generic, like '!T',")) return {};
  Nearest nearest(name.text);
  for (std::uint32_t number = 0; number < scope_.size(); ++number) {
    const bool is_type = !scope_[number].type;
    if (is_type == type) nearest.offer(scope_[number].name);
    if (scope_[number].name != name.text) continue;
    if (is_type == type) return number;
    fail(name.at, type ? "the parameter is a constant, and a type should stand here"
                       : "the parameter is a type, and a constant should stand here");
    return {};
  }
  fail(name.at, "unknown parameter '!" + std::string(name.text.substr(0, 200)) + "'" + nearest.suggestion("!"));
  return {};
}

}  // namespace inlay::ir
