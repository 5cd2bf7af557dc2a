// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/link_errors.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/messages.h"

namespace inlay::aot {

namespace {

constexpr std::string_view Prefix = "ld.lld: error: ";
constexpr std::string_view Undefined = "undefined symbol: ";
constexpr std::size_t ShownUsers = 8;
constexpr std::string_view AnonymousFile = "/proc/self/fd/";
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
  const std::size_t open = line.find(":(");
  if (open == std::string::npos || line.back() != ')') return "";
  return line.substr(open + 2, line.size() - open - 3);
}

}  // namespace

Error link_error(std::string_view text, const std::string& name) {
  std::vector<std::string> lines;
  std::vector<std::string> needs;
  std::vector<std::string> users;
  std::size_t user_of = 0;
  bool about_need = false;  // a line that says more about the symbol before it: which part of the file uses it
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    std::string line = readable(text.substr(0, end), name);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (about_need && line.starts_with(">>>")) {
      const std::string user = user_in(line);
      if (!user.empty() && users.size() < ShownUsers && user_of != needs.size()) {
        users.push_back("'" + needs.back() + "' by '" + user + "'");
        user_of = needs.size();  // the first one
      }
      continue;
    }
    if (line.starts_with(Prefix)) line.erase(0, Prefix.size());
    if (line.empty()) continue;
    about_need = line.starts_with(Undefined);
    if (about_need)
      needs.push_back(line.substr(Undefined.size()));
    else
      lines.push_back(std::move(line));
  }

  const bool needs_any = !needs.empty();
  std::string message = needs_any       ? base::nothing_defines(std::move(needs))
                        : lines.empty() ? "the linker gave no reason"
                                        : lines.front();
  const ErrorKind kind = needs_any ? ErrorKind::UndefinedSymbol : ErrorKind::LinkFailed;
  Error error(kind, message + ", while linking '" + name + "'");
  std::sort(users.begin(), users.end());
  std::string all_users;
  for (const std::string& user : users) all_users += (all_users.empty() ? "needed: " : ", ") + user;
  if (!all_users.empty()) static_cast<void>(std::move(error).with_note(std::move(all_users)));
  for (std::string& line : lines) static_cast<void>(std::move(error).with_note(std::move(line)));
  return error;
}

}  // namespace inlay::aot
