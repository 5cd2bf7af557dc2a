// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "threaded.h"

#include <cstddef>
#include <cstring>

#include "handlers.h"
#include "inlay/annotate.h"
#include "operations.h"

namespace vm_tailcall {
namespace {

struct Threaded {
  using Pc = const Cell*;
  using Code = ThreadedCode;

  static std::uint8_t reg(Pc pc, int index) { return static_cast<std::uint8_t>(pc[1 + index].integer); }
  static std::int64_t immediate(Pc pc, int registers) { return pc[1 + registers].integer; }
  static std::int64_t word(Pc pc) { return pc[1].integer; }
  static std::uint32_t table_size(Pc pc) { return static_cast<std::uint32_t>(pc[1].integer); }

  static Pc next(Pc pc, int registers, Tail tail) {
    pc += 1 + registers;
    switch (tail) {
      case Tail::None:
        return pc;
      case Tail::Immediate:
      case Tail::Jump:
      case Tail::Word:
        return pc + 1;
      case Tail::Table:
        return pc + 1 + pc->integer;
    }
    __builtin_unreachable();
  }

  static std::uint32_t offset(Pc pc, const Code* code) { return static_cast<std::uint32_t>(pc - code->cells.data()); }
  static Pc at(std::uint32_t offset, const Code* code) { return code->cells.data() + offset; }
  static Pc jump_target(Pc pc, int registers, const Code*) { return pc[1 + registers].target; }
  static Pc table_target(Pc pc, std::uint32_t index, const Code*) { return pc[2 + index].target; }
  static Pc position_target(std::uint64_t position, const Code* code) {
    if (position >= code->cell_of.size() || code->cell_of[position] == Code::NoCell) return nullptr;
    return code->cells.data() + code->cell_of[position];
  }

  static ThreadedHandler* handler(Pc pc) { return pc->handler; }
  static std::uint32_t position(Pc pc, const Code* code) { return code->positions[offset(pc, code)]; }
};

/// The loader reads prefixes; they become no cells.
VM_HANDLER(wide) { VM_STOP(BadOpcode); }

constexpr ThreadedHandler* Handlers[] = {
    past_end<Threaded>,
#define VM_OPERATION(Enumerator, name, registers, tail) name<Threaded>,
#include "operations.def"
};

template <class T>
std::int64_t read_as(const std::uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// Translates byte code from its first byte to its last, one instruction after the other.
class Loader {
 public:
  Loader(const Code& code, ThreadedCode& threaded) : code_(code), threaded_(threaded) {}

  void load() {
    threaded_.cell_of.assign(code_.size, ThreadedCode::NoCell);
    while (at_ < code_.size) {
      begin_ = at_;
      threaded_.cell_of[begin_] = static_cast<std::uint32_t>(threaded_.cells.size());
      instruction();
    }
    begin_ = at_;
    add({.handler = past_end<Threaded>});
    for (const Fixup& fixup : fixups_)
      threaded_.cells[fixup.cell].target = Threaded::position_target(fixup.position, &threaded_);
  }

 private:
  struct Fixup {
    std::size_t cell;
    std::uint64_t position;
  };

  void add(Cell cell) {
    threaded_.cells.push_back(cell);
    threaded_.positions.push_back(begin_);
  }

  void add_target(std::int64_t position) {
    fixups_.push_back({threaded_.cells.size(), bits(position)});
    add({.target = nullptr});
  }

  void instruction() {
    const bool wide = code_.bytes[at_] == static_cast<std::uint8_t>(Op::Wide);
    const std::uint8_t* bytes = &code_.bytes[at_ + wide];
    const std::uint8_t opcode = *bytes;
    if (opcode == 0 || opcode >= OperationCount || (wide && !Operations[opcode].can_be_wide())) {
      add({.handler = bad_opcode<Threaded>});
      at_ = begin_ + 1;
      return;
    }
    const Operation& operation = Operations[opcode];
    add({.handler = Handlers[opcode]});
    ++bytes;
    for (int i = 0; i < operation.registers; ++i) add({.integer = *bytes++});
    const std::uint8_t* tail = bytes;
    at_ += wide + 1u + operation.registers;
    switch (operation.tail) {
      case Tail::None:
        break;
      case Tail::Immediate:
      case Tail::Jump: {
        const std::int64_t number = wide ? read_as<std::int16_t>(tail) : read_as<std::int8_t>(tail);
        at_ += wide ? 2 : 1;
        if (operation.tail == Tail::Jump)
          add_target(at_ + number);
        else
          add({.integer = number});
        break;
      }
      case Tail::Word:
        at_ += 8;
        add({.integer = read_as<std::int64_t>(tail)});
        break;
      case Tail::Table: {
        const std::uint32_t size = *tail++;
        at_ += 1 + size * 2;
        add({.integer = size});
        for (std::uint32_t i = 0; i < size; ++i) add_target(at_ + read_as<std::int16_t>(tail + std::size_t{2} * i));
        break;
      }
    }
  }

  const Code& code_;
  ThreadedCode& threaded_;
  std::uint32_t at_ = 0;
  std::uint32_t begin_ = 0;  // of the instruction that is read
  std::vector<Fixup> fixups_;
};

}  // namespace

ThreadedCode::ThreadedCode(const Code& code) : metered(code.metered) { Loader(code, *this).load(); }

Status run_threaded(const ThreadedCode& code, Vm& vm) {
  inlay::virtual_state(&vm, offsetof(Vm, memory));
  vm.calls = vm.pushed = 0;
  const Cell* pc = inlay::context(code.cells.data());
  return pc->handler(pc, vm.accumulator, vm.f_accumulator, &vm, &code);
}

}  // namespace vm_tailcall
