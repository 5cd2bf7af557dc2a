// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A handler of crashes that knows compiled code.
#pragma once

namespace crash {

/// From now on, SIGSEGV prints on the standard error where it happened, in the guest's terms and the host's, and ends
/// the process as it would have.
void trace_crashes();

}  // namespace crash
