// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Small functions over constant memory, each of which reads it in a way of its own.
#pragma once

namespace cached {

struct Node {
  long value = 0;
  const Node* left = nullptr;
  const Node* right = nullptr;
  long never_read = 0;
};

struct Indirect {
  const long* number;
};

struct Word {
  const void* pointer;
  long number;
};

extern const long weights[4];
extern long tally;

long polynomial(const Node* node, long x);
long both(const Node* a, const Node* b, long x);
long through_pointer(const Indirect* indirect, long x);
long of_word(Word word, long x);
long of_scalars(long a, short b, double c, bool d, long x);
long counted(const Node* node, long x);

}  // namespace cached
