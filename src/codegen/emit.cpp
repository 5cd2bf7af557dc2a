// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "codegen/emit.h"

#include "codegen/diagnostics.h"
#include "codegen/machine_state.h"

#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/SmallVectorMemoryBuffer.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

namespace inlay::codegen {

namespace {

llvm::CodeGenOptLevel to_llvm(Level level) {
  switch (level) {
    case Level::O0:
    case Level::Quick:
      return llvm::CodeGenOptLevel::None;
    case Level::O1:
      return llvm::CodeGenOptLevel::Less;
    case Level::O2:
      return llvm::CodeGenOptLevel::Default;
    case Level::O3:
      return llvm::CodeGenOptLevel::Aggressive;
  }
  return llvm::CodeGenOptLevel::Default;
}

/// Of several values that a variable gets at one place, the last one holds. The code generator, which moves those that
/// are parameters to the beginning of the function, would have a debugger show an earlier one.
void keep_last_debug_values(llvm::Module& module) {
  for (llvm::Function& function : module)
    if (function.getSubprogram())
      for (llvm::BasicBlock& block : function) llvm::RemoveRedundantDbgInstrs(&block);
}

}  // namespace

Result<void> check(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  if (!llvm::verifyModule(module, &stream)) return {};
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return Error(ErrorKind::Codegen, "the code of '" + module.getName().str() + "' breaks LLVM's rules: " + text);
}

Result<Object> emit(llvm::Module& module, Machine& machine, Level level) {
  machine.adopt(module);
  Diagnostics diagnostics(module.getContext());
  Object object;
  for (const llvm::Function& function : module)
    if (!function.isDeclarationForLinker()) object.functions.push_back(function.getName().str());

  llvm::TargetMachine& target = machine.target();
  target.setOptLevel(to_llvm(level));
  target.setFastISel(level == Level::O0 || level == Level::Quick);
  std::unique_ptr<Emitter>& emitter = machine.state().emitters[static_cast<std::size_t>(level)];
  if (!emitter) {
    emitter = std::make_unique<Emitter>();
    if (target.addPassesToEmitFile(emitter->passes, emitter->stream, nullptr, llvm::CodeGenFileType::ObjectFile,
                                   /*DisableVerify=*/true)) {
      emitter.reset();
      return Error(ErrorKind::Codegen, "LLVM cannot write objects for this machine");
    }
  }
  keep_last_debug_values(module);
  emitter->passes.run(module);
  if (diagnostics.failed()) {
    emitter.reset();  // it may have stopped half-way
    return diagnostics.take(ErrorKind::Codegen).with_note("while making code for '" + module.getName().str() + "'");
  }
  object.bytes = std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(emitter->bytes), module.getName(),
                                                                 /*RequiresNullTerminator=*/false);
  emitter->bytes = {};
  return object;
}

}  // namespace inlay::codegen
