// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes a program as an executable. Each function is compiled by itself, as in a run; then calls between functions
// that are known are made calls of their code, which LLVM may inline. main, and the table of functions that it hands to
// built.cpp, are built here with LLVM.
#include "commands.h"

#include "built.h"
#include "closures.h"
#include "session.h"
#include "settled.h"

#include <inlay/aot.h>
#include <inlay/inlay.h>
#include <inlay/llvm.h>

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Module.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

namespace lox {
namespace {

/// A site that learns when the executable runs.
struct OpenSite {
  inlay::Mutable<SiteEntries> entries;
  Site::Kind kind = Site::Kind::Searched;

  Site* site() { return reinterpret_cast<Site*>(this); }
};
static_assert(sizeof(OpenSite) == sizeof(Site) && alignof(OpenSite) == alignof(Site), "it is laid out as a Site");

/// A program to be frozen.
struct Prepared {
  Program program;
  std::vector<Statement> bodies;  // of the program's functions
  std::vector<std::unique_ptr<OpenSite>> sites;
  std::unique_ptr<BuiltProgram> built;
};

Prepared prepare(const syntax::Function& script, GlobalNames& globals) {
  Prepared prepared;
  CompileContext context;
  context.settled = settled_functions(script);
  context.new_site = [&] { return prepared.sites.emplace_back(std::make_unique<OpenSite>())->site(); };
  const int clock = globals.index_of("clock");
  prepared.program = compile(script, context);
  // Bodies stay behind: what the executable needs of a function does not lead to closures. And nothing runs it but its
  // compiled code, wherever it is called from.
  for (const auto& function : prepared.program.functions) {
    prepared.bodies.emplace_back().swap(function->body);
    function->direct = nullptr;
    function->code = nullptr;
    function->small = false;
  }
  prepared.built = std::make_unique<BuiltProgram>(BuiltProgram{prepared.program.script(), prepared.program.constants,
                                                               prepared.program.functions.size(),
                                                               static_cast<std::size_t>(globals.count()), clock});
  return prepared;
}

std::string name_of(const char* what, std::size_t index) { return what + std::to_string(index); }

class Builder {
 public:
  Builder(inlay::Unit& unit, const Prepared& prepared)
      : unit_(unit), prepared_(prepared), module_(inlay::module_of(unit)), builder_(module_.getContext()) {}

  inlay::Result<void> build() {
    const auto& functions = prepared_.program.functions;
    for (std::size_t i = 0; i < functions.size(); ++i) {
      INLAY_TRY(llvm::Constant * address, address_of(functions[i].get()));
      INLAY_TRY(llvm::Function * body, add_body(*functions[i], prepared_.bodies[i], i));
      functions_.push_back({address, body, define_code(*body)});
    }
    INLAY_TRY(llvm::Constant * program, address_of(prepared_.built.get()));
    define_main(program);
    connect_calls();
    return {};
  }

 private:
  struct Compiled {
    llvm::Constant* address;
    llvm::Function* body;  // with the arguments of Code but the first
    llvm::Function* code;
  };

  /// The address of a frozen object as the unit's code has it.
  inlay::Result<llvm::Constant*> address_of(const void* object) {
    INLAY_TRY_VOID(inlay::Jit::add_to(unit_, "lox_address", built_address, inlay::constant(object)));
    llvm::Function* function = module_.getFunction("lox_address");
    auto* result = llvm::dyn_cast<llvm::ReturnInst>(function->getEntryBlock().getTerminator());
    auto* address = result ? llvm::dyn_cast<llvm::Constant>(result->getReturnValue()) : nullptr;
    if (!address) return inlay::Error(inlay::ErrorKind::InvalidArgument, "an address of the program is not known");
    function->eraseFromParent();
    return address;
  }

  inlay::Result<llvm::Function*> add_body(const Function& function, const Statement& body, std::size_t index) {
    using namespace std::placeholders;
    inlay::CompileOptions options;
    options.inline_policy = choose_inlining;
    const std::string name = name_of("lox_function_", index);
    INLAY_TRY_VOID(inlay::Jit::add_to_with(options, unit_, name, run_built_for(function.slot_count),
                                           inlay::constant(&function), inlay::constant(&body), _1, _2, _3, _4, _5));
    llvm::Function* made = module_.getFunction(name);
    made->setLinkage(llvm::GlobalValue::InternalLinkage);
    return made;
  }

