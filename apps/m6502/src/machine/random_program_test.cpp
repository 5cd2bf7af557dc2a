// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "machine/random_program.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <thread>

namespace inlay::m6502 {
namespace {

// Where things are. Pages 2 and 3 are data, and so is page 0 from 0x10 on.
constexpr std::uint16_t Main = 0x0400, MainEnd = 0x0800, Subroutines = 0x0800, SubroutinesEnd = 0x0C00;
constexpr int BankPage = 0x80, ChangingPage = 0xC0, DevicePage = 0xD0, PlainDevicePage = 0xD1;
constexpr std::uint16_t LowCode = 0x0080, LowCodeEnd = 0x00F0;  // code in page 0, which is data in most programs
constexpr std::uint16_t IrqHandler = 0x9000, NmiHandler = 0x9100, BankEntry = 0x8000;
constexpr int LoopCounters = 0xF0;  // in page 0, for each depth

bool is_jam(int opcode) { return (opcode & 0x1F) == 0x12 || (opcode & 0x9F) == 0x02; }

/// Instructions that are no jumps and stop nothing: their bytes and length, by the columns of the opcode table.
int length_of_plain(int opcode) {
  switch (opcode & 0x1F) {
    case 0x08:
    case 0x0A:
    case 0x18:
    case 0x1A:  // one byte
      return 1;
    case 0x09:
    case 0x0B:
    case 0x00:
    case 0x02:  // constants
    case 0x01:
    case 0x03:
    case 0x04:
    case 0x05:
    case 0x06:
    case 0x07:
    case 0x11:
    case 0x13:
    case 0x14:
    case 0x15:
    case 0x16:
    case 0x17:
      return 2;
    default:
      return 3;
  }
}
/// What control does not simply go on behind, or what a generator has to place with care.
bool is_special(int opcode, Variant variant) {
  switch (opcode) {
    case 0x00:
    case 0x20:
    case 0x40:
    case 0x60:
    case 0x4C:
    case 0x6C:
    case 0x7C:
      return true;
    case 0x9A:
      return true;  // TXS: seldom, or nothing returns
    case 0xCB:
    case 0xDB:
      return variant == Variant::Cmos;  // WAI, STP
    case 0x80:
      return variant == Variant::Cmos;  // BRA
    default:
      break;
  }
  if ((opcode & 0x1F) == 0x10) return true;  // branches
  if (variant == Variant::Cmos)
    return (opcode & 0x07) == 0x07 || (opcode & 0x0F) == 0x03 || (opcode & 0x0F) == 0x0B || (opcode & 0x0F) == 0x02 ||
           opcode == 0x44 || (opcode & 0x0F) == 0x0F;
  return is_jam(opcode);
}

}  // namespace

std::string to_string(const LogEntry& entry) {
  char text[64];
  std::snprintf(text, sizeof text, "%c %04X %02X in cycle %lld", entry.what, static_cast<unsigned>(entry.address),
                static_cast<unsigned>(entry.value), static_cast<long long>(entry.cycle));
  return text;
}

RandomProgram::RandomProgram(std::uint32_t seed, const MachineOptions& options)
    : random_(seed), machine_(Machine::create(options).value()), variant_(options.variant), device_(seed) {
  // What runs away is stopped, and begins again.
  for (int address = 0x400; address != 0xFFFA; ++address)
    machine_.poke(static_cast<std::uint16_t>(address), variant_ == Variant::Cmos ? 0xDB : 0x02);  // STP, JAM
  for (int address = 0x10; address != 0x400; ++address)
    machine_.poke(static_cast<std::uint16_t>(address), static_cast<std::uint8_t>(random_()));
  // Pointers in page 0 lead to data, to the device, and now and then into code.
  for (int pointer = 0x10; pointer < 0xF0; pointer += 2) {
    const int page = one_in(8) ? DevicePage + draw(2) : one_in(12) ? 0x04 + draw(8) : 0x02 + draw(2);
    machine_.poke(static_cast<std::uint16_t>(pointer + 1), static_cast<std::uint8_t>(page));
  }
  map_devices();
  schedule_disturbances();
  add_banks();
  write_handlers();
  for (std::uint16_t from = Subroutines; from < SubroutinesEnd - 0x60;
       from = static_cast<std::uint16_t>(from + 0x20 + draw(0x60))) {
    subroutines_.push_back(from);
  }
  for (std::size_t index = 0; index != subroutines_.size(); ++index)
    write_code(subroutines_[index], index + 1 == subroutines_.size() ? SubroutinesEnd : subroutines_[index + 1], true);
  if (one_in(4)) {
    write_code(LowCode, LowCodeEnd, true);
    low_code_ = true;
  }
  odd_ = one_in(3);
  write_code(Main, MainEnd, false);
  machine_.set_vector(ResetVector, Main);
  if (odd_ && one_in(2)) map_vectors();
  machine_.reset();
}

void RandomProgram::map_devices() {
  const auto read = [this](std::uint16_t address, std::int64_t cycle) { return read_device(address, cycle); };
  const auto write = [this](std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
    write_device(address, value, cycle);
  };
  machine_.map_device(DevicePage, 1, read, write).value();
  // Functions that compiled code calls as they are.
  Device plain;
  plain.context = this;
  plain.read = [](void* program, std::uint16_t address, std::int64_t cycle) {
    return static_cast<RandomProgram*>(program)->read_device(address, cycle);
  };
  plain.write = [](void* program, std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
    static_cast<RandomProgram*>(program)->log('p', address, value, cycle);
  };
  machine_.map_device(PlainDevicePage, 1, plain).value();
  // A timer that asks for an interrupt every so often, and edges at any time.
  const std::int64_t period = one_in(3) ? 40 + draw(400) : 1000 + draw(20000), edges = 100 + draw(5000);
  machine_.schedule(period, [this, period](Machine& machine, std::int64_t at) {
    machine.set_irq(true, at);
    log('t', 0, 0, machine.cycle());
    struct Again {
      RandomProgram* program;
      std::int64_t period;
      void operator()(Machine& on, std::int64_t since) const {
        on.set_irq(true, since);
        program->log('t', 0, 0, on.cycle());
        on.schedule(since + period, *this);
      }
    };
    machine.schedule(at + period, Again{this, period});
  });
  struct Edge {
    std::int64_t edges;
    void operator()(Machine& on, std::int64_t since) const {
      on.nmi(since);
      on.schedule(since + edges, *this);
    }
  };
  if (one_in(2)) machine_.schedule(edges, Edge{edges});
}

/// The vectors come from a device, one of whose reads now and then is an edge.
void RandomProgram::map_vectors() {
  machine_
      .map_device(
          0xFF, 1,
          [this](std::uint16_t address, std::int64_t cycle) {
            const std::uint8_t value = machine_.peek(address);
            log('v', address, value, cycle);
            if ((cycle ^ address) % 8 == 0) machine_.nmi();
            return value;
          },
          nullptr)
      .value();
}

/// Resets at any time, and hooks that come and go, instead of subroutines.
void RandomProgram::schedule_disturbances() {
  struct Reset {
    std::int64_t period;
    void operator()(Machine& on, std::int64_t since) const {
      on.reset();
      on.schedule(since + period, *this);
    }
  };
  struct Hook {
    RandomProgram* program;
    std::int64_t period;
    bool there;
    void operator()(Machine& on, std::int64_t since) const {
      program->hook(!there);
      on.schedule(since + period, Hook{program, period, !there});
    }
  };
  const std::int64_t reset = 3000 + draw(30'000), hook = 500 + draw(5000);
  if (one_in(3)) machine_.schedule(reset, Reset{reset});
  if (one_in(3)) machine_.schedule(hook, Hook{this, hook, false});
}

/// Instead of the first subroutine: shows a register, and returns as that would.
void RandomProgram::hook(bool there) {
  if (subroutines_.empty()) return;
  if (!there) return machine_.on_execute(subroutines_.front(), {});
  machine_.on_execute(subroutines_.front(), [this](Machine& machine) {
    Registers registers = machine.registers();
    log('h', registers.pc, registers.a, machine.cycle());
    const auto pop = [&] { return machine.peek(static_cast<std::uint16_t>(0x0100 | ++registers.s)); };
    const std::uint8_t low = pop();
    registers.pc = static_cast<std::uint16_t>((low | pop() << 8) + 1);
    registers.a ^= 0x55;
    if (registers.a % 4 == 0) machine.set_irq(true, machine.cycle() - registers.x % 8, 2);
    if (registers.a % 8 == 1) machine.nmi(machine.cycle() - registers.x % 8);
    if (registers.a % 8 == 2) registers.p &= static_cast<std::uint8_t>(~StatusInterrupt);
    machine.set_registers(registers);
    machine.take_cycles(6);
  });
}

void RandomProgram::add_banks() {
  for (int bank = 0; bank != 3; ++bank) {
    banks_.push_back(machine_.add_bank(std::vector<std::uint8_t>(256, 0xEA), bank == 2).value());
    machine_.switch_in(banks_.back(), BankPage).value();
    write_code(BankEntry, BankEntry + 0x40 + draw(0xC0), true);
    // What was written into one that is ROM would not be kept.
    std::vector<std::uint8_t> bytes;
    for (int offset = 0; offset != 256; ++offset)
      bytes.push_back(machine_.peek(static_cast<std::uint16_t>(BankEntry + offset)));
    banks_.back() = machine_.add_bank(std::move(bytes), bank == 2).value();
    machine_.switch_in(banks_.back(), BankPage).value();
  }
}

/// The handlers show all registers to the device, and let the line go; in ROM, so that they stay.
void RandomProgram::write_handlers() {
  machine_.set_vector(IrqVector, IrqHandler);
  machine_.set_vector(NmiVector, NmiHandler);
  for (const std::uint16_t handler : {IrqHandler, NmiHandler}) {
    at_ = handler;
    byte(0x48);                                    // PHA
    for (const int opcode : {0x8D, 0x8E, 0x8C}) {  // STA, STX, STY
      byte(opcode);
      word(DevicePage << 8 | (opcode & 0x0F) | 0xF0);
    }
    byte(0x08), byte(0x68), byte(0x8D), word(DevicePage << 8 | 0xF1);              // PHP, PLA, STA
    byte(0x8A), byte(0x48), byte(0xBA), byte(0x8E), word(DevicePage << 8 | 0xF2);  // TXA, PHA, TSX, STX
    byte(0xBD), word(0x0103), byte(0x8D), word(DevicePage << 8 | 0xF3);            // the status that was pushed
    byte(0xBD), word(0x0104), byte(0x8D), word(DevicePage << 8 | 0xF4);            // and where from
    byte(0x68), byte(0xAA);                                                        // PLA, TAX
    if (handler == IrqHandler) byte(0x8D), word(DevicePage << 8 | 0xFF);           // lets the line go
    byte(0x68), byte(0x40);                                                        // PLA, RTI
  }
  machine_.map_rom(IrqHandler >> 8, 2).value();
}

void RandomProgram::write_code(std::uint16_t from, std::uint16_t end, bool subroutine) {
  at_ = from;
  if (!subroutine) byte(0xA2), byte(0xFF), byte(0x9A), byte(0x58);  // LDX #$FF, TXS, CLI
  while (at_ < end - 0x40) {
    if (one_in(6))
      write_loop(subroutine ? 2 : 0, static_cast<std::uint16_t>(end - 0x20));
    else
      write_instruction();
  }
  if (subroutine)
    byte(0x60);
  else
    byte(0x4C), word(from);
}

int RandomProgram::data_address() {
  if (one_in(10)) return DevicePage << 8 | draw(256);
  if (one_in(30)) return PlainDevicePage << 8 | draw(256);
  if (one_in(12) && !operands_.empty())
    return operands_[static_cast<std::size_t>(draw(static_cast<int>(operands_.size())))];
  if (one_in(20)) return ChangingPage << 8 | draw(256);
  return 0x200 + draw(0x1F0);
}

/// What few programs do; most of it leads on.
void RandomProgram::write_oddity() {
  switch (draw(4)) {
    case 0:  // LDX #, TXS: the stack wraps
      return byte(0xA2), byte(draw(4) - 2), byte(0x9A);
    case 1:  // LDY #, BRK, DEY, BNE
      return byte(0xA0), byte(1 + draw(8)), byte(0x00), byte(draw(256)), byte(0x88), byte(0xD0), byte(-5);
    case 2: {  // JMP ($02FF), whose high byte is at $0200, with a 65C02 at $0300
      const int behind = at_ + 16;
      byte(0xA9), byte(behind & 0xFF), byte(0x8D), word(0x02FF);
      byte(0xA9), byte(behind >> 8), byte(0x8D), word(0x0200), byte(0x8D), word(0x0300);
      return byte(0x6C), word(0x02FF);
    }
    default:  // JMP: what stands in the last byte goes on in the first, and then nobody knows
      if (one_in(8)) return byte(0x4C), word(0xFFFD + draw(3));
      return byte(0xEA);
  }
}

void RandomProgram::write_instruction() {
  if (odd_ && one_in(20)) return write_oddity();
  if (one_in(12) && !subroutines_.empty()) {  // JSR, to a later one only
    const auto target = subroutines_[static_cast<std::size_t>(draw(static_cast<int>(subroutines_.size())))];
    if (target > at_ || at_ >= BankEntry || at_ < Subroutines) return byte(0x20), word(target);
  }
  if (one_in(40) && at_ < SubroutinesEnd) return byte(0x20), word(BankEntry);
  if (low_code_ && one_in(30) && at_ < SubroutinesEnd) return byte(0x20), word(LowCode);
  if (one_in(60)) return byte(0x00), byte(random_() & 0xFF);                          // BRK
  if (one_in(30)) return byte(0x08), byte(0x58 | (draw(2) << 5)), byte(0x28);         // PHP, CLI or SEI, PLP
  if (one_in(30)) return byte(0xA9), byte(random_() & 0x3F), byte(0x48), byte(0x28);  // a status from nowhere
  if (one_in(25)) {  // a store into an operand, of a value that changes
    if (!operands_.empty())
      return byte(0x8D), word(operands_[static_cast<std::size_t>(draw(static_cast<int>(operands_.size())))]);
  }
  if (one_in(8)) {  // a branch over the next instruction or two
    byte(0x10 | draw(8) << 5);
    const std::uint16_t offset = at_;
    byte(0);
    for (int count = 1 + draw(2); count != 0; --count) write_instruction();
    return machine_.poke(offset, static_cast<std::uint8_t>(at_ - offset - 1));
  }
  int opcode;
  do opcode = draw(256);
  while (is_special(opcode, variant_));
  byte(opcode);
  switch (length_of_plain(opcode)) {
    case 2:
      // Stores to an operand of that length keep their meaning whatever they are: it stays an operand.
      operands_.push_back(at_);
      return byte(0x10 + draw(0xD0));
    case 3:
      return word(data_address());
    default:
      return;
  }
}

/// Counts down in page 0 for as long as the body does not touch the counter.
void RandomProgram::write_loop(int depth, std::uint16_t end) {
  const int counter = LoopCounters + depth;
  byte(0xA9), byte(1 + draw(20)), byte(0x85), byte(counter);  // LDA #, STA
  const std::uint16_t top = at_;
  for (int count = 1 + draw(8); count != 0 && at_ < end - 0x18; --count) {
    if (depth % 2 == 0 && one_in(6))
      write_loop(depth + 1, end);
    else
      write_instruction();
  }
  byte(0xC6), byte(counter);  // DEC
  if (at_ - top < 0x70)
    byte(0xD0), byte(top - at_ - 1);  // BNE
  else
    byte(0xF0), byte(3), byte(0x4C), word(top);  // BEQ, JMP
}

std::uint8_t RandomProgram::read_device(std::uint16_t address, std::int64_t cycle) {
  device_ = device_ * 1664525 + 1013904223;
  const auto value = static_cast<std::uint8_t>(device_ >> 24);
  log('r', address, value, cycle);
  if ((device_ >> 8) % 16 == 0) machine_.set_irq(true, {}, 1);
  if ((device_ >> 12) % 64 == 0) machine_.nmi();
  return value;
}

void RandomProgram::write_device(std::uint16_t address, std::uint8_t value, std::int64_t cycle) {
  log('w', address, value, cycle);
  switch (address & 0xFF) {
    case 0xFF:
      machine_.set_irq(false, {}, 0);
      machine_.set_irq(false, {}, 2);
      return machine_.set_irq(false, {}, 1);
    case 0xF0:
    case 0xF1:
    case 0xF2:
    case 0xF3:
    case 0xF4:
    case 0xFC:
    case 0xFD:
    case 0xFE:
      return;
    default:
      break;
  }
  device_ ^= value;
  switch (address % 16) {
    case 0:
      return static_cast<void>(machine_.switch_in(banks_[value % 3], BankPage));
    case 1:
      return machine_.schedule(cycle + value, [](Machine& machine, std::int64_t at) { machine.set_irq(true, at, 1); });
    case 2:
      return machine_.schedule(cycle + value, [](Machine& machine, std::int64_t at) { machine.nmi(at); });
    case 3:
      if (value % 4 == 0) return static_cast<void>(machine_.map_memory(ChangingPage, 1));
      if (value % 4 == 1) return static_cast<void>(machine_.map_rom(ChangingPage, 1));
      return static_cast<void>(machine_.map_device(
          ChangingPage, 1, [this](std::uint16_t from, std::int64_t when) { return read_device(from, when); }, nullptr));
    case 4:
      return machine_.poke(static_cast<std::uint16_t>(0x200 + value), static_cast<std::uint8_t>(device_));
    case 5:  // into code
      if (value % 8 == 0 && !operands_.empty())
        machine_.poke(operands_[value % operands_.size()], static_cast<std::uint8_t>(device_ >> 8));
      return;
    case 6:
      if (value % 16 == 0) machine_.stop();
      return;
    case 7:
      if (value % 16 == 0) throw std::runtime_error("a device that throws");
      return;
    default:
      return;
  }
}

void RandomProgram::run(std::int64_t until, std::uint32_t pieces, std::chrono::microseconds pause) {
  std::mt19937 random(pieces);
  while (machine_.cycle() < until) {
    std::int64_t piece = pieces == 0 ? until : static_cast<std::int64_t>(random() % 5000);
    // Now and then one instruction at a time, in both ways.
    int singles = pieces != 0 && random() % 8 == 0 ? static_cast<int>(random() % 100) : 1;
    const bool steps = singles != 1 && random() % 2 == 0;
    if (singles != 1) piece = 1;
    if (pause.count() != 0) std::this_thread::sleep_for(pause);
    for (; singles > 0 && machine_.cycle() < until; --singles)
      stopped(steps ? machine_.step() : machine_.run(std::min(until, machine_.cycle() + piece)));
  }
  stopped(machine_.run(until));  // events that are due now
}

void RandomProgram::stopped(const Stopped& why) {
  if (why.reason == StopReason::Time) return;
  log(why.reason == StopReason::Jam ? 'j' : 's', machine_.registers().pc, static_cast<std::uint8_t>(why.reason),
      machine_.cycle());
  if (why.reason == StopReason::Jam) machine_.reset();
}

namespace {

TEST(RandomPrograms, are_drawn_from_their_seed) {
  MachineOptions options;
  options.engine = Engine::Step;
  RandomProgram first(1, options), again(1, options), other(2, options);
  for (RandomProgram* program : {&first, &again, &other}) program->run(20'000, 0);
  EXPECT_EQ(first.log(), again.log());
  EXPECT_NE(first.log(), other.log());
}

}  // namespace
}  // namespace inlay::m6502
