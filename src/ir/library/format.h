// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a library lies in its file. All numbers are little-endian; offsets count from the file's beginning.
//
//   LibraryHeader
//   LibraryEntry    functions and data that are defined, by name
//   LibraryEntry    named types, by name
//   LibraryEntry    functions and data that are declared only, by name
//   names           the bytes of all names, one after another
//   chunks          a checksum (8 bytes) and what the entry says, in the encoding below
//
// A chunk is loaded without any other. Numbers in it are varints (base/serial.h); types, strings, constants and symbols
// are said where they are mentioned first, and later by number. Its first number is the size of its body, which says
// what is defined; then come the declarations of what the body mentions, in the order of first mention. The body of a
// definition is the same in every module that has it: two definitions are alike if their bodies are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "inlay/ir/module.h"

namespace inlay::ir {

constexpr char LibraryMagic[8] = {'i', 'n', 'l', 'a', 'y', 'l', 'i', 'b'};
constexpr std::uint32_t LibraryVersion = 1;

struct LibraryHeader {
  char magic[8] = {};
  std::uint32_t version = 0;
  std::uint32_t symbols = 0, types = 0, declarations = 0;  // how many entries of each kind
  std::uint64_t operations = 0;                            // operations_hash() of who wrote it
  std::uint64_t size = 0;                                  // bytes of all
  std::uint64_t names_size = 0;
  std::uint64_t hash = 0;  // of the fields above
};
static_assert(sizeof(LibraryHeader) == 56);

struct LibraryEntry {
  std::uint32_t name = 0;  // where its name begins, among the names
  std::uint32_t name_size = 0;
  std::uint32_t chunk = 0;  // where its chunk begins
  std::uint32_t chunk_size = 0;
  std::uint32_t flags = 0;  // of EntryFlags
};
static_assert(sizeof(LibraryEntry) == 20);

enum EntryFlags : std::uint32_t { EntryFunction = 1, EntryData = 2, EntryType = 4, EntryExported = 8 };

/// Of the table of operations: numbers of operations mean what they mean only under the same one.
std::uint64_t operations_hash();
std::uint64_t header_hash(const LibraryHeader& header);
/// Of a chunk behind its checksum, and of the entry that leads to it.
std::uint64_t chunk_checksum(std::uint32_t flags, std::string_view name, std::span<const std::byte> chunk);

// What is said of functions and data; the other flags follow from where they stand.
constexpr std::uint32_t KeptFunctionFlags = FunctionExported | FunctionExtern | FunctionAssembly | FunctionInline |
                                            FunctionNoInline | FunctionCold | FunctionShared | FunctionGeneric;
constexpr std::uint32_t KeptDataFlags = DataMutable | DataExported | DataExtern | DataZero | DataTable | DataGeneric;

constexpr unsigned DeepestNesting = 300;  // types and constants within each other, in a chunk

// References. 0 is none, a small number is always the same, one says that it is said here, those above it are numbers
// of what was said before.
constexpr std::uint64_t NewType = Ptr.value + 1;  // below: the basic types
constexpr std::uint64_t NewString = 1;

enum class TypeForm : std::uint8_t {
  Fn,
  Closure,
  Vector,
  Array,
  Slice,
  Parameter,
  Fields,
  Struct,
  Interface,
  Instance
};

// Values: two bits for the form, the rest as said.
enum class ValueForm : std::uint8_t {
  Before,    // the result of the instruction that stands so many before this one
  Number,    // signed
  Constant,  // 0: said here; else a number of one, from 1 on
  Further,   // two bits for a FurtherForm, the rest as said
};
enum class FurtherForm : std::uint8_t {
  Function,  // as constants
  Data,      // as constants
  Behind,    // the result of the instruction that stands so many behind this one; 0 is this one
  None,
};

// Locations: as the one before, none, in a file that is said here, or a signed distance in lines.
enum class LocationForm : std::uint8_t { Same, None, File, Lines };

constexpr unsigned LocatedBit = 0x80;  // of an operation's byte: its location is not that of the one before
static_assert(OpCount <= LocatedBit);

enum BodyFlags : std::uint32_t { BodyBlocks = 1, BodyNames = 2 };

}  // namespace inlay::ir
