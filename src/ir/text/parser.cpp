// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/text/parser.h"

#include <algorithm>
#include <utility>

#include "base/excerpt.h"
#include "ir/text/near.h"
#include "ir/text/words.h"

namespace inlay::ir {

Parser::Parser(Module& module, std::string_view text, const ParseOptions& options, std::uint32_t first_line)
    : module_(module), text_(text), options_(options), first_line_(first_line), scanner_(text) {}

Error Parser::error_at(std::size_t at, std::string message) const {
  const std::string_view before = text_.substr(0, at);
  const auto lines = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  Place place{std::string(options_.file), lines + 1, static_cast<std::uint32_t>(at - start) + 1};
  std::string shown = base::excerpt(text_.substr(start), {{}, 1, place.column});
  place.line += first_line_ - 1;
  return Error(ErrorKind::InvalidProgram, std::move(message), std::move(place)).with_note(std::move(shown));
}

void Parser::fail(std::size_t at, std::string message) {
  if (!error_) error_ = error_at(at, std::move(message));
  scanner_.stop();
}

std::string Parser::seen() {
  constexpr std::size_t Longest = 60;
  const char c = scanner_.next();
  if (scanner_.at_end()) return scanner_.offset() == text_.size() ? "the text ends" : "the declaration ends";
  if (c == '\n') return "the line ends";
  if (c == '"') return "a text in quotes stands";
  const std::size_t at = scanner_.offset();
  std::size_t end = at + 1;
  while (end < text_.size() && end - at < Longest && is(text_[end], CharName)) ++end;
  const bool word = is(c, CharName) || c == '%' || c == '@' || c == '!';
  std::string_view part = text_.substr(at, word ? end - at : 1);
  const auto code = static_cast<unsigned char>(c);
  if (code < 0x20 || code == 0x7f) return "a control character stands";
  return "'" + std::string(part) + "' stands";
}

void Parser::fail_expected(std::string_view wanted) {
  if (failed()) return;
  std::string message = seen() + " where " + std::string(wanted) + " should be";
  fail(scanner_.offset(), std::move(message));
}

bool Parser::expect(char c, std::string_view what) {
  if (scanner_.take(c)) return true;
  fail_expected(what);
  return false;
}

bool Parser::check_module(std::size_t at) {
  if (!failed() && module_.error()) fail(at, module_.error()->message());
  return !failed();
}

StringId Parser::intern(std::string_view text) {
  const bool lasting = options_.in_place && text.data() >= text_.data() && text.data() < text_.data() + text_.size();
  return lasting ? module_.string_in_place(text) : module_.string(text);
}

bool Parser::name(Name& name, std::string_view what) {
  const char c = scanner_.next();
  name.at = scanner_.offset();
  name.quoted = c == '"';
  if (name.quoted) {
    name.text = text("a name");
  } else if (is(c, CharNameStart)) {
    name.text = scanner_.word();
  } else {
    fail_expected(what);
  }
  return !failed();
}

bool Parser::sigil_name(char sigil, Name& into, std::string_view what) {
  if (scanner_.next() != sigil || scanner_.at_end()) {
    fail_expected(what);
    return false;
  }
  const std::size_t at = scanner_.offset();
  scanner_.advance();
  const char c = scanner_.here();
  if (c != '"' && !is(c, CharName)) {
    fail(at, std::string("a name should stand behind '") + sigil + "', at once");
    return false;
  }
  if (is(c, CharDigit)) {  // what has no name has a number
    into = {scanner_.word(), false, at};
    const bool digits = into.text.find_first_not_of("0123456789") == std::string_view::npos;
    if (sigil != '%' || !digits) fail(at, "names do not begin with a digit; such a one stands in quotes");
    return !failed();
  }
  const bool good = name(into, what);
  into.at = at;
  return good;
}

std::string_view Parser::text(std::string_view what) {
  if (scanner_.next() != '"') {
    fail_expected(what);
    return {};
  }
  const std::size_t at = scanner_.offset();
  const Scanner::Quoted quoted = scanner_.quoted(buffer_);
  if (quoted.problem) {
    fail(std::max(at, quoted.problem_at), quoted.problem);
    return {};
  }
  // What was decoded gets a place that lasts.
  return quoted.decoded ? module_.text(module_.string(quoted.text)) : quoted.text;
}

std::optional<std::uint32_t> Parser::plain_number(std::string_view what, std::uint64_t most) {
  if (!is(scanner_.next(), CharDigit)) {
    fail_expected(what);
    return {};
  }
  const std::size_t at = scanner_.offset();
  const std::string_view text = scanner_.number();
  const Number number = read_number(text);
  if (!number.good || number.floating) {
    fail(at, "'" + std::string(text.substr(0, 60)) + "' is no number for " + std::string(what));
    return {};
  }
  if (number.too_large || number.magnitude > most) {
    fail(at, std::string(text.substr(0, 60)) + " is too large for " + std::string(what) + "; " + std::to_string(most) +
                 " is the most");
    return {};
  }
  return static_cast<std::uint32_t>(number.magnitude);
}

Result<void> Parser::run() {
  if (module_.error()) return *module_.error();
  const std::vector<Declaration> declarations = split(text_);
  const auto each = [&](auto&& wanted, auto&& read) {
    for (const Declaration& d : declarations) {
      if (failed()) return;
      if (!wanted(d.kind)) continue;
      scanner_.restrict(d.begin, d.end, d.line);
      read(d);
    }
  };
  const auto each_of = [&](std::vector<Pending>& list, auto&& read) {
    for (Pending& pending : list) {
      if (failed()) return;
      scanner_.restrict(pending.at, pending.end, pending.line);
      scope_ = std::move(pending.scope);
      read(pending);
    }
  };

  each([](std::string_view kind) { return kind == "file"; }, [&](const Declaration& d) { file(d); });
  if (options_.locate && files_.empty() && !declarations.empty()) own_file_ = module_.file(options_.file);
  each([](std::string_view kind) { return kind == "type" || kind == "interface"; },
       [&](const Declaration& d) { type_head(d); });
  each_of(types_, [&](Pending& pending) { type_rest(pending); });
  each([](std::string_view kind) { return kind != "file" && kind != "type" && kind != "interface"; },
       [&](const Declaration& d) { symbol_head(d); });
  // Beyond this point every name is known.
  each_of(data_, [&](Pending& pending) { data_rest(pending); });
  each_of(functions_, [&](Pending& pending) { function_rest(pending); });

  if (!failed()) check_module(text_.size());
  if (failed()) return std::move(*error_);
  if (options_.files) *options_.files = files_;
  return {};
}

namespace {

/// Whether a generic has these parameters.
template <class Scope>
bool same_scope(const Module& module, ExtraId parameters, const Scope& scope) {
  const std::size_t count = parameters ? module.extra[parameters] : 0;
  if (count != scope.size()) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t* words = &module.extra[parameters] + 1 + 2 * i;
    if (module.text(StringId{words[0]}) != scope[i].name || words[1] != scope[i].type.value) return false;
  }
  return true;
}

}  // namespace

