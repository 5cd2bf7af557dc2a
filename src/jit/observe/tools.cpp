// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/observe/tools.h"

#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>

namespace inlay::jit {

namespace {

/// Whether a function only passes its arguments on. It would be a second frame of what it calls.
bool forwards(const llvm::Function& function) {
  unsigned calls = 0;
  for (const llvm::Instruction& inst : llvm::instructions(function)) {
    const auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
    if (!call || llvm::isa<llvm::IntrinsicInst>(call)) continue;
    const llvm::Function* callee = call->getCalledFunction();
    if (!callee || callee->isDeclaration()) return false;
    ++calls;
  }
  return function.size() == 1 && calls == 1;
}

}  // namespace

void prepare_for_tools(llvm::Module& module, const JitOptions& options, bool keep_debug_info) {
  if (!wants_lines(options) && !keep_debug_info) llvm::StripDebugInfo(module);
  const CodeChanges changes = changes_code(options);
  if (!changes.any()) return;
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    if (changes.keeps_frame_pointers) function.addFnAttr("frame-pointer", "all");
    if (changes.has_no_tail_calls && !forwards(function)) function.addFnAttr("disable-tail-calls", "true");
  }
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
