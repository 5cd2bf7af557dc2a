// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs for the interpreters of runtime/, a host that they call, and all that can be seen of a run.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "inlay/jit.h"
#include "traits.h"

namespace traits {

using Program = std::vector<Insn>;

enum HostFunction { Looks, Changes, Throws, Jumps, Fails, Moves };

constexpr unsigned bit(unsigned n) { return 1u << n; }
constexpr unsigned Basic = bit(OP_SET) | bit(OP_ADD) | bit(OP_MULTIPLY) | bit(OP_LESS) | bit(OP_JUMP) |
                           bit(OP_JUMP_IF) | bit(OP_PUSH) | bit(OP_POP) | bit(OP_STOP);

constexpr unsigned Calm = bit(Looks) | bit(Changes);
constexpr unsigned Usual = bit(OP_HOST) | bit(OP_GO);

struct Trait {
  const char* name;
  Interpreter* function;
  unsigned ops = 0;              // beyond the basic ones
  unsigned hosts = 0;            // the functions of the host that it may call
  bool enters_anywhere = false;  // where it begins is not known, so its code is not all of it
};
void PrintTo(const Trait& trait, std::ostream* stream);
const std::vector<Trait>& all_traits();

/// One for the process.
const inlay::Jit& jit();
inlay::Frozen<Program> freeze(const Program& program);

std::string show(const Program& program);
std::string show(const inlay::CompileOptions& options);

/// Of these operations and functions of the host; the same for the same seed.
Program random_program(std::uint64_t seed, unsigned ops, unsigned hosts);

constexpr std::int32_t Fuel = 70;

/// All that can be seen of a run: what the host was called with, what came back, and the state at the end. `code` is to
/// show places by.
std::string outcome(const std::function<std::int64_t(Vm*)>& call, const Insn* code, std::size_t size,
                    std::int64_t input, std::int32_t fuel = Fuel);

/// How many objects with_statics() made.
int counters();

/// A number of the environment.
std::uint64_t setting(const char* name, std::uint64_t otherwise);

/// Calls `each` with seeds, for a while: INLAY_FUZZ_SEED alone, or from INLAY_FUZZ_FIRST on, for 0.3 s and
/// INLAY_FUZZ_SECONDS. The first one is always run.
void search(const std::function<void(std::uint64_t seed)>& each);

}  // namespace traits
