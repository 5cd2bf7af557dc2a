// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/civil.h"

#include "runtime/parse.h"

namespace inlay::filter {

namespace {

/// What is left to read of a text.
struct Reader {
  const char* at;
  const char* end;

  bool take(char c) {
    if (at == end || *at != c) return false;
    ++at;
    return true;
  }
  /// Exactly so many digits.
  bool number(int digits, unsigned& value) {
    if (end - at < digits) return false;
    value = 0;
    for (; digits > 0; --digits, ++at) {
      const unsigned digit = static_cast<unsigned char>(*at) - '0';
      if (digit > 9) return false;
      value = value * 10 + digit;
    }
    return true;
  }
};

bool read_date(Reader& reader, std::int64_t& days) {
  unsigned year = 0, month = 0, day = 0;
  const bool negative = reader.take('-');
  if (!reader.number(4, year) || !reader.take('-') || !reader.number(2, month) || !reader.take('-') ||
      !reader.number(2, day))
    return false;
  const std::int64_t signed_year = negative ? -static_cast<std::int64_t>(year) : year;
  if (month < 1 || month > 12 || day < 1 || day > days_in_month(signed_year, month)) return false;
  days = days_of({signed_year, month, day});
  return true;
}

bool read_time(Reader& reader, std::int64_t& microseconds) {
  unsigned hour = 0, minute = 0, second = 0, fraction = 0;
  if (!reader.number(2, hour) || !reader.take(':') || !reader.number(2, minute)) return false;
  if (reader.take(':')) {
    if (!reader.number(2, second)) return false;
    if (reader.take('.')) {
      unsigned digit = 0;
      if (!reader.number(1, digit)) return false;
      unsigned scale = 100000;
      do {
        fraction += digit * scale;
        scale /= 10;
      } while (reader.number(1, digit));
    }
  }
  if (hour > 23 || minute > 59 || second > 59) return false;
  microseconds = (static_cast<std::int64_t>(hour * 60 + minute) * 60 + second) * MicrosecondsPerSecond + fraction;
  return true;
}

char* print_digits(std::uint64_t number, int digits, char* to) {
  for (int i = digits - 1; i >= 0; --i, number /= 10) to[i] = static_cast<char>('0' + number % 10);
  return to + digits;
}

}  // namespace

bool parse_date(Text text, std::int64_t& days) {
  text = trimmed(text);
  Reader reader{text.data, text.data + text.size};
  return read_date(reader, days) && reader.at == reader.end;
}

bool parse_timestamp(Text text, std::int64_t& microseconds) {
  text = trimmed(text);
  Reader reader{text.data, text.data + text.size};
  std::int64_t days = 0, time = 0;
  if (!read_date(reader, days)) return false;
  if (reader.at != reader.end) {
    if (!reader.take(' ') && !reader.take('T') && !reader.take('t')) return false;
    if (!read_time(reader, time)) return false;
    if (!reader.take('Z')) reader.take('z');
  }
  if (reader.at != reader.end) return false;
  microseconds = days * MicrosecondsPerDay + time;
  return true;
}

char* print_date(std::int64_t days, char* to) {
  const Civil date = civil_of(days);
  if (date.year < 0) *to++ = '-';
  const auto year = static_cast<std::uint64_t>(date.year < 0 ? -date.year : date.year);
  int digits = 4;
  for (std::uint64_t beyond = year / 10000; beyond > 0; beyond /= 10) ++digits;
  to = print_digits(year, digits, to);
  *to++ = '-';
  to = print_digits(date.month, 2, to);
  *to++ = '-';
  return print_digits(date.day, 2, to);
}

char* print_timestamp(std::int64_t microseconds, char* to) {
  to = print_date(floor_divide(microseconds, MicrosecondsPerDay), to);
  const auto time = static_cast<std::uint64_t>(floor_modulo(microseconds, MicrosecondsPerDay));
  const std::uint64_t seconds = time / MicrosecondsPerSecond;
  *to++ = ' ';
  to = print_digits(seconds / 3600, 2, to);
  *to++ = ':';
  to = print_digits(seconds / 60 % 60, 2, to);
  *to++ = ':';
  to = print_digits(seconds % 60, 2, to);
  const std::uint64_t fraction = time % MicrosecondsPerSecond;
  if (fraction == 0) return to;
  *to++ = '.';
  return print_digits(fraction, 6, to);
}

}  // namespace inlay::filter
