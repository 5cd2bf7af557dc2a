// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// System calls with whatever registers, C's stack and memory. The program has the read and the write end of a pipe, and
// may open nothing: no call may touch other descriptors or other memory.
#include "system/calls.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>

using namespace inlay::m6502;

namespace {

struct Guest {
  std::array<std::uint8_t, 0x10000> memory = {};
  std::uint8_t peek(std::uint16_t address) const { return memory[address]; }
  void poke(std::uint16_t address, std::uint8_t value) { memory[address] = value; }
};

struct Call {
  std::uint8_t number, a, x, y, s, stack_low, stack_high, place;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  static const int zero = ::open("/dev/zero", O_RDWR | O_CLOEXEC);
  const int standard[3] = {zero, null, -1};
  const char* const words[] = {"name", "", "an argument"};
  constexpr std::uint8_t CStack = 0xFF;  // its high byte lies in the next page
  auto system = std::make_unique<SystemCalls<Guest>>(CStack, false, standard, words, 3);
  auto guest = std::make_unique<Guest>();
  for (Call call; size >= sizeof call; data += sizeof call, size -= sizeof call) {
    std::memcpy(&call, data, sizeof call);
    guest->memory[CStack] = call.stack_low;
    guest->memory[CStack + 1] = call.stack_high;
    for (std::size_t k = 0; k < 6 && k < size; ++k)  // arguments: what follows
      guest->memory[static_cast<std::uint16_t>((call.stack_low | call.stack_high << 8) + k)] = data[k];
    CallRegisters registers{static_cast<std::uint16_t>(Sim65Calls + call.number % (Sim65CallsEnd - Sim65Calls)), call.a,
                            call.x, call.y, call.s};
    const bool opens = registers.pc == Sim65Calls;
    if (!system->call(*guest, registers)) {
      if (system->exit_code() != call.a) std::abort();
      return 0;
    }
    if (opens && (registers.a != 0xFF || registers.x != 0xFF)) std::abort();
  }
  return 0;
}
