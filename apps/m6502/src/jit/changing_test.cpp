// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/changing.h"

#include <gtest/gtest.h>

#include "jit/region.h"

namespace inlay::m6502 {
namespace {

constexpr std::size_t Addresses = 65536;
constexpr std::uint16_t At = 0x1234;

std::uint8_t fact_of(const ChangingBytes& changing, std::uint16_t address) {
  std::vector<std::uint8_t> facts(Addresses);
  changing.add_to(facts);
  return facts[address];
}

TEST(ChangingBytes, what_was_loaded_once_or_twice_is_relied_on) {
  ChangingBytes changing;
  std::vector<std::uint8_t> memory(Addresses);
  for (int look = 0; look < 20; ++look) {
    if (look == 5 || look == 7) ++memory[At];
    changing.look(memory.data());
  }
  EXPECT_EQ(fact_of(changing, At), 0);
}

TEST(ChangingBytes, what_changes_from_look_to_look_is_not) {
  ChangingBytes changing;
  std::vector<std::uint8_t> memory(Addresses);
  for (int look = 0; look < 4; ++look) {
    ++memory[At];
    changing.look(memory.data());
  }
  EXPECT_EQ(fact_of(changing, At), ByteDynamic | ByteInterpreted);
  EXPECT_EQ(fact_of(changing, At + 1), 0);
}

TEST(ChangingBytes, what_has_stopped_changing_is_relied_on_again) {
  ChangingBytes changing;
  std::vector<std::uint8_t> memory(Addresses);
  for (int look = 0; look < 400; ++look) {
    if (look < 40) ++memory[At];
    changing.look(memory.data());
  }
  EXPECT_EQ(fact_of(changing, At), 0);
}

TEST(ChangingBytes, a_byte_that_changed_while_it_was_compiled_needs_no_looks) {
  ChangingBytes changing;
  changing.has_changed(At);
  std::vector<std::uint8_t> memory(Addresses);
  changing.look(memory.data());
  EXPECT_EQ(fact_of(changing, At), ByteDynamic | ByteInterpreted);
}

}  // namespace
}  // namespace inlay::m6502
