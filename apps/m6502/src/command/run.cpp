// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/run.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aot/profile.h"
#include "command/interrupt.h"
#include "command/session.h"
#include "command/statistics.h"
#include "command/trap_finder.h"
#include "core/self_jump.h"
#include "explain/explanation.h"
#include "inlay/m6502/disassemble.h"

namespace inlay::m6502::command {

namespace {

enum class End : std::uint8_t { Exit, Trap, Success, Jam, Wait, Cycles, Error };

struct Ended {
  End how = End::Cycles;
  std::int64_t cycle = 0;
  std::string message;
};

const char* name_of(End end) {
  switch (end) {
    case End::Exit:
      return "exit";
    case End::Trap:
      return "trap";
    case End::Success:
      return "success";
    case End::Jam:
      return "jam";
    case End::Wait:
      return "wait";
    case End::Cycles:
      return "cycles";
    case End::Error:
      return "error";
  }
  return "";
}

/// Where the program gets to if all is well.
class Success {
 public:
  Success(Machine& machine, std::optional<std::uint16_t> place) : machine_(machine), place_(place) {}
  /// A hook stops the machine there. None where the program will stay anyway: a hook is seen by who reads that byte.
  void set_hook() {
    if (!place_ || hooked_ != stays()) return;
    hooked_ = !hooked_;
    if (!hooked_) return machine_.on_execute(*place_, {});
    machine_.on_execute(*place_, [this](Machine& there) {
      reached_ = true;
      there.stop();
    });
  }
  std::vector<std::uint16_t> hooks() const {
    return hooked_ ? std::vector<std::uint16_t>{*place_} : std::vector<std::uint16_t>();
  }
  /// By the hook.
  bool reached() const { return reached_; }
  bool here() const { return place_ && machine_.registers().pc == *place_; }

 private:
  bool stays() const {
    const auto byte = [&](int offset) { return machine_.peek(static_cast<std::uint16_t>(*place_ + offset)); };
    return always_jumps_to_itself(machine_.options().variant, *place_, byte(0), byte(1), byte(2));
  }

