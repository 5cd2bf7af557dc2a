// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "assembler.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>

namespace vm_register {
namespace {

/// Ends the assembly. Caught in `assemble`; it does not leave this file.
struct Failure {
  std::string message;
};

[[noreturn]] void fail(unsigned line, const std::string& message) {
  throw Failure{"line " + std::to_string(line) + ": " + message};
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

/// A line's first word, and what stands behind it.
struct Statement {
  unsigned line = 0;
  std::string_view word;
  std::vector<std::string_view> operands;
};

/// An instruction whose operands are still text: labels and functions may come later.
struct Pending {
  Statement statement;
  Opcode opcode = Opcode::Nop;
  bool wide = false;
  unsigned index = 0;  // of its own word, behind the `ext` of a wide one
};

struct Labels {
  std::map<std::string_view, unsigned> index;
  std::vector<Pending> pending;
};

/// Takes the next word off the front of `rest`; empty at the end.
std::string_view take_word(std::string_view& rest) {
  const std::size_t begin = std::min(rest.find_first_not_of(" \t\r,"), rest.size());
  const std::size_t end = std::min(rest.find_first_of(" \t\r,", begin), rest.size());
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

template <class Number>
bool parse_as(std::string_view text, Number& number, int base = 10) {
  std::from_chars_result result{};
  if constexpr (std::is_integral_v<Number>)
    result = std::from_chars(text.data(), text.data() + text.size(), number, base);
  else
    result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

/// 12, -12, +12 and 0x12, the last one up to 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text) {
  if (text.starts_with("0x")) {
    std::uint64_t bits = 0;
    return parse_as(text.substr(2), bits, 16) ? std::optional(static_cast<std::int64_t>(bits)) : std::nullopt;
  }
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t number = 0;
  return parse_as(text, number) ? std::optional(number) : std::nullopt;
}

std::int64_t integer(unsigned line, std::string_view text) {
  if (const auto number = parse_integer(text)) return *number;
  fail(line, quoted(text) + " is no integer of 64 bits");
}

std::optional<Opcode> find_opcode(std::string_view text) {
  for (unsigned i = 0; i < OpcodeCount; ++i)
    if (text == Operations[i].text) return static_cast<Opcode>(i);
  return std::nullopt;
}

bool has_immediate(Format format) {
  return format != Format::None && format != Format::A && format != Format::AB && format != Format::ABC &&
         format != Format::Extension;
}

unsigned operand_count(Format format) {
  switch (format) {
    case Format::None:
      return 0;
    case Format::A:
    case Format::Target:
    case Format::Extension:
      return 1;
    case Format::AB:
    case Format::AImmediate:
    case Format::AConstant:
    case Format::AFunction:
    case Format::ATarget:
      return 2;
    case Format::ABC:
    case Format::ABImmediate:
    case Format::ABTarget:
    case Format::AImmediateTarget:
      return 3;
  }
  return 0;
}

class Assembler {
 public:
  Program run(std::string_view text) {
    for (unsigned line = 1; !text.empty(); ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      read_line(line, text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (program_.functions.empty()) fail(1, "the program has no function; begin one with '.function name parameters'");
    for (std::size_t i = 0; i < labels_.size(); ++i)
      for (const Pending& pending : labels_[i].pending) encode(program_.functions[i], labels_[i], pending);
    return std::move(program_);
  }

 private:
  void read_line(unsigned line, std::string_view text) {
    text = text.substr(0, text.find(';'));
    Statement statement{line, take_word(text), {}};
    if (statement.word.ends_with(':')) {
      define_label(line, statement.word.substr(0, statement.word.size() - 1));
      statement.word = take_word(text);
    }
    if (statement.word.empty()) return;
    for (std::string_view operand = take_word(text); !operand.empty(); operand = take_word(text))
      statement.operands.push_back(operand);
    if (statement.word.starts_with('.'))
      read_directive(statement);
    else
      read_instruction(statement);
  }

  Function& current(unsigned line) {
    if (program_.functions.empty())
      fail(line, "this stands in no function; begin one with '.function name parameters'");
    return program_.functions.back();
  }

  void define_label(unsigned line, std::string_view name) {
    const Function& function = current(line);
    if (name.empty()) fail(line, "a label without a name");
    if (!labels_.back().index.emplace(name, function.code.size()).second)
      fail(line, "there is already a label " + quoted(name) + " in this function");
  }

  void read_directive(const Statement& statement) {
    const auto expect = [&](std::size_t count, const char* usage) {
      if (statement.operands.size() != count) fail(statement.line, std::string("expected ") + usage);
    };
    if (statement.word == ".function") {
      expect(2, "'.function name parameters'");
      const std::string_view name = statement.operands[0];
      const std::int64_t parameters = integer(statement.line, statement.operands[1]);
      if (parameters < 0 || parameters > MaxParameters)
        fail(statement.line, "a function has 0 to 8 parameters, not " + std::to_string(parameters));
      const auto function = static_cast<std::uint32_t>(program_.functions.size());
      if (!functions_.emplace(name, function).second)
        fail(statement.line, "there is already a function " + quoted(name));
      program_.functions.push_back({std::string(name), static_cast<unsigned>(parameters), {}});
      labels_.emplace_back();
    } else if (statement.word == ".memory") {
      expect(1, "'.memory bytes'");
      const std::int64_t bytes = integer(statement.line, statement.operands[0]);
      if (bytes < 0 || bytes > 1 << 30) fail(statement.line, "the memory has at most 1073741824 bytes");
      program_.memory_bytes = static_cast<std::uint64_t>(bytes);
    } else if (statement.word == ".metered") {
      expect(0, "'.metered' alone");
      program_.metered = true;
    } else if (statement.word == ".arguments") {
      for (const std::string_view operand : statement.operands)
        program_.default_arguments.push_back(integer(statement.line, operand));
    } else if (statement.word == ".constant") {
      expect(1, "'.constant number'");
      program_.constants.push_back(constant_bits(statement.line, statement.operands[0]));
    } else if (statement.word == ".word") {
      expect(1, "'.word number'");
      current(statement.line).code.push_back(static_cast<Word>(integer(statement.line, statement.operands[0])));
    } else {
      fail(statement.line, "unknown directive " + quoted(statement.word) +
                               "; there are .function, .memory, .arguments, .metered, .constant and .word");
    }
  }

  void read_instruction(const Statement& statement) {
    std::string_view mnemonic = statement.word;
    const bool wide = mnemonic.ends_with(".w");
    if (wide) mnemonic.remove_suffix(2);
    const std::optional<Opcode> opcode = find_opcode(mnemonic);
    if (!opcode) fail(statement.line, "unknown instruction " + quoted(mnemonic) + "; opcodes.def has all there are");
    const Format format = Operations[static_cast<unsigned>(*opcode)].format;
    if (wide && !has_immediate(format))
      fail(statement.line, quoted(mnemonic) + " has no immediate to widen; write it without '.w'");
    if (statement.operands.size() != operand_count(format))
      fail(statement.line, quoted(mnemonic) + " has " + std::to_string(statement.operands.size()) +
                               " operands, and needs " + std::to_string(operand_count(format)));
    std::vector<Word>& code = current(statement.line).code;
    if (wide) code.push_back(encode_extension(0));
    labels_.back().pending.push_back({statement, *opcode, wide, static_cast<unsigned>(code.size())});
    code.push_back(0);
  }

  unsigned reg(const Pending& pending, unsigned operand) const {
    const std::string_view text = pending.statement.operands[operand];
    unsigned number = 0;
    if (!text.starts_with('r') || !parse_as(text.substr(1), number) || number >= RegisterCount)
      fail(pending.statement.line, quoted(text) + " is no register; there are r0 to r63");
    return number;
  }

  std::int64_t fitting(const Pending& pending, std::int64_t number, std::int64_t least, std::int64_t most) const {
    if (number >= least && number <= most) return number;
    const Format format = Operations[static_cast<unsigned>(pending.opcode)].format;
    const char* advice = !pending.wide && has_immediate(format) ? "; '.w' behind the mnemonic widens it" : "";
    fail(pending.statement.line, std::to_string(number) + " does not fit, it can be " + std::to_string(least) + " to " +
                                     std::to_string(most) + advice);
  }

  std::int64_t target(const Labels& labels, const Pending& pending, unsigned operand) const {
    const std::string_view text = pending.statement.operands[operand];
    if (text.starts_with('+') || text.starts_with('-')) return integer(pending.statement.line, text);
    const auto label = labels.index.find(text);
    if (label == labels.index.end())
      fail(pending.statement.line, "there is no label " + quoted(text) + " in this function");
    return static_cast<std::int64_t>(label->second) - (pending.index + 1);
  }

  std::int64_t number_or_name(const Labels& labels, const Pending& pending, unsigned operand) const {
    const std::string_view text = pending.statement.operands[operand];
    if (const auto number = parse_integer(text)) return *number;
    if (const auto label = labels.index.find(text); label != labels.index.end()) return label->second;
    return function_index(pending, operand);
  }

  std::int64_t function_index(const Pending& pending, unsigned operand) const {
    const std::string_view text = pending.statement.operands[operand];
    if (const auto number = parse_integer(text)) return *number;
    if (const auto function = functions_.find(text); function != functions_.end()) return function->second;
    fail(pending.statement.line, quoted(text) + " is neither a number nor the name of something here");
  }

  static std::int64_t constant_bits(unsigned line, std::string_view text) {
    if (const auto number = parse_integer(text)) return *number;
    double number = 0;
    if (!parse_as(text, number)) fail(line, quoted(text) + " is no number");
    return std::bit_cast<std::int64_t>(number);
  }

  std::int64_t constant_index(const Pending& pending, unsigned operand) {
    const std::string_view text = pending.statement.operands[operand];
    if (text.starts_with('#')) return integer(pending.statement.line, text.substr(1));
    const std::int64_t bits = constant_bits(pending.statement.line, text);
    std::vector<std::int64_t>& constants = program_.constants;
    const auto found = std::find(constants.begin(), constants.end(), bits);
    const std::int64_t index = found - constants.begin();
    if (found == constants.end()) constants.push_back(bits);
    return index;
  }

  void encode(Function& function, const Labels& labels, const Pending& pending) {
    const auto immediate = [&](std::int64_t number, unsigned bits) {
      return fitting(pending, number, -(std::int64_t{1} << (bits - 1)), (std::int64_t{1} << (bits - 1)) - 1);
    };
    const auto index = [&](std::int64_t number) {
      return fitting(pending, number, 0, pending.wide ? INT32_MAX : 65535);
    };
    const unsigned short_bits = pending.wide ? 32 : 8, long_bits = pending.wide ? 32 : 16;
    const Format format = Operations[static_cast<unsigned>(pending.opcode)].format;
    unsigned a = 0, b = 0, c = 0;
    std::optional<std::int64_t> in_c, in_bc;
    if (format != Format::None && format != Format::Target && format != Format::Extension) a = reg(pending, 0);
    switch (format) {
      case Format::None:
      case Format::A:
        break;
      case Format::AB:
        b = reg(pending, 1);
        break;
      case Format::ABC:
        b = reg(pending, 1);
        c = reg(pending, 2);
        break;
      case Format::ABImmediate:
        b = reg(pending, 1);
        in_c = immediate(number_or_name(labels, pending, 2), short_bits);
        break;
      case Format::AImmediate:
        in_bc = immediate(number_or_name(labels, pending, 1), long_bits);
        break;
      case Format::AConstant:
        in_bc = index(constant_index(pending, 1));
        break;
      case Format::AFunction:
        in_bc = index(function_index(pending, 1));
        break;
      case Format::Target:
        in_bc = immediate(target(labels, pending, 0), long_bits);
        break;
      case Format::ATarget:
        in_bc = immediate(target(labels, pending, 1), long_bits);
        break;
      case Format::ABTarget:
        b = reg(pending, 1);
        in_c = immediate(target(labels, pending, 2), short_bits);
        break;
      case Format::AImmediateTarget:
        b = static_cast<unsigned>(fitting({pending.statement, Opcode::Nop, false, 0},
                                          integer(pending.statement.line, pending.statement.operands[1]), -128, 127));
        in_c = immediate(target(labels, pending, 2), short_bits);
        break;
      case Format::Extension:
        function.code[pending.index] = encode_extension(
            fitting(pending, integer(pending.statement.line, pending.statement.operands[0]), 0, 0xffffff));
        return;
    }
    Word& word = function.code[pending.index];
    if (in_bc)
      word = encode_wide(pending.opcode, a, *in_bc);
    else
      word = vm_register::encode(pending.opcode, a, b, in_c ? static_cast<unsigned>(*in_c) : c);
    if (pending.wide) function.code[pending.index - 1] = encode_extension(in_bc ? *in_bc >> 16 : *in_c >> 8);
  }

  Program program_;
  std::vector<Labels> labels_;  // of each function
  std::map<std::string_view, std::uint32_t> functions_;
};

}  // namespace

Assembled assemble(std::string_view text) {
  try {
    return {Assembler().run(text), {}};
  } catch (const Failure& failure) {
    return {std::nullopt, failure.message};
  }
}

}  // namespace vm_register
