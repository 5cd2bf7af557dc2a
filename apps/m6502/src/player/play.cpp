// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Plays a program to its end as `inlay-6502 run` does (src/command/run.cpp): the same output, exit status and cycles.
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <limits>
#include <new>

#include "common/standard_streams.h"
#include "core/self_jump.h"
#include "player/player.h"
#include "player/trap.h"
#include "system/calls.h"

namespace inlay::m6502 {

namespace {

constexpr int StatusGood = 0, StatusBad = 1, StatusError = 2;
enum class End : std::uint8_t { Exit, Trap, Jam, Wait, Cycles };
constexpr const char* EndNames[] = {"exit", "trap", "jam", "wait", "cycles"};

struct Options {
  std::int64_t cycles = std::numeric_limits<std::int64_t>::max() - LongestSlice;
  const char* dump = nullptr;
  bool json = false;
  int used = 1;  // words that are ours
};

const char* name_of(const char* path) {
  const char* slash = path ? std::strrchr(path, '/') : nullptr;
  return slash ? slash + 1 : path ? path : "game";
}

bool wrong(const char* name, const char* word, const char* what) {
  std::fprintf(stderr, "%s: %s: %s; options are --cycles N, --dump FILE, --json and --\n", name, word, what);
  return false;
}

/// Our options are the first words; what is none, and all behind `--`, is the program's.
bool understand(int argc, char** argv, Options& options) {
  for (int& at = options.used; at < argc; ++at) {
    const char* word = argv[at];
    const bool cycles = std::strcmp(word, "--cycles") == 0, dump = std::strcmp(word, "--dump") == 0;
    if ((cycles || dump) && at + 1 == argc) return wrong(name_of(argv[0]), word, "what it is to be is missing");
    if (cycles) {
      const char* text = argv[++at];
      char* end = nullptr;
      errno = 0;
      const long long value = std::strtoll(text, &end, 10);
      if (errno != 0 || end == text || *end != 0 || value < 1 || value > std::int64_t{1} << 62)
        return wrong(name_of(argv[0]), text, "no number of cycles");
      options.cycles = value;
    } else if (dump) {
      options.dump = argv[++at];
    } else if (std::strcmp(word, "--json") == 0) {
      options.json = true;
    } else {
      if (std::strcmp(word, "--") == 0) ++at;
      break;
    }
  }
  return true;
}

/// Memory as system calls see it, and what they write.
struct Guest {
  Player& player;
  CallLog& log;
  std::uint8_t peek(std::uint16_t address) const { return player.peek(address); }
  void poke(std::uint16_t address, std::uint8_t value) {
    player.poke(address, value);
    log.wrote(address, value);
  }
};

// A player is too large for a stack, and as a variable with its initial value it would be zeros in the file.
alignas(Player) unsigned char first_room[sizeof(Player)];
alignas(Player) unsigned char second_room[sizeof(Player)];
alignas(SystemCalls<Guest>) unsigned char calls_room[sizeof(SystemCalls<Guest>)];
PlayerState noted;

struct Ended {
  End how;
  std::int64_t cycle;
};

class Playing {
 public:
  Playing(const Game& game, Player& player, SystemCalls<Guest>& system)
      : game_(game), player_(player), system_(system), guest_{player, log_} {}

  Ended run(std::int64_t limit) {
    for (std::int64_t slice = FirstSlice;; slice = slice * 2 < LongestSlice ? slice * 2 : LongestSlice) {
      player_.save(noted);
      log_.clear();
      const std::int64_t until = player_.cycle() + slice < limit ? player_.cycle() + slice : limit;
      for (;;) {
        const PlayerStop stop = player_.run(until);
        if (stop == PlayerStop::Call) {
          if (call()) continue;
          return {End::Exit, player_.cycle()};
        }
        if (stop == PlayerStop::Jam) return {End::Jam, player_.cycle()};
        if (stop == PlayerStop::Wait) return {End::Wait, player_.cycle()};
        break;
      }
      if (player_.is_at_trap())
        return {End::Trap, first_cycle_of_trap(player_, noted, log_, *new (second_room) Player(game_))};
      if (player_.cycle() >= limit) return {End::Cycles, player_.cycle()};
    }
  }
  std::int64_t calls() const { return calls_; }

