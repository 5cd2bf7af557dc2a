// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "assembler.h"

namespace vm_stack {
namespace {

/// Takes operands off the code, low byte first.
class Reader {
 public:
  Reader(const std::vector<std::uint8_t>& code, std::size_t at) : code_(code), at_(at) {}

  std::size_t at() const { return at_; }
  bool has(std::size_t bytes) const { return code_.size() - at_ >= bytes; }
  std::uint64_t take(unsigned bytes) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) value |= static_cast<std::uint64_t>(code_[at_++]) << (8 * i);
    return value;
  }
  std::string number(unsigned bytes) {
    const std::uint64_t sign = std::uint64_t{1} << (8 * bytes - 1);
    return std::to_string(static_cast<std::int64_t>((take(bytes) ^ sign) - sign));
  }
  std::string offset(unsigned bytes) {
    const std::string text = number(bytes);
    return text.starts_with('-') ? text : '+' + text;
  }
  std::string index(unsigned bytes) { return std::to_string(take(bytes)); }

 private:
  const std::vector<std::uint8_t>& code_;
  std::size_t at_;
};

std::string operands(const Program& program, Reader& reader, VmFormat format, bool wide) {
  switch (format) {
    case VmFormatNone:
    case VmFormatPrefix:
      return {};
    case VmFormatByte:
      return ' ' + reader.number(1);
    case VmFormatShort:
      return ' ' + reader.number(2);
    case VmFormatWord:
      return ' ' + reader.number(8);
    case VmFormatLocal:
      return ' ' + reader.index(wide ? 2 : 1);
    case VmFormatTwoLocals: {
      const std::string first = reader.index(1);
      return ' ' + first + ", " + reader.index(1);
    }
    case VmFormatLocalImmediate: {
      const std::string local = reader.index(wide ? 2 : 1);
      return ' ' + local + ", " + reader.number(wide ? 2 : 1);
    }
    case VmFormatTarget:
      return ' ' + reader.offset(wide ? 4 : 2);
    case VmFormatLocalTarget: {
      const std::string local = reader.index(wide ? 2 : 1);
      return ' ' + local + ", " + reader.offset(wide ? 4 : 2);
    }
    case VmFormatFunction: {
      const std::uint64_t index = reader.take(2);
      return ' ' + (index < program.functions.size() ? program.functions[index].name : std::to_string(index));
    }
    case VmFormatDisplacement:
      return ' ' + reader.index(2);
    case VmFormatTable: {
      std::string text;
      for (std::uint64_t entries = reader.take(1); entries > 0; --entries) text += ' ' + reader.offset(2);
      return text;
    }
  }
  return {};
}

/// The arguments and locals of a function, as one local each of as many values.
std::string describe(const Function& function) {
  std::string text = ".function " + function.name;
  if (function.arguments > 0) text += " a[" + std::to_string(function.arguments) + ']';
  text += " |";
  if (function.locals > 0) text += " l[" + std::to_string(function.locals) + ']';
  return text + '\n';
}

}  // namespace

std::string disassemble(const Program& program, std::size_t at, std::size_t& bytes) {
  Reader reader(program.code, at);
  unsigned opcode = static_cast<unsigned>(reader.take(1));
  bool wide = false;
  if (opcode == VmWide && reader.has(1) && program.code[at + 1] < VmOpcodeCount &&
      has_wide_form(static_cast<VmOpcode>(program.code[at + 1]))) {
    opcode = static_cast<unsigned>(reader.take(1));
    wide = true;
  }
  bytes = 1;
  const std::string raw = ".byte " + std::to_string(program.code[at]);
  if (opcode >= VmOpcodeCount) return raw;
  const Operation& operation = Operations[opcode];
  if (!reader.has(operand_bytes(operation.format, wide))) return raw;
  if (operation.format == VmFormatTable && !reader.has(1 + 2u * program.code[reader.at()])) return raw;
  const std::string text =
      std::string(operation.text) + (wide ? ".w" : "") + operands(program, reader, operation.format, wide);
  bytes = reader.at() - at;
  return text;
}

std::string disassemble(const Program& program) {
  std::string text = ".memory " + std::to_string(program.memory_bytes) + '\n';
  if (!program.default_arguments.empty()) {
    text += ".arguments";
    for (const std::int64_t argument : program.default_arguments) text += ' ' + std::to_string(argument);
    text += '\n';
  }
  if (program.metered) text += ".metered\n";
  std::size_t function = 0;
  for (std::size_t at = 0, bytes = 0; at < program.code.size(); at += bytes) {
    for (; function < program.functions.size() && program.functions[function].entry <= at; ++function)
      text += describe(program.functions[function]);
    std::string instruction = disassemble(program, at, bytes);
    // A function that begins inside of it needs a line of its own there.
    const bool split = function < program.functions.size() && program.functions[function].entry < at + bytes;
    if (split) {
      bytes = 1;
      instruction = ".byte " + std::to_string(program.code[at]);
    }
    text += "  " + instruction + '\n';
  }
  for (; function < program.functions.size(); ++function) text += describe(program.functions[function]);
  return text;
}

}  // namespace vm_stack
