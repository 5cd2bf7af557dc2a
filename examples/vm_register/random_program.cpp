// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "random_program.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "../../tests/common/random_numbers.h"

namespace vm_register {
namespace {

using random_numbers::Random;

constexpr std::uint64_t MemoryBytes = 256;
constexpr unsigned FirstFloat = 32;
// Registers that only jumps and calls of our making write, so that they mostly hold what those need.
constexpr unsigned IndexRegister = 30;
constexpr unsigned CounterRegister = 29;

constexpr std::int64_t Integers[] = {0,  1,   -1,        2,         7,           8,       63,         64,
                                     -8, 255, INT64_MAX, INT64_MIN, 0x100000000, 1 << 20, -123456789, 31};
constexpr double Floats[] = {0.0, -0.0, 1.0, -1.5, 0.5, 1e300, -1e300, 1e-310, 3.0, 9.3e18, 1e19, 1.0 / 3.0};

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed), malformed_(random_.one_in(4)) {}

  Program run() {
    program_.memory_bytes = MemoryBytes;
    program_.metered = true;
    for (const std::int64_t integer : Integers) program_.constants.push_back(integer);
    for (const double number : Floats) program_.constants.push_back(std::bit_cast<std::int64_t>(number));
    const unsigned functions = 1 + random_.below(4);
    for (unsigned i = 0; i < functions; ++i)
      program_.functions.push_back({"f" + std::to_string(i), random_.below(5), {}});
    for (unsigned i = 0; i < functions; ++i) fill(program_.functions[i], i == 0);
    program_.default_arguments.assign(program_.functions[0].parameters, 5);
    return std::move(program_);
  }

 private:
  unsigned integer_register() { return random_.below(random_.one_in(4) ? 29 : 8); }
  unsigned float_register() { return FirstFloat + random_.below(random_.one_in(4) ? 32 : 6); }

  /// Where a jump may go, mostly forward. Only malformed programs leave the function.
  std::int64_t any_index() {
    if (malformed_ && random_.one_in(30)) return random_.between(-20, static_cast<int>(size_) + 20);
    std::int64_t index = random_.below(size_);
    for (int i = 0; i < 2 && index <= static_cast<std::int64_t>(code_->size()); ++i) index = random_.below(size_);
    return index;
  }

  void fill(Function& function, bool first) {
    code_ = &function.code;
    size_ = 10 + random_.below(60);
    if (first)
      for (unsigned i = function.parameters; i < 8; ++i) wide(Opcode::LoadImmediate, i, random_.between(-9, 99));
    while (code_->size() < size_) instruction();
    if (first) {
      for (unsigned i = 0; i < 12; ++i) plain(Opcode::Print, i);
      for (unsigned i = 0; i < 6; ++i) plain(Opcode::PrintFloat, FirstFloat + i);
      if (random_.one_in(2)) plain(Opcode::Halt, 2);
    }
    if (!(malformed_ && random_.one_in(3))) plain(Opcode::Return, integer_register());
  }

  void plain(Opcode opcode, unsigned a = 0, unsigned b = 0, unsigned c = 0) {
    // Fields count modulo 64; now and then, use that.
    const auto spread = [&](unsigned field) { return random_.one_in(20) ? field + 64 * random_.below(4) : field; };
    code_->push_back(encode(opcode, spread(a), spread(b), spread(c)));
  }
  void short_immediate(Opcode opcode, unsigned a, unsigned b, std::int64_t immediate) {
    if (immediate < INT8_MIN || immediate > INT8_MAX || random_.one_in(8))
      code_->push_back(encode_extension(immediate >> 8));
    code_->push_back(encode(opcode, a, b, static_cast<unsigned>(immediate)));
  }
  void wide(Opcode opcode, unsigned a, std::int64_t immediate) {
    // An index of a constant or function is without sign, but none here has more than 15 bits.
    if (immediate < INT16_MIN || immediate > INT16_MAX || random_.one_in(8))
      code_->push_back(encode_extension(immediate >> 16));
    code_->push_back(encode_wide(opcode, a, immediate));
  }

  /// The offset to `index` from behind an instruction that is one or, with an `ext`, two words from here. Being one
  /// off does no harm.
  std::int64_t offset(std::int64_t index) { return index - static_cast<std::int64_t>(code_->size()) - 1; }

