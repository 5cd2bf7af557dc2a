// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "assembler.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>

#include "operations.h"

namespace vm_tailcall {
namespace {

using inlay::Error;
using inlay::Result;

constexpr std::uint64_t MaxMemory = std::uint64_t{1} << 24;

/// A word of the text, and where it stands.
struct Word {
  std::string_view text;
  std::uint32_t line = 0, column = 0;
};

/// An instruction, as far as it is known before labels have positions.
struct Item {
  Word mnemonic;
  std::uint8_t opcode = 0;
  std::vector<std::uint8_t> registers;
  std::vector<Word> labels;  // of the tail
  std::int64_t number = 0;   // the tail, if it has no label
  std::vector<std::uint8_t> bytes;
  bool wide = false;
  std::uint32_t position = 0;

  const Operation& operation() const { return Operations[opcode]; }
  std::uint32_t size() const {
    if (opcode == 0) return static_cast<std::uint32_t>(bytes.size());
    const std::uint32_t head = 1u + operation().registers;
    switch (operation().tail) {
      case Tail::None:
        return head;
      case Tail::Immediate:
      case Tail::Jump:
        return head + (wide ? 3 : 1);
      case Tail::Word:
        return head + 8;
      case Tail::Table:
        return head + 1 + 2 * static_cast<std::uint32_t>(labels.size());
    }
    return head;
  }
};

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_name_char) && (text[0] < '0' || text[0] > '9');
}

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.starts_with("0x")) {
    std::uint64_t value = 0;
    const std::from_chars_result result = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }
  return parse_number<std::int64_t>(text);
}

std::string quote(std::string_view text) { return "'" + std::string(text) + "'"; }

class Assembler {
 public:
  explicit Assembler(const std::string& file) : file_(file) {}

