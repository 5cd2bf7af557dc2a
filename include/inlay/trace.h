// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A record of what a Jit does and when, to look at in chrome://tracing or ui.perfetto.dev.
//
//   auto trace = inlay::Trace::start();
//   auto jit = inlay::Jit::create({.trace = trace}).value();
//   …
//   trace.write("jit.json").value();
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "inlay/result.h"

namespace inlay {

/// Copies are the same record; several Jits may write to one. Safe from any thread.
class Trace {
 public:
  /// An empty record, with its clock at zero. It keeps at most `most_events`; what comes later is only counted.
  static Trace start(std::size_t most_events = 1'000'000);

  /// As one JSON object in the Trace Event Format, with times in microseconds.
  std::string to_json() const;
  /// The same into a file, which is replaced as a whole.
  Result<void> write(const std::string& path) const;
  /// How many events are missing.
  std::uint64_t dropped() const;

  struct State;
  State& state() const { return *state_; }
  explicit Trace(std::shared_ptr<State> state) : state_(std::move(state)) {}

 private:
  std::shared_ptr<State> state_;
};

}  // namespace inlay
