// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Units joined with a runtime that is linked into this test.
#include <algorithm>
#include <functional>

#include "aot/test_support.h"
#include "codegen/emit.h"
#include "codegen/join.h"
#include "codegen/pipeline.h"
#include "inlay/aot.h"
#include "inlay/inlay.h"

#include <llvm/Object/ELFObjectFile.h>

extern "C" {
std::int64_t rt_add(std::int64_t a, std::int64_t b);
std::int64_t rt_far(std::int64_t a);
std::int64_t rt_square(std::int64_t a);
std::int64_t rt_element(const std::int64_t* array, std::int64_t index);
const std::int64_t* rt_place(const std::int64_t* array, std::int64_t index);
}

namespace inlay {
namespace {

using aot::Folder;
using aot::run;
using aot::unit_of;
using codegen::Joined;

/// A unit whose main returns name(argument).
Unit program(const std::string& name, int argument, bool takes_argument = true) {
  std::string parameter = takes_argument ? "i64" : "";
  std::string value = takes_argument ? "i64 " + std::to_string(argument) : "";
  return unit_of("declare i64 @" + name + "(" + parameter + ")\ndefine i32 @main() { %v = call i64 @" + name + "(" +
                 value + ") %r = trunc i64 %v to i32 ret i32 %r }");
}

bool calls(Unit& unit, const char* name) {
  const llvm::Function* function = module_of(unit).getFunction(name);
  return function && !function->use_empty();
}

TEST(Join, offers_bodies_to_the_inliner_and_drops_them) {
  Unit unit = program("rt_square", 4);
  Result<codegen::JoinReport> report = codegen::join(unit);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_GE(report->functions, 1u);  // its callees too, unless clang inlined them before
  EXPECT_TRUE(module_of(unit).getFunction("rt_square")->hasAvailableExternallyLinkage());
  codegen::optimize(module_of(unit), *codegen::machine_of_thread(codegen::Cpu::Host).value(), Level::O2);
  EXPECT_FALSE(calls(unit, "rt_square"));
  EXPECT_FALSE(calls(unit, "rt_add"));
}

TEST(Join, function_that_asks_to_stay_stays_a_call) {
  Unit unit = program("rt_far", 4);
  Result<codegen::JoinReport> report = codegen::join(unit);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->left.size(), 1u);
  EXPECT_EQ(report->left[0], "rt_far: it asks not to be inlined");
  codegen::optimize(module_of(unit), *codegen::machine_of_thread(codegen::Cpu::Host).value(), Level::O2);
  EXPECT_TRUE(calls(unit, "rt_far"));
}

TEST(Join, leaves_bodies_beyond_the_limit) {
  Unit unit = program("rt_checked", 4);
  Result<codegen::JoinReport> report = codegen::join(unit, {.body_limit = 2});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->functions, 0u);
  ASSERT_EQ(report->left.size(), 1u);
  EXPECT_NE(report->left[0].find("instructions"), std::string::npos);
}

TEST(Join, functions_that_ask_to_be_inlined_are_offered_beyond_every_limit) {
  Unit unit = program("rt_wanted", 4);
  Result<codegen::JoinReport> report = codegen::join(unit, {.body_limit = 1, .copies_limit = 0, .total_limit = 0});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->functions, 1u);
  EXPECT_TRUE(report->left.empty());
}

TEST(Join, leaves_bodies_that_would_be_copied_too_often) {
  const auto joined = [](std::uint32_t limit) {
    Unit unit = unit_of(
        "declare i64 @rt_checked(i64) define i64 @f(i64 %x) { %a = call i64 @rt_checked(i64 %x) "
        "%b = call i64 @rt_checked(i64 %a) ret i64 %b }");
    return codegen::join(unit, {.copies_limit = limit}).value();
  };
  const codegen::JoinReport none = joined(50);
  EXPECT_EQ(none.functions, 0u);
  ASSERT_EQ(none.left.size(), 1u);
  EXPECT_NE(none.left[0].find("in 2 places"), std::string::npos) << none.left[0];
  EXPECT_GE(joined(5000).functions, 1u);
}

TEST(Join, small_bodies_are_copied_however_often_they_are_called) {
  Unit unit = program("rt_square", 4);
  EXPECT_GE(codegen::join(unit, {.copies_limit = 0}).value().functions, 1u);
}

TEST(Join, data_that_changes_is_never_copied_into_this_process) {
  Unit unit = program("rt_count", 0, false);
  ASSERT_TRUE(codegen::join(unit));
  for (const llvm::GlobalVariable& variable : module_of(unit).globals())
    EXPECT_TRUE(variable.isDeclaration() || variable.isConstant()) << variable.getName().str();
}

