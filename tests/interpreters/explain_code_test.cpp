// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs of the example machines: which machine code each guest instruction became.
#include <algorithm>
#include <set>

#include "subject.h"

#include <gtest/gtest.h>
#include <llvm/Support/JSON.h>

namespace inlay::interpreters {
namespace {

Compiled compile(const Subject& subject, CompileOptions options = {}) {
  options.explain_code = true;
  Result<Compiled> compiled = subject.compile(jit(), options);
  EXPECT_TRUE(compiled) << subject.name << ": " << compiled.error().to_string();
  return compiled ? *std::move(compiled) : Compiled{};
}

/// Everything that a code map promises, but for how much of the code it covers.
void check_map(const Report& report) {
  ASSERT_TRUE(report.explains_code());
  std::set<unsigned> numbers;
  struct Stretch {
    CodeRange range;
    unsigned number;
  };
  std::vector<Stretch> all;
  for (const GuestInstruction& guest : report.guest) {
    EXPECT_TRUE(numbers.insert(guest.number).second) << "two have the number " << guest.number;
    EXPECT_EQ(guest.code.empty(), guest.assembly.empty()) << "of number " << guest.number;
    EXPECT_EQ(guest.code.empty(), guest.code_bytes() == 0);
    EXPECT_EQ(guest.assembly.find("(data)"), std::string::npos) << guest.assembly;
    for (const CodeRange& range : guest.code) {
      ASSERT_LT(range.function, report.functions.size());
      EXPECT_GT(range.size, 0u);
      EXPECT_LE(range.offset + range.size, report.functions[range.function].size);
      all.push_back({range, guest.number});
    }
  }
  std::sort(all.begin(), all.end(), [](const Stretch& a, const Stretch& b) {
    return std::tie(a.range.function, a.range.offset) < std::tie(b.range.function, b.range.offset);
  });
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i - 1].range.function == all[i].range.function) {
      EXPECT_LE(all[i - 1].range.offset + all[i - 1].range.size, all[i].range.offset)
          << "of numbers " << all[i - 1].number << " and " << all[i].number;
    }
}

struct Sum {
  std::uint64_t mapped = 0, size = 0;
};

Sum sum_of(const Report& report) {
  Sum sum;
  for (const GuestInstruction& guest : report.guest) sum.mapped += guest.code_bytes();
  for (const CompiledFunction& function : report.functions) sum.size += function.size;
  return sum;
}

class ExplainCode : public ::testing::TestWithParam<const Machine*> {};

TEST_P(ExplainCode, of_shipped_programs) {
  Sum all;
  for (const Subject& subject : GetParam()->shipped()) {
    Compiled compiled = compile(subject);
    ASSERT_TRUE(compiled.compiled);
    EXPECT_EQ(compiled.difference(), "") << subject.name;
    check_map(compiled.report);
    if (HasFailure()) FAIL() << subject.name << "\n" << compiled.report.to_text();
    Sum sum = sum_of(compiled.report);
    // Small programs are half frame and state: what surrounds them.
    EXPECT_GE(sum.mapped * 10, sum.size * 3) << subject.name << "\n" << compiled.report.to_text();
    all.mapped += sum.mapped;
    all.size += sum.size;
  }
  EXPECT_GE(all.mapped * 4, all.size * 3);
}

TEST_P(ExplainCode, of_random_programs) {
  for (std::uint64_t seed = 1; seed < 8; ++seed) {
    const Subject subject = GetParam()->random(seed);
    CompileOptions options;
    options.level = static_cast<Level>(seed % 4);
    if (seed % 3 == 0) options.max_contexts = 10;
    Compiled compiled = compile(subject, options);
    ASSERT_TRUE(compiled.compiled);
    EXPECT_EQ(compiled.difference(), "") << subject.name;
    check_map(compiled.report);
    if (HasFailure()) FAIL() << subject.name << "\n" << compiled.report.to_text();
  }
}

TEST_P(ExplainCode, only_if_asked) {
  const Subject subject = GetParam()->shipped().front();
  Compiled plain = subject.compile(jit(), {}).value();
  EXPECT_FALSE(plain.report.explains_code());
  for (const GuestInstruction& guest : plain.report.guest) EXPECT_TRUE(guest.code.empty() && guest.assembly.empty());
  EXPECT_EQ(plain.report.to_text().find("in machine code"), std::string::npos);
  // What was specialized is the same.
  Compiled asked = compile(subject);
  EXPECT_EQ(plain.report.instructions, asked.report.instructions);
  EXPECT_EQ(plain.report.folded_loads, asked.report.folded_loads);
}

TEST_P(ExplainCode, as_text_and_json) {
  const Report report = compile(GetParam()->shipped().front()).report;
  EXPECT_NE(report.to_text().find("in machine code: "), std::string::npos) << report.to_text();
  EXPECT_NE(report.to_listing().find("\tmov"), std::string::npos);
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(report.to_json());
  ASSERT_TRUE(bool(json)) << llvm::toString(json.takeError());
  const llvm::json::Array* functions = json->getAsObject()->getArray("functions");
  const llvm::json::Array* guest = json->getAsObject()->getArray("guest");
  ASSERT_TRUE(functions && guest);
  EXPECT_EQ(functions->size(), report.functions.size());
  ASSERT_EQ(guest->size(), report.guest.size());
  for (std::size_t i = 0; i < guest->size(); ++i) {
    const llvm::json::Object& entry = *(*guest)[i].getAsObject();
    EXPECT_EQ(entry.getArray("code")->size(), report.guest[i].code.size());
    EXPECT_EQ(entry.getInteger("code_bytes"), static_cast<std::int64_t>(report.guest[i].code_bytes()));
    EXPECT_EQ(entry.getString("assembly"), report.guest[i].assembly);
  }
}

INSTANTIATE_TEST_SUITE_P(Machines, ExplainCode, ::testing::ValuesIn(machines()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace inlay::interpreters