  void instruction() {
    if (malformed_ && random_.one_in(40)) return malformed_instruction();
    switch (random_.below(12)) {
      case 0:
      case 1:
      case 2:
        return control();
      case 3:
        return memory();
      case 4:
      case 5:
        return floats();
      case 6:
        return loads();
      default:
        return integers();
    }
  }

  void malformed_instruction() {
    switch (random_.below(4)) {
      case 0:
        code_->push_back(0xffffff00 | (OpcodeCount + random_.below(256 - OpcodeCount)));
        return;
      case 1:
        wide(Opcode::LoadConstant, integer_register(), 1000);
        return;
      case 2:
        wide(Opcode::Call, integer_register(), random_.between(0, 9));
        return;
      case 3:
        short_immediate(Opcode::Load, integer_register(), integer_register(), 250);
        return;
    }
  }

  void control() {
    const unsigned a = integer_register(), b = integer_register();
    switch (random_.below(18)) {
      case 0:
        plain(Opcode::Nop);
        return;
      case 1:
        if (random_.one_in(6)) plain(random_.one_in(3) ? Opcode::Halt : Opcode::Return, a);
        return;
      case 2:
        code_->push_back(encode_extension(static_cast<std::int64_t>(random_.next())));
        return;
      case 3:
        if (random_.one_in(2)) wide(Opcode::Call, a, random_.below(static_cast<unsigned>(program_.functions.size())));
        return;
      case 4:
        wide(Opcode::LoadImmediate, IndexRegister, random_.below(static_cast<unsigned>(program_.functions.size())));
        plain(Opcode::CallIndirect, a, IndexRegister);
        return;
      case 5:
        wide(Opcode::Jump, 0, offset(any_index()));
        return;
      case 6:
        wide(Opcode::LoadImmediate, IndexRegister, any_index());
        plain(Opcode::JumpIndirect, IndexRegister);
        return;
      case 7:  // a target that is computed: one of the next four instructions
        plain(Opcode::Nop);
        wide(Opcode::LoadImmediate, IndexRegister, 3);
        plain(Opcode::And, IndexRegister, IndexRegister, a);
        short_immediate(Opcode::AddImmediate, IndexRegister, IndexRegister, static_cast<int>(code_->size()) + 2);
        plain(Opcode::JumpIndirect, IndexRegister);
        return;
      case 8:
        wide(Opcode::JumpZero, a, offset(any_index()));
        return;
      case 9:
        wide(Opcode::JumpNonzero, a, offset(any_index()));
        return;
      case 10:
        counted_loop();
        return;
      case 11:
        short_immediate(Opcode::JumpEqual, a, b, offset(any_index()));
        return;
      case 12:
        short_immediate(Opcode::JumpNotEqual, a, b, offset(any_index()));
        return;
      case 13:
        short_immediate(Opcode::JumpLess, a, b, offset(any_index()));
        return;
      case 14:
        short_immediate(Opcode::JumpLessEqual, a, b, offset(any_index()));
        return;
      case 15: {
        const Opcode opcode = random_.one_in(2) ? Opcode::JumpLessFloat : Opcode::JumpLessEqualFloat;
        short_immediate(opcode, float_register(), float_register(), offset(any_index()));
        return;
      }
      case 16:
        short_immediate(Opcode::JumpEqualImmediate, a, random_.below(256), offset(any_index()));
        return;
      case 17:
        short_immediate(Opcode::JumpLessImmediate, a, random_.below(256), offset(any_index()));
        return;
    }
  }

  void counted_loop() {
    wide(Opcode::LoadImmediate, CounterRegister, 1 + random_.below(10));
    const auto begin = static_cast<std::int64_t>(code_->size());
    for (unsigned i = random_.below(5); i > 0; --i) random_.one_in(2) ? integers() : floats();
    wide(Opcode::Loop, CounterRegister, offset(begin));
  }

  void loads() {
    switch (random_.below(4)) {
      case 0:
        wide(Opcode::LoadImmediate, integer_register(), random_.between(-40000, 40000));
        return;
      case 1:
        wide(Opcode::LoadConstant, integer_register(), random_.below(std::size(Integers)));
        return;
      case 2:
        wide(Opcode::LoadConstant, float_register(), std::size(Integers) + random_.below(std::size(Floats)));
        return;
      case 3: {
        const bool floats = random_.one_in(2);
        if (floats)
          plain(Opcode::Move, float_register(), float_register());
        else
          plain(Opcode::Move, integer_register(), integer_register());
        return;
      }
    }
  }

