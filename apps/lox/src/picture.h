// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Blocks of machine code → a picture of how they lead to one another, drawn by Graphviz.
#pragma once

#include "machine_code.h"

#include <string>

namespace lox {

struct Picture {
  std::string svg;           // an element to put into a page; empty: there is nothing to draw, or it cannot be drawn
  std::size_t left_out = 0;  // blocks, because there are too many
};

/// `id` begins the ids of its blocks: `<id>b0` is the first one's. Each has the classes `block`, and `cold`, `plain`,
/// `loop` or `inner-loop`.
Picture picture_of(const MachineFunction& function, const std::string& id);

}  // namespace lox
