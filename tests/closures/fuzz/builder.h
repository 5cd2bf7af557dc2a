// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program's tree → closures of a shape S, which has
//   template <class R> class Code          how a closure that yields R is held, moved and called
//   template <class R, class F> Code<R> make(F operation)
#pragma once

#include "program.h"
#include "steps.h"

namespace fuzz {

template <class S>
class Builder {
 public:
  Whole<S> whole(const Program& program) {
    Whole<S> whole;
    for (std::size_t i = 0; i < program.definitions.size(); ++i)
      whole.definitions.push_back(std::make_shared<Definition<S>>());
    definitions_ = &whole.definitions;
    for (std::size_t i = 0; i < program.definitions.size(); ++i)
      whole.definitions[i]->body = integer(program.definitions[i]);
    whole.body = step(program.body);
    return whole;
  }

 private:
  template <class F>
  static IntCode<S> made(F operation) {
    return S::template make<Int>(std::move(operation));
  }
  template <class F>
  static RealCode<S> real_made(F operation) {
    return S::template make<double>(std::move(operation));
  }
  template <class F>
  static StepCode<S> step_made(F operation) {
    return S::template make<Flow>(std::move(operation));
  }

  IntCode<S> child(const Tree& tree, std::size_t i) { return integer(tree.children[i]); }

  std::vector<IntCode<S>> integers(const Tree& tree) {
    std::vector<IntCode<S>> items;
    for (const Tree& item : tree.children) items.push_back(integer(item));
    return items;
  }

  static unsigned choice(const Tree& tree, unsigned count) {
    return static_cast<unsigned>(static_cast<std::uint64_t>(tree.number) % count);
  }

  IntCode<S> integer(const Tree& tree) {
    switch (tree.op) {
      case Op::Number:
        return made(Number{tree.number});
      case Op::Slot:
        return made(Slot{choice(tree, 8)});
      case Op::Arithmetic:
        return arithmetic(tree);
      case Op::Tagged:
        return made(Tagged<S>{static_cast<typename Tagged<S>::Kind>(choice(tree, 7)), child(tree, 0), child(tree, 1)});
      case Op::Narrow:
        return narrow(tree);
      case Op::Compare:
        return compare(tree);
      case Op::If:
        return made(If<S, Int>{child(tree, 0), child(tree, 1), child(tree, 2)});
      case Op::Choose:
        return made(Choose<S>{child(tree, 0), child(tree, 1), child(tree, 2)});
      case Op::CallHelper:
        return made(CallHelper<S>{helpers[choice(tree, HelperCount)], child(tree, 0)});
      case Op::CallOpenHelper:
        return made(CallOpenHelper<S>{choice(tree, HelperCount), child(tree, 0)});
      case Op::CallMethod: {
        constexpr std::array methods{&Env::add_to_trace, &Env::read_slot, &Env::swap_slot};
        return made(CallMethod<S>{methods[choice(tree, methods.size())], child(tree, 0)});
      }
      case Op::Truncate:
        return made(Truncate<S>{real(tree.children[0])});
      case Op::SumByIterator:
        return made(Sum<S, Walk::Iterator>{integers(tree)});
      case Op::SumByIndex:
        return made(Sum<S, Walk::Index>{integers(tree)});
      case Op::SumReversed:
        return made(Sum<S, Walk::Reversed>{integers(tree)});
      case Op::SumTwice:
        return made(Sum<S, Walk::Twice>{integers(tree)});
      case Op::FirstNonZero:
        return made(Sum<S, Walk::FirstNonZero>{integers(tree)});
      case Op::Dispatch:
        return made(Dispatch<S>{integers(tree)});
      case Op::Linked:
        return linked(tree);
      case Op::MapLookup:
        return map_lookup(tree);
      case Op::Text:
        return made(
            Text<S>{tree.number & 1 ? "short" : "a text that is too long to lie in the string itself", child(tree, 0)});
      case Op::Table:
        return table(tree);
      case Op::Small:
        return small(tree);
      case Op::CountGlobal:
        return made(CountGlobal{});
      case Op::CountStatic:
        return made(CountStatic{});
      case Op::CountThread:
        return made(CountThread{});
      case Op::ThrowIf:
        return made(ThrowIf<S>{tree.number & 0xff, child(tree, 0)});
      case Op::Guarded:
        return made(Guarded<S>{tree.number, child(tree, 0)});
      case Op::Catch:
        return made(Catch<S>{child(tree, 0), child(tree, 1)});
      case Op::ScalePair:
        return made(ScalePair<S>{{static_cast<std::int32_t>(tree.number), tree.real}, child(tree, 0), child(tree, 1)});
      case Op::RotateTriple:
        return made(RotateTriple<S>{{1, tree.number, 3}, child(tree, 0)});
      case Op::Zip:
        return zip(tree);
      case Op::Grid:
        return grid(tree);
      case Op::Machine:
        return machine(tree);
      case Op::StackWalk:
        return made(StackWalk<S>{integers(tree)});
      case Op::Halves:
        return made(Halves<S>{integers(tree)});
      case Op::Shared:
        return made(Shared<S>{std::make_shared<const IntCode<S>>(child(tree, 0))});
      case Op::CopyShared:
        return made(CopyShared<S>{std::make_shared<const IntCode<S>>(child(tree, 0))});
      case Op::Define:
        return made(Define<S>{(*definitions_)[static_cast<std::size_t>(tree.number)].get(), child(tree, 0)});
      case Op::Visit:
        return made(Visit<S>{child(tree, 0)});
      case Op::Memory:
        return made(Memory<S>{child(tree, 0)});
      case Op::Repeat:
        return made(Repeat<S>{child(tree, 0), child(tree, 1)});
      case Op::CallTwice:
        return made(CallTwice<S>{child(tree, 0)});
      default:
        throw std::logic_error("not an integer: " + tree.to_string());
    }
  }

