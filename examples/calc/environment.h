// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a running calc program has around it: its arrays, what it printed and drew, and how much stack it may use.
#pragma once

#include "error.h"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace calc {

/// A variable's view of an array; the Env owns the elements. The length is a number of the language, as indexes are,
/// so that checking an index converts nothing.
struct Array {
  double* data;
  double length;
};

/// What `image` drew, kept in memory: the host decides when files are written.
struct Picture {
  std::string file;
  int width;
  int height;
  int channels;  // 1: grey, 3: red, green, blue
  std::vector<unsigned char> pixels;
};

/// The shortest decimal that reads back as the same double; whole numbers without an exponent while they are exact.
std::string to_text(double value);

class Env {
 public:
  Env();
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;

  /// Appends a line to the output.
  void print(double value);
  void draw(double width, double height, Array values, const std::string& file, Position position);

  /// A new array of zeros, kept until `release_arrays` with an `array_count` taken before.
  Array allocate(double length, Position position) {
    const double whole = std::floor(length);
    return Array{allocate_elements(whole, position), whole};
  }
  std::size_t array_count() const { return arrays_.size(); }
  void release_arrays(std::size_t count);

  /// True if so little stack is left that calls should not nest deeper.
  bool is_stack_low() const { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) < stack_limit_; }

  const std::string& output() const { return output_; }
  const std::vector<Picture>& pictures() const { return pictures_; }

 private:
  double* allocate_elements(double count, Position position);

  struct Free {
    void operator()(double* data) const { std::free(data); }
  };
  struct Elements {
    std::unique_ptr<double[], Free> data;
    std::size_t length;
  };

  std::uintptr_t stack_limit_;
  std::string output_;
  std::vector<Picture> pictures_;
  std::vector<Elements> arrays_;
  std::size_t element_count_ = 0;
};

}  // namespace calc
