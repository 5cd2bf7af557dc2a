// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a Runner.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "interpret/interpret.h"

namespace inlay::filter {

/// Compiled code of a program. Never changes.
struct Code {
  Tier tier = Tier::Quick;
  std::optional<CompiledFilter> filter;
  std::optional<CompiledProjection> projection;
};

struct Runner::State : std::enable_shared_from_this<Runner::State> {
  State(Plan plan, Kind kind, const FilterOptions& options, Cpu cpu, const Expressions* expressions);

  /// What runs the next block of a batch with or without bitmaps; null: the interpreter.
  const Code* code(bool bitmaps) const;
  Tier tier() const;
  /// Counts a block; then, if it is time, asks for better code. `left`: rows of the batch that are to come.
  void count(bool bitmaps, Tier tier, std::int64_t rows, std::int64_t nanoseconds, std::int64_t left);
  /// Where the options name an engine that compiles: at the first row, in the thread that has it.
  void compile_first(bool bitmaps);

  Statistics statistics() const;

  Schema schema;
  std::optional<Registry> own_registry;
  Plan plan;
  const Kind kind;
  const Engine engine;
  const Cpu cpu;
  std::vector<std::string> texts;  // by instruction: of those that may raise
  std::optional<InterpretedProgram> interpreted;
  std::vector<const void*> objects;  // for Scope::objects

 private:
  /// Batches with bitmaps have code of their own.
  struct Variant {
    std::atomic<const Code*> code = nullptr;
    std::atomic<std::int64_t> rows[3] = {}, nanoseconds[3] = {};
    std::atomic<std::int64_t> next_look = 0;  // nanoseconds in the tier at hand before it is considered again
    std::atomic<Tier> asked = Tier::Interpreter;
    std::once_flag first;

    double milliseconds(Tier tier) const {
      return static_cast<double>(nanoseconds[static_cast<std::size_t>(tier)].load(std::memory_order_relaxed)) / 1e6;
    }
  };

  void use_own_copies();
  void consider(bool bitmaps, Tier tier, std::int64_t left);
  void ask_for(bool bitmaps, Tier tier);
  void compile(bool bitmaps, Tier tier);

  Variant variants_[2];                             // the second is for batches with bitmaps
  mutable std::mutex mutex_;                        // of what follows
  std::vector<std::unique_ptr<const Code>> codes_;  // all, for somebody may be running the older one
  CompileTimes times_[3];                           // of the last ones
  std::string refusal_;
};

/// The Jit of all runners; null, and why, if there is none.
const Jit* shared_jit(std::string* refusal);

}  // namespace inlay::filter
