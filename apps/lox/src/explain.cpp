// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command `explain`: runs a script as `run` does, with code that can be followed, and shows what became of it.
#include "commands.h"
#include "explanation.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>

namespace lox {
namespace {

constexpr std::size_t stack_bytes = 64 << 20;
constexpr std::size_t stack_reserve = 1 << 20;

/// Standard output leads nowhere while this lives.
class Silence {
 public:
  Silence() {
    std::fflush(stdout);
    kept_ = dup(STDOUT_FILENO);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    dup2(nowhere, STDOUT_FILENO);
    close(nowhere);
  }
  Silence(const Silence&) = delete;
  ~Silence() {
    std::fflush(stdout);
    if (kept_ < 0) return;
    dup2(kept_, STDOUT_FILENO);
    close(kept_);
  }

 private:
  int kept_ = -1;
};

/// Calls nest deeper than the main thread's stack may be.
template <class Work>
void on_large_stack(Work work) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack_bytes);
  pthread_t thread;
  const auto run = [](void* argument) -> void* {
    (*static_cast<Work*>(argument))();
    return nullptr;
  };
  if (pthread_create(&thread, &attributes, run, &work) == 0)
    pthread_join(thread, nullptr);
  else
    work();
  pthread_attr_destroy(&attributes);
}

bool write_file(const std::string& name, const std::string& text) {
  std::ofstream out(name, std::ios::binary);
  out << text;
  out.close();
  if (out) return true;
  std::fprintf(stderr, "inlay-lox: cannot write %s: %s\n", name.c_str(), std::strerror(errno));
  return false;
}

int status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::Succeeded:
      return 0;
    case Outcome::CompileError:
      return status_compile_error;
    case Outcome::RuntimeError:
      return status_runtime_error;
    case Outcome::OutputError:
      return status_output_error;
  }
  return status_runtime_error;
}

int run_and_explain(const Source& source, const ExplainOptions& options) {
  Session session(Mode::On, {.explain_code = true});
  session.vm().set_stack_limit(reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - stack_bytes +
                               stack_reserve);
  Outcome outcome;
  if (options.output) {
    outcome = session.run(source.text, source.name);
  } else {
    const Silence silence;
    outcome = session.run(source.text, source.name);
  }
  if (outcome == Outcome::CompileError) return status_compile_error;
  session.tiers()->wait();
  // What a program did that failed in the end is to be explained, too.
  const Explanation explanation = explanation_of(session, source);
  if (!options.html.empty()) {
    if (!write_file(options.html, to_html(explanation))) return status_output_error;
    return status_of(outcome);
  }
  const std::string text = to_text(explanation);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    std::fprintf(stderr, "inlay-lox: cannot write to standard output: %s\n", std::strerror(errno));
    return status_output_error;
  }
  return status_of(outcome);
}

}  // namespace

int explain(const Source& source, const ExplainOptions& options) {
  int status = status_runtime_error;
  on_large_stack([&] {
    try {
      status = run_and_explain(source, options);
    } catch (const std::exception& error) {
      std::fprintf(stderr, "inlay-lox: %s\n", error.what());
    }
  });
  return status;
}

}  // namespace lox
