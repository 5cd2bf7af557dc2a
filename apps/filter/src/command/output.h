// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Standard output, and what is shown on the terminal meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "inlay/result.h"

namespace inlay::filter::command {

/// All of it, at once: who reads a pipe sees each batch as soon as it is done.
Result<void> write_output(std::string_view text);

/// A line on standard error that tells how far the command is, a few times a second, if somebody looks at it and the
/// rows go elsewhere.
class Progress {
 public:
  /// `total`: bytes, if they are known.
  Progress(bool wanted, std::optional<std::int64_t> total);
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void update(std::int64_t bytes, std::int64_t rows);
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool wanted_;
  bool shown_ = false;
  std::optional<std::int64_t> total_;
  Clock::time_point begin_ = Clock::now(), next_ = begin_;
};

}  // namespace inlay::filter::command
