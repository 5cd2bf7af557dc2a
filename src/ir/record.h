// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a type tells about itself at run time.
#pragma once

#include "inlay/ir/module.h"

namespace inlay::ir {

/// The data that `typeof(type)` points to (TypeRecord in inlay/ir/layout.h), one for each type of a module: made where
/// it is not there yet. None if the type cannot be laid out.
DataId type_record_data(Module& module, TypeId type);

}  // namespace inlay::ir
