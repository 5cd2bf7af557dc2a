// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "program.h"

#include <cmath>
#include <cstdio>
#include <limits>

namespace fuzz {

std::int64_t Random::number() {
  static const std::int64_t edges[] = {127,
                                       -128,
                                       255,
                                       32767,
                                       -32768,
                                       65535,
                                       2147483647,
                                       -2147483648,
                                       4294967295,
                                       INT64_MAX,
                                       INT64_MIN,
                                       1LL << 40,
                                       0x5555555555555555};
  if (one_in(6)) return edges[below(std::size(edges))];
  return static_cast<std::int64_t>(below(20)) - 6;
}

double Random::real() {
  static const double edges[] = {0.0, -0.0, 1e300, -1e-300, 5e-324, std::numeric_limits<double>::infinity(), 0.1};
  if (one_in(5)) return edges[below(std::size(edges))];
  return static_cast<double>(static_cast<std::int64_t>(below(2000)) - 1000) / 8;
}

namespace {

class Generator {
 public:
  Generator(std::uint64_t seed, const ProgramOptions& options)
      : random_(seed), options_(options), budget_(static_cast<int>(options.size)) {}

  Program run() {
    Program program;
    definitions_ = random_.below(3);
    for (std::size_t i = 0; i < definitions_; ++i) {
      int before = budget_;
      budget_ = std::min(budget_, 12);
      program.definitions.push_back(integer(0));
      budget_ = before;
    }
    program.body = Tree{Op::Sequence, 0, 0, {}};
    do program.body.children.push_back(step(0));
    while (budget_ > 0);
    program.body.children.push_back(Tree{Op::Return, 0, 0, {integer(2)}});
    return program;
  }

 private:
  bool is_leaf(int depth) { return budget_ <= 0 || depth > 7 || random_.one_in(5); }

  template <class Make>
  void fill(Tree& tree, unsigned count, Make make) {
    for (unsigned i = 0; i < count; ++i) tree.children.push_back(make());
  }

  Tree integer(int depth) {
    --budget_;
    if (is_leaf(depth)) return leaf();
    auto first = static_cast<unsigned>(Op::Arithmetic), last = static_cast<unsigned>(Op::LastInt);
    Tree tree{static_cast<Op>(first + random_.below(last - first + 1)), random_.number(), random_.real(), {}};
    auto next = [&] { return integer(depth + 1); };
    switch (tree.op) {
      case Op::Truncate:
        tree.children.push_back(real(depth + 1));
        break;
      case Op::Text:
      case Op::Table:
      case Op::Small:
      case Op::Memory:
      case Op::Narrow:
      case Op::CallHelper:
      case Op::CallOpenHelper:
      case Op::CallMethod:
      case Op::ThrowIf:
      case Op::Guarded:
      case Op::RotateTriple:
      case Op::Shared:
      case Op::CopyShared:
      case Op::Visit:
      case Op::CallTwice:
        fill(tree, 1, next);
        break;
      case Op::Arithmetic:
      case Op::Tagged:
      case Op::Compare:
      case Op::Catch:
      case Op::ScalePair:
      case Op::Repeat:
        fill(tree, 2, next);
        break;
      case Op::If:
      case Op::Choose:
        fill(tree, 3, next);
        break;
      case Op::SumByIterator:
      case Op::SumByIndex:
      case Op::SumReversed:
      case Op::SumTwice:
      case Op::FirstNonZero:
      case Op::Linked:
        fill(tree, static_cast<unsigned>(random_.below(5)), next);
        break;
      case Op::Zip:
      case Op::Grid:
      case Op::Machine:
      case Op::StackWalk:
      case Op::Halves:
        fill(tree, 1 + static_cast<unsigned>(random_.below(5)), next);
        break;
      case Op::Dispatch:
      case Op::MapLookup:
        fill(tree, 2 + static_cast<unsigned>(random_.below(4)), next);
        break;
      case Op::CountGlobal:
      case Op::CountStatic:
      case Op::CountThread:
        if (!options_.globals) return leaf();
        break;
      case Op::Define:
        if (definitions_ == 0) return leaf();
        tree.number = static_cast<std::int64_t>(random_.below(definitions_));
        fill(tree, 1, next);
        break;
      default:
        break;
    }
    return tree;
  }

  Tree leaf() {
    if (random_.one_in(2)) return Tree{Op::Number, random_.number(), 0, {}};
    return Tree{Op::Slot, static_cast<std::int64_t>(random_.below(8)), 0, {}};
  }

