// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// inlay-6502's engines beside sim65 and beside the same C compiled for this machine: warm, as whole processes, and with
// programs that write to themselves. Rivals take turns; medians. All must end with the same exit code.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/measure.h"
#include "common/output.h"
#include "native.h"
#include "subject.h"

namespace inlay::m6502 {
namespace {

/// Milliseconds.
struct Time {
  double cpu = 0, wall = 0;
};

/// A whole process: CPU time of all its threads.
Time run_process(const std::vector<std::string>& words, int expected) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const double began = bench::wall_us();
  const pid_t child = fork();
  if (child == 0) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nowhere, 1);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  Time time;
  time.wall = (bench::wall_us() - began) * 1e-3;
  const auto milliseconds = [](const timeval& part) {
    return static_cast<double>(part.tv_sec) * 1e3 + static_cast<double>(part.tv_usec) * 1e-3;
  };
  time.cpu = milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != expected)
    fail(words[0] + " " + words.back() + ": ended otherwise than by stepping");
  return time;
}

/// A thing that takes its turn.
struct Rival {
  std::function<Time()> run;
  std::vector<Time> times = {};

  double cpu() const {
    std::vector<double> values;
    for (const Time& time : times) values.push_back(time.cpu);
    return bench::median(values);
  }
};

/// The median of the ratios within each round, of CPU or wall times.
double ratio(const Rival& a, const Rival& b, double Time::* which = &Time::cpu) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < a.times.size(); ++round)
    ratios.push_back(a.times[round].*which / b.times[round].*which);
  return bench::median(ratios);
}

/// One program and all that runs it.
class Contest {
 public:
  Contest(const std::string& program, const std::string& folder, bool quick);

  void round();

  const std::string& name() const { return name_; }
  std::int64_t regions() { return jit_.machine().statistics().regions; }
  std::int64_t instructions() const { return instructions_; }

  Rival sim65, interpreter, jit, native, executable, cold_interpreter, cold_jit;

 private:
  Time pass(Subject& subject);
  void warm(bool quick);

  std::string name_;
  Image image_;
  Subject stepping_, plain_, jit_;
  std::int64_t instructions_ = 0;
  Ran expected_;
};

Contest::Contest(const std::string& program, const std::string& folder, bool quick)
    : name_(std::filesystem::path(program).filename()),
      image_(read_program(program)),
      stepping_(image_, Engine::Step),
      plain_(image_, Engine::Interpreter),
      jit_(image_, Engine::Jit) {
  expected_ = stepping_.run();
  instructions_ = stepping_.machine().statistics().instructions;
  const int code = expected_.exit_code;
  const std::string built = folder + "/" + name_;
  run_process({BENCH_COMMAND, "build", program, "-o", built}, 0);
  sim65.run = [=] { return run_process({BENCH_SIM65, program}, code); };
  interpreter.run = [this] { return pass(plain_); };
  jit.run = [this] { return pass(jit_); };
  if (int (*main)() = native_program(name_))
    native.run = [=, this] {
      constexpr int Times = 20;
      const double began = bench::thread_cpu_us();
      for (int i = 0; i < Times; ++i)
        if (main() != code) fail(name_ + ": the native program ends otherwise");
      return Time{(bench::thread_cpu_us() - began) * 1e-3 / Times, 0};
    };
  executable.run = [=] { return run_process({built}, code); };
  cold_interpreter.run = [=] { return run_process({BENCH_COMMAND, "run", "--engine", "interpreter", program}, code); };
  cold_jit.run = [=] { return run_process({BENCH_COMMAND, "run", program}, code); };
  warm(quick);
}

Time Contest::pass(Subject& subject) {
  const Ran ran = subject.run();
  if (ran.exit_code != expected_.exit_code || ran.cycles != expected_.cycles)
    fail(name_ + ": another result than by stepping");
  return {ran.seconds * 1e3, 0};
}

/// Until nothing was compiled for a while: that takes its time, in another thread.
void Contest::warm(bool quick) {
  constexpr double Calm = 4e6, Longest = 40e6;
  const double began = bench::wall_us();
  std::int64_t seen = 0;
  for (double since = began; !quick;) {
    pass(jit_);
    const double now = bench::wall_us();
    if (regions() != seen) since = now;
    seen = regions();
    if (now - since > Calm || now - began > Longest) return;
  }
}

void Contest::round() {
  for (Rival* rival : {&sim65, &interpreter, &jit, &native, &executable, &cold_interpreter, &cold_jit})
    if (rival->run) rival->times.push_back(rival->run());
}

double geometric_mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += std::log(value);
  return std::exp(sum / static_cast<double>(values.size()));
}

