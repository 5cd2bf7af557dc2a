// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/memory/open_parts.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "frozen/objects.h"
#include "frozen/region.h"
#include "frozen/registry.h"
#include "frozen/verify.h"

namespace inlay::frozen {
namespace {

TEST(Mutable, behaves_as_the_value_in_it) {
  const Mutable<int> number = 3;
  EXPECT_EQ(number, 3);
  number = 4;
  number.set(*number + 1);
  number += 1;
  EXPECT_EQ(number.get(), 6);
  Mutable<std::string> text = std::string("abc");
  EXPECT_EQ(text->size(), 3u);
  Mutable<std::string> copy = text;
  *copy += "d";
  EXPECT_EQ(*text, "abc");
  text = std::move(copy);
  EXPECT_EQ(*text, "abcd");
  Mutable<std::unique_ptr<int>> pointer = std::make_unique<int>(5);
  Mutable<std::unique_ptr<int>> moved = std::move(pointer);
  EXPECT_EQ(**moved, 5);
  EXPECT_FALSE(*pointer);
  static_assert(sizeof(Mutable<char>) == 1);
}

TEST(Mutable, is_open_from_construction_to_destruction) {
  std::optional<Mutable<long>> number(5);
  const void* address = &*number;
  const auto at = [&](std::intptr_t offset) {
    return reinterpret_cast<const void*>(reinterpret_cast<std::intptr_t>(address) + offset);
  };
  EXPECT_TRUE(is_open(address, 1));
  EXPECT_TRUE(is_open(at(7), 1));
  EXPECT_FALSE(is_open(at(8), 1));
  EXPECT_TRUE(is_open(at(-4), 5));
  EXPECT_FALSE(is_open(address, 0));
  std::optional<Mutable<long>> copy = number;
  EXPECT_TRUE(is_open(&*copy, 8));
  number.reset();
  EXPECT_FALSE(is_open(address, 8));
  EXPECT_TRUE(is_open(&*copy, 8));
}

TEST(Mutable, may_lie_in_another_one) {
  struct Inner {
    Mutable<int> first = 1;
    int second = 2;
    Mutable<Mutable<int>> third = Mutable<int>(3);
  };
  std::optional<Mutable<Inner>> outer(std::in_place);
  const char* address = reinterpret_cast<const char*>(&*outer);
  for (int i = 0; i < 12; ++i) EXPECT_TRUE(is_open(address + i, 1)) << i;
  const std::vector<Range> merged =
      open_ranges({reinterpret_cast<const std::byte*>(address + 5), reinterpret_cast<const std::byte*>(address + 6)});
  ASSERT_EQ(merged.size(), 1u);
  EXPECT_EQ(merged[0].end - merged[0].begin, 12);
  outer.reset();
  for (int i = 0; i < 12; ++i) EXPECT_FALSE(is_open(address + i, 1)) << i;
}

TEST(Mutable, keeps_a_region_writable_and_checked) {
  struct Node {
    long fixed = 1;
    Mutable<long> counter = 0;
    long fixed_too = 2;
  };
  FrozenResource resource({.name = "nodes"});
  auto* plain = new (resource.allocate(sizeof(long), 8)) long(7);
  auto* node = new (resource.allocate(sizeof(Node), 8)) Node;
  const auto region = resource.freeze();
  ASSERT_FALSE(status(*region));
  EXPECT_NE(status(*region).error().message().find("Mutable"), std::string::npos);

  EXPECT_TRUE(find(node)->open);
  EXPECT_FALSE(find(plain)->open);
  EXPECT_TRUE(is_constant(&node->fixed, 8));
  EXPECT_FALSE(is_constant(&node->counter, 8));
  EXPECT_FALSE(is_constant(node, sizeof *node));
  EXPECT_TRUE(is_constant(&node->fixed_too, 8));
  const std::vector<OpenPart> parts = open_parts(*find(node));
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].offset, 8u);
  EXPECT_EQ(parts[0].size, 8u);
  EXPECT_TRUE(open_parts(*find(plain)).empty());

  node->counter = 100;
  EXPECT_TRUE(verify(*region));
  node->fixed_too = 3;
  const Result<void> broken = verify(*region);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().kind(), ErrorKind::BrokenPromise);
  EXPECT_NE(broken.error().message().find("object " + std::to_string(find(node)->id) + " (size 24)"), std::string::npos)
      << broken.error().message();
  EXPECT_NE(broken.error().message().find("frozen by freeze(\"nodes\")"), std::string::npos);
  node->fixed_too = 2;
  EXPECT_TRUE(verify(*region));
  node->~Node();
}

TEST(OpenParts, merges_and_finds_overlaps) {
  std::byte bytes[100];
  std::vector<Range> ranges = {
      {bytes + 50, bytes + 60}, {bytes + 10, bytes + 20}, {bytes + 20, bytes + 25}, {bytes + 12, bytes + 14}};
  merge_ranges(ranges);
  ASSERT_EQ(ranges.size(), 2u);
  EXPECT_EQ(ranges[0].end, bytes + 25);
  EXPECT_FALSE(overlaps(ranges, {bytes, bytes + 10}));
  EXPECT_TRUE(overlaps(ranges, {bytes, bytes + 11}));
  EXPECT_FALSE(overlaps(ranges, {bytes + 25, bytes + 50}));
  EXPECT_TRUE(overlaps(ranges, {bytes + 24, bytes + 50}));
  EXPECT_TRUE(overlaps(ranges, {bytes + 55, bytes + 56}));
  EXPECT_FALSE(overlaps(ranges, {bytes + 60, bytes + 70}));
  EXPECT_FALSE(overlaps({}, {bytes, bytes + 70}));
}

TEST(OpenParts, a_checksum_depends_on_all_bytes_but_the_open_ones) {
  std::byte bytes[80] = {};
  const std::vector<Range> open = {{bytes + 8, bytes + 16}, {bytes + 60, bytes + 70}};
  const std::uint64_t before = checksum_without(bytes + 4, 60, open);
  for (std::size_t i = 0; i < 80; ++i) {
    bytes[i] = std::byte{1};
    const bool counts = i >= 4 && i < 60 && !(i >= 8 && i < 16);
    EXPECT_EQ(checksum_without(bytes + 4, 60, open) != before, counts) << i;
    bytes[i] = std::byte{0};
  }
}

}  // namespace
}  // namespace inlay::frozen
