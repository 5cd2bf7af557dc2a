// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "tiers.h"

#include "calls.h"

#include <sys/mman.h>

#include <cstdlib>
#include <new>
#include <optional>
#include <stdexcept>
#include <utility>

namespace lox {
namespace {

/// The heat of a function or loop at which compiling it is asked for.
constexpr std::uint32_t hot = 16 * heat_step;
/// A function that was called so often is better compiled than its loops.
constexpr std::uint32_t often = 16;
/// But not when one of them runs for ever.
constexpr std::uint32_t loop_hot_in_any_case = 128 * heat_step;

/// What calls of a function go to while there is compiled code.
Value run_compiled(const Function* function, Vm& vm, Closure* closure, Roots roots, Object* self,
                   const Value* arguments) {
  const auto* compiled = static_cast<const Tiers::CompiledFunction*>(function->compiled.get());
  return compiled->handle(vm, closure, roots, self, arguments);
}

/// What they go to when each function is to be compiled at once.
Value compile_first(const Function* function, Vm& vm, Closure* closure, Roots roots, Object* self,
                    const Value* arguments) {
  vm.tier_up->function_is_warm(*function);
  return function->code.get()(function, vm, closure, roots, self, arguments);
}

}  // namespace

struct SiteMemory::Chunk {
  static constexpr std::size_t most = 64;

  Chunk* next;
  std::size_t count;
  std::optional<inlay::Changing> promise;
  Site sites[most];
};

SiteMemory::~SiteMemory() {
  while (chunks_) {
    Chunk* chunk = std::exchange(chunks_, chunks_->next);
    if (chunk->promise) chunk->promise->withdraw();
    chunk->~Chunk();
    munmap(chunk, sizeof(Chunk));
  }
}

Site* SiteMemory::add() {
  if (!chunks_ || chunks_->count == Chunk::most || chunks_->promise) {
    void* memory = mmap(nullptr, sizeof(Chunk), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    chunks_ = new (memory) Chunk{chunks_, 0, {}, {}};
  }
  return &chunks_->sites[chunks_->count++];
}

inlay::Result<void> SiteMemory::promise() {
  for (Chunk* chunk = chunks_; chunk && !chunk->promise; chunk = chunk->next) {
    INLAY_TRY(chunk->promise, inlay::promise_rarely_changed(chunk->sites, sizeof chunk->sites, "sites"));
  }
  return {};
}

void SiteMemory::change(Site& site, const Site& next) {
  for (Chunk* chunk = chunks_; chunk; chunk = chunk->next) {
    if (&site < chunk->sites || &site >= chunk->sites + Chunk::most) continue;
    if (chunk->promise && chunk->promise->change(&site, sizeof site, [&] { site = next; })) return;
  }
  site = next;
}

inlay::InlineChoice choose_inlining(const inlay::CallSite& call) {
  // The closures of a function all get its frame. Where one of them stayed a call, the frame would be memory.
  return call.callee.find("(lox::Frame&)") != call.callee.npos ? inlay::InlineChoice::Inline
                                                               : inlay::InlineChoice::Default;
}

Tiers::Tiers(Mode mode, inlay::CompileOptions options) : mode_(mode), options_(std::move(options)) {
  options_.inline_policy = choose_inlining;
  if (std::getenv("INLAY_JIT") && !jit()) throw std::runtime_error(jit_->error().to_string());
}

const inlay::Jit* Tiers::jit() {
  // Who debugs or profiles a Lox program wants to see Lox; INLAY_JIT=hosts shows the closures as well.
  if (!jit_) jit_ = inlay::Jit::create({.policy = inlay::Policy::hot(), .only_guest = true});
  return *jit_ ? &**jit_ : nullptr;
}

void Tiers::wait() const {
  if (jit_ && *jit_) (*jit_)->wait_for_background();
}

inlay::Result<void> Tiers::add(const Program& program) {
  if (mode_ == Mode::Always) {
    for (const auto& function : program.functions) function->code = compile_first;
  }
  return sites_.promise();
}

Tiers::CompiledFunction* Tiers::handle_of(const Function& function) {
  using namespace std::placeholders;
  if (const void* known = function.compiled.get())
    return const_cast<CompiledFunction*>(static_cast<const CompiledFunction*>(known));
  if (!jit()) return nullptr;
  inlay::CompileOptions options = options_;
  options.name = name_of(function);
  auto handle = jit()->specialize_with(options, run_directly, inlay::constant(&function), _1, _2, _3, _4, _5);
  if (!handle) return nullptr;
  CompiledFunction& made = functions_.emplace_back(CompiledFunction{&function, *std::move(handle)});
  function.compiled = &made;
  return &made;
}

Tiers::CompiledLoop* Tiers::handle_of(const Loop& loop) {
  if (const void* known = loop.compiled.get())
    return const_cast<CompiledLoop*>(static_cast<const CompiledLoop*>(known));
  if (!jit()) return nullptr;
  inlay::CompileOptions options = options_;
  options.name = name_of(*loop.function) + " loop " + std::to_string(loop.line);
  auto handle = jit()->specialize_with(options, run_loop_directly, inlay::constant(&loop), std::placeholders::_1);
  if (!handle) return nullptr;
  CompiledLoop& made = loops_.emplace_back(CompiledLoop{&loop, *std::move(handle)});
  loop.compiled = &made;
  return &made;
}

void Tiers::function_is_warm(const Function& function) {
  if (mode_ == Mode::On && function.heat.get() < hot) return;
  CompiledFunction* made = handle_of(function);
  if (!made) return;
  if (mode_ == Mode::Always) {
    // Where it cannot be compiled, the original is what the handle calls.
    (void)made->handle.compile_now();
    function.code = run_compiled;
  } else if (made->handle.compiled()) {
    function.code = run_compiled;
  } else {
    made->handle.compile_soon();
  }
}

bool Tiers::loop_is_warm(const Loop& loop) {
  if (loop.heat.get() < hot) return false;
  const Function& function = *loop.function;
  const std::uint32_t heat_of_function = function.heat.get();
  // A function that was entered again is compiled as a whole before long: what its loops do counts for it.
  if (heat_of_function > 1) {
    function.heat.get() += heat_step;
    function_is_warm(function);
  }
  if (const void* known = loop.compiled.get(); known && static_cast<const CompiledLoop*>(known)->handle.compiled())
    return true;
  if (heat_of_function >= often && loop.heat.get() < loop_hot_in_any_case) return false;
  CompiledLoop* made = handle_of(loop);
  if (!made) return false;
  if (made->handle.compiled()) return true;
  made->handle.compile_soon();
  return false;
}

Flow Tiers::run_loop(const Loop& loop, Frame& frame) {
  return static_cast<const CompiledLoop*>(loop.compiled.get())->handle(frame);
}

void Tiers::change(Site& site, const Site& next) {
  sites_.change(site, next);
  // run_compiled() would still be right, and a detour.
  for (const CompiledFunction& made : functions_) {
    if (made.function->code.get() == run_compiled && !made.handle.compiled())
      made.function->code = mode_ == Mode::Always ? compile_first : made.function->direct;
  }
}

}  // namespace lox
