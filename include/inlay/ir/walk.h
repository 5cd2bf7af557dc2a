// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading the operands of any instruction alike, as the letters of its operation say.
#pragma once

#include <cstdint>
#include <string_view>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// Whether a word of that slot holds a Value.
constexpr bool is_value(Slot slot) {
  switch (slot) {
    case Slot::Typed:
    case Slot::Pointer:
    case Slot::Index:
    case Slot::Bool:
    case Slot::Truth:
    case Slot::Element:
    case Slot::Other:
    case Slot::Code:
    case Slot::ClosureOf:
    case Slot::InterfaceOf:
    case Slot::Returned:
    case Slot::Callee:
      return true;
    case Slot::Number:
    case Slot::Field:
    case Slot::Method:
    case Slot::Text:
    case Slot::Args:
    case Slot::Numbers:
    case Slot::Target:
    case Slot::Cases:
      return false;
  }
  return false;
}

/// Whether a slot takes one word: not a list, and not a block with its arguments.
constexpr bool is_single(Slot slot) {
  return slot != Slot::Args && slot != Slot::Numbers && slot != Slot::Target && slot != Slot::Cases;
}

/// Whether all operands of an operation lie in `a` and `b`.
constexpr bool fits_inline(std::string_view slots) {
  if (slots.size() > 2) return false;
  for (char slot : slots)
    if (!is_single(static_cast<Slot>(slot))) return false;
  return true;
}

/// The words of an instruction, one after another. `M` is Module or const Module. The instruction must be well-formed
/// in this: its handles lead into the tables (verify() checks that for what comes from outside).
template <class M>
class Words {
 public:
  using Word = std::conditional_t<std::is_const_v<M>, const std::uint32_t, std::uint32_t>;
  using InstRef = std::conditional_t<std::is_const_v<M>, const Inst, Inst>;

  Words(M& module, InstRef& inst)
      : first_(&inst.a), second_(fits_inline(info(inst.op()).slots) ? &inst.b : rest(module, inst)) {}

  /// The next word.
  Word& next() {
    if (at_++ == 0) return *first_;
    return *second_++;
  }

 private:
  static Word* rest(M& module, InstRef& inst) {
    static std::uint32_t empty_list = 0;  // what b = 0 stands for; never written to
    return inst.b ? &module.extra[ExtraId{inst.b}] : &empty_list;
  }
  std::uint32_t at_ = 0;
  Word* first_;
  Word* second_;
};

/// Calls `visit(slot, word)` for each word of an instruction that says something by itself: operands, numbers, blocks
/// (Slot::Target), and the values that go with lists (as Slot::Args for calls and blocks, Slot::Numbers, Slot::Cases
/// for the constant of a case); and `counted(count)` for each count, before what it counts.
template <class M, class Visitor, class Counted>
void visit_words(M& module, typename Words<M>::InstRef& inst, Visitor&& visit, Counted&& counted) {
  Words<M> words(module, inst);
  auto count = [&] {
    const std::uint32_t n = words.next();
    counted(n);
    return n;
  };
  auto list = [&](Slot slot) {
    for (std::uint32_t n = count(); n > 0; --n) visit(slot, words.next());
  };
  auto target = [&] {
    visit(Slot::Target, words.next());
    list(Slot::Args);
  };
  for (char letter : info(inst.op()).slots) {
    const auto slot = static_cast<Slot>(letter);
    switch (slot) {
      case Slot::Args:
      case Slot::Numbers:
        list(slot);
        break;
      case Slot::Target:
        target();
        break;
      case Slot::Cases:
        for (std::uint32_t n = count(); n > 0; --n) {
          visit(Slot::Cases, words.next());
          target();
        }
        break;
      default:
        visit(slot, words.next());
    }
  }
}

/// The same without the counts.
template <class M, class Visitor>
void visit_words(M& module, typename Words<M>::InstRef& inst, Visitor&& visit) {
  visit_words(module, inst, visit, [](std::uint32_t) {});
}

/// Calls `visit(value)` for each Value among the operands.
template <class Visitor>
void visit_values(const Module& module, const Inst& inst, Visitor&& visit) {
  visit_words(module, inst, [&](Slot slot, std::uint32_t word) {
    if (is_value(slot) || slot == Slot::Args || slot == Slot::Cases) visit(Value::of_bits(word));
  });
}

/// Calls `visit(block)` for each block that may come next.
template <class Visitor>
void visit_targets(const Module& module, const Inst& inst, Visitor&& visit) {
  visit_words(module, inst, [&](Slot slot, std::uint32_t word) {
    if (slot == Slot::Target) visit(BlockId{word});
  });
}

}  // namespace inlay::ir
