// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input/json_rows.h"

// What could fail is asked, not thrown.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <optional>
#include <unordered_map>

#include "input/infer.h"

namespace inlay::filter {

namespace {

namespace ondemand = simdjson::ondemand;
using Kind = ondemand::json_type;

constexpr std::size_t Padding = simdjson::SIMDJSON_PADDING;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view Spaces = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(Spaces);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(Spaces) - begin + 1);
}

/// `"NaN"`, `"Infinity"` or `"-Infinity"`.
std::optional<double> not_finite(std::string_view token) {
  token = trimmed(token);
  if (token == "\"NaN\"") return std::numeric_limits<double>::quiet_NaN();
  if (token == "\"Infinity\"") return std::numeric_limits<double>::infinity();
  if (token == "\"-Infinity\"") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

std::string shortened(std::string_view text) {
  constexpr std::size_t Most = 40;
  if (text.size() <= Most) return std::string(text);
  return std::string(text.substr(0, Most)) + "…";
}

// A line at a time. The parser may look at bytes behind its input, so the last lines of a text are read from a copy.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  bool next() {
    if (begin_ == text_.size()) return false;
    const std::size_t end = text_.find('\n', begin_);
    after_ = end == std::string_view::npos ? text_.size() : end + 1;
    line_ = text_.substr(begin_, after_ - begin_);
    offset_ = begin_;
    begin_ = after_;
    if (!copied_ && after_ + Padding > text_.size()) {
      copy_.reset(new char[text_.size() - offset_ + Padding]());
      std::memcpy(copy_.get(), text_.data() + offset_, text_.size() - offset_);
      copied_ = offset_ + 1;
    }
    return true;
  }

  std::string_view line() const { return line_; }
  bool empty() const { return line_ == "\n" || line_ == "\r\n" || line_ == "\r"; }
  std::size_t offset() const { return offset_; }
  simdjson::padded_string_view padded() const {
    const char* const at = copied_ ? copy_.get() + (offset_ - (copied_ - 1)) : line_.data();
    return simdjson::padded_string_view(at, line_.size(), line_.size() + Padding);
  }
  // A part of padded(), where it lasts.
  std::string_view lasting(std::string_view part) const {
    return {line_.data() + (part.data() - static_cast<const char*>(padded().data())), part.size()};
  }

 private:
  std::string_view text_;
  std::string_view line_;
  std::size_t begin_ = 0, after_ = 0, offset_ = 0;
  std::unique_ptr<char[]> copy_;
  std::size_t copied_ = 0;  // where the copy begins in the text, plus one
};

// Where the values of a column go.
struct Target {
  std::string_view name;
  Type type = Type::Text;
  std::byte* values = nullptr;    // null: not used
  std::uint8_t* valid = nullptr;  // one bit a row; null: Text in cells
  Text* written = nullptr;        // null: not kept
};

// Refused: the message.
using Refusal = std::optional<std::string>;

/// Why a line is no object.
std::string refuse_line(const Lines& lines, simdjson::error_code error) {
  if (error != simdjson::INCORRECT_TYPE) return simdjson::error_message(error);
  return trimmed(lines.line()).starts_with('[')
             ? "not a JSON object but an array, whose elements jq -c '.[]' writes as lines"
             : "not a JSON object";
}

/// What the values of a member are so far.
struct Member {
  std::string name;
  std::optional<Type> type;
  bool words = false;  // some of them are "NaN" or an infinity

  void see(Kind kind, ondemand::value& value);
  /// Words beside numbers are numbers, as they are alone: so --format jsonl writes a column of nothing else.
  std::optional<Type> found() const {
    if (!words) return type;
    return !type || type == Type::Integer || type == Type::Real ? Type::Real : Type::Text;
  }
};

void Member::see(Kind kind, ondemand::value& value) {
  if (kind == Kind::null || type == Type::Text) return;
  if (kind == Kind::boolean) return join(type, Type::Boolean);
  if (kind == Kind::number) {
    std::int64_t integer;
    if (value.get_int64().get(integer) == simdjson::SUCCESS) return join(type, Type::Integer);
    // More digits than that are a key of some kind, as in CSV: a double would not tell it from its neighbours.
    const std::string_view digits = trimmed(value.raw_json_token());
    return join(type, digits.find_first_of(".eE") == digits.npos ? Type::Text : Type::Real);
  }
  if (kind != Kind::string) return join(type, Type::Text);
  const std::string_view token = trimmed(value.raw_json_token());
  if (not_finite(token)) {
    words = true;
    return;
  }
  const Type read = token.size() < 2 ? Type::Text : type_of_text(token.substr(1, token.size() - 2));
  join(type, read == Type::Date || read == Type::Timestamp ? read : Type::Text);
}

}  // namespace

