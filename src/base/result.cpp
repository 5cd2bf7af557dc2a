// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/result.h"

namespace inlay {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
#define INLAY_ERROR(Name, Text) \
  case ErrorKind::Name:         \
    return Text;
#include "inlay/errors.def"
  }
  return "unknown";  // a value that no enumerator has, from a cast
}

std::string Place::to_string() const {
  std::string text = file;
  for (const std::uint32_t part : {line, line != 0 ? column : 0}) {
    if (part == 0) break;
    if (!text.empty()) text += ':';
    text += std::to_string(part);
  }
  return text;
}

std::string Error::to_string() const {
  std::string text = place_.to_string();
  if (!text.empty()) text += ": ";
  text += "error: " + message_ + " [";
  text += inlay::to_string(kind_);
  text += ']';
  for (const std::string& note : notes_) {
    text += "\nnote: ";
    for (const char c : note) {
      text += c;
      if (c == '\n') text += "      ";  // below the note: a caret stays below what it points at
    }
  }
  return text;
}

}  // namespace inlay
