// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of the stack machine as the host holds it.
#pragma once

#include "interpreter.h"
#include "operations.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vm_stack {

struct Function {
  std::string name;
  std::uint32_t entry = 0;
  std::uint16_t arguments = 0;
  std::uint16_t locals = 0;  // beside the arguments

  bool operator==(const Function&) const = default;
};

struct Program {
  std::vector<std::uint8_t> code;
  std::vector<Function> functions;              // by their entries, if the program is to be disassembled
  std::uint64_t memory_bytes = 0;               // that it asks for
  std::vector<std::int64_t> default_arguments;  // of the first function
  bool metered = false;                         // jumps backward and calls cost fuel

  bool operator==(const Program&) const = default;
};

/// A program as the interpreter wants it, with all that it points to.
class LoadedProgram {
 public:
  explicit LoadedProgram(const Program& program) : code_(program.code) {
    code_.resize(program.code.size() + VmPadding);
    for (const Function& function : program.functions)
      functions_.push_back({function.entry, function.arguments, function.locals});
    view_ = {code_.data(), program.code.size(), functions_.data(), functions_.size(), program.metered};
  }
  LoadedProgram(LoadedProgram&&) = default;  // vectors that move keep their memory
  LoadedProgram(const LoadedProgram&) = delete;

  const VmProgram& view() const { return view_; }

 private:
  std::vector<std::uint8_t> code_;
  std::vector<VmFunction> functions_;
  VmProgram view_;
};

struct Operation {
  const char* text;
  VmFormat format;
};

inline constexpr Operation Operations[] = {
#define OPCODE(name, text, format) {text, VmFormat##format},
#include "opcodes.def"
};

/// Whether `wide` may stand before the instruction.
constexpr bool has_wide_form(VmOpcode opcode) {
  switch (opcode) {
    case VmLoadLocal:
    case VmStoreLocal:
    case VmTeeLocal:
    case VmIncrement:
    case VmJump:
    case VmJumpZero:
    case VmJumpNonzero:
    case VmLoop:
      return true;
    default:
      return false;
  }
}

/// How many bytes the operands take, but for the entries of a table.
constexpr unsigned operand_bytes(VmFormat format, bool wide) {
  switch (format) {
    case VmFormatNone:
    case VmFormatPrefix:
      return 0;
    case VmFormatByte:
    case VmFormatTable:
      return 1;
    case VmFormatShort:
    case VmFormatFunction:
    case VmFormatTwoLocals:
    case VmFormatDisplacement:
      return 2;
    case VmFormatWord:
      return 8;
    case VmFormatLocal:
      return wide ? 2 : 1;
    case VmFormatLocalImmediate:
      return wide ? 4 : 2;
    case VmFormatTarget:
      return wide ? 4 : 2;
    case VmFormatLocalTarget:
      return wide ? 6 : 3;
  }
  return 0;
}

}  // namespace vm_stack
