// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The run-tests, by the interpreter; and that they can fail.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <filesystem>

#include "inlay/ir/interpret.h"
#include "run_file.h"

namespace inlay::ir::test {
namespace {

/// Without interpreter, the check's error is why.
Engine interpreter_engine(Result<Interpreter>& interpreter) {
  return [&](const Check& check) -> Result<std::int64_t> {
    if (!interpreter) return interpreter.error();
    INLAY_TRY(const Scalar result, interpreter->call(check.id, {}));
    std::int64_t value;
    std::memcpy(&value, result.bytes, sizeof value);
    return value;
  };
}

std::vector<std::string> failures_of(const RunFile& file) {
  Result<Interpreter> interpreter = Interpreter::create(file.module);
  return run_checks(file, interpreter_engine(interpreter));
}

class RunFiles : public testing::TestWithParam<std::string> {};

TEST_P(RunFiles, interpreted_do_what_they_say) {
  const Result<RunFile> file = read_run_file(GetParam());
  ASSERT_TRUE(file) << file.error().to_string();
  for (const std::string& failure : failures_of(*file)) ADD_FAILURE() << failure;
}

INSTANTIATE_TEST_SUITE_P(All, RunFiles, testing::ValuesIn(all_run_files()), [](const auto& info) {
  std::string name = std::filesystem::path(info.param).stem();
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

/// Each operation is run: what a new one does must be said.
TEST(RunFile, there_are_files_for_all_operations) {
  std::array<bool, OpCount> used{};
  for (const std::string& path : all_run_files()) {
    const Result<RunFile> file = read_run_file(path);
    ASSERT_TRUE(file) << file.error().to_string();
    for (const Inst& inst : file->module.insts.entries()) used[static_cast<std::size_t>(inst.op())] = true;
  }
  for (std::uint32_t i = 1; i < OpCount; ++i) EXPECT_TRUE(used[i]) << OpInfos[i].text;
}

constexpr std::string_view Program = R"(
func @half(%a: i8, %b: i8) -> i8 {
  %r = div i8 %a, %b
  return i8 %r
}
func @same(%a: <2 x f32>) -> <2 x f32> {
  return <2 x f32> %a
}
)";

std::vector<std::string> failures_of(std::string_view line) {
  const Result<RunFile> file = parse_run_file(std::string(Program) + std::string(line), "a.inlay");
  if (!file) return {file.error().to_string()};
  return failures_of(*file);
}

TEST(RunFile, a_check_that_holds_is_no_failure) {
  EXPECT_EQ(failures_of("; run: @half(-8, 2) == -4"), std::vector<std::string>());
  EXPECT_EQ(failures_of("; run: @half(0xf8, 2) == 252"), std::vector<std::string>());
  EXPECT_EQ(failures_of("; run: @same(<nan, -0.0>) == <nan, -0.0>"), std::vector<std::string>());
  EXPECT_EQ(failures_of("; run: @half(1, 0) traps \"division by zero\""), std::vector<std::string>());
}

TEST(RunFile, a_check_that_does_not_hold_is_one) {
  EXPECT_EQ(failures_of("; run: @half(-8, 2) == 4"),
            std::vector<std::string>{"a.inlay:9: @half(-8, 2) == 4: got -4 (0xfffffffffffffffc, expected 0x4)"});
  for (const char* line :
       {"; run: @same(<0.0, 0.0>) == <0.0, -0.0>", "; run: @same(<1.0, 2.0>) == <2.0, 1.0>", "; run: @half(1, 0) == 0",
        "; run: @half(1, 1) traps \"division by zero\"", "; run: @half(1, 0) traps \"null pointer\""})
    EXPECT_EQ(failures_of(line).size(), 1u) << line;
}

TEST(RunFile, a_line_that_is_no_check_is_an_error) {
  for (const char* line : {"", "; run: half(1, 0) == 0", "; run: @half(1, 0) = 0", "; run: @half(1) == 0",
                           "; run: @other(1, 0) == 0", "; run: @half(1, x) == 0", "; run: @half(1, 1) == 1.5",
                           "; run: @half(1, 1) returns", "; run: @same(<1.0>) == <1.0, 1.0>", "; run: @half(1, 1) =="})
    EXPECT_FALSE(parse_run_file(std::string(Program) + line, "a.inlay")) << line;
}

}  // namespace
}  // namespace inlay::ir::test
