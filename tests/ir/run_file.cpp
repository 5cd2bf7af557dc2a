// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "run_file.h"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "inlay/ir/builder.h"
#include "inlay/ir/expand.h"
#include "inlay/ir/text.h"
#include "inlay/ir/verify.h"

namespace inlay::ir::test {

namespace {

/// A `run:` line, taken apart.
struct Line {
  std::string function;
  std::vector<std::string> arguments;
  std::string result;
  std::optional<std::string> trap, place;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

/// `a, <b, c>, d` at its outer commas.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ',';
    depth += c == '<' ? 1 : c == '>' ? -1 : 0;
    if (c != ',' || (depth != 0 && i < text.size())) continue;
    const std::string_view part = trimmed(text.substr(begin, i - begin));
    if (!part.empty()) parts.emplace_back(part);
    begin = i + 1;
  }
  return parts;
}

std::optional<Line> take_apart(std::string_view text) {
  Line line;
  const std::size_t open = text.find('('), close = text.find(')');
  if (text.empty() || text[0] != '@' || open == std::string_view::npos || close == std::string_view::npos) return {};
  line.function = text.substr(1, open - 1);
  line.arguments = split(text.substr(open + 1, close - open - 1));
  const std::string_view rest = trimmed(text.substr(close + 1));
  if (rest.starts_with("== ")) {
    line.result = trimmed(rest.substr(3));
  } else if (const std::size_t end = rest.rfind('"'); rest.starts_with("traps \"") && end > 6) {
    line.trap = rest.substr(7, end - 7);
    const std::string_view behind = rest.substr(end + 1);
    if (behind.starts_with(" at "))
      line.place = behind == " at nowhere" ? "" : behind.substr(4);
    else if (!behind.empty())
      return {};
  } else if (rest != "returns") {
    return {};
  }
  return line;
}

/// The number that stands for any value, from its bits: what a check returns. Widths as in memory.
std::optional<std::uint64_t> scalar_bits(const Module& m, TypeId type, const std::string& text) {
  char* end = nullptr;
  const auto whole = [&](auto value) -> std::optional<std::uint64_t> {
    if (text.empty() || *end) return {};
    return static_cast<std::uint64_t>(value);
  };
  if (type == Bool) return text == "true" ? 1 : text == "false" ? std::optional<std::uint64_t>(0) : std::nullopt;
  if (type == Ptr && text == "null") return 0;
  if (type == F32) {
    const float value = std::strtof(text.c_str(), &end);
    return whole(std::isnan(value) ? 0x7fc00000u : std::bit_cast<std::uint32_t>(value));
  }
  if (type == F64) {
    const double value = std::strtod(text.c_str(), &end);
    return whole(std::isnan(value) ? 0x7ff8000000000000u : std::bit_cast<std::uint64_t>(value));
  }
  if (!m.is_int(type)) return {};
  if (text.starts_with('-')) return whole(std::strtoll(text.c_str(), &end, 0));
  const std::uint64_t value = std::strtoull(text.c_str(), &end, 0);
  const unsigned unused = 64 - m.bits_of(type);
  return whole(static_cast<std::int64_t>(value << unused) >> unused);
}

/// One for a scalar, one a lane for a vector; integers with their sign.
std::optional<std::vector<std::uint64_t>> value_bits(const Module& m, TypeId type, std::string_view text) {
  const Type& t = m.types[type];
  const bool vector = t.kind == TypeKind::Vector;
  if (vector && text.size() < 2) return {};
  const std::vector<std::string> parts =
      vector ? split(text.substr(1, text.size() - 2)) : std::vector<std::string>{std::string(text)};
  if (parts.size() != (vector ? t.count : 1)) return {};
  std::vector<std::uint64_t> bits;
  for (const std::string& part : parts) {
    const std::optional<std::uint64_t> lane = scalar_bits(m, vector ? t.element : type, part);
    if (!lane) return {};
    bits.push_back(*lane);
  }
  return bits;
}

constexpr std::uint64_t Mixing = 0x9e3779b97f4a7c15u;

std::uint64_t mixed(const std::vector<std::uint64_t>& lanes) {
  if (lanes.size() == 1) return lanes[0];
  std::uint64_t digest = 0;
  for (std::uint64_t lane : lanes) digest = (digest ^ lane) * Mixing;
  return digest;
}

/// The same numbers, in the program.
class CheckWriter {
 public:
  explicit CheckWriter(Module& module) : m_(module), b_(module) {}