  Tree real(int depth) {
    --budget_;
    if (is_leaf(depth))
      return random_.one_in(2) ? Tree{Op::Real, 0, random_.real(), {}}
                               : Tree{Op::RealSlot, static_cast<std::int64_t>(random_.below(4)), 0, {}};
    auto first = static_cast<unsigned>(Op::RealArithmetic), last = static_cast<unsigned>(Op::LastReal);
    Tree tree{static_cast<Op>(first + random_.below(last - first + 1)), random_.number(), random_.real(), {}};
    switch (tree.op) {
      case Op::RealArithmetic:
        fill(tree, 3, [&] { return real(depth + 1); });
        break;
      case Op::FromInt:
      case Op::RealTable:
        tree.children.push_back(integer(depth + 1));
        break;
      case Op::Single:
      case Op::Root:
        tree.children.push_back(real(depth + 1));
        break;
      case Op::RealIf:
      case Op::Blend:
        tree.children.push_back(integer(depth + 1));
        fill(tree, 2, [&] { return real(depth + 1); });
        break;
      default:
        break;
    }
    return tree;
  }

  Tree step(int depth) {
    --budget_;
    auto first = static_cast<unsigned>(Op::Assign), last = static_cast<unsigned>(Op::LastStep);
    Tree tree{static_cast<Op>(first + random_.below(last - first + 1)), random_.number(), 0, {}};
    if (budget_ <= 0 || depth > 4) tree.op = Op::Assign;
    if (tree.op == Op::Return && !random_.one_in(4)) tree.op = Op::Evaluate;
    auto next = [&] { return step(depth + 1); };
    switch (tree.op) {
      case Op::Assign:
      case Op::Evaluate:
      case Op::Return:
      case Op::BumpPair:
        tree.children.push_back(integer(depth + 1));
        break;
      case Op::AssignReal:
        tree.children.push_back(real(depth + 1));
        break;
      case Op::Store:
        fill(tree, 2, [&] { return integer(depth + 1); });
        break;
      case Op::IfThen:
        tree.children.push_back(integer(depth + 1));
        fill(tree, 2, next);
        break;
      case Op::While:
        tree.number = static_cast<std::int64_t>(random_.below(6));
        tree.children.push_back(integer(depth + 2));
        fill(tree, 1, next);
        break;
      case Op::Sequence:
      case Op::SequenceByIndex:
        fill(tree, static_cast<unsigned>(random_.below(4)), next);
        break;
      case Op::TryStep:
        fill(tree, 2, next);
        break;
      default:
        break;
    }
    return tree;
  }

  Random random_;
  ProgramOptions options_;
  int budget_;
  std::size_t definitions_ = 0;
};

}  // namespace

Program random_program(std::uint64_t seed, const ProgramOptions& options) { return Generator(seed, options).run(); }

std::string Tree::to_string() const {
  static const char* const names[] = {"Number",
                                      "Slot",
                                      "Arithmetic",
                                      "Tagged",
                                      "Narrow",
                                      "Compare",
                                      "If",
                                      "Choose",
                                      "CallHelper",
                                      "CallOpenHelper",
                                      "CallMethod",
                                      "Truncate",
                                      "SumByIterator",
                                      "SumByIndex",
                                      "SumReversed",
                                      "SumTwice",
                                      "FirstNonZero",
                                      "Dispatch",
                                      "Linked",
                                      "MapLookup",
                                      "Text",
                                      "Table",
                                      "Small",
                                      "CountGlobal",
                                      "CountStatic",
                                      "CountThread",
                                      "ThrowIf",
                                      "Guarded",
                                      "Catch",
                                      "ScalePair",
                                      "RotateTriple",
                                      "Shared",
                                      "CopyShared",
                                      "Define",
                                      "Visit",
                                      "Memory",
                                      "Repeat",
                                      "CallTwice",
                                      "Zip",
                                      "Grid",
                                      "Machine",
                                      "StackWalk",
                                      "Halves",
                                      "Real",
                                      "RealSlot",
                                      "RealArithmetic",
                                      "FromInt",
                                      "Single",
                                      "RealIf",
                                      "Blend",
                                      "RealTable",
                                      "Root",
                                      "Assign",
                                      "AssignReal",
                                      "Evaluate",
                                      "IfThen",
                                      "While",
                                      "Sequence",
                                      "SequenceByIndex",
                                      "TryStep",
                                      "Return",
                                      "Store",
                                      "BumpPair"};
  static_assert(std::size(names) == static_cast<std::size_t>(Op::LastStep) + 1);
  char details[64];
  std::snprintf(details, sizeof details, real == 0 ? ".%lld" : ".%lld/%g", static_cast<long long>(number), real);
  std::string text = names[static_cast<unsigned>(op)] + std::string(details);
  if (children.empty()) return text;
  text += "(";
  for (const Tree& child : children) text += (&child == children.data() ? "" : ", ") + child.to_string();
  return text + ")";
}

std::string Program::to_string() const {
  std::string text;
  for (const Tree& definition : definitions) text += "define " + definition.to_string() + "\n";
  return text + body.to_string();
}

}  // namespace fuzz
