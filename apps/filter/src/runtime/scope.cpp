// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/scope.h"

namespace inlay::filter {}
