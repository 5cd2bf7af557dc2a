// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tool/compare.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "base/descriptor.h"
#include "base/temporary_folder.h"
#include "tool/tool.h"

extern char** environ;

namespace inlay::tool {

namespace {

constexpr const char* ThisCommand = "/proc/self/exe";

struct Outcome {
  std::string output;
  std::string complaint;  // the first line of standard error: what goes on there is each engine's own
  int status = 0;
};

/// A file without a name that a child writes to.
class Capture {
 public:
  Capture() : file_(::memfd_create("inlay", MFD_CLOEXEC)) {}
  int file() const { return file_.number(); }

  std::string text() const {
    std::string text;
    char buffer[1 << 16];
    ::lseek(file_.number(), 0, SEEK_SET);
    for (ssize_t n; (n = ::read(file_.number(), buffer, sizeof buffer)) > 0;)
      text.append(buffer, static_cast<std::size_t>(n));
    return text;
  }

 private:
  base::Descriptor file_;
};

/// Runs a command with the standard input of this one from its beginning.
Result<Outcome> run(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  Capture output, complaints;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output.file(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, complaints.file(), STDERR_FILENO);
  ::lseek(STDIN_FILENO, 0, SEEK_SET);
  pid_t child = 0;
  const int error = ::posix_spawn(&child, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    return Error(ErrorKind::File, "'" + command[0] + "' cannot be run: " + std::generic_category().message(error));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  Outcome outcome{output.text(), complaints.text(), WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)};
  outcome.complaint.resize(std::min(outcome.complaint.find('\n'), outcome.complaint.size()));
  return outcome;
}

std::vector<std::string> common_words(const char* subcommand, const ProgramOptions& program) {
  std::vector<std::string> words = {ThisCommand, subcommand};
  for (const std::string& runtime : program.runtimes) words.insert(words.end(), {"--runtime", runtime});
  for (const std::string& flag : program.runtime_flags) words.push_back("--runtime-flag=" + flag);
  return words;
}

Result<Outcome> run_here(const ProgramOptions& program, const std::vector<std::string>& arguments,
                         const std::string& engine, const std::string& level) {
  std::vector<std::string> words = common_words("run", program);
  words.insert(words.end(), {"--engine", engine, "-O", level});
  for (const std::string& argument : arguments) words.push_back("--argument=" + argument);
  words.insert(words.end(), program.files.begin(), program.files.end());
  return run(words);
}

Result<Outcome> run_built(const ProgramOptions& program, const std::vector<std::string>& arguments,
                          const std::string& level, bool whole, const std::string& executable) {
  std::vector<std::string> words = common_words("build", program);
  // A server may be of another version, and know the program already.
  words.insert(words.end(), {whole ? "--whole" : "--no-server", "-O", level, "-o", executable});
  words.insert(words.end(), program.files.begin(), program.files.end());
  INLAY_TRY(Outcome built, run(words));
  if (built.status != 0) return built;
  words = {executable};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run(words);
}

std::string shown(const Outcome& outcome) {
  std::string text =
      "status " + std::to_string(outcome.status) + ", " + std::to_string(outcome.output.size()) + " bytes";
  return outcome.complaint.empty() ? text : text + ", " + outcome.complaint;
}

}  // namespace

int compare_engines(const ProgramOptions& program, const std::vector<std::string>& arguments) {
  const Result<base::TemporaryFolder> folder = base::TemporaryFolder::make();
  if (!folder) return fail(folder.error());
  const std::string executable = folder->file("program");
  struct Engine {
    std::string name;
    Result<Outcome> outcome;
  };
  std::vector<Engine> engines;
  engines.push_back({"interpret", run_here(program, arguments, "interpret", "0")});
  for (const char* level : {"0", "1", "2", "3"})
    engines.push_back({std::string("jit -O") + level, run_here(program, arguments, "jit", level)});
  for (const bool whole : {false, true})  // from pieces, and as one unit
    for (const char* level : {"0", "2"})
      engines.push_back({std::string(whole ? "build --whole -O" : "build -O") + level,
                         run_built(program, arguments, level, whole, executable)});

  const Engine& first = engines.front();
  if (!first.outcome) return fail(first.outcome.error());
  std::fwrite(first.outcome->output.data(), 1, first.outcome->output.size(), stdout);
  if (!first.outcome->complaint.empty()) std::fprintf(stderr, "%s\n", first.outcome->complaint.c_str());
  bool differ = false;
  for (const Engine& engine : engines) {
    if (!engine.outcome) return fail(engine.outcome.error());
    const Outcome& a = *first.outcome;
    const Outcome& b = *engine.outcome;
    if (a.output == b.output && a.status == b.status && a.complaint == b.complaint) continue;
    if (!differ) std::fprintf(stderr, "%-17s %s\n", first.name.c_str(), shown(a).c_str());
    std::fprintf(stderr, "%-17s %s%s\n", engine.name.c_str(), shown(b).c_str(),
                 a.output != b.output ? ", other output" : "");
    differ = true;
  }
  return differ ? 1 : first.outcome->status;
}

}  // namespace inlay::tool
