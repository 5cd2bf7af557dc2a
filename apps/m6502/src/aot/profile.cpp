// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/profile.h"

#include <fcntl.h>
#include <unistd.h>

#include <bitset>
#include <memory>
#include <vector>

#include "core/opcodes.h"
#include "formats/self_jump.h"
#include "inlay/m6502/sim65.h"

namespace inlay::m6502 {

namespace {

struct File {
  int number;
  ~File() {
    if (number >= 0) ::close(number);
  }
};

class Watcher {
 public:
  explicit Watcher(KnownProgram& program) : program_(program), table_(opcode_table(program.variant)) {}

  /// Control is at an instruction, from the one before it or not.
  void note(const Machine& machine, std::uint16_t pc, bool jumped) {
    const int length = table_[machine.peek(pc)].length;
    for (int k = 0; k < length; ++k) {
      const auto at = static_cast<std::uint16_t>(pc + k);
      const std::uint8_t byte = machine.peek(at);
      if (seen_[at] && program_.memory[at] != byte) program_.facts[at] |= k == 0 ? ByteInterpreted : ByteDynamic;
      program_.memory[at] = byte;
      seen_[at] = true;
    }
    if (!jumped || place_[pc]) return;
    place_[pc] = true;
    program_.places.push_back(pc);
  }
  int length_at(const Machine& machine, std::uint16_t pc) const { return table_[machine.peek(pc)].length; }

 private:
  KnownProgram& program_;
  const Opcode* table_;
  std::bitset<65536> seen_, place_;
};

}  // namespace

Result<void> profile(const Image& image, std::int64_t cycles, KnownProgram& program) {
  INLAY_TRY(Machine machine, Machine::create({.variant = program.variant, .engine = Engine::Step}));
  INLAY_TRY_VOID(load_image(machine, image));
  const File nowhere{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  std::unique_ptr<Sim65> system;
  if (image.format == ImageFormat::Sim65)
    system = Sim65::attach(machine, {.arguments = {"profile"},
                                     .c_stack = image.c_stack,
                                     .input = nowhere.number,
                                     .output = nowhere.number,
                                     .error = nowhere.number,
                                     .files = false});
  Watcher watcher(program);
  std::uint16_t expected = 0;
  bool jumped = true;
  while (machine.cycle() < cycles) {
    const Registers registers = machine.registers();
    const std::uint16_t pc = registers.pc;
    watcher.note(machine, pc, jumped || pc != expected);
    const auto byte = [&](int offset) { return machine.peek(static_cast<std::uint16_t>(pc + offset)); };
    if (jumps_to_itself(program.variant, pc, byte(0), byte(1), byte(2), registers.p)) break;
    expected = static_cast<std::uint16_t>(pc + watcher.length_at(machine, pc));
    jumped = false;
    if (machine.step().reason != StopReason::Time || (system && system->exit_code())) break;
  }
  return {};
}

}  // namespace inlay::m6502
