// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "engine/tiers.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <thread>

namespace inlay::filter {

bool pays_for_certain(const Spent& spent) {
  // Where compiling shares the processor with the rows, it takes twice as long.
  constexpr double Margin = 3;
  if (spent.rows == 0) return false;
  const double to_come = spent.ms / static_cast<double>(spent.rows) * static_cast<double>(spent.left);
  return to_come * spent.saves > Margin * spent.cost;
}

bool pays_by_experience(const Spent& spent, bool processor_is_free) {
  constexpr double WhenFree = 2, WhenBusy = 20;
  return spent.ms > spent.cost * (processor_is_free ? WhenFree : WhenBusy);
}

bool processor_is_free() {
  // `0.20 0.18 0.12 2/11206 …`: threads that run or want to.
  char text[128];
  const int file = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0) return false;
  text[size] = 0;
  const char* at = text;
  for (int word = 0; word < 3 && *at; ++at)
    if (*at == ' ') ++word;
  const long running = std::strtol(at, nullptr, 10);
  return running > 0 && running < static_cast<long>(std::thread::hardware_concurrency());
}

double quick_cost(std::size_t instructions) { return 1.2 + 0.02 * static_cast<double>(instructions); }

// Measured: 12 ms after 1.5 to 24 ms after 5, for conditions of one to fifty tests; more than in
// proportion for what is longer: 2 s after 15 ms for 2,500 instructions.
double optimized_cost(double quick_ms, std::size_t instructions) {
  constexpr std::size_t Long = 700;
  return 10 + 4 * quick_ms + (instructions > Long ? quick_ms * static_cast<double>(instructions) / 20 : 0);
}

}  // namespace inlay::filter
