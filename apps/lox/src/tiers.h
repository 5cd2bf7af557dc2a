// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which functions and loops are compiled, and when. How is Inlay's business: it gets the closures as they are.
#pragma once

#include "frame.h"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <inlay/changing.h>
#include <inlay/inlay.h>

namespace lox {

enum class Mode {
  Off,     // closures
  On,      // what is hot is compiled in the background
  Always,  // every function is compiled before its first call
};

/// Sites lie apart from the closures, which do not change. Nothing here uses `new`, since sites are made within
/// freeze().
class SiteMemory {
 public:
  SiteMemory() = default;
  SiteMemory(const SiteMemory&) = delete;
  SiteMemory& operator=(const SiteMemory&) = delete;
  ~SiteMemory();

  Site* add();
  /// Promises of all sites added since the last time that they change rarely.
  inlay::Result<void> promise();
  /// A site becomes another, and the code that read it goes, if it can: what it does is right all the same (site.h).
  void change(Site& site, const Site& next);

 private:
  struct Chunk;
  Chunk* chunks_ = nullptr;  // the newest first
};

/// What is inlined into a function that is compiled.
inlay::InlineChoice choose_inlining(const inlay::CallSite& call);

class Tiers final : public TierUp {
 public:
  /// Sets Inlay up when something is to be compiled, since that takes longer than most scripts. Where the user says by
  /// INLAY_JIT what it is to do, at once: throws std::runtime_error if that means nothing.
  explicit Tiers(Mode mode, inlay::CompileOptions options = {});

  SiteMemory& sites() { return sites_; }
  /// A program that is to run.
  inlay::Result<void> add(const Program& program);

  void function_is_warm(const Function& function) override;
  bool loop_is_warm(const Loop& loop) override;
  Flow run_loop(const Loop& loop, Frame& frame) override;
  void change(Site& site, const Site& next) override;

  using FunctionHandle = inlay::Function<Value(Vm&, Closure*, Roots, Object*, const Value*)>;
  using LoopHandle = inlay::Function<Flow(Frame&)>;
  struct CompiledFunction {
    const Function* function;
    FunctionHandle handle;
  };
  struct CompiledLoop {
    const Loop* loop;
    LoopHandle handle;
  };
  const std::deque<CompiledFunction>& functions() const { return functions_; }
  const std::deque<CompiledLoop>& loops() const { return loops_; }
  /// Waits for what is being compiled.
  void wait() const;

 private:
  /// Has it or makes it, compiled or not; null if Inlay refuses.
  CompiledFunction* handle_of(const Function& function);
  CompiledLoop* handle_of(const Loop& loop);

  /// Null if Inlay cannot be set up; then closures run as they are.
  const inlay::Jit* jit();

  std::optional<inlay::Result<inlay::Jit>> jit_;
  Mode mode_;
  inlay::CompileOptions options_;
  SiteMemory sites_;
  std::deque<CompiledFunction> functions_;
  std::deque<CompiledLoop> loops_;
};

}  // namespace lox
