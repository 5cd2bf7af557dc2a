// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Pictures as PNG files, by libpng.
#pragma once

#include "environment.h"

namespace calc {

/// Writes each picture to the file it names, in `folder` if one is given. Throws std::runtime_error if a file cannot be
/// written.
void write_pictures(const std::vector<Picture>& pictures, const std::string& folder = {});

}  // namespace calc
