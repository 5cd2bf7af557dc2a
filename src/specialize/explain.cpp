// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "specialize/explain.h"

#include <algorithm>
#include <set>

#include "runtime/markers.h"
#include "runtime/names.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>

namespace inlay::specialize {

namespace {

/// The first cause of a value not being known: where the chain of definitions leaves what the evaluator can see.
struct Cause {
  std::string reason;
  const llvm::Instruction* at = nullptr;
};

/// Whether a function is a working copy of handlers that tail-call one another.
bool merges_handlers(const llvm::Function& function) {
  return llvm::any_of(function, [](const llvm::BasicBlock& block) {
    const llvm::Instruction* end = block.getTerminator();
    return end && end->hasMetadata(DispatchMark);
  });
}

Cause cause_of(const llvm::Value* value, Symbols& symbols, std::set<const llvm::Value*>& seen) {
  value = value->stripPointerCasts();
  if (!seen.insert(value).second) return {};
  if (auto* argument = llvm::dyn_cast<llvm::Argument>(value)) {
    if (argument->getName() == StateArgument)
      return {"a bound argument leads to memory that is not frozen; build it inside freeze(), or promise it constant",
              nullptr};
    if (argument->getName().starts_with(FreeArgument))
      return {"it comes in as " + argument->getName().str() + " of the compiled function", nullptr};
    const llvm::Function& function = *argument->getParent();
    return {"it comes in as argument " + std::to_string(argument->getArgNo() + 1) + " of " +
                (merges_handlers(function) ? "the handlers" : readable(function.getName())),
            nullptr};
  }
  auto* inst = llvm::dyn_cast<llvm::Instruction>(value);
  if (!inst) return {};
  if (auto* load = llvm::dyn_cast<llvm::LoadInst>(inst)) {
    if (auto* address = llvm::dyn_cast<llvm::Constant>(load->getPointerOperand())) {
      std::string why = load->isVolatile() ? "the memory is volatile"
                        : load->isAtomic()
                            ? "the memory is atomic"
                            : symbols.why_not_constant(const_cast<llvm::Constant*>(address), load->getType());
      return {"it is loaded from memory that may change: " + why, load};
    }
    const llvm::Value* base = load->getPointerOperand();
    while (auto* gep = llvm::dyn_cast<llvm::GetElementPtrInst>(base)) base = gep->getPointerOperand();
    if (auto* known = llvm::dyn_cast<llvm::Constant>(base); known && symbols.locate(known))
      return {"it is read from frozen memory at a place that is only known when it runs", load};
    if (llvm::isa<llvm::AllocaInst>(base))
      return {"it is read from a local variable whose value is not followed", load};
    Cause deeper = cause_of(base, symbols, seen);
    if (!deeper.at) deeper.at = load;
    return {"it is loaded through a pointer that is not known: " + deeper.reason, deeper.at};
  }
  if (auto* phi = llvm::dyn_cast<llvm::PHINode>(inst)) {
    for (const llvm::Use& incoming : phi->incoming_values()) {
      if (llvm::isa<llvm::Constant>(incoming.get())) continue;
      Cause deeper = cause_of(incoming.get(), symbols, seen);
      if (!deeper.reason.empty()) return deeper;
    }
    return {"it is one of several values, chosen when it runs", phi};
  }
  if (runtime::Marker hint = runtime::marker_of(*inst); hint != runtime::Marker::None) {
    // Hints give their argument back, so the cause lies behind them.
    Cause deeper = cause_of(inst->getOperand(0), symbols, seen);
    if (!deeper.at) deeper.at = inst;
    if (hint == runtime::Marker::Promote)
      return {"it depends on what promote() is given, beyond the values that were guessed: " + deeper.reason,
              deeper.at};
    return deeper;
  }
  if (auto* call = llvm::dyn_cast<llvm::CallBase>(inst)) {
    const llvm::Function* callee = call->getCalledFunction();
    return {
        "it is the result of " + (callee ? "calling " + readable(callee->getName()) : "a call of an unknown function"),
        call};
  }
  for (const llvm::Use& operand : inst->operands()) {
    Cause deeper = cause_of(operand.get(), symbols, seen);
    if (!deeper.reason.empty()) {
      if (!deeper.at) deeper.at = inst;
      return deeper;
    }
  }
  return {"it is computed when it runs", inst};
}

void add(Report& report, Remark remark) {
  for (Remark& known : report.remarks) {
    if (known.kind == remark.kind && known.callee == remark.callee && known.reason == remark.reason &&
        known.place.file == remark.place.file && known.place.line == remark.place.line &&
        known.source.file == remark.source.file && known.source.line == remark.source.line) {
      ++known.count;
      return;
    }
  }
  report.remarks.push_back(std::move(remark));
}

}  // namespace

namespace {

/// The innermost level of an instruction's location that is the user's: library headers are where nobody looks for a
/// cause, and a hint stands where it was written.
const llvm::DILocation* user_location(const llvm::Instruction& inst) {
  const llvm::DILocation* location = inst.getDebugLoc().get();
  if (!location || location->getLine() == 0) {
    // A location that a pass took away: the nearest one before it in its block is close enough to find the place.
    for (const llvm::Instruction* near = inst.getPrevNode(); near; near = near->getPrevNode())
      if (const llvm::DILocation* l = near->getDebugLoc().get(); l && l->getLine()) {
        location = l;
        break;
      }
  }
  while (location && location->getInlinedAt() &&
         (location->getFilename().contains("include/c++") || location->getFilename().ends_with("inlay/annotate.h")))
    location = location->getInlinedAt();
  return location;
}

/// The handler that an instruction of merged handlers was written in: their working copy has inlined it.
const llvm::DISubprogram* handler_of(const llvm::Instruction& inst) {
  const llvm::DILocation* location = inst.getDebugLoc().get();
  if (!location || !location->getInlinedAt()) return nullptr;
  while (location->getInlinedAt()->getInlinedAt()) location = location->getInlinedAt();
  return location->getScope()->getSubprogram();
}

/// The interpreter's function in which a hint stands: of merged handlers, the right one.
std::string function_of(const llvm::Instruction& inst, const llvm::Function& original) {
  const llvm::DISubprogram* handler = merges_handlers(*inst.getFunction()) ? handler_of(inst) : nullptr;
  if (!handler) return readable(original.getName());
  return readable(handler->getLinkageName().empty() ? handler->getName() : handler->getLinkageName());
}

}  // namespace

Place place_of(const llvm::Instruction& inst) {
  const llvm::DILocation* location = user_location(inst);
  if (!location) return inst.getFunction() ? place_of(*inst.getFunction()) : Place{};
  return {location->getFilename().str(), location->getLine(), location->getColumn()};
}

Place place_of(const llvm::Function& function) {
  const llvm::DISubprogram* subprogram = function.getSubprogram();
  return subprogram ? Place{subprogram->getFilename().str(), subprogram->getLine(), 0} : Place{};
}

void explain_exits(const Analysis& analysis, Symbols& symbols, const llvm::Function& original, Report& report) {
  for (const Exit& exit : analysis.exits) {
    std::string reason;
    Place place = place_of(*exit.place);
    switch (exit.cause) {
      case ExitCause::UnknownContext: {
        std::set<const llvm::Value*> seen;
        Cause cause = cause_of(exit.place->getOperand(0), symbols, seen);
        reason = "where the program goes on is only known when it runs: " + cause.reason +
                 (exit.tries_places ? "; the places that were guessed are tried, then the interpreter goes on"
                                    : "; from there the interpreter goes on");
        if (cause.at) place = place_of(*cause.at);
        break;
      }
      case ExitCause::TooManyContexts:
        reason = "the program has more places than max_contexts; at the others the interpreter goes on";
        break;
      case ExitCause::TooManyInstructions:
        reason = "the compiled code has reached max_instructions; from there the interpreter goes on";
        break;
      case ExitCause::AskedFor:
        reason = "leave_at_context asks for it";
        break;
    }
    if (GuestPlace to = exit.context ? place_of_code(symbols, exit.context) : std::nullopt)
      reason += "; this is " + to->function->name + ", " + Place{to->function->file, to->line, to->column}.to_string();
    add(report, {Remark::Kind::LeavesCode, function_of(*exit.place, original), reason, place});
  }
}

namespace {

/// Where the code of a guest instruction begins: the handler, else the first line of the interpreter behind the
/// decision, or behind the context.
Place place_of_handler(const Emitted::OfContext& context) {
  const llvm::BasicBlock* begin = context.handler ? context.handler : context.begin;
  if (!begin) return {};
  const bool is_function = llvm::isa_and_nonnull<llvm::Function>(context.decided);
  for (const llvm::Instruction& inst : *begin) {
    const llvm::DILocation* location = inst.getDebugLoc().get();
    if (!location || !location->getLine()) continue;
    if (const llvm::DISubprogram* handler = is_function ? handler_of(inst) : nullptr)
      return {handler->getFilename().str(), handler->getLine(), 0};
    while (location->getInlinedAt() && location->getInlinedAt()->getLine()) location = location->getInlinedAt();
    return {location->getFilename().str(), location->getLine(), location->getColumn()};
  }
  return {};
}

}  // namespace

namespace {

GuestInstruction describe(const Emitted& emitted, ContextId id, const llvm::Function& original,
                          const GuestNumbers& numbers) {
  const Emitted::OfContext& context = emitted.contexts[id];
  GuestInstruction guest;
  guest.number = id == NoContext ? numbers.no_context : numbers.first_context + id - (NoPlace + 1);
  if (id < numbers.places.size() && numbers.places[id]) {
    const frozen::SourcePlace& place = *numbers.places[id];
    guest.source = {place.function->file, place.line, place.column};
    guest.source_function = place.function->name;
  }
  guest.interpreter = readable(original.getName());
  guest.instructions = context.instructions;
  guest.copies = context.copies;
  if (auto* handler = llvm::dyn_cast_or_null<llvm::Function>(context.decided))
    guest.opcode = readable(handler->getName());
  else if (auto* value = llvm::dyn_cast_or_null<llvm::ConstantInt>(context.decided))
    guest.opcode = std::to_string(value->getSExtValue());
  guest.handler = place_of_handler(context);
  return guest;
}

}  // namespace

void explain_program(const Analysis& analysis, const Emitted& emitted, Symbols& symbols, const llvm::Function& original,
                     const GuestNumbers& numbers, Report& report) {
  std::vector<GuestInstruction> program;
  for (ContextId id = NoPlace + 1; id < analysis.contexts.size(); ++id) {
    if (emitted.contexts[id].copies == 0) continue;  // pins made it superfluous
    GuestInstruction guest = describe(emitted, id, original, numbers);
    if (auto* number = llvm::dyn_cast<llvm::ConstantInt>(analysis.contexts[id]))
      guest.at = number->getSExtValue();
    else if (std::optional<Symbols::Location> at = symbols.locate(analysis.contexts[id]))
      guest.at = at->offset;
    program.push_back(std::move(guest));
  }
  std::sort(program.begin(), program.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  report.guest.insert(report.guest.end(), std::make_move_iterator(program.begin()),
                      std::make_move_iterator(program.end()));
}

std::optional<std::uint32_t> node_of(const llvm::Function& walked, llvm::ArrayRef<llvm::Constant*> known,
                                     Symbols& symbols) {
  if (llvm::none_of(walked,
                    [](const llvm::BasicBlock& block) { return llvm::isa<llvm::SwitchInst>(block.getTerminator()); }))
    return std::nullopt;
  for (llvm::Constant* argument : known) {
    if (!argument || !argument->getType()->isPointerTy()) continue;
    std::optional<Symbols::Location> at = symbols.locate(argument);
    auto* variable = at ? llvm::dyn_cast<llvm::GlobalVariable>(at->symbol) : nullptr;
    auto object = symbols.frozen_objects().find(variable);
    if (object != symbols.frozen_objects().end()) return object->second.id;
  }
  return std::nullopt;
}

GuestInstruction explain_node(std::uint32_t node, const Emitted& emitted, const llvm::Function& original,
                              const GuestNumbers& numbers) {
  GuestInstruction guest = describe(emitted, NoContext, original, numbers);
  guest.at = node;
  return guest;
}

namespace {

/// Where a call is in the guest's source: the innermost level of its location that is the guest's, or has a number.
void set_source(Remark& remark, const llvm::CallBase& call, const Report& report) {
  for (const llvm::DILocation* at = call.getDebugLoc().get(); at; at = at->getInlinedAt()) {
    const llvm::DISubprogram* scope = at->getScope()->getSubprogram();
    if (scope->getUnit() && scope->getUnit()->getProducer() == runtime::GuestProducer) {
      remark.source = {scope->getFilename().str(), at->getLine(), at->getColumn()};
      remark.source_function = scope->getName();
      return;
    }
    if (scope->getName() != runtime::GuestScope) continue;
    auto guest = std::find_if(report.guest.begin(), report.guest.end(),
                              [&](const GuestInstruction& each) { return each.number == at->getLine(); });
    if (guest == report.guest.end()) continue;
    remark.source = guest->source;
    remark.source_function = guest->source_function;
    return;
  }
}

}  // namespace

void explain_calls(llvm::Function& function, Symbols& symbols, Callees& callees, Report& report) {
  Callee* self = callees.find(&function);
  const auto add_call = [&](Remark remark, const llvm::CallBase& call) {
    set_source(remark, call, report);
    add(report, std::move(remark));
  };
  for (llvm::Instruction& inst : llvm::instructions(function)) {
    auto* call = llvm::dyn_cast<llvm::CallBase>(&inst);
    if (!call || llvm::isa<llvm::IntrinsicInst>(call) || call->isInlineAsm()) continue;
    if (call->hasFnAttr(LeavesAttribute)) continue;  // told of where it was decided
    auto* target = llvm::dyn_cast<llvm::Function>(call->getCalledOperand());
    if (!target) {
      std::set<const llvm::Value*> seen;
      Cause cause = cause_of(call->getCalledOperand(), symbols, seen);
      add_call({Remark::Kind::UnknownTarget, "", "the target of this call is not known: " + cause.reason,
                place_of(cause.at ? *cause.at : *call)},
               *call);
      continue;
    }
    if (Callee* callee = callees.find(target)) {
      bool recursive = callee == self || (self && callee->depth <= self->depth);
      add_call({recursive ? Remark::Kind::Recursion : Remark::Kind::Shared, readable(callee->original->getName()),
                recursive ? "it is being called already; the call goes straight to its specialized code"
                          : "it stays a function of its own, specialized",
                place_of(*call)},
               *call);
      continue;
    }
    if (target->hasFnAttribute(runtime::ResumeAttribute)) continue;  // told of where it was decided
    if (call->doesNotReturn()) continue;                             // the ways to exceptions are nobody's loss
    Decision decision = callees.why_left(*target);
    add_call({decision.kind, readable(target->getName()), decision.reason, place_of(*call)}, *call);
  }
}

namespace {

/// The pointer that an instruction stores through, or null.
const llvm::Value* stored_through(const llvm::Instruction& inst) {
  if (auto* store = llvm::dyn_cast<llvm::StoreInst>(&inst)) return store->getPointerOperand();
  if (auto* change = llvm::dyn_cast<llvm::AtomicRMWInst>(&inst)) return change->getPointerOperand();
  if (auto* exchange = llvm::dyn_cast<llvm::AtomicCmpXchgInst>(&inst)) return exchange->getPointerOperand();
  if (auto* copy = llvm::dyn_cast<llvm::AnyMemIntrinsic>(&inst)) return copy->getDest();
  return nullptr;
}

}  // namespace

void explain_stores(llvm::Function& function, Symbols& symbols, Report& report) {
  for (llvm::Instruction& inst : llvm::instructions(function)) {
    const llvm::Value* pointer = stored_through(inst);
    if (!pointer) continue;
    llvm::SmallVector<const llvm::Value*, 4> objects;
    llvm::getUnderlyingObjects(pointer, objects, nullptr, /*MaxLookup=*/0);
    for (const llvm::Value* object : objects) {
      auto* variable = const_cast<llvm::GlobalVariable*>(llvm::dyn_cast<llvm::GlobalVariable>(object));
      if (!variable || !symbols.frozen_objects().contains(variable) || !variable->isConstant()) continue;
      variable->setConstant(false);
      add(report, {Remark::Kind::WritesFrozen, "",
                   "this writes to a frozen object, whose contents were folded already; keep what changes outside of "
                   "freeze(), or make it a Mutable",
                   place_of(inst)});
    }
  }
}

}  // namespace inlay::specialize
