// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A function on its way from the original to better and better code, and back.
//
// What calls run changes by storing pointers into the FunctionState; nobody waits. Two kinds of code:
// - Code that is known to stay (the best tier, never invalidated so far) is the entry itself: a call costs what a call
//   through a pointer costs. Nobody knows who runs it; so if it is invalidated after all, it is kept until the handle
//   goes, and the function's next code is of the other kind.
// - Code that may be replaced (the quick tier; what was invalidated before) is only called behind the gate
//   (inlay/gate.h), and its memory comes back when the last such call has ended.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "frozen/reads/dependents.h"
#include "inlay/jit.h"
#include "jit/build.h"
#include "jit/engine.h"
#include "jit/tiers/heat.h"
#include "jit/tiers/versions.h"

namespace inlay::jit {

struct Managed;

/// Code that calls run, or may be led to, and what it was made from.
struct Installation final : frozen::Dependent, std::enable_shared_from_this<Installation> {
  Installation(Managed& its_managed, Tier its_tier, std::uint64_t its_generation, Compiled its_compiled,
               Report its_report)
      : managed(its_managed),
        tier(its_tier),
        generation(its_generation),
        compiled(std::move(its_compiled)),
        report(std::move(its_report)) {}

  void install() noexcept override;
  void retire(const frozen::Retirement& why) noexcept override;

  Managed& managed;  // alive as long as `dependency` is not empty
  const Tier tier;
  const std::uint64_t generation;  // of the function, when compiling began
  Compiled compiled;
  Report report;
  bool installed = false;
  bool stays = false;  // the code is the entry itself
  std::shared_ptr<Installation> replaced;
  frozen::Dependency dependency;  // empty again before it waits to be reclaimed
};

/// A function in the library's hands. Owned by its FunctionState, and by whoever compiles it.
struct Managed : std::enable_shared_from_this<Managed> {
  Managed(std::shared_ptr<Engine> its_engine, detail::Request its_request, const CompileOptions& its_options);

  const std::shared_ptr<Engine> engine;
  const detail::Request request;
  const CompileOptions options;
  const std::string name;               // how reports call what was asked for
  std::atomic<unsigned> compiling = 0;  // threads that do so

  // What follows is changed under this lock. It is taken last: no other is taken while it is held, but the one in
  // reclaim_later(), and nothing is destroyed. LLVM works without it.
  std::mutex mutex;
  detail::FunctionState* state = nullptr;   // null: the handle is gone
  std::shared_ptr<Installation> current;    // null: calls run the original
  std::vector<std::shared_ptr<Code>> kept;  // that was the entry itself, and may be running
  Tier asked = Tier::Original;              // what a job waits for or runs for
  bool given_up = false;                    // nothing will be compiled by counting: the time for that is used up
  bool may_be_replaced = false;             // it was, so the next code goes behind the gate
  std::uint64_t generation = 0;             // one more with each invalidation
  std::optional<Error> failure;             // why the original as it is now was not compiled
  Report report;                            // of the last attempt
  std::unique_ptr<Versions> versions;       // null: no argument is promoted; else `current` is for other values
  // How hot it is, as far as calls were counted.
  Heat heat;
  std::uint64_t last_sample = 0;           // ticks
  std::uint32_t interval = FirstInterval;  // calls from one sample to the next
  EdgeClock edges;

  /// How traces and tools call it.
  const std::string& title() const { return options.name.empty() ? name : options.name; }
  /// Of a compilation that begins.
  Report empty_report() const {
    Report report;
    report.function = name;
    report.name = options.name;
    return report;
  }

  Tier tier() const { return current ? current->tier : Tier::Original; }
};

/// Leads calls to the original. Versions stay, and calls that fit one. The function's mutex is held.
void lead_to_original(Managed& managed);

/// The same, for good: its code is given up, and counting starts anew. `why` is for the report. The function's mutex is
/// held; what is returned is to be dropped without it.
std::shared_ptr<Installation> uninstall(Managed& managed, std::string why);

/// Gives up code that calls under way may still run. Null is fine.
void drop(std::shared_ptr<Installation> old);

/// Makes code of this tier for those functions that still want it, and leads their calls to it. Any thread.
void compile_managed(Engine& engine, const std::vector<std::shared_ptr<Managed>>& functions, Tier tier);

}  // namespace inlay::jit