  void memory() {
    // Mostly an address that exists: a few bits of a register.
    const unsigned base = IndexRegister, value = integer_register();
    if (!(malformed_ && random_.one_in(10)))
      short_immediate(Opcode::AndImmediate, base, integer_register(), random_.one_in(2) ? 15 : 127);
    const int displacement = random_.between(0, 120);
    switch (random_.below(8)) {
      case 0:
        short_immediate(Opcode::LoadByte, value, base, displacement);
        return;
      case 1:
        short_immediate(Opcode::StoreByte, value, base, displacement);
        return;
      case 2:
        short_immediate(Opcode::Load, value, base, displacement);
        return;
      case 3:
        short_immediate(Opcode::Store, value, base, displacement);
        return;
      case 4:
        short_immediate(Opcode::Load, float_register(), base, displacement);
        return;
      case 5:
        short_immediate(Opcode::AndImmediate, base, base, 15);
        plain(Opcode::LoadIndexed, value, base, base);
        return;
      case 6:
        short_immediate(Opcode::AndImmediate, base, base, 15);
        plain(Opcode::StoreIndexed, value, base, base);
        return;
      case 7:
        plain(Opcode::Print, value);
        return;
    }
  }

  void floats() {
    const unsigned a = float_register(), b = float_register(), c = float_register();
    switch (random_.below(12)) {
      case 0:
        plain(Opcode::AddFloat, a, b, c);
        return;
      case 1:
        plain(Opcode::SubtractFloat, a, b, c);
        return;
      case 2:
        plain(Opcode::MultiplyFloat, a, b, c);
        return;
      case 3:
        plain(Opcode::DivideFloat, a, b, c);
        return;
      case 4:
        plain(Opcode::NegateFloat, a, b);
        return;
      case 5:
        plain(Opcode::AbsoluteFloat, a, b);
        return;
      case 6:
        plain(Opcode::SquareRoot, a, b);
        return;
      case 7:
        plain(Opcode::SetEqualFloat, integer_register(), b, c);
        return;
      case 8:
        plain(Opcode::SetLessFloat, integer_register(), b, c);
        return;
      case 9:
        plain(Opcode::ToFloat, a, integer_register());
        return;
      case 10:
        plain(Opcode::ToInteger, integer_register(), b);
        return;
      case 11:
        plain(Opcode::PrintFloat, a);
        return;
    }
  }

  void integers() {
    constexpr Opcode Three[] = {Opcode::Add,       Opcode::Subtract,   Opcode::Multiply,
                                Opcode::And,       Opcode::Or,         Opcode::Xor,
                                Opcode::ShiftLeft, Opcode::ShiftRight, Opcode::ShiftRightSigned,
                                Opcode::SetEqual,  Opcode::SetLess,    Opcode::SetLessUnsigned};
    constexpr Opcode Immediate[] = {Opcode::AddImmediate, Opcode::MultiplyImmediate, Opcode::AndImmediate,
                                    Opcode::ShiftLeftImmediate, Opcode::ShiftRightImmediate};
    const unsigned a = integer_register(), b = integer_register(), c = integer_register();
    switch (random_.below(5)) {
      case 0:
      case 1:
        plain(Three[random_.below(std::size(Three))], a, b, c);
        return;
      case 2:
        short_immediate(Immediate[random_.below(std::size(Immediate))], a, b, random_.between(-300, 300));
        return;
      case 3:
        plain(random_.one_in(2) ? Opcode::Negate : Opcode::Not, a, b);
        return;
      case 4: {
        const Opcode opcode = random_.one_in(2) ? Opcode::Divide : Opcode::Remainder;
        if (!random_.one_in(8)) {  // a divisor other than zero
          short_immediate(Opcode::AndImmediate, IndexRegister, c, -4);
          short_immediate(Opcode::AddImmediate, IndexRegister, IndexRegister, random_.between(1, 3));
          plain(opcode, a, b, IndexRegister);
        } else {
          plain(opcode, a, b, c);
        }
        return;
      }
    }
  }

  Random random_;
  bool malformed_;
  Program program_;
  std::vector<Word>* code_ = nullptr;
  unsigned size_ = 0;  // of the function being filled, without its end
};

}  // namespace

Program random_program(std::uint64_t seed) { return Generator(seed).run(); }

}  // namespace vm_register
