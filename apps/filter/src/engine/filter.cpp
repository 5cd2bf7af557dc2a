// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/filter/filter.h"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>

#include "engine/explain.h"
#include "engine/pass_bytes.h"
#include "engine/planned.h"

namespace inlay::filter {

namespace {

/// What one call needs for itself.
struct Workplace {
  ScopeOwner scope;
  std::array<std::uint8_t, 16384> pass;
};

}  // namespace

struct Filter::State {
  explicit State(Planned its_planned) : planned(std::move(its_planned)) {}

  /// A workplace for `use`; calls at the same time have others.
  template <class Use>
  auto with_workplace(Use use) {
    std::unique_ptr<Workplace> workplace;
    {
      std::lock_guard lock(mutex);
      if (!idle.empty()) {
        workplace = std::move(idle.back());
        idle.pop_back();
      }
    }
    if (!workplace) workplace = std::make_unique<Workplace>();
    auto result = use(*workplace);
    std::lock_guard lock(mutex);
    idle.push_back(std::move(workplace));
    return result;
  }

  Result<void> test(const Batch& batch, Workplace& workplace, std::uint8_t* pass) {
    workplace.scope.reset();
    return planned.runner_for(batch)->filter(batch, workplace.scope.scope(), pass);
  }

  /// What `take` is told of the bytes of the rows, block by block, while they are in the cache.
  template <class Take>
  Result<void> each_block(const Batch& batch, Take take) {
    return with_workplace([&](Workplace& workplace) {
      workplace.scope.reset();
      return planned.runner_for(batch)->filter_blocks(batch, workplace.scope.scope(), workplace.pass, take);
    });
  }

  Planned planned;
  std::mutex mutex;
  std::vector<std::unique_ptr<Workplace>> idle;
};

Result<Filter> Filter::compile(const Schema& schema, std::string_view condition, const FilterOptions& options) {
  INLAY_TRY(Planned planned, Planned::parse(schema, condition, Runner::Kind::Filter, options));
  return Filter(std::make_shared<State>(std::move(planned)));
}

Result<Filter> Filter::compile(Expressions expressions, NodeId condition, const FilterOptions& options) {
  INLAY_TRY(Planned planned, Planned::of(std::move(expressions), condition, Runner::Kind::Filter, options));
  return Filter(std::make_shared<State>(std::move(planned)));
}

Result<void> Filter::test(const Batch& batch, std::uint8_t* pass) {
  return state_->with_workplace([&](Workplace& workplace) { return state_->test(batch, workplace, pass); });
}

Result<Selection> Filter::select(const Batch& batch) {
  Selection selection;
  INLAY_TRY_VOID(state_->each_block(batch, [&](std::int64_t first, std::span<const std::uint8_t> pass) {
    add_selected(pass, static_cast<std::uint32_t>(first), selection);
  }));
  return selection;
}

Result<std::int64_t> Filter::count(const Batch& batch) {
  std::int64_t count = 0;
  INLAY_TRY_VOID(
      state_->each_block(batch, [&](std::int64_t, std::span<const std::uint8_t> pass) { count += count_of(pass); }));
  return count;
}

Result<std::vector<std::uint8_t>> Filter::bitmap(const Batch& batch) {
  std::vector<std::uint8_t> bits;
  bits.reserve((static_cast<std::size_t>(std::max<std::int64_t>(batch.rows, 0)) + 7) / 8);
  INLAY_TRY_VOID(
      state_->each_block(batch, [&](std::int64_t, std::span<const std::uint8_t> pass) { add_bitmap(pass, bits); }));
  return bits;
}

std::string Filter::explain() const { return filter::explain(state_->planned); }

std::string Filter::explain_json() const { return filter::explain_json(state_->planned); }

void Filter::settle() { state_->planned.runner()->settle(); }

}  // namespace inlay::filter
