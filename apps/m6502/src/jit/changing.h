// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which bytes keep changing, seen from now and then: what is compiled does not rely on those. To learn that from code
// that was compiled in vain costs as much as compiling it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inlay::m6502 {

class ChangingBytes {
 public:
  /// Compares 65536 bytes with what they were at the last look. Takes some microseconds.
  void look(const std::uint8_t* memory);
  /// A byte that is known to have changed where it ought not to have.
  void has_changed(std::uint16_t address);
  /// To what was learned (65536 of ByteFact) it adds what it has seen to change in several of the last looks: bytes
  /// that are neither operands nor instructions to rely on.
  void add_to(std::vector<std::uint8_t>& facts) const;

 private:
  std::vector<std::uint8_t> last_;
  std::vector<std::uint8_t> changes_;
  int looks_ = 0;
};

}  // namespace inlay::m6502
