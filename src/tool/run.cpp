// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// inlay run: a program, compiled in this process or interpreted; or by every engine, to compare them (compare.cpp).
#include <dlfcn.h>

#include <cstring>
#include <memory>
#include <optional>
#include <unordered_map>

#include <CLI/CLI.hpp>

#include "base/messages.h"
#include "inlay/ir.h"
#include "inlay/jit.h"
#include "inlay/lower.h"
#include "inlay/runtime.h"
#include "inlay/trap.h"
#include "tool/compare.h"
#include "tool/program.h"
#include "tool/tool.h"

namespace inlay::tool {

namespace {

struct Request {
  ProgramOptions program;
  std::string engine = "jit";
  std::vector<std::string> arguments;  // of the program
};

/// argv, as C programs get it.
class ArgumentVector {
 public:
  explicit ArgumentVector(const Request& request) {
    texts_.push_back(request.program.programs.front());
    texts_.insert(texts_.end(), request.arguments.begin(), request.arguments.end());
    for (std::string& text : texts_) pointers_.push_back(text.data());
    pointers_.push_back(nullptr);
  }
  int count() const { return static_cast<int>(texts_.size()); }
  char** values() { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

Result<int> run_compiled(ir::Module& module, ir::MainForm form, Request& request, Stages& stages) {
  INLAY_TRY(Unit unit, lower(module, {.roots = {"main"}, .stages = &stages}));
  INLAY_TRY(const Jit jit, Jit::create());
  StageClock clock(&stages);
  INLAY_TRY(const Loaded loaded, jit.load(std::move(unit), level_of(request.program)));
  clock.done("compile");
  void* main = loaded.address("main");
  if (!main) return Error(ErrorKind::NotFound, "'@main' was not compiled");
  ArgumentVector arguments(request);
  try {
    // Without parameters it does not look at them, and without a result it leaves something.
    const int status = reinterpret_cast<int (*)(int, char**)>(main)(arguments.count(), arguments.values());
    return form.status ? status : 0;
  } catch (const Trapped& trapped) {
    return trapped.error();
  }
}

/// Where the interpreter finds what the program does not define: in the runtimes, in compiled code for functions that
/// are given as assembly, and where the dynamic linker says.
class NativeSymbols {
 public:
  static Result<NativeSymbols> create(ir::Module& module, const ir::Reach& reach) {
    NativeSymbols symbols;
    LowerOptions options;
    for (ir::FunctionId id : reach.functions) {
      const ir::Function& function = module.functions[id];
      if (function.flags & ir::FunctionAssembly) options.roots.emplace_back(module.text(function.name));
    }
    if (options.roots.empty()) return symbols;
    INLAY_TRY(Unit unit, lower(module, options));
    INLAY_TRY(const Jit jit, Jit::create());
    INLAY_TRY(Loaded loaded, jit.load(std::move(unit), Level::O0));
    for (const std::string& name : options.roots) symbols.assembled_[name] = loaded.address(name);
    symbols.code_ = std::move(loaded);
    return symbols;
  }

  static void* find(void* context, const char* name) {
    const auto& self = *static_cast<const NativeSymbols*>(context);
    if (const auto found = self.assembled_.find(name); found != self.assembled_.end()) return found->second;
    if (void* address = address_in_runtime(name)) return address;
    return ::dlsym(RTLD_DEFAULT, name);
  }

 private:
  std::unordered_map<std::string, void*> assembled_;
  std::optional<Loaded> code_;
};

/// As for compiled code, all that is reached has to be there before anything runs.
Result<void> check_defined(const ir::Module& module, const ir::Reach& reach, NativeSymbols& symbols) {
  std::vector<std::string> missing;
  const auto look_up = [&](ir::StringId id) {
    std::string name(module.text(id));
    if (!NativeSymbols::find(&symbols, name.c_str())) missing.push_back(std::move(name));
  };
  for (ir::FunctionId id : reach.external_functions) look_up(module.functions[id].name);
  for (ir::DataId id : reach.external_data) look_up(module.data[id].name);
  if (missing.empty()) return {};
  return Error(ErrorKind::UndefinedSymbol, base::nothing_defines(std::move(missing)));
}

Result<int> run_interpreted(ir::Module& module, ir::MainForm form, Request& request, Stages& stages) {
  StageClock clock(&stages);
  INLAY_TRY_VOID(ir::verify(module));
  clock.done("verify");
  const ir::FunctionId main{module.find("main").id};
  const ir::Value roots[] = {main};
  INLAY_TRY(const ir::Reach reach, ir::expand(module, roots));
  clock.done("expand", [&] { return ir::print(module, {.locations = false}); });
  INLAY_TRY_VOID(check_externals(module, reach.external_functions));
  INLAY_TRY(NativeSymbols symbols, NativeSymbols::create(module, reach));
  INLAY_TRY_VOID(check_defined(module, reach, symbols));
  INLAY_TRY(ir::Interpreter interpreter,
            ir::Interpreter::create(module, {.find_symbol = &NativeSymbols::find, .context = &symbols}));
  ArgumentVector arguments(request);
  std::vector<ir::Scalar> values;
  if (form.arguments) {
    values.resize(2);
    const int count = arguments.count();
    char** const vector = arguments.values();
    std::memcpy(values[0].bytes, &count, sizeof count);
    std::memcpy(values[1].bytes, &vector, sizeof vector);
  }
  INLAY_TRY(const ir::Scalar result, interpreter.call(main, values));
  std::int32_t status = 0;
  if (form.status) std::memcpy(&status, result.bytes, sizeof status);
  return status;
}

Result<int> run(Request& request) {
  Stages stages = watch(request.program);
  INLAY_TRY_VOID(prepare(request.program, &stages));
  if (!request.program.objects.empty())
    return Error(ErrorKind::InvalidArgument,
                 "'" + request.program.objects.front() +
                     "' is an object; build the program with it, or give runtimes with --runtime");
  StageClock clock(&stages);
  INLAY_TRY(ir::Module module, load_program(request.program));
  clock.done("read", [&] { return ir::print(module, {.locations = false}); });
  INLAY_TRY(const ir::MainForm form, ir::form_of_main(module));
  Result<int> status = request.engine == "interpret" ? run_interpreted(module, form, request, stages)
                                                     : run_compiled(module, form, request, stages);
  Result<void> finished = finish(request.program, stages);
  if (status && !finished) return std::move(finished).error();
  return status;
}

}  // namespace

void add_run_command(CLI::App& app, std::vector<std::string> arguments, int& exit_code) {
  auto request = std::make_shared<Request>();
  CLI::App* command = app.add_subcommand("run", "Run a program, compiled in this process");
  command->footer(
      "What follows -- goes to the program. Examples:\n"
      "  inlay run hello.inlay\n"
      "  inlay run --runtime strings.cpp words.inlay -- one two\n"
      "  inlay run --engine=interpret hello.inlay    as the reference interpreter understands it\n"
      "  inlay run --engine=all hello.inlay          by every engine at every level; 1 if they differ");
  add_program_options(*command, request->program);
  add_level_option(*command, request->program);
  add_stage_options(*command, request->program);
  command->add_option("--engine", request->engine, "jit, interpret, or all to compare them (default: jit)")
      ->check(CLI::IsMember({"jit", "interpret", "all"}));
  command->add_option("--argument", request->arguments, "An argument for the program")
      ->take_all()
      ->allow_extra_args(false);
  command->callback([request, behind = std::move(arguments), &exit_code] {
    request->arguments.insert(request->arguments.end(), behind.begin(), behind.end());
    if (request->engine == "all") {
      exit_code = compare_engines(request->program, request->arguments);
      return;
    }
    const Result<int> status = run(*request);
    exit_code = status ? *status & 0xff : fail_run(status.error());
  });
}

}  // namespace inlay::tool
