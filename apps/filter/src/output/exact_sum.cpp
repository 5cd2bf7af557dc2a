// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/exact_sum.h"

#include <emmintrin.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace inlay::filter {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::size_t Behind = 3;  // chunks behind the one that digits begin in: two for the digits, one for carries
constexpr std::size_t BlockSize = 2048;  // values that are added up at once
constexpr std::int64_t ChunkSize = std::int64_t{1} << 32;

// In place; the last chunk keeps what is too much for it.
void carry_all(std::vector<std::int64_t>& chunks) {
  for (std::size_t i = 0; i + 1 < chunks.size(); ++i) {
    chunks[i + 1] += chunks[i] >> 32;
    chunks[i] &= ChunkSize - 1;
  }
}

int length_of(Wide number) {
  const auto high = static_cast<std::uint64_t>(number >> 64);
  return high != 0 ? 128 - std::countl_zero(high) : 64 - std::countl_zero(static_cast<std::uint64_t>(number));
}

}  // namespace

void ExactSum::add_special(double value) {
  if (std::isnan(value))
    nan_ = true;
  else
    (value > 0 ? infinity_ : negative_infinity_) = true;
}

std::uint64_t ExactSum::make_room(std::int32_t chunk) {
  if (chunks_.empty()) first_ = chunk;
  if (chunk < first_) {
    chunks_.insert(chunks_.begin(), static_cast<std::size_t>(first_ - chunk), 0);
    first_ = chunk;
  }
  const auto at = static_cast<std::size_t>(chunk - first_);
  if (chunks_.size() < at + 1 + Behind) chunks_.resize(at + 1 + Behind);
  usable_ = chunks_.size() - Behind;
  return at;
}

void ExactSum::carry() {
  carry_all(chunks_);
  added_ = 0;
}

void ExactSum::add(const ExactSum& other) {
  nan_ |= other.nan_;
  infinity_ |= other.infinity_;
  negative_infinity_ |= other.negative_infinity_;
  if (other.chunks_.empty()) return;
  ExactSum addend = other;
  addend.carry();
  carry();
  make_room(addend.first_);
  make_room(addend.first_ + static_cast<std::int32_t>(addend.usable_) - 1);
  const auto offset = static_cast<std::size_t>(addend.first_ - first_);
  for (std::size_t i = 0; i < addend.chunks_.size(); ++i) chunks_[offset + i] += addend.chunks_[i];
  carry();
}

// Each value is cut into two multiples of powers of two, so that sums of a block of either part are exact in doubles:
// adding and subtracting 1.5 * 2^52 times a unit rounds to that unit. (After Demmel and Nguyen, "Fast reproducible
// floating-point summation", 2013.) False, and nothing is added, where a value has digits below the second part's unit.
bool ExactSum::add_alike(std::span<const double> values) {
  static_assert(BlockSize <= 4096);  // 2^12 parts of 40 bits fit into 53
  const std::size_t pairs = values.size() & ~std::size_t{1};
  const auto load = [&](std::size_t i) { return _mm_loadu_pd(values.data() + i); };
  const __m128d no_sign = _mm_castsi128_pd(_mm_set1_epi64x(INT64_MAX));
  __m128d largest = _mm_setzero_pd();
  // NaN is not kept by max, but by sums.
  __m128d sums = _mm_setzero_pd();
  for (std::size_t i = 0; i < pairs; i += 2) {
    const __m128d magnitude = _mm_and_pd(load(i), no_sign);
    largest = _mm_max_pd(largest, magnitude);
    sums = _mm_add_pd(sums, magnitude);
  }
  double most = std::max(largest[0], largest[1]);
  double all = sums[0] + sums[1];
  if (pairs != values.size()) {
    most = std::max(most, std::abs(values.back()));
    all += std::abs(values.back());
  }
  if (!(all < 1e270) || most < 1e-220) return false;

  const int exponent = std::ilogb(most);
  const double unit = std::ldexp(1.5, exponent - 39 + 52), low_unit = std::ldexp(1.5, exponent - 80 + 52);
  const __m128d round = _mm_set1_pd(unit), low_round = _mm_set1_pd(low_unit);
  __m128d high = _mm_setzero_pd(), low = _mm_setzero_pd();
  __m128d rest = _mm_setzero_pd();
  const auto cut = [&](__m128d value) {
    const __m128d part = _mm_sub_pd(_mm_add_pd(value, round), round);
    const __m128d left = _mm_sub_pd(value, part);
    const __m128d low_part = _mm_sub_pd(_mm_add_pd(left, low_round), low_round);
    high = _mm_add_pd(high, part);
    low = _mm_add_pd(low, low_part);
    rest = _mm_or_pd(rest, _mm_cmpneq_pd(left, low_part));
  };
  for (std::size_t i = 0; i < pairs; i += 2) cut(load(i));
  if (pairs != values.size()) cut(_mm_set_sd(values.back()));
  if (_mm_movemask_pd(rest) != 0) return false;
  for (const double sum : {high[0], high[1], low[0], low[1]}) add(sum);
  return true;
}

