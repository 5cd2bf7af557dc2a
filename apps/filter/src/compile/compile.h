// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From programs to machine code: one function of the program IR, in which each instruction is a call of the function
// that the interpreter calls, inlined.
#pragma once

#include <cstdint>
#include <string>

#include "inlay/function.h"
#include "inlay/jit.h"
#include "kernel.h"
#include "plan/program.h"

namespace inlay::filter {

enum class Tier : std::uint8_t { Interpreter, Quick, Optimized };

enum class Cpu : std::uint8_t { Baseline, Avx2, Avx512, Native };  // what the code may use; checked before it runs

/// Whether this processor runs such code.
bool supports(Cpu cpu);

/// Whether Tier::Optimized is more than Tier::Quick for a program; not for very long ones.
bool can_be_optimized(const Program& program);

struct CompileOptions {
  Tier tier = Tier::Optimized;
  Cpu cpu = Cpu::Native;
  /// Whether it is for batches that have bitmaps (Validity::Bitmap). Without, the code is half as long and may be twice
  /// as fast; it must then not be run on batches of which has_bitmaps().
  bool bitmaps = true;
};

/// Whether a column that the program reads has a bitmap in this batch.
bool has_bitmaps(const Program& program, const Batch& batch);

/// Times in milliseconds.
struct CompileTimes {
  double emit = 0, join = 0, optimize = 0, generate = 0;
  double cpu = 0;  // of the processor, for all of it
};

struct CompiledFilter {
  inlay::Function<std::int64_t(const ColumnData*, Scope*, const std::uint8_t* const*, std::int64_t, std::int64_t,
                               std::uint8_t*)>
      function;
  CompileTimes times;
};
struct CompiledProjection {
  inlay::Function<std::int64_t(const ColumnData*, Scope*, const std::uint8_t* const*, const std::uint32_t*,
                               std::int64_t, std::int64_t, const ProjectionOut*)>
      function;
  CompileTimes times;
};

Result<CompiledFilter> compile_filter(const Jit& jit, const Program& program, const CompileOptions& options = {});
Result<CompiledProjection> compile_projection(const Jit& jit, const Program& program,
                                              const CompileOptions& options = {});

/// The program IR that would be compiled, as text.
Result<std::string> program_ir(const Program& program);

}  // namespace inlay::filter