/// Rows of ratios, and their means.
class Table {
 public:
  Table(bench::Output& output, const std::string& title, std::vector<bench::Column> columns, std::size_t times)
      : output_(output), times_(times), values_(columns.size() - 1) {
    output_.table(title, std::move(columns));
  }
  void row(const std::string& name, const std::vector<double>& values) {
    std::vector<bench::Cell> cells = {name};
    for (std::size_t i = 0; i < values.size(); ++i) {
      cells.emplace_back(values[i]);
      values_[i].push_back(values[i]);
    }
    output_.row(cells);
  }
  /// Of times the sum, of ratios the geometric mean.
  void summary() {
    std::vector<bench::Cell> cells = {std::string("all")};
    for (std::size_t i = 0; i < values_.size(); ++i) {
      double sum = 0;
      for (const double value : values_[i]) sum += value;
      cells.emplace_back(i < times_ ? sum : geometric_mean(values_[i]));
    }
    output_.row(cells);
  }

 private:
  bench::Output& output_;
  std::size_t times_;
  std::vector<std::vector<double>> values_;
};

bool writes_to_itself(const std::string& name) { return name.starts_with("selfmod"); }

void tell(bench::Output& output, const std::vector<std::unique_ptr<Contest>>& contests) {
  Table warm(output, "Warm, CPU ms a run; executables are whole processes",
             {{"program"},
              {"sim65"},
              {"interpreter"},
              {"jit"},
              {"executable"},
              {"sim65/interpreter", 2},
              {"sim65/jit", 1},
              {"interpreter/jit", 2},
              {"sim65/executable", 1}},
             4);
  for (const auto& c : contests)
    if (!writes_to_itself(c->name()))
      warm.row(c->name(), {c->sim65.cpu(), c->interpreter.cpu(), c->jit.cpu(), c->executable.cpu(),
                           ratio(c->sim65, c->interpreter), ratio(c->sim65, c->jit), ratio(c->interpreter, c->jit),
                           ratio(c->sim65, c->executable)});
  warm.summary();

  Table native(output, "The same C compiled by clang -O2, CPU ms a run",
               {{"program"}, {"native", 3}, {"jit/native", 1}, {"sim65/native", 1}}, 1);
  for (const auto& c : contests)
    if (c->native.run) native.row(c->name(), {c->native.cpu(), ratio(c->jit, c->native), ratio(c->sim65, c->native)});
  native.summary();

  const auto cold_columns = [](const char* jit) -> std::vector<bench::Column> {
    return {{"program"}, {"million instructions"}, {"interpreter, CPU"}, {jit}, {"CPU ratio", 2}, {"wall ratio", 2}};
  };
  Table cold(output, "Whole processes, cold, ms: with the JIT, over --engine interpreter", cold_columns("CPU"), 3);
  for (const auto& c : contests)
    if (!writes_to_itself(c->name()))
      cold.row(c->name(),
               {static_cast<double>(c->instructions()) * 1e-6, c->cold_interpreter.cpu(), c->cold_jit.cpu(),
                ratio(c->cold_jit, c->cold_interpreter), ratio(c->cold_jit, c->cold_interpreter, &Time::wall)});
  cold.summary();

  Table writing(
      output, "Programs that write to themselves, CPU ms a run: with the JIT, over the interpreter",
      {{"program"}, {"sim65"}, {"interpreter"}, {"jit"}, {"jit/interpreter", 2}, {"cold, CPU", 2}, {"cold, wall", 2}},
      3);
  for (const auto& c : contests)
    if (writes_to_itself(c->name()) || c->name() == "functional")
      writing.row(c->name(),
                  {c->sim65.cpu(), c->interpreter.cpu(), c->jit.cpu(), ratio(c->jit, c->interpreter),
                   ratio(c->cold_jit, c->cold_interpreter), ratio(c->cold_jit, c->cold_interpreter, &Time::wall)});
  writing.summary();
}

int compare(int argc, char** argv) {
  bench::Output output("m6502", argc, argv);
  std::vector<std::string> programs;
  for (const auto& entry : std::filesystem::directory_iterator(BENCH_PROGRAMS))
    if (!entry.path().has_extension()) programs.push_back(entry.path());
  std::sort(programs.begin(), programs.end());
  char folder[] = "/tmp/bench_m6502.XXXXXX";
  if (!mkdtemp(folder)) fail("no folder for executables can be made");
  std::vector<std::unique_ptr<Contest>> contests;
  for (const std::string& program : programs) {
    contests.push_back(std::make_unique<Contest>(program, folder, output.quick()));
    for (int round = 0; round < output.runs(15, 1); ++round) contests.back()->round();
  }
  tell(output, contests);
  std::filesystem::remove_all(folder);
  return output.finish();
}

}  // namespace
}  // namespace inlay::m6502

int main(int argc, char** argv) { return inlay::m6502::compare(argc, argv); }