  Result<Program> assemble(std::string_view text) {
    for (std::uint32_t line = 1; !text.empty(); ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      INLAY_TRY_VOID(read_line(text.substr(0, end), line));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    INLAY_TRY_VOID(place());
    INLAY_TRY_VOID(emit());
    return std::move(program_);
  }

 private:
  Error error(const Word& word, std::string message) const {
    return {inlay::ErrorKind::InvalidArgument, std::move(message), {file_, word.line, word.column}};
  }

  Result<void> read_line(std::string_view text, std::uint32_t line);
  Result<void> directive(const Word& name, const std::vector<Word>& words);
  Result<void> instruction(const Word& mnemonic, const std::vector<Word>& operands);
  Result<void> tail(Item& item, const std::vector<Word>& operands);
  Result<void> name_register(const Word& name, std::uint8_t reg);
  Result<std::uint8_t> reg(const Word& word) const;
  Result<std::int64_t> distance(const Item& item, const Word& label) const;
  Result<void> place();
  Result<void> emit();

  template <class T>
  void append(T value) {
    std::uint8_t bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    program_.bytes.insert(program_.bytes.end(), bytes, bytes + sizeof value);
  }

  const std::string& file_;
  Program program_;
  std::vector<Item> items_;
  std::map<std::string_view, std::size_t> labels_;  // to the index of the item that follows
  std::map<std::string_view, std::uint8_t> registers_;
  std::uint32_t size_ = 0;
};

/// The words of a line; commas only separate them, like blanks.
std::vector<Word> split(std::string_view text, std::uint32_t line) {
  std::vector<Word> words;
  std::size_t at = 0;
  while (at < text.size() && text[at] != ';') {
    if (text[at] == ' ' || text[at] == '\t' || text[at] == ',' || text[at] == '\r') {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && std::string_view(" \t\r,;:").find(text[at]) == std::string_view::npos) ++at;
    if (at < text.size() && text[at] == ':') ++at;
    words.push_back({text.substr(begin, at - begin), line, static_cast<std::uint32_t>(begin + 1)});
  }
  return words;
}

Result<void> Assembler::read_line(std::string_view text, std::uint32_t line) {
  std::vector<Word> words = split(text, line);
  while (!words.empty() && words[0].text.ends_with(':')) {
    const std::string_view name = words[0].text.substr(0, words[0].text.size() - 1);
    if (!is_name(name)) return error(words[0], quote(name) + " is no label; a name of letters, digits and _ would do");
    if (!labels_.emplace(name, items_.size()).second)
      return error(words[0], "there is a label " + quote(name) + " already; another name would do");
    words.erase(words.begin());
  }
  if (words.empty()) return {};
  const Word first = words[0];
  words.erase(words.begin());
  return first.text.starts_with('.') ? directive(first, words) : instruction(first, words);
}

Result<void> Assembler::name_register(const Word& name, std::uint8_t reg) {
  if (!is_name(name.text)) return error(name, quote(name.text) + " is no name; letters, digits and _ would do");
  if (!registers_.emplace(name.text, reg).second)
    return error(name, quote(name.text) + " names a register already; another name would do");
  return {};
}

Result<void> Assembler::directive(const Word& name, const std::vector<Word>& words) {
  auto takes = [&](std::size_t count, const char* what) -> Result<void> {
    if (words.size() == count) return {};
    return error(name, quote(name.text) + " with " + std::to_string(words.size()) + " operands; " + what + " would do");
  };
  if (name.text == ".argument") {
    INLAY_TRY_VOID(takes(2, "a name and a number"));
    const std::optional<std::int64_t> value = parse_integer(words[1].text);
    if (!value) return error(words[1], quote(words[1].text) + "; a number would do");
    if (program_.arguments.size() == 256) return error(name, "more than 256 arguments");
    INLAY_TRY_VOID(name_register(words[0], static_cast<std::uint8_t>(program_.arguments.size())));
    program_.arguments.push_back({std::string(words[0].text), *value});
  } else if (name.text == ".register") {
    INLAY_TRY_VOID(takes(2, "a name and a register"));
    INLAY_TRY(const std::uint8_t number, reg(words[1]));
    INLAY_TRY_VOID(name_register(words[0], number));
  } else if (name.text == ".memory") {
    INLAY_TRY_VOID(takes(1, "a number of words"));
    const std::optional<std::int64_t> value = parse_integer(words[0].text);
    if (!value || *value < 0 || static_cast<std::uint64_t>(*value) > MaxMemory)
      return error(words[0], quote(words[0].text) + "; a number from 0 to " + std::to_string(MaxMemory) + " would do");
    program_.memory_size = static_cast<std::uint64_t>(*value);
  } else if (name.text == ".byte") {
    Item item;
    item.mnemonic = name;
    for (const Word& word : words) {
      const std::optional<std::int64_t> value = parse_integer(word.text);
      if (!value || *value < 0 || *value > 255)
        return error(word, quote(word.text) + "; a number from 0 to 255 would do");
      item.bytes.push_back(static_cast<std::uint8_t>(*value));
    }
    items_.push_back(std::move(item));
  } else {
    return error(name,
                 "there is no directive " + quote(name.text) + "; there are .argument, .byte, .memory, .register");
  }
  return {};
}

Result<std::uint8_t> Assembler::reg(const Word& word) const {
  if (const auto named = registers_.find(word.text); named != registers_.end()) return named->second;
  if (word.text.starts_with('r'))
    if (const std::optional<std::uint8_t> number = parse_number<std::uint8_t>(word.text.substr(1))) return *number;
  return error(word, quote(word.text) + " is no register; r0 to r255 or a name that .register gave would do");
}

Result<void> Assembler::instruction(const Word& mnemonic, const std::vector<Word>& operands) {
  const auto* const found = std::find_if(std::begin(Operations), std::end(Operations), [&](const Operation& operation) {
    return operation.name != nullptr && mnemonic.text == operation.name;
  });
  if (found == std::end(Operations) || mnemonic.text == "wide")
    return error(mnemonic, "there is no operation " + quote(mnemonic.text) + "; operations.def has them all");
  Item item;
  item.mnemonic = mnemonic;
  item.opcode = static_cast<std::uint8_t>(found - Operations);
  const std::size_t needed = item.operation().registers + (item.operation().tail == Tail::None ? 0u : 1u);
  if (item.operation().tail == Tail::Table ? operands.empty() || operands.size() > 255 : operands.size() != needed)
    return error(mnemonic, quote(mnemonic.text) + " with " + std::to_string(operands.size()) + " operands; " +
                               (item.operation().tail == Tail::Table ? "1 to 255 labels" : std::to_string(needed)) +
                               " would do");
  for (std::size_t i = 0; i < item.operation().registers; ++i) {
    INLAY_TRY(const std::uint8_t number, reg(operands[i]));
    item.registers.push_back(number);
  }
  INLAY_TRY_VOID(tail(item, operands));
  items_.push_back(std::move(item));
  return {};
}

Result<void> Assembler::tail(Item& item, const std::vector<Word>& operands) {
  const Word last = operands.empty() ? Word{} : operands.back();
  switch (item.operation().tail) {
    case Tail::None:
      return {};
    case Tail::Jump:
    case Tail::Table:
      item.labels.assign(operands.begin() + item.operation().registers, operands.end());
      return {};
    case Tail::Immediate: {
      const std::optional<std::int64_t> value = parse_integer(last.text);
      if (!value || *value < INT16_MIN || *value > INT16_MAX)
        return error(last, quote(last.text) + "; a number from -32768 to 32767 would do, or `constant`");
      item.number = *value;
      item.wide = *value < INT8_MIN || *value > INT8_MAX;
      return {};
    }
    case Tail::Word:
      if (item.opcode == static_cast<std::uint8_t>(Op::FConstant)) {
        const std::optional<double> value = parse_number<double>(last.text);
        if (!value) return error(last, quote(last.text) + "; a number would do");
        item.number = std::bit_cast<std::int64_t>(*value);
      } else if (const std::optional<std::int64_t> value = parse_integer(last.text)) {
        item.number = *value;
      } else if (is_name(last.text)) {
        item.labels.push_back(last);
      } else {
        return error(last, quote(last.text) + "; a number of 64 bits or a label would do");
      }
      return {};
  }
  return {};
}

/// From the end of the instruction to the label.
Result<std::int64_t> Assembler::distance(const Item& item, const Word& label) const {
  const auto found = labels_.find(label.text);
  if (found == labels_.end()) return error(label, "there is no label " + quote(label.text) + " in this program");
  const std::uint32_t to = found->second == items_.size() ? size_ : items_[found->second].position;
  return std::int64_t{to} - item.position - item.size();
}

/// Gives every item its position. All jumps begin short; those that do not reach become wide, until all do.
Result<void> Assembler::place() {
  for (bool changed = true; changed;) {
    changed = false;
    size_ = 0;
    for (Item& item : items_) {
      item.position = size_;
      size_ += item.size();
    }
    for (Item& item : items_) {
      if (item.opcode == 0 || item.operation().tail != Tail::Jump || item.wide) continue;
      INLAY_TRY(const std::int64_t to, distance(item, item.labels[0]));
      if (to < INT8_MIN || to > INT8_MAX) item.wide = changed = true;
    }
  }
  return {};
}

Result<void> Assembler::emit() {
  for (const Item& item : items_) {
    program_.lines.push_back({item.position, item.mnemonic.line});
    program_.bytes.insert(program_.bytes.end(), item.bytes.begin(), item.bytes.end());
    if (item.opcode == 0) continue;
    if (item.wide) append(static_cast<std::uint8_t>(Op::Wide));
    append(item.opcode);
    program_.bytes.insert(program_.bytes.end(), item.registers.begin(), item.registers.end());
    std::vector<std::int64_t> distances;
    for (const Word& label : item.labels) {
      INLAY_TRY(const std::int64_t to, distance(item, label));
      if (item.operation().tail != Tail::Word && (to < INT16_MIN || to > INT16_MAX))
        return error(label, quote(label.text) + " is " + std::to_string(to) + " bytes away; at most 32767 would do");
      distances.push_back(to);
    }
    switch (item.operation().tail) {
      case Tail::None:
        break;
      case Tail::Immediate:
      case Tail::Jump: {
        const std::int64_t number = distances.empty() ? item.number : distances[0];
        if (item.wide)
          append(static_cast<std::int16_t>(number));
        else
          append(static_cast<std::int8_t>(number));
        break;
      }
      case Tail::Word:
        append(distances.empty() ? item.number : distances[0] + item.position + item.size());
        break;
      case Tail::Table:
        append(static_cast<std::uint8_t>(distances.size()));
        for (const std::int64_t to : distances) append(static_cast<std::int16_t>(to));
        break;
    }
  }
  return {};
}

}  // namespace

std::uint32_t Program::line_of(std::uint32_t position) const {
  const auto after = std::upper_bound(lines.begin(), lines.end(), position,
                                      [](std::uint32_t at, const Line& line) { return at < line.position; });
  return after == lines.begin() ? 0 : std::prev(after)->line;
}

Result<Program> assemble(std::string_view text, const std::string& file) { return Assembler(file).assemble(text); }

}  // namespace vm_tailcall
