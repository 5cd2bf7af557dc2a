// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What code depends on, as a number: names and contents, never handles, so that it is the same in every process.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
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

/// For each function (by its handle): `Always` for those that say so and are not huge, that are small and call nothing,
/// or that are called in one place only and known to nobody else (not exported, nowhere its address); never for
/// recursion, so that `Always` leads nowhere in circles. `within`: what the program consists of (Reach::functions). The
/// bodies of roots that are not exported are wanted whatever it says. `Never` is what says `noinline`, and assembly.
std::vector<Inlining> decide_inlining(const Module& module, std::span<const FunctionId> within);

/// The same for a program that changes, with what is worth remembering.
class InliningDecisions {
 public:
  InliningDecisions();
  InliningDecisions(InliningDecisions&&) noexcept;
  InliningDecisions& operator=(InliningDecisions&&) noexcept;
  ~InliningDecisions();

  std::vector<Inlining> decide(const Module& module, std::span<const FunctionId> within);
  /// After bodies of `changed`, and nothing else, have become others since the last decide(): whether that would give
  /// the same now. If not, it is to be called before this is asked again.
  bool still_hold(const Module& module, std::span<const FunctionId> changed);

 private:
  class Decision;
  std::unique_ptr<Decision> decision_;
};

/// Fingerprints of a verified and expanded module that does not change meanwhile: what types, names and constants say
/// is worked out once. One thread at a time.
class Fingerprinter {
 public:
  explicit Fingerprinter(const Module& module);
  Fingerprinter(Fingerprinter&&) noexcept;
  ~Fingerprinter();

  /// Of what it says itself: its name, body, signature, flags, layouts of its types, names and kinds of what it
  /// mentions, messages, lines counted from where it begins. Not of the bodies of what it calls nor of what data hold:
  /// code that is kept by it must have been made without looking at those. Not of names that are for people only.
  Fingerprint of(FunctionId function);
  /// Of what it holds at first, and the names of what it points to.
  Fingerprint of(DataId data);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

/// One of them.
Fingerprint fingerprint(const Module& module, FunctionId function);
Fingerprint fingerprint(const Module& module, DataId data);

/// Of what its code depends on: itself, and the bodies of what is always inlined into it. One for each of `within`, in
/// its order; `inlining` is by handle, as decide_inlining() gives it.
std::vector<Fingerprint> code_fingerprints(const Module& module, std::span<const FunctionId> within,
                                           std::span<const Inlining> inlining);

}  // namespace inlay::ir
