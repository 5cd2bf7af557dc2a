// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What an interpreter keeps: where data and functions lie, what it knows of the functions that ran, and their frames.
//
// A value lies in a *cell*: a scalar in 8 bytes, zeros above, so that all cells of a type compare as bytes; a pair in
// 16; a vector lane by lane, a bool in a byte, rounded up to 8 bytes. Arguments on their way to a call or a block lie
// in a *row*: one cell behind the other.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "inlay/ir/interpret.h"
#include "inlay/ir/layout.h"
#include "ir/interpret/arithmetic.h"
#include "ir/interpret/native.h"
#include "ir/interpret/stack.h"

namespace inlay::ir {

/// Where what a function's instructions yield lies in its frame: first the cells, then the slots.
struct Code {
  std::uint32_t first = 0;                                 // its first instruction
  std::vector<std::uint64_t> cells;                        // of its instructions from that one on
  std::unordered_map<std::uint32_t, std::uint64_t> slots;  // by instruction
  std::uint64_t slots_begin = 0, size = 0, align = 8;
};

struct Frame {
  FunctionId function;
  const Code* code = nullptr;
  std::byte* memory = nullptr;
  std::byte* result = nullptr;  // the caller's cell; null: nobody wants it
  InstId at;                    // what is run next
  InstId running;               // what is being run, for messages
  FrameStack::Mark before;
};

struct TypeRecordCopy {
  TypeRecord record;
  std::string name;
};

struct Interpreter::State {
  State(const Module& module, const InterpretOptions& options) : module(module), options(options) {}
  ~State();
  State(const State&) = delete;

  const Module& module;
  InterpretOptions options;

  Pages constants, variables;
  std::vector<std::byte*> data;                                      // by DataId; null: not there
  std::vector<bool> data_complete;                                   // by DataId: all that it leads to is there
  std::vector<void*> function_addresses;                             // by FunctionId; null: nobody asked yet
  std::unordered_map<const void*, FunctionId> functions_by_address;  // of those that the program defines
  std::unordered_map<std::uint32_t, std::unique_ptr<TypeRecordCopy>> type_records;
  Natives natives;

  std::vector<std::unique_ptr<Code>> codes;  // by FunctionId; null: did not run yet
  std::vector<Frame> frames;
  FrameStack stack;
  std::uint64_t steps_left = 0;
  std::uint32_t native_depth = 0;
  std::vector<std::byte> row;
  Scalar scratch[3];  // where constants that are operands become bytes
  /// What ended the program. While it is there nothing runs any more.
  std::optional<Error> error;
};

// cells.cpp

/// Bytes of a cell for values of that type.
std::size_t cell_size(const Module& module, TypeId type);
/// Bytes that a value takes in memory; of a vector of bool, as if it had a place there.
std::size_t value_size(const Module& module, TypeId type);
Lanes lanes_of(const Module& module, TypeId type);
/// Puts a value that lies as in memory into a cell.
void set_cell(const Module& module, TypeId type, const std::byte* from, std::byte* cell);
/// The bytes of an operand: in the frame, or made from the constant in `scratch`.
const std::byte* operand(Interpreter::State& s, const Frame& frame, Value value, TypeId type, Scalar& scratch);

// memory.cpp

/// Puts the data of the module into memory.
Result<void> place_data(Interpreter::State& s);
/// Makes sure that a symbol or constant that code mentions has an address.
Result<void> provide(Interpreter::State& s, Value value);
/// What an address constant or number is at run time; it was provided.
std::uint64_t constant_bits(const Interpreter::State& s, Value value);
/// Where a function that the program does not define lies.
Result<void*> native_address(Interpreter::State& s, FunctionId function);
/// `function '@name'`, for messages.
std::string shown(const Module& module, FunctionId function);

// code.cpp

Result<const Code*> code_of(Interpreter::State& s, FunctionId function);

// run.cpp

/// Runs a function to its end, with a row of arguments. False: there is an error.
bool run(Interpreter::State& s, FunctionId function, const std::byte* row, std::byte* result);

}  // namespace inlay::ir
