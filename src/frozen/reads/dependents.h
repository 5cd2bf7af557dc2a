// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who is told when something constant ceases to be: code that was made from it, and is to be used no more.
//
// Bytes that were read cease to be constant in three ways: a range that was promised to change rarely is changed
// (Changing), a promise is withdrawn, or a region's last owner goes and its memory with it. Each retires exactly the
// dependents whose reads it touches, before it goes on: before the change is written, before withdraw() returns, before
// the memory goes.
//
//   compile:  read … read (each notes a generation)  ──►  depend(): all of it still true?  ──yes──►  install()
//                                                                      └──no──►  compile again, or leave it
//   change:   new generation, nothing there is constant meanwhile  ──►  retire() each touched  ──►  the writes
//
// Both sides take one lock for the step that the other one must not see halfway, so code that overlapped with a change
// is either refused or retired: it never stays.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "frozen/reads/reads.h"

namespace inlay::frozen {

/// Why something is retired.
struct Retirement {
  enum class Cause : std::uint8_t { Changed, Withdrawn, Freed } cause;
  std::string_view region;  // its name; valid during the call
};

/// Something that was made from constants: a version of compiled code. Both functions are called with the lock held
/// that depend(), ~Dependency(), changes, withdrawals and the end of regions take. So they may exchange pointers,
/// count, and note for later; they must not
///  - call depend(), or destroy a Dependency or the last owner of a region (such as compiled code): hand those over to
///    be destroyed later, on any thread;
///  - take a lock that is held anywhere around one of these;
///  - block, or run a user's code.
class Dependent {
 public:
  /// Begin to use it: what it was made from is true, and retire() will be called before that ends.
  virtual void install() noexcept = 0;
  /// Stop using it: who asks from now on, even from another thread once the caller has told it, must not get it any
  /// more. Who got it before may finish. Called at most once for each install(), on the thread that changes, withdraws
  /// or frees.
  virtual void retire(const Retirement& why) noexcept = 0;

 protected:
  ~Dependent() = default;
};

/// One dependent's place in the table. Movable. When it is destroyed its dependent is not being retired, and never will
/// be: do that before the dependent goes. To outlive the retirement is fine.
class Dependency {
 public:
  struct Entry;

  Dependency();
  explicit Dependency(std::unique_ptr<Entry> entry);
  Dependency(Dependency&&) noexcept;
  Dependency& operator=(Dependency&&) noexcept;
  ~Dependency();

  /// Whether depend() accepted it. Says nothing of what became of it since.
  explicit operator bool() const { return entry_ != nullptr; }

 private:
  std::unique_ptr<Entry> entry_;
};

/// If all of `reads` (such as jit::Code::reads; copied, in any order) are still true, calls dependent.install() and
/// sees to it that dependent.retire() is called before one of them ceases to be. Else calls nothing and returns an
/// empty Dependency: something that was read has changed, is being changed, was withdrawn or freed. Then read again:
/// compile anew. Regions need not be held; the ids of objects are never reused. Safe from any thread.
Dependency depend(Dependent& dependent, std::span<const Read> reads);

/// Whether depend() would accept these reads at the moment: worth asking before the costly steps of a compilation.
bool is_current(std::span<const Read> reads);

/// How many dependents are registered and not retired; for counters and tests.
std::size_t dependent_count();

}  // namespace inlay::frozen
