// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random programs as plain trees. How a tree becomes closures is each shape's business (shapes.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../../common/random_numbers.h"

namespace fuzz {

// What an operation yields, and how many children of which kind it takes, stands beside its making in builder.h; the
// generator (program.cpp) knows the same.
enum class Op : std::uint8_t {
  // integers
  Number,
  Slot,
  Arithmetic,
  Tagged,
  Narrow,
  Compare,
  If,
  Choose,
  CallHelper,
  CallOpenHelper,
  CallMethod,
  Truncate,
  SumByIterator,
  SumByIndex,
  SumReversed,
  SumTwice,
  FirstNonZero,
  Dispatch,
  Linked,
  MapLookup,
  Text,
  Table,
  Small,
  CountGlobal,
  CountStatic,
  CountThread,
  ThrowIf,
  Guarded,
  Catch,
  ScalePair,
  RotateTriple,
  Shared,
  CopyShared,
  Define,
  Visit,
  Memory,
  Repeat,
  CallTwice,
  Zip,
  Grid,
  Machine,
  StackWalk,
  Halves,
  LastInt = Halves,
  // reals
  Real,
  RealSlot,
  RealArithmetic,
  FromInt,
  Single,
  RealIf,
  Blend,
  RealTable,
  Root,
  LastReal = Root,
  // statements
  Assign,
  AssignReal,
  Evaluate,
  IfThen,
  While,
  Sequence,
  SequenceByIndex,
  TryStep,
  Return,
  Store,
  BumpPair,
  LastStep = BumpPair,
};

struct Tree {
  Op op;
  std::int64_t number = 0;  // a constant, an index or a choice among variants
  double real = 0;
  std::vector<Tree> children;
  std::string to_string() const;
};

struct Program {
  std::vector<Tree> definitions;  // integer expressions that may call each other
  Tree body;                      // a statement
  std::string to_string() const;
};

struct ProgramOptions {
  unsigned size = 30;   // how many operations, about
  bool globals = true;  // whether it may change variables outside of its environment
};

/// The same program for the same seed, on every machine.
Program random_program(std::uint64_t seed, const ProgramOptions& options);

/// The generator's random numbers; also for inputs and options.
class Random : public random_numbers::SplitMix {
 public:
  explicit Random(std::uint64_t seed) : SplitMix(seed * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u) {}
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  bool one_in(unsigned n) { return below(n) == 0; }
  /// Small numbers mostly, and the edges of the integer types.
  std::int64_t number();
  double real();
};

}  // namespace fuzz
