// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run.h"

#include "assembler.h"

namespace vm_register {

std::vector<std::int64_t> complete_arguments(const Program& program, std::vector<std::int64_t> arguments) {
  for (std::size_t i = arguments.size(); i < program.default_arguments.size(); ++i)
    arguments.push_back(program.default_arguments[i]);
  arguments.resize(MaxParameters);
  return arguments;
}

Machine make_machine(const Program& program, std::uint64_t fuel) {
  Machine machine;
  machine.memory.resize(program.memory_bytes);
  machine.fuel = fuel;
  return machine;
}

std::string describe_fault(const Program& program, Status status, Location fault) {
  std::string text = to_text(status);
  if (fault.function >= program.functions.size()) return text;
  const Function& function = program.functions[fault.function];
  text = function.name + '+' + std::to_string(fault.instruction) + ": " + text;
  if (fault.instruction < function.code.size()) text += ": " + disassemble(program, function.code[fault.instruction]);
  return text;
}

}  // namespace vm_register
