// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a fragment in the documents may take for granted.
#pragma once

#include <inlay/inlay.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

extern inlay::Jit& jit;
