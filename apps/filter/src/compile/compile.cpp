// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/compile.h"

#include <chrono>
#include <ctime>

#include "compile/emit.h"
#include "inlay/ir/text.h"

namespace inlay::filter {

namespace {

using Clock = std::chrono::steady_clock;

/// Instructions of one function in all of its copies. The search for a text has 130: inlined into 16 places it made the
/// code 5 % faster, and took 85 ms to compile instead of 15.
constexpr std::uint32_t CopiesLimit = 500;

/// LLVM takes more than in proportion for one long function: 1,000 terms of three tests each (7,000 instructions) took
/// 0.09 s at Level::Quick, 1.8 s at O1 and 4.6 s at O2; 100 of them 0.01, 0.07 and 0.24 s.
constexpr std::size_t LongestAtO2 = 700, LongestAtO1 = 3500;

Level level_of(Tier tier, const Program& program) {
  if (tier != Tier::Optimized || !can_be_optimized(program)) return Level::Quick;
  return program.code.size() > LongestAtO2 ? Level::O1 : Level::O2;
}

Processor processor_of(Cpu cpu) {
  switch (cpu) {
    case Cpu::Baseline:
      return Processor::Baseline;
    case Cpu::Avx2:
      return Processor::V3;
    case Cpu::Avx512:
      return Processor::V4;
    case Cpu::Native:
      return Processor::Host;
  }
  return Processor::Baseline;
}

double thread_milliseconds() {
  timespec now = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

template <class Compiled, class Signature, class Emit>
Result<Compiled> compile(const Jit& jit, const Program& program, const CompileOptions& options, Emit emit) {
  const Clock::time_point began = Clock::now();
  const double cpu_began = thread_milliseconds();
  INLAY_TRY(ir::Module module, emit());
  const ProgramOptions how{
      .level = level_of(options.tier, program), .processor = processor_of(options.cpu), .copies_limit = CopiesLimit};
  INLAY_TRY(inlay::Function<Signature> function, jit.compile<Signature>(module, KernelName, how));
  const double total = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
  const Report report = function.explain();
  CompileTimes times{.join = report.load_us / 1000,
                     .optimize = report.optimize_us / 1000,
                     .generate = (report.emit_us + report.link_us) / 1000};
  times.cpu = thread_milliseconds() - cpu_began;
  times.emit = total - times.join - times.optimize - times.generate;
  return Compiled{std::move(function), times};
}

}  // namespace

bool can_be_optimized(const Program& program) { return program.code.size() <= LongestAtO1; }

bool supports(Cpu cpu) { return can_run(processor_of(cpu)); }

bool has_bitmaps(const Program& program, const Batch& batch) {
  for (const ColumnId id : program.columns) {
    if ((*program.schema)[id].validity != Validity::Bitmap) continue;
    const ColumnData& data = batch.columns[id.value - 1];
    if (data.validity || (data.dictionary && data.dictionary->validity)) return true;
  }
  return false;
}

Result<CompiledFilter> compile_filter(const Jit& jit, const Program& program, const CompileOptions& options) {
  using Signature =
      std::int64_t(const ColumnData*, Scope*, const std::uint8_t* const*, std::int64_t, std::int64_t, std::uint8_t*);
  return compile<CompiledFilter, Signature>(jit, program, options,
                                            [&] { return emit_filter(program, options.bitmaps); });
}

Result<CompiledProjection> compile_projection(const Jit& jit, const Program& program, const CompileOptions& options) {
  using Signature = std::int64_t(const ColumnData*, Scope*, const std::uint8_t* const*, const std::uint32_t*,
                                 std::int64_t, std::int64_t, const ProjectionOut*);
  return compile<CompiledProjection, Signature>(jit, program, options,
                                                [&] { return emit_projection(program, options.bitmaps); });
}

Result<std::string> program_ir(const Program& program) {
  INLAY_TRY(const ir::Module module, program.type == Type::Boolean ? emit_filter(program) : emit_projection(program));
  return ir::print(module, {.locations = false});
}

}  // namespace inlay::filter
