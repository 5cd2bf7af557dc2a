// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When interrupts are taken, cycle by cycle, against tables written by hand from the processor's documentation.
#include <limits>

#include "machine/test_interrupts.h"

namespace inlay::m6502 {
namespace {

/// An instruction as it is executed: where it stands, its cycles, in which of them the processor looks at the lines
/// (from 0), and whether I was set then.
struct Look {
  std::uint16_t pc;
  int cycles;
  int looks;
  bool masked;
};

// Every kind of instruction, in the order in which it is executed.
void write_sequence(Machine& machine) {
  write_bytes(machine, 0x0400, {0xEA,                                  // NOP
                                0xAD, 0x00, 0x03,                      // LDA $0300, which is 1
                                0xD0, 0x01,                            // BNE, taken in its page
                                0xEA,                                  //
                                0xF0, 0x10,                            // BEQ, not taken
                                0x78, 0xEA,                            // SEI, NOP
                                0x58, 0xEA,                            // CLI, NOP
                                0x08, 0x78,                            // PHP, SEI
                                0x28, 0xEA,                            // PLP, NOP
                                0x20, 0x00, 0x05,                      // JSR $0500
                                0x78,                                  // SEI
                                0xA9, 0x06, 0x48,                      // an address and a status without I on the stack
                                0xA9, 0xF0, 0x48,                      //
                                0xA9, 0x00, 0x48,                      //
                                0x40});                                // RTI
  write_bytes(machine, 0x0500, {0xE6, 0x10, 0x60});                    // INC $10, RTS
  write_bytes(machine, 0x06F0, {0xEA, 0xD0, 0x0F});                    // NOP, BNE, taken to the next page
  write_bytes(machine, 0x0702, {0xEA, 0x9D, 0x00, 0x03});              // NOP, STA $0300,X
  write_bytes(machine, 0x0706, {0xFE, 0x00, 0x03, 0x6C, 0x20, 0x03});  // INC $0300,X, JMP ($0320)
  write_bytes(machine, 0x0710, {0x4C, 0x10, 0x07});                    // JMP to itself
  machine.poke(0x0300, 1);
  write_bytes(machine, 0x0320, {0x10, 0x07});
}

const std::vector<Look> Sequence = {
    {0x0400, 2, 0, false},  // NOP
    {0x0401, 4, 2, false},  // LDA
    {0x0404, 3, 0, false},  // BNE, taken: only in its first cycle
    {0x0407, 2, 0, false},  // BEQ
    {0x0409, 2, 0, false},  // SEI changes I behind its look
    {0x040A, 2, 0, true},   // NOP
    {0x040B, 2, 0, true},   // CLI as well
    {0x040C, 2, 0, false},  // NOP
    {0x040D, 3, 1, false},  // PHP
    {0x040E, 2, 0, false},  // SEI
    {0x040F, 4, 2, true},   // PLP as well
    {0x0410, 2, 0, false},  // NOP
    {0x0411, 6, 4, false},  // JSR
    {0x0500, 5, 3, false},  // INC
    {0x0502, 6, 4, false},  // RTS
    {0x0414, 2, 0, false},  // SEI
    {0x0415, 2, 0, true},   // LDA
    {0x0417, 3, 1, true},   // PHA
    {0x0418, 2, 0, true},   //
    {0x041A, 3, 1, true},   //
    {0x041B, 2, 0, true},   //
    {0x041D, 3, 1, true},   //
    {0x041E, 6, 4, false},  // RTI changes I before it
    {0x06F0, 2, 0, false},  // NOP
    {0x06F1, 4, 2, false},  // BNE to another page looks as others do
    {0x0702, 2, 0, false},  // NOP
    {0x0703, 5, 3, false},  // STA
    {0x0706, 7, 5, false},  // INC
    {0x0709, 5, 3, false},  // JMP ()
    {0x0710, 3, 1, false},  // JMP
    {0x0710, 3, 1, false},  //
    {0x0710, 3, 1, false},  //
};
constexpr std::int64_t SequenceCycles = 95;  // up to the first JMP to itself

/// From the table: where the interrupt comes in, for a line that is pulled in `cycle`.
Entered expected(bool nmi, std::int64_t cycle) {
  std::int64_t begin = 0;
  for (std::size_t at = 0; at + 1 < Sequence.size(); ++at) {
    const Look& look = Sequence[at];
    const std::int64_t end = begin + look.cycles;
    if (cycle <= begin + look.looks && (nmi || !look.masked)) return {nmi, end + 7, Sequence[at + 1].pc, 0};
    begin = end;
  }
  ADD_FAILURE() << "the table is too short";
  return {};
}

TEST_P(Interrupts, are_taken_where_the_processor_looks_for_each_cycle_of_each_kind_of_instruction) {
  for (const bool nmi : {false, true})
    for (std::int64_t cycle = 0; cycle <= SequenceCycles; ++cycle) {
      Machine machine = with_handlers();
      write_sequence(machine);
      machine.set_registers(registers_at(0x0400));
      machine.schedule(cycle, [nmi](Machine& at, std::int64_t since) {
        if (nmi)
          at.nmi(since);
        else
          at.set_irq(true, since);
      });
      auto entered = run_to_handler(machine, 1000);
      ASSERT_TRUE(entered) << "pulled in cycle " << cycle;
      EXPECT_FALSE(entered->status & StatusBreak);
      entered->status = 0;
      EXPECT_EQ(*entered, expected(nmi, cycle)) << "pulled in cycle " << cycle;
    }
}

TEST_P(Interrupts, do_not_depend_on_where_run_stops) {
  for (std::int64_t cycle = 0; cycle <= SequenceCycles; ++cycle)
    for (const int piece : {1, 5, 13}) {
      Machine machine = with_handlers();
      write_sequence(machine);
      machine.set_registers(registers_at(0x0400));
      machine.schedule(cycle, [](Machine& at, std::int64_t since) { at.set_irq(true, since); });
      std::optional<Entered> entered;
      while (!entered && machine.cycle() < 1000) entered = run_to_handler(machine, machine.cycle() + piece);
      ASSERT_TRUE(entered);
      entered->status = 0;
      EXPECT_EQ(*entered, expected(false, cycle)) << "pulled in cycle " << cycle << ", in pieces of " << piece;
    }
}

TEST_P(Interrupts, from_outside_count_from_their_cycle) {
  for (const std::int64_t since : {2, 3, 4, 5}) {
    Machine machine = with_handlers();
    write_sequence(machine);
    machine.set_registers(registers_at(0x0400));
    machine.run(6);  // behind NOP and LDA, which looked in cycle 4
    machine.set_irq(true, since);
    const auto entered = run_to_handler(machine, 1000);
    ASSERT_TRUE(entered);
    // The BNE behind looks in cycle 6 and ends before cycle 9.
    EXPECT_EQ(entered->cycle, since <= 4 ? 6 + 7 : 9 + 7) << "since " << since;
  }
}

TEST_P(Interrupts, of_a_cycle_to_come_are_of_now) {
  Machine machine = with_handlers();
  write_bytes(machine, 0x0400, {0x4C, 0x00, 0x04});
  machine.set_registers(registers_at(0x0400));
  machine.run(6);
  machine.set_irq(true, 1000);
  const auto entered = run_to_handler(machine, 1100);
  ASSERT_TRUE(entered);
  EXPECT_EQ(entered->cycle, 9 + 7);
}

TEST_P(Interrupts, that_are_let_go_before_the_look_are_not_taken) {
  for (const int late : {0, 1}) {
    Machine machine = with_handlers();
    write_bytes(machine, 0x0400, {0x58, 0x8D, 0x00, 0xD0, 0xEA, 0xEA, 0x4C, 0x06, 0x04});  // CLI, STA $D000
    ASSERT_TRUE(machine.map_device(0xD0, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t cycle) {
      EXPECT_EQ(cycle, 5);
      machine.set_irq(false, cycle - 1 + late);
    }));
    machine.set_registers(registers_at(0x0400, StatusInterrupt));
    machine.set_irq(true);
    const auto entered = run_to_handler(machine, 200);
    // CLI looked while I was set; STA looks in cycle 4, the one before its write.
    EXPECT_EQ(entered.has_value(), late == 1);
    if (entered) {
      EXPECT_EQ(entered->cycle, 6 + 7);
    }
  }
}

TEST_P(Interrupts, that_are_let_go_by_the_pulls_of_rti_are_taken_if_it_looked_before) {
  // RTI pulls the status in cycle 3, looks in cycle 4, and pulls the rest of the address in cycle 5.
  for (const int pull : {3, 4, 5}) {
    Machine machine = with_handlers();
    write_bytes(machine, 0x0400, {0x40});
    write_bytes(machine, 0x0500, {0x4C, 0x00, 0x05});
    ASSERT_TRUE(machine.map_device(
        1, 1,
        [&](std::uint16_t, std::int64_t cycle) {
          if (cycle == pull) machine.set_irq(false);
          return static_cast<std::uint8_t>(cycle == 5 ? 0x05 : 0x00);
        },
        nullptr));
    machine.set_registers(registers_at(0x0400, StatusInterrupt));
    machine.set_irq(true, 0);
    const auto entered = run_to_handler(machine, 100);
    EXPECT_EQ(entered.has_value(), pull == 5) << "pull in cycle " << pull;
  }
}

TEST_P(Interrupts, are_nested_when_the_handler_allows_them) {
  Machine machine = with_handlers();
  write_bytes(machine, 0x0400, {0xEA, 0x4C, 0x00, 0x04});
  // INC $10; CLI; NOP; NOP; RTI: while the line is low, it comes in again behind the instruction behind CLI.
  write_bytes(machine, Handler, {0xE6, 0x10, 0x58, 0xEA, 0xEA, 0x40});
  machine.set_registers(registers_at(0x0400));
  machine.set_irq(true);
  // IRQ 7, INC 5, CLI 2, NOP 2, then the next: five of them from cycle 2 on.
  machine.run(2 + 5 * 16 + 7 + 5);
  EXPECT_EQ(machine.peek(0x10), 6);
  EXPECT_EQ(machine.registers().s, 0xFF - 6 * 3);
  machine.set_irq(false);
  machine.run(machine.cycle() + 500);
  EXPECT_EQ(machine.peek(0x10), 6);
  EXPECT_EQ(machine.registers().s, 0xFF);
}

TEST_P(Interrupts, are_masked_by_i) {
  Machine machine = with_handlers();
  write_bytes(machine, 0x0400, {0xE6, 0x10, 0x4C, 0x00, 0x04});
  machine.set_registers(registers_at(0x0400, StatusInterrupt));
  machine.set_irq(true);
  EXPECT_FALSE(run_to_handler(machine, 8000));
  EXPECT_EQ(machine.cycle(), 8000);
  EXPECT_EQ(machine.peek(0x10), 8000 / 8 % 256);
}

TEST_P(Interrupts, go_to_main_between_them_one_instruction_at_least) {
  // RTI looks with the I that it has pulled, so while the line is low, no instruction of the main program runs at all.
  Machine machine = with_handlers();
  write_bytes(machine, 0x0400, {0xE6, 0x11, 0xE6, 0x11, 0x4C, 0x00, 0x04});
  write_bytes(machine, Handler, {0xE6, 0x10, 0x40});  // INC $10, RTI
  machine.set_registers(registers_at(0x0400));
  machine.set_irq(true, 0);
  machine.run(5 + 10 * (7 + 5 + 6));
  EXPECT_EQ(machine.peek(0x10), 10);
  EXPECT_EQ(machine.peek(0x11), 1);
}

TEST_P(Interrupts, sources_are_served_until_all_are_high) {
  Machine machine = with_handlers();
  write_bytes(machine, 0x0400, {0x4C, 0x00, 0x04});
  write_bytes(machine, Handler, {0xE6, 0x10, 0x8D, 0x00, 0xD0, 0x40});  // INC $10, STA $D000, RTI
  int served = 0;
  ASSERT_TRUE(machine.map_device(
      0xD0, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t) { machine.set_irq(false, {}, served++); }));
  machine.set_registers(registers_at(0x0400));
  for (int source = 0; source != 3; ++source) machine.set_irq(true, {}, source);
  machine.run(1000);
  EXPECT_EQ(machine.peek(0x10), 3);
}

