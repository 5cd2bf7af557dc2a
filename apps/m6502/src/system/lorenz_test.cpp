// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Wolfgang Lorenz' test suite: programs for the C64 that check each opcode with all values, and load each other by
// name. As far as "trap16" they need of a C64 only the few places of its ROM that are hooks here.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "machine/test_engines.h"

namespace inlay::m6502 {
namespace {

const std::filesystem::path Folder = std::filesystem::path(INLAY_6502_DATA) / "lorenz" / "bin";

// A thousand million instructions are too many for instrumented code: it runs the last 16 programs.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool Whole = false;
#elif defined(__has_feature)
constexpr bool Whole = !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer);
#else
constexpr bool Whole = true;
#endif

constexpr std::uint16_t Entry = 0x0816;  // behind the line of BASIC that starts each
constexpr std::uint16_t PrintTrap = 0xFFD2, LoadTrap = 0xE16F, KeyTrap = 0xFFE4;
constexpr std::uint16_t ExitTraps[] = {0x8000, 0xA474};  // where a program goes when it has failed

class Suite {
 public:
  explicit Suite(Machine& machine) : machine_(machine) {
    machine.on_execute(PrintTrap, [this](Machine&) {
      output_ += static_cast<char>(machine_.registers().a);
      machine_.poke(0x030C, 0);
      go_back(machine_.registers().a);
    });
    machine.on_execute(KeyTrap, [this](Machine&) { go_back(3); });  // STOP
    machine.on_execute(LoadTrap, [this](Machine&) {
      std::string name;
      const int from = machine_.peek(0xBB) | machine_.peek(0xBC) << 8;
      for (int at = 0; at != machine_.peek(0xB7); ++at)
        name += letter(machine_.peek(static_cast<std::uint16_t>(from + at)));
      next(name);
    });
    for (const std::uint16_t trap : ExitTraps) machine.on_execute(trap, [this](Machine&) { machine_.fail("failed"); });
  }

  /// Loads a program and starts it.
  void next(const std::string& name) {
    name_ = name;
    if (name == "trap17") return machine_.stop();
    std::ifstream file(Folder / name, std::ios::binary);
    std::vector<std::uint8_t> bytes(std::istreambuf_iterator<char>(file), {});
    if (bytes.size() < 2) return machine_.fail("there is no program of that name");
    const auto to = static_cast<std::uint16_t>(bytes[0] | bytes[1] << 8);
    if (!machine_.load(to, std::span(bytes).subspan(2))) return machine_.fail("the program does not fit");
    ++programs_;
    output_.clear();
    // Where others have ROM: some write there.
    machine_.poke(0xA002, 0x00);
    machine_.poke(0xA003, 0x80);
    machine_.set_vector(IrqVector, 0xFF48);
    // The interrupt goes to the handler in RAM for BRK, or the one for the IRQ.
    write_bytes(machine_, 0xFF48,
                {0x48, 0x8A, 0x48, 0x98, 0x48, 0xBA, 0xBD, 0x04, 0x01, 0x29, 0x10, 0xF0, 0x03, 0x6C, 0x16, 0x03, 0x6C,
                 0x14, 0x03});
    machine_.poke(0x02, 0);
    machine_.poke(0x01FE, 0xFF);
    machine_.poke(0x01FF, 0x7F);
    Registers registers;
    registers.pc = Entry;
    registers.s = 0xFD;
    registers.p = StatusInterrupt;
    machine_.set_registers(registers);
    machine_.take_cycles(1);
  }

  int programs() const { return programs_; }
  const std::string& name() const { return name_; }
  /// What the program has printed, in ASCII.
  std::string output() const {
    std::string text;
    for (const char c : output_) text += letter(static_cast<std::uint8_t>(c));
    return text;
  }

 private:
  static char letter(std::uint8_t c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == 13 ? '\n' : static_cast<char>(c & 0x7F);
  }

  /// RTS.
  void go_back(std::uint8_t a) {
    Registers registers = machine_.registers();
    const auto pull = [&] { return machine_.peek(static_cast<std::uint16_t>(0x100 + ++registers.s)); };
    const std::uint8_t low = pull();
    registers.pc = static_cast<std::uint16_t>((low | pull() << 8) + 1);
    registers.a = a;
    machine_.set_registers(registers);
    machine_.take_cycles(6);
  }

  Machine& machine_;
  int programs_ = 0;
  std::string name_;
  std::string output_;
};

class Lorenz : public ::testing::TestWithParam<EngineCase> {};

TEST_P(Lorenz, suite_passes_up_to_trap16) {
  if (!std::filesystem::exists(Folder)) GTEST_SKIP() << Folder << " is not there";
  Machine machine = make_machine(GetParam().options);
  Suite suite(machine);
  suite.next(Whole ? " start" : "trap1");
  const Stopped stopped = machine.run(5'000'000'000);
  EXPECT_EQ(stopped.reason, StopReason::Asked) << stopped.message;
  EXPECT_EQ(suite.name(), "trap17") << suite.output();
  EXPECT_EQ(suite.programs(), Whole ? 238 : 16);
  RecordProperty("cycles", std::to_string(machine.cycle()));
  RecordProperty("regions", std::to_string(machine.statistics().regions));
}

/// The JIT as users have it: what is hot is compiled meanwhile.
std::vector<EngineCase> cases() {
  std::vector<EngineCase> all = engine_cases();
  for (EngineCase& engine : all)
    if (engine.options.engine == Engine::Jit) engine.options = MachineOptions{};
  return all;
}

INSTANTIATE_TEST_SUITE_P(Engines, Lorenz, ::testing::ValuesIn(cases()), engine_name);

}  // namespace
}  // namespace inlay::m6502
