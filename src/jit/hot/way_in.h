// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A way into the middle of an interpreter, specialized.
//
// A resume function (runtime/embed/resume.h) takes the number of a place and all that lives there. Bound to one place
// and to some of these values, it is an ordinary function to specialize.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/unit.h"
#include "specialize/symbols.h"

namespace inlay::jit {

/// What one of the words that an interpreter shows at an entry() (runtime/entries.h) is.
enum class Word : std::uint8_t {
  Other,      // shown as 0: a number with a point, a vector
  Dead,       // means nothing at this place
  Number,     // an integer
  Pointer,    // leads anywhere
  IntoFrame,  // a pointer into a stack variable that may be moved
};

struct EntryPlace {
  std::uint32_t number = 0;
  std::vector<Word> words;
  std::vector<bool> is_key;        // which of them are the program counter
  std::vector<unsigned> frame_of;  // of a word that is IntoFrame: the word of that variable
};

/// A function that can be entered.
struct EntryPoints {
  std::string resume;             // the name of its resume function
  std::uint64_t frame_bytes = 0;  // of the stack variables that each way in, and each way out, copies
  std::vector<EntryPlace> places;
};

/// The entry() hints at which this function can be entered.
Result<EntryPoints> find_entry_points(runtime::Bodies& bodies, std::string_view function);

/// What one word is taken to be: its value, or for IntoFrame the distance from the beginning of the variable.
struct Pin {
  unsigned word;
  std::uint64_t value;
};

/// A function of the resume function's type in the symbols' unit that goes on at `place`, where the pinned words have
/// these values. Pins of pointers that lead nowhere known are left out.
Result<llvm::Function*> build_way_in(specialize::Symbols& symbols, const EntryPoints& points, const EntryPlace& place,
                                     std::vector<Pin>& pins, const std::string& name);

}  // namespace inlay::jit
