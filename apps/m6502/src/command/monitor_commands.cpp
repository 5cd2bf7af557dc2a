// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "command/monitor.h"
#include "command/statistics.h"
#include "formats/number.h"
#include "inlay/m6502/disassemble.h"
#include "system/call_addresses.h"

namespace inlay::m6502::command {

namespace {

constexpr int BytesOfLine = 16;

Error usage(std::string message) { return {ErrorKind::InvalidArgument, std::move(message)}; }

Result<std::uint16_t> address(const Monitor& monitor, std::string_view text) {
  return parse_address(text, monitor.session->labels, "address");
}

/// A number of people: decimal.
Result<std::int64_t> count(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1)
    return usage("'" + std::string(text) + "' is no number from 1");
  return value;
}

Result<std::uint8_t> byte(std::string_view text) {
  const std::optional<std::uint32_t> value = parse_hex(text);
  if (!value || *value > 0xFF) return usage("'" + std::string(text) + "' is no byte from 00 to FF");
  return static_cast<std::uint8_t>(*value);
}

Result<void> not_ended(const Monitor& monitor) {
  if (monitor.session->exit_code()) return usage("the program has ended");
  return {};
}

Result<void> step(Monitor& monitor, Words words) {
  std::int64_t times = 1;
  if (!words.empty()) {
    INLAY_TRY(times, count(words[0]));
  }
  INLAY_TRY_VOID(not_ended(monitor));
  for (; times > 0; --times) {
    std::fflush(stdout);
    std::string why;
    {
      const CountTime counting(monitor);
      why = step_monitored(monitor);
    }
    if (!why.empty()) {
      std::printf("%s\n", why.c_str());
      times = 1;
    }
    show_state(monitor);
  }
  return {};
}

Result<void> next(Monitor& monitor, Words) {
  constexpr std::uint8_t OpcodeJsr = 0x20;
  const std::uint16_t pc = monitor.machine().registers().pc;
  if (monitor.machine().peek(pc) != OpcodeJsr) return step(monitor, {});
  // Back behind it with the stack as it was; a subroutine may call itself.
  return run_monitored(monitor, {.cycle = -1, .stop = [](const Monitor& now, const Registers& start) {
                                   const Registers r = now.machine().registers();
                                   return r.pc == static_cast<std::uint16_t>(start.pc + 3) && r.s == start.s;
                                 }});
}

Result<void> finish(Monitor& monitor, Words) {
  // The stack is higher than at the start after an RTS or RTI of this subroutine, or of what it was called by.
  return run_monitored(monitor, {.cycle = -1, .stop = [](const Monitor& now, const Registers& start) {
                                   const auto higher = static_cast<std::uint8_t>(now.machine().registers().s - start.s);
                                   return higher >= 2 && higher < 0x80;
                                 }});
}

Result<void> go(Monitor& monitor, Words) { return run_monitored(monitor, {}); }

Result<void> until(Monitor& monitor, Words words) {
  if (words.empty()) return usage("until which cycle?");
  INLAY_TRY(const std::int64_t cycle, count(words[0]));
  if (cycle <= monitor.machine().cycle())
    return usage("cycle " + std::to_string(cycle) + " is over; it is " + std::to_string(monitor.machine().cycle()));
  return run_monitored(monitor, {.cycle = cycle});
}

Result<void> set_break(Monitor& monitor, Words words) {
  for (const std::string_view word : words) {
    INLAY_TRY(const std::uint16_t at, address(monitor, word));
    if (monitor.session->system && at >= Sim65Calls && at < Sim65CallsEnd)
      return usage("system calls are entered there; set the breakpoint where they are called");
    monitor.breaks.insert(at);
  }
  if (words.empty())
    for (const std::uint16_t at : monitor.breaks) std::printf("break %s\n", shown(at, monitor.session->labels).c_str());
  return {};
}

Result<void> set_watch(Monitor& monitor, Words words) {
  for (const std::string_view word : words) {
    INLAY_TRY(const std::uint16_t at, address(monitor, word));
    monitor.watches[at] = monitor.machine().peek(at);
  }
  if (words.empty())
    for (const auto& [at, value] : monitor.watches)
      std::printf("watch %s\n", shown(at, monitor.session->labels).c_str());
  return {};
}

Result<void> remove(Monitor& monitor, Words words) {
  if (words.empty()) {
    monitor.breaks.clear();
    monitor.watches.clear();
    return {};
  }
  for (const std::string_view word : words) {
    INLAY_TRY(const std::uint16_t at, address(monitor, word));
    if (monitor.breaks.erase(at) + monitor.watches.erase(at) == 0)
      return usage("there is no breakpoint and no watch at " + shown(at, monitor.session->labels));
  }
  return {};
}

Result<void> registers(Monitor& monitor, Words words) {
  Registers r = monitor.machine().registers();
  for (const std::string_view word : words) {
    const std::size_t equal = word.find('=');
    if (equal == std::string_view::npos) return usage("'" + std::string(word) + "' is not like a=FF");
    const std::string_view name = word.substr(0, equal), text = word.substr(equal + 1);
    if (name == "pc") {
      INLAY_TRY(r.pc, address(monitor, text));
      continue;
    }
    std::uint8_t* const place = name == "a"   ? &r.a
                                : name == "x" ? &r.x
                                : name == "y" ? &r.y
                                : name == "s" ? &r.s
                                : name == "p" ? &r.p
                                              : nullptr;
    if (place == nullptr) return usage("'" + std::string(name) + "' is none of pc, a, x, y, s, p");
    INLAY_TRY(*place, byte(text));
  }
  if (!words.empty()) monitor.machine().set_registers(r);
  show_state(monitor);
  return {};
}

Result<void> memory(Monitor& monitor, Words words) {
  constexpr int Lines = 8;
  std::uint32_t from = monitor.next_memory;
  if (!words.empty()) {
    INLAY_TRY(from, address(monitor, words[0]));
  }
  std::uint32_t to = std::min<std::uint32_t>(from + Lines * BytesOfLine - 1, 0xFFFF);
  if (words.size() > 1) {
    INLAY_TRY(to, address(monitor, words[1]));
    if (to < from) return usage("the end is before the beginning");
  }
  for (std::uint32_t line = from; line <= to; line += BytesOfLine) {
    std::string bytes, text;
    for (std::uint32_t at = line; at < line + BytesOfLine; ++at) {
      if (at > to) {
        bytes += "   ";
        continue;
      }
      const std::uint8_t value = monitor.machine().peek(static_cast<std::uint16_t>(at));
      char digits[8];
      std::snprintf(digits, sizeof digits, " %02X", value);
      bytes += digits;
      text += value >= ' ' && value < 0x7F ? static_cast<char>(value) : '.';
    }
    std::printf("%04X %s  %s\n", line, bytes.c_str(), text.c_str());
  }
  monitor.next_memory = static_cast<std::uint16_t>(to + 1);
  return {};
}

Result<void> set_memory(Monitor& monitor, Words words) {
  if (words.size() < 2) return usage("which bytes, and where? set C000 A9 00");
  INLAY_TRY(std::uint16_t at, address(monitor, words[0]));
  for (const std::string_view word : words.subspan(1)) {
    INLAY_TRY(const std::uint8_t value, byte(word));
    monitor.machine().poke(at, value);
    if (const auto watch = monitor.watches.find(at); watch != monitor.watches.end()) watch->second = value;
    ++at;
  }
  return {};
}

Result<void> disassembly(Monitor& monitor, Words words) {
  std::int64_t lines = 12;
  std::uint16_t at = monitor.next_listing;
  if (!words.empty()) {
    INLAY_TRY(at, address(monitor, words[0]));
  }
  if (words.size() > 1) {
    INLAY_TRY(lines, count(words[1]));
  }
  const Labels& labels = monitor.session->labels;
  const Machine& machine = monitor.machine();
  for (; lines > 0; --lines) {
    if (const std::string_view name = labels.name_of(at); !name.empty())
      std::printf("%.*s:\n", static_cast<int>(name.size()), name.data());
    const InstructionBytes bytes = instruction_at([&](std::uint16_t from) { return machine.peek(from); }, at);
    std::printf("%s\n", listing_line(monitor.session->variant, at, bytes, &labels).c_str());
    at = static_cast<std::uint16_t>(at + length_of(opcode_text(monitor.session->variant, bytes[0]).mode));
  }
  monitor.next_listing = at;
  return {};
}

Result<void> labels(Monitor& monitor, Words words) {
  Labels& known = monitor.session->labels;
  if (!words.empty()) {
    const std::string name(words[0]);
    INLAY_TRY(const std::vector<std::uint8_t> bytes, read_file(name));
    return read_labels({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, name, known);
  }
  for (const auto& [name, at] : known.names()) std::printf("%04X  %s\n", at, name.c_str());
  return {};
}

Result<void> stats(Monitor& monitor, Words) {
  write_statistics(stdout, *monitor.session, monitor.machine().cycle() - monitor.started_at, monitor.seconds);
  return {};
}

Result<void> help(Monitor&, Words) {
  for (const MonitorCommand& command : monitor_commands()) {
    const std::string line = std::string(command.name) + (*command.usage != 0 ? " " : "") + command.usage;
    std::printf("%-28s %s\n", line.c_str(), command.summary);
  }
  std::printf(
      "A name may be cut short: s is step. Addresses and bytes are hexadecimal, or labels; counts and cycles "
      "decimal.\n");
  return {};
}

Result<void> quit(Monitor& monitor, Words) {
  monitor.quit = true;
  return {};
}

// The first one that begins so is meant by an abbreviation.
constexpr MonitorCommand Commands[] = {
    {"step", "[COUNT]", "run an instruction, or so many", step},
    {"next", "", "run an instruction; a subroutine as a whole", next},
    {"finish", "", "run until this subroutine returns", finish},
    {"run", "", "run until something stops it; Ctrl-C does", go},
    {"continue", "", "the same", go},
    {"until", "CYCLE", "run until that cycle", until},
    {"break", "[ADDRESS...]", "stop before the instructions there; list where", set_break},
    {"watch", "[ADDRESS...]", "stop when bytes there change; list where", set_watch},
    {"delete", "[ADDRESS...]", "no breakpoint and no watch there, or none at all", remove},
    {"registers", "[a=FF...]", "show or set pc, a, x, y, s, p", registers},
    {"memory", "[FROM [TO]]", "show bytes", memory},
    {"set", "ADDRESS BYTE...", "change bytes", set_memory},
    {"disassemble", "[FROM [COUNT]]", "show instructions", disassembly},
    {"labels", "[FILE]", "list names of addresses, or read them", labels},
    {"stats", "", "how fast it was so far, and what was compiled", stats},
    {"help", "", "list commands", help},
    {"quit", "", "end", quit},
};

}  // namespace

std::span<const MonitorCommand> monitor_commands() { return Commands; }

}  // namespace inlay::m6502::command
