// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A unit: code under construction, the waist that every way in ends with and every way out starts from.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "inlay/result.h"

namespace inlay {

/// A module of code under construction, together with the runtime bodies it can draw on (every runtime that is linked
/// into this process). Move-only; not safe for use from two threads at once. `inlay/llvm.h` shows it as LLVM's Module.
class Unit {
 public:
  /// An empty unit for this machine. The name appears in dumps and in debug information only.
  static Unit create(std::string_view name);

  Unit(Unit&&) noexcept;
  Unit& operator=(Unit&&) noexcept;
  ~Unit();

  /// The code as LLVM's text, for looking at.
  std::string to_text() const;

  struct State;
  explicit Unit(std::unique_ptr<State> state);
  State& state() { return *state_; }
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace inlay
