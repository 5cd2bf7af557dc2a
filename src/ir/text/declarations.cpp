// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What stands at the top of a text, but for data and bodies.
#include <algorithm>
#include <unordered_set>
#include <utility>

#include "ir/text/near.h"
#include "ir/text/parser.h"
#include "ir/text/words.h"

namespace inlay::ir {

namespace {

constexpr std::size_t MostParameters = 256;  // of a generic
constexpr std::uint64_t MostFiles = 1'000'000;

std::string declared_twice(char sigil, std::string_view name) {
  return "'" + (sigil ? std::string(1, sigil) : std::string()) + std::string(name.substr(0, 200)) +
         "' is declared twice";
}

}  // namespace

void Parser::end_of_declaration() {
  if (failed()) return;
  scanner_.next();
  if (!scanner_.at_end()) fail_expected("the next declaration");
}

Location Parser::location(std::uint32_t line) { return own_file_ ? Location(own_file_, line) : Location(); }

void Parser::file(const Declaration& declaration) {
  scanner_.word();
  scanner_.next();
  const std::size_t at = scanner_.offset();
  const std::optional<std::uint32_t> number = plain_number("the number of a file", MostFiles);
  if (!number) return;
  const std::string_view path = text("the path of a file, in quotes,");
  end_of_declaration();
  if (failed()) return;
  if (*number == 0) {  // a text whose instructions lie nowhere
    if (!path.empty()) return fail(declaration.begin, "files are numbered from 1");
    if (files_.empty()) files_.resize(1);
    return;
  }
  if (*number >= files_.size()) files_.resize(*number + 1);
  if (files_[*number]) return fail(at, "file " + std::to_string(*number) + " is declared twice");
  files_[*number] = module_.file(path);
}

std::vector<Parser::ScopeEntry> Parser::generic_parameters() {
  std::vector<ScopeEntry> parameters;
  do {
    Name parameter;
    if (!sigil_name('!', parameter, "a parameter of a generic, like '!T',")) return parameters;
    for (const ScopeEntry& entry : parameters)
      if (entry.name == parameter.text) fail(parameter.at, declared_twice('!', parameter.text));
    parameters.push_back({parameter.text, scanner_.take(':') ? type() : TypeId{}});
    if (parameters.size() > MostParameters) fail(parameter.at, "a generic has at most 256 parameters");
  } while (!failed() && scanner_.take(','));
  expect('>', "',' or '>'");
  return parameters;
}

namespace {

template <class Scope>
std::vector<GenericParameter> generic(const Scope& scope) {
  std::vector<GenericParameter> parameters;
  for (const auto& entry : scope) parameters.push_back({entry.name, entry.type});
  return parameters;
}

}  // namespace

void Parser::type_head(const Declaration& declaration) {
  scope_.clear();
  if (scanner_.peek_word() != declaration.kind) return fail(declaration.begin, "types are known to all who see them");
  scanner_.word();
  const bool interface = declaration.kind == "interface";
  Pending pending;
  if (scanner_.next() == 0) {
    const std::string_view after = Scanner(text_.substr(scanner_.offset())).peek_word();
    const bool behind = scanner_.offset() < text_.size();
    return fail(scanner_.offset(), behind && !after.empty()
                                       ? "this word begins a declaration; as a name, write it in quotes"
                                       : "a name should stand here");
  }
  if (!name(pending.name, "the name of a type")) return;
  if (!pending.name.quoted && is_reserved(pending.name.text))
    return fail(pending.name.at, "'" + std::string(pending.name.text) +
                                     "' is a word of the language; as the name of a type, write it in quotes");
  const TypeKind kind = interface ? TypeKind::Interface : TypeKind::Struct;
  const TypeId known = module_.find_type(pending.name.text);
  if (known && module_.types[known].kind != kind)
    return fail(pending.name.at, "'" + std::string(pending.name.text) + "' is both a struct and an interface");
  if (known && (!(module_.types[known].flags & TypeIncomplete) || module_.types[known].parameters))
    return fail(pending.name.at, declared_twice(0, pending.name.text));
  const TypeId id = interface ? module_.named_interface(pending.name.text) : module_.named_struct(pending.name.text);
  if (!interface && scanner_.take('<')) {
    pending.scope = generic_parameters();
    if (!failed()) module_.make_generic(id, generic(pending.scope));
  }
  if (!check_module(pending.name.at)) return;
  pending.id = id.value;
  pending.flags = interface;
  pending.at = scanner_.offset();
  pending.line = scanner_.line();
  pending.end = declaration.end;
  types_.push_back(std::move(pending));
}

void Parser::type_rest(Pending& pending) {
  const TypeId id{pending.id};
  const bool interface = pending.flags != 0;
  std::vector<NamedType> parts;
  std::unordered_set<std::string_view> names;  // of methods
  if (!interface) {
    expect('=', "'='");
    const bool word = scanner_.next() == 's' && scanner_.peek_word() == "struct";
    if (!failed() && !word) fail_expected("'struct'");
    if (word) scanner_.word();
  }
  expect('{', "'{'");
  while (!failed() && scanner_.next() != '}') {
    Name part;
    if (!name(part, interface ? "the name of a method" : "the name of a field")) return;
    if (!interface) expect(':', "':' and the type of the field");
    if (interface && !names.insert(part.text).second)
      return fail(part.at, "the interface has a method '" + std::string(part.text.substr(0, 200)) +
                               "' already; give this one another name");
    depth_ += interface;  // a signature is a type
    parts.push_back({part.text, interface ? signature_type(false) : type()});
    depth_ -= interface;
    if (!scanner_.take(',')) break;
  }
  expect('}', "',' or '}'");
  end_of_declaration();
  if (failed()) return;
  if (!(module_.types[id].flags & TypeIncomplete)) return fail(pending.name.at, declared_twice(0, pending.name.text));
  if (interface)
    module_.define_interface(id, parts);
  else
    module_.define_struct(id, parts);
  check_module(pending.name.at);
}

void Parser::symbol_head(const Declaration& declaration) {
  scope_.clear();
  Pending pending;
  pending.first_line = declaration.line;
  pending.end = declaration.end;
  std::size_t at = scanner_.offset();
  std::string_view word = scanner_.word();
  const bool exported = word == "export";
  const bool external = word == "extern";
  if (exported || external) {
    scanner_.next();
    at = scanner_.offset();
    word = scanner_.word();
  }
  if (word == "func") {
    pending.flags = exported ? FunctionExported : external ? FunctionExtern : 0u;
    function_head(pending);
    declare_function(std::move(pending));
  } else if (word == "data" || word == "var" || word == "table") {
    pending.flags = (exported ? DataExported : 0u) | (external ? DataExtern : 0u) | (word == "var" ? DataMutable : 0u) |
                    (word == "table" ? DataTable : 0u);
    data_head(std::move(pending));
  } else if (word.empty() || exported || external) {
    scanner_.go_back(at, declaration.line);
    fail_expected(exported || external ? "'func', 'data', 'var' or 'table'" : "a declaration");
  } else {
    Nearest nearest(word);
    for (std::string_view candidate : DeclarationWords) nearest.offer(candidate);
    fail(at,
         "'" + std::string(word.substr(0, 60)) + "' stands where a declaration should begin" + nearest.suggestion());
  }
}

void Parser::function_head(Pending& pending) {
  if (!sigil_name('@', pending.name, "the name of a function, like '@f',")) return;
  if (scanner_.take('<')) {
    pending.scope = generic_parameters();
    scope_ = pending.scope;
  }
  std::vector<TypeId> types;
  ++depth_;  // they lie within the signature
  expect('(', "'(' and the parameters");
  while (!failed() && scanner_.next() != ')') {
    Name parameter;
    if (scanner_.next() == '%') {
      sigil_name('%', parameter, "a parameter");
      expect(':', "':' and the type of the parameter");
    }
    types.push_back(type());
    pending.parameters.push_back(parameter);
    if (!scanner_.take(',')) break;
  }
  expect(')', "',' or ')'");
  const TypeId result = scanner_.take_arrow() ? type() : Void;
  --depth_;
  while (!failed() && is(scanner_.next(), CharNameStart) && scanner_.peek_word() != "asm") {
    const std::size_t at = scanner_.offset();
    const std::string_view word = scanner_.word();
    const auto found = std::find_if(std::begin(FunctionWords), std::end(FunctionWords),
                                    [&](const auto& entry) { return entry.first == word; });
    if (found == std::end(FunctionWords)) {
      Nearest nearest(word);
      for (const auto& entry : FunctionWords) nearest.offer(entry.first);
      nearest.offer("asm");
      return fail(at,
                  "'" + std::string(word.substr(0, 60)) + "' is nothing that a function can be" + nearest.suggestion());
    }
    pending.flags |= found->second;
  }
  if (failed()) return;
  pending.signature = module_.signature(types, result);
  pending.at = scanner_.offset();
  pending.line = scanner_.line();
}

void Parser::declare_function(Pending pending) {
  if (failed()) return;
  const std::string_view name = pending.name.text;
  const Symbol known = module_.find(name);
  const bool external = (pending.flags & FunctionExtern) != 0;
  if (known.kind == SymbolKind::Data)
    return fail(pending.name.at, "'@" + std::string(name.substr(0, 200)) + "' is both a function and data");
  if (known.kind == SymbolKind::Function) {
    const Function& f = module_.functions[FunctionId{known.id}];
    const bool again = external && (f.flags & FunctionExtern) && f.signature == pending.signature;
    if (!(f.flags & FunctionReserved) && !again) return fail(pending.name.at, declared_twice('@', name));
  }
  const FunctionId id = module_.function(name, pending.signature, pending.flags);
  if (!check_module(pending.name.at)) return;
  if (!pending.scope.empty()) module_.make_generic(id, generic(pending.scope));
  module_.functions[id].location = location(pending.first_line);
  pending.id = id.value;
  if (external) return end_of_declaration();
  functions_.push_back(std::move(pending));
}

void Parser::function_rest(Pending& pending) {
  const FunctionId id{pending.id};
  if (scanner_.next() == 'a' && scanner_.peek_word() == "asm") {
    assembly(id);
  } else if (scanner_.next() != '{') {
    fail_expected("the body of the function, in '{' and '}',");
  } else {
    Function changed = module_.functions[id];
    if (body(pending, changed)) module_.functions[id] = changed;
  }
  end_of_declaration();
  check_module(pending.name.at);
}

void Parser::assembly(FunctionId function) {
  while (!failed() && scanner_.next() == 'a' && scanner_.peek_word() == "asm") {
    scanner_.word();
    scanner_.next();
    const std::size_t at = scanner_.offset();
    const std::string_view word = scanner_.word();
    Nearest nearest(word);
    std::optional<Architecture> architecture;
    for (unsigned i = 0; i < ArchitectureCount; ++i) {
      if (to_string(static_cast<Architecture>(i)) == word) architecture = static_cast<Architecture>(i);
      nearest.offer(to_string(static_cast<Architecture>(i)));
    }
    if (!architecture)
      return fail(at, "unknown architecture '" + std::string(word.substr(0, 60)) + "'" + nearest.suggestion());
    const Function& f = module_.functions[function];
    for (std::size_t i = 0; f.assembly && i < module_.extra[f.assembly]; ++i)
      if ((&module_.extra[f.assembly])[1 + 2 * i] == static_cast<std::uint32_t>(*architecture))
        return fail(at, "the function has assembly for " + std::string(word) + " already");
    std::string_view lines;
    if (scanner_.next() == '"') {
      lines = text("assembly");
    } else if (!expect('{', "assembly, in '{' and '}' or in quotes,")) {
      return;
    } else if (!scanner_.braced(lines)) {
      return fail(at, "this assembly has no '}' that ends it");
    }
    if (!failed()) module_.set_assembly(function, *architecture, lines);
  }
}

void Parser::data_head(Pending pending) {
  const bool table = (pending.flags & DataTable) != 0;
  if (!sigil_name('@', pending.name, table ? "the name of a table, like '@t'," : "the name of the data, like '@d',"))
    return;
  const Symbol known = module_.find(pending.name.text);
  if (known.kind == SymbolKind::Function)
    return fail(pending.name.at,
                "'@" + std::string(pending.name.text.substr(0, 200)) + "' is both a function and data");
  if (known.kind == SymbolKind::Data &&
      (!(module_.data[DataId{known.id}].flags & DataReserved) || module_.data[DataId{known.id}].parameters))
    return fail(pending.name.at, declared_twice('@', pending.name.text));
  const DataId id = module_.data_named(pending.name.text);
  if (table && scanner_.take('<')) {
    pending.scope = generic_parameters();
    if (!failed()) module_.make_generic(id, generic(pending.scope));
  }
  if (!check_module(pending.name.at)) return;
  pending.id = id.value;
  pending.at = scanner_.offset();
  pending.line = scanner_.line();
  data_.push_back(std::move(pending));
}

}  // namespace inlay::ir
