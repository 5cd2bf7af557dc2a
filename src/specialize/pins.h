// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which variables are worth a copy of a block for each of their values.
#pragma once

#include "specialize/analyse.h"

namespace inlay::specialize {

/// A set of variables: values and cells.
class Variables {
 public:
  explicit Variables(unsigned count = 0) : bits_(count) {}
  bool has(unsigned number) const { return number < bits_.size() && bits_[number]; }
  bool add(unsigned number) {
    if (number >= bits_.size()) bits_.resize(number + 1);
    if (bits_[number]) return false;
    bits_.set(number);
    return true;
  }
  void remove(unsigned number) {
    if (number < bits_.size()) bits_.reset(number);
  }
  unsigned count() const { return bits_.count(); }
  llvm::iterator_range<llvm::BitVector::const_set_bits_iterator> all() const { return bits_.set_bits(); }

 private:
  llvm::BitVector bits_;
};

struct Found {
  bool pins = false;           // new ones
  std::size_t unresolved = 0;  // contexts, targets and arguments that are not known, each once for each context
  std::size_t contexts = 0;    // in which there is one
};
/// Looks for calls and contexts that pins would help, at the nodes that are reached, and adds these pins.
Found find_pins(const Analysis& analysis, Environment& environment, const Variables& forbidden, Variables& pins);

/// The loads and phis that a value is computed from, back to the context before.
struct Behind {
  InOrder<const llvm::LoadInst*> loads;
  InOrder<const llvm::PHINode*> phis;
};
Behind values_behind(const llvm::Value& value, const Environment& environment);

/// The variables that contexts are copied from: without them, no context is known; and promoted values.
Variables context_variables(const Facts& facts);

/// Pins that must go because a block has too many copies among the nodes `ids` of a context: of those in which the
/// copies differ, cells before values, and neither if it is one of `kept`.
std::vector<unsigned> pins_to_blame(const std::vector<Node>& nodes, const std::vector<unsigned>& ids, unsigned block,
                                    const Environment& environment, const Variables& kept);

}  // namespace inlay::specialize
