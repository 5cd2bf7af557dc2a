// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Random expressions on random rows: what is compiled does what is interpreted.
#include <gtest/gtest.h>

#include <cstdlib>

#include "compile/engines.h"
#include "compile/programs.h"
#include "compile/random_text.h"
#include "inlay/filter/expression.h"
#include "plan/plan.h"
#include "plan/random_rows.h"

namespace inlay::filter {
namespace {

using testing::column;
using testing::RandomRows;
using testing::RandomText;

/// A column of each type, of a storage and validity by chance.
void add_columns(RandomRows& rows) {
  const auto pick = [&](std::initializer_list<Storage> from) { return from.begin()[rows.below(from.size())]; };
  const auto add = [&](Type type, Storage storage) {
    Column described = column("", type, storage, 0);
    constexpr Validity Validities[] = {Validity::All, Validity::Bitmap, Validity::Flag};
    described.validity = Validities[rows.below(3)];
    const bool by_rows = storage == Storage::Bit || storage == Storage::Offsets32 || storage == Storage::Offsets64;
    if (by_rows && described.validity == Validity::Flag) described.validity = Validity::Bitmap;
    if (storage == Storage::Cell || storage == Storage::Characters) described.validity = Validity::InValue;
    if (storage != Storage::Cell && described.validity != Validity::Flag && rows.below(4) == 0) {
      described.dictionary = true;
      described.indices = pick({Storage::Int8, Storage::Int32, Storage::UInt16});
    }
    rows.add(described, storage == Storage::Cell ? 200 : 0);
  };
  for (int i = 0; i < 2; ++i) {
    add(Type::Boolean, pick({Storage::Bit, Storage::Byte, Storage::Cell}));
    add(Type::Integer, pick({Storage::Int8, Storage::Int32, Storage::Int64, Storage::UInt64, Storage::Cell}));
    add(Type::Real, pick({Storage::Float, Storage::Double, Storage::Cell}));
    add(Type::Text, pick({Storage::String, Storage::View, Storage::StringView, Storage::Characters, Storage::Offsets32,
                          Storage::Offsets64, Storage::Cell}));
  }
  add(Type::Date, pick({Storage::Days32, Storage::Days64, Storage::Milliseconds, Storage::Cell}));
  add(Type::Timestamp, pick({Storage::Seconds, Storage::Microseconds, Storage::Nanoseconds, Storage::Cell}));
}

class RandomPrograms : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomPrograms, DoWhatTheInterpreterDoes) {
  const std::uint64_t seed = GetParam();
  RandomRows rows(seed, 700);
  add_columns(rows);
  const Batch batch = rows.batch();
  RandomText text(rows.schema, seed);
  int understood = 0;
  for (int i = 0; i < 12; ++i) {
    const Type type = i % 2 ? Type::Boolean : static_cast<Type>(i / 2);
    Expressions expressions(rows.schema);
    const std::string written = text.expression(type);
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + written);
    const Result<NodeId> root = parse(expressions, written);
    if (!root) continue;  // a literal of a type that does not fit there
    ++understood;
    const PlanOptions options{.sample = {.batch = i % 3 ? &batch : nullptr, .rows = 100}};
    const bool condition = expressions[*root].type == Type::Boolean && i % 4 == 1;
    const Result<Plan> plan =
        condition ? plan_condition(expressions, *root, options) : plan_value(expressions, *root, options);
    ASSERT_TRUE(plan) << plan.error().to_string();
    std::vector<CompileOptions> all = testing::every_option();
    testing::compare_engines(plan->program, batch, {all[0], all[seed % all.size()], {.tier = Tier::Optimized}});
    if (HasFailure()) {
      ADD_FAILURE() << to_string(plan->program);
      return;
    }
  }
  EXPECT_GE(understood, 9);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomPrograms, ::testing::Range<std::uint64_t>(1, 1 + testing::cases(40)));

}  // namespace
}  // namespace inlay::filter
