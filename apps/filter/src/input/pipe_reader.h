// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Input that can only be read once and in order: a thread reads one block ahead.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "input/text_reader.h"

namespace inlay::filter {

/// As open_text(), for any file that can be read. Blocks are shorter than `block_bytes` where the input is slow.
Result<std::unique_ptr<TextReader>> open_pipe(int file, const std::string& name, std::size_t block_bytes);

}  // namespace inlay::filter
