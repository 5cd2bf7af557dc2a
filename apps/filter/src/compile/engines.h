// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests: whether compiled kernels do what the interpreter does.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "../../../../tests/sanitized.h"
#include "compile/compile.h"
#include "compile/emit.h"
#include "interpret/interpret.h"
#include "runtime/scope_owner.h"
#include "runtime/sets.h"

namespace inlay::filter::testing {

inline const Jit& jit() {
  static const Jit jit = Jit::create().value();
  return jit;
}

/// How many of `count` random cases there is time for: sanitizers take ten times as long.
constexpr std::uint64_t cases(std::uint64_t count) { return Sanitized ? (count + 3) / 4 : count; }

inline std::vector<CompileOptions> every_option() {
  std::vector<CompileOptions> all;
  if (Sanitized)
    return {{.tier = Tier::Quick}, {.tier = Tier::Optimized, .cpu = Cpu::Baseline}, {.tier = Tier::Optimized}};
  for (const Tier tier : {Tier::Quick, Tier::Optimized})
    for (const Cpu cpu : {Cpu::Baseline, Cpu::Avx2, Cpu::Avx512, Cpu::Native})
      if (supports(cpu)) all.push_back({.tier = tier, .cpu = cpu});
  return all;
}

/// What an engine made of a projection, with all that one can tell it by.
struct Outcome {
  std::int64_t done = 0;
  Fault fault = Fault::None;
  std::int32_t column = 0;
  std::string offender;
  std::vector<std::string> values;  // `null`, or the bytes

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

inline std::string shown(const Outcome& outcome, const Outcome& other) {
  std::string text = std::to_string(outcome.done) + " rows, fault " + std::to_string(int(outcome.fault)) + " column " +
                     std::to_string(outcome.column) + " '" + outcome.offender + "'";
  for (std::size_t i = 0; i < outcome.values.size() && i < other.values.size(); ++i)
    if (outcome.values[i] != other.values[i]) {
      text += ", value " + std::to_string(i) + ": ";
      for (const char c : outcome.values[i]) text += std::to_string(static_cast<unsigned char>(c)) + " ";
      break;
    }
  return text;
}

/// Memory for a projection, and a way to run one into it.
class Projected {
 public:
  Projected(const Program& program, std::int64_t count)
      : program_(program),
        values_(static_cast<std::size_t>(count) * 16 + 16, std::byte{0xee}),
        nulls_(static_cast<std::size_t>(count) + 1, 0xee) {}

  template <class Run>
  Outcome run(Scope& scope, Run run) {
    const ProjectionOut out{values_.data(), nulls_.data()};
    Outcome outcome;
    outcome.done = run(out);
    outcome.fault = scope.fault;
    outcome.column = scope.column;
    if (scope.offender.data) outcome.offender = std::string_view(scope.offender);
    for (std::int64_t i = 0; i < outcome.done; ++i) outcome.values.push_back(value(i));
    return outcome;
  }

 private:
  std::string value(std::int64_t i) const {
    if (program_.nullable && nulls_[static_cast<std::size_t>(i)]) return "null";
    if (program_.type == Type::Text) {
      Text text;
      std::memcpy(&text, values_.data() + i * 16, 16);
      return std::string(std::string_view(text));
    }
    const std::int64_t size = program_.type == Type::Boolean ? 1 : 8;
    if (program_.type == Type::Real) {
      double real = 0;
      std::memcpy(&real, values_.data() + i * 8, 8);
      if (real != real) return "nan";
    }
    return std::string(reinterpret_cast<const char*>(values_.data()) + i * size, static_cast<std::size_t>(size));
  }

