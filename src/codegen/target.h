// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The machine that code is made for, with everything that is worth keeping between two compilations.
//
// Making an LLVM target machine costs about 0.5 ms, its first subtarget 1 ms, and the list of code generation passes
// 0.9 ms each time; a unit of two small functions compiles in about 1 ms. So none of them is made twice: a Machine
// keeps them, and a thread keeps its machines.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "inlay/architecture.h"
#include "inlay/level.h"
#include "inlay/result.h"

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace inlay::codegen {

/// Which processor: the one we run on, or any of its architecture (x86-64: SSE2, no more; AArch64: ARMv8.0; RISC-V:
/// rv64gc with the ABI lp64d). V3 and V4 are levels of x86-64.
enum class Cpu : std::uint8_t { Host, Portable, V3, V4 };
inline constexpr unsigned CpuCount = 4;

/// Whether this process runs code that was made for it.
bool can_run(Cpu cpu);

/// Where the code can lie: anywhere, or where the linker puts it, in the lowest 2 GiB. Constants with addresses in them
/// are read-only data then, for nobody has to fill them in.
enum class Position : std::uint8_t { Independent, Fixed };

/// What a machine is for.
struct MachineOptions {
  Cpu cpu = Cpu::Host;
  Architecture architecture = Architecture::X86_64;
  Position position = Position::Independent;
};

/// The name by which LLVM knows the architecture, with Linux and the C library's conventions.
const char* triple_of(Architecture architecture);

/// What LLVM is told of an architecture: for Cpu::Portable, whose assembly is read for any other too.
struct Backend {
  const char* triple;
  const char* processor;
  const char* features;
  const char* abi;
  void (*initialize)();
};
/// Makes LLVM's part for an architecture ready, with its reader of assembly; at the first time only.
const Backend& backend_of(Architecture architecture);

/// The architecture that a module says it is for; none if it is another.
std::optional<Architecture> architecture_of(const llvm::Module& module);

/// A target machine (small code model) and the pass pipelines that belong to it. Not thread-safe; modules of any
/// context may be compiled with it, one after another.
class Machine {
 public:
  /// LLVM's part for an architecture is made ready when the first machine for it is created. An error for Cpu::Host of
  /// an architecture that is not this process's.
  static Result<std::unique_ptr<Machine>> create(const MachineOptions& options);
  static Result<std::unique_ptr<Machine>> create(Cpu cpu) { return create(MachineOptions{.cpu = cpu}); }
  ~Machine();
  Machine(const Machine&) = delete;

  llvm::TargetMachine& target();

  /// Gives the module this machine's layout, and lets its functions use what the processor has: attributes that ask
  /// for no more than that are dropped, so that functions of all origins can be inlined into each other. A function
  /// that was compiled for a better processor keeps its own features (it presumably asks before it is called).
  void adopt(llvm::Module& module);

  struct State;
  State& state() { return *state_; }

 private:
  explicit Machine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// How many were made in this process: none, as long as nothing was compiled.
std::uint64_t machines_made();

/// The processor that Cpu::Host means, with all that it has.
std::string host_processor();

/// This thread's machine, made at first use and kept until the thread ends.
Result<Machine*> machine_of_thread(const MachineOptions& options);
inline Result<Machine*> machine_of_thread(Cpu cpu) { return machine_of_thread(MachineOptions{.cpu = cpu}); }

}  // namespace inlay::codegen
