// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Both flavours walk the same frontier: look at every declaration that a runtime defines, copy its definition, and look
// at what the copy declared in turn. They differ in where they stop. `Here` copies as available_externally, up to
// limits, and never data that can change (the process's own instance must be used). `Carried` stops only where no
// runtime knows the name; its copies are internal, so that whatever ends up unused goes, and nothing clashes with other
// objects.
#include "codegen/join.h"

#include <map>
#include <set>

#include "codegen/bridge.h"
#include "runtime/cold.h"
#include "runtime/image.h"
#include "runtime/names.h"
#include "runtime/unit.h"

#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

namespace inlay::codegen {

namespace {

/// Instructions of a body that is hardly longer than its call.
constexpr std::uint32_t SmallBody = 40;

/// INLAY_INLINE, or `all`: past LLVM's own idea of what is worth inlining, wherever LLVM can.
void heed_inline_request(llvm::GlobalValue* definition, bool all) {
  auto* function = llvm::dyn_cast_or_null<llvm::Function>(definition);
  if (!function || !(all || function->hasFnAttribute(runtime::InlineAttribute)) ||
      function->hasFnAttribute(llvm::Attribute::NoInline) || function->hasFnAttribute(llvm::Attribute::OptimizeNone))
    return;
  function->addFnAttr(llvm::Attribute::AlwaysInline);
}

/// A function that asks to stay a call.
bool asks_to_stay(const llvm::Function& function) {
  return function.hasFnAttribute(llvm::Attribute::NoInline) || function.hasFnAttribute(runtime::NoInlineAttribute);
}

class Joiner {
 public:
  Joiner(llvm::Module& module, runtime::Bodies& bodies, const JoinOptions& options)
      : module_(module), bodies_(bodies), options_(options) {}

  Result<JoinReport> run();

 private:
  std::vector<llvm::GlobalValue*> frontier();
  bool is_called_where_it_matters(const llvm::GlobalValue& global);
  bool is_within_limits(const llvm::GlobalValue& declaration, const runtime::SymbolRecord& record);
  Result<bool> offer(llvm::GlobalValue& declaration, const runtime::SymbolRef& symbol);
  Result<bool> carry(llvm::GlobalValue& declaration, const runtime::SymbolRef& symbol);
  void run_initializers_of(const runtime::Image& image);
  void count(const runtime::SymbolRecord& record);
  void leave(llvm::StringRef name, const std::string& why) { report_.left.push_back(name.str() + ": " + why); }

