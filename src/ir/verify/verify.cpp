// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/verify.h"

#include "ir/verify/body.h"
#include "ir/verify/symbols.h"
#include "ir/verify/types.h"

namespace inlay::ir {

namespace {

Error invalid(std::string reason) { return Error(ErrorKind::InvalidProgram, std::move(reason)); }

struct Verifier {
  Module& m;
  TypeFacts types;
  SymbolFacts symbols{m, types};
  BodyChecker bodies{m, types, symbols};

  Verifier(Module& module, bool trusted) : m(module), types(module, trusted) {}

  Result<void> tables() {
    if (m.error()) return *m.error();
    if (m.insts.count() != m.locations.count()) return invalid("not every instruction has a location");
    if (!types.catch_up()) return invalid(types.reason);
    if (!symbols.catch_up()) return *symbols.error;
    return {};
  }

  Result<void> body(FunctionId id) {
    if (!(m.functions[id].flags & FunctionDefined)) return {};
    if (!bodies.check(id)) return *bodies.error;
    return {};
  }

  /// What was made on the way: instances of types that the program reached.
  Result<void> rest() {
    if (!types.catch_up()) return invalid(types.reason);
    if (m.error()) return *m.error();
    return {};
  }
};

}  // namespace

Result<void> verify(Module& module) {
  Verifier verifier(module, false);
  INLAY_TRY_VOID(verifier.tables());
  for (std::uint32_t i = 1; i < module.functions.count(); ++i) INLAY_TRY_VOID(verifier.body(FunctionId{i}));
  return verifier.rest();
}

Result<void> verify(Module& module, std::span<const FunctionId> functions) {
  Verifier verifier(module, true);
  INLAY_TRY_VOID(verifier.tables());
  for (FunctionId function : functions) {
    if (!module.functions.contains(function)) return invalid("there is no such function");
    INLAY_TRY_VOID(verifier.body(function));
  }
  return verifier.rest();
}

Result<void> verify(Module& module, FunctionId function) { return verify(module, std::span(&function, 1)); }

}  // namespace inlay::ir
