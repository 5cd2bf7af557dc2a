// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each .ll file below this folder is a test; ir_text.h tells what is in one.
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "ir_text.h"

#include <gtest/gtest.h>

namespace inlay::specialize {
namespace {

/// A file, by its path from this folder.
struct IrFile {
  std::string path;
};

void PrintTo(const IrFile& file, std::ostream* stream) { *stream << file.path; }

std::vector<IrFile> all_files() {
  std::vector<IrFile> files;
  const std::filesystem::path folder = IR_FILES;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".ll") files.push_back({std::filesystem::relative(entry.path(), folder).string()});
  std::sort(files.begin(), files.end(), [](const IrFile& a, const IrFile& b) { return a.path < b.path; });
  return files;
}

/// `fold/integers.ll` as `fold_integers`.
std::string name_of(const IrFile& file) {
  std::string name = file.path.substr(0, file.path.size() - 3);
  std::replace_if(name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
}

class IrText : public ::testing::TestWithParam<IrFile> {};

TEST_P(IrText, is_as_checked) {
  std::ifstream stream(std::filesystem::path(IR_FILES) / GetParam().path);
  const std::string file{std::istreambuf_iterator<char>(stream), {}};
  const Outcome outcome = run_file(file);
  if (std::getenv("INLAY_IR_PRINT")) std::printf("%s", outcome.text.c_str());
  EXPECT_EQ(outcome.complaint, "") << outcome.text;
  EXPECT_EQ(outcome.text, run_file(file).text) << "the same input gives another output";
  if (const std::string difference = compare_with_checks(file, outcome.text); !difference.empty())
    ADD_FAILURE() << "tests/specialize/" << GetParam().path << "\n" << difference << "It gives:\n" << outcome.text;
}

INSTANTIATE_TEST_SUITE_P(Files, IrText, ::testing::ValuesIn(all_files()),
                         [](const auto& info) { return name_of(info.param); });

/// A function that stores to so many words of its virtual state.
std::string with_words(int words) {
  std::string text =
      "; RUN: virtual-state @f\ndeclare void @inlay_marker_virtual_state(ptr, i64)\n"
      "define void @f(ptr %vm) {\n  call void @inlay_marker_virtual_state(ptr %vm, i64 4096)\n";
  for (int i = 0; i < words; ++i) {
    const std::string pointer = "%p" + std::to_string(i);
    text += "  " + pointer + " = getelementptr i8, ptr %vm, i64 " + std::to_string(8 * i) + "\n";
    text += "  store i64 1, ptr " + pointer + "\n";
  }
  return text + "  ret void\n}\n";
}

TEST(IrOfManyPlaces, are_held_up_to_a_number) {
  // Each call writes all of them back and reads them again.
  EXPECT_NE(run_file(with_words(96)).text.find("slots: 96"), std::string::npos);
  EXPECT_NE(run_file(with_words(97)).text.find("slots: 0"), std::string::npos);
}

// ---- the tool itself ----

constexpr const char* Add = "define i32 @f(i32 %x) {\n  %r = add i32 %x, 1\n  ret i32 %r\n}\n";

TEST(IrTool, fails_where_a_check_does_not_hold) {
  const std::string file = std::string("; RUN: specialize @f(i32 3)\n; CHECK: ret i32 5\n") + Add;
  const Outcome outcome = run_file(file);
  EXPECT_EQ(outcome.complaint, "");
  EXPECT_NE(outcome.text.find("ret i32 4"), std::string::npos) << outcome.text;
  EXPECT_NE(compare_with_checks(file, outcome.text).find("ret i32 5"), std::string::npos);
}

TEST(IrTool, fails_without_checks) {
  const std::string file = std::string("; RUN: specialize @f(i32 3)\n") + Add;
  EXPECT_NE(compare_with_checks(file, run_file(file).text), "");
}

TEST(IrTool, complains_of_lines_that_say_nothing) {
  EXPECT_NE(run_file(Add).complaint, "");
  EXPECT_NE(run_file("; RUN: specialize @g(i32 3)\n" + std::string(Add)).complaint, "");
  EXPECT_NE(run_file("; RUN: specialize @f(i32 3, i32 4)\n" + std::string(Add)).complaint, "");
  EXPECT_NE(run_file("; RUN: specialize @f(i64 3)\n" + std::string(Add)).complaint, "");
  EXPECT_NE(run_file("; RUN: specialize @f(i32 3) context=1\n" + std::string(Add)).complaint, "");
  EXPECT_NE(run_file("; RUN: specialise @f(i32 3)\n" + std::string(Add)).complaint, "");
  EXPECT_NE(run_file("; RUN: specialize @f(i32 3)\ndefine").complaint, "");
}

}  // namespace
}  // namespace inlay::specialize
