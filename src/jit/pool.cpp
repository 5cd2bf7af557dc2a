// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/pool.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "frozen/recording.h"
#include "jit/epoch.h"

namespace inlay::jit {

namespace {

struct Job {
  double priority;
  std::function<void()> run;
};

bool is_colder(const Job& a, const Job& b) { return a.priority < b.priority; }

/// How long a thread with nothing to do waits before it looks again whether replaced code can go.
constexpr std::chrono::milliseconds LookAgain{10};

}  // namespace

/// What the threads share with the pool: they may outlive it by a moment.
struct Pool::Shared : std::enable_shared_from_this<Shared> {
  explicit Shared(unsigned its_most_threads) : most_threads(its_most_threads) {}

  void work();
  void start_thread();
  void stop();

  const unsigned most_threads;
  const pid_t process = getpid();  // after fork(), a child has none of these threads
  std::mutex mutex;
  std::condition_variable more, idle;
  std::vector<Job> jobs;  // a heap: the one of the highest priority in front
  unsigned running = 0;
  bool stopping = false;
  std::vector<std::thread> threads;
};

namespace {

/// The pools of this process, to be stopped at its end. Never destroyed.
struct AllPools {
  std::mutex mutex;
  std::set<void*> pools;
};
AllPools& all_pools() {
  static AllPools* const all = new AllPools;
  return *all;
}

}  // namespace

void Pool::Shared::start_thread() {
  const frozen::Unrecorded unrecorded;
  threads.emplace_back([self = shared_from_this()] { self->work(); });
  pthread_setname_np(threads.back().native_handle(), "inlay");
}

void Pool::Shared::work() {
  std::unique_lock lock(mutex);
  for (;;) {
    if (stopping) return;
    if (jobs.empty()) {
      lock.unlock();
      const bool all_gone = collect_retired() == 0;
      lock.lock();
      if (!jobs.empty() || stopping) continue;
      if (all_gone)
        more.wait(lock);
      else
        more.wait_for(lock, LookAgain);
      continue;
    }
    std::pop_heap(jobs.begin(), jobs.end(), is_colder);
    Job job = std::move(jobs.back());
    jobs.pop_back();
    ++running;
    lock.unlock();
    job.run();
    job.run = nullptr;  // what it holds may hold the pool
    lock.lock();
    if (--running == 0 && jobs.empty()) idle.notify_all();
  }
}

void Pool::Shared::stop() {
  std::vector<std::thread> ending;
  std::vector<Job> forgotten;  // destroyed without the lock
  {
    std::lock_guard lock(mutex);
    stopping = true;
    ending.swap(threads);
    forgotten.swap(jobs);
  }
  more.notify_all();
  idle.notify_all();
  for (std::thread& thread : ending)
    if (process != getpid())
      new std::thread(std::move(thread));  // of another process: it can be neither joined nor dropped
    else if (thread.get_id() == std::this_thread::get_id())
      thread.detach();
    else
      thread.join();
}

Pool::Pool(unsigned threads) : shared_(std::make_shared<Shared>(threads)) {
  if (threads == 0) return;
  static const int registered = std::atexit([] {
    for (;;) {
      std::shared_ptr<Shared> shared;
      {
        AllPools& all = all_pools();
        std::lock_guard lock(all.mutex);
        if (all.pools.empty()) return;
        shared = static_cast<Pool*>(*all.pools.begin())->shared_;
        all.pools.erase(all.pools.begin());
      }
      shared->stop();
    }
  });
  static_cast<void>(registered);
  AllPools& all = all_pools();
  std::lock_guard lock(all.mutex);
  all.pools.insert(this);
}

Pool::~Pool() {
  {
    AllPools& all = all_pools();
    std::lock_guard lock(all.mutex);
    all.pools.erase(this);
  }
  shared_->stop();
}

bool Pool::push(double priority, std::function<void()> job) {
  const frozen::Unrecorded unrecorded;
  Shared& shared = *shared_;
  if (shared.most_threads == 0 || shared.process != getpid()) return false;
  std::lock_guard lock(shared.mutex);
  if (shared.stopping) return false;
  shared.jobs.push_back({priority, std::move(job)});
  std::push_heap(shared.jobs.begin(), shared.jobs.end(), is_colder);
  if (shared.threads.size() < shared.most_threads && shared.jobs.size() + shared.running > shared.threads.size())
    shared.start_thread();
  shared.more.notify_one();
  return true;
}

std::size_t Pool::waiting() const {
  std::lock_guard lock(shared_->mutex);
  return shared_->jobs.size();
}

void Pool::wait_idle() {
  Shared& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  shared.idle.wait(lock, [&] { return shared.stopping || (shared.jobs.empty() && shared.running == 0); });
}

}  // namespace inlay::jit
