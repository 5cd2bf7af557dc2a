// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Memory of the user's own that changes rarely: a table of settings, the slots of a global environment. Compiled code
// has its contents as constants; a change says so, and retires exactly the code that read what changes.
//
//   inlay::Changing settings = inlay::promise_rarely_changed(&limits, sizeof limits, "limits").value();
//   ... compile functions that read `limits` ...
//   settings.change([] { limits.maximum = 20; }).value();  // functions that read any of it start anew
//
// What is promised, by whom:
//  - The program writes these bytes only within change(), from any thread. Inlay keeps no order among threads that
//    change the same bytes at once: they need a lock of their own, as without Inlay. Changes may nest and overlap.
//  - Within change(), its bytes are not constant: what is compiled meanwhile, on any thread, reads them when it runs.
//  - Calls that begin after change() has returned (as far as the caller's thread knows of that) see the new contents.
//    Calls that began before may go on with old ones, or see some old and some new; what the old contents point to
//    must stay until they are done.
//  - An exception in the function passes through; the change is made, with what was written until then.
#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "inlay/frozen.h"

namespace inlay {

/// A change under way: its bytes are not constant as long as it lives. For those whom Changing::change does not fit.
class Change {
 public:
  Change(Change&& other) noexcept : region_(std::move(other.region_)), begin_(other.begin_), bytes_(other.bytes_) {}
  Change& operator=(Change&&) = delete;
  ~Change();

 private:
  friend class Changing;
  Change(std::shared_ptr<frozen::Region> region, const void* begin, std::size_t bytes)
      : region_(std::move(region)), begin_(begin), bytes_(bytes) {}

  std::shared_ptr<frozen::Region> region_;
  const void* begin_;
  std::size_t bytes_;
};

/// The handle of a promise that memory changes rarely. Copies are the same promise; it ends when all of them and all
/// code that was compiled with it are gone, or with withdraw(). The memory must stay until then.
class Changing {
 public:
  explicit Changing(std::shared_ptr<frozen::Region> region) : region_(std::move(region)) {}
  const std::shared_ptr<frozen::Region>& region() const { return region_; }
  /// See frozen::status().
  Result<void> status() const { return frozen::status(*region_); }

  /// Retires the code that read any of the bytes, and runs `fn`, which may write them. Fails, without running `fn`,
  /// only if pages cannot be made writable.
  template <class Fn>
  auto change(Fn&& fn) const -> Result<std::decay_t<std::invoke_result_t<Fn>>> {
    return run(begin_change(), std::forward<Fn>(fn));
  }

  /// The same for `bytes` bytes at `begin` only: code that read others stays. Fails, without running `fn`, if they are
  /// not all within what was promised.
  template <class Fn>
  auto change(const void* begin, std::size_t bytes, Fn&& fn) const -> Result<std::decay_t<std::invoke_result_t<Fn>>> {
    return run(begin_change(begin, bytes), std::forward<Fn>(fn));
  }

  /// Changes until the result is destroyed.
  Result<Change> begin_change() const;
  Result<Change> begin_change(const void* begin, std::size_t bytes) const;

  /// The promise ends now: code that read the range is retired, and it is ordinary memory from then on, in which
  /// change() only runs its function. Calls that began before may still read it.
  void withdraw() const;

 private:
  template <class Fn>
  static auto run(Result<Change> change, Fn&& fn) -> Result<std::decay_t<std::invoke_result_t<Fn>>> {
    if (!change) return std::move(change).error();
    if constexpr (std::is_void_v<std::invoke_result_t<Fn>>) {
      std::forward<Fn>(fn)();
      return {};
    } else {
      return std::forward<Fn>(fn)();
    }
  }

  std::shared_ptr<frozen::Region> region_;
};

/// Promises that the `bytes` bytes at `begin` change only within Changing::change, but for the Mutable<T> among them.
/// With Strength::Pages, memory that begins and ends on page boundaries is write-protected between changes. With
/// Strength::Checked, verify_frozen() finds a write that was none; each change reads all of the range once for that.
/// Refuses what promise_constant refuses.
Result<Changing> promise_rarely_changed(const void* begin, std::size_t bytes, std::string name,
                                        Strength strength = Strength::Checked);

}  // namespace inlay