TEST_P(Interrupts, reset_takes_seven_cycles_and_three_from_the_stack_pointer) {
  Machine machine = with_handlers();
  machine.set_vector(ResetVector, 0x0400);
  write_bytes(machine, 0x0400, {0xEA, 0x4C, 0x01, 0x04});
  machine.set_registers(registers_at(0x1234));
  machine.nmi();
  machine.reset();
  machine.run(1);
  EXPECT_EQ(machine.cycle(), 7);
  EXPECT_EQ(machine.registers().pc, 0x0400);
  EXPECT_EQ(machine.registers().s, 0xFC);
  EXPECT_TRUE(machine.registers().p & StatusInterrupt);
  machine.run(100);
  EXPECT_EQ(machine.registers().pc, 0x0401);
}

INSTANTIATE_TEST_SUITE_P(Engines, Interrupts, ::testing::ValuesIn(engine_cases()), engine_name);

class CmosInterrupts : public Interrupts {};

TEST_P(CmosInterrupts, clear_decimal_mode) {
  Machine machine = with_handlers();
  write_bytes(machine, 0x0400, {0x4C, 0x00, 0x04});
  machine.set_registers(registers_at(0x0400, StatusDecimal));
  machine.set_irq(true);
  ASSERT_TRUE(run_to_handler(machine, 100));
  EXPECT_FALSE(machine.registers().p & StatusDecimal);
}

