// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "session.h"

#include "closures.h"
#include "error.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace lox {
namespace {

template <class T>
T value_or_throw(inlay::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().to_string());
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

}  // namespace

void report(const Parsed& parsed, std::string_view source) {
  for (const Diagnostic& diagnostic : parsed.diagnostics) {
    const std::string text = to_text(diagnostic, source, isatty(STDERR_FILENO) != 0);
    std::fwrite(text.data(), 1, text.size(), stderr);
  }
}

void report_output_error(int error) {
  std::fprintf(stderr, "inlay-lox: cannot write to standard output: %s\n", std::strerror(error));
}

Session::Session(Mode mode, inlay::CompileOptions options) {
  if (mode != Mode::Off) {
    tiers_ = std::make_unique<Tiers>(mode, std::move(options));
    vm_.tier_up = tiers_.get();
  }
  const int clock = globals_.index_of("clock");
  vm_.add(Program(), static_cast<std::size_t>(globals_.count()));
  vm_.define_natives(clock);
}

Session::~Session() = default;

Outcome Session::run(std::string_view source, const std::string& file) {
  const Parsed parsed = parse(source, globals_);
  if (parsed.script) return run(*parsed.script, file);
  report(parsed, source);
  return Outcome::CompileError;
}

Outcome Session::run(const syntax::Function& script, const std::string& file) {
  inlay::GuestSource source;
  CompileContext context;
  context.first_constant = vm_.next_constant();
  context.first_shape = vm_.next_shape();
  context.file = file;
  const Program* program = nullptr;
  if (tiers_) {
    context.new_site = [this] { return tiers_->sites().add(); };
    context.source = &source;
    const auto& frozen = programs_.emplace_back(
        inlay::freeze([&] { return compile(script, context); }, {.name = file, .strength = inlay::Strength::Checked}));
    value_or_throw(inlay::annotate_source(frozen.region(), source));
    value_or_throw(tiers_->add(*frozen));
    program = frozen.get();
  } else {
    context.new_site = [this] { return plain_sites_.add(); };
    program = &plain_programs_.emplace_back(compile(script, context));
  }
  vm_.add(*program, static_cast<std::size_t>(globals_.count()));
  try {
    vm_.run(*program->script());
    vm_.flush();
    return Outcome::Succeeded;
  } catch (const RuntimeError& error) {
    const int output_error = std::fflush(stdout) == 0 ? 0 : errno;
    std::fputs(to_text(error).c_str(), stderr);
    if (output_error != 0) report_output_error(output_error);
    return Outcome::RuntimeError;
  } catch (const OutputError& error) {
    report_output_error(error.error);
    return Outcome::OutputError;
  }
}

}  // namespace lox
