// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The runtime.
#include "interpreter.h"

#include "inlay/annotate.h"

namespace crash {
namespace {

long peek(long address) { return *reinterpret_cast<const volatile long*>(address); }

}  // namespace

long interpret(const Program& program, std::uint32_t function, long argument) {
  long r[4] = {argument};
  const Instruction* code = program[function].code.data();
  const Instruction* pc = code;
  for (;;) {
    pc = inlay::context(pc);
    const Instruction& now = *pc++;
    switch (now.op) {
      case Op::Set:
        r[now.to] = now.number;
        break;
      case Op::Copy:
        r[now.to] = r[now.from];
        break;
      case Op::Add:
        r[now.to] += r[now.from];
        break;
      case Op::Subtract:
        r[now.to] -= r[now.from];
        break;
      case Op::Jump:
        pc = code + now.number;
        break;
      case Op::JumpZero:
        if (r[now.from] == 0) pc = code + now.number;
        break;
      case Op::Call:
        r[now.to] = interpret(program, static_cast<std::uint32_t>(now.number), r[now.from]);
        break;
      case Op::Ask:
        r[now.to] = ask(r[now.from]);
        break;
      case Op::Peek:
        r[now.to] = peek(r[now.from]);
        break;
      case Op::Return:
        return r[now.from];
    }
  }
}

}  // namespace crash
