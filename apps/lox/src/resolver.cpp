// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "resolver.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace lox {

using syntax::Capture;
using syntax::Declared;
using syntax::Function;
using syntax::FunctionKind;
using syntax::Local;
using syntax::Place;

Resolver::Resolver(Function& script, GlobalNames& globals) : globals_(globals) {
  levels_.push_back({&script, 0, 0, {}});
}

void Resolver::begin_function(Function& function) {
  levels_.push_back({&function, block_starts_.size(), 0, {}});
  begin_block();
  if (function.kind == FunctionKind::Method || function.kind == FunctionKind::Initializer) {
    function.this_local = declare("this").local;
    define();
  }
}

void Resolver::end_function() {
  while (block_starts_.size() > levels_.back().block_count) end_block();
  levels_.pop_back();
}

void Resolver::begin_block() { block_starts_.push_back(bindings_.size()); }

void Resolver::end_block() {
  for (; bindings_.size() > block_starts_.back(); bindings_.pop_back()) {
    visible_[bindings_.back().name] = bindings_.back().hidden;
    --levels_.back().slot_count;
  }
  block_starts_.pop_back();
}

const Resolver::Binding* Resolver::find(std::string_view name) const {
  const auto found = visible_.find(name);
  return found == visible_.end() || found->second < 0 ? nullptr : &bindings_[static_cast<std::size_t>(found->second)];
}

bool Resolver::is_declared_here(std::string_view name) const {
  if (is_global_scope()) return false;
  const Binding* binding = find(name);
  return binding != nullptr && binding >= bindings_.data() + block_starts_.back();
}

Declared Resolver::declare(std::string_view name) {
  if (is_global_scope()) return {std::string(name), nullptr, globals_.index_of(name)};

  Level& level = levels_.back();
  Function& function = *level.function;
  function.locals.push_back(std::make_unique<Local>(Local{std::string(name), level.slot_count++, false}));
  function.slot_count = std::max(function.slot_count, level.slot_count);
  Local* local = function.locals.back().get();

  const int hidden = std::exchange(visible_.try_emplace(name, -1).first->second, static_cast<int>(bindings_.size()));
  bindings_.push_back({name, local, innermost_level(), false, hidden});
  return {std::string(name), local, 0};
}

void Resolver::define() {
  if (!is_global_scope()) bindings_.back().is_defined = true;
}

Resolver::Use Resolver::use(std::string_view name) {
  const Binding* binding = find(name);
  if (binding == nullptr) return {{Place::Kind::Global, globals_.index_of(name), nullptr}, true};
  if (binding->level == innermost_level()) return {{Place::Kind::Local, 0, binding->local}, binding->is_defined};
  return {{Place::Kind::Captured, capture(*binding), nullptr}, binding->is_defined};
}

/// The variable's index among the captures of the innermost function. Each function between that and the variable's
/// own has to hand it inwards.
int Resolver::capture(const Binding& binding) {
  const auto known = levels_.back().captures.find(binding.local);
  if (known != levels_.back().captures.end()) return known->second;

  binding.local->captured = true;
  int index = -1;
  for (std::size_t i = static_cast<std::size_t>(binding.level) + 1; i < levels_.size(); ++i) {
    std::vector<Capture>& captures = levels_[i].function->captures;
    const auto [entry, is_new] = levels_[i].captures.try_emplace(binding.local, static_cast<int>(captures.size()));
    if (is_new) captures.push_back(index < 0 ? Capture{binding.local, 0} : Capture{nullptr, index});
    index = entry->second;
  }
  return index;
}

}  // namespace lox
