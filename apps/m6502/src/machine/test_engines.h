// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests: machines with each engine, and what the tests need to say in few words.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "inlay/m6502/machine.h"

namespace inlay::m6502 {

struct EngineCase {
  std::string name;
  MachineOptions options;
};

inline std::vector<EngineCase> engine_cases(Variant variant = Variant::Nmos) {
  MachineOptions step, interpreter, jit;
  step.variant = interpreter.variant = jit.variant = variant;
  step.engine = Engine::Step;
  interpreter.engine = Engine::Interpreter;
  jit.engine = Engine::Jit;
  jit.heat = 1;
  jit.compile_at_once = true;
  return {{"step", step}, {"interpreter", interpreter}, {"jit", jit}};
}

inline std::string engine_name(const ::testing::TestParamInfo<EngineCase>& info) { return info.param.name; }

inline Machine make_machine(const MachineOptions& options) { return Machine::create(options).value(); }

inline void write_bytes(Machine& machine, std::uint16_t address, std::initializer_list<std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) machine.poke(address++, byte);
}

inline Registers registers_at(std::uint16_t pc, std::uint8_t p = 0) {
  Registers registers;
  registers.pc = pc;
  registers.s = 0xFF;
  registers.p = p;
  return registers;
}

/// With each engine.
class Machines : public ::testing::TestWithParam<EngineCase> {
 protected:
  Machine machine_ = make_machine(GetParam().options);
  void start(std::uint16_t pc, std::uint8_t p = StatusInterrupt) { machine_.set_registers(registers_at(pc, p)); }
};

}  // namespace inlay::m6502