  IntCode<S> arithmetic(const Tree& tree) {
    IntCode<S> a = child(tree, 0), b = child(tree, 1);
    switch (choice(tree, 9)) {
      case 0:
        return made(Arithmetic<S, Add>{std::move(a), std::move(b)});
      case 1:
        return made(Arithmetic<S, Subtract>{std::move(a), std::move(b)});
      case 2:
        return made(Arithmetic<S, Multiply>{std::move(a), std::move(b)});
      case 3:
        return made(Arithmetic<S, Divide>{std::move(a), std::move(b)});
      case 4:
        return made(Arithmetic<S, Remainder>{std::move(a), std::move(b)});
      case 5:
        return made(Arithmetic<S, ShiftLeft>{std::move(a), std::move(b)});
      case 6:
        return made(Arithmetic<S, ShiftRight>{std::move(a), std::move(b)});
      case 7:
        return made(Arithmetic<S, ByteDivide>{std::move(a), std::move(b)});
      default:
        return made(Arithmetic<S, Smaller>{std::move(a), std::move(b)});
    }
  }

  IntCode<S> narrow(const Tree& tree) {
    switch (choice(tree, 7)) {
      case 0:
        return made(Narrow<S, bool>{child(tree, 0)});
      case 1:
        return made(Narrow<S, std::int8_t>{child(tree, 0)});
      case 2:
        return made(Narrow<S, std::uint8_t>{child(tree, 0)});
      case 3:
        return made(Narrow<S, std::int16_t>{child(tree, 0)});
      case 4:
        return made(Narrow<S, std::uint16_t>{child(tree, 0)});
      case 5:
        return made(Narrow<S, std::int32_t>{child(tree, 0)});
      default:
        return made(Narrow<S, std::uint32_t>{child(tree, 0)});
    }
  }

  IntCode<S> compare(const Tree& tree) {
    bool or_equal = tree.real > 0;
    switch (choice(tree, 4)) {
      case 0:
        return made(Compare<S, std::int64_t>{child(tree, 0), child(tree, 1), or_equal});
      case 1:
        return made(Compare<S, std::uint64_t>{child(tree, 0), child(tree, 1), or_equal});
      case 2:
        return made(Compare<S, std::int16_t>{child(tree, 0), child(tree, 1), or_equal});
      default:
        return made(Compare<S, std::uint8_t>{child(tree, 0), child(tree, 1), or_equal});
    }
  }

  IntCode<S> zip(const Tree& tree) {
    Zip<S> node;
    for (std::size_t i = 0; i < tree.children.size(); ++i) (i % 2 ? node.right : node.left).push_back(child(tree, i));
    return made(std::move(node));
  }

  IntCode<S> grid(const Tree& tree) {
    Grid<S> node;
    for (std::size_t i = 0; i < tree.children.size(); ++i) {
      if (i % 2 == 0) node.rows.emplace_back();
      node.rows.back().push_back(child(tree, i));
    }
    return made(std::move(node));
  }

  IntCode<S> machine(const Tree& tree) {
    Machine<S> node;
    auto count = static_cast<unsigned>(tree.children.size());
    auto bits = static_cast<std::uint64_t>(tree.number) * 0x9e3779b97f4a7c15u;
    for (std::size_t i = 0; i < count; ++i, bits = bits >> 11 | bits << 53)
      node.code.push_back(
          {child(tree, i), static_cast<unsigned>(bits % (count + 1)), static_cast<unsigned>(bits / 64 % (count + 1))});
    return made(std::move(node));
  }

