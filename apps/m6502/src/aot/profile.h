// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a run of a program tells that its bytes do not: where control comes to by pointers, which code is made or
// changed by the program itself; and where it spends its time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aot/discover.h"
#include "inlay/m6502/image.h"
#include "inlay/m6502/labels.h"
#include "inlay/m6502/machine.h"
#include "inlay/result.h"

namespace inlay::m6502 {

/// An instruction at an address.
struct ProfileLine {
  std::int64_t cycles = 0, times = 0;
  std::uint8_t length = 0;     // 0: none ran there
  std::uint8_t bytes[3] = {};  // as they were the last time
  std::uint8_t changed = 0;    // a bit for each byte that was not always the same
  bool place = false;          // control came to it by a jump, or from an interrupt
};

class Profile {
 public:
  explicit Profile(Variant variant = Variant::Nmos) : variant_(variant), lines_(65536) {}

  /// An instruction is going to run; call it before each.
  void begin(const Machine& machine);
  /// It has run.
  void end(const Machine& machine);

  /// Of 65536 addresses.
  const std::vector<ProfileLine>& lines() const { return lines_; }
  Variant variant() const { return variant_; }
  std::int64_t cycles() const;
  std::int64_t instructions() const;

  /// Tells a program to be compiled what was seen.
  void add_to(KnownProgram& program) const;

 private:
  friend Result<Profile> read_profile(std::string_view text, const std::string& file);

  Variant variant_;
  std::vector<ProfileLine> lines_;
  std::int64_t began_ = 0;
  std::uint16_t pc_ = 0;
  int expected_ = -1;  // where the next instruction is, if none jumps
};

/// Tables for people: of labels if there are any, and of addresses, which is what read_profile() takes. `name` is the
/// program's.
std::string to_text(const Profile& profile, const std::string& name, const Labels& labels);
/// InvalidProgram with file and line.
Result<Profile> read_profile(std::string_view text, const std::string& file);

/// Runs it for so many cycles, or to its end. Programs of sim65 read nothing, write nowhere, open no files and have no
/// arguments but a name.
Result<Profile> profile(const Image& image, Variant variant, std::int64_t cycles);

}  // namespace inlay::m6502
