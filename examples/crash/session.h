// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From a file of the guest's language to a function.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "inlay/inlay.h"
#include "interpreter.h"

namespace crash {

/// A program with what its front end knows beyond it.
struct Parsed {
  struct Lines {
    unsigned function = 0;          // where it begins
    std::vector<unsigned> of_code;  // of each instruction
  };
  Program program;
  std::vector<Lines> lines;  // of each function
};

/// One instruction a line, `function <name>` before each function, `<label>:` before what jumps lead to. Throws
/// std::runtime_error with the line of the first mistake.
Parsed parse(const std::string& text);

/// Compiles the program's first function, with the places that it has in `file`.
inlay::Result<inlay::Function<long(long)>> compile(const inlay::Jit& jit, const Parsed& parsed,
                                                   const std::string& file);

std::string read_file(const std::string& path);

}  // namespace crash
