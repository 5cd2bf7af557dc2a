// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What people write who think of another language, and what would do here.
#pragma once

#include <optional>
#include <string_view>

namespace inlay::filter {

/// `word` is in small letters, as are all of these.
struct Habit {
  std::string_view word, advice;
};

/// For a sign that is none of ours, or two of them where one is meant: the longest one that the text begins with.
std::optional<Habit> habit_of_sign(std::string_view text);
/// For a word where an operator should be.
std::optional<Habit> habit_of_operator(std::string_view word);
/// For a function that is not there.
std::optional<Habit> habit_of_function(std::string_view word);

}  // namespace inlay::filter
