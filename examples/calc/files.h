// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <string>
#include <vector>

namespace calc {

/// The bytes of a file. Throws std::runtime_error, with the system's reason, if it cannot be read.
std::string read_file(const std::string& path);

/// The *.calc files of a folder, sorted by name. Throws std::runtime_error if it is none.
std::vector<std::string> list_programs(const std::string& folder);

}  // namespace calc