  llvm::Module& module_;
  runtime::Bodies& bodies_;
  const JoinOptions& options_;
  JoinReport report_;
  std::set<std::string, std::less<>> seen_;
  std::set<const runtime::Image*> initialized_;
  std::map<const llvm::Function*, runtime::ColdBlocks> cold_;
};

/// Whether some call of a function, or use of a variable, is not in code that is said to be unlikely.
bool Joiner::is_called_where_it_matters(const llvm::GlobalValue& global) {
  return llvm::any_of(global.users(), [&](const llvm::User* user) {
    auto* inst = llvm::dyn_cast<llvm::Instruction>(user);
    if (!inst) return true;
    const llvm::Function& function = *inst->getFunction();
    auto found = cold_.find(&function);
    if (found == cold_.end()) found = cold_.emplace(&function, runtime::cold_blocks(function)).first;
    return !found->second.contains(inst->getParent());
  });
}

/// The declarations not looked at yet, in the module's order: the same unit always gives the same code.
std::vector<llvm::GlobalValue*> Joiner::frontier() {
  std::vector<llvm::GlobalValue*> found;
  for (llvm::GlobalValue& global : module_.global_values()) {
    global.removeDeadConstantUsers();
    if (!global.isDeclaration() || global.getName().starts_with("llvm.") || global.use_empty()) continue;
    if (options_.joined == Joined::Here && !is_called_where_it_matters(global)) continue;
    if (seen_.insert(global.getName().str()).second) found.push_back(&global);
  }
  return found;
}

void Joiner::count(const runtime::SymbolRecord& record) {
  if (record.kind == runtime::SymbolKind::Variable) {
    ++report_.variables;
  } else {
    ++report_.functions;
    report_.instructions += record.instructions;
  }
}

/// The body of a function that does not ask to be inlined wherever it is called.
bool Joiner::is_within_limits(const llvm::GlobalValue& declaration, const runtime::SymbolRecord& record) {
  const llvm::StringRef name = declaration.getName();
  if (record.instructions > options_.body_limit) {
    leave(name, std::to_string(record.instructions) + " instructions");
    return false;
  }
  if (record.instructions > SmallBody &&
      std::uint64_t{record.instructions} * declaration.getNumUses() > options_.copies_limit) {
    leave(name, std::to_string(record.instructions) + " instructions, in " + std::to_string(declaration.getNumUses()) +
                    " places");
    return false;
  }
  if (report_.instructions + record.instructions > options_.total_limit) {
    leave(name, "enough was joined already");
    return false;
  }
  return true;
}

Result<bool> Joiner::offer(llvm::GlobalValue& declaration, const runtime::SymbolRef& symbol) {
  const runtime::SymbolRecord& record = symbol.record();
  llvm::StringRef name = declaration.getName();
  if (record.kind == runtime::SymbolKind::Variable) {
    if (!(record.flags & runtime::Constant) || (record.flags & runtime::ThreadLocal) ||
        record.size > options_.constant_limit)
      return false;
  } else {
    if (!(record.flags & runtime::AsksInline) && !is_within_limits(declaration, record)) return false;
    INLAY_TRY(llvm::Function * body, bodies_.function(std::string_view(name)));
    if (!body) return false;
    if (asks_to_stay(*body)) {
      leave(name, "it asks not to be inlined");
      return false;
    }
  }
  return bodies_.define(declaration, llvm::GlobalValue::AvailableExternallyLinkage);
}

Result<bool> Joiner::carry(llvm::GlobalValue& declaration, const runtime::SymbolRef& symbol) {
  std::string name = declaration.getName().str();
  INLAY_TRY(bool defined, bodies_.define(declaration, llvm::GlobalValue::InternalLinkage));
  if (!defined) {
    auto* function = llvm::dyn_cast<llvm::Function>(&declaration);
    if (!function) return false;
    INLAY_TRY(const bool bridged, bridge(*function, bodies_));
    return bridged ? carry(*module_.getFunction(name), symbol) : Result<bool>(false);
  }
  llvm::GlobalValue* definition = module_.getNamedValue(name);  // define() may have made it anew
  if (!definition) return false;
  definition->setLinkage(llvm::GlobalValue::InternalLinkage);
  definition->setVisibility(llvm::GlobalValue::DefaultVisibility);  // the only one that internal ones may have
  definition->setDSOLocal(true);
  if (auto* object = llvm::dyn_cast<llvm::GlobalObject>(definition)) object->setComdat(nullptr);
  bool data = symbol.record().kind == runtime::SymbolKind::Variable && !(symbol.record().flags & runtime::Constant);
  if (data) run_initializers_of(*symbol.image);
  return true;
}

/// A variable may have its value from a static initializer, which the runtime's own object runs in this process and
/// nobody would run in another. Which of them belongs to which variable is not known, so all run; at O1 and above LLVM
/// evaluates those it can, and drops those without effect.
void Joiner::run_initializers_of(const runtime::Image& image) {
  if (!initialized_.insert(&image).second) return;
  std::string name = std::string(image.name()) + ".inlay.ctors";
  std::optional<runtime::SymbolRef> symbol = runtime::find_symbol(name);
  if (!symbol || !(symbol->record().flags & runtime::Defined)) return;  // it has none
  if (module_.getFunction(name)) return;
  auto* type = llvm::FunctionType::get(llvm::Type::getVoidTy(module_.getContext()), false);
  llvm::Function* all = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, name, &module_);
  llvm::appendToGlobalCtors(module_, all, 65535);
}

Result<JoinReport> Joiner::run() {
  bool carried = options_.joined == Joined::Carried;
  for (std::uint32_t depth = 0; carried || depth < options_.depth_limit; ++depth) {
    std::vector<llvm::GlobalValue*> next = frontier();
    if (next.empty()) break;
    for (llvm::GlobalValue* declaration : next) {
      std::string name = declaration->getName().str();  // define() may replace the declaration
      std::optional<runtime::SymbolRef> symbol = runtime::find_symbol(name);
      bool defined = symbol && (symbol->record().flags & runtime::Defined);
      if (defined) {
        INLAY_TRY(bool copied, carried ? carry(*declaration, *symbol) : offer(*declaration, *symbol));
        if (copied) {
          heed_inline_request(module_.getNamedValue(name), options_.inline_all);
          count(symbol->record());
          continue;
        }
      }
      if (carried && !declaration->hasExternalWeakLinkage()) report_.undefined.push_back(name);
    }
  }
  return std::move(report_);
}

}  // namespace

Result<JoinReport> join(llvm::Module& module, runtime::Bodies& bodies, const JoinOptions& options) {
  return Joiner(module, bodies, options).run();
}

Result<JoinReport> join(Unit& unit, const JoinOptions& options) {
  return join(*unit.state().module, unit.state().workspace->bodies, options);
}

}  // namespace inlay::codegen
