// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reference interpreter: what it does is what a program means. Slow, and simple enough to be believed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// A value at run time, as its bytes: a scalar in the first ones (a bool as 0 or 1), a vector lane by lane, a pair as
/// two words.
struct Scalar {
  alignas(64) std::byte bytes[512] = {};
};

struct InterpretOptions {
  std::uint64_t steps = ~std::uint64_t{0};  // instructions, after which a call gives up (ErrorKind::BudgetExceeded)
  std::uint32_t depth = 10'000;             // calls within calls, likewise
  /// Where functions and data that the program does not define lie. Null: where the dynamic linker says (dlsym).
  /// Functions whose body is assembly are asked for here as well, by their name; not of the dynamic linker.
  void* (*find_symbol)(void* context, const char* name) = nullptr;
  void* context = nullptr;
};

/// Runs functions of a verified and expanded module, which must outlive it and not change. Functions that the program
/// does not define are called natively (libffi); pointers to functions of the program may be called by native code
/// (they come back in here). Vectors are not passed to or from native code. Variables, and pointers to functions, live
/// as long as the interpreter. One thread at a time.
///
/// Addresses are real ones: a program that goes wrong where its meaning is undefined (a store to a constant object, an
/// address that leads to nothing) does so in this process.
class Interpreter {
 public:
  static Result<Interpreter> create(const Module& module, const InterpretOptions& options = {});
  Interpreter(Interpreter&&) noexcept;
  ~Interpreter();

  /// Calls a function. A trap is an error (ErrorKind::Trap) with its place; so is what cannot be done. A trap below
  /// native code that the program called ends the program when that code returns; one below native code that called
  /// by itself is the answer of the next call.
  Result<Scalar> call(FunctionId function, std::span<const Scalar> arguments);

  struct State;

 private:
  explicit Interpreter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace inlay::ir
