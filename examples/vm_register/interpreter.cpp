// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The interpreter of the register machine: a loop around a switch, and a C++ call for each guest call.
#include "interpreter.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#include "inlay/annotate.h"

namespace vm_register {
namespace {

constexpr std::int64_t NotExtended = -1;

INLAY_NOINLINE void print(Machine& machine, std::int64_t value) { machine.output += std::to_string(value) + '\n'; }

INLAY_NOINLINE void print_float(Machine& machine, double value) {
  if (std::isnan(value)) value = std::fabs(value);  // the sign of what is no number says nothing
  char text[32];
  machine.output.append(text, std::to_chars(text, text + sizeof text, value).ptr) += '\n';
}

/// The field c as a signed number, under the bits of an `ext` in front.
std::int64_t immediate_c(Word word, std::int64_t extension) {
  const unsigned c = c_of(word);
  if (extension == NotExtended) return static_cast<std::int8_t>(c);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(extension) << 8 | c);
}

/// The fields b and c as one signed number.
std::int64_t immediate_bc(Word word, std::int64_t extension) {
  const std::uint32_t bc = word >> 16;
  if (extension == NotExtended) return static_cast<std::int16_t>(bc);
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(extension) << 16 | bc);
}

/// The fields b and c as an index.
std::uint32_t index_bc(Word word, std::int64_t extension) {
  const std::uint32_t bc = word >> 16;
  return extension == NotExtended ? bc : static_cast<std::uint32_t>(extension) << 16 | bc;
}

std::int64_t add(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
std::int64_t subtract(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t multiply(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}
std::int64_t shift_left(std::int64_t a, std::int64_t count) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) << (count & 63));
}
std::int64_t shift_right(std::int64_t a, std::int64_t count) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) >> (count & 63));
}

double to_double(std::int64_t bits) { return std::bit_cast<double>(bits); }
std::int64_t to_bits(double value) { return std::bit_cast<std::int64_t>(value); }

std::int64_t truncate(double value) {
  if (std::isnan(value)) return 0;
  if (value >= 0x1p63) return INT64_MAX;
  if (value < -0x1p63) return INT64_MIN;
  return static_cast<std::int64_t>(value);
}

std::int64_t read_word(const std::uint8_t* from) {
  std::int64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}
void write_word(std::uint8_t* to, std::int64_t word) { std::memcpy(to, &word, sizeof word); }

/// How many addresses there are at which so many bytes lie inside of the memory; from 0 on.
std::uint64_t places(std::uint64_t bytes, std::uint64_t memory_size) {
  return memory_size < bytes ? 0 : memory_size - bytes + 1;
}

/// Pays for a jump backward or a call. False: there is no fuel left.
bool pay(const Program& program, Machine& machine) {
  if (!program.metered) return true;
  if (machine.fuel == 0) return false;
  --machine.fuel;
  return true;
}

}  // namespace

const char* to_text(Status status) {
  switch (status) {
    case Status::Returned:
      return "returned";
    case Status::Halted:
      return "halted";
    case Status::BadOpcode:
      return "no such instruction";
    case Status::BadConstant:
      return "no such constant";
    case Status::BadFunction:
      return "no such function";
    case Status::BadJump:
      return "jump out of the function";
    case Status::PastEnd:
      return "no instruction behind the last one";
    case Status::BadAddress:
      return "address outside of the memory";
    case Status::DivisionByZero:
      return "division by zero";
    case Status::TooDeep:
      return "calls nest too deep";
    case Status::OutOfFuel:
      return "out of fuel";
  }
  return "unknown status";
}

// The registers that an instruction names.
#define RA registers[a_of(word) % RegisterCount]
#define RB registers[b_of(word) % RegisterCount]
#define RC registers[c_of(word) % RegisterCount]

