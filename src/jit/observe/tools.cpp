// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/observe/tools.h"

#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/Module.h>

namespace inlay::jit {

void prepare_for_tools(llvm::Module& module, const JitOptions& options, bool keep_debug_info) {
  if (!wants_lines(options) && !keep_debug_info) llvm::StripDebugInfo(module);
  if (!changes_code(options)) return;
  for (llvm::Function& function : module)
    if (!function.isDeclaration()) function.addFnAttr("frame-pointer", "all");
}

bool take_tool_word(std::string_view word, JitOptions& options) {
  if (word == "gdb")
    options.debugger = true;
  else if (word == "lines")
    options.lines = true;
  else if (word == "guest" || word == "hosts")
    options.only_guest = word == "guest";
  else if (word == "perf=map")
    options.perf = Perf::Map;
  else if (word == "perf=dump")
    options.perf = Perf::Dump;
  else
    return false;
  return true;
}

}  // namespace inlay::jit
