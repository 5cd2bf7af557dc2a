// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "commands.h"
#include "session.h"

#include <pthread.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace {

constexpr std::size_t stack_bytes = 64 << 20;
constexpr std::size_t stack_reserve = 1 << 20;

struct Run {
  lox::Mode mode = lox::Mode::On;
  std::string file;
  int status = 0;
};

void* run_thread(void* argument) {
  auto& run = *static_cast<Run*>(argument);
  std::ifstream in(run.file, std::ios::binary);
  const std::string source((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  lox::Session session(run.mode);
  session.vm().set_stack_limit(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - stack_bytes +
                               stack_reserve);
  switch (session.run(source, run.file)) {
    case lox::Outcome::Succeeded: run.status = 0; break;
    case lox::Outcome::CompileError: run.status = 65; break;
    case lox::Outcome::RuntimeError: run.status = 70; break;
    case lox::Outcome::OutputError: run.status = 74; break;
  }
  if (getenv("LOX_EXPLAIN")) for (auto& f : session.tiers()->functions()) std::fprintf(stderr, "%s\n", f.handle.explain().to_text().c_str());
  if (getenv("LOX_EXPLAIN")) for (auto& f : session.tiers()->loops()) std::fprintf(stderr, "%s\n", f.handle.explain().to_text().c_str());
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  Run run;
  if (argc > 2 && std::string(argv[1]) == "explain") {
    std::ifstream in(argv[2], std::ios::binary);
    lox::Source source{std::string((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>()), argv[2]};
    lox::ExplainOptions options;
    for (int i = 3; i < argc; ++i) {
      if (std::string(argv[i]) == "--output") options.output = true;
      if (std::string(argv[i]) == "--html" && i + 1 < argc) options.html = argv[++i];
    }
    return lox::explain(source, options);
  }
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--jit=off") run.mode = lox::Mode::Off;
    else if (argument == "--jit=on") run.mode = lox::Mode::On;
    else if (argument == "--jit=always") run.mode = lox::Mode::Always;
    else run.file = argument;
  }
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread;
  pthread_create(&thread, &attributes, run_thread, &run);
  pthread_join(thread, nullptr);
  return run.status;
}
