// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program's state at its start: variables that hold its arguments, memory for its arrays, no output yet.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "interpreter.h"
#include "parser.h"

namespace vm_tree {

class Session {
 public:
  /// `arguments` come before the defaults that the program gives.
  explicit Session(const Program& program, std::span<const Value> arguments = {}, std::size_t memory_size = 1 << 16);
  Session(const Session&) = delete;

  Env& env() { return *env_; }
  const std::string& output() const { return output_.text; }

  /// What the program can be seen to have done: empty if it is the same, else what differs.
  std::string difference(const Session& other) const;

 private:
  std::unique_ptr<Env> env_;
  std::uint32_t variables_;  // of the main program
  std::vector<Value> memory_;
  Output output_;
};

}  // namespace vm_tree
