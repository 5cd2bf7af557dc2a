// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Three small ways to run a program: a tree of nodes, closures, and bytecode with numbers for places. All of them call
// `probe`, which the test defines, with what it is to give back.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "inlay/source.h"

long probe(long value);

struct Node {
  virtual ~Node() = default;
  virtual long eval(long argument) const = 0;
};

struct Leaf final : Node {
  long eval(long argument) const override;
};

struct Twice final : Node {
  explicit Twice(std::unique_ptr<Node> of_node) : of(std::move(of_node)) {}
  long eval(long argument) const override;
  std::unique_ptr<Node> of;
};

using Closure = std::function<long(long)>;

Closure make_leaf(long added, inlay::GuestSource& source, unsigned function, unsigned line);
Closure make_twice(Closure of, inlay::GuestSource& source, unsigned function, unsigned line);

enum class Code : std::uint8_t { Probe, Decrement, JumpNotZero, Return };

/// `code` ends in Return; jumps go to the beginning.
long run_numbered(const std::vector<Code>& code, long argument);
/// The same, with a pointer for its place.
long run_pointed(const Code* code, long argument);