Result<FunctionId> Parser::run_function() {
  if (module_.error()) return *module_.error();
  const std::vector<Declaration> declarations = split(text_);
  if (declarations.size() != 1 || declarations[0].kind != "func")
    return error_at(0, "what is given for a new body is not one declaration of a function");
  numbers_are_files_ = !options_.files;
  if (options_.files) files_ = *options_.files;
  if (options_.locate) own_file_ = module_.file(options_.file);

  Pending pending;
  const Declaration& d = declarations[0];
  pending.first_line = first_line_ + d.line - 1;
  scanner_.restrict(d.begin, d.end, pending.first_line);
  if (scanner_.peek_word() == "export") {
    scanner_.word();
    scanner_.next();
    pending.flags = FunctionExported;
  }
  scanner_.word();  // func
  function_head(pending);
  FunctionId id;
  if (!failed()) {
    const Symbol known = module_.find(pending.name.text);
    if (known.kind == SymbolKind::Function) id = FunctionId{known.id};
    const Function& f = module_.functions[id];
    const std::uint32_t said = f.flags & ~(FunctionDefined | FunctionGeneric);
    if (!(f.flags & FunctionDefined))
      fail(pending.name.at, "the function has no body that a new one could replace");
    else if (f.signature != pending.signature || said != pending.flags || !same_scope(module_, f.parameters, scope_))
      fail(pending.name.at, "the function is declared otherwise than before; only its body may be new");
  }
  Function changed;
  if (!failed()) {
    changed = module_.functions[id];
    pending.id = id.value;
    body(pending, changed);
    end_of_declaration();
  }
  if (!failed()) check_module(0);
  if (failed()) return std::move(*error_);
  module_.functions[id] = changed;
  return id;
}

Result<void> parse(Module& module, std::string_view text, const ParseOptions& options) {
  return Parser(module, text, options).run();
}

Result<Module> parse(std::string_view text, const ParseOptions& options) {
  INLAY_TRY(Module module, Module::create());
  INLAY_TRY_VOID(parse(module, text, options));
  return module;
}

Result<FunctionId> parse_function(Module& module, std::string_view declaration, std::uint32_t first_line,
                                  const ParseOptions& options) {
  return Parser(module, declaration, options, first_line).run_function();
}

}  // namespace inlay::ir