  const Program& program_;
  std::vector<std::byte> values_;
  std::vector<std::uint8_t> nulls_;
};

/// Runs a program on a batch by the interpreter and by each of these, as projection of all rows and of some, and where
/// it yields a Boolean as filter, too.
inline void compare_engines(const Program& program, const Batch& batch, const std::vector<CompileOptions>& all) {
  const InterpretedProgram interpreted(program);
  std::vector<const void*> objects;
  for (const auto& object : program.objects) objects.push_back(object.get());
  for (const Set& set : program.sets) objects.push_back(set.table.get());
  std::vector<std::vector<std::uint8_t>> tables;
  std::vector<const std::uint8_t*> table_addresses;
  for (const DictionaryTest& test : program.tables) {
    const ColumnData& data = batch.columns[test.column.value - 1];
    std::vector<std::uint8_t>& table = tables.emplace_back(static_cast<std::size_t>(data.dictionary_size) + 1, 2);
    ScopeOwner scope;
    ASSERT_TRUE(interpret_dictionary(test, data, scope.scope(), table.data() + 1));
  }
  for (const auto& table : tables) table_addresses.push_back(table.data() + 1);
  std::vector<std::uint32_t> selection;
  for (std::int64_t row = 0; row < batch.rows; row += 1 + row % 3) selection.push_back(static_cast<std::uint32_t>(row));

  const auto run = [&](auto&& kernel, bool gather) {
    ScopeOwner owner;
    Scope& scope = owner.scope();
    scope.objects = objects.data();
    const std::int64_t first = gather ? 0 : 3;
    const auto count = gather ? static_cast<std::int64_t>(selection.size()) : batch.rows - first;
    return Projected(program, count).run(scope, [&](const ProjectionOut& out) {
      return kernel(scope, gather ? selection.data() : nullptr, first, count, out);
    });
  };
  const auto filter = [&](auto&& kernel) {
    ScopeOwner owner;
    Scope& scope = owner.scope();
    scope.objects = objects.data();
    std::vector<std::uint8_t> pass(static_cast<std::size_t>(batch.rows) + 1, 0xee);
    const std::int64_t begin = 2;
    const std::int64_t done = kernel(scope, begin, batch.rows, pass.data());
    pass.resize(static_cast<std::size_t>(done - begin));
    return std::pair(scope.fault, pass);
  };
  const auto interpret = [&](Scope& scope, const std::uint32_t* rows, std::int64_t first, std::int64_t count,
                             const ProjectionOut& out) {
    return interpret_project(interpreted, batch.columns.data(), scope, table_addresses.data(), rows, first, count, out);
  };
  const Outcome dense = run(interpret, false), gathered = run(interpret, true);
  std::vector<CompileOptions> variants = all;
  if (!has_bitmaps(program, batch))
    for (const CompileOptions& options : all) {
      variants.push_back(options);
      variants.back().bitmaps = false;
    }
  for (const CompileOptions& options : variants) {
    SCOPED_TRACE("tier " + std::to_string(int(options.tier)) + " cpu " + std::to_string(int(options.cpu)) +
                 (options.bitmaps ? "" : ", no bitmaps"));
    const Result<CompiledProjection> compiled = compile_projection(jit(), program, options);
    ASSERT_TRUE(compiled) << compiled.error().to_string() << '\n' << program_ir(program).value();
    const auto call = [&](Scope& scope, const std::uint32_t* rows, std::int64_t first, std::int64_t count,
                          const ProjectionOut& out) {
      return compiled->function(batch.columns.data(), &scope, table_addresses.data(), rows, first, count, &out);
    };
    const Outcome all_rows = run(call, false), some = run(call, true);
    EXPECT_EQ(all_rows, dense) << shown(all_rows, dense) << " instead of " << shown(dense, all_rows);
    EXPECT_EQ(some, gathered) << shown(some, gathered) << " instead of " << shown(gathered, some);
    if (program.type != Type::Boolean) continue;
    const Result<CompiledFilter> compiled_filter = compile_filter(jit(), program, options);
    ASSERT_TRUE(compiled_filter) << compiled_filter.error().to_string() << '\n' << program_ir(program).value();
    const auto expected = filter([&](Scope& scope, std::int64_t begin, std::int64_t end, std::uint8_t* pass) {
      return interpret_filter(interpreted, batch.columns.data(), scope, table_addresses.data(), begin, end, pass);
    });
    const auto got = filter([&](Scope& scope, std::int64_t begin, std::int64_t end, std::uint8_t* pass) {
      return compiled_filter->function(batch.columns.data(), &scope, table_addresses.data(), begin, end, pass);
    });
    EXPECT_EQ(got, expected);
  }
}

}  // namespace inlay::filter::testing
