// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/tools.h"

#include <cstdlib>

#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/Module.h>

namespace inlay::jit {

void prepare_for_tools(llvm::Module& module, const JitOptions& options, bool keep_debug_info) {
  if (!wants_lines(options) && !keep_debug_info) llvm::StripDebugInfo(module);
  if (options.perf == Perf::Off) return;
  for (llvm::Function& function : module)
    if (!function.isDeclaration()) function.addFnAttr("frame-pointer", "all");
}

bool take_tool_word(std::string_view word, JitOptions& options) {
  if (word == "gdb")
    options.debugger = true;
  else if (word == "lines")
    options.lines = true;
  else if (word == "perf=map")
    options.perf = Perf::Map;
  else if (word == "perf=dump")
    options.perf = Perf::Dump;
  else
    return false;
  return true;
}

JitOptions with_environment(JitOptions options) {
  const char* words = std::getenv("INLAY_JIT");
  for (std::string_view rest = words ? words : ""; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    take_tool_word(rest.substr(0, end), options);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return options;
}

}  // namespace inlay::jit
