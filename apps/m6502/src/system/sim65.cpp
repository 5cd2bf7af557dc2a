// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/sim65.h"

#include <utility>

#include "formats/readers.h"
#include "system/calls.h"

namespace inlay::m6502 {

namespace {

static_assert(Sim65ProgramsEnd == Sim65Calls, "programs end where system calls are entered");

/// The machine as system calls see it.
struct Guest {
  Machine& machine;
  std::vector<Sim65Call::Byte>* written;  // null: nobody wants to know

  std::uint8_t peek(std::uint16_t address) const { return machine.peek(address); }
  void poke(std::uint16_t address, std::uint8_t value) {
    machine.poke(address, value);
    if (written) written->push_back({address, value});
  }
};

std::vector<const char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<const char*> pointers;
  for (const std::string& word : words) pointers.push_back(word.c_str());
  return pointers;
}

}  // namespace

struct Sim65::State {
  Sim65Options options;
  std::vector<const char*> words;
  SystemCalls<Guest> system;
  std::int64_t calls = 0;
  Sim65Call done;

  explicit State(Sim65Options given)
      : options(std::move(given)),
        words(pointers_to(options.arguments)),
        system(options.c_stack, options.files, {options.input, options.output, options.error}, words.data(),
               static_cast<int>(words.size())) {}

  void call(Machine& machine) {
    ++calls;
    done.memory.clear();
    Guest guest{machine, options.called ? &done.memory : nullptr};
    Registers registers = machine.registers();
    CallRegisters seen{registers.pc, registers.a, registers.x, registers.y, registers.s};
    if (!system.call(guest, seen)) return machine.stop();
    registers.pc = seen.pc;
    registers.a = seen.a;
    registers.x = seen.x;
    registers.s = seen.s;
    machine.set_registers(registers);
    done.registers = registers;
    if (options.called) options.called(done);
  }
};

Sim65::Sim65(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sim65::~Sim65() = default;

std::unique_ptr<Sim65> Sim65::attach(Machine& machine, Sim65Options options) {
  auto state = std::make_unique<State>(std::move(options));
  for (std::uint16_t call = Sim65Calls; call != Sim65CallsEnd; ++call)
    machine.on_execute(call, [there = state.get()](Machine& called) { there->call(called); });
  return std::unique_ptr<Sim65>(new Sim65(std::move(state)));
}

std::optional<int> Sim65::exit_code() const {
  const int code = state_->system.exit_code();
  return code < 0 ? std::nullopt : std::optional(code);
}
std::int64_t Sim65::calls() const { return state_->calls; }

}  // namespace inlay::m6502
