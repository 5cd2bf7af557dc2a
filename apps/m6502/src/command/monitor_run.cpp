// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Running under the monitor.
#include <cstdio>
#include <limits>

#include "command/interrupt.h"
#include "command/monitor.h"
#include "command/trap_finder.h"
#include "core/self_jump.h"
#include "inlay/m6502/disassemble.h"

namespace inlay::m6502::command {

namespace {

/// Breakpoints, while this lives.
class Hooks {
 public:
  explicit Hooks(Monitor& monitor) : monitor_(monitor) {
    for (const std::uint16_t pc : monitor.breaks)
      monitor.machine().on_execute(pc, [](Machine& machine) { machine.stop(); });
  }
  ~Hooks() {
    for (const std::uint16_t pc : monitor_.breaks) monitor_.machine().on_execute(pc, {});
  }
  Hooks(const Hooks&) = delete;

 private:
  Monitor& monitor_;
};

std::string text_of(const Monitor& monitor, std::uint16_t address) { return shown(address, monitor.session->labels); }

/// Why the machine has stopped by itself; empty if it has not.
std::string why_stopped(const Monitor& monitor, const Stopped& stopped) {
  if (const auto code = monitor.session->exit_code()) return "the program has ended with " + std::to_string(*code);
  if (stopped.reason == StopReason::Jam) return "the processor has jammed";
  if (stopped.reason == StopReason::Error) return "error: " + stopped.message;
  return {};
}

/// What a watched byte has become.
std::string watched_change(Monitor& monitor) {
  for (auto& [address, value] : monitor.watches) {
    const std::uint8_t now = monitor.machine().peek(address);
    if (now == value) continue;
    char text[32];
    std::snprintf(text, sizeof text, ": %02X -> %02X", value, now);
    value = now;
    return "watch " + text_of(monitor, address) + text;
  }
  return {};
}

std::string why_here(const Monitor& monitor) {
  const std::uint16_t pc = monitor.machine().registers().pc;
  if (const auto since = monitor.machine().waiting_since())
    return "the processor waits for an interrupt since cycle " + std::to_string(*since) + ", and there is none";
  if (monitor.breaks.contains(pc)) return "breakpoint at " + text_of(monitor, pc);
  if (at_trap(monitor.machine())) return "trap at " + text_of(monitor, pc);
  return {};
}

/// An instruction at a time, because somebody wants to look at each.
std::string run_slowly(Monitor& monitor, const RunUntil& until) {
  Machine& machine = monitor.machine();
  const Registers start = machine.registers();
  while (!CatchInterrupt::seen()) {
    if (std::string why = step_monitored(monitor); !why.empty()) return why;
    if (std::string why = why_here(monitor); !why.empty()) return why;
    if (until.stop != nullptr && until.stop(monitor, start)) return "";
    if (until.cycle >= 0 && machine.cycle() >= until.cycle) return "";
  }
  return "interrupted";
}

std::string run_quickly(Monitor& monitor, std::int64_t until) {
  Machine& machine = monitor.machine();
  // Not over the breakpoint that we may stand at.
  if (std::string why = step_monitored(monitor); !why.empty()) return why;
  if (std::string why = why_here(monitor); !why.empty()) return why;
  const Hooks hooks(monitor);
  TrapFinder traps(monitor.session->image);
  traps.set_hooks({monitor.breaks.begin(), monitor.breaks.end()});
  std::string why;
  monitor.session->called = [&](const Sim65Call& call) { traps.record(call); };
  while (true) {
    if (until >= 0 && machine.cycle() >= until) break;
    traps.note(machine);
    std::int64_t limit = machine.cycle() + LongestSlice;
    if (until >= 0) limit = std::min(limit, until);
    const Stopped stopped = machine.run(limit);
    if (why = why_stopped(monitor, stopped); !why.empty()) break;
    if (stopped.reason == StopReason::Asked) {
      why = why_here(monitor);
      break;
    }
    if (machine.waiting_since()) {
      why = why_here(monitor);
      break;
    }
    if (at_trap(machine)) {
      why = why_here(monitor);
      if (const auto cycle = traps.first_cycle(machine)) why += ", first in cycle " + std::to_string(*cycle);
      break;
    }
    if (CatchInterrupt::seen()) {
      why = "interrupted";
      break;
    }
  }
  monitor.session->called = nullptr;
  return why;
}

}  // namespace

std::string step_monitored(Monitor& monitor) {
  const Stopped stopped = monitor.machine().step();
  if (std::string why = why_stopped(monitor, stopped); !why.empty()) return why;
  return watched_change(monitor);
}

Result<void> run_monitored(Monitor& monitor, const RunUntil& until) {
  if (monitor.session->exit_code()) return Error(ErrorKind::InvalidArgument, "the program has ended");
  std::fflush(stdout);
  const CatchInterrupt catching;
  const bool slowly = !monitor.watches.empty() || until.stop != nullptr;
  std::string why;
  {
    const CountTime counting(monitor);
    why = slowly ? run_slowly(monitor, until) : run_quickly(monitor, until.cycle);
  }
  if (!why.empty()) std::printf("%s\n", why.c_str());
  show_state(monitor);
  return {};
}

void show_state(const Monitor& monitor) {
  const Machine& machine = monitor.machine();
  const Registers r = machine.registers();
  const Labels& labels = monitor.session->labels;
  if (const std::string_view name = labels.name_of(r.pc); !name.empty())
    std::printf("%.*s:\n", static_cast<int>(name.size()), name.data());
  const InstructionBytes bytes = instruction_at([&](std::uint16_t address) { return machine.peek(address); }, r.pc);
  std::string flags = "NV-BDIZC";
  for (std::size_t bit = 0; bit < 8; ++bit)
    if ((r.p & (0x80 >> bit)) == 0) flags[bit] = bit == 2 || bit == 3 ? '-' : static_cast<char>(flags[bit] - 'A' + 'a');
  flags[3] = '-';
  std::printf("%-40s A:%02X X:%02X Y:%02X S:%02X P:%02X %s cycle %lld\n",
              listing_line(monitor.session->variant, r.pc, bytes, &labels).c_str(), r.a, r.x, r.y, r.s, r.p,
              flags.c_str(), static_cast<long long>(machine.cycle()));
}

}  // namespace inlay::m6502::command
