// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// crash FILE [ARGUMENT]: runs a program of the guest's language, compiled.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>

#include "session.h"
#include "trace.h"

long crash::ask(long question) { return question + 1; }

int main(int count, char** words) {
  if (count < 2 || count > 3) {
    std::fprintf(stderr, "usage: crash FILE [ARGUMENT]\n");
    return 2;
  }
  try {
    crash::trace_crashes();
    // describe_code() shall know lines.
    const inlay::Jit jit = inlay::Jit::create({.lines = true}).value();
    const std::string file = std::filesystem::absolute(words[1]);
    const auto run = crash::compile(jit, crash::parse(crash::read_file(file)), file).value();
    std::printf("%ld\n", run(count > 2 ? std::atol(words[2]) : 0));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "crash: %s\n", error.what());
    return 1;
  }
}
