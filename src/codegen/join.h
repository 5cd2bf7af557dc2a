// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Joining a unit with the bodies of the runtime functions it calls, so that the optimizer can inline them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inlay/unit.h"

namespace llvm {
class Module;
}
namespace inlay::runtime {
class Bodies;
}

namespace inlay::codegen {

/// What becomes of a body that is not inlined everywhere.
enum class Joined : std::uint8_t {
  Here,     // it is dropped: calls go to the runtime in this process, and mutable data stays the process's own
  Carried,  // it stays, with everything it needs: the result stands alone but for symbols that no runtime defines
};

struct JoinOptions {
  Joined joined = Joined::Here;
  bool inline_all = false;  // each body is inlined wherever it is called, for compilers without a judgment of their own
  // For Here only, where a body is an offer to the inliner, not a need:
  std::uint32_t body_limit = 200;       // instructions of one body
  std::uint32_t copies_limit = ~0u;     // instructions of one body in all places that call it, unless it is small
  std::uint32_t total_limit = 5000;     // instructions of all bodies
  std::uint32_t depth_limit = 3;        // calls from the unit's own code
  std::uint64_t constant_limit = 4096;  // bytes of one constant variable
};

struct JoinReport {
  std::uint32_t functions = 0;  // bodies copied
  std::uint32_t variables = 0;  // initial values copied
  std::uint64_t instructions = 0;
  std::vector<std::string> left;       // runtime functions that stay calls, with the reason: "f: 340 instructions"
  std::vector<std::string> undefined;  // Carried: what no runtime defines and the linker must find
};

/// Gives bodies to the functions that the unit declares and a runtime of this process defines, and to what those call.
Result<JoinReport> join(Unit& unit, const JoinOptions& options = {});

/// The same for a bare module in the bodies' context.
Result<JoinReport> join(llvm::Module& module, runtime::Bodies& bodies, const JoinOptions& options = {});

}  // namespace inlay::codegen
