// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of `inlay-lox`.
#include "commands.h"
#include "common/command_line.h"
#include "common/standard_streams.h"
#include "source.h"
#include "stack.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include <inlay/version.h>
#include <CLI/CLI.hpp>

namespace lox {
namespace {

constexpr const char* examples =
    "Examples:\n"
    "  inlay-lox                                  read lines and run them; an expression without `;` prints its value\n"
    "  inlay-lox script.lox                       run a script; what is hot is compiled\n"
    "  inlay-lox -e 'var a = 6;' -e 'print a * 7;'\n"
    "                                             run these lines\n"
    "  inlay-lox --jit=off - < script.lox         run standard input, and compile nothing\n"
    "  inlay-lox build script.lox -o script       write a program that does what the script does\n"
    "  inlay-lox explain script.lox               run a script, and tell what became of its functions\n"
    "Exit status: 0 done, 64 wrong usage, 65 an error in the script, 66 no script, 70 an error while it ran, 74 "
    "output\n"
    "that could not be written.";

/// The command line, and what it asks for.
class CommandLine {
 public:
  CommandLine();
  /// The exit status if there is nothing more to do.
  std::optional<int> parse(int argc, char** argv);
  /// Does it. Throws NoInput, std::exception.
  int run() const;

 private:
  CLI::Option* add_script(CLI::App& app) {
    return app.add_option("script", script_, "The script; - is standard input")->type_name("");
  }
  int run_script() const;

  CLI::App app_{"Runs programs in Lox, the language of Crafting Interpreters, as closures that Inlay compiles.",
                "inlay-lox"};
  CLI::App* build_;
  CLI::App* explain_;
  std::string jit_ = "on";
  RunOptions options_;
  std::vector<std::string> lines_;
  bool interactive_ = false;
  std::string script_ = "-";
  CLI::Option* has_script_;
  std::string output_;
  ExplainOptions explain_options_;
};

std::string check_mode(const std::string& text) {
  return text == "off" || text == "on" || text == "always" ? "" : "'" + text + "' is none of off, on, always";
}

CommandLine::CommandLine() {
  app_.set_version_flag("--version", std::string("inlay-lox ") + INLAY_VERSION_STRING, "Show the version and exit");
  inlay::apps::describe(app_, "inlay-lox");
  app_.require_subcommand(0, 1);
  app_.add_option("--jit", jit_,
                  "off: compile nothing; on: what is hot, in the background; always: everything, at once")
      ->check(CLI::Validator(check_mode, "", "mode"))
      ->type_name("off|on|always")
      ->capture_default_str();
  app_.add_flag("--gc-statistics", options_.gc_statistics, "Say on standard error, as JSON, what was collected");
  app_.add_flag("--gc-stress", options_.gc_stress, "Collect at each allocation, for tests");
  app_.add_flag("-i,--interactive", interactive_, "Read lines and run them, also if they come from no terminal");
  app_.add_option("-e", lines_, "A line to run, instead of a script; may be given again")
      ->type_name("TEXT")
      ->allow_extra_args(false)
      ->take_all();
  has_script_ = add_script(app_);

  build_ = app_.add_subcommand("build", "Write a program that does what a script does");
  add_script(*build_)->required();
  build_->add_option("-o,--output", output_, "The program to write")->type_name("FILE")->required();
  explain_ = app_.add_subcommand("explain", "Run a script, and tell what was compiled, and what was not and why");
  add_script(*explain_)->required();
  explain_->add_flag("--output", explain_options_.output, "Show what the script prints, too: it comes first");
  explain_->add_option("--html", explain_options_.html, "Write it as a page with the source beside it")
      ->type_name("FILE");
  app_.footer(examples);
}

std::optional<int> CommandLine::parse(int argc, char** argv) {
  const std::optional<int> status = inlay::apps::parse_words(app_, status_usage, [&] {
    app_.parse(argc, argv);
    if (!lines_.empty() + interactive_ + has_script_->count() > 1)
      throw CLI::ExcludesError("a script, -e and --interactive exclude one another", CLI::ExitCodes::ExcludesError);
  });
  if (status) return status;
  options_.mode = jit_ == "off" ? Mode::Off : jit_ == "on" ? Mode::On : Mode::Always;
  return {};
}

int CommandLine::run() const {
  if (*build_) return build(read_source(script_), output_);
  if (*explain_) return explain(read_source(script_), explain_options_);
  return run_script();
}

int CommandLine::run_script() const {
  if (!lines_.empty()) return lox::run({CLI::detail::join(lines_, "\n"), "command line"}, options_);
  if (interactive_ || (!*has_script_ && isatty(STDIN_FILENO) != 0)) return repl(options_);
  return lox::run(read_source(script_), options_);
}

/// The status to end with: what is still to be written may fail.
int flush_output(int status) {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  if (errno != 0) report_output_error(errno);  // one that nobody has told of yet
  return status == 0 ? status_output_error : status;
}

/// No exception leaves: a message and a status instead. What was printed before comes first.
int run_safely(const CommandLine& command_line) {
  try {
    return command_line.run();
  } catch (const NoInput& error) {
    std::fprintf(stderr, "inlay-lox: %s\n", error.what());
    return status_no_input;
  } catch (const std::bad_alloc&) {
    flush_output(status_runtime_error);
    std::fputs("inlay-lox: not enough memory\n", stderr);
  } catch (const std::exception& error) {
    flush_output(status_runtime_error);
    std::fprintf(stderr, "inlay-lox: %s\n", error.what());
  }
  return status_runtime_error;
}

int main(int argc, char** argv) {
  inlay::apps::occupy_standard_streams();
  std::signal(SIGPIPE, SIG_DFL);  // also if we were started by who ignores it: end as other tools do
  try {
    CommandLine command_line;
    if (const std::optional<int> status = command_line.parse(argc, argv)) return flush_output(*status);
    return flush_output(run_on_large_stack([&] { return run_safely(command_line); }));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "inlay-lox: %s\n", error.what());
    return status_runtime_error;
  }
}

}  // namespace
}  // namespace lox

int main(int argc, char** argv) { return lox::main(argc, argv); }
