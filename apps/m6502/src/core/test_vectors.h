// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// SingleStepTests: each an instruction with the state before and after, and every access of the bus. Binary form: see
// PROVENANCE.md of the test data.
#pragma once

#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "inlay/m6502/cpu.h"

namespace inlay::m6502::testing {

struct VectorState {
  std::uint16_t pc = 0;
  std::uint8_t s = 0, a = 0, x = 0, y = 0, p = 0;
  std::vector<std::pair<std::uint16_t, std::uint8_t>> memory;
};

struct Access {
  std::uint16_t address = 0;
  std::uint8_t value = 0;
  bool write = false;
  bool operator==(const Access&) const = default;
};

struct Vector {
  std::string name;  // the instruction's bytes
  VectorState before, after;
  std::vector<Access> accesses;
  int opcode() const { return std::stoi(name.substr(0, 2), nullptr, 16); }
};

/// Bits 4 and 5 of the status do not exist in the processor.
constexpr std::uint8_t StatusMask = 0xCF;

inline void set_cpu(Cpu& cpu, const VectorState& state) {
  cpu.pc = state.pc;
  cpu.s = state.s;
  cpu.a = state.a;
  cpu.x = state.x;
  cpu.y = state.y;
  set_status(cpu, state.p);
  cpu.leave = 0;
}

/// Empty if the registers are those.
inline std::string difference(const Cpu& cpu, const VectorState& state) {
  std::string result;
  const auto compare = [&](const char* what, int is, int should) {
    if (is == should) return;
    result += std::string(what) + " is " + std::to_string(is) + ", not " + std::to_string(should) + "; ";
  };
  compare("pc", cpu.pc, state.pc);
  compare("s", cpu.s, state.s);
  compare("a", cpu.a, state.a);
  compare("x", cpu.x, state.x);
  compare("y", cpu.y, state.y);
  compare("p", status_of(cpu, false) & StatusMask, state.p & StatusMask);
  return result;
}

/// Nothing if the file is not there.
inline std::optional<std::vector<Vector>> read_vectors(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::size_t at = 0;
  const auto byte = [&] { return static_cast<std::uint8_t>(bytes.at(at++)); };
  const auto word = [&] {
    const int high = byte();
    return static_cast<std::uint16_t>(high << 8 | byte());
  };
  const auto state = [&] {
    VectorState result;
    result.pc = word();
    result.s = byte();
    result.a = byte();
    result.x = byte();
    result.y = byte();
    result.p = byte();
    result.memory.resize(byte());
    for (auto& [address, value] : result.memory) {
      address = word();
      value = byte();
    }
    return result;
  };
  std::vector<Vector> vectors;
  while (at < bytes.size()) {
    Vector vector;
    vector.name = bytes.substr(at, 10).c_str();
    at += 10;
    vector.before = state();
    vector.after = state();
    vector.accesses.resize(byte());
    for (Access& access : vector.accesses) {
      access.address = word();
      access.value = byte();
      access.write = byte() == 'w';
    }
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

/// The cycle lists of these undocumented NMOS opcodes lack a read; registers and memory are right. 5C of the 65C02
/// takes eight cycles.
constexpr bool cycles_are_wrong(Variant variant, int opcode) {
  return variant != Variant::Cmos ? opcode == 0x0C || opcode == 0x1C || opcode == 0x3C || opcode == 0x5C ||
                                        opcode == 0x7C || opcode == 0xDC || opcode == 0xFC
                                  : opcode == 0x5C;
}

constexpr bool is_decimal(int value) { return (value & 0x0F) < 0x0A && value < 0xA0; }

/// Differences of what are no decimal digits: the vectors of the 65C02 have the NMOS processor's, and contradict Bruce
/// Clark's test, which was made on real ones.
inline bool result_is_wrong(Variant variant, const Vector& vector) {
  const int opcode = vector.opcode();
  if (variant != Variant::Cmos || !(vector.before.p & StatusDecimal) || (opcode & 0xE0) != 0xE0) return false;
  if ((opcode & 3) != 1 && opcode != 0xF2) return false;  // SBC
  const int operand = opcode == 0xE9 ? std::stoi(vector.name.substr(3, 2), nullptr, 16) : vector.accesses.back().value;
  return !is_decimal(vector.before.a) || !is_decimal(operand);
}

}  // namespace inlay::m6502::testing
