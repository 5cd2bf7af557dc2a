// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "loops.h"

#include "inlay/annotate.h"

namespace loops {

std::int64_t interpret(const Insn* code, std::int64_t rounds, std::int64_t (*host)(std::int64_t)) {
  std::int64_t r[4] = {rounds};
  const Insn* pc = inlay::entry(code);
  for (;;) {
    pc = inlay::context(pc);
    const Insn& now = *pc++;
    switch (now.op) {
      case Op::Set:
        r[now.to & 3] = now.number;
        break;
      case Op::Add:
        r[now.to & 3] += r[now.from & 3];
        break;
      case Op::Decrement:
        --r[now.to & 3];
        break;
      case Op::JumpNotZero:
        if (r[now.from & 3] == 0) break;
        pc += now.number;
        if (now.number < 0) pc = inlay::entry(pc);
        break;
      case Op::Host:
        r[now.to & 3] = host(r[now.from & 3]);
        break;
      case Op::Return:
        return r[now.from & 3];
    }
  }
}

Program stepping(std::int32_t step) {
  return {{Op::Set, 1, 0, step},       {Op::Add, 2, 1},  {Op::Decrement, 0},
          {Op::JumpNotZero, 0, 0, -3}, {Op::Host, 2, 2}, {Op::Return, 0, 2}};
}

}  // namespace loops
