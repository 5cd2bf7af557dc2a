// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/options.h"

#include <inlay/version.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <system_error>
#include <utility>

#include "common/command_line.h"

namespace inlay::m6502::command {

namespace {

constexpr const char* Examples =
    "Examples:\n"
    "  cl65 -t sim6502 -O hello.c -o hello && inlay-6502 run hello Ann Bob\n"
    "  inlay-6502 run 6502_functional_test.bin --pc 400 --success 3469 --stats\n"
    "  inlay-6502 run nestest.nes --pc C000 --trace=nestest.log --cycles 26555\n"
    "  inlay-6502 run game.bin --load 8000 --cycles 1000000 --engine interpreter\n"
    "  inlay-6502 monitor game.prg --labels game.lbl\n"
    "  inlay-6502 disassemble game.hex --from 200 --to 24F\n"
    "  inlay-6502 run hello --labels hello.lbl --profile hello.profile\n"
    "  inlay-6502 build hello -o hello.exe && ./hello.exe Ann Bob\n"
    "  inlay-6502 explain hello --labels hello.lbl --html=hello.html -- Ann Bob\n"
    "Addresses are hexadecimal, with or without $ or 0x, or labels. See inlay-6502 COMMAND --help.\n"
    "More: man inlay-6502, docs/guide/m6502.md";

constexpr const char* RunFooter =
    "What stands behind -- goes to the program. The program ends when it exits (sim65), at --success, where it jumps\n"
    "to itself (a trap), and when the processor jams or waits for an interrupt.\n"
    "Exit status: the program's own (sim65); else 0 at --success, and at a trap if --success was not given; 1 at "
    "another\n"
    "trap, when the processor jams or waits, and with --success when --cycles are over; 2 an error.";

constexpr const char* MonitorFooter =
    "Commands are read from a terminal or from standard input; `help` lists them.\n"
    "Exit status: 0, or 2 if a command that came from no terminal was wrong.";

constexpr const char* ExplainFooter =
    "The program runs as by inlay-6502 run; then each region that was compiled is told, one is listed with its "
    "machine\n"
    "code, and what was not compiled, with the reason.\n"
    "Exit status: 0, or 2 for an error.";

constexpr const char* BuildFooter =
    "The executable needs neither inlay-6502 nor the program's file. It takes --cycles N, --dump FILE and --json "
    "before\n"
    "the program's own arguments, and ends as inlay-6502 run does. What was not found before it runs is interpreted.\n"
    "Exit status: 0, or 2 for an error.";

const std::map<std::string, ImageFormat> Formats{{"binary", ImageFormat::Binary},
                                                 {"hex", ImageFormat::IntelHex},
                                                 {"sim65", ImageFormat::Sim65},
                                                 {"prg", ImageFormat::Prg},
                                                 {"nes", ImageFormat::Nes}};
const std::map<std::string, Variant> Variants{
    {"6502", Variant::Nmos}, {"2a03", Variant::Ricoh2A03}, {"65c02", Variant::Cmos}};
const std::map<std::string, Engine> Engines{
    {"step", Engine::Step}, {"interpreter", Engine::Interpreter}, {"jit", Engine::Jit}};

struct Texts {
  std::string format, variant, engine;
};

void add_program(CLI::App& app, Options& options, Texts& texts) {
  app.set_help_flag("-h,--help", "Show this and exit");
  app.add_option("file", options.file, "The program")->required()->type_name("");
  app.add_option("--format", texts.format, "What the file is; else by its beginning and its name")
      ->check(apps::one_of(Formats))
      ->type_name("binary|hex|sim65|prg|nes");
  app.add_option("--load", options.load, "Where a binary goes")->type_name("ADDRESS");
  app.add_option("--variant", texts.variant, "The processor; else what the file was made for, or a 6502")
      ->check(apps::one_of(Variants))
      ->type_name("6502|2a03|65c02");
  app.add_option("--labels", options.label_files, "Names of addresses: ld65 -Ln, VICE, or name = $C000")
      ->type_name("FILE")
      ->expected(1);
}

/// What all that run it take.
void add_running(CLI::App& app, Options& options) {
  app.add_option("--pc", options.pc, "Where to start; else where the file says")->type_name("ADDRESS");
  app.add_option("--heat", options.heat, "Jumps to a place before it is compiled, 1 to 255")
      ->check(CLI::Range(1, 255))
      ->type_name("N");
  app.add_option("--patience", options.patience, "Cycles before anything is compiled; 0: and compile without limits")
      ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max()))
      ->type_name("N");
  app.add_flag("--compile-at-once", options.compile_at_once, "Wait for what is compiled; for tests");
  app.add_flag_callback("--no-files", [&options] { options.files = false; }, "The program may not open files");
  app.add_option("args", options.arguments, "Arguments of the program (sim65)")->type_name("");
}

