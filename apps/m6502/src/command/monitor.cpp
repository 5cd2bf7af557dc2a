// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `inlay-6502 monitor`.
#include "command/monitor.h"

#include <cstdio>
#include <string>
#include <vector>

#include "command/run.h"
#include "common/line_reader.h"
#include "formats/words.h"

namespace inlay::m6502::command {

namespace {

using apps::LineReader;

const MonitorCommand* command_named(std::string_view name) {
  struct ShortName {
    std::string_view name, meant;
  };
  // Those that people know from elsewhere, where another command is before them in the list.
  static constexpr ShortName ShortNames[] = {
      {"d", "disassemble"}, {"r", "registers"}, {"g", "run"}, {"?", "help"}, {"exit", "quit"}};
  for (const ShortName& known : ShortNames)
    if (known.name == name) name = known.meant;
  for (const MonitorCommand& command : monitor_commands())
    if (std::string_view(command.name).starts_with(name)) return &command;
  return nullptr;
}

Result<void> obey(Monitor& monitor, std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  if (words.empty() || words[0].front() == '#') return {};
  const MonitorCommand* const command = command_named(words[0]);
  if (command == nullptr)
    return Error(ErrorKind::InvalidArgument, "there is no command '" + std::string(words[0]) + "'; try help");
  return command->run(monitor, std::span(words).subspan(1));
}

/// What an empty line does again.
std::string repeated(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  const MonitorCommand* const command = words.empty() ? nullptr : command_named(words[0]);
  if (command == nullptr) return {};
  const std::string_view name = command->name;
  // These go on where they were.
  if (name == "memory" || name == "disassemble") return std::string(name);
  return name == "step" || name == "next" ? std::string(line) : "";
}

int converse(Session& session) {
  Monitor monitor;
  monitor.session = &session;
  monitor.started_at = session.machine->cycle();
  monitor.next_listing = session.machine->registers().pc;
  const std::unique_ptr<LineReader> reader = apps::new_line_reader("inlay-6502");
  if (reader->is_terminal()) show_state(monitor);
  int status = StatusGood;
  std::string line, again;
  for (int number = 1; !monitor.quit; ++number) {
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) {  // nobody will see what else there is
      tell(cannot_write("standard output"));
      return StatusError;
    }
    const LineReader::Event event = reader->read("> ", line);
    if (event == LineReader::Event::End) break;
    if (event == LineReader::Event::Interrupted) continue;
    if (reader->is_terminal() && words_of(line).empty()) line = again;
    again = repeated(line);
    const Result<void> done = obey(monitor, line);
    if (done) continue;
    std::fflush(stdout);
    const Error& error = done.error();
    if (reader->is_terminal() || error.place().known()) {
      tell(error);
    } else {
      tell(Error(error.kind(), error.message(), {.file = "-", .line = static_cast<std::uint32_t>(number)}));
    }
    if (!reader->is_terminal()) status = StatusError;
  }
  if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return status;
  tell(cannot_write("standard output"));
  return StatusError;
}

}  // namespace

int monitor(const Options& options) {
  const Result<std::unique_ptr<Session>> session = start_program(options);
  if (session) return converse(**session);
  tell(session.error());
  return StatusError;
}

}  // namespace inlay::m6502::command
