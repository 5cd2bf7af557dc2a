// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every function that was compiled into this process and is still there, by address. Looked up without a lock, so that
// a signal handler may (inlay/debug.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "inlay/debug.h"

namespace inlay::jit {

/// What debug information says of the functions of one object.
struct CodeLines {
  struct Frame {
    CodeFrame::Kind kind = CodeFrame::Kind::Host;
    std::string function, file;
    unsigned line = 0;
    unsigned around = 0;  // the frame that this one is inlined into, as an index + 1; 0: none

    bool operator==(const Frame&) const = default;
  };
  std::vector<Frame> frames;
};

struct CodeFunction {
  /// From this offset on, up to that of the next row.
  struct Row {
    std::uint32_t offset = 0;
    std::uint32_t frame = 0;  // the innermost, as an index + 1; 0: not known
  };

  std::string name;  // readable
  std::uintptr_t begin = 0;
  std::size_t size = 0;
  std::vector<Row> rows;  // ascending
  std::shared_ptr<const CodeLines> lines;
};

/// Makes functions known. None may overlap one that is.
void add_to_code_table(std::vector<CodeFunction> functions);

/// Forgets the functions that begin there, before their memory goes.
void remove_from_code_table(const std::vector<std::uintptr_t>& begins);

/// How many there are; for tests.
std::size_t size_of_code_table();

/// The frame that holds an offset, as in Row::frame.
std::uint32_t frame_at(const CodeFunction& function, std::uint32_t offset);

}  // namespace inlay::jit