void add_machine(CLI::App& app, Options& options, Texts& texts) {
  app.add_option("--engine", texts.engine, "What runs it; jit: what is hot is compiled")
      ->check(apps::one_of(Engines))
      ->type_name("step|interpreter|jit");
  add_running(app, options);
}

void add_run(CLI::App& app, Options& options, Texts& texts) {
  add_program(app, options, texts);
  add_machine(app, options, texts);
  app.add_option("--cycles", options.cycles, "Stop then")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 62))
      ->type_name("N");
  app.add_option("--success", options.success, "Where the program gets to if all is well")->type_name("ADDRESS");
  app.add_flag_callback(
      "--trace", [&options] { options.trace = true; },
      "Write each instruction, as in nestest's log; --trace=FILE: there");
  app.add_option("--profile", options.profile, "Write there in which instructions the time was spent; for build, too")
      ->type_name("FILE");
  app.add_flag("--stats", options.statistics, "Say at the end how long it took and what was compiled");
  app.add_flag("--json", options.json, "Say that as a line of JSON");
  app.add_option("--dump", options.dump, "Write the 64 KiB of memory there at the end")->type_name("FILE");
  app.footer(RunFooter);
}

void add_explain(CLI::App& app, Options& options, Texts& texts) {
  add_program(app, options, texts);
  app.add_option("--at", options.at, "The region that begins there, without a run; with --cycles as it is then")
      ->type_name("ADDRESS");
  app.add_flag("--all", options.all, "List all regions, not only the one that most cycles were spent in");
  app.add_option("--cycles", options.cycles, "Stop then")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 62))
      ->type_name("N");
  app.add_option("--html", options.html, "Write it as a page, with the code of both side by side")->type_name("FILE");
  app.add_flag("--json", options.json, "Write it as a line of JSON");
  app.add_flag("--show-output", options.show_output, "Show what the program prints, too: it comes first");
  add_running(app, options);
  app.footer(ExplainFooter);
}

void add_build(CLI::App& app, Options& options, Texts& texts) {
  add_program(app, options, texts);
  app.add_option("-o,--output", options.output, "The executable")->required()->type_name("FILE");
  app.add_option("--pc", options.pc, "Where to start; else where the file says")->type_name("ADDRESS");
  app.add_flag_callback("--no-files", [&options] { options.files = false; }, "The program may not open files");
  app.add_option("--profile", options.profile,
                 "Run it for so many cycles first, or take what run --profile wrote: to find code that its bytes hide")
      ->type_name("N|FILE");
  app.add_flag("--stats", options.statistics, "Say what was compiled");
  app.footer(BuildFooter);
}

/// Whether both would write to one file, where the second replaces what the first wrote. Two may share /dev/null.
bool same_file(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return false;
  std::error_code error;
  if (std::filesystem::exists(a, error) && !std::filesystem::is_regular_file(a, error)) return false;
  const auto canonical = [&](const std::string& name) { return std::filesystem::weakly_canonical(name, error); };
  return a == b || (canonical(a) == canonical(b) && !error) || std::filesystem::equivalent(a, b, error);
}

