// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/pipeline.h"

#include <condition_variable>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace inlay::filter::command {

namespace {

class Pipeline {
 public:
  Pipeline(const Stages& stages, int threads)
      : stages_(stages), waiting_(threads > 1 ? 4 * static_cast<std::size_t>(threads) : 1) {}

  void run(int thread) {
    while (true) {
      std::optional<InputBatch> batch;
      std::uint64_t number = 0;
      Done done;
      {
        const std::lock_guard lock(reading_);
        if (ended_) return;
        number = taken_++;
        try {
          Result<std::optional<InputBatch>> next = stages_.next();
          if (next)
            batch = *std::move(next);
          else
            done.error = next.error();
        } catch (const std::bad_alloc&) {
          done.error = no_memory();
        }
        ended_ = !batch;
      }
      if (!batch && !done.error) return;
      if (batch) {
        try {
          done = stages_.work(*std::move(batch), thread);
        } catch (const std::bad_alloc&) {
          done.error = no_memory();
        }
      }
      leave(number, std::move(done));
    }
  }

 private:
  static Error no_memory() { return {ErrorKind::OutOfMemory, "not enough memory"}; }

  void leave(std::uint64_t number, Done done) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return number < finished_ + waiting_.size() || enough_; });
    if (enough_) return;
    waiting_[number % waiting_.size()] = std::move(done);
    if (finishing_) return;  // whoever is will find it
    finishing_ = true;
    while (!enough_) {
      std::optional<Done>& next = waiting_[finished_ % waiting_.size()];
      if (!next) break;
      Done ready = *std::exchange(next, std::nullopt);
      lock.unlock();
      const bool last = ready.error.has_value();
      const bool more = stages_.finish(std::move(ready)) && !last;
      if (!more) {
        const std::lock_guard reading(reading_);
        ended_ = true;
      }
      lock.lock();
      enough_ |= !more;
      ++finished_;
      room_.notify_all();
    }
    finishing_ = false;
  }

  const Stages& stages_;

  std::mutex reading_;
  std::uint64_t taken_ = 0;
  bool ended_ = false;

  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<std::optional<Done>> waiting_;  // by number, as many as there is room for
  std::uint64_t finished_ = 0;
  bool finishing_ = false, enough_ = false;
};

}  // namespace

void run(const Stages& stages, int threads) {
  Pipeline pipeline(stages, threads);
  std::vector<std::jthread> others;
  try {
    for (int i = 1; i < threads; ++i) others.emplace_back([&pipeline, i] { pipeline.run(i); });
  } catch (const std::system_error&) {
    // Fewer do it, too.
  }
  pipeline.run(0);
}

}  // namespace inlay::filter::command
