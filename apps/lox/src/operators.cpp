// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "operators.h"

#include "error.h"

namespace lox {

void fail_not_a_number(int line) { fail(line, "Operand must be a number."); }
void fail_not_numbers(int line) { fail(line, "Operands must be numbers."); }
void fail_not_addable(int line) { fail(line, "Operands must be two numbers or two strings."); }
void fail_undefined_variable(Vm& vm, int name, int line) {
  fail(line, "Undefined variable '" + std::string(as<String>(vm.constant(name))->text()) + "'.");
}

String* concatenate(Vm& vm, Object* left, Object* right, Roots top, int line) {
  if (left->type != Type::String || right->type != Type::String) fail_not_addable(line);
  return vm.heap.concatenate(static_cast<String*>(left), static_cast<String*>(right), top);
}

bool equal_texts(const Object* left, const Object* right) {
  if (left->type != Type::String || right->type != Type::String) return false;
  // What is interned differs from all else that is; other texts have to be looked at.
  return static_cast<const String*>(left)->text() == static_cast<const String*>(right)->text();
}

void print(Vm& vm, Value value) { vm.print(value); }

}  // namespace lox