  IntCode<S> linked(const Tree& tree) {
    using Link = typename Linked<S>::Link;
    std::shared_ptr<Link> first;
    for (std::size_t i = tree.children.size(); i-- > 0;) {
      auto link = std::make_shared<Link>();
      link->item = child(tree, i);
      link->next = std::move(first);
      first = std::move(link);
    }
    return made(Linked<S>{std::move(first)});
  }

  IntCode<S> map_lookup(const Tree& tree) {
    auto items = std::make_shared<std::map<Int, IntCode<S>>>();
    for (std::size_t i = 1; i < tree.children.size(); ++i) items->emplace(static_cast<Int>(i), child(tree, i));
    return made(MapLookup<S>{child(tree, 0), std::move(items)});
  }

  IntCode<S> table(const Tree& tree) {
    if (tree.number & 1) return made(Table<S, Int>{{7, -3, tree.number, 0, 1LL << 33}, child(tree, 0)});
    return made(Table<S, std::int8_t>{{7, -3, 0, -128}, child(tree, 0)});
  }

  IntCode<S> small(const Tree& tree) {
    Small<S> node{{}, child(tree, 0)};
    switch (choice(tree, 3)) {
      case 0:
        node.what = typename Small<S>::Constant{tree.number};
        break;
      case 1:
        node.what = typename Small<S>::Slot{choice(tree, 8)};
        break;
      default:
        node.what = std::array<std::int16_t, 3>{-1, 300, static_cast<std::int16_t>(tree.number)};
        break;
    }
    return made(std::move(node));
  }

  RealCode<S> real(const Tree& tree) {
    switch (tree.op) {
      case Op::Real:
        return real_made(Real{tree.real});
      case Op::RealSlot:
        return real_made(RealSlot{choice(tree, 4)});
      case Op::RealArithmetic:
        return real_made(
            RealArithmetic<S>{tree.number, real(tree.children[0]), real(tree.children[1]), real(tree.children[2])});
      case Op::FromInt:
        return real_made(FromInt<S>{child(tree, 0)});
      case Op::Single:
        return real_made(Single<S>{real(tree.children[0])});
      case Op::Root:
        return real_made(Root<S>{real(tree.children[0])});
      case Op::RealIf:
        return real_made(If<S, double>{child(tree, 0), real(tree.children[1]), real(tree.children[2])});
      case Op::Blend:
        return real_made(Blend<S>{static_cast<float>(tree.real), tree.number > 2, child(tree, 0),
                                  real(tree.children[1]), real(tree.children[2])});
      case Op::RealTable:
        if (tree.number & 1) return real_made(Table<S, double>{{0.5, tree.real, -0.0}, child(tree, 0)});
        return real_made(Table<S, float>{{0.1f, 2.5f}, child(tree, 0)});
      default:
        throw std::logic_error("not a real: " + tree.to_string());
    }
  }

  StepCode<S> step(const Tree& tree) {
    switch (tree.op) {
      case Op::Assign:
        return step_made(Assign<S>{choice(tree, 8), child(tree, 0)});
      case Op::AssignReal:
        return step_made(AssignReal<S>{choice(tree, 4), real(tree.children[0])});
      case Op::Evaluate:
        return step_made(Evaluate<S>{child(tree, 0)});
      case Op::Store:
        return step_made(Store<S>{child(tree, 0), child(tree, 1)});
      case Op::BumpPair:
        return step_made(BumpPair<S>{child(tree, 0)});
      case Op::IfThen:
        return step_made(If<S, Flow>{child(tree, 0), step(tree.children[1]), step(tree.children[2])});
      case Op::While:
        return step_made(While<S>{tree.number, child(tree, 0), step(tree.children[1])});
      case Op::Sequence:
        return step_made(Sequence<S, false>{steps(tree)});
      case Op::SequenceByIndex:
        return step_made(Sequence<S, true>{steps(tree)});
      case Op::TryStep:
        return step_made(TryStep<S>{step(tree.children[0]), step(tree.children[1])});
      case Op::Return:
        return step_made(Return<S>{child(tree, 0)});
      default:
        throw std::logic_error("not a statement: " + tree.to_string());
    }
  }

  std::vector<StepCode<S>> steps(const Tree& tree) {
    std::vector<StepCode<S>> all;
    for (const Tree& one : tree.children) all.push_back(step(one));
    return all;
  }

  std::vector<std::shared_ptr<Definition<S>>>* definitions_ = nullptr;
};

}  // namespace fuzz
