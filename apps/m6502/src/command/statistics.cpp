// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/statistics.h"

namespace inlay::m6502::command {

void write_statistics(std::FILE* file, const Session& session, std::int64_t cycles, double seconds) {
  const Statistics s = session.machine->statistics();
  const double mhz = seconds > 0 ? static_cast<double>(cycles) / seconds / 1e6 : 0;
  std::fprintf(file, "%lld cycles in %.3f s: %.1f MHz\n", static_cast<long long>(cycles), seconds, mhz);
  if (session.machine->options().engine == Engine::Step)
    std::fprintf(file, "%lld instructions\n", static_cast<long long>(s.instructions));
  if (s.interrupts != 0) std::fprintf(file, "%lld interrupts\n", static_cast<long long>(s.interrupts));
  if (session.system) std::fprintf(file, "%lld system calls\n", static_cast<long long>(session.system->calls()));
  if (session.machine->options().engine == Engine::Jit)
    std::fprintf(file,
                 "%lld regions of %lld instructions, compiled in %.1f ms, entered %lld times; %lld invalidated, %lld "
                 "operands read as data, %lld bytes left to the interpreter\n",
                 static_cast<long long>(s.regions), static_cast<long long>(s.region_instructions), s.compile_ms,
                 static_cast<long long>(s.entered), static_cast<long long>(s.invalidated),
                 static_cast<long long>(s.dynamic_operands), static_cast<long long>(s.interpreted_bytes));
  if (s.failed != 0)
    std::fprintf(file, "%lld regions could not be compiled; the last: %s\n", static_cast<long long>(s.failed),
                 s.failure.c_str());
}

}  // namespace inlay::m6502::command
