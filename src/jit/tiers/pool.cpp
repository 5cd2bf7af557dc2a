// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/tiers/pool.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "frozen/recording.h"
#include "jit/observe/trace.h"
#include "jit/tiers/epoch.h"

namespace inlay::jit {

struct Pool::Job {
  double priority;
  std::function<void()> run;  // empty: `together` is what does it
  DoTogether together = nullptr;
  std::weak_ptr<void> item = {};
};

namespace {

/// How long a thread with nothing to do waits before it looks again whether replaced code can go.
constexpr std::chrono::milliseconds LookAgain{10};

/// What is done together is done at the end of it. So no more is taken than this part of what waits: else the first of
/// them would wait longer for the others than all of them save.
constexpr std::size_t TurnsWaiting = 4;

struct Worker {
  std::thread thread;
  std::shared_ptr<std::atomic<bool>> done;  // it has nothing more to do
};

}  // namespace

/// What the threads share with the pool: they may outlive it by a moment.
struct Pool::Shared : std::enable_shared_from_this<Shared> {
  Shared(unsigned its_most_threads, unsigned its_most_together)
      : most_threads(its_most_threads), most_together(its_most_together) {}

  static bool is_colder(const Job& a, const Job& b) { return a.priority < b.priority; }
  std::vector<Job> take();
  void work();
  void start_thread();
  void stop();
  static void leave(Worker worker);
  static void stop_all();
  static void stop_with_main_thread();
  static const bool stops_with_who_loads;
  static thread_local const Shared* worked_for;  // whose thread this is

