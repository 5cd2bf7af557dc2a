// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What debuggers and profilers are pointed at: subject FILE MODE ARGUMENT runs a program of the example `crash`. The
// tools are turned on by INLAY_JIT, as a user of a finished program would.
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "crash/session.h"
#include "inlay/inlay.h"

namespace {

std::string mode;
unsigned turns = 0;

}  // namespace

extern "C" [[gnu::noinline]] long host_stops_here(long question) {
  asm volatile("");
  return question * 2;
}

extern "C" [[gnu::noinline]] long host_throws_here(long question) {
  if (question == 1) throw std::runtime_error("the host refuses");
  return question;
}

extern "C" [[gnu::noinline]] void host_waits_here() {
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  std::puts("waiting");
  std::fflush(stdout);
  pause();
}

long crash::ask(long question) {
  long answer = ++turns < 400 ? 1 : 0;  // spin
  if (mode == "stop") answer = host_stops_here(question);
  if (mode == "pause") host_waits_here();
  if (mode == "throw") answer = host_throws_here(question);
  asm volatile("" : "+r"(answer));  // so that none of these calls is the last thing here, and this frame stays
  return answer;
}

int main(int count, char** words) {
  if (count != 4) return 2;
  mode = words[2];
  const std::string file = std::filesystem::absolute(words[1]);
  const inlay::Jit jit = inlay::Jit::create().value();
  const auto run = crash::compile(jit, crash::parse(crash::read_file(file)), file).value();
  if (!run.compiled()) return 3;
  long word = 5;
  long argument = mode == "spin" ? reinterpret_cast<long>(&word) : std::atol(words[3]);
  try {
    std::printf("%ld\n", run(argument));
  } catch (const std::runtime_error& error) {
    std::printf("caught: %s\n", error.what());
  }
  return 0;
}