struct JsonParser::State {
  ondemand::parser parser;
  std::vector<Target> targets;
  std::unordered_map<std::string_view, std::uint32_t> numbers;

  void prepare(const Schema& schema, std::span<const std::uint32_t> used, std::span<const std::uint32_t> kept,
               std::int64_t rows, BatchMemory& memory);
  bool watching = false;
  std::optional<std::pair<std::uint32_t, Type>> misfit;  // the column that a refusal is of, and a type that would fit

  std::optional<std::uint32_t> find(ondemand::field& field, const char* limit, std::uint32_t likely,
                                    std::string_view& key);
  Refusal note_other(std::string_view key, ondemand::value value, std::int64_t row, BatchMemory& memory);
  Refusal read_row(const Lines& lines, std::int64_t row, std::string_view text, BatchMemory& memory, char*& out);
  Refusal read_value(ondemand::value value, const Target& target, std::int64_t row, const Lines& lines,
                     std::string_view text, BatchMemory& memory, char*& out);
};

void JsonParser::State::prepare(const Schema& schema, std::span<const std::uint32_t> used,
                                std::span<const std::uint32_t> kept, std::int64_t rows, BatchMemory& memory) {
  if (targets.empty())
    for (std::uint32_t i = 0; i < schema.size(); ++i) {
      const Column& column = schema.columns()[i];
      targets.push_back({.name = column.name, .type = column.type});
      numbers.emplace(column.name, i);
    }
  const std::size_t count = static_cast<std::size_t>(rows);
  const std::size_t bits = (count + 7) / 8 + 8;
  std::size_t size = 2 * count * sizeof(std::uint32_t) + 64;
  for (const std::uint32_t column : used) size += count * schema.columns()[column].stride + bits + 32;
  size += kept.size() * (count * sizeof(Text) + 16);
  memory.cells = memory.pool->take(size);
  memory.columns.assign(schema.size(), {});
  for (Target& target : targets) target.values = nullptr, target.written = nullptr;
  std::byte* at = memory.cells.bytes.get() + 2 * count * sizeof(std::uint32_t);
  for (const std::uint32_t number : used) {
    const Column& column = schema.columns()[number];
    at += -reinterpret_cast<std::uintptr_t>(at) % 16;
    Target& target = targets[number];
    target.values = at;
    memory.columns[number].values = at;
    at += count * column.stride;
    if (column.validity != Validity::Bitmap) continue;
    target.valid = reinterpret_cast<std::uint8_t*>(at);
    memory.columns[number].validity = at;
    std::memset(at, 0, bits);
    at += bits;
  }
  if (!kept.empty()) memory.written.assign(schema.size(), nullptr);
  for (const std::uint32_t number : kept) {
    at += -reinterpret_cast<std::uintptr_t>(at) % 16;
    memory.written[number] = targets[number].written = reinterpret_cast<Text*>(at);
    at += count * sizeof(Text);
  }
}

// Members usually come in the order of the columns; and names usually have nothing escaped.
std::optional<std::uint32_t> JsonParser::State::find(ondemand::field& field, const char* limit, std::uint32_t likely,
                                                     std::string_view& key) {
  if (likely < targets.size()) {
    const std::string_view name = targets[likely].name;
    const char* const begin = field.key().raw();
    if (static_cast<std::size_t>(limit - begin) > name.size() && std::memcmp(begin, name.data(), name.size()) == 0 &&
        begin[name.size()] == '"' && name.find_first_of("\"\\") == std::string_view::npos) {
      key = name;
      return likely;
    }
  }
  if (field.unescaped_key().get(key) != simdjson::SUCCESS) return std::nullopt;
  const auto found = numbers.find(key);
  return found == numbers.end() ? std::nullopt : std::optional(found->second);
}

Refusal JsonParser::State::note_other(std::string_view key, ondemand::value value, std::int64_t row,
                                      BatchMemory& memory) {
  if (!memory.others.empty() && memory.others.back().row == row) return std::nullopt;
  Kind kind;
  if (const auto error = value.type().get(kind)) return simdjson::error_message(error);
  if (kind == Kind::null) return std::nullopt;
  Member member{.name = std::string(key), .type = {}};
  member.see(kind, value);
  const Type type = member.found().value_or(Type::Text);
  memory.others.push_back({.row = row, .name = std::move(member.name), .type = type});
  return std::nullopt;
}

