// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir_text.h"

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/embed/image_writer.h"
#include "runtime/embed/resume.h"
#include "runtime/markers.h"
#include "runtime/registration.h"
#include "runtime/unit.h"
#include "specialize/analyse.h"
#include "specialize/declare.h"
#include "specialize/emit.h"
#include "specialize/explain.h"
#include "specialize/specialize.h"
#include "specialize/tracked_state.h"
#include "specialize/virtual_state.h"
#include "specialize/working_copy.h"

#include <llvm/AsmParser/Parser.h>
#include <llvm/FileCheck/FileCheck.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>

namespace inlay::specialize {

namespace {

/// A module as a runtime of this process. Its variables have room at addresses of their own, but no contents there.
class Registered {
 public:
  explicit Registered(llvm::Module& module) {
    runtime::WrittenImage image = runtime::write_image(module, "ir");
    bytes_ = std::move(image.bytes);
    constexpr std::size_t Step = 4096;
    places_ = std::make_unique<std::byte[]>((image.symbols.size() + 1) * Step);
    auto first = (reinterpret_cast<std::uintptr_t>(places_.get()) + Step - 1) / Step * Step;
    for (std::size_t i = 0; i < image.symbols.size(); ++i) {
      bool nowhere = image.symbols[i]->hasExternalWeakLinkage();
      addresses_.push_back(nowhere ? nullptr : reinterpret_cast<const void*>(first + i * Step));
    }
    descriptor_ = {bytes_.data(), bytes_.size(), addresses_.data(), addresses_.size()};
    inlay_register_runtime(&descriptor_);
  }
  Registered(const Registered&) = delete;
  ~Registered() { inlay_unregister_runtime(&descriptor_); }

 private:
  std::vector<std::byte> bytes_;
  std::unique_ptr<std::byte[]> places_;
  std::vector<const void*> addresses_;
  runtime::RuntimeDescriptor descriptor_;
};

// ---- RUN lines ----

/// `specialize @f(i32 3, _) contexts=2`
struct Command {
  std::string line, what, function;
  std::vector<std::string> arguments;
  std::map<std::string, unsigned> limits;
};

std::vector<std::string> split_arguments(llvm::StringRef text) {
  std::vector<std::string> parts;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    char c = i < text.size() ? text[i] : ',';
    depth += (c == '(' || c == '[' || c == '<' || c == '{') - (c == ')' || c == ']' || c == '>' || c == '}');
    if (c != ',' || (depth != 0 && i < text.size())) continue;
    if (llvm::StringRef part = text.slice(begin, i).trim(); !part.empty()) parts.push_back(part.str());
    begin = i + 1;
  }
  return parts;
}

std::optional<Command> parse_command(llvm::StringRef line) {
  Command command;
  command.line = line.str();
  auto [what, rest] = line.split(' ');
  command.what = what.str();
  rest = rest.trim();
  if (!rest.consume_front("@")) return std::nullopt;
  command.function = rest.take_until([](char c) { return c == '(' || c == ' '; }).str();
  rest = rest.drop_front(command.function.size());
  if (rest.consume_front("(")) {
    int depth = 1;
    std::size_t end = 0;
    for (; end < rest.size() && depth > 0; ++end) depth += (rest[end] == '(') - (rest[end] == ')');
    if (depth > 0) return std::nullopt;
    command.arguments = split_arguments(rest.take_front(end - 1));
    rest = rest.drop_front(end);
  }
  llvm::SmallVector<llvm::StringRef, 4> limits;
  rest.split(limits, ' ', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef limit : limits) {
    auto [name, value] = limit.split('=');
    if (value.getAsInteger(10, command.limits[name.str()])) return std::nullopt;
  }
  return command;
}

// ---- printing ----

std::string text_of(const llvm::Value& value) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  value.print(stream);
  return text;
}

std::string as_operand(const llvm::Value& value, bool with_type = true) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  value.printAsOperand(stream, with_type);
  return text;
}

class Run {
 public:
  Run(llvm::Module& source, runtime::Workspace& workspace)
      : source_(source), unit_(runtime::new_module(workspace.context, "unit")), symbols_(*unit_, workspace.bodies) {}

  Outcome run(const Command& command) {
    out_ << "==== " << command.line << "\n";
    llvm::Function* function = source_.getFunction(command.function);
    if (!function || function->isDeclaration()) return complain("no function @" + command.function);
    if (!read_arguments(command, *function)) return std::move(outcome_);
    limits_ = command.limits;
    if (command.what == "fold")
      fold_each(*function);
    else if (command.what == "analyse" || command.what == "specialize")
      evaluate(command, *function);
    else if (command.what == "compile")
      compile(*function);
    else if (command.what == "virtual-state")
      virtual_state(*function);
    else if (command.what == "tracked-state")
      tracked_state(*function);
    else
      return complain("no command " + command.what);
    for (const auto& [name, value] : limits_) complain("no limit " + name + " for " + command.what);
    for (const llvm::GlobalVariable& variable : unit_->globals())
      if (variable.getName().starts_with("inlay.placeholder")) complain("a placeholder is left");
    return std::move(outcome_);
  }