  FunctionId write(const std::string& name, FunctionId function,
                   std::span<const std::vector<std::uint64_t>> arguments) {
    const TypeId signature = m_.functions[function].signature;
    const FunctionId check = m_.function(name, m_.signature({}, I64), FunctionExported);
    b_.begin(check);
    std::vector<Operand> operands;
    for (std::size_t i = 0; i < arguments.size(); ++i)
      operands.emplace_back(argument(name + "." + std::to_string(i), m_.parameter_type(signature, i), arguments[i]));
    const Value result = b_.call(function, operands);
    const TypeId type = m_.types[signature].element;
    b_.ret(type == Void ? m_.integer(I64, 0) : number(result, type));
    b_.end();
    return check;
  }

 private:
  /// Loads an argument from a variable. What has no place in memory, bools in a vector, lies there as numbers.
  Value argument(const std::string& name, TypeId type, const std::vector<std::uint64_t>& lanes) {
    const Type t = m_.types[type];
    const bool vector = t.kind == TypeKind::Vector;
    const bool bools = vector && t.element == Bool;
    const TypeId stored = bools ? m_.vector(I8, t.count) : type;
    const std::size_t size = m_.size_of(stored) / lanes.size();
    std::vector<std::byte> bytes(size * lanes.size());
    for (std::size_t i = 0; i < lanes.size(); ++i) std::memcpy(&bytes[i * size], &lanes[i], size);
    const DataId data = m_.add_data(name, stored, bytes, {}, DataMutable | DataExported);
    const Value value = b_.load(stored, data);
    return bools ? b_.ne(value, 0) : value;
  }

  Value number(Value value, TypeId type) {
    const Type t = m_.types[type];
    if (t.kind != TypeKind::Vector) return lane_number(value, type);
    Value digest = m_.integer(I64, 0);
    const Value mixing = m_.integer(I64, static_cast<std::int64_t>(Mixing));
    for (std::uint32_t i = 0; i < t.count; ++i) {
      const Value lane = lane_number(b_.extract(value, i), t.element);
      digest = b_.binary(Op::Mul, I64, b_.binary(Op::Xor, I64, digest, lane), mixing);
    }
    return digest;
  }

  Value lane_number(Value value, TypeId type) {
    if (type == I64) return value;
    if (type == Bool) return b_.convert(Op::Zext, I64, value);
    if (type == Ptr || m_.types[type].kind == TypeKind::Fn) return b_.convert(Op::Bitcast, I64, value);
    if (m_.is_int(type)) return b_.convert(Op::Sext, I64, value);
    const TypeId as = type == F32 ? I32 : I64;
    const Value nan = m_.integer(as, type == F32 ? 0x7fc00000 : 0x7ff8000000000000);
    const Value bits = b_.convert(Op::Bitcast, as, value);
    const Value one_nan = b_.select(b_.eq(value, value), bits, nan);
    return type == F32 ? Value(b_.convert(Op::Zext, I64, one_nan)) : one_nan;
  }

