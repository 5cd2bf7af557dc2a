// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "slow_paths.h"

#include <algorithm>
#include <cctype>

namespace lox {
namespace {

using enum LeftCall::Kind;

struct Known {
  std::string_view name;  // the beginning of the function's last name
  LeftCall::Kind kind;
  const char* words;
};

/// What the runtime leaves out of line. The first one that fits counts.
constexpr Known known_calls[] = {
    {"call_slowly", SlowPath,
     "calling what was not called here before: another function or class, clock, a bound method"},
    {"invoke_slowly", SlowPath, "method call when the receiver's shape is another, or a field is called"},
    {"invoke_super_slowly", SlowPath, "super call when the class is another"},
    {"get_slowly", SlowPath, "property lookup when the shape is another, or a method becomes a value"},
    {"set_slowly", SlowPath, "setting a property when the shape is another, or there is no room for it"},
    {"allocate_slowly", SlowPath, "allocating when there is no free memory: collects garbage, or asks the system"},
    {"new_instance_slowly", SlowPath, "making an instance when there is no free memory for it"},
    {"allocate_large", SlowPath, "allocating a large object"},
    {"count_", SlowPath, "counting, to find out what is hot"},
    {"get_super", Work, "binding a method of the superclass"},
    {"concatenate", Work, "joining two texts"},
    {"equal_texts", Work, "comparing two texts"},
    {"print", Work, "printing"},
    {"new_class", Work, "making a class"},
    {"inherit", Work, "making a class: its superclass"},
    {"add_method", Work, "making a class: its methods"},
    {"run_compiled", Work, "calling a Lox function or loop that was compiled by itself"},
    {"run_loop", Work, "running a Lox loop, compiled by itself"},
    {"iterate", Work, "running a Lox loop, compiled by itself"},
    {"run", Work, "calling a Lox function, straight"},
    {"fail_stack_overflow", Error, "error: stack overflow"},
    {"fail_arity", Error, "error: wrong number of arguments"},
    {"fail_not_a_number", Error, "error: operand is not a number"},
    {"fail_not_numbers", Error, "error: operands are not numbers"},
    {"fail_not_addable", Error, "error: operands are neither two numbers nor two texts"},
    {"fail_undefined_variable", Error, "error: undefined variable"},
    {"fail", Error, "error"},
    {"add_to_trace", Error, "an error passes through"},
    {"__cxa_", Error, "an error passes through"},
    {"_Unwind_", Error, "an error passes through"},
    {"__clang_call_terminate", Error, "an error passes through"},
    {"terminate", Error, "an error passes through"},
};

/// The last name, without templates' arguments and parameters.
std::string_view last_name(std::string_view symbol) {
  std::size_t depth = 0, end = symbol.size();
  for (std::size_t i = 0; i < symbol.size(); ++i) {
    if (symbol[i] == '<') ++depth;
    if (symbol[i] == '>' && depth > 0) --depth;
    if (symbol[i] == '(' && depth == 0 && symbol.substr(i, 11) != "(anonymous ") {
      end = i;
      break;
    }
  }
  symbol = symbol.substr(0, end);
  if (!symbol.empty() && symbol.back() == '>') symbol = symbol.substr(0, symbol.find('<'));
  const std::size_t begin = symbol.find_last_of(" :");
  return begin == symbol.npos ? symbol : symbol.substr(begin + 1);
}

}  // namespace

LeftCall describe_call(std::string_view symbol) {
  if (symbol.empty()) return {Work, "calling a Lox function through its entry"};
  const std::string_view name = last_name(symbol);
  for (const Known& known : known_calls)
    if (name.starts_with(known.name)) return {known.kind, known.words};
  return {Work, "the runtime's " + std::string(name)};
}

bool never_returns(std::string_view symbol) {
  const std::string_view name = last_name(symbol);
  return name.starts_with("fail") || name == "__cxa_throw" || name == "__cxa_rethrow" || name == "_Unwind_Resume" ||
         name == "__clang_call_terminate" || name == "terminate";
}

}  // namespace lox