void ExactSum::add(std::span<const double> values) {
  while (!values.empty()) {
    const std::span<const double> block = values.first(std::min(values.size(), BlockSize));
    if (!add_alike(block))
      for (const double value : block) add(value);
    values = values.subspan(block.size());
  }
}

double ExactSum::value() const {
  if (nan_ || (infinity_ && negative_infinity_)) return std::numeric_limits<double>::quiet_NaN();
  if (infinity_ || negative_infinity_)
    return infinity_ ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
  std::vector<std::int64_t> chunks = chunks_;
  chunks.resize(chunks.size() + 2);
  carry_all(chunks);
  const bool negative = chunks.back() < 0;
  if (negative) {
    for (std::int64_t& chunk : chunks) chunk = -chunk;
    carry_all(chunks);
  }
  std::size_t top = chunks.size() - 1;
  while (top > 0 && chunks[top] == 0) --top;
  if (chunks[top] == 0) return 0;

  // The three highest chunks have at least 65 bits, enough to round with; of the others it counts whether they are 0.
  Wide number = 0;
  bool more = false;
  for (std::size_t i = 0; i < 3; ++i)
    number = number << 32 | static_cast<Wide>(top >= i ? static_cast<std::uint64_t>(chunks[top - i]) : 0);
  for (std::size_t i = 0; i + 2 < top; ++i) more |= chunks[i] != 0;
  const int position = 32 * (first_ + static_cast<int>(top) - 2);     // of its lowest bit
  const int lowest = std::max(position + length_of(number) - 53, 0);  // that a real has
  const int shift = lowest - position;                                // from 12 to 95
  auto digits = static_cast<std::uint64_t>(number >> shift);
  const Wide rest = number & ((Wide{1} << shift) - 1), half = Wide{1} << (shift - 1);
  if (rest > half || (rest == half && (more || (digits & 1) != 0))) ++digits;
  const double magnitude = std::ldexp(static_cast<double>(digits), lowest - 1074);
  return negative ? -magnitude : magnitude;
}

std::string ExactSum::to_text() const {
  ExactSum sum = *this;
  sum.carry();
  std::string text;
  if (nan_) text += 'n';
  if (infinity_) text += 'p';
  if (negative_infinity_) text += 'm';
  text += std::to_string(sum.first_);
  for (const std::int64_t chunk : sum.chunks_) text += ':' + std::to_string(chunk);
  return text;
}

std::optional<ExactSum> ExactSum::from_text(std::string_view text) {
  ExactSum sum;
  const auto take = [&](char flag) {
    const bool there = text.starts_with(flag);
    text.remove_prefix(there ? 1 : 0);
    return there;
  };
  sum.nan_ = take('n');
  sum.infinity_ = take('p');
  sum.negative_infinity_ = take('m');
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto first = std::from_chars(at, end, sum.first_);
  if (first.ec != std::errc() || sum.first_ < 0 || sum.first_ > LastChunk) return std::nullopt;
  for (at = first.ptr; at != end;) {
    std::int64_t chunk = 0;
    if (*at++ != ':') return std::nullopt;
    const auto next = std::from_chars(at, end, chunk);
    if (next.ec != std::errc()) return std::nullopt;
    at = next.ptr;
    sum.chunks_.push_back(chunk);
  }
  const std::size_t size = sum.chunks_.size();
  if (size == 0) return sum;
  if (size <= Behind || size > static_cast<std::size_t>(LastChunk - sum.first_) + 1 + Behind) return std::nullopt;
  for (std::size_t i = 0; i < size; ++i) {
    // As carry() leaves them; the last one so that many sums can be added.
    const std::int64_t most = i + 1 < size ? ChunkSize - 1 : std::int64_t{1} << 48;
    const std::int64_t least = i + 1 < size ? 0 : -most;
    if (sum.chunks_[i] < least || sum.chunks_[i] > most) return std::nullopt;
  }
  sum.usable_ = size - Behind;
  return sum;
}

}  // namespace inlay::filter
