// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Everything that a program needs to have its closures and runtimes compiled.
#pragma once

#include "inlay/annotate.h"
#include "inlay/aot.h"
#include "inlay/changing.h"
#include "inlay/debug.h"
#include "inlay/frozen.h"
#include "inlay/jit.h"
#include "inlay/runtime.h"
#include "inlay/source.h"
#include "inlay/version.h"