 private:
  Outcome complain(const std::string& what) {
    outcome_.complaint += what + "\n";
    return outcome_;
  }

  bool read_arguments(const Command& command, const llvm::Function& function) {
    if (command.what == "fold" || command.what == "virtual-state" || command.what == "tracked-state") return true;
    if (command.arguments.size() != function.arg_size()) {
      complain("@" + command.function + " takes other arguments");
      return false;
    }
    for (unsigned i = 0; i < command.arguments.size(); ++i) {
      known_.push_back(nullptr);
      if (command.arguments[i] == "_") continue;
      llvm::SMDiagnostic diagnostic;
      llvm::Constant* constant = llvm::StringRef(command.arguments[i]).starts_with("ptr @")
                                     ? address(command.arguments[i])
                                     : llvm::parseConstantValue(command.arguments[i], diagnostic, source_);
      if (!constant || constant->getType() != function.getArg(i)->getType()) {
        complain("not an argument: " + command.arguments[i] + ": " + diagnostic.getMessage().str());
        return false;
      }
      known_.back() = runtime::map_constant(*unit_, constant);
    }
    return true;
  }

  /// `ptr @program`, `ptr @program+8`
  llvm::Constant* address(llvm::StringRef text) {
    auto [name, distance] = text.drop_front(5).split('+');
    std::uint64_t offset = 0;
    llvm::GlobalValue* symbol = source_.getNamedValue(name);
    if (!symbol || (!distance.empty() && distance.getAsInteger(10, offset))) return nullptr;
    if (offset == 0) return symbol;
    auto* word = llvm::Type::getInt64Ty(source_.getContext());
    return llvm::ConstantExpr::getGetElementPtr(llvm::Type::getInt8Ty(source_.getContext()), symbol,
                                                llvm::ConstantInt::get(word, offset));
  }

  /// The limit of that name, or what there is otherwise.
  void limit(const char* name, unsigned& value) {
    if (auto found = limits_.extract(name)) value = found.mapped();
  }

  void verify(llvm::Function& function) {
    std::string mistake;
    llvm::raw_string_ostream stream(mistake);
    if (llvm::verifyFunction(function, &stream)) complain(mistake);
  }

  // ---- fold ----

  void fold_each(llvm::Function& function) {
    Facts facts(function);
    Environment environment(facts, symbols_, /*follow_memory=*/false);
    for (llvm::BasicBlock* block : facts.blocks) {
      environment.enter({}, /*guarded=*/false, NoContext);
      for (llvm::Instruction& inst : *block) {
        if (llvm::isa<llvm::PHINode>(inst) || inst.getType()->isVoidTy()) continue;
        llvm::Constant* value = environment.step(inst);
        out_ << as_operand(inst, false) << " = " << (value ? as_operand(*value) : "stays") << "\n";
      }
    }
  }

  // ---- analyse, specialize ----

  Limits limits() {
    Limits limits;
    limit("copies", limits.copies_per_block);
    limit("nodes", limits.nodes);
    limit("instructions", limits.instructions);
    limit("versions", limits.versions);
    limit("contexts", limits.contexts);
    limit("exit", limits.exit_at_context);
    limit("places", limits.places_tried);
    limit("promoted", limits.values_promoted);
    return limits;
  }

  /// As specialize.cpp does: the working copy takes in what the analysis asks for.
  void evaluate(const Command& command, llvm::Function& source) {
    const Limits most = limits();
    Result<llvm::Function*> found = symbols_.bodies().function(std::string_view(source.getName()));
    if (!found || !*found) {
      complain("the runtime does not have it");
      return;
    }
    llvm::Function& original = **found;
    auto finish = [&](Environment& environment, const Analysis& analysis) {
      if (command.what == "analyse")
        print_nodes(environment, analysis);
      else
        print_function(environment, analysis, original);
    };
    if (!needs_working_copy(original)) {
      Facts facts(original);
      Environment environment(facts, symbols_, /*follow_memory=*/false);
      finish(environment, analyse(environment, known_, most));
      return;
    }
    WorkingCopy copy(symbols_, original);
    for (bool more = true; more;) {
      more = false;
      Wanted wanted;
      {
        Facts facts(copy.function());
        Environment environment(facts, symbols_, /*follow_memory=*/true);
        wanted = copy.look(analyse(environment, known_, most), environment);
      }
      for (llvm::Function* handler : wanted.handlers) out_ << "wants handler @" << handler->getName() << "\n";
      for (auto& [call, body] : wanted.bodies) out_ << "wants body @" << body->getName() << "\n";
      more = !wanted.empty() && copy.take_in(wanted);
    }
    Facts facts(copy.function());
    Environment environment(facts, symbols_, /*follow_memory=*/true);
    finish(environment, analyse(environment, known_, most));
  }

