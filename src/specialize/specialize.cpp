// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The recipe:
//
//   look at the calls of the entry ─► a declaration for each (callee, known arguments) ─► fill it: analyse, emit
//         ▲                                                        its own calls are looked at in turn ─┘
//         │
//         │  until no call is left that would become a specialized one
//         │
//   clean up ◄─ put together: inline
//
// A call back with the same known arguments finds the declaration that is there already, so recursion and cyclic
// graphs of closures end by themselves. Another round is needed only where a value comes back from a callee or
// through memory: after inlining and cleaning up it is known.
#include "specialize/specialize.h"

#include <algorithm>
#include <tuple>

#include "runtime/cold.h"
#include "runtime/markers.h"
#include "specialize/analyse.h"
#include "specialize/callees.h"
#include "specialize/declare.h"
#include "specialize/emit.h"
#include "specialize/explain.h"
#include "specialize/inline.h"
#include "specialize/locations.h"
#include "specialize/tracked_state.h"
#include "specialize/virtual_state.h"
#include "specialize/working_copy.h"

#include <llvm/Analysis/AliasAnalysis.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

namespace inlay::specialize {

namespace {

class Specializer {
 public:
  Specializer(Symbols& symbols, llvm::Function& entry, const CompileOptions& options, Report& report, bool debug_lines)
      : symbols_(symbols),
        entry_(&entry),
        options_(options),
        report_(report),
        callees_(symbols, options),
        debug_lines_(debug_lines) {}

  Result<void> run() {
    if (options_.explain_code || debug_lines_)
      give_artificial_scope(*entry_, report_.name.empty() ? report_.function + " [clone .inlay]" : report_.name,
                            debug_lines_);
    look_at_calls(*entry_, 0);
    callees_.keep_ways_out();
    std::vector<llvm::Function*> kept;
    for (;;) {
      fill_declarations();
      if (symbols_.is_outdated())
        return Error(ErrorKind::Changed, "what the function reads has gone while it was compiled");
      if (!mistake_.empty()) return Error(ErrorKind::Codegen, "the specialized code is wrong: " + mistake_);
      kept = inline_callees(*entry_, callees_, options_.max_instructions, report_.inlined);
      ++report_.rounds;
      if (report_.rounds >= options_.max_rounds ||
          !std::any_of(kept.begin(), kept.end(), [this](llvm::Function* f) { return may_gain(*f); }))
        break;
      clean_up(kept);
      bool progress = false;
      for (llvm::Function* function : kept) {
        progress |= look_again(*function);
        if (symbols_.is_outdated()) break;
      }
      if (!progress && !symbols_.is_outdated()) break;
    }
    drop_unused(kept);
    for (llvm::Function* function : kept) {
      hold_virtual_state(*function);
      mark_tracked_state(*function);
      runtime::strip_markers(*function);
    }
    std::sort(nodes_.begin(), nodes_.end(),
              [](const auto& a, const auto& b) { return std::tie(a.at, a.number) < std::tie(b.at, b.number); });
    report_.guest.insert(report_.guest.end(), nodes_.begin(), nodes_.end());
    report_.specialized = static_cast<unsigned>(callees_.size());
    for (llvm::Function* function : kept) {
      report_.instructions += function->getInstructionCount();
      explain_calls(*function, symbols_, callees_, report_);
      explain_stores(*function, symbols_, report_);
    }
    return {};
  }

 private:
  unsigned depth_of(llvm::Function& function) {
    Callee* callee = callees_.find(&function);
    return callee ? callee->depth : 0;
  }

  /// Redirects each call that is worth a specialized function. True if there was one.
  bool look_at_calls(llvm::Function& function, unsigned depth) {
    std::vector<llvm::CallBase*> calls;
    const runtime::ColdBlocks cold = runtime::cold_blocks(function);
    for (llvm::Instruction& inst : llvm::instructions(function))
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
          call && !llvm::isa<llvm::IntrinsicInst>(call) && !cold.contains(call->getParent()))
        calls.push_back(call);
    bool any = false;
    for (llvm::CallBase* call : calls) {
      Decision decision = callees_.decide(*call, depth);
      if (decision.kind == Remark::Kind::AskedFor) call->setIsNoInline();  // not by LLVM's inliner either
      if (!decision.callee) continue;
      redirect(*call, *decision.callee);
      any = true;
    }
    return any;
  }