TEST(Join, carried_units_name_what_nobody_defines) {
  Unit unit = unit_of(
      "declare i64 @rt_add(i64, i64) declare i64 @nobody() define i64 @f() { %a = call i64 @nobody() "
      "%b = call i64 @rt_add(i64 %a, i64 %a) ret i64 %b }");
  Result<codegen::JoinReport> report = codegen::join(unit, {.joined = Joined::Carried});
  ASSERT_TRUE(report);
  EXPECT_EQ(report->undefined, std::vector<std::string>{"nobody"});
  EXPECT_TRUE(module_of(unit).getFunction("rt_add")->hasInternalLinkage());
}

struct Way {
  Level level;
  bool carry_runtimes;
};

std::string name_of(const Way& way) {
  return std::string(way.level == Level::O0 ? "O0" : "O2") + (way.carry_runtimes ? "_carried" : "_native");
}
void PrintTo(const Way& way, std::ostream* out) { *out << name_of(way); }

class Written : public ::testing::TestWithParam<Way> {
 protected:
  int answer(Unit unit) {
    std::string path = folder_ / "program";
    aot::Options options{.level = GetParam().level, .carry_runtimes = GetParam().carry_runtimes};
    if (!options.carry_runtimes) options.libraries = {RUNTIME_NATIVE};
    Result<void> written = aot::write_executable(unit, path, options);
    EXPECT_TRUE(written) << written.error().to_string();
    return written ? run(path).status : -1;
  }
  Folder folder_;
};

TEST_P(Written, static_initializers_run) { EXPECT_EQ(answer(program("rt_greeting_length", 0, false)), 5); }
TEST_P(Written, variables_begin_with_their_first_value) { EXPECT_EQ(answer(program("rt_count", 0, false)), 4); }
TEST_P(Written, thread_locals_work) { EXPECT_EQ(answer(program("rt_per_thread", 6)), 11); }
TEST_P(Written, function_statics_and_virtual_functions_work) { EXPECT_EQ(answer(program("rt_once", 0, false)), 16); }
TEST_P(Written, exceptions_are_caught) { EXPECT_EQ(answer(program("rt_checked", -1)), 8); }
TEST_P(Written, calls_that_stay_are_carried) { EXPECT_EQ(answer(program("rt_far", 8)), 7); }

INSTANTIATE_TEST_SUITE_P(Ways, Written,
                         ::testing::Values(Way{Level::O0, true}, Way{Level::O2, true}, Way{Level::O0, false},
                                           Way{Level::O2, false}),
                         [](const auto& info) { return name_of(info.param); });

TEST(WrittenWithNativeRuntime, small_functions_are_inlined_and_others_are_not_made_again) {
  Folder folder;
  Unit unit = program("rt_calls_far", 8);
  ASSERT_TRUE(aot::write_object(unit, folder / "unit.o", {.carry_runtimes = false}));
  auto binary = llvm::object::ObjectFile::createObjectFile(folder / "unit.o");
  ASSERT_TRUE(bool(binary));
  std::vector<std::string> undefined;
  for (const llvm::object::SymbolRef& symbol : binary->getBinary()->symbols())
    if (llvm::cantFail(symbol.getFlags()) & llvm::object::SymbolRef::SF_Undefined)
      undefined.push_back(llvm::cantFail(symbol.getName()).str());
  EXPECT_EQ(undefined, std::vector<std::string>{"rt_far"});
}

TEST(WrittenWithNativeRuntime, entry_must_be_the_units) {
  Folder folder;
  Unit unit = Unit::create("empty");
  Result<void> written =
      aot::write_object(unit, folder / "entry.o", {.entries = {"rt_square"}, .carry_runtimes = false});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::InvalidArgument);
  EXPECT_TRUE(folder.empty());
}

TEST(WrittenWithNativeRuntime, without_its_object_the_link_names_what_is_missing) {
  Folder folder;
  Unit unit = program("rt_far", 8);
  Result<void> written = aot::write_executable(unit, folder / "program", {.carry_runtimes = false});
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().to_string().find("rt_far"), std::string::npos);
}

using std::placeholders::_1;

/// What main returns, in a file of its own.
int answer_of(Unit& unit) {
  Folder folder;
  Result<void> written = aot::write_executable(unit, folder / "program");
  EXPECT_TRUE(written) << written.error().to_string();
  return written ? run(folder / "program").status : -1;
}