  const unsigned most_threads, most_together;
  const pid_t process = getpid();  // after fork(), a child has none of these threads
  std::mutex mutex;
  std::condition_variable more, idle;
  std::vector<Job> jobs;  // a heap: the one of the highest priority in front
  unsigned running = 0;
  bool stopping = false;
  std::vector<Worker> threads;
  unsigned alive = 0;  // of them, and of those that are being waited for
  std::condition_variable ended;
};

namespace {

/// The pools of this process, to be stopped at its end. Never destroyed.
struct AllPools {
  std::atomic<bool> ended = false;  // no thread is started any more
  std::mutex mutex;
  std::set<void*> pools;
  std::vector<Worker> leaving;  // threads that destroyed their own pool, and so could not be waited for
  pid_t process_of_leaving = getpid();
  std::vector<Worker> of_another_process;  // after fork(): they can be neither joined nor dropped
};
AllPools& all_pools() {
  static AllPools* const all = new AllPools;
  return *all;
}

/// Keeps threads that are the parent's. The mutex of all pools is held.
void give_up(std::vector<Worker>& workers) {
  std::vector<Worker>& kept = all_pools().of_another_process;
  kept.insert(kept.end(), std::make_move_iterator(workers.begin()), std::make_move_iterator(workers.end()));
  workers.clear();
}

/// Waits for the threads that are leaving, but for this one; unless `all_of_them`, for those that have nothing more to
/// do.
void join_leaving(bool all_of_them) {
  AllPools& all = all_pools();
  std::vector<Worker> leaving;
  {
    std::lock_guard lock(all.mutex);
    if (all.process_of_leaving != getpid()) return;  // after fork(): they are the parent's
    const auto taken = std::partition(all.leaving.begin(), all.leaving.end(), [&](const Worker& worker) {
      return worker.thread.get_id() == std::this_thread::get_id() || !(all_of_them || worker.done->load());
    });
    leaving.assign(std::make_move_iterator(taken), std::make_move_iterator(all.leaving.end()));
    all.leaving.erase(taken, all.leaving.end());
  }
  for (Worker& worker : leaving) worker.thread.join();
}

}  // namespace

void Pool::Shared::stop_all() {
  AllPools& all = all_pools();
  all.ended.store(true);
  for (;;) {
    std::shared_ptr<Shared> shared;
    {
      std::lock_guard lock(all.mutex);
      if (all.pools.empty()) break;
      shared = static_cast<Pool*>(*all.pools.begin())->shared_;
      all.pools.erase(all.pools.begin());
    }
    shared->stop();
  }
  join_leaving(/*all_of_them=*/true);
  write_trace_files();  // with all that was compiled; LLVM, which writes them, is still there
}

/// LLVM makes statics as it goes, which are destroyed before anything that was registered with atexit() earlier. What
/// exit() runs before all of that are the destructors of its thread's variables, mostly the main thread's.
void Pool::Shared::stop_with_main_thread() {
  struct Ending {
    ~Ending() {
      if (gettid() == getpid()) stop_all();
    }
  };
  static thread_local const Ending ending;
  static_cast<void>(ending);
}

// The pools of other threads must end before LLVM's statics do as well. While libraries are loaded, it is mostly the
// main thread that runs.
const bool Pool::Shared::stops_with_who_loads = (stop_with_main_thread(), true);

bool process_is_ending() { return all_pools().ended.load(std::memory_order_relaxed); }

thread_local const Pool::Shared* Pool::Shared::worked_for = nullptr;

void Pool::Shared::start_thread() {
  const frozen::Unrecorded unrecorded;
  auto done = std::make_shared<std::atomic<bool>>(false);
  threads.push_back({std::thread([self = shared_from_this(), done] {
                       worked_for = self.get();
                       self->work();
                       {
                         std::lock_guard lock(self->mutex);
                         --self->alive;
                       }
                       self->ended.notify_all();
                       done->store(true);
                     }),
                     done});
  ++alive;
  pthread_setname_np(threads.back().thread.native_handle(), "inlay");
}

/// The job of the highest priority, and those that are to be done with it. The mutex is held.
std::vector<Pool::Job> Pool::Shared::take() {
  std::pop_heap(jobs.begin(), jobs.end(), is_colder);
  std::vector<Job> taken;
  taken.push_back(std::move(jobs.back()));
  jobs.pop_back();
  const DoTogether together = taken.front().together;
  if (!together || most_together < 2) return taken;
  const auto others =
      std::partition(jobs.begin(), jobs.end(), [&](const Job& job) { return job.together != together; });
  const auto like_it = static_cast<std::size_t>(jobs.end() - others) + 1;
  const std::size_t more = std::clamp<std::size_t>(like_it / TurnsWaiting, 1, most_together) - 1;
  const auto colder = jobs.end() - static_cast<std::ptrdiff_t>(more);
  std::nth_element(others, colder, jobs.end(), is_colder);
  taken.insert(taken.end(), std::make_move_iterator(colder), std::make_move_iterator(jobs.end()));
  jobs.erase(colder, jobs.end());
  std::make_heap(jobs.begin(), jobs.end(), is_colder);
  return taken;
}

void Pool::Shared::work() {
  std::unique_lock lock(mutex);
  for (;;) {
    if (stopping) return;
    if (jobs.empty()) {
      lock.unlock();
      const bool all_gone = reclaim_what_was_left() == 0;
      lock.lock();
      if (!jobs.empty() || stopping) continue;
      if (all_gone)
        more.wait(lock);
      else
        more.wait_for(lock, LookAgain);
      continue;
    }
    std::vector<Job> taken = take();
    ++running;
    lock.unlock();
    if (const DoTogether together = taken.front().together) {
      std::vector<std::weak_ptr<void>> items;
      for (Job& job : taken) items.push_back(std::move(job.item));
      together(items);
    } else {
      taken.front().run();
    }
    taken.clear();  // what a job holds may hold the pool
    lock.lock();
    if (--running == 0 && jobs.empty()) idle.notify_all();
  }
}

/// This thread ends soon. Who ends the process waits for that, since it may have work of LLVM's behind it.
void Pool::Shared::leave(Worker worker) {
  AllPools& all = all_pools();
  const frozen::Unrecorded unrecorded;
  std::lock_guard lock(all.mutex);
  if (std::exchange(all.process_of_leaving, getpid()) != getpid()) give_up(all.leaving);
  all.leaving.push_back(std::move(worker));
}

void Pool::Shared::stop() {
  const bool is_parents = process != getpid();
  std::vector<Worker> ending;
  std::vector<Job> forgotten;  // destroyed without the lock
  {
    std::lock_guard lock(mutex);
    stopping = true;
    ending.swap(threads);
    forgotten.swap(jobs);
    // At once, so that at no moment nobody knows of this thread.
    const auto own = std::find_if(ending.begin(), ending.end(), [](const Worker& worker) {
      return worker.thread.get_id() == std::this_thread::get_id();
    });
    if (!is_parents && own != ending.end()) {
      leave(std::move(*own));
      ending.erase(own);
    }
  }
  more.notify_all();
  idle.notify_all();
  if (is_parents) {
    const frozen::Unrecorded unrecorded;
    std::lock_guard lock(all_pools().mutex);
    give_up(ending);
    return;
  }
  for (Worker& worker : ending) worker.thread.join();
  join_leaving(/*all_of_them=*/false);
  // Another thread may be waiting for them at this moment. Then this one waits as well.
  std::unique_lock lock(mutex);
  if (worked_for != this) ended.wait(lock, [&] { return alive == 0; });
}

Pool::Pool(unsigned threads, unsigned most_together) : shared_(std::make_shared<Shared>(threads, most_together)) {
  static const int registered = std::atexit(&Shared::stop_all);
  static_cast<void>(registered);
  Shared::stop_with_main_thread();
  if (threads == 0) return;
  AllPools& all = all_pools();
  std::lock_guard lock(all.mutex);
  all.pools.insert(this);
}

Pool::~Pool() {
  shared_->stop();
  // Not before: at the end of the process, each thread is known through its pool or as one that leaves.
  AllPools& all = all_pools();
  std::lock_guard lock(all.mutex);
  all.pools.erase(this);
}

bool Pool::push(Job job) {
  const frozen::Unrecorded unrecorded;
  Shared& shared = *shared_;
  if (shared.most_threads == 0 || is_of_another_process()) return false;
  Shared::stop_with_main_thread();
  std::lock_guard lock(shared.mutex);
  if (shared.stopping || all_pools().ended.load()) return false;
  shared.jobs.push_back(std::move(job));
  std::push_heap(shared.jobs.begin(), shared.jobs.end(), Shared::is_colder);
  if (shared.threads.size() < shared.most_threads && shared.jobs.size() + shared.running > shared.threads.size())
    shared.start_thread();
  shared.more.notify_one();
  return true;
}

bool Pool::push(double priority, std::function<void()> run) { return push(Job{priority, std::move(run), nullptr, {}}); }

bool Pool::push(double priority, DoTogether run, std::weak_ptr<void> item) {
  return push(Job{priority, nullptr, run, std::move(item)});
}

bool Pool::is_of_another_process() const { return shared_->process != getpid(); }

std::size_t Pool::waiting() const {
  std::lock_guard lock(shared_->mutex);
  return shared_->jobs.size();
}

void Pool::wait_idle() {
  Shared& shared = *shared_;
  if (is_of_another_process()) return;
  std::unique_lock lock(shared.mutex);
  shared.idle.wait(lock, [&] { return shared.stopping || (shared.jobs.empty() && shared.running == 0); });
}

}  // namespace inlay::jit
