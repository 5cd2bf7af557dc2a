// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Machine code → text, to look at.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "codegen/target.h"

#include <llvm/Object/ObjectFile.h>

namespace inlay::codegen {

class Disassembler {
 public:
  Disassembler(Machine& machine, const llvm::object::ObjectFile& file);
  ~Disassembler();

  /// A line for each machine instruction of a stretch of the function at `function` in a section of the file: its
  /// offset from there, the instruction in Intel's syntax, and the symbols that the linker will put in.
  std::string text(const llvm::object::SectionRef& section, std::uint64_t function, std::uint64_t offset,
                   std::uint64_t size) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Every function of an object, in the order of the sections, each under its name.
std::string disassemble(Machine& machine, const llvm::MemoryBuffer& object);

}  // namespace inlay::codegen
