// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Compiles all functions of a script into a program (inlay-lua --build). Each function is luaJ_execute, specialized to
// its instructions and constants. What joins them, a main and the table of functions that it hands to built.c, is built
// here with LLVM. Strings among the constants are made when the program starts, so only their kind is known here.
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <inlay/aot.h>
#include <inlay/inlay.h>
#include <inlay/llvm.h>

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

extern "C" {
#include "built.h"
#include "compiler.h"
#include "lauxlib.h"
}

namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "inlay-lua: %s\n", message.c_str());
  return EXIT_FAILURE;
}

struct CloseState {
  void operator()(lua_State* L) const { lua_close(L); }
};

/// Memory that is constant as long as this lives.
class Promised {
 public:
  template <class T>
  static inlay::Result<Promised> make(const T* begin, std::size_t count, const std::string& name) {
    INLAY_TRY(inlay::Promise promise,
              inlay::promise_constant(begin, count * sizeof(T), name, inlay::Strength::Checked));
    return Promised(std::move(promise));
  }
  Promised(Promised&& other) noexcept : promise_(std::exchange(other.promise_, std::nullopt)) {}
  Promised& operator=(Promised&&) = delete;
  ~Promised() {
    if (promise_) promise_->withdraw();
  }

 private:
  explicit Promised(inlay::Promise promise) : promise_(std::move(promise)) {}
  std::optional<inlay::Promise> promise_;
};

/// A function's constants as the program carries them. Those that are filled in when it starts are marked as values
/// that change, so that compiled code reads them.
class Constants {
 public:
  explicit Constants(const Proto& p) : values_(static_cast<std::size_t>(p.sizek)) {
    // The padding of values goes into the file as well, so it must not be what was there before.
    if (!values_.empty()) std::memset(static_cast<void*>(values_.data()), 0, values_.size() * sizeof(TValue));
    for (std::size_t i = 0; i < values_.size(); ++i) {
      values_[i].tt_ = p.k[i].tt_;
      if (luaJ_is_filled_in(&p.k[i]))
        open_.push_back(new (&values_[i].value_) Open(nullptr));
      else if (ttisnumber(&p.k[i]))
        values_[i].value_ = p.k[i].value_;
    }
  }
  // `open_` points into `values_`: a vector that is moved keeps its elements where they are.
  Constants(Constants&&) noexcept = default;
  Constants& operator=(Constants&&) = delete;
  ~Constants() {
    for (Open* open : open_) open->~Open();
  }

  std::size_t count() const { return values_.size(); }
  const TValue* begin() const { return values_.empty() ? nullptr : values_.data(); }

 private:
  using Open = inlay::Mutable<void*>;
  static_assert(sizeof(Open) == sizeof(Value));
  std::vector<TValue> values_;
  std::vector<Open*> open_;
};

struct BuiltFunction {
  Constants constants;
  std::vector<Promised> promised;  // after the constants, so that the promise ends before they do
};

/// The function and those in it, in the order of luaJ_BuiltProgram.
void collect(const Proto* p, std::vector<const Proto*>& into) {
  into.push_back(p);
  for (int i = 0; i < p->sizep; ++i) collect(p->p[i], into);
}

int append(lua_State*, const void* bytes, std::size_t size, void* into) try {
  static_cast<std::string*>(into)->append(static_cast<const char*>(bytes), size);
  return 0;
} catch (const std::bad_alloc&) {
  return 1;
}

std::string name_of(const char* what, std::size_t index) { return what + std::to_string(index); }

inlay::Result<BuiltFunction> add_function(inlay::Unit& unit, const Proto& p, std::size_t index) {
  using namespace std::placeholders;
  BuiltFunction built{Constants(p), {}};
  const Instruction* code = p.code;
  const Instruction* last = code + p.sizecode - 1;
  const TValue* constants = built.constants.begin();
  INLAY_TRY(Promised instructions,
            Promised::make(code, static_cast<std::size_t>(p.sizecode), name_of("function ", index)));
  built.promised.push_back(std::move(instructions));
  if (constants) {
    INLAY_TRY(Promised numbers, Promised::make(constants, built.constants.count(), name_of("constants ", index)));
    built.promised.push_back(std::move(numbers));
  }
  INLAY_TRY_VOID(
      inlay::Jit::add_to(unit, name_of("lua_instructions_", index), luaJ_built_instructions, inlay::constant(code)));
  INLAY_TRY_VOID(
      inlay::Jit::add_to(unit, name_of("lua_constants_", index), luaJ_built_constants, inlay::constant(constants)));
  INLAY_TRY_VOID(inlay::Jit::add_to(unit, name_of("lua_function_", index), luaJ_run_built, _1, _2, _3, _4,
                                    inlay::constant(luaJ_slots(&p, code)), inlay::constant(constants),
                                    inlay::constant(code), inlay::constant(last)));
  return built;
}

