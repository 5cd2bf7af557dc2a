// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run.h"

#include "assembler.h"

#include <bit>
#include <cmath>
#include <limits>

namespace vm_stack {
namespace {

void append(void* sink, const char* text, std::size_t length) { static_cast<std::string*>(sink)->append(text, length); }

}  // namespace

Machine::Machine(const Program& program, const std::vector<std::int64_t>& arguments, std::uint64_t fuel)
    : vm_(std::make_unique<Vm>()), memory_(program.memory_bytes) {
  vm_init(vm_.get(), append, &output_);
  vm_->memory = memory_.data();
  vm_->memory_size = memory_.size();
  vm_->fuel = fuel;
  const std::size_t count = program.functions.empty() ? 0 : program.functions[0].arguments;
  for (std::size_t i = 0; i < count; ++i) {
    if (i < arguments.size())
      vm_push(vm_.get(), arguments[i]);
    else
      vm_push(vm_.get(), i < program.default_arguments.size() ? program.default_arguments[i] : 0);
  }
}

Outcome Machine::outcome(VmStatus status) {
  Outcome outcome{status, vm_->result, vm_->at, vm_->fuel, output_, memory_, {}, 0};
  outcome.stack.assign(vm_->stack, vm_->sp);
  for (std::int64_t& value : outcome.stack)
    if (std::isnan(std::bit_cast<double>(value)))
      value = std::bit_cast<std::int64_t>(std::numeric_limits<double>::quiet_NaN());
  outcome.frames = static_cast<std::size_t>(vm_->frame - vm_->frames);
  return outcome;
}

Outcome interpret(const Program& program, const std::vector<std::int64_t>& arguments, std::uint64_t fuel) {
  const LoadedProgram loaded(program);
  return run(program, arguments, fuel, [&](Vm* vm) { return vm_interpret(&loaded.view(), vm); });
}

std::string describe_fault(const Program& program, const Outcome& outcome) {
  std::string text = vm_status_text(outcome.status);
  const Function* inside = nullptr;
  for (const Function& function : program.functions)
    if (function.entry <= outcome.at) inside = &function;
  if (inside != nullptr) text = inside->name + '+' + std::to_string(outcome.at - inside->entry) + ": " + text;
  std::size_t bytes = 0;
  if (outcome.at < program.code.size()) text += ": " + disassemble(program, outcome.at, bytes);
  return text;
}

}  // namespace vm_stack
