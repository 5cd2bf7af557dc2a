// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// When better code is worth making: decided by what was measured, and by nothing else.
#pragma once

#include <cstdint>

namespace inlay::filter {

/// What is known at the edge of a block.
struct Spent {
  double ms = 0;          // in the code at hand so far, by all threads
  std::int64_t rows = 0;  // in that time
  std::int64_t left = 0;  // rows that are sure to come
  double cost = 0;        // ms that compiling will take
  double saves = 0;       // part of a row's time that the better code saves
};

/// Whether compiling pays by what is certain to come, whoever needs the processor meanwhile.
bool pays_for_certain(const Spent& spent);
/// Whether as much was spent as justifies a bet on more to come. If the processors are all in use, compiling takes
/// their time: then it is not to be more than 5 % of what was spent.
bool pays_by_experience(const Spent& spent, bool processor_is_free);

/// Whether a processor has nothing to do at this moment, as far as one can tell.
bool processor_is_free();

/// An estimate, before the first compilation of a program of so many instructions, and of the optimizing one after it.
double quick_cost(std::size_t instructions);
double optimized_cost(double quick_ms, std::size_t instructions);

}  // namespace inlay::filter
