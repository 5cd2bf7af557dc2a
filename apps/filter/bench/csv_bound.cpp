// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How fast a query on CSV can be by hand: `csv_bound FILE QUERY [quotes]`, QUERY 1 to 4. One thread; the file is
// mapped; AVX2 finds the ends of fields and lines, 64 bytes at a time; the cheap tests come first; numbers are what the
// generator writes. Without `quotes`, a quote is a character like any other; with it, delimiters between quotes do not
// count, and fields lose their outer quotes (doubled ones within stay: no query here looks for any).
#include <fcntl.h>
#include <immintrin.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "queries.h"

namespace bench {
namespace {

using std::string_view;
constexpr int Columns = 13;

/// Where the fields of a row end; the row begins at `ends[0] + 1`.
struct Row {
  const char* ends[Columns + 1];

  template <bool Quotes>
  string_view field(int column) const {
    const char *begin = ends[column] + 1, *end = ends[column + 1];
    if (Quotes && begin != end && *begin == '"') ++begin, --end;
    return {begin, static_cast<std::size_t>(end - begin)};
  }
};

double number(string_view text) {
  std::int64_t digits = 0, scale = 1;
  bool behind_point = false;
  for (const char c : text) {
    if (c == '.') {
      behind_point = true;
    } else {
      digits = digits * 10 + (c - '0');
      if (behind_point) scale *= 10;
    }
  }
  return static_cast<double>(digits) / static_cast<double>(scale);
}

bool has(string_view text, string_view part) { return text.find(part) != string_view::npos; }
#define ALTERNATIVE(name, part, area) (phone.starts_with(area) && has(email, part)) ||
#define FIRST_NAME(name, part, area) first.starts_with(name) ||
#define IS_COUNTRY(name) country == name ||

/// The value of a row, 0 if it does not pass.
template <bool Quotes, int Query>
double value(const Row& row) {
  if constexpr (Query == 1) {
    const double age = number(row.field<Quotes>(10));
    return age >= 30 && age <= 40 && number(row.field<Quotes>(11)) > 5000;
  } else if constexpr (Query == 2) {
    const string_view first = row.field<Quotes>(1);
    if (BENCH_ALTERNATIVES(FIRST_NAME) false) return 1;
    const string_view email = row.field<Quotes>(3), phone = row.field<Quotes>(4);
    return BENCH_ALTERNATIVES(ALTERNATIVE) false;
  } else if constexpr (Query == 3) {
    const double age = number(row.field<Quotes>(10));
    if (age >= 60) return 0;
    const double balance = number(row.field<Quotes>(11));
    return balance * 0.9 + age * 2.5 - std::abs(balance - 1000);
  } else {
    const string_view country = row.field<Quotes>(5);
    return (BENCH_COUNTRIES(IS_COUNTRY) false) && has(row.field<Quotes>(2), "son");
  }
}

std::uint64_t equal(const char* at, char c) {
  const __m256i wanted = _mm256_set1_epi8(c);
  const auto half = [&](const char* from) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, wanted)));
  };
  return half(at) | static_cast<std::uint64_t>(half(at + 32)) << 32;
}

template <bool Quotes, int Query>
double run(const char* begin, const char* end) {
  Row row;
  row.ends[0] = begin - 1;
  int column = 0;
  double sum = 0;
  bool header = true;
  std::uint64_t inside = 0;
  for (const char* at = begin; at < end; at += 64) {
    const std::uint64_t lines = equal(at, '\n');
    std::uint64_t marks = lines | equal(at, ',');
    if (Quotes) {
      const __m128i quotes = _mm_set_epi64x(0, static_cast<long long>(equal(at, '"')));
      const __m128i between = _mm_clmulepi64_si128(quotes, _mm_set1_epi8(-1), 0);
      const std::uint64_t quoted = static_cast<std::uint64_t>(_mm_cvtsi128_si64(between)) ^ inside;
      inside = static_cast<std::uint64_t>(static_cast<std::int64_t>(quoted) >> 63);
      marks &= ~quoted;
    }
    if (end - at < 64) marks &= (std::uint64_t{1} << (end - at)) - 1;
    for (; marks != 0; marks &= marks - 1) {
      const char* mark = at + __builtin_ctzll(marks);
      row.ends[++column] = mark;
      if (*mark != '\n') continue;
      if (!header) sum += value<Quotes, Query>(row);
      header = false;
      row.ends[0] = mark;
      column = 0;
    }
  }
  return sum;
}

template <bool Quotes>
double run(int query, const char* begin, const char* end) {
  switch (query) {
    case 1:
      return run<Quotes, 1>(begin, end);
    case 2:
      return run<Quotes, 2>(begin, end);
    case 3:
      return run<Quotes, 3>(begin, end);
    default:
      return run<Quotes, 4>(begin, end);
  }
}

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
  if (count < 3) return 2;
  const int file = ::open(arguments[1], O_RDONLY | O_CLOEXEC);
  struct stat status = {};
  if (file < 0 || ::fstat(file, &status) != 0) return 1;
  const auto size = static_cast<std::size_t>(status.st_size);
  // A page more than the file, so that the last 64 bytes can be loaded whole.
  const std::size_t room = ((size + 4095) & ~std::size_t{4095}) + 4096;
  void* const pages = ::mmap(nullptr, room, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return 1;
  void* const text = ::mmap(pages, size, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, file, 0);
  if (text == MAP_FAILED) return 1;
  const char* const begin = static_cast<const char*>(text);
  const int query = std::atoi(arguments[2]);
  const double result =
      count > 3 ? bench::run<true>(query, begin, begin + size) : bench::run<false>(query, begin, begin + size);
  std::printf(query == 3 ? "%.6f\n" : "%.0f\n", result);
}
