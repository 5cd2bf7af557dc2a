// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Units joined with a runtime that is linked into this test.
#include <algorithm>
#include <functional>

#include "aot/test_support.h"
#include "codegen/emit.h"
#include "codegen/join.h"
#include "codegen/pipeline.h"
#include "inlay/aot.h"

#include <llvm/Object/ELFObjectFile.h>

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

class Written : public ::testing::TestWithParam<Level> {
 protected:
  int answer(Unit unit) {
    std::string path = folder_ / "program";
    Result<void> written = aot::write_executable(unit, path, {.level = GetParam()});
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

INSTANTIATE_TEST_SUITE_P(Levels, Written, ::testing::Values(Level::O0, Level::O2), [](const auto& info) {
  return info.param == Level::O0 ? std::string("O0") : std::string("O2");
});

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
