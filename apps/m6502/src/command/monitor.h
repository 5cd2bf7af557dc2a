// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the monitor knows, and what its commands do with it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "command/session.h"
#include "inlay/result.h"

namespace inlay::m6502::command {

/// What a command was given, without its name.
using Words = std::span<const std::string_view>;

struct Monitor {
  Session* session = nullptr;
  std::set<std::uint16_t> breaks;
  std::map<std::uint16_t, std::uint8_t> watches;  // with the byte that was there
  /// Where memory and disassemble go on.
  std::uint16_t next_memory = 0, next_listing = 0;
  double seconds = 0;           // that the program ran
  std::int64_t started_at = 0;  // in which cycle
  bool quit = false;

  Machine& machine() const { return *session->machine; }
};

struct MonitorCommand {
  const char* name;     // any beginning of it will do that no command before it has
  const char* usage;    // what stands behind the name
  const char* summary;  // for help
  Result<void> (*run)(Monitor& monitor, Words words);
};
std::span<const MonitorCommand> monitor_commands();

/// Runs until a breakpoint, a watched byte, an end of the program, Ctrl-C, or `stop()`, which is asked before each
/// instruction if it is given, and says why.
struct RunUntil {
  std::int64_t cycle = -1;  // none
  bool (*stop)(const Monitor& monitor, const Registers& start) = nullptr;
};
Result<void> run_monitored(Monitor& monitor, const RunUntil& until);

/// Counts the time that the program runs, while it lives.
class CountTime {
 public:
  explicit CountTime(Monitor& monitor) : monitor_(monitor), began_(std::chrono::steady_clock::now()) {}
  ~CountTime() { monitor_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count(); }
  CountTime(const CountTime&) = delete;

 private:
  Monitor& monitor_;
  std::chrono::steady_clock::time_point began_;
};

/// One instruction; why it was the last, or nothing.
std::string step_monitored(Monitor& monitor);

/// The instruction at the pc and the registers.
void show_state(const Monitor& monitor);

}  // namespace inlay::m6502::command
