// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two ways to join the same opcode functions, side by side on C programs that cc65 has compiled: regions that are
// written down as program IR (src/jit), and an interpreter that the evaluator specializes, as it is and with all calls
// of the guest's copied in. Each compiles a program as a whole, from its start; then rounds take turns, beside the
// interpreter and a machine with its JIT as users have it. All must end with the same exit code in the same cycle.
//   bench_m6502_evaluator [--rounds N] [--report] PROGRAM...
// CPU time, of all threads for compiling; medians, of 5, 3 and 1 for compiling: the evaluator takes seconds.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/measure.h"
#include "core/interpreter.h"
#include "evaluator/evaluated.h"
#include "inlay/inlay.h"
#include "machine/state.h"
#include "src/jit/compile.h"
#include "subject.h"

namespace inlay::m6502 {
namespace {

/// Code that can be entered at a place, if so many cycles are left.
struct Pad {
  std::function<void(Bus&)> code;
  std::int64_t needs = 0;
};
struct Compiled {
  std::map<std::uint16_t, Pad> pads;
  std::shared_ptr<void> owner;
  double milliseconds = 0;
  std::size_t copies = 0, instructions = 0;
  std::int64_t interpreted = 0;  // cycles of the last run
};

/// A program of which code of ours runs what it can.
class Joined {
 public:
  explicit Joined(const Image& image) : subject_(image, Engine::Interpreter) {}

  Machine& machine() { return subject_.machine(); }

  /// With code of ours, and the interpreter where there is none.
  Ran run(Compiled& code) {
    Bus& bus = state_of(machine()).bus;
    std::vector<const Pad*> pads(0x10000);
    std::memset(bus.heat, 0, sizeof bus.heat);
    for (const auto& [pc, pad] : code.pads) {
      pads[pc] = &pad;
      bus.heat[pc] = 1;
    }
    code.interpreted = 0;
    return subject_.timed([&] {
      while (!subject_.exit_code()) {
        bus.end += Slice - bus.cpu.left;
        bus.cpu.left = Slice;
        run_slice(code, pads);
        machine().step();  // a call of the system's
      }
    });
  }

 private:
  static constexpr std::int64_t Slice = 1'000'000'000;

  void run_slice(Compiled& code, const std::vector<const Pad*>& pads) {
    Bus& bus = state_of(machine()).bus;
    for (;;) {
      const std::uint16_t pc = bus.cpu.pc;
      if (const Pad* pad = pads[pc]; pad && bus.cpu.left > pad->needs) {
        bus.heat[pc] = 1;
        pad->code(bus);
        bus.cpu.leave = 0;
        if (bus.cpu.pc != pc && pads[bus.cpu.pc]) continue;
      }
      const std::int64_t left = bus.cpu.left;
      const Interpreted why = m6502_interpret_with_heat(&bus, Variant::Nmos);
      code.interpreted += left - bus.cpu.left;
      if (why != Interpreted::Heat) return;
    }
  }

