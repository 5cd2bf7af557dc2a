// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Functions of programs (inlay/ir.h) as handles.
#include <array>

#include "frozen/recording.h"

#include "base/messages.h"
#include "inlay/jit.h"
#include "inlay/lower.h"
#include "jit/observe/tools.h"
#include "jit/tiers/managed.h"

namespace inlay {

namespace {

using detail::ProgramType;

/// What C++ has for a type of programs; None if it has nothing.
ProgramType in_cpp(const ir::Module& module, ir::TypeId id) {
  switch (module.types[id].kind) {
    case ir::TypeKind::Void:
      return ProgramType::Void;
    case ir::TypeKind::Bool:
      return ProgramType::Bool;
    case ir::TypeKind::I8:
      return ProgramType::I8;
    case ir::TypeKind::I16:
      return ProgramType::I16;
    case ir::TypeKind::I32:
      return ProgramType::I32;
    case ir::TypeKind::I64:
      return ProgramType::I64;
    case ir::TypeKind::F32:
      return ProgramType::F32;
    case ir::TypeKind::F64:
      return ProgramType::F64;
    case ir::TypeKind::Ptr:
    case ir::TypeKind::Fn:
      return ProgramType::Pointer;
    case ir::TypeKind::Slice:
      return ProgramType::Slice;
    case ir::TypeKind::Interface:
      return ProgramType::Interface;
    case ir::TypeKind::Closure:
      return ProgramType::Closure;
    default:
      return ProgramType::None;
  }
}

std::string_view shown(ProgramType type) {
  constexpr auto texts =
      std::to_array<std::string_view>({"void", "bool", "an integer of 8 bits", "an integer of 16 bits",
                                       "an integer of 32 bits", "an integer of 64 bits", "float", "double", "a pointer",
                                       "SliceLayout", "InterfaceLayout", "ClosureLayout", "what C++ has no type for"});
  return texts[static_cast<std::size_t>(type)];
}

Error wrong_type(const std::string& what, const ir::Module& module, ir::TypeId type, ProgramType asked) {
  return {ErrorKind::InvalidArgument, what + " is " + module.to_string(type) + " in the program, " +
                                          std::string(shown(in_cpp(module, type))) + " in C++, and the signature has " +
                                          std::string(shown(asked))};
}

Result<ir::FunctionId> find_function(const ir::Module& module, std::string_view name) {
  const ir::Symbol symbol = module.find(name);
  const ir::FunctionId function{symbol.kind == ir::SymbolKind::Function ? symbol.id : 0};
  constexpr std::uint32_t HasBody = ir::FunctionDefined | ir::FunctionAssembly;
  const std::string text = "'@" + std::string(name) + "'";
  if (!function) return Error(ErrorKind::NotFound, "the program has no function " + text);
  if (module.functions[function].flags & ir::FunctionGeneric)
    return Error(ErrorKind::InvalidArgument, text + " is generic; write a function that calls an instance of it");
  if (!(module.functions[function].flags & HasBody))
    return Error(ErrorKind::InvalidArgument, text + " has no body in the program; call it where it is defined");
  return function;
}

Result<void> check_signature(const ir::Module& module, std::string_view name, ir::TypeId id,
                             std::span<const ProgramType> asked) {
  const std::string text = "'@" + std::string(name) + "'";
  const ir::Type& signature = module.types[id];
  if (signature.count + 1 != asked.size())
    return Error(ErrorKind::InvalidArgument, text + " has " + base::counted(signature.count, "parameter") +
                                                 ", and the signature has " + std::to_string(asked.size() - 1));
  if (in_cpp(module, signature.element) != asked[0])
    return wrong_type("the result of " + text, module, signature.element, asked[0]);
  for (std::uint32_t i = 0; i < signature.count; ++i)
    if (const ir::TypeId type = module.parameter_type(id, i); in_cpp(module, type) != asked[i + 1])
      return wrong_type("parameter " + std::to_string(i + 1) + " of " + text, module, type, asked[i + 1]);
  return {};
}

}  // namespace

Result<void> detail::compile_program(const Jit& jit, const std::shared_ptr<jit::Engine>& engine, ir::Module& module,
                                     std::string_view name, const ProgramOptions& how,
                                     std::span<const ProgramType> signature, FunctionState& state) {
  const frozen::Unrecorded unrecorded;
  if (module.error()) return *module.error();
  INLAY_TRY(const ir::FunctionId function, find_function(module, name));
  LowerOptions options;
  options.debug = how.explain_code || jit::wants_lines(engine->options());
  options.facts = how.level == Level::O2 || how.level == Level::O3;
  options.roots = {std::string(name)};
  INLAY_TRY(Unit unit, lower(module, options));  // which verifies it
  INLAY_TRY_VOID(check_signature(module, name, module.functions[function].signature, signature));
  INLAY_TRY(Loaded loaded, jit.load(std::move(unit), how));
  auto kept = std::make_shared<Loaded>(std::move(loaded));
  void* address = kept->address(std::string(name));
  if (!address) return Error(ErrorKind::UndefinedSymbol, "the code of '@" + std::string(name) + "' was not linked");
  state.callable = std::shared_ptr<void>(kept, address);

  // There is no better code to come, and nothing to go back to: the way to it is the original.
  Request request;
  request.what = name;
  auto managed = std::make_shared<jit::Managed>(engine, std::move(request), CompileOptions{});
  managed->state = &state;
  managed->given_up = true;
  managed->report = kept->report();
  managed->report.function = managed->report.name = name;
  managed->current = std::make_shared<jit::Installation>(*managed, Tier::Optimized, managed->generation,
                                                         jit::Compiled{}, managed->report);
  state.managed = managed;
  jit::lead_to_original(*managed);
  return {};
}

}  // namespace inlay