Result<void> files_are_different(const Options& options) {
  if (options.verb != Verb::Run) return {};
  const std::pair<const char*, const std::string*> files[] = {
      {"--trace", &options.trace_file}, {"--profile", &options.profile}, {"--dump", &options.dump}};
  for (const auto& [option, file] : files)
    for (const auto& [other, same] : files)
      if (&option < &other && same_file(*file, *same))
        return Error(ErrorKind::InvalidArgument, std::string(other) + " would replace what " + option + " writes there",
                     {.file = *same});
  return {};
}

Result<void> understand(Options& options, const Texts& texts) {
  INLAY_TRY_VOID(files_are_different(options));
  if (!texts.format.empty()) options.format = Formats.at(texts.format);
  if (!texts.variant.empty()) options.variant = Variants.at(texts.variant);
  if (!texts.engine.empty()) options.engine = Engines.at(texts.engine);
  if (options.trace && options.engine && options.engine != Engine::Step)
    return Error(ErrorKind::InvalidArgument, "--trace is of the engine 'step', which runs an instruction at a time");
  const bool profiled = options.verb == Verb::Run && !options.profile.empty();
  if (profiled && options.engine && options.engine != Engine::Step)
    return Error(ErrorKind::InvalidArgument, "--profile is of the engine 'step', which runs an instruction at a time");
  if (options.trace || profiled) options.engine = Engine::Step;
  return {};
}

/// Takes `--trace=FILE` out of the words: to CLI11 an option has a value or has none.
std::vector<std::string> without_trace(int argc, char** argv, Options& options) {
  constexpr std::string_view Trace = "--trace=";
  std::vector<std::string> words;
  bool ours = true;
  for (int k = 1; k < argc; ++k) {
    const std::string_view word = argv[k];
    if (word == "--") ours = false;
    if (ours && word.starts_with(Trace)) {
      options.trace_file = word.substr(Trace.size());
      words.emplace_back("--trace");
    } else {
      words.emplace_back(word);
    }
  }
  return words;
}

}  // namespace

Parsed parse_command_line(int argc, char** argv) {
  Parsed parsed;
  Options& options = parsed.options;
  Texts texts;
  CLI::App app{"A 6502 that compiles what it runs.", "inlay-6502"};
  apps::describe(app, "inlay-6502");
  app.set_version_flag("--version", std::string("inlay-6502 ") + INLAY_VERSION_STRING, "Show the version and exit");
  app.require_subcommand(1);
  app.footer(Examples);

  CLI::App& run = *app.add_subcommand("run", "Run a program");
  add_run(run, options, texts);
  CLI::App& monitor = *app.add_subcommand("monitor", "Look into a program while it runs");
  add_program(monitor, options, texts);
  add_machine(monitor, options, texts);
  monitor.footer(MonitorFooter);
  CLI::App& disassemble = *app.add_subcommand("disassemble", "Write a program as instructions");
  add_program(disassemble, options, texts);
  disassemble.add_option("--from", options.from, "The first address; else all that the file has")->type_name("ADDRESS");
  disassemble.add_option("--to", options.to, "The last address")->type_name("ADDRESS");

  CLI::App& build = *app.add_subcommand("build", "Make an executable of a program");
  add_build(build, options, texts);

  CLI::App& explain = *app.add_subcommand("explain", "Show what a program became in machine code, and what did not");
  add_explain(explain, options, texts);

  std::vector<std::string> words = without_trace(argc, argv, options);
  std::reverse(words.begin(), words.end());  // as CLI11 wants them
  parsed.status = apps::parse_words(app, StatusError, [&] { app.parse(words); });
  if (parsed.status) return parsed;
  if (monitor.parsed()) options.verb = Verb::Monitor;
  if (disassemble.parsed()) options.verb = Verb::Disassemble;
  if (build.parsed()) options.verb = Verb::Build;
  if (explain.parsed()) options.verb = Verb::Explain;
  if (const Result<void> understood = understand(options, texts); !understood) {
    tell(understood.error());
    parsed.status = StatusError;
  }
  return parsed;
}

}  // namespace inlay::m6502::command
