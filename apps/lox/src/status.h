// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

namespace lox {

/// Exit statuses of inlay-lox and of what it builds: those of clox, from sysexits.h.
enum Status : int {
  status_usage = 64,
  status_compile_error = 65,
  status_no_input = 66,
  status_runtime_error = 70,
  status_output_error = 74,
};

}  // namespace lox
