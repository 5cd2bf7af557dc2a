// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A line a group, words with spaces between. Texts begin with `'`, and have %XX for all but letters and digits; reals
// are the digits of their bits; `-` is NULL.
#include "output/partial.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdio>
#include <optional>
#include <utility>

namespace inlay::filter {

namespace {

// So that a thousand parts can be added up in 64 and 128 bits, whatever they say.
constexpr std::int64_t MostShards = 1000, MostRows = std::int64_t{1} << 53;
constexpr std::size_t MostDigits = 35;
constexpr std::string_view Form = "2";
constexpr auto FormatNames = std::to_array<std::string_view>({"csv", "tsv", "jsonl"});
constexpr auto KindNames = std::to_array<std::string_view>({"rows", "count", "sum", "avg", "min", "max"});

bool is_plain(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
}

std::string word_of(std::string_view text) {
  std::string word = "'";
  for (const char c : text) {
    std::array<char, 4> code;
    if (is_plain(c))
      word += c;
    else if (std::snprintf(code.data(), code.size(), "%%%02x", static_cast<unsigned>(static_cast<unsigned char>(c))) >
             0)
      word += code.data();
  }
  return word;
}

std::string word_of(const Value& value) {
  if (value.null) return "-";
  if (value.type == Type::Text) return word_of(value.text);
  return std::to_string(value.type == Type::Real ? std::bit_cast<std::int64_t>(value.real) : value.bits);
}

/// The words of a text, line by line. After one that does not fit nothing does.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  bool failed() const { return failed_; }
  std::uint32_t line() const { return line_; }
  bool at_end() const { return text_.empty(); }

  std::string_view word() {
    const std::size_t end = text_.find_first_of(" \n");
    if (end == 0 || end == std::string_view::npos) return fail();
    const std::string_view word = text_.substr(0, end);
    text_.remove_prefix(end);
    if (text_[0] == ' ') text_.remove_prefix(1);
    return word;
  }
  void end_line() {
    if (!text_.starts_with('\n')) {
      fail();
      return;
    }
    text_.remove_prefix(1);
    ++line_;
  }
  void expect(std::string_view wanted) {
    if (word() != wanted) fail();
  }
  std::int64_t number() { return number_of(word()); }
  std::int64_t rows() {
    const std::int64_t number = this->number();
    if (number < 0 || number > MostRows) fail();
    return failed_ ? 0 : number;
  }
  std::int64_t number_of(std::string_view word) {
    std::int64_t number = 0;
    const auto end = std::from_chars(word.data(), word.data() + word.size(), number);
    if (end.ec != std::errc() || end.ptr != word.data() + word.size() || word.empty()) fail();
    return number;
  }
  std::string text() { return text_of(word()); }
  std::string text_of(std::string_view word) {
    std::string text;
    if (!word.starts_with('\'')) fail();
    for (std::size_t i = 1; i < word.size() && !failed_; ++i) {
      if (word[i] != '%') {
        text += word[i];
        continue;
      }
      unsigned code = 0;
      const std::string_view digits = word.substr(i + 1, 2);
      const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
      if (digits.size() != 2 || end.ptr != digits.data() + 2) fail();
      text += static_cast<char>(code);
      i += 2;
    }
    return text;
  }
  Value value(Type type) {
    const std::string_view written = word();
    if (written == "-") return Value::null_of(type);
    Value value{.type = type, .null = false};
    if (type == Type::Text)
      value.text = text_of(written);
    else if (type == Type::Real)
      value.real = std::bit_cast<double>(number_of(written));
    else
      value.bits = number_of(written);
    if (type == Type::Boolean && value.bits != 0 && value.bits != 1) fail();
    return value;
  }
  Type type() {
    const std::optional<Type> type = type_named(word());
    if (!type) fail();
    return type.value_or(Type::Integer);
  }
  AggregateKind kind() {
    const auto known = std::find(KindNames.begin(), KindNames.end(), word());
    if (known == KindNames.end()) fail();
    return static_cast<AggregateKind>(known - KindNames.begin());
  }
  std::optional<Format> format() {
    const std::string_view written = word();
    if (written == "-") return std::nullopt;
    const auto known = std::find(FormatNames.begin(), FormatNames.end(), written);
    if (known == FormatNames.end()) fail();
    return failed_ ? std::nullopt : std::optional(static_cast<Format>(known - FormatNames.begin()));
  }
  Integer128 large() {
    std::string_view digits = word();
    const bool negative = digits.starts_with('-');
    if (negative) digits.remove_prefix(1);
    Integer128 number = 0;
    if (digits.empty() || digits.size() > MostDigits) fail();
    for (const char c : digits) {
      if (failed_ || c < '0' || c > '9') {
        fail();
        return 0;
      }
      number = number * 10 + (c - '0');
    }
    return negative ? -number : number;
  }
  std::string_view fail() {
    failed_ = true;
    text_ = {};
    return {};
  }

