// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The engine behind Jit: what all of its functions share. The linker, the threads, the budget and its counters, LLVM
// contexts to work in.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "frozen/reads/reads.h"
#include "frozen/registry.h"
#include "inlay/jit.h"
#include "jit/link/linker.h"
#include "jit/observe/trace.h"
#include "jit/options.h"
#include "jit/tiers/pool.h"
#include "jit/tiers/tally.h"
#include "runtime/unit.h"

namespace inlay::jit {

class Engine;

/// Code in this process. Gone, with its hold on the frozen memory it reads, when the last owner goes.
struct Code {
  ~Code();
  std::shared_ptr<Engine> engine;
  llvm::orc::JITDylib* library = nullptr;
  std::shared_ptr<Code> batch;  // whose code this is a part of; then `engine` and `library` are null
  std::vector<std::shared_ptr<frozen::Region>> regions;
  std::vector<frozen::Read> reads;  // what it was made from
  std::uint64_t bytes = 0;
};

/// What is said where nothing more is compiled, as Engine::has_budget() said no.
Error budget_is_used_up();

class Engine : public std::enable_shared_from_this<Engine> {
 public:
  static Result<std::shared_ptr<Engine>> create(const JitOptions& options);

  const JitOptions& options() const { return options_; }
  const Policy& policy() const { return options_.policy; }
  const std::optional<Trace>& trace() const { return options_.trace; }
  Pool& pool() { return pool_; }
  Tally& tally() { return tally_; }
  Counters counters();
  /// Whether the policy allows for more code, and more time to make it.
  bool has_budget() const;
  /// Whether it ever will again: time does not come back.
  bool has_time() const;

  /// Links an object. `symbols` come before what the runtimes and the process define. `titles`: how debuggers and
  /// profilers are to call functions of the object, by their symbols; others have the names of these.
  Result<std::shared_ptr<Code>> link(codegen::Object object, const std::vector<HostSymbol>& symbols,
                                     std::map<std::string, std::string> titles = {});

  /// The address of something that the code defines; an error names the symbols that are missing.
  Result<void*> address(const Code& code, const std::string& name);

  /// An LLVM context with runtime bodies that nobody else uses meanwhile; no lock is held. The engine keeps it for the
  /// next one.
  class Borrowed {
   public:
    explicit Borrowed(Engine& engine);
    Borrowed(const Borrowed&) = delete;
    ~Borrowed();
    runtime::Workspace& operator*() const { return *workspace_; }

   private:
    Engine& engine_;
    std::unique_ptr<runtime::Workspace> workspace_;
  };

  /// A name that no other code of this engine has.
  std::string unique_name(const char* prefix);

 private:
  Engine(const JitOptions& options, const Environment& environment, std::unique_ptr<Linker> linker)
      : options_(options),
        trace_file_(environment.trace_file.empty() ? nullptr : new_trace_file(*options_.trace, environment.trace_file)),
        linker_(std::move(linker)),
        pool_(options_.policy.threads, options_.policy.batch) {}
  friend struct Code;

  const JitOptions options_;
  const std::shared_ptr<const void> trace_file_;  // goes last, so that nothing is missing
  Tally tally_;

  const std::unique_ptr<Linker> linker_;
  std::mutex workspaces_mutex_;
  std::vector<std::unique_ptr<runtime::Workspace>> workspaces_;  // that nobody uses
  std::atomic<std::uint64_t> counter_ = 0;
  Pool pool_;  // ends first
};

}  // namespace inlay::jit
