// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiles functions of Lua: luaJ_execute, specialized to the function's constants and to the instructions that are
// compiled, all of it or those of a loop.
//
// The function's instructions and its constants are promised not to change. The promise is withdrawn when Lua's
// collector frees the function, and its code goes with it.
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <inlay/inlay.h>

extern "C" {
#include "compiler.h"
}

namespace {

using Code = inlay::Function<int(lua_State*, CallInfo*, StkId)>;

}  // namespace

/// What the compiler knows of a function of Lua: p->jit.
struct luaJ_Function {
  std::string name;
  std::optional<inlay::Promise> instructions, constants;
  // By its first and last instruction; nothing where it was given up.
  std::map<std::pair<const Instruction*, const Instruction*>, std::optional<Code>> code;
};

namespace {

inlay::Jit* jit;
luaJ_Options options;

void complain(const inlay::Error& error) { std::fprintf(stderr, "inlay-lua: %s\n", error.to_string().c_str()); }

/// The function's name in reports and profilers, much as in Lua's tracebacks.
std::string name_of(const Proto& p) {
  std::string source = p.source ? std::string(getstr(p.source), tsslen(p.source)) : "=?";
  const bool is_file = source.starts_with('@') || source.starts_with('=');
  source = is_file ? source.substr(1) : "[string \"" + source.substr(0, source.find('\n')).substr(0, 40) + "\"]";
  return p.linedefined == 0 ? "main chunk of " + source
                            : "function <" + source + ":" + std::to_string(p.linedefined) + ">";
}

template <class T>
std::optional<inlay::Promise> promise(const T* begin, int count, const std::string& name) {
  if (count <= 0) return std::nullopt;
  inlay::Result<inlay::Promise> promised =
      inlay::promise_constant(begin, sizeof(T) * static_cast<std::size_t>(count), name);
  if (promised) return *promised;
  complain(promised.error());
  return std::nullopt;
}

/// Larger pieces stay interpreted: they would take seconds to compile, more than they save.
constexpr std::ptrdiff_t MostInstructions = 1500;

void compile(Proto* p, const Instruction* first, const Instruction* last) try {
  if (!p->jit) {
    auto function = std::make_unique<luaJ_Function>();
    function->name = name_of(*p);
    function->instructions = promise(p->code, p->sizecode, function->name);
    function->constants = promise(p->k, p->sizek, "constants of " + function->name);
    p->jit = function.release();
  }
  luaJ_Function& function = *p->jit;
  if (!function.instructions) return;
  const auto [place, is_new] = function.code.try_emplace({first, last});
  if (!is_new || last - first >= MostInstructions) return;
  const TValue* constants = p->k;  // null if it has none
  using namespace std::placeholders;
  inlay::CompileOptions how;
  how.name = first == p->code && last == p->code + p->sizecode - 1
                 ? function.name
                 : "loop of " + function.name + " from instruction " + std::to_string(first - p->code);
  inlay::Result<Code> code =
      jit->specialize_with(how, luaJ_execute, _1, _2, _3, inlay::constant(luaJ_slots(p, first)),
                           inlay::constant(constants), inlay::constant(first), inlay::constant(last));
  if (!code) return complain(code.error());
  place->second = *code;
  if (options.mode == LUAJ_ON) code->compile_soon();
} catch (const std::bad_alloc&) {
  // The function stays interpreted.
}

luaJ_Code find(const Proto* p, const Instruction* first, const Instruction* last, const void** self) {
  if (!p->jit) return nullptr;
  const auto code = p->jit->code.find({first, last});
  if (code == p->jit->code.end() || !code->second || !code->second->compiled()) return nullptr;
  const auto entry = code->second->entry();
  *self = entry.self;
  return entry.call;
}

void explain(const luaJ_Function& function) {
  for (const auto& [place, code] : function.code) {
    const std::ptrdiff_t instructions = place.second - place.first + 1;
    if (code)
      std::fprintf(stderr, "%s\n", code->explain().to_text().c_str());
    else if (instructions > MostInstructions)
      std::fprintf(stderr, "%s: %td of its instructions are more than the %td that are compiled at a time\n",
                   function.name.c_str(), instructions, MostInstructions);
  }
}

void forget(Proto* p) {
  const std::unique_ptr<luaJ_Function> function(std::exchange(p->jit, nullptr));
  if (options.explain) explain(*function);
  p->run = nullptr;
  if (function->instructions) function->instructions->withdraw();
  if (function->constants) function->constants->withdraw();
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const luaJ_Compiler* luaJ_load(const luaJ_Options* given,
                                                                                 const void* runtime) try {
  options = *given;
  inlay::register_runtime(runtime);
  inlay::JitOptions how;
  how.policy = options.mode == LUAJ_ON ? inlay::Policy::hot() : inlay::Policy::now();
  // Lua is left by exit(), which frees nothing; so this is never destroyed either.
  inlay::Result<inlay::Jit> created = inlay::Jit::create(how);
  if (!created) {
    complain(created.error());
    return nullptr;
  }
  jit = new inlay::Jit(*created);
  static const luaJ_Compiler compiler{compile, find, forget};
  return &compiler;
} catch (const std::bad_alloc&) {
  return nullptr;
}
