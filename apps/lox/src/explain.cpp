// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command `explain`: runs a script as `run` does, with code that can be followed, and shows what became of it.
#include "commands.h"
#include "explanation.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>

namespace lox {
namespace {

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

bool write_file(const std::string& name, const std::string& text) {
  std::ofstream out(name, std::ios::binary);
  out << text;
  out.close();
  if (out) return true;
  std::fprintf(stderr, "inlay-lox: cannot write %s: %s\n", name.c_str(), std::strerror(errno));
  return false;
}

}  // namespace

int explain(const Source& source, const ExplainOptions& options) {
  Session session(Mode::On, {.explain_code = true});
  begin(session, {});
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
    report_output_error(errno);
    return status_output_error;
  }
  return status_of(outcome);
}

}  // namespace lox