  void fill_declarations() {
    for (std::vector<Callee*> fresh = callees_.take_new(); !fresh.empty(); fresh = callees_.take_new()) {
      for (Callee* callee : fresh) {
        evaluate(*callee->original, callee->known, *callee->function);
        if (symbols_.is_outdated()) return;  // and the function has no body
        callees_.settle(*callee, callee->function->getInstructionCount());
        look_at_calls(*callee->function, callee->depth);
      }
    }
  }

  void evaluate(llvm::Function& original, llvm::ArrayRef<llvm::Constant*> known, llvm::Function& into) {
    if (!needs_working_copy(original)) {
      // The same for each specialization of a function of a runtime; those of the unit change.
      std::optional<Facts> own;
      const bool lasts = original.getParent() != &symbols_.unit();
      const Facts& facts = lasts ? facts_.try_emplace(&original, original).first->second : own.emplace(original);
      Environment environment(facts, symbols_, /*follow_memory=*/false);
      Analysis analysis = analyse(environment, known, limits());
      if (!symbols_.is_outdated()) finish(original, environment, analysis, known, into);
      return;
    }
    WorkingCopy copy(symbols_, original);
    for (;;) {
      Facts facts(copy.function());
      Wanted wanted;
      {
        Environment environment(facts, symbols_, /*follow_memory=*/true);
        Analysis analysis = analyse(environment, known, limits());
        if (symbols_.is_outdated()) return;
        wanted = copy.look(analysis, environment);
        if (wanted.empty()) {
          finish(original, environment, analysis, known, into);
          return;
        }
        report_.work += environment.work();
      }
      if (copy.take_in(wanted)) continue;
      Environment environment(facts, symbols_, /*follow_memory=*/true);
      Analysis analysis = analyse(environment, known, limits());
      if (!symbols_.is_outdated()) finish(original, environment, analysis, known, into);
      return;
    }
  }

  /// What may be spent on restarts where they cost many times the first attempt: once, not for each function.
  static constexpr std::uint64_t MostFreeWork = 500'000;

  Limits limits() const {
    return {.instructions = callees_.instructions_left(),
            .versions = options_.max_versions,
            .contexts = options_.max_contexts,
            .exit_at_context = options_.leave_at_context,
            .free_work = std::max(MostFreeWork / 16, MostFreeWork - std::min(MostFreeWork, report_.work))};
  }

  void finish(llvm::Function& original, Environment& environment, const Analysis& analysis,
              llvm::ArrayRef<llvm::Constant*> known, llvm::Function& into) {
    const auto places = static_cast<unsigned>(analysis.contexts.size()) - (NoPlace + 1);
    const unsigned first_guest = guests_ + 1;
    std::vector<GuestPlace> sources;
    std::optional<PlacedNode> placed;
    std::optional<std::uint32_t> node;
    if (places > 0)
      sources = places_of_contexts(environment, analysis);
    else if ((placed = node_with_place(symbols_, original, known)))
      sources.push_back(placed->place);
    // Several functions may be specialized for a node that has a place: what std::function calls, and the closure.
    GuestInstruction* again = nullptr;
    if (options_.explain_code && places == 0) {
      // Where nodes have places, what has none counts with the node that it works for.
      if (placed || placed_nodes_.empty()) node = node_of(environment.facts().function, known, symbols_);
      if (!node && placed) {
        node = placed->object;
        const auto [index, is_new] = placed_nodes_.try_emplace(placed->address, nodes_.size());
        if (!is_new) again = &nodes_[index->second];
      }
    }
    const unsigned node_number = again ? again->number : first_guest;
    auto first_source =
        std::find_if(sources.begin(), sources.end(), [](const GuestPlace& at) { return at.has_value(); });
    if (options_.explain_code && (places > 0 || node))
      give_guest_scope(into);
    else if (debug_lines_ && first_source != sources.end())
      give_guest_function(into, *(*first_source)->function);
    const GuestNumbers numbers{first_guest, node ? node_number : runtime::NoGuest, std::move(sources)};
    Emitted emitted = emit(environment, analysis, known, into, numbers);
    guests_ += places + (node && !again);
    report_.work += environment.work();
    // Interpreters make large and tangled graphs. Wrong code would make LLVM's passes fall over; a check costs little.
    llvm::raw_string_ostream stream(mistake_);
    if (analysis.contexts.size() > 2) llvm::verifyFunction(into, &stream);
    report_.folded_loads += emitted.folded_loads;
    report_.folded_values += emitted.folded_values;
    report_.folded_branches += emitted.folded_branches;
    explain_exits(analysis, symbols_, original, report_);
    explain_program(analysis, emitted, symbols_, original, numbers, report_);
    if (node) add_node(again, explain_node(*node, emitted, original, numbers), placed && placed->through_function);
    if (analysis.capped && analysis.contexts.size() == 2)
      report_.remarks.push_back({Remark::Kind::Budget, readable(original.getName()),
                                 "a loop over frozen data is too long to be unrolled; it stays a loop",
                                 place_of(original)});
  }

