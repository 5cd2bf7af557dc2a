// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Something that the system has open under a number, with one owner.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace inlay::base {

/// Closed in the end; a negative number is nothing open.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    Descriptor(std::move(other)).swap(*this);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  /// What the caller closes from now on.
  int release() { return std::exchange(number_, -1); }

 private:
  void swap(Descriptor& other) noexcept { std::swap(number_, other.number_); }

  int number_ = -1;
};

/// Whether all of it was written; if not, errno says why.
inline bool write_all(int number, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(number, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) errno = EIO;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}
inline bool write_all(int number, const std::string& text) { return write_all(number, std::as_bytes(std::span(text))); }

}  // namespace inlay::base