  void print_function(Environment& environment, const Analysis& analysis, llvm::Function& original) {
    llvm::Function* into = declare_specialized(*unit_, original, known_, original.getName() + ".special");
    for (unsigned i = 0, next = 0; i < known_.size(); ++i)
      if (!known_[i]) into->getArg(next++)->setName(original.getArg(i)->getName());
    Emitted emitted = emit(environment, analysis, known_, *into);
    verify(*into);
    out_ << text_of(*into);
    out_ << "folded: " << emitted.folded_loads << " loads, " << emitted.folded_values << " values, "
         << emitted.folded_branches << " branches\n";
    print_summary(analysis);
  }

  std::string context_text(const Analysis& analysis, ContextId id) {
    if (id == NoContext) return "no context";
    return id == NoPlace ? "no place" : as_operand(*analysis.contexts[id]);
  }

  void print_summary(const Analysis& analysis) {
    out_ << "contexts: " << analysis.contexts.size() - 2 << ", pins: " << analysis.pins
         << (analysis.capped ? ", capped" : "") << "\n";
    static const std::map<ExitCause, const char*> causes = {{ExitCause::UnknownContext, "unknown context"},
                                                            {ExitCause::TooManyContexts, "too many contexts"},
                                                            {ExitCause::TooManyInstructions, "too many instructions"},
                                                            {ExitCause::AskedFor, "asked for"}};
    for (const Exit& exit : analysis.exits)
      out_ << "exit: " << causes.at(exit.cause) << (exit.context ? ", " + as_operand(*exit.context) : "") << "\n";
  }

  void print_nodes(Environment& environment, const Analysis& analysis) {
    std::map<unsigned, std::size_t> position;
    for (std::size_t i = 0; i < analysis.order.size(); ++i) position[analysis.order[i]] = i;
    const Facts& facts = environment.facts();
    auto list = [&](const Known& known) {
      std::string text;
      for (const auto& [number, value] : known) {
        text += text.empty() ? "" : ", ";
        text += environment.is_cell(number) ? "cell" : as_operand(*facts.values[number], false);
        text += " = " + as_operand(*value);
      }
      return "(" + text + ")";
    };
    auto target = [&](int node) { return node < 0 ? "-" : std::to_string(position[static_cast<unsigned>(node)]); };
    for (std::size_t i = 0; i < analysis.order.size(); ++i) {
      const Node& node = analysis.nodes[analysis.order[i]];
      out_ << i << ": " << facts.blocks[node.block]->getName() << ", " << context_text(analysis, node.context)
           << ", pins " << list(node.pins) << ", known " << list(node.in) << " ->";
      for (int successor : node.successors) out_ << " " << target(successor);
      for (const auto& [place, next] : node.places) out_ << " [" << as_operand(*place) << " -> " << target(next) << "]";
      out_ << (node.exits ? " exits" : "") << "\n";
    }
    print_summary(analysis);
  }

  // ---- compile ----

  void compile(llvm::Function& source) {
    CompileOptions options;
    limit("instructions", options.max_instructions);
    limit("depth", options.max_depth);
    limit("rounds", options.max_rounds);
    limit("contexts", options.max_contexts);
    limit("versions", options.max_versions);
    limit("exit", options.leave_at_context);
    llvm::SmallVector<llvm::Type*, 8> types;
    for (unsigned i = 0; i < known_.size(); ++i)
      if (!known_[i]) types.push_back(source.getArg(i)->getType());
    auto* entry = llvm::Function::Create(llvm::FunctionType::get(source.getReturnType(), types, false),
                                         llvm::GlobalValue::ExternalLinkage, "entry", *unit_);
    auto* declared = llvm::cast<llvm::Function>(runtime::declare_in(*unit_, source));
    llvm::IRBuilder<> builder(llvm::BasicBlock::Create(unit_->getContext(), "", entry));
    llvm::SmallVector<llvm::Value*, 8> arguments;
    unsigned next = 0;
    for (unsigned i = 0; i < known_.size(); ++i) {
      arguments.push_back(known_[i] ? static_cast<llvm::Value*>(known_[i]) : entry->getArg(next++));
      if (!known_[i]) arguments.back()->setName(FreeArgument + std::to_string(i + 1));
    }
    llvm::CallInst* call = builder.CreateCall(declared, arguments);
    call->setCallingConv(declared->getCallingConv());
    if (call->getType()->isVoidTy())
      builder.CreateRetVoid();
    else
      builder.CreateRet(call);
    Report report;
    if (Result<void> done = specialize::specialize(symbols_, *entry, options, report); !done)
      complain(done.error().message());
    for (llvm::Function& function : *unit_) {
      if (function.isDeclaration()) continue;
      verify(function);
      out_ << text_of(function);
    }
    for (const GuestInstruction& guest : report.guest)
      out_ << "guest: at " << guest.at << ", opcode " << guest.opcode << ", " << guest.copies << " blocks\n";
    for (const Remark& remark : report.remarks)
      out_ << "remark: [" << to_string(remark.kind) << "] " << remark.callee << ": " << remark.reason << "\n";
  }

