// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "error.h"

#include <utility>

namespace lox {

void fail(int line, std::string message) { throw RuntimeError{std::move(message), line, {}}; }
void fail(int line, const char* message) { fail(line, std::string(message)); }

void add_to_trace(RuntimeError& error, const Function& function, int line) {
  if (error.trace.empty() && error.line != 0) line = error.line;
  if (error.trace.size() < RuntimeError::most_entries)
    error.trace.push_back({&function, line});
  else
    ++error.left_out;
}

std::string to_text(const RuntimeError& error) {
  std::string text = error.message + '\n';
  for (const RuntimeError::Entry& entry : error.trace) {
    text += "[line " + std::to_string(entry.line) + "] in ";
    text += entry.function->name.empty() ? "script" : entry.function->name + "()";
    text += '\n';
  }
  if (error.left_out != 0) text += "... and " + std::to_string(error.left_out) + " more calls\n";
  return text;
}

}  // namespace lox
