// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "input/structure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "input/csv_split.h"

namespace inlay::filter {
namespace {

std::vector<const StructureCode*> supported() {
  std::vector<const StructureCode*> codes;
  for (const StructureCode* code : structure_codes())
    if (code->supported()) codes.push_back(code);
  return codes;
}

std::string random_text(std::mt19937& random, std::string_view alphabet, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += alphabet[random() % alphabet.size()];
  return text;
}

struct All {
  std::vector<std::uint32_t> positions;
  Structure state;
};

All all_positions(const StructureCode& code, std::string_view text, const Marks& marks, std::size_t step) {
  All all;
  while (all.state.offset < text.size() && all.state.bad == Structure::None) {
    std::vector<std::uint32_t> room(step + 64 + 64);
    const std::size_t until = std::min(all.state.offset + step, text.size());
    const std::size_t count = code.positions(all.state, text, until, marks, room.data());
    all.positions.insert(all.positions.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(count));
  }
  return all;
}

TEST(Structure, the_baseline_is_supported_everywhere_and_the_best_is_one_of_the_list) {
  EXPECT_STREQ(supported().front()->name, "baseline");
  EXPECT_EQ(supported().back(), &structure_code());
}

TEST(Structure, all_variants_tell_the_same_of_random_texts) {
  std::mt19937 random(1);
  const std::string_view alphabets[] = {"a,\n", "a,\"\n\r", "abcdefgh,\n\"",          "\"",
                                        "\n",   ",",        "abcdefghijklmnopqrst,\n"};
  for (int i = 0; i < 4000; ++i) {
    const std::string text = random_text(random, alphabets[random() % std::size(alphabets)], random() % 1500);
    Marks marks;
    if (random() % 4 == 0) marks.line_end = '\r';
    if (random() % 4 == 0) marks.quote = 0;
    const std::size_t step = 64 * (1 + random() % 4);
    const Extent extent = structure_codes().front()->extent(text, marks);
    const All all = all_positions(*structure_codes().front(), text, marks, step);
    for (const StructureCode* code : supported()) {
      const Extent other_extent = code->extent(text, marks);
      EXPECT_EQ(other_extent.end, extent.end) << code->name;
      EXPECT_EQ(other_extent.lines, extent.lines) << code->name;
      EXPECT_EQ(other_extent.records, extent.records) << code->name;
      EXPECT_EQ(other_extent.empty_lines, extent.empty_lines) << code->name;
      const All other = all_positions(*code, text, marks, step);
      EXPECT_EQ(other.positions, all.positions) << code->name;
      EXPECT_EQ(other.state.bad, all.state.bad) << code->name;
      EXPECT_EQ(other.state.line_ends, all.state.line_ends) << code->name;
      EXPECT_EQ(other.state.hidden_ends, all.state.hidden_ends) << code->name;
      EXPECT_EQ(other.state.inside, all.state.inside) << code->name;
      if (HasFailure()) FAIL() << "on: " << text;
    }
  }
}

TEST(Structure, extents_and_positions_are_those_of_a_loop_over_the_bytes) {
  std::mt19937 random(2);
  for (int i = 0; i < 4000; ++i) {
    const std::string text = random_text(random, i % 2 ? "ab,\"\n\r" : "abcdefgh,\n", random() % 1000);
    const Marks marks;
    Extent expected;
    std::int64_t lines = 0;
    bool inside = false;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '"') inside = !inside;
      if (text[at] != '\n') continue;
      ++lines;
      if (inside) continue;
      ++expected.records;
      const std::string_view record = std::string_view(text).substr(begin, at - begin);
      expected.empty_lines += record.empty() || record == "\r";
      expected.end = begin = at + 1;
      expected.lines = lines;
    }
    for (const StructureCode* code : supported()) {
      const Extent extent = code->extent(text, marks);
      EXPECT_EQ(extent.end, expected.end) << code->name;
      EXPECT_EQ(extent.lines, expected.lines) << code->name;
      EXPECT_EQ(extent.records, expected.records) << code->name;
      EXPECT_EQ(extent.empty_lines, expected.empty_lines) << code->name;
    }
    if (HasFailure()) FAIL() << "on: " << text;
  }
}

TEST(Structure, passes_read_no_byte_beyond_the_text) {
  // A text that ends where its allocation ends: the sanitizers' build would tell.
  for (std::size_t size = 1; size < 200; ++size) {
    const std::vector<char> text(size, ',');
    for (const StructureCode* code : supported()) {
      const All all = all_positions(*code, {text.data(), size}, {}, 64);
      EXPECT_EQ(all.positions.size(), size);
      EXPECT_EQ(code->extent({text.data(), size}, {}).records, 0);
    }
  }
}

}  // namespace
}  // namespace inlay::filter