  // ---- virtual state ----

  void virtual_state(llvm::Function& source) {
    llvm::Function* function =
        llvm::Function::Create(source.getFunctionType(), llvm::GlobalValue::ExternalLinkage, source.getName(), *unit_);
    runtime::copy_body(*function, source);
    unsigned slots = hold_virtual_state(*function);
    verify(*function);
    out_ << "slots: " << slots << "\n" << text_of(*function);
  }

  void tracked_state(llvm::Function& source) {
    llvm::Function* function =
        llvm::Function::Create(source.getFunctionType(), llvm::GlobalValue::ExternalLinkage, source.getName(), *unit_);
    runtime::copy_body(*function, source);
    mark_tracked_state(*function);
    verify(*function);
    out_ << text_of(*function);
  }

  llvm::Module& source_;
  std::unique_ptr<llvm::Module> unit_;
  Symbols symbols_;
  std::vector<llvm::Constant*> known_;
  std::map<std::string, unsigned> limits_;
  Outcome outcome_;
  llvm::raw_string_ostream out_{outcome_.text};
};

}  // namespace

Outcome run_file(const std::string& text) {
  Outcome outcome;
  runtime::Workspace workspace;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, diagnostic, workspace.context);
  if (!module) return {"", diagnostic.getMessage().str()};
  module->setTargetTriple(llvm::Triple(runtime::HostTriple));
  module->setDataLayout(runtime::HostDataLayout);
  runtime::describe_markers(*module);

  std::vector<std::string> commands;
  bool embed = false;
  llvm::SmallVector<llvm::StringRef, 64> lines;
  llvm::StringRef(text).split(lines, '\n');
  for (llvm::StringRef line : lines) {
    embed |= line.trim() == "; EMBED";
    if (line.consume_front("; RUN: ")) commands.push_back(line.trim().str());
  }
  if (commands.empty()) return {"", "no RUN line"};
  std::string mistake;
  llvm::raw_string_ostream stream(mistake);
  if (llvm::verifyModule(*module, &stream)) return {"", mistake};
  if (embed) runtime::add_resume_functions(*module);

  Registered registered(*module);
  for (const std::string& line : commands) {
    std::optional<Command> command = parse_command(line);
    if (!command) return {outcome.text, "not understood: " + line};
    Outcome one = Run(*module, workspace).run(*command);
    outcome.text += one.text;
    outcome.complaint += one.complaint;
  }
  return outcome;
}

std::string compare_with_checks(const std::string& file, const std::string& output) {
  std::string complaint;
  llvm::SourceMgr sources;
  sources.setDiagHandler(
      [](const llvm::SMDiagnostic& diagnostic, void* into) {
        llvm::raw_string_ostream stream(*static_cast<std::string*>(into));
        diagnostic.print("", stream, /*ShowColors=*/false);
      },
      &complaint);
  llvm::FileCheckRequest request;
  request.CheckPrefixes = {"CHECK"};
  request.IsDefaultCheckPrefix = true;
  request.EnableVarScope = true;
  llvm::FileCheck check(request);
  check.ValidateCheckPrefixes();
  // FileCheck wants its texts in buffers of the source manager, with blanks in a row made one.
  auto add = [&](const std::string& text, const char* name) {
    std::unique_ptr<llvm::MemoryBuffer> whole = llvm::MemoryBuffer::getMemBufferCopy(text, name);
    llvm::SmallString<4096> canonical;
    llvm::StringRef shown = check.CanonicalizeFile(*whole, canonical);
    unsigned id = sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBufferCopy(shown, name), llvm::SMLoc());
    return sources.getMemoryBuffer(id)->getBuffer();
  };
  llvm::StringRef checks = add(file, "checks"), text = add(output, "output");
  if (check.readCheckFile(sources, checks) || !check.checkInput(sources, text))
    return complaint.empty() ? "the checks do not hold" : complaint;
  return "";
}

}  // namespace inlay::specialize
