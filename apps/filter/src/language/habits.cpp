// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "language/habits.h"

#include <span>

namespace inlay::filter {

namespace {

constexpr std::string_view NoBits = "bits are not calculated with";

// Longer signs before those that they begin with.
constexpr Habit Signs[] = {
    {"<=>", "write IS NOT DISTINCT FROM"},
    {"===", "write ="},
    {"!==", "write <>"},
    {"=>", "write >="},
    {"=<", "write <="},
    {"=~", "write ~"},
    {"**", "write x * x"},
    {"&&", "write AND"},
    {"??", "write coalesce(x, y)"},
    {"?", "write CASE WHEN x THEN y ELSE z END"},
    {"^", "write x * x"},
    {"<<", NoBits},
    {">>", NoBits},
    {"&", "write AND; bits are not calculated with"},
    {"|", "write OR, or '||' to join texts; bits are not calculated with"},
};

// `!` alone: what follows it may be a sign of ours.
constexpr Habit Not = {"!", "write NOT"};

constexpr std::string_view Search = "write x ~ 'regular expression'", Contains = "write contains(x, 'part')";
constexpr Habit Operators[] = {
    {"contains", Contains},
    {"div", "integers are divided by /"},
    {"glob", "write x LIKE 'pattern', with % and _"},
    {"isnull", "write x IS NULL"},
    {"matches", Search},
    {"mod", "write %"},
    {"notnull", "write x IS NOT NULL"},
    {"regexp", Search},
    {"rlike", Search},
    {"similar", Search},
    {"xor", "write x <> y"},
};

constexpr std::string_view Case = "write CASE WHEN x THEN y ELSE z END", Coalesce = "write coalesce(x, y)",
                           Length = "write length(x)", Position = "write position(part IN x)";
constexpr Habit Functions[] = {
    {"concat", "write x || y"},
    {"if", Case},
    {"ifnull", Coalesce},
    {"iif", Case},
    {"includes", Contains},
    {"instr", Position},
    {"isnull", "write x IS NULL"},
    {"left", "write substr(x, 1, n)"},
    {"len", Length},
    {"locate", Position},
    {"mod", "write x % y"},
    {"nvl", Coalesce},
    {"pow", "write x * x"},
    {"power", "write x * x"},
    {"regexp_like", "write x ~ 'regular expression'"},
    {"right", "write substr(x, -n)"},
    {"strlen", Length},
    {"strpos", Position},
    {"to_date", "write x::date"},
    {"to_timestamp", "write x::timestamp"},
    {"tolower", "write lower(x)"},
    {"toupper", "write upper(x)"},
};

std::optional<Habit> find(std::span<const Habit> habits, std::string_view word) {
  for (const Habit& habit : habits)
    if (habit.word == word) return habit;
  return std::nullopt;
}

}  // namespace

std::optional<Habit> habit_of_sign(std::string_view text) {
  for (const Habit& habit : Signs)
    if (text.starts_with(habit.word)) return habit;
  if (text.starts_with('!') && !text.starts_with("!=") && !text.starts_with("!~")) return Not;
  return std::nullopt;
}

std::optional<Habit> habit_of_operator(std::string_view word) { return find(Operators, word); }
std::optional<Habit> habit_of_function(std::string_view word) { return find(Functions, word); }

}  // namespace inlay::filter
