// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs as data: all of it (docs/guide/program-ir.md).
#pragma once

#include "inlay/ir/builder.h"
#include "inlay/ir/expand.h"
#include "inlay/ir/fingerprint.h"
#include "inlay/ir/interpret.h"
#include "inlay/ir/layout.h"
#include "inlay/ir/library.h"
#include "inlay/ir/load.h"
#include "inlay/ir/main.h"
#include "inlay/ir/module.h"
#include "inlay/ir/text.h"
#include "inlay/ir/verify.h"
#include "inlay/ir/walk.h"
