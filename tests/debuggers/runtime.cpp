// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime.h"

#include "inlay/annotate.h"

long Leaf::eval(long argument) const { return probe(argument) + 1; }

long Twice::eval(long argument) const { return probe(of->eval(argument)) * 2; }

namespace {

template <class F>
Closure annotated(F closure, inlay::GuestSource& source, unsigned function, unsigned line) {
  Closure made = std::move(closure);
  source.add_closure<F>(made, function, line);
  return made;
}

}  // namespace

Closure make_leaf(long added, inlay::GuestSource& source, unsigned function, unsigned line) {
  const long words[4] = {added};  // too large to lie inside of a std::function
  return annotated([words](long argument) { return probe(argument) + words[0]; }, source, function, line);
}

Closure make_twice(Closure of, inlay::GuestSource& source, unsigned function, unsigned line) {
  return annotated([of = std::move(of)](long argument) { return probe(of(argument)) * 2; }, source, function, line);
}

long run_numbered(const std::vector<Code>& code, long argument) {
  long sum = 0;
  for (std::size_t pc = 0;;) {
    pc = inlay::entry(pc);
    switch (code[pc++]) {
      case Code::Probe:
        sum += probe(argument);
        break;
      case Code::Decrement:
        --argument;
        break;
      case Code::JumpNotZero:
        if (argument != 0) pc = 0;
        break;
      case Code::Return:
        return sum;
    }
  }
}

long run_pointed(const Code* code, long argument) {
  long sum = 0;
  for (const Code* pc = code;;) {
    pc = inlay::context(pc);
    switch (*pc++) {
      case Code::Probe:
        sum += probe(argument);
        break;
      case Code::Decrement:
        --argument;
        break;
      case Code::JumpNotZero:
        if (argument != 0) pc = code;
        break;
      case Code::Return:
        return sum;
    }
  }
}
