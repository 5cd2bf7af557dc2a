// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which calls become bodies, decided before any code generator looks: so that it does not depend on what else is
// compiled along, and what a function's code depends on can be told (code_fingerprints).
//
// The calls are a graph. Its strongly connected parts (Tarjan 1972) come out callees first; whatever lies in one of
// more than one function, or calls itself, is recursion and stays. For the others, sizes are known bottom-up as they
// will be after inlining, so that chains and trees of small functions cannot grow without bound.
#include <algorithm>

#include "inlay/ir/fingerprint.h"
#include "inlay/ir/walk.h"

namespace inlay::ir {

namespace {

/// In instructions without parameters, after inlining. A call is a handful of machine instructions, and it makes the
/// caller keep its values elsewhere: a body of twelve is hardly larger, and most accessors and arithmetic helpers are
/// smaller. LLVM's own threshold (225, at 5 an instruction, less what a call costs) lies higher, but it looks at each
/// caller; this is for every call, unseen.
constexpr std::uint32_t Small = 12;
/// A body that moves into its only caller makes no code of its own; but functions that grow so become slow to compile.
constexpr std::uint32_t MostOnce = 400;
/// What says `inline` may be larger, but not so large that a tree of such functions fills the memory.
constexpr std::uint32_t MostInline = 10'000;

struct Facts {
  std::uint32_t calls_begin = 0, calls_end = 0;  // in calls: the functions it calls, one for each call
  std::uint32_t takes_begin = 0, takes_end = 0;  // in takes: those whose address it mentions, likewise
  std::uint32_t size = 0;                        // instructions, without parameters; later, after inlining
  std::uint32_t called = 0;                      // in how many places
  bool within = false;
  bool taken = false;  // its address
  bool loops = false;
  bool recursive = false;
};

}  // namespace

class InliningDecisions::Decision {
 public:
  explicit Decision(const Module& module)
      : m_(module), facts_(module.functions.count()), data_count_(module.data.count()) {}

  const std::vector<Inlining>& decide(std::span<const FunctionId> within);
  bool still_holds(const Module& module, FunctionId changed);

 private:
  void look_at(FunctionId id);
  void look_at_data();
  void order(FunctionId root);
  Inlining decide(FunctionId id);

  const Module& m_;
  std::vector<Facts> facts_;  // by handle
  std::size_t data_count_;
  std::vector<FunctionId> calls_, takes_;
  std::vector<FunctionId> bottom_up_;
  std::vector<Inlining> result_;

  struct Step {
    FunctionId function;
    std::uint32_t next = 0;
  };
  std::vector<Step> path_;
  std::vector<FunctionId> open_;                // of parts that are not complete yet
  std::vector<std::uint32_t> number_, lowest_;  // Tarjan's; 0: not met yet
  std::vector<bool> is_open_;
  std::uint32_t numbers_ = 0;
};

void InliningDecisions::Decision::look_at(FunctionId id) {
  const Function& f = m_.functions[id];
  Facts& facts = facts_[id.value];
  facts.calls_begin = static_cast<std::uint32_t>(calls_.size());
  facts.takes_begin = static_cast<std::uint32_t>(takes_.size());
  for (BlockId block = f.first_block; block != f.end_block; ++block.value) {
    for (InstId at = m_.blocks[block].first; at; at = m_.insts[at].next) {
      const Inst& inst = m_.insts[at];
      if (inst.op() != Op::Param) ++facts.size;
      visit_words(m_, inst, [&](Slot slot, std::uint32_t word) {
        // A block that does not stand further down may be the head of a loop.
        if (slot == Slot::Target) facts.loops |= word <= block.value;
        if (!is_value(slot) && slot != Slot::Args) return;
        const Value value = Value::of_bits(word);
        if (!value.is_function()) return;
        if (slot != Slot::Callee) {
          facts_[value.function().value].taken = true;
          takes_.push_back(value.function());
        } else {
          ++facts_[value.function().value].called;
          calls_.push_back(value.function());
        }
      });
    }
  }
  facts.calls_end = static_cast<std::uint32_t>(calls_.size());
  facts.takes_end = static_cast<std::uint32_t>(takes_.size());
}

void InliningDecisions::Decision::look_at_data() {
  for (const Data& d : m_.data.entries()) {
    const std::uint32_t count = d.relocations ? m_.extra[d.relocations] : 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      const Value symbol = Value::of_bits((&m_.extra[d.relocations])[1 + 3 * i + 1]);
      if (symbol.is_function()) facts_[symbol.function().value].taken = true;
    }
  }
}

