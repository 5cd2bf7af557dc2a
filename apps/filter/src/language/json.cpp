// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "language/json.h"

#include "runtime/utf8.h"

namespace inlay::filter {

void append_json(std::string& out, std::string_view text) {
  static constexpr std::string_view Replacement = "\xef\xbf\xbd";  // U+FFFD
  static constexpr std::string_view Digits = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    const char c = text[0];
    const auto size = static_cast<std::size_t>(character_size(text.data(), text.data() + text.size()));
    if (size == 1 && static_cast<unsigned char>(c) >= 0x80) {
      out += Replacement;
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += "\\u00";
      out += Digits[static_cast<unsigned char>(c) >> 4];
      out += Digits[static_cast<unsigned char>(c) & 15];
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  out += '"';
}

}  // namespace inlay::filter
