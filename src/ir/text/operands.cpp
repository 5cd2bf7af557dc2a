// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Operands of instructions, as the letters of their operations ask for them.
#include "ir/text/near.h"

#include "base/messages.h"
#include "ir/text/parser.h"
#include "ir/text/words.h"

namespace inlay::ir {

namespace {

std::string shown(std::string_view text) { return std::string(text.substr(0, 200)); }

/// The type that make_closure's function has.
TypeId code_type(Module& module, TypeId closure) {
  const Type type = module.types[closure];
  if (type.kind != TypeKind::Closure) return {};
  std::vector<TypeId> types{Ptr};
  for (std::uint32_t i = 0; i < type.count; ++i) types.push_back(module.parameter_type(closure, i));
  return module.signature(types, type.element);
}

/// The type of the closures that are called with that signature.
TypeId closure_type(Module& module, TypeId signature) {
  const Type type = module.types[signature];
  if (type.kind != TypeKind::Fn) return {};
  std::vector<TypeId> types;
  for (std::uint32_t i = 0; i < type.count; ++i) types.push_back(module.parameter_type(signature, i));
  return module.closure(types, type.element);
}

}  // namespace

void Parser::operands(Op op, TypeId type) {
  bool first = true;
  for (char letter : info(op).slots) {
    const auto slot = static_cast<Slot>(letter);
    if (!first && slot != Slot::Args && slot != Slot::Cases) expect(',', "','");
    if (failed()) return;
    operand(slot, type);
    first = false;
  }
}

void Parser::operand(Slot slot, TypeId type) {
  const char c = scanner_.next();
  const bool written_out = c != '%' && c != '@';  // then its type matters
  switch (slot) {
    case Slot::Typed:
    case Slot::Returned:
      return value(type);
    case Slot::Pointer:
      return value(Ptr);
    case Slot::Index:
      return value(I64);
    case Slot::Bool:
      return value(Bool);
    case Slot::Truth: {
      const bool single = is(c, CharNameStart) && scanner_.peek_word() != "zero";
      return value(single || at_number() ? Bool : module_.truth_type(type));
    }
    case Slot::Element:
      return value(module_.types[type].element);
    case Slot::Other:
    case Slot::InterfaceOf:
      return value_of_own_type();
    case Slot::Code:
      return value(written_out ? code_type(module_, type) : TypeId{});
    case Slot::ClosureOf:
      return value(written_out ? closure_type(module_, type) : TypeId{});
    case Slot::Callee: {
      const std::size_t at = scanner_.offset();
      if (c != '@') return fail_expected("the name of a function");
      const Value function = symbol();
      if (!failed() && !function.is_function()) fail(at, "this is data, and a function should be called");
      words_.push_back(function.bits);
      return;
    }
    case Slot::Number:
      words_.push_back(plain_number("a number", ~std::uint32_t{0}).value_or(0));
      return;
    case Slot::Field:
      return field(type);
    case Slot::Method:
      return method();
    case Slot::Text: {
      const std::string_view message = text("a text in quotes");
      if (!failed()) words_.push_back(intern(message).value);
      return;
    }
    case Slot::Args:
      return arguments(type);
    case Slot::Numbers: {
      const std::size_t count = words_.size();
      words_.push_back(0);
      expect('[', "'['");
      while (!failed() && scanner_.next() != ']') {
        words_.push_back(plain_number("a number", ~std::uint32_t{0}).value_or(0));
        ++words_[count];
        if (!scanner_.take(',')) break;
      }
      expect(']', "',' or ']'");
      return;
    }
    case Slot::Target:
      return target();
    case Slot::Cases:
      return cases(type);
  }
}

void Parser::value(TypeId expected) {
  if (scanner_.next() == '%')
    value_name();
  else
    words_.push_back(literal(expected).bits);
}

void Parser::value_name() {
  Name name;
  if (!sigil_name('%', name, "a value")) return;
  const bool automatic = !name.quoted && is_automatic_value(name.text);
  const std::uint32_t entry = values_.find(name.text, automatic, name.at);
  const std::uint32_t id = values_[entry].id;
  if (!id) value_fixups_.push_back({InstId{module_.insts.count()}, static_cast<std::uint32_t>(words_.size()), entry});
  words_.push_back(id);
}

void Parser::value_of_own_type() {
  const char c = scanner_.next();
  if (c == '%') return value_name();
  const std::string_view word = scanner_.peek_word();
  const bool of_type = word == "null" || word == "sizeof" || word == "alignof" || word == "typeof";
  if (at_number() || word == "zero" || word == "true" || word == "false")
    return fail(scanner_.offset(), "the type of this value should stand before it, as in 'i64 5'");
  // A constant whose type nothing else tells has it before it.
  const bool typed = c != '@' && !of_type && (c != '!' || !at_constant_parameter());
  const TypeId type = typed ? this->type() : TypeId{};
  scanner_.next();
  const std::size_t at = scanner_.offset();
  const Value constant = failed() ? Value() : literal(type);
  if (constant.is_number()) fail(at, "a small number has no type of its own, as this operand must; compute the result");
  words_.push_back(constant.bits);
}

bool Parser::at_constant_parameter() {
  const std::size_t at = scanner_.offset();
  Name name;
  if (!sigil_name('!', name, "a parameter of a generic")) return false;
  scanner_.go_back(at, scanner_.line());
  for (const ScopeEntry& entry : scope_)
    if (entry.name == name.text) return static_cast<bool>(entry.type);
  return true;
}

void Parser::target() {
  Name name;
  if (!this->name(name, "the name of a block")) return;
  const std::uint32_t entry = blocks_.find(name.text, !name.quoted && is_automatic_block(name.text), name.at);
  const std::uint32_t id = blocks_[entry].id;
  if (!id) block_fixups_.push_back({InstId{module_.insts.count()}, static_cast<std::uint32_t>(words_.size()), entry});
  words_.push_back(id);
  const std::size_t count = words_.size();
  words_.push_back(0);
  if (!scanner_.take('(')) return;
  while (!failed() && scanner_.next() != ')') {
    argument(entry, words_[count]++);
    if (!scanner_.take(',')) break;
  }
  expect(')', "',' or ')'");
}

void Parser::argument(std::uint32_t entry, std::uint32_t number) {
  const char c = scanner_.next();
  const std::string_view word = scanner_.peek_word();
  if (c == '%') return value_name();
  if (c == '@' || c == '!' || word == "sizeof" || word == "alignof" || word == "typeof") return value({});
  const BlockId known{blocks_[entry].id};
  if (known) {
    const Block& block = module_.blocks[known];
    if (number >= block.parameters)
      return fail(scanner_.offset(),
                  "the block '" + shown(blocks_[entry].name) + "' has " + base::counted(block.parameters, "parameter"));
    return value(module_.insts[InstId{block.first.value + number}].type());
  }
  // Only the block's parameter tells the type, and it stands further down.
  later_.push_back({InstId{module_.insts.count()}, static_cast<std::uint32_t>(words_.size()), number, entry, false,
                    scanner_.offset()});
  words_.push_back(0);
  skip_literal();
}

void Parser::skip_literal() {
  if (at_number()) {
    scanner_.number();
    return;
  }
  if (scanner_.here() != '<') {
    if (scanner_.word().empty()) fail_expected("a value");
    return;
  }
  // Lanes hold numbers and words, and no other brackets of this kind but in the types of sizes.
  unsigned depth = 0;
  do {
    const char c = scanner_.next();
    if (scanner_.at_end()) return fail_expected("'>'");
    if (c == '"') {
      text("a name");
    } else if (!scanner_.take_arrow()) {
      if (c == '<') ++depth;
      if (c == '>') --depth;
      scanner_.advance();
    }
  } while (depth > 0 && !failed());
}

void Parser::arguments(TypeId signature) {
  const std::size_t count = words_.size();
  words_.push_back(0);
  expect('(', "'(' and the arguments");
  const bool known = module_.types[signature].kind == TypeKind::Fn;
  while (!failed() && scanner_.next() != ')') {
    const std::uint32_t number = words_[count]++;
    const bool wanted = known && number < module_.types[signature].count;
    value(wanted ? module_.parameter_type(signature, number) : TypeId{});
    if (!scanner_.take(',')) break;
  }
  expect(')', "',' or ')'");
}

void Parser::cases(TypeId type) {
  const std::size_t count = words_.size();
  words_.push_back(0);
  expect('[', "'[' and the cases");
  while (!failed() && scanner_.next() != ']') {
    if (!at_number() && scanner_.here() != '!') return fail_expected("the number of a case");
    words_.push_back(literal(type).bits);
    expect(':', "':' and the block");
    if (failed()) return;
    target();
    ++words_[count];
    if (!scanner_.take(',')) break;
  }
  expect(']', "',' or ']'");
}

void Parser::field(TypeId type) {
  if (is(scanner_.next(), CharDigit)) {
    words_.push_back(plain_number("the number of a field", ~std::uint32_t{0}).value_or(0));
    return;
  }
  Name name;
  if (!this->name(name, "the name of a field, or its number,")) return;
  // An instance has the fields of its generic.
  const TypeId generic = module_.types[type].generic;
  const Type& t = module_.types[module_.types[type].kind == TypeKind::Struct && generic ? generic : type];
  if (t.kind != TypeKind::Struct) return fail(name.at, module_.to_string(type) + " has no fields");
  Nearest nearest(name.text);
  for (std::uint32_t i = 0; i < t.count; ++i) {
    const std::string_view candidate = module_.text(StringId{(&module_.extra[t.list])[std::size_t{i} * 3]});
    if (candidate == name.text) return words_.push_back(i);
    nearest.offer(candidate);
  }
  fail(name.at, module_.to_string(type) + " has no field '" + shown(name.text) + "'" + nearest.suggestion());
}

void Parser::method() {
  if (is(scanner_.next(), CharDigit)) {
    words_.push_back(plain_number("the number of a method", ~std::uint32_t{0}).value_or(0));
    return;
  }
  const Value object = Value::of_bits(words_.back());
  if (object) return words_.push_back(method_of(module_.type_of(object)));
  later_.push_back({InstId{module_.insts.count()}, static_cast<std::uint32_t>(words_.size()), 0,
                    value_fixups_.back().entry, true, scanner_.offset()});
  words_.push_back(0);
  Name name;
  this->name(name, "the name of a method, or its number,");
}

std::uint32_t Parser::method_of(TypeId interface) {
  Name name;
  if (!this->name(name, "the name of a method, or its number,")) return 0;
  const Type& t = module_.types[interface];
  if (t.kind != TypeKind::Interface) {
    fail(name.at, "the value before has the type " + module_.to_string(interface) + ", which has no methods");
    return 0;
  }
  Nearest nearest(name.text);
  for (std::uint32_t i = 0; i < t.count; ++i) {
    const std::string_view candidate = module_.text(StringId{(&module_.extra[t.list])[std::size_t{i} * 2]});
    if (candidate == name.text) return i;
    nearest.offer(candidate);
  }
  fail(name.at, module_.to_string(interface) + " has no method '" + shown(name.text) + "'" + nearest.suggestion());
  return 0;
}

}  // namespace inlay::ir
