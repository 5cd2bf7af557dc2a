// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Threads that compile in the background.
#pragma once

#include <functional>
#include <memory>
#include <vector>

namespace inlay::jit {

/// Whether the process is about to end, so that LLVM's own data may be gone: nothing is compiled any more.
bool process_is_ending();

/// Runs jobs, those of the highest priority first, each on some thread of its own. Threads are started by need. Any
/// thread may use it, jobs too, and a job may be the one that drops the last reference to it. At the end of the process
/// it stops by itself, before LLVM's own data goes.
class Pool {
 public:
  explicit Pool(unsigned threads, unsigned most_together = 1);
  Pool(const Pool&) = delete;
  /// Forgets the jobs that have not begun, and waits for those that have, but for the one that it is called from.
  ~Pool();

  /// False if it has no threads, or stops: the job will not run. A job must not throw.
  bool push(double priority, std::function<void()> job);

  /// Jobs that are better done together: one call does several of those that wait for the same function. It must not
  /// throw.
  using DoTogether = void (*)(const std::vector<std::weak_ptr<void>>& items);
  bool push(double priority, DoTogether run, std::weak_ptr<void> item);

  /// After fork(), in the child: it has none of the threads, and waits for nothing.
  bool is_of_another_process() const;

  /// Jobs that have not begun.
  std::size_t waiting() const;

  /// Waits until there is no job left that waits or runs; for tests and benchmarks. Not to be called from a job.
  void wait_idle();

 private:
  struct Job;
  bool push(Job job);

  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace inlay::jit
