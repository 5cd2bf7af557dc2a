// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests of verify(): what it says of a program, in one line.
#pragma once

#include <string>

#include "inlay/ir/builder.h"
#include "inlay/ir/verify.h"

namespace inlay::ir {

/// `place: message`, or `sound`.
inline std::string verdict(Module& m) {
  const Result<void> result = verify(m);
  if (result) return "sound";
  const Error& error = result.error();
  const std::string prefix = error.place().known() ? error.place().to_string() + ": " : "";
  return prefix + (error.kind() == ErrorKind::InvalidProgram ? "" : "of another kind: ") + error.message();
}

/// A module with a builder that stands in line 7 of f.src.
struct Draft {
  Module m = Module::create().value();
  Builder b{m};
  FunctionId f;

  Draft() { b.at(Location(m.file("f.src"), 7)); }

  /// Begins @f, whose parameters are called a, b, c and so on.
  Draft& begin(std::initializer_list<TypeId> parameters, TypeId result = Void, std::uint32_t flags = 0) {
    f = m.function("f", m.signature(parameters, result), flags);
    b.begin(f);
    for (std::uint32_t i = 0; i < parameters.size(); ++i) {
      const char name[] = {static_cast<char>('a' + i), 0};
      b.name(b.parameter(i), name);
    }
    return *this;
  }
  Value p(std::uint32_t number) const { return b.parameter(number); }
  /// Ends @f with return_void.
  std::string verdict_void() {
    b.ret();
    return verdict_ended();
  }
  std::string verdict_ended() {
    b.end();
    return verdict(m);
  }
  Inst& last() { return m.insts[InstId{m.insts.count() - 1}]; }
  /// Words of an instruction behind its first.
  std::uint32_t* rest(Inst& inst) { return &m.extra[ExtraId{inst.b}]; }
};

}  // namespace inlay::ir
