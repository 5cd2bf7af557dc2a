// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What code depends on, as a number: names and contents, never handles, so that it is the same in every process.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "inlay/ir/module.h"

namespace inlay::ir {

struct Fingerprint {
  std::uint64_t low = 0, high = 0;
  friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

/// How a call of a function is compiled, decided on the program alone.
enum class Inlining : std::uint8_t {
  Never,   // it stays a call, whatever the code generator thinks
  Free,    // as the code generator likes
  Always,  // the body takes the call's place
};

/// For each function (by its handle): `Always` for those that say so, that are small, or that are called in one place
/// only and known to nobody else; never for recursion. `within`: what the program consists of (Reach::functions).
std::vector<Inlining> decide_inlining(const Module& module, std::span<const FunctionId> within);

/// Of what a function says itself: body, signature, layouts of its types, names of what it mentions, lines counted from
/// where it begins. Not of the bodies of what it calls.
Fingerprint fingerprint(const Module& module, FunctionId function);
Fingerprint fingerprint(const Module& module, DataId data);

/// Of what its code depends on: itself, and the bodies of what is always inlined into it.
std::vector<Fingerprint> code_fingerprints(const Module& module, std::span<const FunctionId> within,
                                           std::span<const Inlining> inlining);

}  // namespace inlay::ir