Refusal JsonParser::State::read_value(ondemand::value value, const Target& target, std::int64_t row, const Lines& lines,
                                      std::string_view text, BatchMemory& memory, char*& out) {
  Kind kind;
  if (const auto error = value.type().get(kind)) return simdjson::error_message(error);
  const std::size_t i = static_cast<std::size_t>(row);
  const bool null = kind == Kind::null;
  if (bool is_null = false; null && (value.is_null().get(is_null) || !is_null))
    return std::string("not a value of JSON");
  auto refuse = [&] {
    Member member{.name = {}, .type = target.type};
    member.see(kind, value);
    misfit.emplace(static_cast<std::uint32_t>(&target - targets.data()), member.found().value_or(Type::Text));
    std::string_view shown;
    if (simdjson::to_json_string(value).get(shown) != simdjson::SUCCESS) shown = "…";
    return "member '" + std::string(target.name) + "' is " + shortened(trimmed(shown)) + ", which is not " +
           (target.type == Type::Integer ? "an " : "a ") + std::string(to_string(target.type));
  };
  if (target.written) {
    // Of objects and arrays that is below, where their end is known.
    const bool scalar = !null && kind != Kind::object && kind != Kind::array;
    target.written[i] = scalar ? Text(lines.lasting(trimmed(value.raw_json_token()))) : Text();
  }
  switch (target.type) {
    case Type::Boolean: {
      bool read = false;
      if (!null && (kind != Kind::boolean || value.get_bool().get(read) != simdjson::SUCCESS)) return refuse();
      target.values[i] = static_cast<std::byte>(read);
      break;
    }
    case Type::Integer: {
      std::int64_t read = 0;
      if (!null && (kind != Kind::number || value.get_int64().get(read) != simdjson::SUCCESS)) return refuse();
      std::memcpy(target.values + i * sizeof read, &read, sizeof read);
      break;
    }
    case Type::Real: {
      double read = 0;
      if (kind == Kind::string) {
        // As --format jsonl writes what JSON has no numbers for.
        const std::optional<double> word = not_finite(value.raw_json_token());
        if (!word) return refuse();
        read = *word;
      } else if (!null && (kind != Kind::number || value.get_double().get(read) != simdjson::SUCCESS)) {
        return refuse();
      }
      std::memcpy(target.values + i * sizeof read, &read, sizeof read);
      break;
    }
    default: {
      std::string_view part;
      if (null) {
        part = {};
      } else if (kind == Kind::string) {
        // `"x"` and perhaps spaces.
        const std::string_view token = trimmed(value.raw_json_token());
        if (token.find('\\') == std::string_view::npos) {
          if (token.size() < 2 || token.back() != '"') return std::string("a text that is not closed");
          part = lines.lasting(token.substr(1, token.size() - 2));
        } else {
          std::string_view read;
          if (const auto error = value.get_string().get(read)) return simdjson::error_message(error);
          if (!memory.characters.bytes) {
            memory.characters = memory.pool->take(text.size());
            out = reinterpret_cast<char*>(memory.characters.bytes.get());
          }
          std::memcpy(out, read.data(), read.size());
          part = {out, read.size()};
          out += read.size();
        }
      } else if (target.type != Type::Text) {
        return refuse();
      } else {
        std::string_view read;
        if (const auto error = simdjson::to_json_string(value).get(read)) return simdjson::error_message(error);
        part = lines.lasting(trimmed(read));
        if (target.written) target.written[i] = Text(part);
      }
      const Text cell(part);
      std::memcpy(target.values + i * sizeof cell, &cell, sizeof cell);
      return std::nullopt;
    }
  }
  const auto bit = static_cast<std::uint8_t>(1u << (i % 8));
  if (null)
    target.valid[i / 8] &= static_cast<std::uint8_t>(~bit);
  else
    target.valid[i / 8] |= bit;
  return std::nullopt;
}

