// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "explain/listing.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <string_view>

#include "jit/emit.h"

namespace inlay::m6502 {

namespace {

/// A signed decimal number that is all of the text.
std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || text.empty() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Places with numbers that stand for a device's parts, as far as a straight look over the code tells: LLVM keeps
/// one of them in a register, makes others of it by `lea` and `add`, and keeps them elsewhere, also on the stack.
class KnownNumbers {
 public:
  explicit KnownNumbers(std::span<const MachineDevice> devices) : devices_(devices) {}

  /// What the instruction calls or makes known; empty if that has no name.
  std::string name_of(std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == text.npos) return {};
    const std::string_view mnemonic = text.substr(0, space), operands = text.substr(space + 1);
    if (mnemonic == "call" || mnemonic == "jmp") {
      const std::optional<std::int64_t> known = known_in(operands);
      return known ? device_at(*known) : std::string();
    }
    const std::size_t comma = operands.find(", ");
    if (comma == operands.npos) return {};
    const std::string_view to = operands.substr(0, comma), from = operands.substr(comma + 2);
    std::optional<std::int64_t> value;
    if (mnemonic == "movabs") value = number_in(from);
    if (mnemonic == "lea") value = sum_of(from);
    if (mnemonic == "mov") value = known_in(from);
    if (mnemonic == "add")
      if (const auto known = known_in(to), more = number_in(from); known && more) value = *known + *more;
    if (!value) {
      if (const auto known = places_.find(to); known != places_.end() && mnemonic != "cmp" && mnemonic != "test")
        places_.erase(known);
      return {};
    }
    places_.insert_or_assign(std::string(to), *value);
    return device_at(*value);
  }

 private:
  std::optional<std::int64_t> known_in(std::string_view place) const {
    const auto known = places_.find(place);
    return known == places_.end() ? std::nullopt : std::optional(known->second);
  }

  /// `[r15 - 10625]`, if the register is known.
  std::optional<std::int64_t> sum_of(std::string_view address) const {
    if (address.size() < 2 || address.front() != '[') return std::nullopt;
    address = address.substr(1, address.size() - 2);
    const std::size_t sign = address.find_first_of("+-");
    if (sign == address.npos || sign < 2 || sign + 2 > address.size()) return std::nullopt;
    const std::optional<std::int64_t> known = known_in(address.substr(0, sign - 1));
    const std::optional<std::int64_t> distance = number_in(address.substr(sign + 2));
    if (!known || !distance) return std::nullopt;
    return address[sign] == '+' ? *known + *distance : *known - *distance;
  }

  std::string device_at(std::int64_t value) const {
    for (const MachineDevice& device : devices_)
      if (device.address != 0 && device.address == static_cast<std::uintptr_t>(value)) return device.name;
    return {};
  }

  std::span<const MachineDevice> devices_;
  std::map<std::string, std::int64_t, std::less<>> places_;
};

/// Lines of the report's assembly: `   1c\tjne\t0x40  # symbol`.
std::vector<MachineLine> parse(std::string_view assembly, std::span<const MachineDevice> devices) {
  std::vector<MachineLine> lines;
  KnownNumbers numbers(devices);
  while (!assembly.empty()) {
    const std::size_t end = std::min(assembly.find('\n'), assembly.size());
    std::string_view text = assembly.substr(0, end);
    assembly.remove_prefix(std::min(end + 1, assembly.size()));
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::size_t tab = text.find('\t');
    if (tab == text.npos) continue;
    MachineLine line;
    std::from_chars(text.data(), text.data() + tab, line.offset, 16);
    text.remove_prefix(tab + 1);
    if (const std::size_t mark = text.find("  # "); mark != text.npos) {
      line.symbol = text.substr(mark + 4);
      text = text.substr(0, mark);
    }
    line.text = text;
    std::replace(line.text.begin(), line.text.end(), '\t', ' ');
    if (std::string name = numbers.name_of(line.text); line.symbol.empty()) line.symbol = std::move(name);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

RegionCodeLines lines_of(const Report& report, std::size_t nodes, std::span<const MachineDevice> devices) {
  RegionCodeLines made;
  made.of_nodes.resize(nodes);
  for (unsigned index = 0; index < report.functions.size(); ++index) {
    const CompiledFunction& function = report.functions[index];
    made.bytes += function.size;
    std::vector<MachineLine> lines = parse(function.assembly, devices);
    if (function.name != RegionName) {
      made.functions.push_back({function.name, std::move(lines)});
      continue;
    }
    struct Stretch {
      std::uint64_t end;
      std::size_t line;
    };
    std::map<std::uint64_t, Stretch> stretches;  // by where they begin
    for (const GuestInstruction& guest : report.guest)
      for (const CodeRange& range : guest.code)
        if (range.function == index) stretches[range.offset] = {range.offset + range.size, guest.source.line};
    for (MachineLine& line : lines) {
      auto found = stretches.upper_bound(line.offset);
      std::size_t of = 0;
      if (found != stretches.begin() && line.offset < (--found)->second.end) of = found->second.line;
      (of >= 1 && of <= nodes ? made.of_nodes[of - 1] : made.around).push_back(std::move(line));
    }
  }
  return made;
}

}  // namespace inlay::m6502
