// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "assembler.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <map>

namespace vm_stack {
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

/// Bytes of the code that wait for a label or function that may come later.
struct Pending {
  unsigned line = 0;
  std::string_view name;
  std::size_t at = 0;     // the first of the bytes
  unsigned bytes = 0;     // 2 or 4
  std::size_t begin = 0;  // of the instruction
  enum class Kind { Offset, Index, Function } kind = Kind::Offset;
  bool wide_helps = false;
};

/// Names within one function.
struct Scope {
  std::map<std::string_view, std::size_t> labels;
  std::map<std::string_view, std::int64_t> locals;
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

/// 12, -12, +12 and 0x12, the last one up to 64 bits.
std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  if (!hexadecimal && text.starts_with('+')) text.remove_prefix(1);
  const char* const end = text.data() + text.size();
  std::int64_t number = 0;
  std::uint64_t bits = 0;
  const auto result =
      hexadecimal ? std::from_chars(text.data(), end, bits, 16) : std::from_chars(text.data(), end, number);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return hexadecimal ? static_cast<std::int64_t>(bits) : number;
}

std::optional<double> parse_double(std::string_view text) {
  double number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

std::int64_t integer(unsigned line, std::string_view text) {
  if (const auto number = parse_integer(text)) return *number;
  fail(line, quoted(text) + " is no integer of 64 bits");
}

std::int64_t integer_within(unsigned line, std::string_view text, std::int64_t least, std::int64_t most) {
  const std::int64_t number = integer(line, text);
  if (number >= least && number <= most) return number;
  fail(line,
       std::to_string(number) + " does not fit, it can be " + std::to_string(least) + " to " + std::to_string(most));
}

std::optional<VmOpcode> find_opcode(std::string_view text) {
  for (unsigned i = 0; i < VmOpcodeCount; ++i)
    if (text == Operations[i].text) return static_cast<VmOpcode>(i);
  return std::nullopt;
}

/// How many operands the text form has; a table has any number.
unsigned operand_count(VmFormat format) {
  switch (format) {
    case VmFormatNone:
    case VmFormatPrefix:
      return 0;
    case VmFormatTwoLocals:
    case VmFormatLocalImmediate:
    case VmFormatLocalTarget:
      return 2;
    default:
      return 1;
  }
}

class Assembler {
 public:
  Program run(std::string_view text) {
    for (unsigned line = 1; !text.empty(); ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      read_line(line, text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (program_.functions.empty()) fail(1, "the program has no function; begin one with '.function name'");
    for (const Scope& scope : scopes_)
      for (const Pending& pending : scope.pending) resolve(scope, pending);
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
    else if (statement.word == "push")
      read_push(statement);
    else
      read_instruction(statement);
  }

  Scope& scope(unsigned line) {
    if (scopes_.empty()) fail(line, "this stands in no function; begin one with '.function name'");
    return scopes_.back();
  }

  void define_label(unsigned line, std::string_view name) {
    if (name.empty()) fail(line, "a label without a name");
    if (!scope(line).labels.emplace(name, program_.code.size()).second)
      fail(line, "there is already a label " + quoted(name) + " in this function");
  }

  void read_directive(const Statement& statement) {
    const auto expect_one = [&](const char* usage) {
      if (statement.operands.size() != 1) fail(statement.line, std::string("expected ") + usage);
    };
    if (statement.word == ".function") {
      read_function(statement);
    } else if (statement.word == ".memory") {
      expect_one("'.memory bytes'");
      program_.memory_bytes =
          static_cast<std::uint64_t>(integer_within(statement.line, statement.operands[0], 0, 1 << 30));
    } else if (statement.word == ".metered") {
      if (!statement.operands.empty()) fail(statement.line, "expected '.metered' alone");
      program_.metered = true;
    } else if (statement.word == ".arguments") {
      for (const std::string_view operand : statement.operands)
        program_.default_arguments.push_back(integer(statement.line, operand));
    } else if (statement.word == ".byte") {
      expect_one("'.byte number'");
      scope(statement.line);
      append(integer_within(statement.line, statement.operands[0], 0, 255), 1);
    } else {
      fail(statement.line, "unknown directive " + quoted(statement.word) +
                               "; there are .function, .memory, .arguments, .metered and .byte");
    }
  }

  /// `name argument argument | local table[100]`
  void read_function(const Statement& statement) {
    if (statement.operands.empty()) fail(statement.line, "expected '.function name argument ... | local ...'");
    const std::string_view name = statement.operands[0];
    if (!functions_.emplace(name, program_.functions.size()).second)
      fail(statement.line, "there is already a function " + quoted(name));
    Function function{std::string(name), static_cast<std::uint32_t>(program_.code.size()), 0, 0};
    Scope& scope = scopes_.emplace_back();
    std::int64_t count = 0, arguments = -1;
    for (std::size_t i = 1; i < statement.operands.size(); ++i) {
      std::string_view local = statement.operands[i];
      if (local == "|") {
        arguments = count;
        continue;
      }
      std::int64_t values = 1;
      if (const std::size_t bracket = local.find('['); bracket != local.npos) {
        if (!local.ends_with(']')) fail(statement.line, quoted(local) + " lacks a ']'");
        values = integer_within(statement.line, local.substr(bracket + 1, local.size() - bracket - 2), 0, 65535);
        local = local.substr(0, bracket);
      }
      if (!scope.locals.emplace(local, count).second)
        fail(statement.line, "there is already a local " + quoted(local) + " in this function");
      count += values;
    }
    if (count > 65535) fail(statement.line, "a function has at most 65535 arguments and locals");
    function.arguments = static_cast<std::uint16_t>(arguments < 0 ? count : arguments);
    function.locals = static_cast<std::uint16_t>(count - function.arguments);
    program_.functions.push_back(std::move(function));
  }

  void read_push(const Statement& statement) {
    if (statement.operands.size() != 1) fail(statement.line, "'push' has 1 operand: a number, a label or a function");
    const std::string_view text = statement.operands[0];
    Scope& names = scope(statement.line);
    if (const auto number = parse_integer(text)) {
      const bool one = *number == static_cast<std::int8_t>(*number);
      const bool two = *number == static_cast<std::int16_t>(*number);
      append(one ? VmPush1 : two ? VmPush2 : VmPush8, 1);
      append(*number, one ? 1 : two ? 2 : 8);
    } else if (const auto value = parse_double(text)) {
      append(VmPush8, 1);
      append(std::bit_cast<std::int64_t>(*value), 8);
    } else {
      const std::size_t begin = program_.code.size();
      append(VmPush2, 1);
      names.pending.push_back({statement.line, text, begin + 1, 2, begin, Pending::Kind::Index});
      append(0, 2);
    }
  }

  void read_instruction(const Statement& statement) {
    std::string_view mnemonic = statement.word;
    const bool wide = mnemonic.ends_with(".w");
    if (wide) mnemonic.remove_suffix(2);
    const std::optional<VmOpcode> opcode = find_opcode(mnemonic);
    if (!opcode) fail(statement.line, "unknown instruction " + quoted(mnemonic) + "; opcodes.def has all there are");
    if (wide && !has_wide_form(*opcode))
      fail(statement.line, quoted(mnemonic) + " has no wide form; write it without '.w'");
    const VmFormat format = Operations[*opcode].format;
    const std::size_t count = statement.operands.size();
    if (format == VmFormatTable ? count > 255 : count != operand_count(format))
      fail(statement.line, quoted(mnemonic) + " has " + std::to_string(count) + " operands, and needs " +
                               (format == VmFormatTable ? "at most 255" : std::to_string(operand_count(format))));
    scope(statement.line);
    const std::size_t begin = program_.code.size();
    if (wide) append(VmWide, 1);
    append(*opcode, 1);
    read_operands(statement, *opcode, wide, begin);
  }

  void read_operands(const Statement& statement, VmOpcode opcode, bool wide, std::size_t begin) {
    const auto number = [&](std::size_t operand, unsigned bytes) {
      const std::int64_t half = std::int64_t{1} << (8 * bytes - 1);
      append(integer_within(statement.line, statement.operands[operand], -half, half - 1), bytes);
    };
    const auto name = [&](std::size_t operand, unsigned bytes, Pending::Kind kind) {
      const bool wide_helps = !wide && has_wide_form(opcode);
      scopes_.back().pending.push_back(
          {statement.line, statement.operands[operand], program_.code.size(), bytes, begin, kind, wide_helps});
      append(0, bytes);
    };
    switch (Operations[opcode].format) {
      case VmFormatNone:
      case VmFormatPrefix:
        break;
      case VmFormatByte:
        number(0, 1);
        break;
      case VmFormatShort:
        number(0, 2);
        break;
      case VmFormatWord:
        append(word(statement), 8);
        break;
      case VmFormatLocal:
        local(statement, 0, wide);
        break;
      case VmFormatTwoLocals:
        local(statement, 0, false);
        local(statement, 1, false);
        break;
      case VmFormatLocalImmediate:
        local(statement, 0, wide);
        number(1, wide ? 2 : 1);
        break;
      case VmFormatTarget:
        name(0, wide ? 4 : 2, Pending::Kind::Offset);
        break;
      case VmFormatLocalTarget:
        local(statement, 0, wide);
        name(1, wide ? 4 : 2, Pending::Kind::Offset);
        break;
      case VmFormatFunction:
        name(0, 2, Pending::Kind::Function);
        break;
      case VmFormatDisplacement:
        append(integer_within(statement.line, statement.operands[0], 0, 65535), 2);
        break;
      case VmFormatTable:
        append(static_cast<std::int64_t>(statement.operands.size()), 1);
        for (std::size_t i = 0; i < statement.operands.size(); ++i) name(i, 2, Pending::Kind::Offset);
        break;
    }
  }

  static std::int64_t word(const Statement& statement) {
    if (const auto number = parse_integer(statement.operands[0])) return *number;
    if (const auto number = parse_double(statement.operands[0])) return std::bit_cast<std::int64_t>(*number);
    fail(statement.line, quoted(statement.operands[0]) + " is no number");
  }

  void local(const Statement& statement, std::size_t operand, bool wide) {
    const std::string_view text = statement.operands[operand];
    std::int64_t number = 0;
    if (const auto known = scopes_.back().locals.find(text); known != scopes_.back().locals.end())
      number = known->second;
    else if (const auto written = parse_integer(text))
      number = *written;
    else
      fail(statement.line, "there is no local " + quoted(text) + " in this function");
    const std::int64_t most = wide ? 65535 : 255;
    if (number < 0 || number > most)
      fail(statement.line, "local " + std::to_string(number) + " does not fit, it can be 0 to " + std::to_string(most) +
                               (wide ? "" : "; '.w' behind the mnemonic widens it"));
    append(number, wide ? 2 : 1);
  }

  void append(std::int64_t number, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) program_.code.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  }

  std::int64_t value_of(const Scope& scope, const Pending& pending) const {
    const auto label = scope.labels.find(pending.name);
    const auto function = functions_.find(pending.name);
    switch (pending.kind) {
      case Pending::Kind::Offset:
        if (pending.name.starts_with('+') || pending.name.starts_with('-')) return integer(pending.line, pending.name);
        if (label != scope.labels.end())
          return static_cast<std::int64_t>(label->second) - static_cast<std::int64_t>(pending.begin);
        fail(pending.line, "there is no label " + quoted(pending.name) + " in this function");
      case Pending::Kind::Index:
        if (label != scope.labels.end()) return static_cast<std::int64_t>(label->second);
        [[fallthrough]];
      case Pending::Kind::Function:
        if (const auto number = parse_integer(pending.name)) return *number;
        if (function != functions_.end()) return static_cast<std::int64_t>(function->second);
    }
    fail(pending.line, quoted(pending.name) + " is neither a number nor the name of something here");
  }

  void resolve(const Scope& scope, const Pending& pending) {
    const std::int64_t value = value_of(scope, pending);
    const bool is_function = pending.kind == Pending::Kind::Function;
    const std::int64_t half = std::int64_t{1} << (8 * pending.bytes - 1);
    const std::int64_t least = is_function ? 0 : -half, most = is_function ? 2 * half - 1 : half - 1;
    if (value < least || value > most)
      fail(pending.line, std::to_string(value) + " does not fit, it can be " + std::to_string(least) + " to " +
                             std::to_string(most) + (pending.wide_helps ? "; '.w' behind the mnemonic widens it" : ""));
    for (unsigned i = 0; i < pending.bytes; ++i)
      program_.code[pending.at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }

  Program program_;
  std::vector<Scope> scopes_;  // of each function
  std::map<std::string_view, std::size_t> functions_;
};

}  // namespace

Assembled assemble(std::string_view text) {
  try {
    return {Assembler().run(text), {}};
  } catch (const Failure& failure) {
    return {std::nullopt, failure.message};
  }
}

}  // namespace vm_stack