/// Tarjan's algorithm from one function, without recursion.
void InliningDecisions::Decision::order(FunctionId root) {
  const auto open = [&](FunctionId id) {
    number_[id.value] = lowest_[id.value] = ++numbers_;
    is_open_[id.value] = true;
    open_.push_back(id);
    path_.push_back({id, facts_[id.value].calls_begin});
  };
  if (number_[root.value] == 0) open(root);
  while (!path_.empty()) {
    Step& step = path_.back();
    const FunctionId id = step.function;
    if (step.next < facts_[id.value].calls_end) {
      const FunctionId callee = calls_[step.next++];
      if (callee == id) facts_[id.value].recursive = true;
      if (!facts_[callee.value].within) continue;
      if (number_[callee.value] == 0)
        open(callee);
      else if (is_open_[callee.value])
        lowest_[id.value] = std::min(lowest_[id.value], number_[callee.value]);
      continue;
    }
    path_.pop_back();
    if (!path_.empty()) {
      std::uint32_t& caller = lowest_[path_.back().function.value];
      caller = std::min(caller, lowest_[id.value]);
    }
    if (lowest_[id.value] != number_[id.value]) continue;
    const bool several = open_.back() != id;
    FunctionId member;
    do {
      member = open_.back();
      open_.pop_back();
      is_open_[member.value] = false;
      facts_[member.value].recursive |= several;
      bottom_up_.push_back(member);
    } while (member != id);
  }
}

/// Its callees are decided.
Inlining InliningDecisions::Decision::decide(FunctionId id) {
  const Function& f = m_.functions[id];
  Facts& facts = facts_[id.value];
  std::uint64_t size = facts.size;
  bool calls_stay = false;
  for (std::uint32_t i = facts.calls_begin; i < facts.calls_end; ++i) {
    const FunctionId callee = calls_[i];
    if (facts_[callee.value].within && result_[callee.value] == Inlining::Always) {
      size += facts_[callee.value].size;
      facts.loops |= facts_[callee.value].loops;
    } else {
      calls_stay = true;
    }
  }
  facts.size = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, ~0u));
  if (f.flags & (FunctionNoInline | FunctionAssembly)) return Inlining::Never;
  if (!(f.flags & FunctionDefined) || facts.recursive) return Inlining::Free;
  if (f.flags & FunctionInline) return size <= MostInline ? Inlining::Always : Inlining::Free;
  if (f.flags & FunctionCold) return Inlining::Free;
  const bool small = size <= Small && !facts.loops && !calls_stay;
  const bool once = facts.called == 1 && !facts.taken && !(f.flags & FunctionExported) && size <= MostOnce;
  return small || once ? Inlining::Always : Inlining::Free;
}

const std::vector<Inlining>& InliningDecisions::Decision::decide(std::span<const FunctionId> within) {
  number_.resize(facts_.size());
  lowest_.resize(facts_.size());
  is_open_.resize(facts_.size());
  result_.assign(facts_.size(), Inlining::Free);
  for (FunctionId id : within) {
    if (std::exchange(facts_[id.value].within, true)) continue;
    look_at(id);
  }
  look_at_data();
  for (FunctionId id : within) order(id);
  for (FunctionId id : bottom_up_) result_[id.value] = decide(id);
  return result_;
}

/// As long as a function leads to the same others, only its own size and loops can matter: for itself, and, if its body
/// takes the place of calls, for whoever calls it.
bool InliningDecisions::Decision::still_holds(const Module& module, FunctionId changed) {
  if (&module != &m_ || module.functions.count() != facts_.size() || module.data.count() != data_count_) return false;
  Facts& facts = facts_[changed.value];
  if (!facts.within) return true;
  const Facts before = facts;
  const std::size_t calls = calls_.size(), takes = takes_.size();
  facts.size = 0;
  facts.loops = false;
  look_at(changed);
  const auto same = [](std::vector<FunctionId>& row, std::size_t now, std::uint32_t begin, std::uint32_t end) {
    const bool equal =
        std::equal(row.begin() + static_cast<std::ptrdiff_t>(now), row.end(),
                   row.begin() + static_cast<std::ptrdiff_t>(begin), row.begin() + static_cast<std::ptrdiff_t>(end));
    row.resize(now);
    return equal;
  };
  const bool same_calls = same(calls_, calls, before.calls_begin, before.calls_end);
  const bool same_takes = same(takes_, takes, before.takes_begin, before.takes_end);
  if (!same_calls || !same_takes) return false;
  for (std::uint32_t i = before.calls_begin; i < before.calls_end; ++i) --facts_[calls_[i].value].called;
  facts.calls_begin = before.calls_begin;
  facts.calls_end = before.calls_end;
  facts.takes_begin = before.takes_begin;
  facts.takes_end = before.takes_end;
  const Inlining was = result_[changed.value], is = decide(changed);
  return was == is && (is != Inlining::Always || (facts.size == before.size && facts.loops == before.loops));
}

InliningDecisions::InliningDecisions() = default;
InliningDecisions::InliningDecisions(InliningDecisions&&) noexcept = default;
InliningDecisions& InliningDecisions::operator=(InliningDecisions&&) noexcept = default;
InliningDecisions::~InliningDecisions() = default;

std::vector<Inlining> InliningDecisions::decide(const Module& module, std::span<const FunctionId> within) {
  decision_ = std::make_unique<Decision>(module);
  return decision_->decide(within);
}

bool InliningDecisions::still_hold(const Module& module, std::span<const FunctionId> changed) {
  return decision_ && std::all_of(changed.begin(), changed.end(),
                                  [&](FunctionId function) { return decision_->still_holds(module, function); });
}

std::vector<Inlining> decide_inlining(const Module& module, std::span<const FunctionId> within) {
  return InliningDecisions().decide(module, within);
}

}  // namespace inlay::ir