 private:
  std::string_view text_;
  std::uint32_t line_ = 1;
  bool failed_ = false;
};

void append_state(std::string& text, const Aggregate& aggregate, const AggregateState& state) {
  text += ' ' + std::to_string(state.count);
  switch (aggregate.kind) {
    case AggregateKind::Rows:
    case AggregateKind::Count:
      return;
    case AggregateKind::Sum:
    case AggregateKind::Average:
      text += ' ' + (aggregate.type == Type::Real ? state.reals.to_text() : to_string(state.integers));
      return;
    case AggregateKind::Minimum:
    case AggregateKind::Maximum:
      text += ' ' + word_of(state.extreme);
      return;
  }
}

AggregateState read_state(Words& words, const Aggregate& aggregate) {
  AggregateState state;
  state.count = words.rows();
  switch (aggregate.kind) {
    case AggregateKind::Rows:
    case AggregateKind::Count:
      break;
    case AggregateKind::Sum:
    case AggregateKind::Average:
      if (aggregate.type != Type::Real) {
        state.integers = words.large();
      } else if (std::optional<ExactSum> sum = ExactSum::from_text(words.word())) {
        state.reals = *std::move(sum);
      } else {
        words.fail();
      }
      break;
    case AggregateKind::Minimum:
    case AggregateKind::Maximum:
      state.extreme = words.value(aggregate.type);
      break;
  }
  return state;
}

/// A value in quotes; of a long one, what is around the byte from which on it is another.
std::string shown(std::string_view value, std::size_t from) {
  constexpr std::size_t Longest = 60;
  const std::size_t begin = value.size() <= Longest ? 0 : std::min(from - std::min(from, Longest / 2), value.size());
  std::string text = begin > 0 ? "...'" : "'";
  for (const char c : value.substr(begin, Longest)) text += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? '?' : c;
  return text + (value.size() - begin > Longest ? "'..." : "'");
}

const std::string* value_of(const Partial& partial, const std::string& name) {
  for (const Trait& trait : partial.traits)
    if (trait.name == name) return &trait.value;
  return nullptr;
}

}  // namespace

std::optional<std::string> difference(const Partial& part, const Partial& first) {
  if (part.shard.count != first.shard.count)
    return "one of " + std::to_string(part.shard.count) + " shards here, of " + std::to_string(first.shard.count) +
           " there";
  for (const Trait& trait : part.traits) {
    const std::string* const other = value_of(first, trait.name);
    if (!other) return trait.name + " is " + shown(trait.value, 0) + " here, and not given there";
    if (*other == trait.value) continue;
    const auto from = static_cast<std::size_t>(
        std::mismatch(trait.value.begin(), trait.value.end(), other->begin(), other->end()).first -
        trait.value.begin());
    return trait.name + " is " + shown(trait.value, from) + " here, " + shown(*other, from) + " there";
  }
  for (const Trait& trait : first.traits)
    if (!value_of(part, trait.name)) return trait.name + " is " + shown(trait.value, 0) + " there, and not given here";
  if (part.only_count != first.only_count || part.aggregation != first.aggregation)
    return "columns have other types or names here";
  return std::nullopt;
}

Result<Shard> parse_shard(std::string_view text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, shard.number);
  if (number.ec == std::errc() && number.ptr != end && *number.ptr == '/') {
    const auto count = std::from_chars(number.ptr + 1, end, shard.count);
    if (count.ec == std::errc() && count.ptr == end && shard.number >= 1 && shard.number <= shard.count &&
        shard.count <= MostShards)
      return shard;
  }
  return Error(ErrorKind::InvalidArgument, "'" + std::string(text) + "' is no shard; they are 1/4 to 4/4, for example");
}

