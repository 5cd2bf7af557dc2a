// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The operations as data, for those who write and read code.
#pragma once

#include <cstdint>

#include "interpreter.h"

namespace vm_tailcall {

struct Operation {
  const char* name;  // null: there is no such operation
  std::uint8_t registers;
  Tail tail;

  bool can_be_wide() const { return tail == Tail::Immediate || tail == Tail::Jump; }
};

constexpr Operation Operations[] = {
    {nullptr, 0, Tail::None},
#define VM_OPERATION(Enumerator, name, registers, tail) {#name, registers, Tail::tail},
#include "operations.def"
};
constexpr unsigned OperationCount = sizeof Operations / sizeof Operations[0];

}  // namespace vm_tailcall