Refusal JsonParser::State::read_row(const Lines& lines, std::int64_t row, std::string_view text, BatchMemory& memory,
                                    char*& out) {
  // What is missing is NULL; in bitmaps that is so already.
  for (const Target& target : targets) {
    if (target.values && target.type != Type::Boolean && target.type != Type::Integer && target.type != Type::Real)
      std::memset(target.values + static_cast<std::size_t>(row) * sizeof(Text), 0, sizeof(Text));
    if (target.written) target.written[row] = Text();
  }
  const simdjson::padded_string_view line = lines.padded();
  const char* const limit = line.data() + line.size();
  ondemand::document document;
  ondemand::object object;
  if (const auto error = parser.iterate(line).get(document)) return simdjson::error_message(error);
  if (const auto error = document.get_object().get(object)) return refuse_line(lines, error);
  std::uint32_t likely = 0;
  for (auto result : object) {
    ondemand::field field;
    if (const auto error = std::move(result).get(field)) return simdjson::error_message(error);
    std::string_view key;
    const std::optional<std::uint32_t> number = find(field, limit, likely, key);
    if (number) likely = *number + 1;
    if (!number || !targets[*number].values) {
      if (!watching) continue;
      if (Refusal refusal = note_other(key, field.value(), row, memory)) return refusal;
      continue;
    }
    if (Refusal refusal = read_value(field.value(), targets[*number], row, lines, text, memory, out)) return refusal;
  }
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS && rest < limit && !trimmed({rest, limit}).empty())
    return std::string("more than one JSON object in a line");
  return std::nullopt;
}

JsonParser::JsonParser() : state_(std::make_unique<State>()) {}
JsonParser::~JsonParser() = default;
JsonParser::JsonParser(JsonParser&&) noexcept = default;

JsonRows JsonParser::read(std::string_view text, std::int64_t rows, const Schema& schema,
                          std::span<const std::uint32_t> used, std::span<const std::uint32_t> kept, BatchMemory& memory,
                          bool watch) {
  JsonRows result;
  state_->watching = watch;
  state_->misfit.reset();
  state_->prepare(schema, used, kept, rows, memory);
  std::uint32_t* const ends = reinterpret_cast<std::uint32_t*>(memory.cells.bytes.get());
  std::uint32_t* const numbers = ends + rows;
  char* out = nullptr;
  std::string* copy = nullptr;
  std::uint32_t line = 0;
  Lines lines(text);
  for (; lines.next(); ++line) {
    if (lines.empty()) {
      if (!copy) {
        memory.text_copy = std::string(text.substr(0, lines.offset()));
        copy = &memory.text_copy;
      }
      continue;
    }
    if (Refusal refusal = state_->read_row(lines, result.rows, text, memory, out)) {
      result.fault = JsonFault{line, std::move(*refusal)};
      if (state_->misfit) {
        result.fault->column = state_->misfit->first;
        result.fault->fitting = state_->misfit->second;
      }
      break;
    }
    if (copy) *copy += lines.line();
    ends[result.rows] = static_cast<std::uint32_t>(copy ? copy->size() : lines.offset() + lines.line().size());
    numbers[result.rows] = line;
    ++result.rows;
  }
  const std::size_t count = static_cast<std::size_t>(result.rows);
  result.row_ends = {ends, count};
  if (copy) result.lines = {numbers, count};
  result.text = std::string_view(copy ? std::string_view(*copy) : text).substr(0, count ? ends[count - 1] : 0);
  return result;
}

JsonMembers JsonParser::members(std::string_view text) {
  std::vector<Member> members;
  std::unordered_map<std::string, std::size_t> numbers;
  JsonMembers result;
  std::int64_t line = 0;
  const auto read_line = [&](const Lines& lines) -> Refusal {
    ondemand::document document;
    ondemand::object object;
    if (const auto error = state_->parser.iterate(lines.padded()).get(document)) return simdjson::error_message(error);
    if (const auto error = document.get_object().get(object)) return refuse_line(lines, error);
    for (auto next : object) {
      ondemand::field field;
      std::string_view key;
      Kind kind;
      if (const auto error = std::move(next).get(field)) return simdjson::error_message(error);
      if (const auto error = field.unescaped_key().get(key)) return simdjson::error_message(error);
      ondemand::value value = field.value();
      if (const auto error = value.type().get(kind)) return simdjson::error_message(error);
      const auto [at, added] = numbers.try_emplace(std::string(key), members.size());
      if (added) members.push_back({.name = std::string(key), .type = {}});
      members[at->second].see(kind, value);
    }
    return std::nullopt;
  };
  Lines lines(text);
  for (; !result.fault && lines.next(); ++line) {
    if (lines.empty()) continue;
    if (Refusal refusal = read_line(lines)) result.fault = JsonFault{line, std::move(*refusal)};
  }
  for (Member& member : members) {
    const std::optional<Type> type = member.found();
    result.members.emplace_back(std::move(member.name), type);
  }
  return result;
}

}  // namespace inlay::filter
