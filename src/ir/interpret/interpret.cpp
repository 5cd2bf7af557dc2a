// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/interpret.h"

#include "base/messages.h"

#include <cstring>

#include "ir/interpret/state.h"

namespace inlay::ir {

Interpreter::State::~State() = default;

Interpreter::Interpreter(std::unique_ptr<State> state) : state_(std::move(state)) {}
Interpreter::Interpreter(Interpreter&&) noexcept = default;
Interpreter::~Interpreter() = default;

Result<Interpreter> Interpreter::create(const Module& module, const InterpretOptions& options) {
  if (module.error()) return *module.error();
  auto state = std::make_unique<State>(module, options);
  INLAY_TRY_VOID(place_data(*state));
  return Interpreter(std::move(state));
}

Result<Scalar> Interpreter::call(FunctionId id, std::span<const Scalar> arguments) {
  State& s = *state_;
  const Module& m = s.module;
  if (!m.functions.contains(id)) return Error(ErrorKind::InvalidArgument, "no such function");
  const Function& function = m.functions[id];
  if (!function.signature || function.flags & FunctionGeneric)
    return Error(ErrorKind::InvalidArgument, shown(m, id) + " is not one that can be called; call an instance");
  const Type& signature = m.types[function.signature];
  if (arguments.size() != signature.count)
    return Error(ErrorKind::InvalidArgument, shown(m, id) + " takes " + base::counted(signature.count, "argument") +
                                                 ", not " + std::to_string(arguments.size()));
  std::vector<std::byte> row;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const TypeId type = m.parameter_type(function.signature, i);
    row.resize(row.size() + cell_size(m, type));
    set_cell(m, type, arguments[i].bytes, row.data() + row.size() - cell_size(m, type));
  }
  if (s.frames.empty() && s.native_depth == 0) s.steps_left = s.options.steps;
  Scalar result;
  if (!s.error) {  // what a native caller made happen meanwhile comes first
    if (function.flags & FunctionDefined) {
      run(s, id, row.data(), result.bytes);
    } else {
      INLAY_TRY(void* address, native_address(s, id));
      call_native(s, address, function.signature, false, row.data(), result.bytes);
    }
  }
  if (!s.error) return result;
  // Of calls within calls, each ends with it.
  if (s.native_depth != 0) return *s.error;
  Error error = *std::move(s.error);
  s.error.reset();
  return error;
}

}  // namespace inlay::ir
