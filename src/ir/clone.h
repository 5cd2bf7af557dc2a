// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Instances of generics: their bodies, and the one that stands for several.
#pragma once

#include "inlay/ir/module.h"
#include "ir/substitute.h"

namespace inlay::ir {

/// Gives an instance the body, signature and flags of its generic, with its arguments put in. The generic has a body.
/// An error if a type that comes out cannot be laid out. `substitution` is only working memory.
Result<void> give_body(Module& module, Substitution& substitution, FunctionId instance);
/// The same for an instance of a table.
void give_entries(Module& module, Substitution& substitution, DataId instance);

/// `value` where the place asks for a type of its own (Slot::Other), which a small number has not: the number as a
/// constant of that type. Any other value as it is.
Value with_type(Module& module, Value value, TypeId type);

/// What stands for a type in memory where only its layout counts: an array or struct without a name, of scalars, with
/// what is left free as bytes. The same in every program, whatever else there is. Types that are not laid out alike
/// never have the same; very large ones that are may have each their own.
TypeId shape_of(Module& module, TypeId type);

}  // namespace inlay::ir
