// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/main.h"

namespace inlay::ir {

namespace {

bool defines(const Module& module, std::string_view name) {
  const Symbol symbol = module.find(name);
  return symbol.kind == SymbolKind::Function && !(module.functions[FunctionId{symbol.id}].flags & FunctionExtern);
}

}  // namespace

Result<MainForm> form_of_main(const Module& module) {
  const Symbol symbol = module.find("main");
  if (symbol.kind != SymbolKind::Function)
    return Error(ErrorKind::NotFound,
                 "the program has no function '@main', where it would begin; define "
                 "`export func @main() -> i32`");
  const TypeId signature = module.functions[FunctionId{symbol.id}].signature;
  const Type& type = module.types[signature];
  const bool arguments =
      type.count == 2 && module.parameter_type(signature, 0) == I32 && module.parameter_type(signature, 1) == Ptr;
  if ((type.count == 0 || arguments) && (type.element == I32 || type.element == Void))
    return MainForm{.arguments = arguments, .status = type.element == I32};
  return Error(ErrorKind::InvalidProgram, "'@main' is a " + module.to_string(signature) +
                                              "; it has to be a fn() -> i32 or, with the program's arguments, a "
                                              "fn(i32, ptr) -> i32");
}

Result<void> check_main(const Module& module) {
  if (!defines(module, "main") || defines(module, "_start")) return {};
  INLAY_TRY_VOID(form_of_main(module));
  const Function& main = module.functions[FunctionId{module.find("main").id}];
  if (main.flags & FunctionExported) return {};
  return Error(ErrorKind::InvalidProgram,
               "'@main' is not exported, so no program can begin there; write `export` before it",
               module.place(main.location));
}

}  // namespace inlay::ir
