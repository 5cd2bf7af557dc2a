// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Hooks and events.
#include <gtest/gtest.h>

#include <stdexcept>
#include <utility>

#include "machine/test_engines.h"

namespace inlay::m6502 {
namespace {

class Hooks : public Machines {};

TEST_P(Hooks, call_hooks_instead_of_the_instruction) {
  write_bytes(machine_, 0x0400, {0x20, 0x00, 0x05, 0xE8, 0x4C, 0x00, 0x04});  // JSR $0500, INX, JMP
  write_bytes(machine_, 0x0500, {0x00, 0x60});
  int calls = 0;
  machine_.on_execute(0x0500, [&](Machine& machine) {
    Registers registers = machine.registers();
    registers.a = static_cast<std::uint8_t>(++calls);
    registers.pc = 0x0501;
    machine.set_registers(registers);
    machine.take_cycles(4);
  });
  EXPECT_EQ(machine_.peek(0x0500), 0x00);
  start(0x0400);
  machine_.run(21 * 1000);
  EXPECT_EQ(calls, 1000);
  EXPECT_EQ(machine_.registers().x, 1000 % 256);
  EXPECT_EQ(machine_.cycle(), 21 * 1000);
  machine_.on_execute(0x0500, nullptr);
  write_bytes(machine_, 0x0500, {0xEA, 0x60});
  machine_.run(machine_.cycle() + 19);
  EXPECT_EQ(calls, 1000);
}

TEST_P(Hooks, hooks_survive_writes_and_banks) {
  int calls = 0;
  machine_.on_execute(0x8000, [&](Machine& machine) {
    ++calls;
    machine.stop();
    machine.take_cycles(1);
  });
  write_bytes(machine_, 0x0400, {0xA9, 0xEA, 0x8D, 0x00, 0x80, 0x4C, 0x00, 0x80});
  start(0x0400);
  EXPECT_EQ(machine_.run(100).reason, StopReason::Asked);
  EXPECT_EQ(machine_.peek(0x8000), 0xEA);
  const BankId bank = machine_.add_bank(std::vector<std::uint8_t>(256, 0x33), true).value();
  ASSERT_TRUE(machine_.switch_in(bank, 0x80));
  EXPECT_EQ(machine_.peek(0x8000), 0x33);
  start(0x0405);
  EXPECT_EQ(machine_.run(200).reason, StopReason::Asked);
  EXPECT_EQ(calls, 2);
}

TEST_P(Hooks, a_hook_that_leaves_everything_as_it_is_is_an_error) {
  machine_.on_execute(0x0400, [](Machine&) {});
  start(0x0400);
  const Stopped stopped = machine_.run(100);
  EXPECT_EQ(stopped.reason, StopReason::Error);
  EXPECT_NE(stopped.message.find("hook"), std::string::npos);
}

TEST_P(Hooks, hooks_may_end_themselves_and_throw) {
  machine_.on_execute(0x0400, [](Machine& machine) {
    machine.on_execute(0x0400, nullptr);
    throw std::runtime_error("enough");
  });
  write_bytes(machine_, 0x0400, {0x4C, 0x00, 0x04});
  start(0x0400);
  EXPECT_EQ(machine_.run(100).message, "enough");
  EXPECT_EQ(machine_.run(100).reason, StopReason::Time);
}

TEST_P(Hooks, call_events_at_the_first_boundary_that_is_not_before) {
  write_bytes(machine_, 0x0400, {0xEE, 0x00, 0x02, 0x4C, 0x00, 0x04});  // boundaries at 6, 9, 15, 18, ...
  start(0x0400);
  std::vector<std::pair<std::int64_t, std::int64_t>> seen;
  for (const std::int64_t at : {16, 7, 9, 6, 3})
    machine_.schedule(at, [&](Machine& machine, std::int64_t since) { seen.emplace_back(since, machine.cycle()); });
  machine_.run(1000);
  const std::vector<std::pair<std::int64_t, std::int64_t>> expected = {{3, 6}, {6, 6}, {7, 9}, {9, 9}, {16, 18}};
  EXPECT_EQ(seen, expected);
}

TEST_P(Hooks, events_of_a_device_come_in_time) {
  write_bytes(machine_, 0x0400, {0x8D, 0x00, 0xD0, 0xEE, 0x00, 0x02, 0x4C, 0x03, 0x04});  // STA; 10, 13, 19, 22, ...
  std::int64_t called = 0;
  ASSERT_TRUE(machine_.map_device(0xD0, 1, nullptr, [&](std::uint16_t, std::uint8_t, std::int64_t cycle) {
    machine_.schedule(cycle + 11, [&](Machine& machine, std::int64_t) { called = machine.cycle(); });
  }));
  start(0x0400);
  machine_.run(100'000);
  EXPECT_EQ(called, 19);
}

/// Runs to a hook at `place`, which calls `pull` once; the boundaries at which the handlers of IRQ and NMI begin.
std::vector<std::int64_t> handled(Machine& machine, std::uint16_t place, const std::function<void(Machine&)>& pull) {
  std::vector<std::int64_t> cycles;
  machine.on_execute(place, [&, place](Machine& there) {
    there.on_execute(place, {});
    pull(there);
  });
  for (const std::uint16_t vector : {IrqVector, NmiVector}) {
    const auto handler = static_cast<std::uint16_t>(0x0600 + (vector & 0xFF));
    machine.set_vector(vector, handler);
    machine.on_execute(handler, [&](Machine& there) {
      cycles.push_back(there.cycle());
      there.stop();
      there.take_cycles(1);
    });
  }
  machine.run(machine.cycle() + 100);
  return cycles;
}

TEST_P(Hooks, lines_that_a_hook_says_to_be_older_are_pulled_now) {
  struct Before {
    std::initializer_list<std::uint8_t> bytes;  // from $0400 to the hook
    std::uint16_t place;
    std::uint8_t p;
    std::int64_t irq;  // when its handler begins; 0: not
  };
  for (const Before& before : {Before{{0x58, 0xEA, 0xEA, 0xEA}, 0x0401, StatusInterrupt, 2 + 2 + 7},  // CLI
                               Before{{0x78, 0xEA, 0xEA, 0xEA}, 0x0401, 0, 0},                        // SEI
                               Before{{0x28, 0xEA, 0xEA, 0xEA}, 0x0401, StatusInterrupt, 4 + 2 + 7},  // PLP
                               Before{{0xD0, 0x02, 0xEA, 0xEA, 0xEA, 0xEA}, 0x0404, 0, 3 + 2 + 7}})   // BNE
    for (const bool nmi : {false, true})
      for (int back = 0; back != 6; ++back) {
        Machine machine = make_machine(GetParam().options);
        for (std::uint16_t place = 0x0400; place != 0x0440; ++place) machine.poke(place, 0xEA);
        write_bytes(machine, 0x0400, before.bytes);
        machine.set_registers(registers_at(0x0400, before.p));
        const auto cycles = handled(machine, before.place, [&](Machine& there) {
          if (nmi) return there.nmi(there.cycle() - back);
          there.set_irq(true, there.cycle() - back);
        });
        const std::int64_t begins = before.irq != 0 ? before.irq : nmi ? 2 + 2 + 7 : 0;
        EXPECT_EQ(cycles, begins == 0 ? std::vector<std::int64_t>() : std::vector{begins}) << nmi << " " << back;
      }
}

TEST_P(Hooks, a_hook_at_the_handler_of_brk_that_clears_i_lets_an_instruction_run_first) {
  write_bytes(machine_, 0x0400, {0xEA, 0xEA, 0x00});
  machine_.set_vector(IrqVector, 0x0500);
  write_bytes(machine_, 0x0500, {0xEA, 0xEA, 0xEA});
  std::vector<std::int64_t> cycles;
  machine_.on_execute(0x0500, [&](Machine& machine) {
    cycles.push_back(machine.cycle());
    Registers registers = machine.registers();
    registers.p &= static_cast<std::uint8_t>(~StatusInterrupt);
    registers.pc = 0x0501;
    machine.set_registers(registers);
    if (cycles.size() == 2) machine.stop();
  });
  start(0x0400);
  machine_.set_irq(true);
  EXPECT_EQ(machine_.run(1000).reason, StopReason::Asked);
  EXPECT_EQ(cycles, (std::vector<std::int64_t>{2 + 2 + 7, 2 + 2 + 7 + 2 + 7}));
}

TEST_P(Hooks, events_that_follow_themselves_let_time_pass) {
  write_bytes(machine_, 0x0400, {0x4C, 0x00, 0x04});
  start(0x0400);
  int calls = 0;
  std::function<void(Machine&, std::int64_t)> again = [&](Machine& machine, std::int64_t) {
    ++calls;
    machine.schedule(0, again);
  };
  machine_.schedule(0, again);
  EXPECT_EQ(machine_.run(30).reason, StopReason::Time);
  EXPECT_EQ(calls, 31);
  machine_.schedule(0, [](Machine&, std::int64_t) { throw std::runtime_error("late"); });
  EXPECT_EQ(machine_.run(60).message, "late");
  EXPECT_EQ(machine_.cycle(), 30);
}

INSTANTIATE_TEST_SUITE_P(Engines, Hooks, ::testing::ValuesIn(engine_cases()), engine_name);

}  // namespace
}  // namespace inlay::m6502