Status interpret(const Program& program, std::uint32_t function, Machine& machine, const std::int64_t* arguments) {
  if (function >= program.functions.size()) {
    machine.fault = {function, 0};
    return Status::BadFunction;
  }
  const Function& self = program.functions[function];
  const Word* const code = self.code.data();
  const Word* const end = code + self.code.size();
  const Word* pc = inlay::entry(code);
  std::int64_t extension = NotExtended;  // of the next instruction

  std::int64_t registers[RegisterCount] = {};
  for (unsigned i = 0; i < std::min(self.parameters, MaxParameters); ++i) registers[i] = arguments[i];

  std::uint8_t* const memory = machine.memory.data();
  const std::uint64_t byte_places = places(1, machine.memory.size());
  const std::uint64_t word_places = places(8, machine.memory.size());
  std::uint32_t at = 0;
  Status status = Status::Returned;

  for (;;) {
    pc = inlay::context(pc);
    at = static_cast<std::uint32_t>(pc - code);
    if (pc == end) {
      status = Status::PastEnd;
      goto stop;
    }
    const Word word = *pc++;
    const std::int64_t high = extension;
    extension = NotExtended;
    std::int64_t target = pc - code;
    std::int64_t callee = 0;
    std::uint64_t address = 0;
    switch (opcode_of(word)) {
      case Opcode::Nop:
        continue;
      case Opcode::Halt:
        machine.result = RA;
        status = Status::Halted;
        goto stop;
      case Opcode::Ext:
        extension = word >> 8;
        continue;
      case Opcode::Return:
        machine.result = RA;
        goto stop;
      case Opcode::CallIndirect:
        callee = RB;
        goto call;
      case Opcode::Call:
        callee = index_bc(word, high);
      call: {
        if (static_cast<std::uint64_t>(callee) >= program.functions.size()) {
          status = Status::BadFunction;
          goto stop;
        }
        if (machine.depth >= MaxDepth) {
          status = Status::TooDeep;
          goto stop;
        }
        if (!pay(program, machine)) {
          status = Status::OutOfFuel;
          goto stop;
        }
        std::int64_t passed[MaxParameters];
        const unsigned parameters =
            std::min(program.functions[static_cast<std::size_t>(callee)].parameters, MaxParameters);
        for (unsigned i = 0; i < parameters; ++i) passed[i] = registers[(a_of(word) + 1 + i) % RegisterCount];
        ++machine.depth;
        status = interpret(program, static_cast<std::uint32_t>(callee), machine, passed);
        --machine.depth;
        if (status != Status::Returned) return status;
        RA = machine.result;
        continue;
      }

      // Those that jump leave the switch with their target.
      case Opcode::Jump:
        target += immediate_bc(word, high);
        break;
      case Opcode::JumpIndirect:
        target = RA;
        break;
      case Opcode::JumpZero:
        if (RA != 0) continue;
        target += immediate_bc(word, high);
        break;
      case Opcode::JumpNonzero:
        if (RA == 0) continue;
        target += immediate_bc(word, high);
        break;
      case Opcode::Loop:
        RA = subtract(RA, 1);
        if (RA == 0) continue;
        target += immediate_bc(word, high);
        break;
      case Opcode::JumpEqual:
        if (RA != RB) continue;
        target += immediate_c(word, high);
        break;
      case Opcode::JumpNotEqual:
        if (RA == RB) continue;
        target += immediate_c(word, high);
        break;
      case Opcode::JumpLess:
        if (RA >= RB) continue;
        target += immediate_c(word, high);
        break;
      case Opcode::JumpLessEqual:
        if (RA > RB) continue;
        target += immediate_c(word, high);
        break;
      case Opcode::JumpLessFloat:
        if (!(to_double(RA) < to_double(RB))) continue;
        target += immediate_c(word, high);
        break;
      case Opcode::JumpLessEqualFloat:
        if (!(to_double(RA) <= to_double(RB))) continue;
        target += immediate_c(word, high);
        break;
      case Opcode::JumpEqualImmediate:
        if (RA != static_cast<std::int8_t>(b_of(word))) continue;
        target += immediate_c(word, high);
        break;
      case Opcode::JumpLessImmediate:
        if (RA >= static_cast<std::int8_t>(b_of(word))) continue;
        target += immediate_c(word, high);
        break;

      case Opcode::Move:
        RA = RB;
        continue;
      case Opcode::LoadImmediate:
        RA = immediate_bc(word, high);
        continue;
      case Opcode::LoadConstant: {
        const std::uint32_t index = index_bc(word, high);
        if (index >= program.constants.size()) {
          status = Status::BadConstant;
          goto stop;
        }
        RA = program.constants[index];
        continue;
      }
      case Opcode::LoadByte:
        address = static_cast<std::uint64_t>(add(RB, immediate_c(word, high)));
        if (address >= byte_places) goto bad_address;
        RA = memory[address];
        continue;
      case Opcode::StoreByte:
        address = static_cast<std::uint64_t>(add(RB, immediate_c(word, high)));
        if (address >= byte_places) goto bad_address;
        memory[address] = static_cast<std::uint8_t>(RA);
        continue;
      case Opcode::LoadIndexed:
        address = static_cast<std::uint64_t>(add(RB, shift_left(RC, 3)));
        goto load;
      case Opcode::Load:
        address = static_cast<std::uint64_t>(add(RB, immediate_c(word, high)));
      load:
        if (address >= word_places) goto bad_address;
        RA = read_word(memory + address);
        continue;
      case Opcode::StoreIndexed:
        address = static_cast<std::uint64_t>(add(RB, shift_left(RC, 3)));
        goto store;
      case Opcode::Store:
        address = static_cast<std::uint64_t>(add(RB, immediate_c(word, high)));
      store:
        if (address >= word_places) goto bad_address;
        write_word(memory + address, RA);
        continue;
      case Opcode::Print:
        print(machine, RA);
        continue;
      case Opcode::PrintFloat:
        print_float(machine, to_double(RA));
        continue;

      case Opcode::Add:
        RA = add(RB, RC);
        continue;
      case Opcode::AddImmediate:
        RA = add(RB, immediate_c(word, high));
        continue;
      case Opcode::Subtract:
        RA = subtract(RB, RC);
        continue;
      case Opcode::Multiply:
        RA = multiply(RB, RC);
        continue;
      case Opcode::MultiplyImmediate:
        RA = multiply(RB, immediate_c(word, high));
        continue;
      case Opcode::Divide:
      case Opcode::Remainder: {
        const bool divide = opcode_of(word) == Opcode::Divide;
        const std::int64_t dividend = RB, divisor = RC;
        if (divisor == 0) {
          status = Status::DivisionByZero;
          goto stop;
        }
        if (divisor == -1)  // the smallest number has no counterpart: wrap around
          RA = divide ? subtract(0, dividend) : 0;
        else
          RA = divide ? dividend / divisor : dividend % divisor;
        continue;
      }
      case Opcode::And:
        RA = RB & RC;
        continue;
      case Opcode::AndImmediate:
        RA = RB & immediate_c(word, high);
        continue;
      case Opcode::Or:
        RA = RB | RC;
        continue;
      case Opcode::Xor:
        RA = RB ^ RC;
        continue;
      case Opcode::ShiftLeft:
        RA = shift_left(RB, RC);
        continue;
      case Opcode::ShiftRight:
        RA = shift_right(RB, RC);
        continue;
      case Opcode::ShiftRightSigned:
        RA = RB >> (RC & 63);
        continue;
      case Opcode::ShiftLeftImmediate:
        RA = shift_left(RB, immediate_c(word, high));
        continue;
      case Opcode::ShiftRightImmediate:
        RA = shift_right(RB, immediate_c(word, high));
        continue;
      case Opcode::Negate:
        RA = subtract(0, RB);
        continue;
      case Opcode::Not:
        RA = ~RB;
        continue;
      case Opcode::SetEqual:
        RA = RB == RC;
        continue;
      case Opcode::SetLess:
        RA = RB < RC;
        continue;
      case Opcode::SetLessUnsigned:
        RA = static_cast<std::uint64_t>(RB) < static_cast<std::uint64_t>(RC);
        continue;

      case Opcode::AddFloat:
        RA = to_bits(to_double(RB) + to_double(RC));
        continue;
      case Opcode::SubtractFloat:
        RA = to_bits(to_double(RB) - to_double(RC));
        continue;
      case Opcode::MultiplyFloat:
        RA = to_bits(to_double(RB) * to_double(RC));
        continue;
      case Opcode::DivideFloat:
        RA = to_bits(to_double(RB) / to_double(RC));
        continue;
      case Opcode::NegateFloat:
        RA = to_bits(-to_double(RB));
        continue;
      case Opcode::AbsoluteFloat:
        RA = to_bits(std::fabs(to_double(RB)));
        continue;
      case Opcode::SquareRoot:
        RA = to_bits(std::sqrt(to_double(RB)));
        continue;
      case Opcode::SetEqualFloat:
        RA = to_double(RB) == to_double(RC);
        continue;
      case Opcode::SetLessFloat:
        RA = to_double(RB) < to_double(RC);
        continue;
      case Opcode::ToFloat:
        RA = to_bits(static_cast<double>(RB));
        continue;
      case Opcode::ToInteger:
        RA = truncate(to_double(RB));
        continue;

      default:
        status = Status::BadOpcode;
        goto stop;
    }

    if (static_cast<std::uint64_t>(target) >= static_cast<std::uint64_t>(end - code)) {
      status = Status::BadJump;
      goto stop;
    }
    if (code + target >= pc) {
      pc = code + target;
      continue;
    }
    if (!pay(program, machine)) {
      status = Status::OutOfFuel;
      goto stop;
    }
    pc = inlay::entry(code + target);
  }

bad_address:
  status = Status::BadAddress;
stop:
  if (status != Status::Returned && status != Status::Halted) machine.fault = {function, at};
  return status;
}

}  // namespace vm_register