 private:
  bool call() {
    ++calls_;
    Cpu& cpu = player_.cpu();
    CallRegisters registers{cpu.pc, cpu.a, cpu.x, cpu.y, cpu.s};
    if (!system_.call(guest_, registers)) return false;
    cpu.pc = registers.pc;
    cpu.a = registers.a;
    cpu.x = registers.x;
    cpu.s = registers.s;
    log_.returned(registers);
    return true;
  }

  const Game& game_;
  Player& player_;
  SystemCalls<Guest>& system_;
  CallLog log_;
  Guest guest_;
  std::int64_t calls_ = 0;
};

bool dump(const Player& player, const char* name) {
  std::FILE* file = std::fopen(name, "wbe");
  if (!file) return false;
  for (std::size_t address = 0; address < Addresses; ++address)
    std::fputc(player.peek(static_cast<std::uint16_t>(address)), file);
  const bool bad = std::ferror(file) != 0;
  return std::fclose(file) == 0 && !bad;
}

void tell_end(const char* name, const Player& player, const Ended& end) {
  const unsigned pc = player.cpu().pc;
  const auto cycle = static_cast<long long>(end.cycle);
  switch (end.how) {
    case End::Exit:
      break;
    case End::Trap:
      std::fprintf(stderr, "%s: trap at $%04X in cycle %lld\n", name, pc, cycle);
      break;
    case End::Jam:
      std::fprintf(stderr, "%s: the processor has jammed at $%04X in cycle %lld (opcode $%02X)\n", name, pc, cycle,
                   player.peek(static_cast<std::uint16_t>(pc)));
      break;
    case End::Wait:
      std::fprintf(stderr, "%s: the processor waits at $%04X in cycle %lld for an interrupt, and there is none\n", name,
                   pc, cycle);
      break;
    case End::Cycles:
      std::fprintf(stderr, "%s: the cycles of --cycles are over at $%04X in cycle %lld\n", name, pc, cycle);
      break;
  }
}

void tell_json(const Game& game, const Player& player, const Playing& playing, const Ended& end, double seconds,
               int status) {
  const Cpu& cpu = player.cpu();
  const double mhz = seconds > 0 ? static_cast<double>(end.cycle) / seconds / 1e6 : 0;
  std::fprintf(stderr,
               "{\"end\":\"%s\",\"status\":%d,\"cycles\":%lld,\"seconds\":%.6f,\"mhz\":%.1f,\"system_calls\":%lld,"
               "\"regions\":%u,\"entered\":%lld,\"invalidated\":%lld,\"pc\":%d,\"a\":%d,\"x\":%d,\"y\":%d,\"s\":%d,"
               "\"p\":%d}\n",
               EndNames[static_cast<int>(end.how)], status, static_cast<long long>(end.cycle), seconds, mhz,
               static_cast<long long>(playing.calls()), game.region_count, static_cast<long long>(player.entered()),
               static_cast<long long>(player.invalidated()), cpu.pc, cpu.a, cpu.x, cpu.y, cpu.s, status_of(cpu, false));
}

double now() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

extern "C" int m6502_play(int argc, char** argv, const Game* game) {
  apps::occupy_standard_streams();
  const char* const name = name_of(argc > 0 ? argv[0] : nullptr);
  Options options;
  if (argc > 0 && !understand(argc, argv, options)) return StatusError;
  const int left = argc - options.used;
  if (!game->calls && left > 0) {
    wrong(name, argv[options.used], "this program takes no arguments");
    return StatusError;
  }
  // The program's words are its own name and what was left.
  const char** words = argv ? const_cast<const char**>(argv) + options.used - 1 : nullptr;
  if (argc > 0) words[0] = argv[0];
  const int standard[3] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  auto* player = new (first_room) Player(*game);
  auto* system =
      new (calls_room) SystemCalls<Guest>(game->c_stack, game->may_open != 0, standard, words, argc > 0 ? left + 1 : 0);
  Playing playing(*game, *player, *system);

  const double start = now();
  const Ended end = playing.run(options.cycles);
  const double seconds = now() - start;

  int status = end.how == End::Exit                          ? system->exit_code()
               : end.how == End::Jam || end.how == End::Wait ? StatusBad
                                                             : StatusGood;
  if (options.dump && !dump(*player, options.dump)) {
    std::fprintf(stderr, "%s: %s: cannot be written: %s\n", name, options.dump, std::strerror(errno));
    status = StatusError;
  }
  tell_end(name, *player, end);
  if (options.json) tell_json(*game, *player, playing, end, seconds, status);
  return status;
}

}  // namespace inlay::m6502
