// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The command line of `inlay-6502`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "command/message.h"
#include "inlay/m6502/image.h"
#include "inlay/m6502/machine.h"

namespace inlay::m6502::command {

enum class Verb : std::uint8_t { Run, Monitor, Disassemble, Build, Explain };

/// Addresses are texts until the labels are read.
struct Options {
  Verb verb = Verb::Run;

  std::string file;
  std::vector<std::string> arguments;  // of the program
  std::optional<ImageFormat> format;
  std::string load, pc;
  std::optional<Variant> variant;
  std::vector<std::string> label_files;
  bool files = true;

  std::optional<Engine> engine;
  std::optional<int> heat;
  std::optional<std::int64_t> patience;
  bool compile_at_once = false;

  // run
  std::int64_t cycles = 0;  // 0: no limit
  std::string success;
  bool trace = false;
  std::string trace_file;  // empty: standard output
  bool statistics = false, json = false;
  std::string dump;

  // disassemble
  std::string from, to;

  // explain
  std::string at;
  bool all = false, show_output = false;
  std::string html;

  // build
  std::string output;
  // run: a file to write; build: a number of cycles, or a file
  std::string profile;
};

/// What is asked for, or the status to end with at once: help was printed, or what is wrong.
struct Parsed {
  Options options;
  std::optional<int> status;
};
Parsed parse_command_line(int argc, char** argv);

}  // namespace inlay::m6502::command
