// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/reach.h"

#include <algorithm>

namespace inlay::ir {

const References::Range* References::range(Value symbol) const {
  const std::vector<Range>& ranges = symbol.is_function() ? functions_ : data_;
  const std::uint32_t i = symbol.is_function() ? symbol.function().value : symbol.data().value;
  return i < ranges.size() ? &ranges[i] : nullptr;
}

bool References::known(Value symbol) const {
  const Range* found = range(symbol);
  return found && found->known;
}

std::span<const Value> References::of(Value symbol) const {
  const Range* found = range(symbol);
  return found ? std::span(values_).subspan(found->begin, found->end - found->begin) : std::span<const Value>();
}

void References::add(Value symbol, std::span<const Value> mentioned) {
  std::vector<Range>& ranges = symbol.is_function() ? functions_ : data_;
  const std::uint32_t i = symbol.is_function() ? symbol.function().value : symbol.data().value;
  if (i >= ranges.size()) ranges.resize(std::max<std::size_t>(i + 1, ranges.size() * 2));
  const auto begin = static_cast<std::uint32_t>(values_.size());
  values_.insert(values_.end(), mentioned.begin(), mentioned.end());
  ranges[i] = {begin, static_cast<std::uint32_t>(values_.size()), true};
}

namespace {

class Walk {
 public:
  Walk(const Module& module, const References& references)
      : m_(module), references_(references), functions_(module.functions.count()), data_(module.data.count()) {}

  void from(std::span<const Value> roots) {
    for (Value root : roots) visit(root);
    // Now that all the others have their places; what only cold functions call stands among them.
    in_cold_ = true;
    for (std::size_t i = 0; i < cold_.size(); ++i) visit(cold_[i]);
  }

  Reach reach;

 private:
  void visit(Value root);
  void visit_function(FunctionId id);
  void visit_data(DataId first);

  const Module& m_;
  const References& references_;
  std::vector<bool> functions_, data_;  // that have their places
  std::vector<FunctionId> cold_;
  bool in_cold_ = false;
  std::vector<Value> stack_;       // functions to come, the next one on top
  std::vector<Value> by_address_;  // functions that the data of one function mention
};

void Walk::visit(Value root) {
  stack_.push_back(root);
  while (!stack_.empty()) {
    const Value next = stack_.back();
    stack_.pop_back();
    if (next.is_function()) {
      visit_function(next.function());
    } else {
      by_address_.clear();
      visit_data(next.data());
      stack_.insert(stack_.end(), by_address_.rbegin(), by_address_.rend());
    }
  }
}

void Walk::visit_function(FunctionId id) {
  if (functions_[id.value]) return;
  const Function& f = m_.functions[id];
  if (f.flags & FunctionCold && !in_cold_) {
    cold_.push_back(id);
    return;
  }
  functions_[id.value] = true;
  if (f.flags & (FunctionDefined | FunctionAssembly))
    reach.functions.push_back(id);
  else
    reach.external_functions.push_back(id);
  by_address_.clear();
  const std::span<const Value> mentioned = references_.of(id);
  for (Value value : mentioned)
    if (value.is_data()) visit_data(value.data());
  stack_.insert(stack_.end(), by_address_.rbegin(), by_address_.rend());
  for (std::size_t i = mentioned.size(); i-- > 0;)
    if (mentioned[i].is_function() && !functions_[mentioned[i].function().value]) stack_.push_back(mentioned[i]);
}

/// Data and the data that it leads to; functions are noted.
void Walk::visit_data(DataId first) {
  std::vector<DataId>& list = reach.data;
  std::size_t at = list.size();
  const auto add = [&](DataId id) {
    if (data_[id.value]) return;
    data_[id.value] = true;
    (m_.data[id].flags & DataExtern ? reach.external_data : list).push_back(id);
  };
  add(first);
  for (; at < list.size(); ++at) {
    for (Value value : references_.of(list[at])) {
      if (value.is_data())
        add(value.data());
      else if (!functions_[value.function().value])
        by_address_.push_back(value);
    }
  }
}

}  // namespace

Reach in_order(const Module& module, const References& references, std::span<const Value> roots) {
  Walk walk(module, references);
  walk.from(roots);
  return std::move(walk.reach);
}

}  // namespace inlay::ir
