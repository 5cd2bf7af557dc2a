// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Labels as values (`&&label`, computed goto) in a form that can be copied.
//
// The address of a label belongs to one function; a copy of the code has other addresses. So in the bitcode that is
// embedded, labels are small numbers and a computed goto is a switch over them; the native code keeps its labels. This
// holds as long as no label leaves its function: what is stored elsewhere would be an address here and a number there.
// Functions whose labels leave stay as they are.
#pragma once

#include <llvm/IR/Module.h>

namespace inlay::runtime {

/// Whether the function's labels, and constant tables of them, are only read, compared and jumped to in it.
bool labels_stay_inside(const llvm::Function& function);

/// Whether a constant holds a label of this function.
bool mentions_labels_of(const llvm::Constant& constant, const llvm::Function& function);

/// For each constant table of labels, adds another one that holds their numbers, and marks the functions that can do
/// with numbers. Before internal names are made unique.
void add_number_tables(llvm::Module& module);

/// In a module that is about to be embedded: puts numbers for labels and switches for computed gotos in the marked
/// functions. `source` holds the tables of numbers.
void turn_labels_into_numbers(llvm::Module& module, const llvm::Module& source);

}  // namespace inlay::runtime
