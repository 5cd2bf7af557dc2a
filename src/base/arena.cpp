// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/arena.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

namespace inlay {

namespace {

constexpr std::size_t Least = std::size_t{64} << 10;
// From here on memory is worth having in large pages: fewer faults, for at most this much that is not used.
constexpr std::size_t Large = std::size_t{2} << 20;

constexpr std::size_t round_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

/// Where the process may not have all addresses (`ulimit -v`), a reservation takes a small part of those: the others,
/// files that are mapped, stacks of threads and LLVM want some, too, and several programs may be built at a time.
std::size_t fair_part(std::size_t bytes) {
  constexpr std::size_t Parts = 64;
  rlimit limit = {};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return bytes;
  return std::min<std::size_t>(bytes, limit.rlim_cur / Parts);
}

}  // namespace

Reservation::Reservation(std::size_t bytes) {
  bytes = fair_part(bytes);
  for (bytes = round_up(std::max(bytes, Least), Least); bytes >= Least; bytes = round_up(bytes / 2, Least)) {
    void* address = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address != MAP_FAILED) {
      base_ = static_cast<std::byte*>(address);
      reserved_ = bytes;
      return;
    }
    if (bytes == Least) return;
  }
}

Reservation::Reservation(Reservation&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)),
      reserved_(std::exchange(other.reserved_, 0)),
      committed_(std::exchange(other.committed_, 0)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(reserved_, other.reserved_);
  std::swap(committed_, other.committed_);
  return *this;
}

Reservation::~Reservation() {
  if (base_) ::munmap(base_, reserved_);
}

bool Reservation::commit(std::size_t bytes) {
  if (bytes <= committed_) return true;
  if (bytes > reserved_) return false;
  const std::size_t wanted = std::min(reserved_, std::max(round_up(bytes, Least), committed_ * 2));
  if (::mprotect(base_ + committed_, wanted - committed_, PROT_READ | PROT_WRITE) != 0) return false;
  if (committed_ >= Large) ::madvise(base_ + committed_, wanted - committed_, MADV_HUGEPAGE);
  committed_ = wanted;
  return true;
}

void Reservation::trim(std::size_t bytes) {
  bytes = round_up(bytes, Least);
  if (bytes >= committed_) return;
  // Replaced, not only discarded: what is not committed does not count against the system's limit.
  void* rest = ::mmap(base_ + bytes, committed_ - bytes, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
  if (rest != MAP_FAILED) committed_ = bytes;
}

}  // namespace inlay
