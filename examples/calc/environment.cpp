// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "environment.h"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace calc {
namespace {

constexpr double max_elements = 1 << 27;  // 1 GiB in all the arrays of a program
constexpr double max_picture_side = 1 << 14;

/// Where the stack of this thread, taken to be nearly unused, should not grow beyond. What is kept in reserve is
/// enough for the deepest expression that the parser lets through and for the C++ library.
std::uintptr_t find_stack_limit() {
  constexpr std::uintptr_t reserve = 1 << 20;
  constexpr std::uintptr_t most = 64 << 20;
  rlimit limit{};
  std::uintptr_t size = 8 << 20;
  if (getrlimit(RLIMIT_STACK, &limit) == 0) size = std::min<std::uintptr_t>(limit.rlim_cur, most);
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return here - (size > 2 * reserve ? size - reserve : size / 2);
}

int to_side(double value, const char* what, Position position) {
  if (!(value >= 1 && value <= max_picture_side)) {
    throw CalcError(position, std::string("the ") + what + " of a picture must be from 1 to 16384");
  }
  return static_cast<int>(value);
}

unsigned char to_pixel(double value) {
  if (!(value > 0)) return 0;  // not a number is black, too
  return value >= 1 ? 255 : static_cast<unsigned char>(value * 255 + 0.5);
}

}  // namespace

std::string to_text(double value) {
  if (std::isnan(value)) return "nan";  // the sign of a NaN is an accident of the machine
  constexpr double exact = 1LL << 53;
  const bool is_whole = std::fabs(value) < exact && std::floor(value) == value;
  char text[32];
  const auto [end, status] = is_whole ? std::to_chars(text, text + sizeof text, value, std::chars_format::fixed)
                                      : std::to_chars(text, text + sizeof text, value);
  return std::string(text, end);
}

Env::Env() : stack_limit_(find_stack_limit()) {}

void Env::print(double value) {
  output_ += to_text(value);
  output_ += '\n';
}

void Env::draw(double width, double height, Array values, const std::string& file, Position position) {
  Picture picture{file, to_side(width, "width", position), to_side(height, "height", position), 1, {}};
  const double pixels = static_cast<double>(picture.width) * picture.height;
  if (values.length == 3 * pixels) {
    picture.channels = 3;
  } else if (values.length != pixels) {
    throw CalcError(position, "a picture of " + to_text(pixels) +
                                  " pixels needs as many elements or three times as many, not " +
                                  to_text(values.length));
  }
  const auto count = static_cast<std::size_t>(values.length);
  picture.pixels.resize(count);
  std::transform(values.data, values.data + count, picture.pixels.begin(), to_pixel);
  pictures_.push_back(std::move(picture));
}

double* Env::allocate_elements(double count, Position position) {
  if (!(count >= 0)) throw CalcError(position, "an array cannot have the length " + to_text(count));
  // From the system, large arrays come as pages that are zero and take no memory until they are used.
  Elements elements{nullptr, 0};
  if (count + static_cast<double>(element_count_) <= max_elements) {
    elements.length = static_cast<std::size_t>(count);
    elements.data.reset(static_cast<double*>(std::calloc(elements.length + 1, sizeof(double))));
  }
  if (!elements.data) throw CalcError(position, "no memory for an array of the length " + to_text(count));
  double* data = elements.data.get();
  element_count_ += elements.length;
  arrays_.push_back(std::move(elements));
  return data;
}

void Env::release_arrays(std::size_t count) {
  while (arrays_.size() > count) {
    element_count_ -= arrays_.back().length;
    arrays_.pop_back();
  }
}

}  // namespace calc