  /// `again`: what was said of the same node before, or null.
  void add_node(GuestInstruction* again, GuestInstruction node, bool through_function) {
    if (!again) {
      nodes_.push_back(std::move(node));
      return;
    }
    // The closure's own function is what its author knows.
    if (!through_function) {
      again->interpreter = std::move(node.interpreter);
      again->handler = std::move(node.handler);
    }
    again->instructions += node.instructions;
    again->copies += node.copies;
  }

  /// Whether something in `function` could still become known: a target, or the arguments of a call.
  bool may_gain(llvm::Function& function) {
    for (llvm::Instruction& inst : llvm::instructions(function)) {
      auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
      if (!call || llvm::isa<llvm::IntrinsicInst>(call)) continue;
      if (call->isIndirectCall() && !call->hasFnAttr(LeavesAttribute)) return true;
    }
    return false;
  }

  void clean_up(const std::vector<llvm::Function*>& functions) {
    for (llvm::Function* function : functions) explain_stores(*function, symbols_, report_);
    llvm::PassBuilder builder;
    llvm::LoopAnalysisManager loop_analyses;
    llvm::FunctionAnalysisManager function_analyses;
    llvm::CGSCCAnalysisManager scc_analyses;
    llvm::ModuleAnalysisManager module_analyses;
    builder.registerModuleAnalyses(module_analyses);
    builder.registerCGSCCAnalyses(scc_analyses);
    builder.registerFunctionAnalyses(function_analyses);
    builder.registerLoopAnalyses(loop_analyses);
    builder.crossRegisterProxies(loop_analyses, function_analyses, scc_analyses, module_analyses);
    llvm::FunctionPassManager passes;
    passes.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::SimplifyCFGPass());
    for (llvm::Function* function : functions) passes.run(*function, function_analyses);
  }

  /// Evaluates a function of the unit again, now that more of it is in one place. True if a call gained.
  bool look_again(llvm::Function& function) {
    if (!why_not_evaluable(function).empty()) return false;
    std::vector<llvm::Constant*> nothing_known(function.arg_size());
    llvm::Function* again = declare_specialized(symbols_.unit(), function, nothing_known, "");
    evaluate(function, nothing_known, *again);
    if (symbols_.is_outdated()) return false;
    move_body(*again, function);
    // What stands in the entry by now came from what it called.
    return look_at_calls(function, std::max(1u, depth_of(function)));
  }

  /// The new body goes into the function that callers know.
  static void move_body(llvm::Function& from, llvm::Function& into) {
    llvm::GlobalValue::LinkageTypes linkage = into.getLinkage();
    llvm::Constant* personality = from.hasPersonalityFn() ? from.getPersonalityFn() : nullptr;
    into.deleteBody();
    into.setLinkage(linkage);
    if (personality) into.setPersonalityFn(personality);
    into.splice(into.begin(), &from);
    for (unsigned i = 0; i < into.arg_size(); ++i) from.getArg(i)->replaceAllUsesWith(into.getArg(i));
    into.setSubprogram(from.getSubprogram());
    from.setSubprogram(nullptr);
    from.eraseFromParent();
  }

  /// Removes specialized functions that were inlined wherever they were called.
  void drop_unused(const std::vector<llvm::Function*>& kept) {
    std::vector<llvm::Function*> unused;
    for (llvm::Function& function : symbols_.unit())
      if (callees_.find(&function) && std::find(kept.begin(), kept.end(), &function) == kept.end())
        unused.push_back(&function);
    for (llvm::Function* function : unused) function->deleteBody();
    for (llvm::Function* function : unused) function->eraseFromParent();
  }

  Symbols& symbols_;
  llvm::Function* entry_;
  const CompileOptions& options_;
  Report& report_;
  Callees callees_;
  std::vector<GuestInstruction> nodes_;
  std::map<std::uintptr_t, std::size_t> placed_nodes_;  // those that have a place, by address: indices
  unsigned guests_ = 0;                                 // numbers of guest instructions that were given
  std::map<const llvm::Function*, Facts> facts_;
  std::string mistake_;
  bool debug_lines_;
};

}  // namespace

Result<void> specialize(Symbols& symbols, llvm::Function& entry, const CompileOptions& options, Report& report,
                        bool debug_lines) {
  return Specializer(symbols, entry, options, report, debug_lines).run();
}

}  // namespace inlay::specialize
