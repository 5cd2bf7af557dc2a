// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Sums of reals without a rounding error: the bits of all summands are added up in one long integer, as in Radford
// Neal, "Fast exact summation using small and large superaccumulators" (2015). So a sum does not depend on the order in
// which threads, batches and shards come, and is the real that is nearest to the true one.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inlay::filter {

class ExactSum {
 public:
  void add(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const auto exponent = static_cast<std::int32_t>(bits >> 52 & 0x7ff);
    std::uint64_t digits = bits & 0xfffffffffffff;
    if (exponent == 0x7ff) return add_special(value);
    digits |= std::uint64_t{exponent != 0} << 52;
    const std::int32_t position = exponent - (exponent != 0);  // of the lowest digit, counted from 2^-1074
    std::uint64_t at = static_cast<std::uint64_t>(std::int64_t{position >> 5} - first_);
    if (at >= usable_) at = make_room(position >> 5);
    const unsigned shift = static_cast<unsigned>(position) & 31;
    const std::uint64_t low = digits << shift;
    const std::uint64_t high = shift != 0 ? digits >> (64 - shift) : 0;
    const std::int64_t sign = static_cast<std::int64_t>(bits) >> 63;  // -1: negative
    const auto with_sign = [sign](std::uint64_t part) { return (static_cast<std::int64_t>(part) ^ sign) - sign; };
    std::int64_t* const chunk = chunks_.data() + at;
    chunk[0] += with_sign(low & 0xffffffff);
    chunk[1] += with_sign(low >> 32);
    chunk[2] += with_sign(high);
    if (++added_ == MostAdded) carry();
  }
  void add(const ExactSum& other);
  /// Each of these; several times as fast where they are of about the same size.
  void add(std::span<const double> values);

  /// The nearest real, of two the even one; an infinity if it is too large, or if there was one. NaN if there was one,
  /// or both infinities.
  double value() const;

  /// One word, from which the same sum can be made.
  std::string to_text() const;
  static std::optional<ExactSum> from_text(std::string_view text);

 private:
  static constexpr std::uint32_t MostAdded = 1u << 30;  // before a chunk of 64 bits might be too small
  static constexpr std::int32_t LastChunk = 2046 >> 5;  // that digits begin in

  void add_special(double value);
  bool add_alike(std::span<const double> values);
  /// Chunks for digits that begin in this one; where it then lies.
  std::uint64_t make_room(std::int32_t chunk);
  /// What exceeds 32 bits goes to the next chunk: all but the last are then in [0, 2^32).
  void carry();

  std::int32_t first_ = 0;            // number of chunks_[0]; the chunk i counts 2^(32 i - 1074)
  std::uint32_t added_ = 0;           // since carry()
  std::uint64_t usable_ = 0;          // chunks that have three behind them
  std::vector<std::int64_t> chunks_;  // those that are needed
  bool nan_ = false, infinity_ = false, negative_infinity_ = false;
};

}  // namespace inlay::filter
