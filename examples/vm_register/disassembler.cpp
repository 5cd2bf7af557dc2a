// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "assembler.h"

#include <cstdio>

namespace vm_register {
namespace {

std::string reg(unsigned field) { return "r" + std::to_string(field); }

std::string offset(int number) { return (number < 0 ? "" : "+") + std::to_string(number); }

std::string any_word(Word word) {
  char text[32];
  std::snprintf(text, sizeof text, ".word 0x%08x", word);
  return text;
}

/// Whether the fields hold what the text form can say.
bool is_plain(Word word) {
  if (static_cast<unsigned>(opcode_of(word)) >= OpcodeCount) return false;
  const bool a = a_of(word) < RegisterCount, b = b_of(word) < RegisterCount, c = c_of(word) < RegisterCount;
  switch (Operations[static_cast<unsigned>(opcode_of(word))].format) {
    case Format::None:
      return word >> 8 == 0;
    case Format::A:
      return a && word >> 16 == 0;
    case Format::AB:
      return a && b && c_of(word) == 0;
    case Format::ABC:
      return a && b && c;
    case Format::ABImmediate:
    case Format::ABTarget:
      return a && b;
    case Format::Target:
      return a_of(word) == 0;
    case Format::AImmediate:
    case Format::AConstant:
    case Format::AFunction:
    case Format::ATarget:
    case Format::AImmediateTarget:
      return a;
    case Format::Extension:
      return true;
  }
  return false;
}

}  // namespace

std::string disassemble(const Program& program, Word word) {
  if (!is_plain(word)) return any_word(word);
  const Operation& operation = Operations[static_cast<unsigned>(opcode_of(word))];
  const std::string a = reg(a_of(word)), b = reg(b_of(word)), c = reg(c_of(word));
  const auto short_number = static_cast<std::int8_t>(c_of(word));
  const auto long_number = static_cast<std::int16_t>(word >> 16);
  const unsigned index = word >> 16;
  const std::string text = std::string(operation.text) + ' ';
  switch (operation.format) {
    case Format::None:
      return operation.text;
    case Format::A:
      return text + a;
    case Format::AB:
      return text + a + ", " + b;
    case Format::ABC:
      return text + a + ", " + b + ", " + c;
    case Format::ABImmediate:
      return text + a + ", " + b + ", " + std::to_string(short_number);
    case Format::AImmediate:
      return text + a + ", " + std::to_string(long_number);
    case Format::AConstant:
      return text + a + ", #" + std::to_string(index);
    case Format::AFunction:
      return text + a + ", " +
             (index < program.functions.size() ? program.functions[index].name : std::to_string(index));
    case Format::Target:
      return text + offset(long_number);
    case Format::ATarget:
      return text + a + ", " + offset(long_number);
    case Format::ABTarget:
      return text + a + ", " + b + ", " + offset(short_number);
    case Format::AImmediateTarget:
      return text + a + ", " + std::to_string(static_cast<std::int8_t>(b_of(word))) + ", " + offset(short_number);
    case Format::Extension:
      return text + std::to_string(word >> 8);
  }
  return any_word(word);
}

std::string disassemble(const Program& program) {
  std::string text = ".memory " + std::to_string(program.memory_bytes) + '\n';
  if (!program.default_arguments.empty()) {
    text += ".arguments";
    for (const std::int64_t argument : program.default_arguments) text += ' ' + std::to_string(argument);
    text += '\n';
  }
  if (program.metered) text += ".metered\n";
  for (const std::int64_t constant : program.constants) text += ".constant " + std::to_string(constant) + '\n';
  for (const Function& function : program.functions) {
    text += ".function " + function.name + ' ' + std::to_string(function.parameters) + '\n';
    for (const Word word : function.code) text += "  " + disassemble(program, word) + '\n';
  }
  return text;
}

}  // namespace vm_register