TEST_P(CmosInterrupts, end_the_wait_of_wai) {
  for (const bool masked : {false, true}) {
    Machine machine = with_handlers();
    write_bytes(machine, 0x0400, {0xCB, 0xE6, 0x10, 0x4C, 0x03, 0x04});  // WAI, INC $10
    machine.set_registers(registers_at(0x0400, masked ? StatusInterrupt : 0));
    machine.schedule(500, [](Machine& at, std::int64_t since) { at.set_irq(true, since); });
    machine.run(400);
    EXPECT_EQ(machine.cycle(), 400);
    EXPECT_EQ(machine.peek(0x10), 0);
    const auto entered = run_to_handler(machine, 600);
    EXPECT_EQ(entered.has_value(), !masked);
    EXPECT_EQ(machine.peek(0x10), masked ? 1 : 0);
    if (entered) {
      EXPECT_EQ(entered->cycle, 502 + 7);
    }
  }
}

TEST_P(CmosInterrupts, that_never_come_are_waited_for_at_once) {
  constexpr std::int64_t End = std::numeric_limits<std::int64_t>::max();
  Machine machine = with_handlers();
  write_bytes(machine, 0x0400, {0xEA, 0xCB, 0x4C, 0x02, 0x04});  // NOP, WAI
  machine.set_registers(registers_at(0x0400));
  machine.run(2);
  EXPECT_EQ(machine.waiting_since(), std::nullopt);
  machine.run(5);
  EXPECT_EQ(machine.waiting_since(), 5);
  EXPECT_EQ(machine.run(End).reason, StopReason::Time);
  EXPECT_EQ(machine.cycle(), End);
  EXPECT_EQ(machine.waiting_since(), 5);
}

TEST_P(CmosInterrupts, and_resets_end_the_wait) {
  for (const bool reset : {false, true}) {
    Machine machine = with_handlers();
    machine.set_vector(ResetVector, 0x0401);
    write_bytes(machine, 0x0400, {0xCB, 0x4C, 0x01, 0x04});
    machine.set_registers(registers_at(0x0400, StatusInterrupt));
    machine.run(100);
    EXPECT_EQ(machine.waiting_since(), 3);
    if (reset)
      machine.reset();
    else
      machine.set_irq(true);
    machine.run(200);
    EXPECT_EQ(machine.waiting_since(), std::nullopt);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, CmosInterrupts, ::testing::ValuesIn(engine_cases(Variant::Cmos)), engine_name);

}  // namespace
}  // namespace inlay::m6502
