// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program in a machine.
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <optional>

#include "command/options.h"
#include "inlay/m6502/image.h"
#include "inlay/m6502/labels.h"
#include "inlay/m6502/machine.h"
#include "inlay/m6502/sim65.h"

namespace inlay::m6502::command {

/// What is written there is gone.
struct Nowhere {
  int number;
  Nowhere();
  ~Nowhere();
  Nowhere(const Nowhere&) = delete;
};

struct Session {
  Image image;
  Labels labels;
  Variant variant = Variant::Nmos;
  std::optional<Machine> machine;
  std::unique_ptr<Nowhere> nowhere;  // where the program's output goes instead of ours
  std::unique_ptr<Sim65> system;     // of programs of sim65; the machine's hooks lead to it
  /// Behind each system call.
  std::function<void(const Sim65Call&)> called;

  std::optional<int> exit_code() const { return system ? system->exit_code() : std::nullopt; }
};

/// The image and its labels, without a machine.
Result<std::unique_ptr<Session>> read_program(const Options& options);
/// With a machine that has loaded it.
Result<std::unique_ptr<Session>> start_program(const Options& options);

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// Of a file that somebody named, with errno.
Error cannot_write(const std::string& name);
Result<void> write_file(const std::string& name, std::string_view text);

/// `-` is standard input.
Result<std::vector<std::uint8_t>> read_file(const std::string& name);

}  // namespace inlay::m6502::command