class ProgramBuilder {
 public:
  explicit ProgramBuilder(llvm::Module& module)
      : module_(module), builder_(module.getContext()), pointer_(builder_.getPtrTy()), size_(builder_.getInt64Ty()) {}

  /// Defines main: a call of luaJ_run_program with what struct luaJ_BuiltProgram holds.
  void main(const std::string& script, const std::string& bytecode, std::size_t functions) {
    static_assert(sizeof(luaJ_BuiltProgram) == 40 && sizeof(luaJ_BuiltFunction) == 24, "laid out as below");
    llvm::Constant* program =
        constant(llvm::ConstantStruct::getAnon({bytes(script, /*with_zero=*/true), bytes(bytecode, /*with_zero=*/false),
                                                number(bytecode.size()), table(functions), number(functions)}));
    llvm::Type* word = builder_.getInt32Ty();
    auto* type = llvm::FunctionType::get(word, {word, pointer_}, /*isVarArg=*/false);
    auto* main = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "main", module_);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "", main));
    const llvm::FunctionCallee run = module_.getOrInsertFunction("luaJ_run_program", word, word, pointer_, pointer_);
    builder_.CreateRet(builder_.CreateCall(run, {main->getArg(0), main->getArg(1), program}));
  }

 private:
  llvm::Constant* number(std::size_t value) { return llvm::ConstantInt::get(size_, value); }

  llvm::Constant* constant(llvm::Constant* value) {
    return new llvm::GlobalVariable(module_, value->getType(), /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
                                    value, "lua_data");
  }

  llvm::Constant* bytes(const std::string& text, bool with_zero) {
    return constant(llvm::ConstantDataArray::getString(module_.getContext(), text, with_zero));
  }

  llvm::Constant* table(std::size_t functions) {
    std::vector<llvm::Constant*> entries;
    for (std::size_t i = 0; i < functions; ++i)
      entries.push_back(llvm::ConstantStruct::getAnon({module_.getFunction(name_of("lua_instructions_", i)),
                                                       module_.getFunction(name_of("lua_constants_", i)),
                                                       module_.getFunction(name_of("lua_function_", i))}));
    return constant(llvm::ConstantArray::get(llvm::ArrayType::get(entries.front()->getType(), functions), entries));
  }

  llvm::Module& module_;
  llvm::IRBuilder<> builder_;
  llvm::Type* pointer_;
  llvm::Type* size_;
};

/// Links the interpreter's native code, which lies beside inlay-lua. Where that file is missing, the same code is made
/// from the bitcode, which takes seconds.
inlay::aot::Options options_of_program() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path native = self.parent_path() / "inlay-lua-runtime.o";
  inlay::aot::Options options;
  options.strip = true;
  if (error || !std::filesystem::exists(native, error)) return options;
  options.carry_runtimes = false;
  options.libraries = {native.string()};
  return options;
}

inlay::Result<void> write_program(lua_State* L, const char* script, const char* output) {
  std::string bytecode;
  if (lua_dump(L, append, &bytecode, /*strip=*/0) != 0)
    return inlay::Error(inlay::ErrorKind::OutOfMemory, "there is no memory for the script's bytecode");
  std::vector<const Proto*> functions;
  collect(clLvalue(s2v(L->top - 1))->p, functions);

  std::vector<BuiltFunction> built;
  inlay::Unit unit = inlay::Unit::create(script);
  for (std::size_t i = 0; i < functions.size(); ++i) {
    INLAY_TRY(BuiltFunction function, add_function(unit, *functions[i], i));
    built.push_back(std::move(function));
  }
  ProgramBuilder(inlay::module_of(unit)).main(script, bytecode, functions.size());
  return inlay::aot::write_executable(unit, output, options_of_program());
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int luaJ_write(const char* script, const char* output,
                                                                 const void* runtime) try {
  const std::unique_ptr<lua_State, CloseState> state(luaL_newstate());
  if (!state) return fail("cannot create state: not enough memory");
  const bool is_input = std::string(script) == "-";
  if (luaL_loadfilex(state.get(), is_input ? nullptr : script, nullptr) != LUA_OK)
    return fail(lua_tostring(state.get(), -1));
  std::error_code not_there;
  if (!is_input && std::filesystem::equivalent(script, output, not_there))
    return fail("'" + std::string(output) + "' is the script; the program needs another name");
  inlay::register_runtime(runtime);
  const inlay::Result<void> written = write_program(state.get(), script, output);
  return written ? EXIT_SUCCESS : fail(written.error().to_string());
} catch (const std::bad_alloc&) {
  return fail("not enough memory");
}
