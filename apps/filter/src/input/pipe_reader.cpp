// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Blocks are read with room before them: the beginning of a record that the block before broke off is copied there, and
// nothing else is ever copied.
#include "input/pipe_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "input/buffers.h"

namespace inlay::filter {

namespace {

constexpr std::size_t Headroom = std::size_t{64} << 10;
constexpr std::size_t Ahead = 2;  // blocks
constexpr std::chrono::milliseconds Pause(100);
constexpr int PatienceMilliseconds = 5;  // for more of a block that holds something already

// A buffer that goes back to its pool once no batch looks into it.
struct Block {
  std::shared_ptr<BufferPool> pool;
  Buffer buffer;
  Block(std::shared_ptr<BufferPool> from, std::size_t size) : pool(std::move(from)), buffer(pool->take(size)) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { pool->give_back(std::move(buffer)); }
  char* bytes() { return reinterpret_cast<char*>(buffer.bytes.get()); }
};

struct Piece {
  std::shared_ptr<Block> block;
  std::size_t begin = 0;
  std::size_t end = 0;
};

class PipeReader final : public TextReader {
 public:
  PipeReader(int file, int stop, std::string name, std::size_t block_bytes)
      : file_(file), stop_(stop), name_(std::move(name)), block_bytes_(std::max<std::size_t>(block_bytes, 4096)) {
    ::fcntl(file_, F_SETPIPE_SZ, 1 << 20);  // fewer changes between the two programs; no matter if it is refused
    thread_ = std::thread([this] { read_all(); });
  }

  ~PipeReader() override {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(stop_, &one, sizeof one);
    thread_.join();
    ::close(stop_);
    ::close(file_);
  }

  TextView view(std::size_t at_least) override {
    while (!ended_ && now_.end - now_.begin < at_least) add(next());
    return present();
  }

  TextView view_until_pause(std::size_t wanted) override {
    while (!ended_ && now_.end - now_.begin < wanted) {
      if (now_.end > now_.begin && pauses()) break;
      add(next());
    }
    return present();
  }

  void advance(std::size_t size) override { now_.begin += size; }

  std::optional<Error> failure() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!ended_ || !failure_) return std::nullopt;
    return failure_;
  }

 private:
  TextView present() const {
    const std::size_t size = now_.end - now_.begin;
    return {.text = size ? std::string_view(now_.block->bytes() + now_.begin, size) : std::string_view(),
            .memory = now_.block,
            .end = ended_};
  }

  // Waits for a piece, but not for long.
  bool pauses() {
    std::unique_lock<std::mutex> lock(mutex_);
    return !changed_.wait_for(lock, Pause, [this] { return !ready_.empty() || finished_; });
  }

  Piece next() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !ready_.empty() || finished_; });
    if (ready_.empty()) return {};
    Piece piece = std::move(ready_.front());
    ready_.pop_front();
    lock.unlock();
    changed_.notify_all();
    return piece;
  }

  // Joins what is left of the present piece and the next one.
  void add(Piece piece) {
    if (!piece.block) {
      ended_ = true;
      return;
    }
    const std::size_t left = now_.end - now_.begin;
    const std::size_t size = piece.end - piece.begin;
    if (left <= piece.begin) {
      piece.begin -= left;
      if (left) std::memcpy(piece.block->bytes() + piece.begin, now_.block->bytes() + now_.begin, left);
      now_ = std::move(piece);
      return;
    }
    // A long record: behind what is there (which batches may look at, but not at what follows), or in a larger block.
    if (now_.block->buffer.capacity - now_.end < size) {
      auto larger = std::make_shared<Block>(pool_, 2 * left + size);
      std::memcpy(larger->bytes(), now_.block->bytes() + now_.begin, left);
      now_ = {std::move(larger), 0, left};
    }
    std::memcpy(now_.block->bytes() + now_.end, piece.block->bytes() + piece.begin, size);
    now_.end += size;
  }

  void read_all() {
    bool more = true;
    while (more) {
      {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [this] { return stopping_ || ready_.size() < Ahead; });
        if (stopping_) return;
      }
      Piece piece;
      std::optional<Error> failure;
      try {
        more = fill(piece, failure);
      } catch (const std::bad_alloc&) {
        failure = Error(ErrorKind::OutOfMemory, "no memory to read the input", {.file = name_});
        more = false;
        piece = {};
      }
      {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (piece.end > piece.begin) ready_.push_back(std::move(piece));
        failure_ = std::move(failure);
        finished_ = !more;
      }
      changed_.notify_all();
    }
  }

  // Answers whether there may be more.
  bool fill(Piece& piece, std::optional<Error>& failure) {
    piece.block = std::make_shared<Block>(pool_, Headroom + block_bytes_);
    piece.begin = piece.end = Headroom;
    while (piece.end < Headroom + block_bytes_) {
      pollfd files[2] = {{.fd = file_, .events = POLLIN, .revents = 0}, {.fd = stop_, .events = POLLIN, .revents = 0}};
      const int ready = ::poll(files, 2, piece.end > piece.begin ? PatienceMilliseconds : -1);
      if (ready < 0 && errno == EINTR) continue;
      if (ready >= 0 && files[1].revents) return false;
      if (ready == 0) return true;
      const ssize_t size = ::read(file_, piece.block->bytes() + piece.end, Headroom + block_bytes_ - piece.end);
      if (size < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (size < 0) {
        failure = Error(ErrorKind::File, std::string("cannot be read: ") + std::strerror(errno), {.file = name_});
        return false;
      }
      if (size == 0) return false;
      piece.end += static_cast<std::size_t>(size);
    }
    return true;
  }

  const int file_;
  const int stop_;  // readable: no more is wanted
  const std::string name_;
  const std::size_t block_bytes_;
  const std::shared_ptr<BufferPool> pool_ = std::make_shared<BufferPool>();
  Piece now_;
  bool ended_ = false;

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<Piece> ready_;
  std::optional<Error> failure_;
  bool finished_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<TextReader>> open_pipe(int file, const std::string& name, std::size_t block_bytes) {
  const int stop = ::eventfd(0, EFD_CLOEXEC);
  try {
    if (stop >= 0) return std::unique_ptr<TextReader>(std::make_unique<PipeReader>(file, stop, name, block_bytes));
  } catch (const std::system_error&) {  // of the thread
    ::close(stop);
  }
  ::close(file);
  return Error(ErrorKind::OutOfMemory, "the system refused what reading ahead needs", {.file = name});
}

}  // namespace inlay::filter
