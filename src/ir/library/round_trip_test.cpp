// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The programs of tests/ir/run and the sample, by way of a library: the text stays the same, but for its order.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <gtest/gtest.h>

#include "inlay/ir/text.h"
#include "inlay/ir/verify.h"
#include "inlay_tests/source_folder.h"
#include "ir/library/sample.h"

namespace inlay::ir {
namespace {

using Bytes = std::vector<std::byte>;

std::vector<std::string> sorted_lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  std::sort(lines.begin(), lines.end());
  return lines;
}

Module loaded(const Bytes& bytes) {
  Module m = Module::create().value();
  Library::open(bytes, "lib").value().load_all(m).value();
  return m;
}

void expect_kept(const Module& m, const PrintOptions& options) {
  const Bytes bytes = to_library(m).value();
  Module again = loaded(bytes);
  EXPECT_EQ(to_library(again).value(), bytes);
  EXPECT_EQ(sorted_lines(print(again, options)), sorted_lines(print(m, options)));
  verify(again).value();
}

// Its files are numbered in the order in which they are mentioned, which is another one then.
TEST(LibraryRoundTrip, keeps_the_sample) { expect_kept(sample_module(), {.locations = false}); }

TEST(LibraryRoundTrip, keeps_each_program_of_the_tests) {
  unsigned programs = 0;
  std::size_t insts = 0, size = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(SourceFolder) + "/tests/ir/run")) {
    if (entry.path().extension() != ".inlay") continue;
    SCOPED_TRACE(entry.path().string());
    std::ifstream file(entry.path());
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::string name = entry.path().filename();
    Module m = parse(text, {.file = name}).value();
    verify(m).value();
    expect_kept(m, {});
    insts += m.insts.count();
    size += to_library(m).value().size();
    ++programs;
  }
  EXPECT_GT(programs, 20u);
  RecordProperty("instructions", static_cast<int>(insts));
  RecordProperty("bytes", static_cast<int>(size));
}

}  // namespace
}  // namespace inlay::ir
