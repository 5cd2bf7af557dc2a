// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What somebody may have meant who wrote a name that does not exist.
#pragma once

#include <string>
#include <string_view>

namespace inlay::ir {

/// Takes candidates one by one and keeps the nearest one, if it is near enough for a slip.
class Nearest {
 public:
  explicit Nearest(std::string_view wanted);
  void offer(std::string_view candidate);
  /// `; did you mean 'add'?`, with what stands before names of that kind; or nothing.
  std::string suggestion(std::string_view sigil = {}) const;

 private:
  std::string_view wanted_;
  std::string best_;
  unsigned distance_;  // only what is nearer counts
};

}  // namespace inlay::ir
