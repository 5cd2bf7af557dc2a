// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "random_program.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "../../tests/common/random_numbers.h"

namespace vm_stack {
namespace {

using random_numbers::Random;

constexpr unsigned MemoryBytes = 128;
constexpr std::int64_t Integers[] = {0,  1,   -1,   2,         7,         63,          64,
                                     -8, 255, 1000, INT64_MAX, INT64_MIN, 0x100000000, -123456789};
constexpr double Floats[] = {0.0, -0.0, 1.0, -1.5, 0.5, 1e300, -1e300, 1e-310, 3.0, 9.3e18, 1e19, 1.0 / 3.0};

/// Makes a NaN, or lets one through.
bool is_float_arithmetic(unsigned byte) { return byte >= VmAddFloat && byte <= VmNegateFloat; }

class Generator {
 public:
  Generator(std::uint64_t seed, bool wild) : random_(seed), wild_(wild) {}

  Program run() {
    program_.memory_bytes = MemoryBytes;
    program_.metered = true;
    const unsigned functions = 1 + random_.below(4);
    for (unsigned i = 0; i < functions; ++i) {
      Function function{"f" + std::to_string(i), 0, static_cast<std::uint16_t>(random_.below(4)), 0};
      // Integers, a counter of loops, and doubles: see `integer_local` and those behind it.
      function.locals = static_cast<std::uint16_t>(IntegerLocals + 1 + FloatLocals - function.arguments);
      if (random_.one_in(8)) function.locals = 400;
      program_.functions.push_back(function);
    }
    program_.default_arguments.assign(program_.functions[0].arguments, 5);
    for (unsigned i = 0; i < functions; ++i) fill(program_.functions[i], i == 0);
    return std::move(program_);
  }

 private:
  // The first of each function's locals are integers, then comes a counter, then doubles.
  static constexpr unsigned IntegerLocals = 6, FloatLocals = 4;
  unsigned integer_local() {
    if (wild_ && random_.one_in(40)) return random_.below(256);
    if (function_->locals == 400 && random_.one_in(4)) return 300 + random_.below(4);
    return random_.below(IntegerLocals);
  }
  unsigned float_local() { return IntegerLocals + 1 + random_.below(FloatLocals); }

  struct Jump {
    std::size_t at;  // of the offset
    unsigned bytes;
    std::size_t begin;  // of the instruction
  };

  void fill(Function& function, bool first) {
    function_ = &function;
    function.entry = static_cast<std::uint32_t>(program_.code.size());
    starts_.clear();
    jumps_.clear();
    indices_.clear();
    for (unsigned i = 4 + random_.below(20); i > 0; --i) {
      starts_.push_back(program_.code.size());
      statement();
    }
    starts_.push_back(program_.code.size());
    if (first) {
      for (unsigned i = 0; i < IntegerLocals; ++i) {
        local(VmLoadLocal, i);
        op(VmPrint);
      }
      for (unsigned i = 0; i < FloatLocals; ++i) {
        local(VmLoadLocal, IntegerLocals + 1 + i);
        op(VmPrintFloat);
      }
    }
    if (!(wild_ && random_.one_in(3))) {
      integer(1);
      op(first && random_.one_in(4) ? VmHalt : VmReturn);
    }
    for (const Jump& jump : jumps_)
      put(jump.at, static_cast<std::int64_t>(any_target(jump.begin)) - static_cast<std::int64_t>(jump.begin),
          jump.bytes);
    for (const std::size_t index : indices_) put(index, static_cast<std::int64_t>(any_target(index)), 2);
  }

  /// Where a jump from `begin` goes: to a statement of the function, mostly a later one, or, in a wild program, to some
  /// byte or none.
  std::size_t any_target(std::size_t begin) {
    if (wild_ && random_.one_in(8)) return random_.below(static_cast<unsigned>(program_.code.size()) + 3);
    std::size_t target = starts_[random_.below(static_cast<unsigned>(starts_.size()))];
    for (int i = 0; i < 2 && target <= begin; ++i)
      target = starts_[random_.below(static_cast<unsigned>(starts_.size()))];
    return target;
  }

