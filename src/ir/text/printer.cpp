// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/text/printer.h"

#include <algorithm>

#include "ir/substitute.h"
#include "ir/text/words.h"

namespace inlay::ir {

void Printer::name(std::string_view name) { out_ += name_text(name); }
void Printer::quoted(std::string_view text) { out_ += ir::quoted(text); }

void Printer::type(TypeId id) {
  if (!m_.types.contains(id)) {
    out_ += '?';
    return;
  }
  if (m_.is_dependent(id)) {
    out_ += type_text(m_, id, DeepestType + 2, scope_);
    return;
  }
  if (type_text_.size() <= id.value) type_text_.resize(m_.types.count());
  std::string& text = type_text_[id.value];
  if (text.empty()) text = type_text(m_, id, DeepestType + 2);
  out_ += text;
}

void Printer::symbol(Value symbol) {
  const bool known = symbol.is_function() ? m_.functions.contains(symbol.function()) : m_.data.contains(symbol.data());
  if (!known)
    out_ += "@?";
  else if (symbol.is_function())
    out_ += symbol_text(m_, {SymbolKind::Function, symbol.function().value}, scope_);
  else
    out_ += symbol_text(m_, {SymbolKind::Data, symbol.data().value}, scope_);
}

void Printer::location(Location location) {
  if (!options_.locations || !location || !m_.path(location.file()).data()) return;
  out_ += " !";
  if (location.file().value != 1) (out_ += std::to_string(location.file().value)) += ':';
  out_ += std::to_string(location.line());
}

void Printer::files() {
  if (!options_.locations) return;
  std::uint32_t number = 1;
  for (; m_.path(FileId{number}).data(); ++number) {
    ((out_ += "file ") += std::to_string(number)) += ' ';
    quoted(m_.path(FileId{number}));
    out_ += '\n';
  }
  // Without any, the text itself would be taken for one when it is read again.
  if (number == 1) out_ += "file 0 \"\"\n";
  out_ += '\n';
}

void Printer::generic_parameters(ExtraId parameters) {
  scope_ = parameters;
  if (!parameters) return;
  out_ += '<';
  for (std::uint32_t i = 0; i < m_.extra[parameters]; ++i) {
    if (i) out_ += ", ";
    out_ += '!';
    const std::uint32_t* words = &m_.extra[parameters] + 1 + std::size_t{2} * i;
    name(m_.text(StringId{words[0]}));
    if (words[1] == 0) continue;
    out_ += ": ";
    type(TypeId{words[1]});
  }
  out_ += '>';
}

void Printer::named_type(TypeId id) {
  const Type& t = m_.types[id];
  const bool interface = t.kind == TypeKind::Interface;
  const std::string_view text = m_.text(t.name);
  out_ += interface ? "interface " : "type ";
  out_ += type_name_text(text);
  generic_parameters(t.parameters);
  if (t.flags & TypeIncomplete) {
    out_ += " ; is not defined\n";
    return;
  }
  out_ += interface ? " {" : " = struct {";
  const std::size_t step = interface ? 2 : 3;
  for (std::size_t i = 0; i < t.count; ++i) {
    const std::uint32_t* words = &m_.extra[t.list] + i * step;
    out_ += i ? ", " : " ";
    name(m_.text(StringId{words[0]}));
    const std::size_t at = out_.size();
    if (!interface) out_ += ": ";
    type(TypeId{words[1]});
    if (interface && out_.compare(at, 2, "fn") == 0) out_.erase(at, 2);
  }
  out_ += t.count ? " }\n" : "}\n";
  scope_ = {};
}

void Printer::assembly(const Function& f) {
  const std::uint32_t* words = &m_.extra[f.assembly];
  for (std::uint32_t i = 0; f.assembly && i < words[0]; ++i) {
    ((out_ += " asm ") += to_string(static_cast<Architecture>(words[1 + 2 * i]))) += ' ';
    const std::string_view text = m_.text(StringId{words[2 + 2 * i]});
    int depth = 0;
    bool balanced = true;
    for (char c : text) {
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      balanced &= depth >= 0;
    }
    if (balanced && depth == 0)
      ((out_ += '{') += text) += '}';
    else
      quoted(text);
  }
}

void Printer::function_head(const Function& f, std::span<const InstId> parameters) {
  if (f.flags & FunctionExported) out_ += "export ";
  if (f.flags & FunctionExtern) out_ += "extern ";
  out_ += "func @";
  name(m_.text(f.name));
  if (f.generic)
    out_ += arguments_text(m_, f.arguments, DeepestType, {});
  else
    generic_parameters(f.parameters);
  out_ += '(';
  const Type& signature = m_.types[f.signature];
  for (std::uint32_t i = 0; i < signature.count; ++i) {
    if (i) out_ += ", ";
    if (i < parameters.size()) {
      value_name(parameters[i]);
      out_ += ": ";
    }
    type(m_.parameter_type(f.signature, i));
  }
  out_ += ')';
  if (signature.element != Void) {
    out_ += " -> ";
    type(signature.element);
  }
  for (const auto& [word, flag] : FunctionWords)
    if (f.flags & flag) (out_ += ' ') += word;
}

void Printer::everything() {
  files();
  const std::size_t begin = out_.size();
  const auto gap = [&] {
    if (out_.size() != begin) out_ += '\n';
  };
  for (std::uint32_t i = 1; i < m_.types.count(); ++i) {
    const Type& t = m_.types[TypeId{i}];
    if (t.name && !t.generic) named_type(TypeId{i});
  }
  if (m_.data.count() > 1) gap();
  for (std::uint32_t i = 1; i < m_.data.count(); ++i)
    if (!m_.data[DataId{i}].generic) data(DataId{i});
  for (std::uint32_t i = 1; i < m_.functions.count(); ++i) {
    if (m_.functions[FunctionId{i}].generic) continue;
    gap();
    function(FunctionId{i});
  }
}

std::string print(const Module& module, const PrintOptions& options) {
  Printer printer(module, options);
  printer.everything();
  return printer.take();
}

std::string print(const Module& module, FunctionId function, const PrintOptions& options) {
  Printer printer(module, options);
  printer.function(function);
  return printer.take();
}

std::string print(const Module& module, InstId inst) {
  Printer printer(module, {}, Printer::Length::Short);
  printer.instruction(inst);
  return printer.take();
}

}  // namespace inlay::ir
