// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading and writing: what was printed reads back as the same.
#include "inlay/ir/text.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "inlay/ir/builder.h"
#include "inlay_tests/source_folder.h"

namespace inlay::ir {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::filesystem::path> corpus() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(SourceFolder) / "tests/ir/text"))
    if (entry.path().extension() == ".inlay") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// The text as it is printed, which reads back as the same.
std::string printed(std::string_view text, std::string file = "program.inlay") {
  Result<Module> first = parse(text, {.file = file});
  EXPECT_TRUE(first) << first.error().to_string();
  if (!first) return {};
  const std::string once = print(*first);
  const Result<Module> second = parse(once, {.file = "printed.inlay"});
  EXPECT_TRUE(second) << second.error().to_string() << "\n" << once;
  if (!second) return {};
  EXPECT_EQ(print(*second), once);
  return once;
}

/// What stands behind the lines that name files, without them.
std::string printed_plain(std::string_view text) {
  const Result<Module> module = parse(text, {.locate = false});
  EXPECT_TRUE(module) << module.error().to_string();
  if (!module) return {};
  printed(text);
  return print(*module, {.locations = false});
}

TEST(Text, of_the_corpus_reads_back_as_printed) {
  const auto files = corpus();
  ASSERT_GE(files.size(), 20u);
  for (const std::filesystem::path& path : files) {
    SCOPED_TRACE(path.string());
    printed(read(path), path.filename());
  }
}

TEST(Text, corpus_has_every_operation) {
  std::set<Op> found;
  for (const std::filesystem::path& path : corpus()) {
    const Result<Module> module = parse(read(path));
    ASSERT_TRUE(module) << module.error().to_string();
    for (const Inst& inst : module->insts.entries()) found.insert(inst.op());
  }
  for (std::uint32_t i = 1; i < OpCount; ++i) EXPECT_TRUE(found.contains(static_cast<Op>(i))) << OpInfos[i].text;
}

TEST(Text, of_the_guide_is_printed_as_it_is_written) {
  const std::string text = read(std::filesystem::path(SourceFolder) / "tests/ir/text/guide.inlay");
  const std::string_view guide = std::string_view(text).substr(text.find("func @sum"));
  const std::string once = printed_plain(text);
  EXPECT_EQ(once.substr(once.find("func @sum")), guide);
}

}  // namespace
}  // namespace inlay::ir
