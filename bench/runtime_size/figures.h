// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a run with one runtime prints, in this order, in microseconds.
#pragma once

namespace bench {

struct Figures {
  enum {
    BeforeMain,       // CPU: loading the program, registering the runtime
    Create,           // CPU: Jit::create
    First,            // CPU: the first optimize
    FirstLookUp,      // wall: of it, what is not in the report's phases
    FirstLoad,        // wall
    FirstSpecialize,  // wall
    Other,            // CPU: optimize of a chain of functions not used before
    OtherLoad,        // wall
    OtherSpecialize,  // wall
    Again,            // CPU: the first chain's functions, with other constants
    Count
  };
};

constexpr bool is_wall_time(int figure) {
  return (figure >= Figures::FirstLookUp && figure <= Figures::FirstSpecialize) || figure == Figures::OtherLoad ||
         figure == Figures::OtherSpecialize;
}

}  // namespace bench
