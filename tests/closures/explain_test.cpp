// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each kind of remark, with the line that is to blame; budgets; the inline policy and the attributes.
#include "runtime/remarks.h"

#include "test_support.h"

#include <llvm/Support/JSON.h>

namespace inlay::closures {
namespace {

using remarks::Int;
using Kind = Remark::Kind;
using std::placeholders::_1, std::placeholders::_2;

constexpr const char* Source = REMARKS_SOURCE;

/// Expects a remark of this kind at the line marked with `cause`.
void expect_remark(const Report& report, Kind kind, const std::string& cause, const std::string& callee) {
  bool found = false;
  unsigned line = line_with(Source, "cause: " + cause);
  for (const Remark& remark : report.remarks)
    if (remark.kind == kind && remark.place.line == line && remark.callee.find(callee) != std::string::npos) {
      found = true;
      EXPECT_TRUE(remark.place.file.ends_with("remarks.cpp")) << remark.place.file;
      EXPECT_FALSE(remark.reason.empty());
    }
  EXPECT_TRUE(found) << "expected [" << to_string(kind) << "] at line " << line << ":\n" << report.to_text();
}

Int plus_one(Int x) { return x + 1; }

TEST(Explain, target_that_comes_in_as_an_argument) {
  auto function = compiled(jit().specialize(remarks::unknown_target, _1, constant(Int{3})));
  expect_remark(function.explain(), Kind::UnknownTarget, "argument", "");
  EXPECT_NE(find(function.explain(), Kind::UnknownTarget)->reason.find("argument"), std::string::npos);
  EXPECT_EQ(function(plus_one), 5);
}

TEST(Explain, target_that_is_read_from_a_variable) {
  auto function = compiled(jit().specialize(remarks::unknown_from_variable, constant(Int{2})));
  expect_remark(function.explain(), Kind::UnknownTarget, "variable", "");
  EXPECT_NE(find(function.explain(), Kind::UnknownTarget)->reason.find("may change"), std::string::npos);
  EXPECT_EQ(function(), 15);
  remarks::set_variable(plus_one);
  EXPECT_EQ(function(), 4);
}

TEST(Explain, function_of_the_host) {
  auto function = compiled(jit().specialize(remarks::external, _1));
  expect_remark(function.explain(), Kind::External, "external", "closures_test_host");
  EXPECT_EQ(function(1), 1002);
}

TEST(Explain, attributes_keep_calls) {
  auto kept = compiled(jit().specialize(remarks::asked_noinline, constant(Int{4})));
  expect_remark(kept.explain(), Kind::AskedFor, "noinline", "kept");
  EXPECT_EQ(kept(), 13);
  auto hidden = compiled(jit().specialize(remarks::asked_opaque, constant(Int{4})));
  expect_remark(hidden.explain(), Kind::AskedFor, "opaque", "hidden");
  EXPECT_EQ(hidden(), 21);
}

TEST(Explain, policy_keeps_calls_and_sees_their_sites) {
  std::vector<std::string> seen;
  CompileOptions options;
  options.inline_policy = [&](const CallSite& site) {
    seen.emplace_back(site.callee);
    EXPECT_GT(site.instructions, 0u);
    if (site.callee.find("ordinary") == std::string_view::npos) return InlineChoice::Default;
    EXPECT_EQ(site.known_arguments, 1u);
    return InlineChoice::Call;
  };
  auto function = compiled(jit().specialize_with(options, remarks::policy, constant(Int{4})));
  expect_remark(function.explain(), Kind::AskedFor, "policy", "ordinary");
  EXPECT_EQ(function(), 29);
  EXPECT_TRUE(std::any_of(seen.begin(), seen.end(), [](auto& s) { return s.find("ordinary") != s.npos; }));

  options.inline_policy = [](const CallSite&) { return InlineChoice::Specialize; };
  EXPECT_EQ(compiled(jit().specialize_with(options, remarks::policy, constant(Int{4})))(), 29);
  options.inline_policy = [](const CallSite&) { return InlineChoice::Inline; };
  auto inlined = compiled(jit().specialize_with(options, remarks::nothing_known, _1, _2));
  EXPECT_FALSE(find(inlined.explain(), Kind::NothingKnown)) << inlined.explain().to_text();
  EXPECT_EQ(inlined(3, 4), remarks::nothing_known(3, 4));
}

TEST(Explain, call_with_nothing_known) {
  auto function = compiled(jit().specialize(remarks::nothing_known, _1, _2));
  expect_remark(function.explain(), Kind::NothingKnown, "nothing-known", "large");
  EXPECT_EQ(function(8, 9), remarks::nothing_known(8, 9));
}

TEST(Explain, recursion_on_what_is_not_known) {
  auto function = compiled(jit().specialize(remarks::recursion, _1, constant(Int{1})));
  expect_remark(function.explain(), Kind::Recursion, "recursion", "recursion");
  for (Int n : {0, 1, 5, 50}) EXPECT_EQ(function(n), remarks::recursion(n, 1));
}

TEST(Explain, specialized_function_with_two_callers) {
  CompileOptions options;
  options.inline_policy = [](const CallSite& site) {
    return site.callee.find("large") == std::string_view::npos ? InlineChoice::Default : InlineChoice::Specialize;
  };
  auto function = compiled(jit().specialize_with(options, remarks::shared, _1, _2));
  expect_remark(function.explain(), Kind::Shared, "shared", "large");
  EXPECT_EQ(function(5, 6), remarks::shared(5, 6));
}

TEST(Explain, callee_that_the_evaluator_does_not_take) {
  auto function = compiled(jit().specialize(remarks::not_evaluable, constant(Int{4})));
  expect_remark(function.explain(), Kind::NotEvaluable, "not-evaluable", "many");
  EXPECT_EQ(function(), 9);
}

TEST(Explain, budgets_of_depth_and_of_instructions) {
  Int truth = remarks::budget(30, 2);
  CompileOptions options;
  options.max_depth = 5;
  auto shallow = compiled(jit().specialize_with(options, remarks::budget, constant(Int{30}), _1));
  expect_remark(shallow.explain(), Kind::Budget, "budget", "budget");
  EXPECT_EQ(shallow(2), truth);
  options = {};
  options.max_instructions = 40;
  auto small = compiled(jit().specialize_with(options, remarks::budget, constant(Int{30}), _1));
  expect_remark(small.explain(), Kind::Budget, "budget", "budget");
  EXPECT_EQ(small(2), truth);
  auto whole = compiled(jit().specialize(remarks::budget, constant(Int{30}), _1));
  EXPECT_FALSE(find(whole.explain(), Kind::Budget)) << whole.explain().to_text();
  EXPECT_EQ(whole(2), truth);
}

TEST(Explain, limits_of_nothing_at_all) {
  CompileOptions options;
  options.max_instructions = 0;
  auto none = ok(jit().specialize_with(options, remarks::budget, constant(Int{30}), _1));
  EXPECT_EQ(none(2), remarks::budget(30, 2));
  options = {};
  options.max_depth = 0;
  EXPECT_EQ(ok(jit().specialize_with(options, remarks::budget, constant(Int{30}), _1))(2), remarks::budget(30, 2));
  options = {};
  options.max_rounds = 0;
  EXPECT_EQ(ok(jit().specialize_with(options, remarks::budget, constant(Int{30}), _1))(2), remarks::budget(30, 2));
}

TEST(Explain, loop_over_a_list_that_is_too_long) {
  auto list = jit().freeze([] {
    std::vector<Int (*)(Int)> functions(5000, &remarks::eager);
    return functions;
  });
  auto function = compiled(jit().specialize(remarks::long_list, constant(list), _1));
  expect_remark(function.explain(), Kind::Budget, "long-list", "long_list");
  EXPECT_EQ(function(2), remarks::long_list(*list, 2));
}

TEST(Explain, asked_to_inline_past_the_rules) {
  auto function = compiled(jit().specialize(remarks::twice, _1));
  EXPECT_FALSE(find(function.explain(), Kind::Shared)) << function.explain().to_text();
  EXPECT_EQ(function(5), remarks::twice(5));
}

TEST(Explain, code_of_no_runtime_is_not_compiled) {
  auto function = ok(jit().specialize(plus_one, _1));
  EXPECT_FALSE(function.compiled());
  const std::optional<Remark> remark = find(function.explain(), Kind::NotCompiled);
  ASSERT_TRUE(remark);
  EXPECT_NE(remark->reason.find("inlay_add_runtime"), std::string::npos) << remark->reason;
  EXPECT_NE(function.explain().to_text().find("not compiled"), std::string::npos);
  EXPECT_EQ(function(4), 5);
}

TEST(Explain, text_names_the_line_and_the_kind) {
  auto function = compiled(jit().specialize(remarks::asked_noinline, constant(Int{4})));
  std::string text = function.explain().to_text();
  std::string place = "remarks.cpp:" + std::to_string(line_with(Source, "cause: noinline"));
  EXPECT_NE(text.find(place), std::string::npos) << text;
  EXPECT_NE(text.find("[asked-for]"), std::string::npos) << text;
  EXPECT_NE(text.find("remarks::asked_noinline"), std::string::npos) << text;
  EXPECT_FALSE(text.ends_with('\n'));
}

TEST(Explain, json_holds_the_same) {
  auto function = compiled(jit().specialize(remarks::asked_noinline, constant(Int{4})));
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(function.explain().to_json());
  ASSERT_TRUE(bool(json)) << llvm::toString(json.takeError());
  const llvm::json::Object* object = json->getAsObject();
  ASSERT_TRUE(object);
  EXPECT_EQ(object->getBoolean("compiled"), true);
  EXPECT_TRUE(object->getString("function")->contains("asked_noinline"));
  EXPECT_GT(object->getInteger("code_bytes").value_or(0), 0);
  const llvm::json::Array* list = object->getArray("remarks");
  ASSERT_TRUE(list && !list->empty());
  const llvm::json::Object* remark = list->front().getAsObject();
  EXPECT_EQ(remark->getString("kind"), "asked-for");
  EXPECT_EQ(remark->getInteger("line"), line_with(Source, "cause: noinline"));
  EXPECT_TRUE(remark->getString("file")->ends_with("remarks.cpp"));
  EXPECT_EQ(remark->getInteger("count"), 1);
}

TEST(Explain, every_kind_has_a_name) {
  std::vector<std::string> names;
  for (unsigned kind = 0; kind <= static_cast<unsigned>(Kind::NotCompiled); ++kind)
    names.emplace_back(to_string(static_cast<Kind>(kind)));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
  EXPECT_EQ(std::find(names.begin(), names.end(), "unknown"), names.end());
}

}  // namespace
}  // namespace inlay::closures
