// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/arena.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cstdlib>
#include <vector>

#include "../../tests/sanitized.h"

namespace inlay {
namespace {

TEST(ReservationDeath, leaves_addresses_to_others_where_they_are_few) {
  if (Sanitized) GTEST_SKIP() << "sanitizers want more addresses than this test leaves";
  const auto reserves = [] {
    constexpr std::size_t Gib = std::size_t{1} << 30;
    const rlimit limit{2 * Gib, 2 * Gib};
    if (setrlimit(RLIMIT_AS, &limit) != 0) std::_Exit(2);
    std::vector<Reservation> reservations;
    for (int i = 0; i < 20; ++i) reservations.emplace_back(4 * Gib);
    for (Reservation& reservation : reservations)
      if (!reservation.commit(16 << 20)) std::_Exit(3);
    void* rest = mmap(nullptr, Gib / 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::_Exit(rest == MAP_FAILED ? 4 : 0);
  };
  EXPECT_EXIT(reserves(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace inlay
