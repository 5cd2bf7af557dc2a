// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/memory/space.h"

#include <cstring>

#include <gtest/gtest.h>

#include "frozen/memory/arena.h"

namespace inlay::frozen {
namespace {

TEST(Space, hands_out_zeroed_memory_again_and_again) {
  std::byte* first = space_allocate(3 * GranuleSize);
  ASSERT_TRUE(first);
  EXPECT_TRUE(space_contains(first));
  EXPECT_TRUE(space_contains(first + 3 * GranuleSize - 1));
  std::memset(first, 1, 3 * GranuleSize);
  space_release(first, 3 * GranuleSize);
  std::byte* second = space_allocate(2 * GranuleSize);
  EXPECT_EQ(second, first) << "the lowest free addresses serve first";
  EXPECT_EQ(second[GranuleSize], std::byte{0});
  std::byte* third = space_allocate(GranuleSize);
  EXPECT_EQ(third, first + 2 * GranuleSize);
  space_release(second, 2 * GranuleSize);
  space_release(third, GranuleSize);
  EXPECT_EQ(space_allocate(3 * GranuleSize), first) << "neighbours merge";
  space_release(first, 3 * GranuleSize);
}

TEST(Space, refuses_more_than_it_has) { EXPECT_FALSE(space_allocate(std::size_t{1} << 45)); }

TEST(Space, knows_the_chunk_of_an_address) {
  Chunk chunk{};
  std::byte* memory = space_allocate(2 * GranuleSize);
  EXPECT_FALSE(space_chunk(memory));
  space_assign(memory, 2 * GranuleSize, &chunk);
  EXPECT_EQ(space_chunk(memory), &chunk);
  EXPECT_EQ(space_chunk(memory + 2 * GranuleSize - 1), &chunk);
  EXPECT_NE(space_chunk(memory + 2 * GranuleSize), &chunk);
  space_assign(memory, 2 * GranuleSize, nullptr);
  EXPECT_FALSE(space_chunk(memory));
  space_release(memory, 2 * GranuleSize);
  int outside = 0;
  EXPECT_FALSE(space_contains(&outside));
  EXPECT_FALSE(space_chunk(&outside));
  EXPECT_FALSE(space_contains(nullptr));
}

}  // namespace
}  // namespace inlay::frozen
