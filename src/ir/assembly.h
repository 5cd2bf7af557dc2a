// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the body of an assembly function may be: instructions, and labels that are its own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace inlay::ir {

struct AssemblyFault {
  std::size_t offset = 0;  // in the text
  std::string message;
};

/// Whether the text may do nothing but add instructions to its function. Assemblers can do a lot more: change sections
/// and modes, define symbols, repeat, read files. That would be others' code, memory without end, or the end of LLVM.
/// Labels begin with `.L` or are numbers; directives are those that put numbers into the code. Whether the instructions
/// make sense is the assembler's business.
std::optional<AssemblyFault> find_fault(std::string_view assembly);

/// The text with the labels of the function made different from those of all others, by its name.
std::string with_own_labels(std::string_view assembly, std::string_view function);

}  // namespace inlay::ir
