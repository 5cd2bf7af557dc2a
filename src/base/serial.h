// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plain data as bytes and back, for files that nobody trusts: every read is checked, and one that fails makes all that
// follow fail.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::base {

using Bytes = std::vector<std::byte>;

class Writer {
 public:
  explicit Writer(Bytes& into) : into_(into) {}

  void byte(unsigned value) { into_.push_back(static_cast<std::byte>(value)); }
  /// Seven bits a byte, the lowest ones first.
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) byte(static_cast<unsigned>(value & 0x7f) | 0x80);
    byte(static_cast<unsigned>(value));
  }
  /// Small whatever its sign.
  void signed_number(std::int64_t value) {
    number(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
  }
  void raw(std::span<const std::byte> bytes) { into_.insert(into_.end(), bytes.begin(), bytes.end()); }
  void text(std::string_view text) {
    number(text.size());
    raw(std::as_bytes(std::span(text.data(), text.size())));
  }

 private:
  Bytes& into_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  /// False once anything was not there, or not well-formed.
  bool good() const { return good_; }
  bool at_end() const { return rest_.empty(); }
  std::size_t left() const { return rest_.size(); }
  void fail() {
    good_ = false;
    rest_ = {};
  }

  unsigned byte() {
    std::span<const std::byte> one = raw(1);
    return one.empty() ? 0 : std::to_integer<unsigned>(one[0]);
  }
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const unsigned next = byte();
      const std::uint64_t part = next & 0x7f;
      if (shift == 63 && part > 1) break;
      value |= part << shift;
      if (!(next & 0x80)) return value;
    }
    fail();
    return 0;
  }
  std::int64_t signed_number() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  /// A number that is not above `most`.
  std::uint64_t number_up_to(std::uint64_t most) {
    const std::uint64_t value = number();
    if (value > most) fail();
    return good_ ? value : 0;
  }
  std::span<const std::byte> raw(std::uint64_t size) {
    if (size > rest_.size()) {
      fail();
      return {};
    }
    std::span<const std::byte> bytes = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return bytes;
  }
  /// Within the bytes that are read.
  std::string_view text() {
    std::span<const std::byte> bytes = raw(number());
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

 private:
  std::span<const std::byte> rest_;
  bool good_ = true;
};

}  // namespace inlay::base
