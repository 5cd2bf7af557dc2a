// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Numbers for tests, benchmarks and examples that make their inputs: the same from a seed on every machine, unlike
// those of the standard library's distributions.
#pragma once

#include <cstdint>

namespace random_numbers {

/// splitmix64, by Sebastiano Vigna.
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
  }

 private:
  std::uint64_t state_;
};

/// What makers of programs ask for.
class Random : public SplitMix {
 public:
  using SplitMix::SplitMix;

  unsigned below(unsigned bound) { return static_cast<unsigned>(next() % bound); }
  int between(int least, int most) { return least + static_cast<int>(below(static_cast<unsigned>(most - least + 1))); }
  bool one_in(unsigned chances) { return below(chances) == 0; }
};

}  // namespace random_numbers