TEST(AddTo, functions_share_a_unit_and_frozen_memory) {
  static const std::int64_t numbers[] = {3, 4, 50};
  Promise promise = promise_constant(numbers, sizeof numbers, "numbers").value();
  Unit unit = unit_of(
      "declare i64 @add(i64) declare i64 @last() declare i64 @at(i64) declare ptr @begin(i64) declare ptr @end()"
      "define i32 @main() { %a = call i64 @add(i64 7) %b = call i64 @last() %c = call i64 @at(i64 1)"
      " %ab = add i64 %a, %b %abc = add i64 %ab, %c"
      " %p = call ptr @begin(i64 1) %q = call ptr @end() %x = ptrtoint ptr %p to i64 %y = ptrtoint ptr %q to i64"
      " %d = sub i64 %y, %x %all = add i64 %abc, %d %r = trunc i64 %all to i32 ret i32 %r }");
  const std::int64_t* array = numbers;
  ASSERT_TRUE(Jit::add_to(unit, "add", rt_add, constant<std::int64_t>(30), _1));
  ASSERT_TRUE(Jit::add_to(unit, "last", rt_element, constant(array), constant<std::int64_t>(2)));
  ASSERT_TRUE(Jit::add_to(unit, "at", rt_element, constant(array), _1));
  ASSERT_TRUE(Jit::add_to(unit, "begin", rt_place, constant(array), _1));
  ASSERT_TRUE(Jit::add_to(unit, "end", rt_place, constant(array), constant<std::int64_t>(3)));
  EXPECT_EQ(answer_of(unit), 37 + 50 + 4 + 2 * 8);
  EXPECT_EQ(answer_of(unit), 37 + 50 + 4 + 2 * 8);  // it is not changed by being written

  Result<Loaded> loaded = Jit::create().value().load(std::move(unit));
  ASSERT_TRUE(loaded) << loaded.error().to_string();
  EXPECT_EQ(loaded->function<std::int64_t(std::int64_t)>("at")(1), 4);
  EXPECT_EQ(loaded->function<const std::int64_t*()>("end")(), numbers + 3);
  promise.withdraw();
}

TEST(AddTo, asks_the_inline_policy_of_the_options) {
  Unit unit = unit_of(
      "declare i64 @square(i64) define i32 @main() { %a = call i64 @square(i64 7) %r = trunc i64 %a to i32 ret i32 %r "
      "}");
  std::vector<std::string> asked;
  CompileOptions options;
  options.inline_policy = [&](const CallSite& call) {
    asked.emplace_back(call.callee);
    return InlineChoice::Call;
  };
  ASSERT_TRUE(Jit::add_to_with(options, unit, "square", rt_square, _1));
  EXPECT_EQ(asked, std::vector<std::string>{"rt_square"});
  EXPECT_NE(unit.to_text().find("call i64 @rt_square"), std::string::npos) << unit.to_text();
  EXPECT_EQ(answer_of(unit), 49);
}

TEST(AddTo, refuses_names_that_would_mean_two_things) {
  const auto refused = [](Unit& unit, const std::string& name, auto* function) {
    const std::string before = unit.to_text();
    const Result<void> added = Jit::add_to(unit, name, function, _1);
    EXPECT_EQ(unit.to_text(), before);
    return !added && added.error().kind() == ErrorKind::InvalidArgument;
  };
  Unit taken = unit_of("define i64 @f(i64 %a) { ret i64 %a }");
  EXPECT_TRUE(refused(taken, "f", rt_far));
  Unit needs = unit_of("declare i64 @rt_far(i64) define i64 @f(i64 %a) { %r = call i64 @rt_far(i64 %a) ret i64 %r }");
  EXPECT_TRUE(refused(needs, "rt_far", rt_square));
  Unit empty = Unit::create("empty");
  EXPECT_TRUE(refused(empty, "rt_far", rt_far));  // the new function itself calls it
  Unit other = unit_of("define i64 @rt_far(i64 %a) { ret i64 %a }");
  EXPECT_TRUE(refused(other, "g", rt_far));
  Unit private_one = unit_of("define internal i64 @f(i64 %a) { ret i64 7 }");
  EXPECT_TRUE(Jit::add_to(private_one, "f", rt_far, constant<std::int64_t>(4)));  // what is internal has no name
}

TEST(WrittenLibrary, entry_may_be_a_runtime_function) {
  Folder folder;
  Unit unit = Unit::create("empty");
  std::string object = folder / "entry.o";
  Result<void> written = aot::write_object(unit, object, {.entries = {"rt_square"}});
  ASSERT_TRUE(written) << written.error().to_string();
  Unit user = unit_of("declare i64 @rt_square(i64) define i32 @main() { ret i32 0 }");
  auto binary = llvm::object::ObjectFile::createObjectFile(object);
  ASSERT_TRUE(bool(binary));
  bool found = false;
  for (const llvm::object::SymbolRef& symbol : binary->getBinary()->symbols()) {
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    found = found || (name && *name == "rt_square");
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace inlay
