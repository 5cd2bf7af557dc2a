// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The inside of a Runner.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/tables.h"
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

  /// What runs the next block; null: the interpreter.
  const Code* code() const { return code_.load(std::memory_order_acquire); }
  Tier tier() const { return code() ? code()->tier : Tier::Interpreter; }
  /// Counts a block; then, if it is time, asks for better code. `left`: rows of the batch that are to come.
  void count(Tier tier, std::int64_t rows, std::int64_t nanoseconds, std::int64_t left);
  /// Where the options name an engine that compiles: at the first row, in the thread that has it.
  void compile_first();

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
  std::optional<DictionaryTables> tables;

 private:
  void use_own_copies();
  void consider(Tier tier, std::int64_t left);
  void ask_for(Tier tier);
  void compile(Tier tier);
  double milliseconds(Tier tier) const {
    return static_cast<double>(nanoseconds_[static_cast<std::size_t>(tier)].load(std::memory_order_relaxed)) / 1e6;
  }

  std::atomic<const Code*> code_ = nullptr;
  std::atomic<std::int64_t> rows_[3] = {}, nanoseconds_[3] = {};
  std::atomic<std::int64_t> next_look_ = 0;  // nanoseconds in the tier at hand before it is considered again
  std::atomic<Tier> asked_ = Tier::Interpreter;
  std::once_flag first_;
  mutable std::mutex mutex_;                        // of what follows
  std::vector<std::unique_ptr<const Code>> codes_;  // all, for somebody may be running the older one
  CompileTimes times_[3];
  std::string refusal_;
};

/// The Jit of all runners; null, and why, if there is none.
const Jit* shared_jit(std::string* refusal);

}  // namespace inlay::filter
