// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An NMI that takes over BRK or the beginning of an IRQ, cycle by cycle.
#include "machine/test_interrupts.h"

namespace inlay::m6502 {
namespace {

class TakeOver : public Interrupts {};

TEST_P(TakeOver, nmi_takes_brk_over_until_it_pushes_the_status) {
  const Entered before{true, 4 + 7, 0x0402, StatusAlways};              // instead of BRK
  const Entered instead{true, 11, 0x0404, StatusAlways | StatusBreak};  // BRK by the vector of the NMI
  const Entered behind{false, 11, 0x0404, StatusAlways | StatusBreak};  // BRK, and the NMI behind
  for (std::int64_t since = 1; since <= 12; ++since)
    EXPECT_EQ(brk_with_nmi(since), since <= 2 ? before : since <= 7 ? instead : behind) << "since " << since;
}

TEST_P(TakeOver, nmi_that_took_brk_over_is_served) {
  Machine machine = with_handlers();
  write_bytes(machine, NmiHandler, {0xEA, 0xEA, 0x4C, 0x02, 0xA0});
  write_bytes(machine, 0x0400, {0xEA, 0xEA, 0x00, 0x00, 0xEA});
  machine.set_registers(registers_at(0x0400));
  machine.schedule(6, [](Machine& at, std::int64_t cycle) { at.nmi(cycle); });
  EXPECT_EQ(machine.run(200).reason, StopReason::Time);
  EXPECT_EQ(machine.registers().pc, 0xA002);
  EXPECT_EQ(machine.registers().s, 0xFC);  // one frame only
}

TEST_P(TakeOver, nmi_behind_the_choice_waits_for_an_instruction_of_the_handler) {
  // NOP in the handler: cycles 11 and 12, and it looks in cycle 11.
  for (std::int64_t since = 8; since <= 12; ++since) {
    Machine machine = with_handlers();
    write_bytes(machine, Handler, {0xEA, 0xEA, 0xEA});
    write_bytes(machine, 0x0400, {0xEA, 0xEA, 0x00, 0x00, 0xEA});
    machine.set_registers(registers_at(0x0400));
    machine.schedule(since, [](Machine& at, std::int64_t cycle) { at.nmi(cycle); });
    std::int64_t cycle = 0;
    machine.on_execute(NmiHandler, [&](Machine& at) {
      cycle = at.cycle();
      at.stop();
    });
    machine.run(100);
    EXPECT_EQ(cycle, since <= 11 ? 13 + 7 : 15 + 7) << "since " << since;
  }
}

TEST_P(TakeOver, nmi_takes_an_irq_over_until_it_pushes_the_status) {
  // The IRQ begins in cycle 4; it pushes the status in cycle 8.
  for (std::int64_t since = 3; since <= 10; ++since) {
    Machine machine = with_handlers();
    write_bytes(machine, 0x0400, {0xEA, 0xEA, 0xEA});
    machine.set_registers(registers_at(0x0400));
    machine.schedule(2, [](Machine& at, std::int64_t cycle) { at.set_irq(true, cycle); });
    machine.schedule(since, [](Machine& at, std::int64_t cycle) { at.nmi(cycle); });
    const auto entered = run_to_handler(machine, 100);
    EXPECT_EQ(entered, (Entered{since <= 7, 11, 0x0402, StatusAlways})) << "since " << since;
  }
}

TEST_P(TakeOver, nmi_by_a_push_of_brk_takes_it_over_but_for_the_last_push) {
  // A device that takes the pushes, in cycles 2, 3 and 4 of BRK.
  for (const int push : {2, 3, 4}) {
    Machine machine = with_handlers();
    write_bytes(machine, 0x0400, {0x00, 0x00});
    ASSERT_TRUE(machine.map_device(1, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t cycle) {
      if (cycle == push) machine.nmi();
    }));
    machine.set_registers(registers_at(0x0400));
    const auto entered = run_to_handler(machine, 100);
    ASSERT_TRUE(entered);
    EXPECT_EQ(entered->nmi, push != 4) << "push in cycle " << push;
    EXPECT_EQ(entered->cycle, 7);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, TakeOver, ::testing::ValuesIn(engine_cases()), engine_name);

class CmosTakeOver : public Interrupts {};

TEST_P(CmosTakeOver, nmi_does_not_take_brk_over) {
  for (std::int64_t since = 3; since <= 8; ++since)
    EXPECT_EQ(brk_with_nmi(since), (Entered{false, 11, 0x0404, StatusAlways | StatusBreak})) << "since " << since;
}

INSTANTIATE_TEST_SUITE_P(Engines, CmosTakeOver, ::testing::ValuesIn(engine_cases(Variant::Cmos)), engine_name);

}  // namespace
}  // namespace inlay::m6502