std::string to_text(const Partial& partial) {
  const Aggregation& aggregation = partial.aggregation;
  std::string text = std::string(PartialMark) + std::string(Form) + '\n';
  text += "shard " + std::to_string(partial.shard.number) + ' ' + std::to_string(partial.shard.count) + '\n';
  text += "traits " + std::to_string(partial.traits.size()) + '\n';
  for (const Trait& trait : partial.traits) text += word_of(trait.name) + ' ' + word_of(trait.value) + '\n';
  text += "format ";
  text += partial.format ? FormatNames[static_cast<std::size_t>(*partial.format)] : "-";
  text += '\n';
  text += "only-count " + std::to_string(partial.only_count ? 1 : 0) + '\n';
  text += "passed " + std::to_string(partial.passed) + '\n';
  text += "keys " + std::to_string(aggregation.keys.size()) + '\n';
  for (const Key& key : aggregation.keys)
    text += std::string(filter::to_string(key.type)) + ' ' + word_of(key.name) + '\n';
  text += "aggregates " + std::to_string(aggregation.aggregates.size()) + '\n';
  for (const Aggregate& aggregate : aggregation.aggregates)
    text += std::string(KindNames[static_cast<std::size_t>(aggregate.kind)]) + ' ' +
            std::string(filter::to_string(aggregate.type)) + ' ' + word_of(aggregate.name) + '\n';
  text += "groups " + std::to_string(partial.groups.size()) + '\n';
  for (const std::uint32_t group : partial.groups.sorted()) {
    text += "group";
    for (const Value& key : partial.groups.keys(group)) text += ' ' + word_of(key);
    const std::span<const AggregateState> states = partial.groups.states(group);
    for (std::size_t i = 0; i < states.size(); ++i) append_state(text, aggregation.aggregates[i], states[i]);
    text += '\n';
  }
  return text + "end\n";
}

Result<Partial> parse_partial(std::string_view text, const std::string& name) {
  if (!text.starts_with(PartialMark))
    return Error(ErrorKind::File, "is not what --shard writes with --count or --agg; rows are put together by cat",
                 {.file = name});
  Words words(text);
  words.expect(PartialMark.substr(0, PartialMark.size() - 1));
  if (const std::string_view form = words.word(); !words.failed() && form != Form)
    return Error(ErrorKind::File,
                 "is a part as another version of inlay-filter writes it; have all of them computed by one version",
                 {.file = name});
  words.end_line();
  Partial partial{.shard = {}, .traits = {}, .format = {}, .aggregation = {}, .groups = Groups(Aggregation())};
  const auto number = [&](std::string_view what) {
    words.expect(what);
    const std::int64_t value = words.rows();
    words.end_line();
    return value;
  };
  words.expect("shard");
  partial.shard.number = words.number();
  partial.shard.count = words.number();
  words.end_line();
  for (std::int64_t left = number("traits"); left > 0 && !words.failed(); --left) {
    Trait trait;
    trait.name = words.text();
    trait.value = words.text();
    words.end_line();
    partial.traits.push_back(std::move(trait));
  }
  words.expect("format");
  partial.format = words.format();
  words.end_line();
  partial.only_count = number("only-count") == 1;
  partial.passed = number("passed");
  for (std::int64_t left = number("keys"); left > 0 && !words.failed(); --left) {
    Key key;
    key.type = words.type();
    key.name = words.text();
    words.end_line();
    partial.aggregation.keys.push_back(std::move(key));
  }
  for (std::int64_t left = number("aggregates"); left > 0 && !words.failed(); --left) {
    Aggregate aggregate;
    aggregate.kind = words.kind();
    aggregate.type = words.type();
    aggregate.name = words.text();
    words.end_line();
    if (!check(aggregate)) words.fail();
    partial.aggregation.aggregates.push_back(std::move(aggregate));
  }
  partial.groups = Groups(partial.aggregation);
  const std::int64_t groups = number("groups");
  for (std::int64_t left = groups; left > 0 && !words.failed(); --left) {
    words.expect("group");
    std::vector<Value> keys;
    for (const Key& key : partial.aggregation.keys) keys.push_back(words.value(key.type));
    std::vector<AggregateState> states;
    for (const Aggregate& aggregate : partial.aggregation.aggregates) states.push_back(read_state(words, aggregate));
    words.end_line();
    if (!words.failed()) partial.groups.merge(keys, states);
  }
  words.expect("end");
  words.end_line();
  const Shard shard = partial.shard;
  const bool shard_fits = shard.number >= 1 && shard.number <= shard.count && shard.count <= MostShards;
  const std::vector<Aggregate>& aggregates = partial.aggregation.aggregates;
  const bool count_fits = !partial.only_count || (partial.aggregation.keys.empty() && aggregates.size() == 1 &&
                                                  aggregates[0].kind == AggregateKind::Rows);
  // No group twice.
  const bool groups_fit = std::cmp_equal(partial.groups.size(), groups);
  if (words.failed() || !words.at_end() || !shard_fits || !count_fits || !groups_fit)
    return Error(ErrorKind::File, "is damaged, or not complete", {.file = name, .line = words.line()});
  return partial;
}

}  // namespace inlay::filter
