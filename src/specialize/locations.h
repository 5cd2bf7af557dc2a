// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Debug locations of code that the evaluator writes.
//
// In the ordinary form an instruction's location is that of the original, in the scope of the copy. Where it is asked
// which code a guest instruction became (CompileOptions::explain_code), locations have two levels:
//
//   the host's location, with all that was inlined there      interpreter.cpp:120, inlined at
//   the guest's location                                      number 7 of the guest scope
//
// The guest scope is a synthetic function (runtime::GuestScope) that the host code is inlined into. So LLVM's passes
// carry both levels through optimizing into DWARF, where codegen/code_map.h finds the outer one again. The line is the
// number of the guest instruction, or runtime::NoGuest: what comes before the first, and the interpreter's generic
// form. LLVM's passes make it 0 where they merge code of several.
//
// Where a front end told functions and lines of its guest (inlay/source.h), and a debugger or profiler is to see them,
// the host's locations are inlined into functions of the guest in the same way:
//
//   the host's location                                       interpreter.cpp:120, inlined at
//   the guest's                                               fib.asm:7 in `fib`
//
// A compiled function is then the guest function of its first place; others count as inlined into it. If both are asked
// for, the lines lie between the host's locations and the numbers. Places where the guest enters a function lie in a
// block with a discriminator (runtime::EntryDiscriminator), by which codegen/guest_levels.h tells activations apart.
#pragma once

#include <map>

#include "frozen/source.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Function.h>

namespace inlay::specialize {

class Locations {
 public:
  /// For a copy whose scope is a guest's (give_guest_scope, give_guest_function), the locations have two levels.
  Locations(const llvm::Function& original, llvm::Function& copy);

  /// The guest instruction that what comes next belongs to, or NoGuest, and its place or null. Without a guest's scope
  /// it has no effect.
  void enter_guest(unsigned number, const frozen::SourcePlace* place);

  llvm::DebugLoc map(const llvm::DebugLoc& location);

 private:
  llvm::DISubprogram* guest_function(const frozen::SourceFunction& function);
  llvm::DILocation* in_copy(llvm::DILocation* location);
  llvm::DILocation* in_guest(llvm::DILocation* location);

  llvm::Module& module_;
  llvm::DISubprogram* to_;                                                  // the scope of the copy
  llvm::DISubprogram* guest_ = nullptr;                                     // the same, if it is a guest's
  std::map<const frozen::SourceFunction*, llvm::DISubprogram*> functions_;  // of the guest, inlined here
  llvm::DILocation* at_guest_ = nullptr;                                    // in it
  llvm::DenseMap<llvm::DILocation*, llvm::DILocation*> cache_;              // for this guest instruction
};

/// Gives `function` a debug location scope of its own, like the one of `original`.
void copy_subprogram(const llvm::Function& original, llvm::Function& function);

/// Gives `function`, which is to be written, the scope of a guest program in place of the one it has.
void give_guest_scope(llvm::Function& function);

/// Gives `function`, which is to be written, the scope of a function of the guest.
void give_guest_function(llvm::Function& function, const frozen::SourceFunction& guest);

/// Gives a function that has no scope an artificial one, under this name, and each of its instructions a location
/// without a line, so that what is inlined into it keeps its locations in DWARF. `beside_source`: in the compile unit
/// of the guest's functions; gdb finds the places where a function was inlined only in the unit that declares it.
void give_artificial_scope(llvm::Function& function, llvm::StringRef name, bool beside_source);

}  // namespace inlay::specialize