  Subject subject_;
};

/// What both may rely on: there is no code in pages 0 and 1.
Map map_of(const Bus& bus) {
  Map map = bus.map;
  map.write[0] = map.write[1] = WriteUnwatched;
  return map;
}

Compiled join(const inlay::Jit& compiler, Joined& subject, std::uint16_t start) {
  const Bus& bus = state_of(subject.machine()).bus;
  const Map map = map_of(bus);
  const double time = bench::process_cpu_us();
  RegionLimits limits;
  limits.instructions = 10'000;
  const Region region = find_region({Variant::Nmos, bus.memory, &map, nullptr}, start, limits);
  Result<Loaded> loaded = compile_region(compiler, region, Variant::Nmos, map, {}, Level::O2);
  Compiled code;
  code.milliseconds = (bench::process_cpu_us() - time) * 1e-3;
  if (!loaded) fail(loaded.error().to_string());
  if (region.cut) fail("the program is too large for one region");
  std::set<std::uint16_t> places;
  for (const RegionNode& node : region.nodes) places.insert(node.pc);
  code.copies = region.nodes.size();
  code.instructions = places.size();
  const auto function = loaded->function<void(Bus*, Cpu*)>(std::string(RegionName));
  for (const RegionPlace& place : region.entries)
    code.pads[place.pc] = {[function](Bus& there) { function(&there, &there.cpu); }, region.entry_bound};
  code.owner = std::make_shared<Loaded>(*std::move(loaded));
  return code;
}

Compiled evaluate(const inlay::Jit& compiler, Joined& subject, std::uint16_t start, bool inlined, bool report) {
  const Bus& bus = state_of(subject.machine()).bus;
  const auto program = std::make_shared<EvaluatedProgram>();
  std::memcpy(program->memory, bus.memory, sizeof program->memory);
  program->map = map_of(bus);
  const auto promise = promise_constant(program.get(), sizeof *program, "program", Strength::Checked);
  if (!promise) fail(promise.error().to_string());
  CompileOptions options;
  options.max_instructions = 1'000'000;
  if (inlined)
    options.inline_policy = [](const CallSite& site) {
      return site.callee.find("m6502_evaluated") != site.callee.npos ? InlineChoice::Inline : InlineChoice::Default;
    };
  using std::placeholders::_1, std::placeholders::_2;
  const EvaluatedProgram* const known = program.get();
  const double time = bench::process_cpu_us();
  const auto function =
      compiler.specialize_with(options, m6502_evaluated, _1, constant(known), constant(std::uint32_t{start}), _2);
  Compiled code;
  code.milliseconds = (bench::process_cpu_us() - time) * 1e-3;
  if (!function) fail(function.error().to_string());
  const Report& what = function->explain();
  if (report) std::printf("%s\n", what.to_text().c_str());
  std::set<std::int64_t> places;
  for (const GuestInstruction& instruction : what.guest) places.insert(instruction.at);
  code.copies = what.guest.size();
  code.instructions = places.size();
  constexpr std::uint32_t MostCalls = 200;
  code.pads[start] = {[call = *function](Bus& there) {
                        std::uint32_t depth = MostCalls;
                        call(there, depth);
                      },
                      EvaluatedSlack};
  code.owner = std::make_shared<std::pair<std::shared_ptr<EvaluatedProgram>, Promise>>(program, *promise);
  return code;
}

struct Rival {
  const char* name;
  int compiles;
  std::function<Compiled()> compile;
  std::function<Ran(Compiled&)> run;
  Compiled code = {};
  std::vector<double> compile_ms = {}, run_ms = {};
};

void compare(const std::string& name, const Image& image, int rounds, bool report) {
  const inlay::Jit compiler = inlay::Jit::create().value();
  Subject plain(image, Engine::Interpreter), jit(image, Engine::Jit);
  Joined ours(image);
  const std::uint16_t start = start_of(image);
  const auto run_ours = [&](Compiled& code) { return ours.run(code); };
  std::vector<Rival> rivals = {
      {"interpreter", 0, {}, [&](Compiled&) { return plain.run(); }},
      {"regions", 5, [&] { return join(compiler, ours, start); }, run_ours},
      {"evaluator", 3, [&] { return evaluate(compiler, ours, start, false, report); }, run_ours},
      {"inlined", 1, [&] { return evaluate(compiler, ours, start, true, report); }, run_ours},
      {"machine", 0, {}, [&](Compiled&) { return jit.run(); }},
  };
  for (int i = 0; i < 4; ++i) jit.run();
  join(compiler, ours, start);  // reads bitcode
  for (int round = 0; round < 5; ++round)
    for (Rival& rival : rivals) {
      if (round >= rival.compiles) continue;
      rival.code = rival.compile();
      rival.compile_ms.push_back(rival.code.milliseconds);
    }
  for (int round = 0; round < rounds; ++round) {
    const Ran expected = plain.run();
    for (Rival& rival : rivals) {
      const Ran ran = rival.run(rival.code);
      if (ran.exit_code != expected.exit_code || ran.cycles != expected.cycles)
        fail(name + ": another result of " + rival.name);
      rival.run_ms.push_back(ran.seconds * 1e3);
    }
  }
  for (const Rival& rival : rivals) {
    const double ms = bench::median(rival.run_ms);
    std::printf("%-8s %-12s %8.2f ms  x%5.2f", name.c_str(), rival.name, ms, bench::median(rivals[0].run_ms) / ms);
    if (rival.compile)
      std::printf("   %7.1f ms for %zu instructions, %zu with copies: %.2f ms each; %lld cycles interpreted",
                  bench::median(rival.compile_ms), rival.code.instructions, rival.code.copies,
                  bench::median(rival.compile_ms) / static_cast<double>(rival.code.instructions),
                  static_cast<long long>(rival.code.interpreted));
    std::printf("\n");
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace inlay::m6502

int main(int argc, char** argv) {
  using namespace inlay::m6502;
  int rounds = 5;
  bool report = false;
  std::vector<std::string> programs;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--rounds" && i + 1 < argc)
      rounds = std::atoi(argv[++i]);
    else if (argument == "--report")
      report = true;
    else
      programs.push_back(argument);
  }
  for (const std::string& program : programs) {
    compare(program.substr(program.rfind('/') + 1), read_program(program), rounds, report);
  }
}
