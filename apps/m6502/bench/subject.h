// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program of sim65 in a machine, to be run again and again. Whatever goes wrong ends the benchmark.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlay/m6502/image.h"
#include "inlay/m6502/machine.h"
#include "inlay/m6502/sim65.h"

namespace inlay::m6502 {

struct Ran {
  double seconds = 0;  // of CPU time of this thread
  std::int64_t cycles = 0;
  int exit_code = -1;
};

[[noreturn]] void fail(const std::string& why);

Image read_program(const std::string& file);

class Subject {
 public:
  /// The image must outlive it.
  Subject(const Image& image, Engine engine);

  Machine& machine() { return machine_; }
  std::optional<int> exit_code() const { return system_->exit_code(); }

  Ran run();

  /// What `run` does must end with an exit code.
  template <class Run>
  Ran timed(Run run) {
    rewind();
    const std::int64_t began = machine_.cycle();
    const double time = now_us();
    run();
    return {(now_us() - time) * 1e-6, machine_.cycle() - began, *system_->exit_code()};
  }

 private:
  static double now_us();
  /// As it was loaded; compiled code is kept.
  void rewind();

  const Image& image_;
  Machine machine_;
  std::vector<std::uint8_t> bytes_;
  std::unique_ptr<Sim65> system_;
};

}  // namespace inlay::m6502