  Module& m_;
  Builder b_;
};

Error bad_line(const std::string& name, unsigned line, const std::string& what) {
  return Error(ErrorKind::InvalidProgram, what, Place{name, line, 0});
}

Result<void> add_check(RunFile& file, std::string_view text, unsigned line) {
  Module& m = file.module;
  const std::optional<Line> parts = take_apart(text);
  if (!parts)
    return bad_line(file.name, line, "not a check; write `@f(1, 2) == 3`, `@f(1) traps \"message\"` or `@f() returns`");
  const Symbol symbol = m.find(parts->function);
  if (symbol.kind != SymbolKind::Function)
    return bad_line(file.name, line, "the program has no function '@" + parts->function + "'");
  const FunctionId function{symbol.id};
  const Type signature = m.types[m.functions[function].signature];
  if (parts->arguments.size() != signature.count)
    return bad_line(file.name, line, "the function takes " + std::to_string(signature.count) + " arguments");
  std::vector<std::vector<std::uint64_t>> arguments;
  for (std::uint32_t i = 0; i < signature.count; ++i) {
    const TypeId type = m.parameter_type(m.functions[function].signature, i);
    const auto bits = value_bits(m, type, parts->arguments[i]);
    if (!bits) return bad_line(file.name, line, "'" + parts->arguments[i] + "' is no value of " + m.to_string(type));
    arguments.push_back(*bits);
  }
  Check check;
  check.text = text;
  check.line = line;
  check.trap = parts->trap;
  check.place = parts->place;
  if (!parts->result.empty()) {
    const auto bits = value_bits(m, signature.element, parts->result);
    if (!bits) return bad_line(file.name, line, "'" + parts->result + "' is no value of its result type");
    check.expected = static_cast<std::int64_t>(mixed(*bits));
  } else if (!parts->trap && signature.element != Void) {
    return bad_line(file.name, line, "the function has a result; say which one is expected");
  }
  check.function = "check." + std::to_string(line);
  check.id = CheckWriter(m).write(check.function, function, arguments);
  file.checks.push_back(std::move(check));
  return {};
}

}  // namespace

std::string text_of(const Place& place) {
  return place.file.empty() ? std::string() : place.file + ':' + std::to_string(place.line);
}

Result<RunFile> parse_run_file(std::string_view text, const std::string& name) {
  INLAY_TRY(Module module, parse(text, {.file = name}));
  RunFile file{name, std::move(module), {}};
  unsigned number = 0;
  constexpr std::string_view mark = "; run:";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.starts_with(mark)) INLAY_TRY_VOID(add_check(file, trimmed(line.substr(mark.size())), number));
  }
  if (file.checks.empty()) return bad_line(name, 0, "no line begins with '; run:'");
  INLAY_TRY_VOID(verify(file.module));
  INLAY_TRY(const Reach reach, expand(file.module));
  if (reach.functions.empty()) return bad_line(name, 0, "nothing is reached");
  return file;
}

Result<RunFile> read_run_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error(ErrorKind::File, "cannot be read", Place{path, 0, 0});
  return parse_run_file(text.str(), path);
}

std::vector<std::string> run_checks(const RunFile& file, const Engine& engine) {
  std::vector<std::string> failures;
  for (const Check& check : file.checks) {
    const Result<std::int64_t> result = engine(check);
    std::string got;
    if (!result) {
      const bool expected = check.trap && result.error().kind() == ErrorKind::Trap &&
                            result.error().message().starts_with(*check.trap) &&
                            (!check.place || text_of(result.error().place()) == *check.place);
      if (!expected) got = result.error().to_string();
    } else if (check.trap || *result != check.expected) {
      std::ostringstream bits;
      bits << *result << " (0x" << std::hex << *result << ", expected 0x" << check.expected << ')';
      got = bits.str();
    }
    if (!got.empty())
      failures.push_back(file.name + ':' + std::to_string(check.line) + ": " + check.text + ": got " + got);
  }
  return failures;
}

std::vector<std::string> all_run_files() {
  std::vector<std::string> paths;
  std::error_code none;  // a folder that is not there has no files; RunFile.there_are_files_for_all_operations tells
  for (const char* folder : {INLAY_IR_RUN_FOLDER, INLAY_IR_GENERATED_FOLDER})
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
      if (entry.path().extension() == ".inlay") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace inlay::ir::test
