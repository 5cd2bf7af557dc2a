// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Looking on while something is compiled: how long each stage took, and what came out of it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace inlay {

struct StageTime {
  std::string stage;
  double milliseconds = 0;
};

/// Who wants to know passes one to what compiles. Functions are called on the thread that compiles.
struct Stages {
  std::vector<StageTime> times;  // in order; a stage that is passed through twice is there twice
  /// Whether the text of a stage's result is wanted, and where it goes. Making it takes time of its own, which is
  /// counted nowhere.
  std::function<bool(std::string_view stage)> wanted;
  std::function<void(std::string_view stage, const std::string& text)> take;
};

/// One stage after another, told to `stages`, which may be null.
class StageClock {
 public:
  explicit StageClock(Stages* stages) : stages_(stages), begin_(now()) {}

  /// What was done since the last call, or since this was made, was that stage. `text` makes the result's text.
  template <class Text>
  void done(std::string_view stage, Text&& text) {
    if (!stages_) return;
    stages_->times.push_back({std::string(stage), std::chrono::duration<double, std::milli>(now() - begin_).count()});
    if (stages_->wanted && stages_->wanted(stage)) stages_->take(stage, text());
    begin_ = now();
  }
  void done(std::string_view stage) {
    done(stage, [] { return std::string(); });
  }

 private:
  static std::chrono::steady_clock::time_point now() { return std::chrono::steady_clock::now(); }
  Stages* stages_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace inlay
