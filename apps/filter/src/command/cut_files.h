// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files are mapped: what somebody cuts off while it is read is not there, and the system sends a signal.
#pragma once

#include <string>

namespace inlay::filter::command {

/// From now on, the command ends with an error then.
void watch_for_cut_files();
/// Which file that error is of.
void now_reading(const std::string& name);

}  // namespace inlay::filter::command
