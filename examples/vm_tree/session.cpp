// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "session.h"

#include <algorithm>
#include <cmath>

namespace vm_tree {
namespace {

std::string to_text(Value value) {
  switch (value.type) {
    case Value::Type::Integer:
      return std::to_string(value.integer);
    case Value::Type::Double:
      return std::to_string(value.number) + " (bits " + std::to_string(value.integer) + ")";
    case Value::Type::Array:
      return "array " + std::to_string(value.length) + " at " + std::to_string(value.integer);
    case Value::Type::Function:
      return "function " + std::to_string(value.integer);
  }
  return "no value";
}

/// Which bits a number that is none has, and its sign, C++ leaves open.
bool same(Value left, Value right) {
  if (left.type != right.type || left.length != right.length) return false;
  if (left.integer == right.integer) return true;
  return left.type == Value::Type::Double && std::isnan(left.number) && std::isnan(right.number);
}

template <class T>
std::string differ(const std::string& what, T left, T right) {
  return what + ": " + std::to_string(left) + " and " + std::to_string(right);
}

std::string first_difference(const std::string& what, std::span<const Value> left, std::span<const Value> right) {
  for (std::size_t i = 0; i < left.size(); ++i)
    if (!same(left[i], right[i]))
      return what + " " + std::to_string(i) + ": " + to_text(left[i]) + " and " + to_text(right[i]);
  return {};
}

}  // namespace

Session::Session(const Program& program, std::span<const Value> arguments, std::size_t memory_size)
    : env_(std::make_unique<Env>()), variables_(program.all[0].slots), memory_(memory_size) {
  for (std::size_t i = 0; i < program.arguments.size(); ++i)
    env_->variables[i] = i < arguments.size() ? arguments[i] : program.arguments[i].value;
  env_->memory = memory_.data();
  env_->memory_size = memory_.size();
  env_->output = &output_;
}

std::string Session::difference(const Session& other) const {
  const Env& left = *env_;
  const Env& right = *other.env_;
  if (left.status != right.status) return std::string(to_string(left.status)) + " and " + to_string(right.status);
  if (left.line != right.line) return differ("line", left.line, right.line);
  if (output() != other.output()) return "output:\n" + output() + "  and\n" + other.output();
  if (left.fuel != right.fuel) return differ("fuel", left.fuel, right.fuel);
  if (left.memory_used != right.memory_used) return differ("memory in use", left.memory_used, right.memory_used);
  std::string found = first_difference("variable", {left.variables, variables_}, {right.variables, other.variables_});
  if (!found.empty()) return found;
  return first_difference("memory", {left.memory, left.memory_used}, {right.memory, right.memory_used});
}

}  // namespace vm_tree