  Machine& machine_;
  std::optional<std::uint16_t> place_;
  bool hooked_ = false, reached_ = false;
};

/// How a machine that has stopped before its time ended.
Ended ended(const Session& session, const Stopped& stopped, bool success) {
  const std::int64_t cycle = session.machine->cycle();
  if (stopped.reason == StopReason::Jam) return {End::Jam, cycle, {}};
  if (stopped.reason == StopReason::Error) return {End::Error, cycle, stopped.message};
  if (session.exit_code()) return {End::Exit, cycle, {}};
  return {success ? End::Success : End::Cycles, cycle, {}};
}

/// The processor waits for an interrupt, and nobody is there who could make one.
std::optional<Ended> waits(const Machine& machine, std::int64_t limit) {
  const std::optional<std::int64_t> since = machine.waiting_since();
  if (!since || *since >= limit) return {};
  return Ended{End::Wait, *since, {}};
}

Ended run_fast(Session& session, std::int64_t limit, Success& success) {
  Machine& machine = *session.machine;
  TrapFinder traps(session.image);
  session.called = [&](const Sim65Call& call) { traps.record(call); };
  for (std::int64_t slice = FirstSlice;; slice = std::min(slice * 2, LongestSlice)) {
    success.set_hook();
    traps.set_hooks(success.hooks());
    traps.note(machine);
    const Stopped stopped = machine.run(std::min(limit, machine.cycle() + slice));
    if (stopped.reason != StopReason::Time) return ended(session, stopped, success.reached());
    if (auto waiting = waits(machine, limit)) return *std::move(waiting);
    if (at_trap(machine))
      return {success.here() ? End::Success : End::Trap, traps.first_cycle(machine).value_or(machine.cycle()), {}};
    if (machine.cycle() >= limit) return {End::Cycles, machine.cycle(), {}};
  }
}

std::string trace_line_of(const Machine& machine, Variant variant) {
  const Registers r = machine.registers();
  return trace_line(
      variant, [&](std::uint16_t address) { return machine.peek(address); }, r.pc, r.a, r.x, r.y, r.p, r.s,
      machine.cycle());
}

/// With a line to `trace` for each instruction, and all noted in `profile`, where they are not null.
Ended run_by_steps(Session& session, std::int64_t limit, const Success& success, std::FILE* trace, Profile* profile) {
  Machine& machine = *session.machine;
  const auto come_to = [&](End otherwise) {
    return Ended{success.here() ? End::Success : at_trap(machine) ? End::Trap : otherwise, machine.cycle(), {}};
  };
  const CatchInterrupt catching;
  while (machine.cycle() < limit && !CatchInterrupt::seen()) {
    if (trace) {
      std::fprintf(trace, "%s\n", trace_line_of(machine, session.variant).c_str());
      if (std::ferror(trace)) break;  // nobody will see what else there is, and the program may never end
    }
    if (profile) profile->begin(machine);
    if (const Ended end = come_to(End::Cycles); end.how != End::Cycles) return end;
    // So that what the program writes stands between the lines where it was written.
    if (session.system && trace == stdout) std::fflush(trace);
    const Stopped stopped = machine.step();
    if (profile) profile->end(machine);
    if (stopped.reason != StopReason::Time) return ended(session, stopped, false);
    if (auto waiting = waits(machine, limit)) return *std::move(waiting);
  }
  return come_to(End::Cycles);
}

std::string cycle_text(std::int64_t cycle) { return " in cycle " + std::to_string(cycle); }

void tell_end(const Session& session, const Ended& end) {
  const std::uint16_t pc = session.machine->registers().pc;
  const std::string place = shown(pc, session.labels) + cycle_text(end.cycle);
  switch (end.how) {
    case End::Exit:
      return;
    case End::Trap:
      return tell("trap at " + place);
    case End::Success:
      return tell("success at " + place);
    case End::Jam: {
      char opcode[8];
      std::snprintf(opcode, sizeof opcode, "$%02X", session.machine->peek(pc));
      return tell("the processor has jammed at " + place + " (opcode " + opcode + ")");
    }
    case End::Wait:
      return tell("the processor waits at " + place + " for an interrupt, and there is none");
    case End::Cycles:
      return tell("the cycles of --cycles are over at " + place);
    case End::Error:
      return tell("error at " + place + ": " + end.message);
  }
}

void tell_json(const Session& session, const Ended& end, double seconds, int status) {
  const Statistics s = session.machine->statistics();
  const Registers r = session.machine->registers();
  const double mhz = seconds > 0 ? static_cast<double>(end.cycle) / seconds / 1e6 : 0;
  const bool counts = session.machine->options().engine == Engine::Step;
  const std::string counted = counts ? std::to_string(s.instructions) : "null";
  std::fprintf(stderr,
               "{\"end\":\"%s\",\"status\":%d,\"cycles\":%lld,\"seconds\":%.6f,\"mhz\":%.1f,\"instructions\":%s,"
               "\"interrupts\":%lld,\"system_calls\":%lld,\"regions\":%lld,\"region_instructions\":%lld,"
               "\"compile_ms\":%.3f,\"entered\":%lld,\"invalidated\":%lld,\"dynamic_operands\":%lld,"
               "\"interpreted_bytes\":%lld,\"failed\":%lld,\"failure\":%s,\"pc\":%d,\"a\":%d,\"x\":%d,\"y\":%d,\"s\":%"
               "d,\"p\":%d}\n",
               name_of(end.how), status, static_cast<long long>(end.cycle), seconds, mhz, counted.c_str(),
               static_cast<long long>(s.interrupts),
               static_cast<long long>(session.system ? session.system->calls() : 0), static_cast<long long>(s.regions),
               static_cast<long long>(s.region_instructions), s.compile_ms, static_cast<long long>(s.entered),
               static_cast<long long>(s.invalidated), static_cast<long long>(s.dynamic_operands),
               static_cast<long long>(s.interpreted_bytes), static_cast<long long>(s.failed), quoted(s.failure).c_str(),
               r.pc, r.a, r.x, r.y, r.s, r.p);
}

int status_of_end(const Session& session, const Ended& end, bool asked_for_success) {
  switch (end.how) {
    case End::Exit:
      return *session.exit_code();
    case End::Success:
      return StatusGood;
    case End::Trap:
    case End::Cycles:
      return asked_for_success ? StatusBad : StatusGood;
    case End::Jam:
    case End::Wait:
      return StatusBad;
    case End::Error:
      return StatusError;
  }
  return StatusError;
}

using OwnFile = std::unique_ptr<std::FILE, CloseFile>;

Result<void> dump(const Machine& machine, const std::string& name) {
  std::string bytes;
  for (int address = 0; address < 0x10000; ++address)
    bytes += static_cast<char>(machine.peek(static_cast<std::uint16_t>(address)));
  return write_file(name, bytes);
}

Result<int> run_program(const Options& options) {
  // Kept to the end of the process, which is soon: a machine that goes waits for nothing, but frees what was compiled.
  static std::unique_ptr<Session> session;
  INLAY_TRY(session, start_program(options));
  Machine& machine = *session->machine;
  std::optional<std::uint16_t> good;
  if (!options.success.empty()) {
    INLAY_TRY(good, parse_address(options.success, session->labels, "--success"));
  }
  static Success success(machine, good);  // its hook is the machine's
  OwnFile trace;
  if (!options.trace_file.empty()) {
    trace.reset(std::fopen(options.trace_file.c_str(), "we"));
    if (!trace) return cannot_write(options.trace_file);
  }
  const std::int64_t limit =
      options.cycles > 0 ? options.cycles : std::numeric_limits<std::int64_t>::max() - LongestSlice;

  std::FILE* const written = trace ? trace.get() : stdout;
  const auto start = std::chrono::steady_clock::now();
  std::optional<Profile> profile;
  if (!options.profile.empty()) profile.emplace(session->variant);
  const Ended end = options.trace || profile ? run_by_steps(*session, limit, success, options.trace ? written : nullptr,
                                                            profile ? &*profile : nullptr)
                                             : run_fast(*session, limit, success);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  if (options.trace && (std::fflush(written) != 0 || std::ferror(written)))
    return cannot_write(trace ? options.trace_file : "standard output");
  const int status = status_of_end(*session, end, !options.success.empty());
  if (!options.dump.empty()) {
    INLAY_TRY_VOID(dump(machine, options.dump));
  }
  if (profile) {
    INLAY_TRY_VOID(write_file(options.profile, to_text(*profile, options.file, session->labels)));
  }
  if (CatchInterrupt::seen()) std::raise(SIGINT);  // now that trace and profile are whole
  tell_end(*session, end);
  if (options.statistics) write_statistics(stderr, *session, end.cycle, seconds);
  if (options.json) tell_json(*session, end, seconds, status);
  return status;
}

}  // namespace

int run(const Options& options) { return status_of(run_program(options)); }

}  // namespace inlay::m6502::command
