// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The handler does one of three things. A write to the counts of a std::shared_ptr makes their page writable and goes
// on: copying a pointer out of frozen memory is no change that anybody meant. A write to anything else that is frozen
// or promised is reported, if a reporter is set, and handed on; the program's own handler, or the default, decides. All
// other faults are handed on untouched.
//
// It runs between any two instructions: no locks, no allocation, nothing that could fault itself.
#include "frozen/memory/fault.h"

#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "frozen/memory/arena.h"
#include "frozen/memory/space.h"
#include "frozen/memory/watch.h"

namespace inlay::frozen {
namespace {

constinit std::atomic<int> report_fd = -1;
struct sigaction previous_handler;  // written once, before ours is installed

// A line of text in a fixed buffer; what does not fit is cut.
class Line {
 public:
  Line& operator<<(std::string_view text) {
    for (const char c : text) {
      if (size_ < sizeof text_ - 1) text_[size_++] = c;
    }
    return *this;
  }
  Line& operator<<(std::uint64_t number) { return digits(number, 10); }
  Line& hex(const void* address) { return digits(reinterpret_cast<std::uintptr_t>(address), 16); }

  void write_to(int fd) {
    text_[size_++] = '\n';
    for (std::size_t done = 0; done < size_;) {
      const ssize_t count = write(fd, text_ + done, size_ - done);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      done += static_cast<std::size_t>(count);
    }
  }

 private:
  Line& digits(std::uint64_t number, unsigned base) {
    char reversed[20];
    std::size_t count = 0;
    do {
      reversed[count++] = "0123456789abcdef"[number % base];
      number /= base;
    } while (number != 0);
    while (count != 0) *this << std::string_view(&reversed[--count], 1);
    return *this;
  }

  char text_[512];
  std::size_t size_ = 0;
};

void report_frozen(const Chunk& chunk, const std::byte* address) {
  const int fd = report_fd.load(std::memory_order_relaxed);
  if (fd < 0) return;
  Line line;
  line << "inlay: write to constant memory at 0x";
  line.hex(address) << ": ";
  const Record* record = chunk.arena->record_at(chunk, address);
  if (record) {
    line << "object " << record->id << " (size " << record->size << ", offset "
         << static_cast<std::uint64_t>(address - record->begin) << ")";
  } else {
    line << "no live object";
  }
  line << " of region \"" << chunk.arena->name() << "\", frozen by freeze(\"" << chunk.arena->name() << "\")";
  line.write_to(fd);
}

void report_promised(const Watched& watched, const std::byte* address) {
  const int fd = report_fd.load(std::memory_order_relaxed);
  if (fd < 0) return;
  const std::byte* begin = watched.begin;
  const std::byte* end = watched.end;
  Line line;
  line << "inlay: write to constant memory at 0x";
  line.hex(address) << ": object " << watched.id.load() << " (size " << static_cast<std::uint64_t>(end - begin)
                    << ", offset " << static_cast<std::uint64_t>(address - begin) << ") of region \"" << watched.name
                    << "\", promised constant as \"" << watched.name << "\"";
  line.write_to(fd);
}

bool is_write(const void* context) {
#if defined(__x86_64__)
  constexpr greg_t WriteBit = 2;
  return (static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_ERR] & WriteBit) != 0;
#else
  return context != nullptr;
#endif
}

void hand_on(int signal, siginfo_t* info, void* context) {
  if ((previous_handler.sa_flags & SA_RESETHAND) != 0) {  // it counts on being called once
    struct sigaction by_default = {};
    by_default.sa_handler = SIG_DFL;
    sigaction(signal, &by_default, nullptr);
  }
  if ((previous_handler.sa_flags & SA_SIGINFO) != 0) return previous_handler.sa_sigaction(signal, info, context);
  if (previous_handler.sa_handler != SIG_DFL && previous_handler.sa_handler != SIG_IGN) {
    return previous_handler.sa_handler(signal);
  }
  // Back to the instruction, which faults again and ends the process as if we had not been here. (A process cannot
  // ignore a fault either.)
  struct sigaction by_default = {};
  by_default.sa_handler = SIG_DFL;
  sigaction(signal, &by_default, nullptr);
  if (info->si_code <= 0) raise(signal);  // sent by somebody: nothing would fault again
}

void on_fault(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const auto* address = static_cast<const std::byte*>(info->si_addr);
  if (info->si_code == SEGV_ACCERR && is_write(context)) {
    if (Chunk* chunk = space_chunk(address)) {
      if (chunk->arena->on_write_fault(*chunk, address) == Arena::Fault::Retry) {
        errno = saved_errno;
        return;
      }
      report_frozen(*chunk, address);
    } else if (const Watched* watched = find_watched(address)) {
      report_promised(*watched, address);
    }
  }
  errno = saved_errno;
  hand_on(signal, info, context);
}

}  // namespace

void install_fault_handler() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction ours = {};
    ours.sa_sigaction = on_fault;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&ours.sa_mask);
    sigaction(SIGSEGV, nullptr, &previous_handler);
    sigaction(SIGSEGV, &ours, nullptr);
  });
}

}  // namespace inlay::frozen

void inlay::report_frozen_writes_to(int fd) { frozen::report_fd.store(fd, std::memory_order_relaxed); }
