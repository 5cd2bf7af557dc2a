// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Versions of one function for values of its promoted arguments.
//
// Calls go through the gate to a dispatch, which is compiled: it compares the promoted arguments with the values that
// there are versions for, counts, and jumps to the version that fits, or to FunctionState::unversioned. There, some
// calls are looked at, and what values they pass is noted; a value whose calls have cost enough gets a version. Where
// there are as many as there may be, the version that is called least makes place for one that is called more.
//
// A dispatch is never changed, only replaced: it and the versions that it jumps to are given back together, when no
// call is under way that may be in it.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "frozen/reads/dependents.h"
#include "inlay/jit.h"
#include "jit/build.h"
#include "jit/tiers/heat.h"

namespace inlay::jit {

struct Managed;
struct Versions;

using Values = std::vector<std::uint64_t>;  // of the promoted arguments, in the order of the parameters

/// Code for some values, and what it was made from.
struct VersionCode final : frozen::Dependent {
  void install() noexcept override { valid.store(true); }
  void retire(const frozen::Retirement& why) noexcept override;

  Managed* managed = nullptr;  // alive as long as `dependency` is not empty
  Values values;
  Compiled compiled;
  Report report;
  std::atomic<bool> valid = false;
  alignas(8) std::uint64_t calls = 0;  // written by compiled code
  std::uint64_t calls_before = 0;      // when the versions were last compared
  frozen::Dependency dependency;

  std::uint64_t calls_now() const { return __atomic_load_n(&calls, __ATOMIC_RELAXED); }
};

/// Code that leads to versions, and these.
struct Dispatch {
  Compiled compiled;
  std::vector<std::shared_ptr<VersionCode>> versions;
};

/// Values that calls were seen to pass.
struct Candidate {
  Values values;
  Heat heat;
  Heat recent;           // of that, since the versions were last compared
  unsigned samples = 0;  // that `recent` is made of
  bool asked = false;    // a version is being made
  bool failed = false;   // none can be
};

/// What a function with promoted arguments has more than others. Under the function's mutex.
struct Versions {
  std::vector<unsigned> arguments;  // the promoted ones, among those of calls
  std::vector<bool> expected;       // only those calls get versions that pass the value which is given
  Values given;                     // these values; 0 for those that are not
  std::vector<std::shared_ptr<VersionCode>> all;
  std::shared_ptr<Dispatch> dispatch;
  std::vector<Candidate> candidates;
  std::uint64_t serial = 0;       // one more with each change of `all`
  std::uint64_t times_taken = 0;  // by take_versions(); what was being compiled then is not to be used
  bool renewing = false;          // a dispatch is being made for versions that have none
};

/// For requests with promoted parameters; takes the values that are expected out of the request. Null for others.
std::unique_ptr<Versions> versions_for(detail::Request& request);

/// A call that was looked at, and stands for so much heat, passed these arguments. Notes them; the values that are to
/// get a version, if any. None of them: only the dispatch is to be made anew. The function's mutex is held.
std::optional<Values> note_values(Managed& managed, const std::uint64_t* arguments, const Heat& heat);

/// Makes a version, unless `values` are none, and leads calls to all that there are. Any thread, without locks.
void compile_version(Managed& managed, const Values& values);

/// Takes all versions away, so that calls run the original or generic code. The function's mutex is held; what is
/// returned is to be given to drop_versions() without it.
struct Dropped {
  std::shared_ptr<Dispatch> dispatch;
  std::vector<std::shared_ptr<VersionCode>> versions;
};
Dropped take_versions(Managed& managed);
void drop_versions(Dropped dropped);

}  // namespace inlay::jit
