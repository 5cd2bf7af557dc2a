// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "session.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>

namespace vm_tailcall {
namespace {

std::string differ(const std::string& what, std::int64_t left, std::int64_t right) {
  return what + ": " + std::to_string(left) + " and " + std::to_string(right);
}

/// Which bits a number that is none has, and its sign, C++ leaves open.
bool same_double(std::int64_t left, std::int64_t right) {
  return left == right || (std::isnan(std::bit_cast<double>(left)) && std::isnan(std::bit_cast<double>(right)));
}

std::string first_difference(const std::string& what, std::span<const std::int64_t> left,
                             std::span<const std::int64_t> right) {
  if (left.size() != right.size()) return differ("size of " + what, std::ssize(left), std::ssize(right));
  for (std::size_t i = 0; i < left.size(); ++i)
    if (!same_double(left[i], right[i])) return differ(what + " " + std::to_string(i), left[i], right[i]);
  return {};
}

}  // namespace

std::vector<std::int64_t> arguments_of(const Program& program, std::span<const std::int64_t> given) {
  std::vector<std::int64_t> arguments(given.begin(), given.end());
  for (std::size_t i = given.size(); i < program.arguments.size(); ++i) arguments.push_back(program.arguments[i].value);
  return arguments;
}

Session::Session(const Program& program, std::span<const std::int64_t> arguments) : memory_(program.memory_size) {
  const std::vector<std::int64_t> all = arguments_of(program, arguments);
  std::copy_n(all.begin(), std::min(all.size(), std::size(vm_.registers)), vm_.registers);
  vm_.memory = memory_.data();
  vm_.memory_size = memory_.size();
  vm_.output = &output_;
}

std::string Session::difference(const Session& other) const {
  const Vm& left = vm_;
  const Vm& right = other.vm_;
  if (left.position != right.position) return differ("position", left.position, right.position);
  if (output() != other.output()) return "output:\n" + output() + "  and\n" + other.output();
  if (!same_double(left.accumulator, right.accumulator))
    return differ("accumulator", left.accumulator, right.accumulator);
  const auto left_f = std::bit_cast<std::int64_t>(left.f_accumulator);
  const auto right_f = std::bit_cast<std::int64_t>(right.f_accumulator);
  if (!same_double(left_f, right_f)) return differ("bits of f_accumulator", left_f, right_f);
  if (left.fuel != right.fuel) return differ("fuel", left.fuel, right.fuel);
  if (left.calls != right.calls) return differ("calls", left.calls, right.calls);
  std::string found = first_difference("register", left.registers, right.registers);
  if (found.empty()) found = first_difference("pushed", {left.stack, left.pushed}, {right.stack, right.pushed});
  if (found.empty()) found = first_difference("memory", memory_, other.memory_);
  return found;
}

}  // namespace vm_tailcall
