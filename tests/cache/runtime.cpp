// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime.h"

namespace cached {

#ifdef CHANGED
constexpr long Base = 2;
#else
constexpr long Base = 1;
#endif

const long weights[4] = {3, 5, 7, 11};
long tally = 0;

long polynomial(const Node* node, long x) {
  long sum = node->value * Base;
  if (node->left) sum += x * polynomial(node->left, x);
  if (node->right) sum -= polynomial(node->right, x + 1);
  return sum;
}

long both(const Node* a, const Node* b, long x) { return a == b ? x : a->value * 100 + b->value + x; }

long through_pointer(const Indirect* indirect, long x) { return *indirect->number + x; }

long of_word(Word word, long x) { return static_cast<const Node*>(word.pointer)->value + word.number + x; }

long of_scalars(long a, short b, double c, bool d, long x) {
  return a * 2 + b + static_cast<long>(c * 4) + (d ? 100 : 0) + x;
}

long counted(const Node* node, long x) {
  tally += node->value;
  return tally + x;
}

}  // namespace cached
