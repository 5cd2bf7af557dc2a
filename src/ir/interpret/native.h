// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Calls between programs and native code, with signatures that are known at run time only (libffi). Pairs are two words
// as arguments, and a struct of two as results; a bool is a byte. Vectors are refused: libffi knows none.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "inlay/ir/interpret.h"

namespace inlay::ir {

struct NativeSignature;  // as libffi wants it
struct NativeEntry;      // an address that native code may call

class Natives {
 public:
  Natives();
  ~Natives();

  /// The signature, with a pointer before its parameters if `object_first`.
  Result<NativeSignature*> signature(const Module& module, TypeId type, bool object_first);
  /// An address that runs a function of the program. Where native code cannot pass what it takes, calling the address
  /// fails; it serves as an address all the same. So it does with a `reason` why it cannot be called at all.
  Result<void*> entry(Interpreter::State& s, FunctionId function, const Error* reason = nullptr);

 private:
  std::unordered_map<std::uint64_t, std::unique_ptr<NativeSignature>> signatures_;
  std::vector<std::unique_ptr<NativeEntry>> entries_;
};

/// Calls native code with a row of arguments. False: there is an error.
bool call_native(Interpreter::State& s, void* address, TypeId signature, bool object_first, const std::byte* row,
                 std::byte* result);

}  // namespace inlay::ir