  void op(unsigned opcode) { program_.code.push_back(static_cast<std::uint8_t>(opcode)); }
  void operand(std::int64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) program_.code.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void put(std::size_t at, std::int64_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; ++i) program_.code[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  void local(VmOpcode opcode, unsigned index) {
    const bool wide = index > 255 || random_.one_in(10);
    if (wide) op(VmWide);
    op(opcode);
    operand(index, wide ? 2 : 1);
  }
  void jump(VmOpcode opcode) {
    const std::size_t begin = program_.code.size();
    const bool wide = has_wide_form(opcode) && random_.one_in(6);
    if (wide) op(VmWide);
    op(opcode);
    jumps_.push_back({program_.code.size(), wide ? 4u : 2u, begin});
    operand(0, wide ? 4 : 2);
  }
  void push(std::int64_t value) {
    if (value == static_cast<std::int8_t>(value) && !random_.one_in(8)) {
      op(VmPush1);
      operand(value, 1);
    } else if (value == static_cast<std::int16_t>(value)) {
      op(VmPush2);
      operand(value, 2);
    } else {
      op(VmPush8);
      operand(value, 8);
    }
  }

  /// Code that leaves an integer on the stack.
  void integer(unsigned depth) {
    constexpr VmOpcode Binary[] = {VmAdd,       VmSubtract,   VmMultiply,         VmAnd,   VmOr,   VmXor,
                                   VmShiftLeft, VmShiftRight, VmShiftRightSigned, VmEqual, VmLess, VmLessUnsigned};
    if (depth == 0) {
      if (random_.one_in(3)) return push(Integers[random_.below(std::size(Integers))]);
      return local(VmLoadLocal, integer_local());
    }
    switch (random_.below(12)) {
      case 0:
        op(VmLoadTwo);
        operand(integer_local() % 256, 1);
        operand(integer_local() % 256, 1);
        return op(Binary[random_.below(std::size(Binary))]);
      case 1:
        integer(depth - 1);
        return op(random_.one_in(2) ? VmNegate : VmNot);
      case 2:
        integer(depth - 1);
        op(VmAddImmediate);
        return operand(random_.between(-128, 127), 1);
      case 3:  // a quotient, mostly by something other than zero
        integer(depth - 1);
        integer(depth - 1);
        if (!random_.one_in(8)) {
          push(1);
          op(VmOr);
        }
        return op(random_.one_in(2) ? VmDivide : VmRemainder);
      case 4:
        address();
        op(random_.one_in(2) ? VmLoadByte : VmLoadWord);
        return operand(random_.below(64), 2);
      case 5:
        floating(depth - 1);
        return op(VmToInteger);
      case 6:
        floating(depth - 1);
        floating(depth - 1);
        return op(VmEqualFloat + random_.below(3));
      case 7:
        integer(depth - 1);
        return local(VmTeeLocal, integer_local());
      case 8:  // a, b, a: both of them count
        integer(depth - 1);
        integer(depth - 1);
        op(random_.one_in(2) ? VmSwap : VmOver);
        if (program_.code.back() == VmOver) op(Binary[random_.below(std::size(Binary))]);
        return op(Binary[random_.below(std::size(Binary))]);
      case 9:
        integer(depth - 1);
        op(VmDuplicate);
        return op(Binary[random_.below(std::size(Binary))]);
      default:
        integer(depth - 1);
        integer(depth - 1);
        return op(Binary[random_.below(std::size(Binary))]);
    }
  }

  /// Code that leaves a double.
  void floating(unsigned depth) {
    if (depth == 0 || wild_) {
      switch (random_.below(3)) {
        case 0:
          return push(std::bit_cast<std::int64_t>(Floats[random_.below(std::size(Floats))]));
        case 1:
          return local(VmLoadLocal, float_local());
        default:
          local(VmLoadLocal, integer_local());
          return op(VmToFloat);
      }
    }
    switch (random_.below(8)) {
      case 0:
        floating(depth - 1);
        return op(random_.one_in(2) ? VmSquareRoot : VmNegateFloat);
      case 1:
        integer(depth - 1);
        return op(VmToFloat);
      case 2:
        address();
        op(VmLoadWord);
        return operand(random_.below(64), 2);
      default:
        floating(depth - 1);
        floating(depth - 1);
        return op(VmAddFloat + random_.below(4));
    }
  }

  /// Code that leaves a number below 64, mostly.
  void address() {
    integer(1);
    if (random_.one_in(60)) return;
    push(63);
    op(VmAnd);
  }

  void call() {
    const unsigned index = random_.below(static_cast<unsigned>(program_.functions.size()));
    for (unsigned i = 0; i < program_.functions[index].arguments; ++i) integer(1);
    if (random_.one_in(3)) {
      push(wild_ && random_.one_in(6) ? random_.between(-2, 9) : index);
      op(VmCallIndirect);
    } else {
      op(VmCall);
      operand(wild_ && random_.one_in(12) ? random_.between(0, 9) : index, 2);
    }
    local(VmStoreLocal, integer_local());
  }

  void counted_loop() {
    push(1 + random_.below(10));
    local(VmStoreLocal, IntegerLocals);
    const auto begin = static_cast<std::int64_t>(program_.code.size());
    for (unsigned i = random_.below(3); i > 0; --i) simple_statement();
    const auto at = static_cast<std::int64_t>(program_.code.size());
    const bool wide = random_.one_in(4);
    if (wide) op(VmWide);
    op(VmLoop);
    operand(IntegerLocals, wide ? 2 : 1);
    operand(begin - at, wide ? 4 : 2);
  }

  void simple_statement() {
    switch (random_.below(8)) {
      case 0:
        integer(2);
        return op(VmPrint);
      case 1:
        floating(2);
        return op(VmPrintFloat);
      case 2:
        floating(3);
        return local(VmStoreLocal, float_local());
      case 3:
        address();
        integer(2);
        op(random_.one_in(2) ? VmStoreByte : VmStoreWord);
        return operand(random_.below(64), 2);
      case 4: {
        const unsigned index = integer_local();
        const bool wide = index > 255 || random_.one_in(4);
        if (wide) op(VmWide);
        op(VmIncrement);
        operand(index, wide ? 2 : 1);
        return operand(random_.between(-100, 100), wide ? 2 : 1);
      }
      default:
        integer(3);
        return local(VmStoreLocal, integer_local());
    }
  }

  void statement() {
    if (wild_ && random_.one_in(8)) return wild_statement();
    switch (random_.below(20)) {
      case 0:
        return op(VmNop);
      case 1:
        integer(1);
        return op(VmDrop);
      case 2:
      case 3:
        return call();
      case 4:
        return counted_loop();
      case 5:
        return random_.one_in(3) ? jump(VmJump) : simple_statement();
      case 6:
      case 7:
        integer(2);
        return jump(random_.one_in(2) ? VmJumpZero : VmJumpNonzero);
      case 8:
      case 9:
        integer(1);
        integer(1);
        return jump(static_cast<VmOpcode>(VmJumpEqual + random_.below(4)));
      case 10:
        return table();
      case 11:
        return indirect_jump();
      case 12:
        if (!random_.one_in(6)) return simple_statement();
        integer(1);
        return op(random_.one_in(3) ? VmHalt : VmReturn);
      default:
        return simple_statement();
    }
  }

  void table() {
    integer(1);
    push(7);
    op(VmAnd);
    const std::size_t begin = program_.code.size();
    const unsigned entries = random_.below(7);
    op(VmJumpTable);
    operand(entries, 1);
    for (unsigned i = 0; i < entries; ++i) {
      jumps_.push_back({program_.code.size(), 2, begin});
      operand(0, 2);
    }
  }

  /// To one of two statements, by arithmetic.
  void indirect_jump() {
    for (int i = 0; i < 2; ++i) {
      op(VmPush2);
      indices_.push_back(program_.code.size());
      operand(0, 2);
    }
    if (random_.one_in(2)) {
      local(VmLoadLocal, integer_local());
      jump_over_swap();
    }
    op(VmDrop);
    op(VmJumpIndirect);
  }

  /// Takes a value, and swaps the two below it unless that is zero.
  void jump_over_swap() {
    op(VmJumpZero);
    operand(4, 2);
    op(VmSwap);
  }

  void wild_statement() {
    switch (random_.below(6)) {
      case 0:
        for (unsigned i = 1 + random_.below(6); i > 0; --i) op(random_.below(256));
        return;
      case 1:
        return op(random_.below(VmOpcodeCount));
      case 2:
        return op(VmOpcodeCount + random_.below(20));
      case 3:
        return op(random_.one_in(2) ? VmDrop : VmDuplicate);
      case 4:
        return integer(1);  // and nobody takes it
      default:
        op(VmWide);
        return op(random_.below(VmOpcodeCount));
    }
  }

  Random random_;
  bool wild_;
  Program program_;
  Function* function_ = nullptr;     // that is being filled
  std::vector<std::size_t> starts_;  // of its statements
  std::vector<Jump> jumps_;
  std::vector<std::size_t> indices_;  // of `push2`s of a statement's byte
};

}  // namespace

Program random_program(std::uint64_t seed) {
  if (seed % 4 != 3) return Generator(seed, false).run();
  for (std::uint64_t attempt = 0;; ++attempt) {
    Program program = Generator(seed + (attempt << 32), true).run();
    if (std::none_of(program.code.begin(), program.code.end(), is_float_arithmetic)) return program;
  }
}

}  // namespace vm_stack
