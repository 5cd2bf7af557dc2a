// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "random_program.h"

#include <iterator>
#include <random>
#include <utility>

#include "operations.h"

namespace vm_tailcall {
namespace {

constexpr unsigned Registers = 12;     // r0 … that anything may change
constexpr unsigned LoopRegister = 16;  // r16 … count loops
constexpr unsigned ZeroRegister = 40;  // never written
constexpr unsigned MemorySize = 300;   // more than a byte says

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed) {}

  RandomProgram generate() {
    blocks_ = 3 + below(8);
    functions_ = 1 + below(3);
    faulty_ = one_in(3);
    line(".memory " + std::to_string(MemorySize));
    for (unsigned i = 0; i < Registers; ++i) {
      if (one_in(3)) {
        line("f_constant " + number());
        line("f_store r" + std::to_string(i));
      } else {
        line("constant " + integer());
        line("store r" + std::to_string(i));
      }
    }
    for (unsigned i = 0; i < blocks_; ++i) {
      text_ += "main" + std::to_string(current_ = i) + ":\n";
      block(2);
    }
    if (!faulty_ || !one_in(4)) line("halt");
    for (unsigned i = 0; i < functions_; ++i) {
      text_ += "function" + std::to_string(current_ = i) + ":\n";
      in_function_ = true;
      if (faulty_ && one_in(8)) line("call function" + std::to_string(below(functions_)));
      block(1);
      if (faulty_ && i + 1 == functions_ && one_in(3)) break;  // into nothing
      line(one_in(20) ? "jump " + label() : "ret");
    }
    text_ += "end:\n";

    RandomProgram result;
    result.text = text_;
    result.fuel = 50 + static_cast<std::int64_t>(below(1500));
    result.program = assemble(text_, "random.vm").value();
    result.program.metered = true;
    if (faulty_ && one_in(3)) {
      result.damaged = true;
      for (std::uint64_t count = 1 + below(4); count != 0; --count)
        result.program.bytes[below(result.program.bytes.size())] = static_cast<std::uint8_t>(random_());
    }
    return result;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  bool one_in(std::uint64_t chance) { return below(chance) == 0; }

  void line(const std::string& text) { text_ += "  " + text + '\n'; }

  std::string reg() { return "r" + std::to_string(one_in(10) ? ZeroRegister : below(Registers)); }
  std::string target() { return "r" + std::to_string(below(Registers)); }

  std::string integer() {
    switch (below(6)) {
      case 0:
        return std::to_string(static_cast<std::int64_t>(random_()));
      case 1:
        return one_in(2) ? "-9223372036854775808" : "9223372036854775807";
      case 2:
        return "-1";
      default:
        return std::to_string(static_cast<std::int64_t>(below(200)) - 60);
    }
  }

  std::string number() {
    static constexpr const char* Numbers[] = {"0.0",   "-0.0",  "1.0",    "-1.5", "0.1",
                                              "1e300", "-1e19", "1e-310", "3.0",  "inf"};
    if (one_in(12)) return "nan";
    return one_in(2) ? Numbers[below(std::size(Numbers))]
                     : std::to_string(static_cast<int>(below(2000)) - 1000) + ".25";
  }

  /// Mostly forward, so that programs get somewhere.
  std::string label() {
    if (faulty_ && one_in(40)) return "end";
    if (in_function_ && !one_in(12)) return later("function", functions_);
    return in_function_ ? "main" + std::to_string(below(blocks_)) : later("main", blocks_);
  }
  std::string function() {
    return in_function_ ? later("function", functions_) : "function" + std::to_string(below(functions_));
  }
  /// The name and the number of one behind the current one, or of any.
  std::string later(const std::string& name, std::uint64_t count) {
    const bool any = current_ + 1 >= count || one_in(10);
    return name + std::to_string(any ? below(count) : current_ + 1 + below(count - current_ - 1));
  }
  bool can_call() { return !in_function_ || current_ + 1 < functions_ || one_in(20); }

  void block(unsigned depth) {
    const std::uint64_t length = 2 + below(8);
    for (std::uint64_t i = 0; i < length; ++i) {
      if (depth != 0 && one_in(10)) {
        loop(depth);
      } else if (one_in(8) && can_call()) {
        line("call " + function());
      } else if (one_in(25)) {
        indirect();
      } else {
        instruction();
      }
    }
  }

  void loop(unsigned depth) {
    const std::string id = std::to_string(loops_++);
    const std::string counter = "r" + std::to_string(LoopRegister + 2 * depth + (in_function_ ? 8 : 0));
    const std::string limit = "r" + std::to_string(LoopRegister + 2 * depth + 1 + (in_function_ ? 8 : 0));
    const bool up = one_in(2);
    line("immediate " + std::to_string(1 + below(9)));
    line("store " + (up ? limit : counter));
    if (up) line("move " + counter + ", r" + std::to_string(ZeroRegister));
    text_ += "loop" + id + ":\n";
    block(depth - 1);
    line(up ? "count " + counter + ", " + limit + ", loop" + id : "repeat " + counter + ", loop" + id);
  }

  /// A jump or call to a place that is only known when it runs.
  void indirect() {
    if (one_in(2)) {
      if (!can_call()) return;
      line("constant " + function());
      if (faulty_ && one_in(8)) line("constant " + std::to_string(static_cast<int>(below(40000)) - 1000));
      line("call_to");
      return;
    }
    const std::string id = std::to_string(loops_++);
    line("constant loop" + id);
    if (one_in(2)) {  // through memory
      const std::string address = std::to_string(below(MemorySize));
      line("write r" + std::to_string(ZeroRegister) + ", " + address);
      line("immediate 0");
      line("read r" + std::to_string(ZeroRegister) + ", " + address);
    }
    line("jump_to");
    instruction();
    text_ += "loop" + id + ":\n";
  }

  void instruction() {
    if (faulty_ && one_in(150)) return line(".byte " + std::to_string(one_in(2) ? 0 : 200 + below(56)));
    const auto opcode = static_cast<std::uint8_t>(1 + below(OperationCount - 1));
    const Operation& operation = Operations[opcode];
    const std::string name = operation.name;
    switch (static_cast<Op>(opcode)) {
      case Op::Wide:
      case Op::JumpTo:
      case Op::CallTo:
        return;
      case Op::Halt:
      case Op::Ret:
        if (one_in(30)) line(name);
        return;
      case Op::Divide:
      case Op::Remainder:
        if (!faulty_ || !one_in(4)) {
          line("immediate " + std::to_string(one_in(4) ? -1 : 1 + static_cast<int>(below(100))));
          line("store r11");
          return line(name + " r11");
        }
        return line(name + ' ' + reg());
      case Op::Push:
        line("push " + reg());
        if (one_in(2)) instruction();
        return line("pop " + target());
      case Op::Pop:
        if (faulty_ && one_in(10)) line("pop " + target());
        return;
      case Op::Read:
      case Op::Write:
      case Op::FRead:
      case Op::FWrite:
        return memory(name);
      case Op::JumpTable:
        return jump_table();
      case Op::Call:
      case Op::Repeat:
      case Op::Count:
        return;  // in blocks
      case Op::Store:
      case Op::FStore:
        return line(name + ' ' + target());
      case Op::Move:
        return line(name + ' ' + target() + ", " + reg());
      case Op::Constant:
        return line(name + ' ' + integer());
      case Op::FConstant:
        return line(name + ' ' + number());
      default:
        break;
    }
    std::string text = name;
    for (unsigned i = 0; i < operation.registers; ++i) text += (i == 0 ? " " : ", ") + reg();
    if (operation.tail == Tail::Immediate) {
      text += ' ' + std::to_string(static_cast<int>(one_in(3) ? below(65536) : below(256)) - (one_in(2) ? 128 : 0));
      if (std::stoi(text.substr(text.rfind(' '))) > INT16_MAX) text = name + " -32768";
    }
    if (operation.tail == Tail::Jump) {
      if (one_in(3)) return;  // else there are only jumps
      text += (operation.registers == 0 ? " " : ", ") + forward_or_any();
      if (pending_.empty()) return line(text);
      line(text);
      const std::string place = std::exchange(pending_, {});
      instruction();
      if (one_in(2)) instruction();
      text_ += place + ":\n";
      return;
    }
    line(text);
  }

  /// Over the next instructions, or anywhere.
  std::string forward_or_any() {
    if (one_in(5)) return label();
    return pending_ = "loop" + std::to_string(loops_++);
  }

  void memory(const std::string& name) {
    if (faulty_ && one_in(6)) {
      line(name + ' ' + reg() + ", " + std::to_string(below(MemorySize + 20)));
    } else if (one_in(2)) {
      line(name + " r" + std::to_string(ZeroRegister) + ", " + std::to_string(below(MemorySize)));
    } else {  // at an address that is computed
      line("immediate 31");
      line("store r10");
      line("load " + reg());
      line("bit_and r10");
      line("store r10");
      line(name + " r10, " + std::to_string(below(MemorySize - 31)));
    }
  }

  void jump_table() {
    const std::string id = std::to_string(loops_++);
    const std::uint64_t size = 1 + below(4);
    line("immediate 3");
    line("store r9");
    line("load " + reg());
    line("bit_and r9");
    std::string table = "jump_table";
    for (std::uint64_t i = 0; i < size; ++i) table += (i == 0 ? " case" : ", case") + id + '_' + std::to_string(i);
    line(table);
    for (std::uint64_t i = 0; i < size; ++i) {
      instruction();
      if (one_in(2)) line("jump over" + id);
      text_ += "case" + id + '_' + std::to_string(i) + ":\n";
    }
    instruction();
    text_ += "over" + id + ":\n";
  }

  std::mt19937_64 random_;
  std::string text_;
  std::uint64_t blocks_ = 0, functions_ = 0;
  std::uint64_t current_ = 0;  // block or function
  unsigned loops_ = 0;         // labels that were made up
  bool faulty_ = false;
  bool in_function_ = false;
  std::string pending_;  // a label to be placed after the next instructions
};

}  // namespace

RandomProgram random_program(std::uint64_t seed) { return Generator(seed).generate(); }

}  // namespace vm_tailcall
