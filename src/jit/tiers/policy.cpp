// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/policy.h"

#include <charconv>
#include <optional>
#include <utility>

#include "jit/options.h"

namespace inlay {

namespace {

struct Amount {
  double value;
  std::string_view unit;
};

/// Threads and batches beyond are a mistake.
constexpr unsigned MostCount = 256;

std::optional<Amount> read_amount(std::string_view text) {
  Amount amount{};
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount.value);
  if (error != std::errc() || !(amount.value >= 0) || amount.value > 1e18) return std::nullopt;
  amount.unit = text.substr(static_cast<std::size_t>(end - text.data()));
  return amount;
}

/// Microseconds in a unit of time.
std::optional<double> in_us(std::string_view unit) {
  if (unit == "us") return 1;
  if (unit == "ms") return 1e3;
  if (unit == "s") return 1e6;
  return std::nullopt;
}

std::optional<double> in_bytes(std::string_view unit) {
  if (unit == "B") return 1;
  if (unit == "K") return 0x1p10;
  if (unit == "M") return 0x1p20;
  if (unit == "G") return 0x1p30;
  return std::nullopt;
}

bool set_threshold(std::string_view text, std::uint64_t& calls, double& us) {
  std::optional<Amount> amount = read_amount(text);
  if (!amount) return false;
  if (amount->unit == "calls")
    calls = static_cast<std::uint64_t>(amount->value);
  else if (std::optional<double> factor = in_us(amount->unit))
    us = amount->value * *factor;
  else
    return false;
  return true;
}

bool set_budget(std::string_view text, Policy& policy) {
  std::optional<Amount> amount = read_amount(text);
  if (!amount) return false;
  if (std::optional<double> factor = in_us(amount->unit))
    policy.budget_ms = amount->value * *factor / 1000;
  else if (std::optional<double> bytes = in_bytes(amount->unit))
    policy.budget_bytes = static_cast<std::uint64_t>(amount->value * *bytes);
  else
    return false;
  return true;
}

bool set_count(std::string_view text, unsigned least, unsigned& count) {
  std::optional<Amount> amount = read_amount(text);
  if (!amount || !amount->unit.empty() || amount->value < least || amount->value > MostCount) return false;
  count = static_cast<unsigned>(amount->value);
  return amount->value == count;
}

/// False if the word is none of ours.
bool apply(std::string_view word, Policy& policy) {
  if (word == "off") return policy.when = Policy::When::Never, true;
  if (word == "now") return policy.when = Policy::When::Now, true;
  if (word == "hot") return policy.when = Policy::When::Hot, true;
  if (word == "quick") return policy.highest = Tier::Quick, true;
  if (word == "optimized") return policy.highest = Tier::Optimized, true;
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view key = word.substr(0, equals), text = word.substr(equals + 1);
  if (key == "quick-after") return set_threshold(text, policy.quick_calls, policy.quick_us);
  if (key == "optimize-after") return set_threshold(text, policy.optimize_calls, policy.optimize_us);
  if (key == "budget") return set_budget(text, policy);
  if (key == "threads") return set_count(text, 0, policy.threads);
  if (key == "batch") return set_count(text, 1, policy.batch);
  return false;
}

}  // namespace

Result<void> jit::check_policy(const Policy& policy) {
  const auto wrong = [](const std::string& what) { return Error(ErrorKind::InvalidArgument, "Policy::" + what); };
  if (policy.when > Policy::When::Never) return wrong("when is none of Now, Hot and Never");
  if (policy.highest != Tier::Quick && policy.highest != Tier::Optimized)
    return wrong("highest is neither Tier::Quick nor Tier::Optimized; Policy::off() compiles nothing");
  if (policy.threads > MostCount)
    return wrong("threads is " + std::to_string(policy.threads) + "; up to " + std::to_string(MostCount) + " will do");
  if (policy.batch < 1 || policy.batch > MostCount)
    return wrong("batch is " + std::to_string(policy.batch) + "; 1 to " + std::to_string(MostCount) + " will do");
  const std::pair<const char*, double> times[] = {
      {"quick_us", policy.quick_us}, {"optimize_us", policy.optimize_us}, {"budget_ms", policy.budget_ms}};
  for (const auto& [name, time] : times)
    if (!(time >= 0)) return wrong(name + (" is " + std::to_string(time)) + "; it must be 0 or more");
  return {};
}

std::string_view to_string(Tier tier) {
  switch (tier) {
    case Tier::Original:
      return "original";
    case Tier::Quick:
      return "quick";
    case Tier::Optimized:
      return "optimized";
  }
  return "";
}

Result<Policy> Policy::parse(std::string_view words, Policy base) {
  while (!words.empty()) {
    const std::string_view word = jit::take_word(words);
    if (!word.empty() && !apply(word, base))
      return Error(ErrorKind::InvalidArgument,
                   "'" + std::string(word) +
                       "' is no word of a policy; these are: off, now, hot, quick, optimized, threads=N and "
                       "batch=N (up to 256), "
                       "quick-after=N and optimize-after=N with us, ms, s or calls, budget=N with us, ms, s, B, K, M "
                       "or G");
  }
  return base;
}

}  // namespace inlay
