// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// No assembler is asked: what could be something else than an instruction is refused, also within comments.
#include "ir/assembly.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/hash.h"

namespace inlay::ir {

namespace {

constexpr std::string_view Directives[] = {".byte",  ".2byte", ".4byte", ".8byte", ".short", ".long", ".quad",
                                           ".hword", ".word",  ".xword", ".half",  ".dword", ".inst", ".insn"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '$' || c == '@';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_label(std::string_view word) {
  return word.starts_with(".L") || std::all_of(word.begin(), word.end(), is_digit);
}

}  // namespace

std::optional<AssemblyFault> find_fault(std::string_view text) {
  bool begins = true;  // a statement
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"') return AssemblyFault{i, "text in quotes"};
    if (c == '/' && text.substr(i).starts_with("/*")) return AssemblyFault{i, "a comment of several lines"};
    if (c == '\0') return AssemblyFault{i, "a zero byte"};
    if (c == '\n' || c == '\r' || c == ';') {
      begins = true;
      ++i;
      continue;
    }
    if (!is_word(c)) {
      if (c == '=' && !begins) return AssemblyFault{i, "a definition of a symbol"};
      if (c != ' ' && c != '\t') begins = begins && c == '{';
      ++i;
      continue;
    }
    const std::size_t begin = i;
    while (i < text.size() && is_word(text[i])) ++i;
    const std::string_view word = text.substr(begin, i - begin);
    std::size_t next = i;
    while (next < text.size() && (text[next] == ' ' || text[next] == '\t')) ++next;
    const bool colon = next < text.size() && text[next] == ':';
    if (begins && colon) {
      if (!is_label(word)) return AssemblyFault{begin, "the label '" + std::string(word.substr(0, 40)) + "'"};
      i = next + 1;
      continue;
    }
    if (word[0] == '.' && !word.starts_with(".L") &&
        std::find(std::begin(Directives), std::end(Directives), word) == std::end(Directives))
      return AssemblyFault{begin, "the directive '" + std::string(word.substr(0, 40)) + "'"};
    begins = false;
  }
  return std::nullopt;
}

std::string with_own_labels(std::string_view assembly, std::string_view function) {
  char suffix[24];
  std::snprintf(suffix, sizeof suffix, ".%016llx",
                static_cast<unsigned long long>(base::hash(function.data(), function.size())));
  std::string out;
  for (std::size_t i = 0; i < assembly.size();) {
    if (!is_word(assembly[i])) {
      out += assembly[i++];
      continue;
    }
    const std::size_t begin = i;
    while (i < assembly.size() && is_word(assembly[i])) ++i;
    const std::string_view word = assembly.substr(begin, i - begin);
    out += word;
    if (word.starts_with(".L")) out += suffix;
  }
  return out;
}

}  // namespace inlay::ir
