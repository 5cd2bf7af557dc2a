// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/link_errors.h"

#include <cctype>
#include <vector>

namespace inlay::aot {

namespace {

constexpr std::string_view Prefix = "ld.lld: error: ";
constexpr std::string_view Undefined = "undefined symbol: ";
constexpr std::string_view AnonymousFile = "/proc/self/fd/";
constexpr std::size_t ShownSymbols = 8;

struct Need {
  std::string symbol;
  std::string user;  // the first one
};

std::string readable(std::string_view line, const std::string& name) {
  std::string text(line);
  for (std::size_t at; (at = text.find(AnonymousFile)) != std::string::npos;) {
    std::size_t end = at + AnonymousFile.size();
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end]))) ++end;
    text.replace(at, end - at, name);
  }
  return text;
}

/// `>>>    file:(function)` → `function`
std::string user_in(const std::string& line) {
  std::size_t open = line.find(":(");
  if (open == std::string::npos || line.back() != ')') return "";
  return line.substr(open + 2, line.size() - open - 3);
}

}  // namespace

Error link_error(std::string_view text, const std::string& name) {
  std::vector<std::string> lines;
  std::vector<Need> needs;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    std::string line = readable(text.substr(0, end), name);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with(Prefix)) line.erase(0, Prefix.size());
    if (line.empty()) continue;
    if (line.starts_with(Undefined))
      needs.push_back({line.substr(Undefined.size()), ""});
    else if (!needs.empty() && needs.back().user.empty())
      needs.back().user = user_in(line);
    lines.push_back(std::move(line));
  }

  std::string message;
  for (std::size_t i = 0; i < needs.size() && i < ShownSymbols; ++i) {
    message += i == 0 ? "nothing defines '" : ", '";
    message += needs[i].symbol + "'";
    if (!needs[i].user.empty()) message += " (needed by '" + needs[i].user + "')";
  }
  if (needs.size() > ShownSymbols) message += ", and " + std::to_string(needs.size() - ShownSymbols) + " more";
  ErrorKind kind = needs.empty() ? ErrorKind::LinkFailed : ErrorKind::UndefinedSymbol;
  if (!needs.empty())
    message += "; define it in a runtime, or name the library that does";
  else
    message = lines.empty() ? "the linker gave no reason" : lines.front();

  Error error(kind, message + ", while linking '" + name + "'");
  for (std::string& line : lines) static_cast<void>(std::move(error).with_note(std::move(line)));
  return error;
}

}  // namespace inlay::aot
