// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/cached.h"

#include "base/serial.h"
#include "cache/build_id.h"
#include "codegen/target.h"
#include "jit/build.h"
#include "jit/observe/tools.h"
#include "specialize/specialize.h"

#include <llvm/Config/llvm-config.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/TargetParser/Host.h>

namespace inlay::jit {

namespace {

/// Raised when a request is described in another way.
constexpr unsigned RequestFormat = 1;

void write_type(base::Writer& to, const detail::ValueType& type) {
  to.byte(static_cast<unsigned>(type.value_class));
  to.number(type.size);
  to.byte(type.trivial);
}

/// Bytes that no evaluator could take for an address are part of the request; others are looked at one by one.
bool never_an_address(const detail::Parameter& parameter) {
  using detail::ValueClass;
  switch (parameter.type.value_class) {
    case ValueClass::Bool:
    case ValueClass::Float:
      return true;
    case ValueClass::Signed:
    case ValueClass::Unsigned:
      return parameter.type.size < sizeof(void*);
    default:
      return false;
  }
}

/// The compiler: this library, LLVM, and the processor. Nothing if one of them does not say which build it is.
const std::optional<base::Bytes>& compiler() {
  static const std::optional<base::Bytes> identity = [] {
    std::optional<base::Bytes> bytes;
    static const int here = 0;
    const std::optional<std::string> own = cache::build_id_of(&here);
    const std::optional<std::string> llvm =
        cache::build_id_of(reinterpret_cast<const void*>(&llvm::sys::getHostCPUFeatures));
    if (!own || !llvm) return bytes;
    base::Writer to(bytes.emplace());
    to.number(RequestFormat);
    to.number(cache::EntryFormat);
    to.text(*own);
    to.text(*llvm);
    to.text(LLVM_VERSION_STRING);
    to.text(codegen::host_processor());
    return bytes;
  }();
  return identity;
}

/// Why no other process can be sure that it gets the same code; null if it can. Writes what it depends on.
const char* write_options(base::Writer& to, const CompileOptions& options) {
  // Named one by one, so that an option that is added does not get forgotten here.
  const auto& [name, level, verify, explain_code, inline_policy, max_instructions, max_depth, max_rounds, max_contexts,
               max_versions, max_promoted, leave_at_context] = options;
  (void)name;          // the code is the same
  (void)max_promoted;  // how many of them there are, not what they are
  (void)verify;        // the code is the same
  if (explain_code) return "machine code is to be explained, which takes compiling it";
  if (inline_policy) return "an inline policy decides, which may decide anything";
  to.byte(static_cast<unsigned>(level));
  for (unsigned limit : {max_instructions, max_depth, max_rounds, max_contexts, max_versions, leave_at_context})
    to.number(limit);
  return nullptr;
}

}  // namespace

std::optional<Subject> subject_of(const detail::Request& request) {
  std::optional<runtime::SymbolAt> target = runtime::find_symbol_at(request.target);
  if (!target || target->offset != 0) return std::nullopt;
  Subject subject;
  const std::string symbol(target->symbol.name());
  subject.name = symbol + ".inlay";
  subject.what = specialize::readable(symbol);
  base::Writer to(subject.request.identity);
  to.byte('f');
  to.text(symbol);
  to.number(request.parameters.size());
  for (const detail::Parameter& parameter : request.parameters) {
    write_type(to, parameter.type);
    to.byte(parameter.by_reference);
    to.signed_number(parameter.free_index);
    to.number(parameter.bound.size());
    if (never_an_address(parameter)) to.raw(parameter.bound);
    // As FunctionState holds them.
    base::Bytes& bound = subject.request.bound;
    const std::size_t end = bound.size() + bound_space(parameter);
    bound.insert(bound.end(), parameter.bound.begin(), parameter.bound.end());
    bound.resize(end);
  }
  to.number(request.free.size());
  for (const detail::ValueType& type : request.free) write_type(to, type);
  return subject;
}

Subject subject_of(const EntryPoints& points, const EntryPlace& place, const std::vector<Pin>& pins) {
  Subject subject;
  subject.name = points.resume + ".inlay";
  subject.what = specialize::readable(points.resume);
  base::Writer to(subject.request.identity);
  to.byte('h');
  to.text(points.resume);
  to.number(place.number);
  to.number(pins.size());
  for (const Pin& pin : pins) {
    to.number(pin.word);
    const bool distance = place.words[pin.word] == Word::IntoFrame;
    to.byte(distance);
    if (distance) to.number(pin.value);
    base::Writer(subject.request.bound).raw(std::as_bytes(std::span(&pin.value, 1)));
  }
  return subject;
}

CacheQuery::CacheQuery(Engine& engine, const CompileOptions& options, const Subject* subject) {
  cache::State* state = engine.options().cache.state().get();
  if (!state || !subject) return;
  base::Writer to(request_.identity);
  to.text(subject->what);
  const char* why_not = write_options(to, options);
  if (wants_lines(engine.options())) why_not = "debuggers are to see lines of sources, which may be others next time";
  if (!compiler()) why_not = "this library, or LLVM, was linked without a build id";
  if (why_not) {
    state->count_failure(why_not);
    return;
  }
  to.raw(*compiler());
  const CodeChanges changes = changes_code(engine.options());
  to.byte(changes.keeps_frame_pointers + 2 * changes.has_no_tail_calls);
  const base::Hash128 runtimes = runtime::identity_of_runtimes();
  to.raw(std::as_bytes(std::span(&runtimes, 1)));
  to.raw(subject->request.identity);
  request_.bound = subject->request.bound;
  state_ = state;
}

std::optional<Built> CacheQuery::find(Report& report) {
  Stopwatch watch;
  std::optional<cache::Found> found = cache::find(*state_, request_);
  if (!found) return std::nullopt;
  Built built;
  built.entry = found->facts.entry;
  built.object.functions = std::move(found->facts.functions);
  built.object.bytes = llvm::MemoryBuffer::getMemBufferCopy(
      {reinterpret_cast<const char*>(found->object.data()), found->object.size()}, built.entry);
  const std::vector<frozen::Object>& objects = found->replay.numbering().objects();
  for (std::size_t i = 0; i < objects.size(); ++i)
    built.symbols.push_back({specialize::FrozenPrefix + std::to_string(i), objects[i].begin});
  built.regions = found->replay.regions();
  built.reads = found->replay.reads();
  built.unknown_bound = found->replay.opaque();
  std::string function = std::move(report.function), name = std::move(report.name);
  report = std::move(found->facts.report);
  if (!function.empty()) report.function = std::move(function);
  report.name = std::move(name);  // not that of who compiled it
  report.cached = true;
  report.load_us = watch.lap_us();
  return built;
}

void CacheQuery::keep(const Built& built, const Report& report) {
  llvm::StringRef object = built.object.bytes->getBuffer();
  cache::keep(*state_, request_, log_, {built.entry, built.object.functions, report},
              std::as_bytes(std::span(object.data(), object.size())));
}

}  // namespace inlay::jit
