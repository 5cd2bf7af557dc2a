// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/faults.h"

namespace inlay::filter {

namespace {

/// In quotes, on one line, readable whatever its bytes are.
std::string quoted(Text text) {
  constexpr std::int64_t Longest = 60;
  static constexpr char Digits[] = "0123456789abcdef";
  std::string result = "'";
  for (std::int64_t i = 0; i < text.size && i < Longest; ++i) {
    const auto byte = static_cast<unsigned char>(text.data[i]);
    if (byte >= ' ' && byte < 0x7f) {
      result += text.data[i];
    } else {
      result += {'\\', 'x', Digits[byte >> 4], Digits[byte & 15]};
    }
  }
  return result + (text.size > Longest ? "…'" : "'");
}

}  // namespace

std::string fault_message(const Scope& scope) {
  switch (scope.fault) {
    case Fault::None:
      return {};
    case Fault::IntegerOverflow:
      return "integer overflow";
    case Fault::DivisionByZero:
      return "division by zero";
    case Fault::NotAnInteger:
      return quoted(scope.offender) + " is not an integer";
    case Fault::NotANumber:
      return quoted(scope.offender) + " is not a number";
    case Fault::NotABoolean:
      return quoted(scope.offender) + " is not a boolean (true or false)";
    case Fault::NotADate:
      return quoted(scope.offender) + " is not a date (YYYY-MM-DD)";
    case Fault::NotATimestamp:
      return quoted(scope.offender) + " is not a timestamp (YYYY-MM-DD HH:MM:SS)";
    case Fault::OutOfRange:
      return scope.offender.data ? quoted(scope.offender) + " is out of range" : "value out of range";
    case Fault::TooLong:
      return "text of more than 1 GiB";
    case Fault::OutOfMemory:
      return "out of memory for texts";
    case Fault::User:
      return scope.message ? scope.message : "error in a function";
  }
  return "unknown fault";
}

}  // namespace inlay::filter
