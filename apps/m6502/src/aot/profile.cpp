// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/profile.h"

#include <fcntl.h>
#include <unistd.h>

#include <bitset>
#include <memory>
#include <numeric>

#include "core/opcodes.h"
#include "core/self_jump.h"
#include "inlay/m6502/load_image.h"
#include "inlay/m6502/sim65.h"

namespace inlay::m6502 {

namespace {

struct File {
  int number;
  ~File() {
    if (number >= 0) ::close(number);
  }
};

}  // namespace

void Profile::begin(const Machine& machine) {
  pc_ = machine.registers().pc;
  began_ = machine.cycle();
  ProfileLine& line = lines_[pc_];
  const std::uint8_t length = opcode_table(variant_)[machine.peek(pc_)].length;
  for (std::uint8_t k = 0; k < length; ++k) {
    const std::uint8_t byte = machine.peek(static_cast<std::uint16_t>(pc_ + k));
    if (k < line.length && line.bytes[k] != byte) line.changed |= static_cast<std::uint8_t>(1u << k);
    line.bytes[k] = byte;
  }
  line.length = length;
  if (pc_ != expected_) line.place = true;
  expected_ = static_cast<std::uint16_t>(pc_ + length);
}

void Profile::end(const Machine& machine) {
  lines_[pc_].cycles += machine.cycle() - began_;
  ++lines_[pc_].times;
}

std::int64_t Profile::cycles() const {
  return std::accumulate(lines_.begin(), lines_.end(), std::int64_t{0},
                         [](std::int64_t sum, const ProfileLine& line) { return sum + line.cycles; });
}

std::int64_t Profile::instructions() const {
  return std::accumulate(lines_.begin(), lines_.end(), std::int64_t{0},
                         [](std::int64_t sum, const ProfileLine& line) { return sum + line.times; });
}

void Profile::add_to(KnownProgram& program) const {
  std::bitset<65536> seen;
  for (std::size_t pc = 0; pc < lines_.size(); ++pc) {
    const ProfileLine& line = lines_[pc];
    for (std::uint8_t k = 0; k < line.length; ++k) {
      const auto at = static_cast<std::uint16_t>(pc + k);
      // Instructions that overlap need not agree about a byte: it was another when the other one ran.
      const bool differs = seen[at] && program.memory[at] != line.bytes[k];
      if ((line.changed >> k & 1) != 0 || differs) program.facts[at] |= k == 0 ? ByteInterpreted : ByteDynamic;
      program.memory[at] = line.bytes[k];
      seen[at] = true;
    }
    if (line.place) program.places.push_back(static_cast<std::uint16_t>(pc));
  }
}

Result<Profile> profile(const Image& image, Variant variant, std::int64_t cycles) {
  INLAY_TRY(Machine machine, Machine::create({.variant = variant, .engine = Engine::Step}));
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
  Profile made(variant);
  while (machine.cycle() < cycles) {
    const Registers registers = machine.registers();
    made.begin(machine);
    const auto byte = [&](int offset) { return machine.peek(static_cast<std::uint16_t>(registers.pc + offset)); };
    if (jumps_to_itself(variant, registers.pc, byte(0), byte(1), byte(2), registers.p)) break;
    const Stopped stopped = machine.step();
    made.end(machine);
    if (stopped.reason != StopReason::Time || machine.waiting_since() || (system && system->exit_code())) break;
  }
  return made;
}

}  // namespace inlay::m6502