  /// The body as a Code, for calls that know no better.
  llvm::Function* define_code(llvm::Function& body) {
    std::vector<llvm::Type*> parameters(body.getFunctionType()->params());
    parameters.insert(parameters.begin(), builder_.getPtrTy());
    auto* type = llvm::FunctionType::get(body.getReturnType(), parameters, /*isVarArg=*/false);
    auto* code = llvm::Function::Create(type, llvm::GlobalValue::InternalLinkage, body.getName() + "_code", module_);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "", code));
    std::vector<llvm::Value*> arguments;
    for (llvm::Argument& argument : llvm::drop_begin(code->args())) arguments.push_back(&argument);
    builder_.CreateRet(builder_.CreateCall(&body, arguments));
    return code;
  }

  void define_main(llvm::Constant* program) {
    static_assert(sizeof(BuiltFunction) == 16, "laid out as below");
    std::vector<llvm::Constant*> entries;
    for (const Compiled& function : functions_)
      entries.push_back(llvm::ConstantStruct::getAnon({function.address, function.code}));
    llvm::Constant* entries_value =
        llvm::ConstantArray::get(llvm::ArrayType::get(entries.front()->getType(), entries.size()), entries);
    auto* table = new llvm::GlobalVariable(module_, entries_value->getType(), /*isConstant=*/true,
                                           llvm::GlobalValue::PrivateLinkage, entries_value, "lox_functions");
    llvm::Type* word = builder_.getInt32Ty();
    llvm::Type* pointer = builder_.getPtrTy();
    auto* main = llvm::Function::Create(llvm::FunctionType::get(word, {word, pointer}, /*isVarArg=*/false),
                                        llvm::GlobalValue::ExternalLinkage, "main", module_);
    builder_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "", main));
    const llvm::FunctionCallee run =
        module_.getOrInsertFunction("lox_run_built_program", word, pointer, pointer, builder_.getInt64Ty());
    builder_.CreateRet(builder_.CreateCall(run, {program, table, builder_.getInt64(entries.size())}));
  }

  /// Makes code that reads a known function's `code`, to call it, call what the executable writes there first of all.
  void connect_calls() {
    const llvm::DataLayout& layout = module_.getDataLayout();
    const auto place_of = [&](const llvm::Value* pointer) {
      llvm::APInt offset(64, 0);
      const llvm::Value* object = pointer->stripAndAccumulateConstantOffsets(layout, offset, /*AllowNonInbounds=*/true);
      return std::pair(object, offset.getSExtValue());
    };
    const Function& any = *prepared_.program.script();
    const auto code_at = reinterpret_cast<const char*>(&any.code) - reinterpret_cast<const char*>(&any);
    std::map<std::pair<const llvm::Value*, std::int64_t>, llvm::Function*> codes;
    for (const Compiled& function : functions_) {
      auto [object, offset] = place_of(function.address);
      codes.emplace(std::pair(object, offset + code_at), function.code);
    }
    for (llvm::Function& function : module_) {
      for (llvm::Instruction& instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
        auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
        if (!load || !load->getType()->isPointerTy()) continue;
        const auto code = codes.find(place_of(load->getPointerOperand()));
        if (code == codes.end()) continue;
        load->replaceAllUsesWith(code->second);
        load->eraseFromParent();
      }
    }
  }

  inlay::Unit& unit_;
  const Prepared& prepared_;
  llvm::Module& module_;
  llvm::IRBuilder<> builder_;
  std::vector<Compiled> functions_;
};

int fail(const std::string& message) {
  std::fprintf(stderr, "inlay-lox: %s\n", message.c_str());
  return status_output_error;
}

inlay::Result<void> write_program(const syntax::Function& script, GlobalNames& globals, const std::string& name,
                                  const std::string& output) {
  const inlay::Frozen<Prepared> prepared =
      inlay::freeze([&] { return prepare(script, globals); }, {.name = name, .strength = inlay::Strength::Checked});
  inlay::Unit unit = inlay::Unit::create(name);
  INLAY_TRY_VOID(Builder(unit, *prepared).build());
  inlay::aot::Options options;
  options.strip = true;
  return inlay::aot::write_executable(unit, output, options);
}

}  // namespace

int build(const Source& source, const std::string& output) try {
  GlobalNames globals;
  const Parsed parsed = parse(source.text, globals);
  report(parsed, source.text);
  if (!parsed.script) return status_compile_error;
  std::error_code not_there;
  if (std::filesystem::equivalent(source.name, output, not_there))
    return fail("'" + output + "' is the script; the program needs another name");
  const inlay::Result<void> written = write_program(*parsed.script, globals, source.name, output);
  return written ? 0 : fail(written.error().to_string());
} catch (const std::bad_alloc&) {
  return fail("not enough memory");
}

}  // namespace lox
