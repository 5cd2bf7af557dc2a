// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What functions of the runtime may use beside their arguments: a place to report an error, memory for new texts, and
// objects that were prepared from constants.
#pragma once

#include <cstddef>
#include <cstdint>

#include "inlay/filter/type.h"

namespace inlay::filter {

/// What may go wrong in a row. The text of each: fault_message() in src/runtime/faults.h.
enum class Fault : std::int32_t {
  None,
  IntegerOverflow,
  DivisionByZero,
  NotAnInteger,  // a text that was to be cast, or a cell of a file
  NotANumber,
  NotABoolean,
  NotADate,
  NotATimestamp,
  OutOfRange,  // a real that does not fit an integer, a date beyond year 9999
  TooLong,     // a text of more than 1 GiB
  OutOfMemory,
  User,  // `message` says it
};

/// One thread's. Compiled code reads `fault` after functions that may raise, and ends the kernel at the row where it is
/// no longer None.
struct Scope {
  Fault fault = Fault::None;
  std::int32_t column = 0;               // the ColumnId's number of the cell that could not be read; 0: no cell
  Text offender;                         // the text that could not be cast, as long as it lives
  const char* message = nullptr;         // Fault::User; must outlive the scope
  const void* const* objects = nullptr;  // what was prepared from constants (Function::prepare), by number
  char* memory = nullptr;                // a region for new texts: [memory, memory_end)
  char* memory_end = nullptr;
  void* arena = nullptr;  // where the next region comes from; emptied after each batch
};

/// Tells of a fault, for the first one wins; the value that the function then returns is not used.
inline void raise(Scope& scope, Fault fault, Text offender = {}) {
  if (scope.fault != Fault::None) return;
  scope.fault = fault;
  scope.offender = offender;
}

/// `size` bytes that last until the batch ends; null after a fault (OutOfMemory, TooLong).
char* allocate_slow(Scope& scope, std::int64_t size);
inline char* allocate(Scope& scope, std::int64_t size) {
  if (size > scope.memory_end - scope.memory) return allocate_slow(scope, size);
  char* begin = scope.memory;
  scope.memory += size;
  return begin;
}

}  // namespace inlay::filter
