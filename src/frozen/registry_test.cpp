// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/registry.h"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory_resource>
#include <vector>

#include <gtest/gtest.h>

#include "frozen/memory/space.h"
#include "frozen/objects.h"
#include "frozen/region.h"

namespace inlay::frozen {
namespace {

TEST(Registry, finds_an_object_from_its_first_byte_to_one_past_its_end) {
  FrozenResource resource({.name = "table"});
  auto* first = static_cast<std::byte*>(resource.allocate(24, 8));
  auto* second = static_cast<std::byte*>(resource.allocate(40, 8));
  EXPECT_FALSE(find(first)) << "still being written";
  const std::shared_ptr<Region> region = resource.freeze();
  for (std::size_t i = 0; i <= 24; ++i) {
    const std::optional<Object> object = find(first + i);
    ASSERT_TRUE(object) << i;
    EXPECT_EQ(object->begin, first);
    EXPECT_EQ(object->size, 24u);
    EXPECT_EQ(object->region, region);
    EXPECT_FALSE(object->graph);
    EXPECT_FALSE(object->open);
  }
  EXPECT_FALSE(find(first - 1));
  EXPECT_FALSE(find(second + 41));
  EXPECT_NE(find(first)->id, find(second)->id);
  EXPECT_NE(find(first)->id, 0u);
}

TEST(Registry, the_end_of_an_object_never_begins_another) {
  FrozenResource resource;
  std::vector<std::byte*> begins;
  std::vector<std::byte*> ends;
  for (std::size_t size = 0; size < 3000; ++size) {
    auto* begin = static_cast<std::byte*>(resource.allocate(size, 1));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(begin) % 16, 0u);
    begins.push_back(begin);
    ends.push_back(begin + std::max<std::size_t>(size, 1));
  }
  const auto region = resource.freeze();
  std::sort(begins.begin(), begins.end());
  for (std::byte* end : ends) {
    EXPECT_FALSE(std::binary_search(begins.begin(), begins.end(), end));
    ASSERT_TRUE(find(end));
    EXPECT_EQ(find(end)->begin + find(end)->size, end);
  }
}

TEST(Registry, an_empty_allocation_is_an_object_of_its_own) {
  FrozenResource resource;
  void* first = resource.allocate(0, 1);
  void* second = resource.allocate(0, 1);
  EXPECT_NE(first, second);
  const auto region = resource.freeze();
  ASSERT_TRUE(find(first));
  EXPECT_EQ(find(first)->begin, first);
  EXPECT_EQ(find(first)->size, 1u);
  EXPECT_NE(find(first)->id, find(second)->id);
}

TEST(Registry, honours_alignments_beyond_a_page) {
  FrozenResource resource;
  for (std::size_t alignment = 1; alignment <= 256 * KiB; alignment *= 2) {
    void* memory = resource.allocate(3, alignment);
    EXPECT_TRUE(space_contains(memory));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignment, 0u) << alignment;
  }
}

TEST(Registry, a_huge_allocation_is_frozen_whole) {
  constexpr std::size_t Size = 300 * KiB * KiB;
  FrozenResource resource;
  auto* memory = static_cast<std::byte*>(resource.allocate(Size, 16));
  memory[0] = memory[Size - 1] = std::byte{7};
  void* small = resource.allocate(8, 8);
  const auto region = resource.freeze();
  EXPECT_TRUE(status(*region));
  EXPECT_EQ(find(memory + Size / 2)->size, Size);
  EXPECT_TRUE(is_constant(memory, Size));
  EXPECT_FALSE(is_constant(memory, Size + 1));
  EXPECT_EQ(find(small)->size, 8u);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose malloc ends the program instead
TEST(Registry, what_no_space_can_hold_stays_ordinary_memory) {
  FrozenResource resource;
  constexpr std::size_t MoreThanTheSpace = 100 * KiB * KiB * KiB;
  try {
    void* memory = resource.allocate(MoreThanTheSpace, 16);  // a system that overcommits has it
    EXPECT_FALSE(space_contains(memory));
    resource.deallocate(memory, MoreThanTheSpace, 16);
  } catch (const std::bad_alloc&) {
  }
  const auto region = resource.freeze();
  ASSERT_FALSE(status(*region));
  EXPECT_EQ(status(*region).error().kind(), ErrorKind::OutOfMemory);
}
#endif

TEST(Registry, constant_bytes_lie_inside_one_object) {
  FrozenResource resource;
  auto* memory = static_cast<std::byte*>(resource.allocate(32, 8));
  int outside = 0;
  EXPECT_FALSE(is_constant(memory, 8));
  auto region = resource.freeze();
  EXPECT_TRUE(is_constant(memory, 32));
  EXPECT_TRUE(is_constant(memory + 24, 8));
  EXPECT_FALSE(is_constant(memory + 25, 8));
  EXPECT_FALSE(is_constant(memory - 1, 2));
  EXPECT_FALSE(is_constant(memory + 8, SIZE_MAX));
  EXPECT_FALSE(is_constant(&outside, sizeof outside));
  region.reset();
  EXPECT_FALSE(is_constant(memory, 32));
  EXPECT_FALSE(find(memory));
  resource.deallocate(memory, 32, 8);
}

TEST(Registry, a_deleted_object_is_not_found) {
  FrozenResource resource;
  void* kept = resource.allocate(8, 8);
  void* early = resource.allocate(8, 8);
  void* late = resource.allocate(8, 8);
  (void)resource.allocate(8, 8);
  resource.deallocate(early, 8, 8);
  const auto region = resource.freeze();
  EXPECT_FALSE(find(early));
  ASSERT_TRUE(find(late));
  resource.deallocate(late, 8, 8);  // while its page is protected
  resource.deallocate(late, 8, 8);  // a second time does no harm
  EXPECT_FALSE(find(late));
  EXPECT_TRUE(find(kept));
  EXPECT_EQ(objects_in(*region).size(), 2u);
}

TEST(Registry, a_region_lists_its_objects_by_address) {
  FrozenResource resource;
  std::vector<const std::byte*> begins;
  for (int i = 0; i < 20000; ++i) begins.push_back(static_cast<std::byte*>(resource.allocate(40, 8)));
  const auto region = resource.freeze();
  std::sort(begins.begin(), begins.end());
  const std::vector<Object> objects = objects_in(*region);
  ASSERT_EQ(objects.size(), begins.size());
  for (std::size_t i = 0; i < begins.size(); ++i) EXPECT_EQ(objects[i].begin, begins[i]);
}

TEST(Registry, an_object_keeps_its_region_alive) {
  FrozenResource resource;
  auto* memory = static_cast<char*>(resource.allocate(8, 8));
  std::strcpy(memory, "alive");
  auto region = resource.freeze();
  std::optional<Object> object = find(memory);
  region.reset();
  EXPECT_TRUE(find(memory));
  EXPECT_STREQ(memory, "alive");
  object.reset();
  EXPECT_FALSE(find(memory));
  EXPECT_STREQ(memory, "alive") << "an outsider holds it still";
  memory[0] = 'A';
  resource.deallocate(memory, 8, 8);
}

TEST(Registry, a_resource_gives_back_what_nobody_deallocated) {
  std::optional<FrozenResource> resource(std::in_place);
  void* memory = resource->allocate(8, 8);
  auto region = resource->freeze();
  resource.reset();
  EXPECT_TRUE(find(memory));
  EXPECT_TRUE(space_chunk(memory));
  region.reset();
  EXPECT_FALSE(space_chunk(memory));
}

TEST(Registry, ids_are_not_reused_with_addresses) {
  std::uint32_t last = 0;
  for (int i = 0; i < 100; ++i) {
    FrozenResource resource;
    void* memory = resource.allocate(8, 8);
    const auto region = resource.freeze();
    EXPECT_GT(find(memory)->id, last);
    last = find(memory)->id;
    resource.deallocate(memory, 8, 8);
  }
}

TEST(Registry, freezes_a_pmr_container) {
  FrozenResource resource({.name = "words"});
  using Words = std::pmr::vector<std::pmr::string>;
  auto* words = new (resource.allocate(sizeof(Words), alignof(Words))) Words(&resource);
  for (int i = 0; i < 1000; ++i) words->emplace_back("a word too long for the buffer in a string");
  auto region = resource.freeze();
  EXPECT_TRUE(is_constant(words, sizeof *words));
  EXPECT_TRUE(is_constant((*words)[999].data(), 42));
  EXPECT_EQ(objects_in(*region).size(), 1002u);
  EXPECT_FALSE(resource.freeze());
  void* late = resource.allocate(8, 8);
  EXPECT_FALSE(space_contains(late));
  resource.deallocate(late, 8, 8);
  region.reset();
  words->~Words();
  resource.deallocate(words, sizeof(Words), alignof(Words));
}

TEST(Registry, reads_safely_what_is_not_mapped) {
  void* page = mmap(nullptr, 2 * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  auto* bytes = static_cast<char*>(page);
  bytes[page_size() - 1] = 'x';
  munmap(bytes + page_size(), page_size());
  char into[8] = {};
  EXPECT_TRUE(read_safely(bytes + page_size() - 1, 1, into));
  EXPECT_EQ(into[0], 'x');
  EXPECT_FALSE(read_safely(bytes + page_size() - 1, 2, into));
  EXPECT_FALSE(read_safely(bytes + page_size(), 1, into));
  EXPECT_FALSE(read_safely(nullptr, 8, into));
  EXPECT_FALSE(read_safely(reinterpret_cast<void*>(~std::uintptr_t{7}), 8, into));
  EXPECT_TRUE(read_safely(nullptr, 0, into));
  munmap(page, page_size());
}

TEST(Registry, freezing_and_finding_are_fast) {
  using Clock = std::chrono::steady_clock;
  FrozenResource resource;
  std::vector<std::byte*> all;
  for (int i = 0; i < 100000; ++i) all.push_back(static_cast<std::byte*>(resource.allocate(32, 8)));
  const auto before = Clock::now();
  const auto region = resource.freeze();
  const std::chrono::duration<double, std::milli> freezing = Clock::now() - before;
  const auto start = Clock::now();
  std::size_t found = 0;
  for (std::size_t i = 0; i < all.size(); ++i) found += find(all[i * 7919 % all.size()] + 8).has_value();
  const std::chrono::duration<double, std::nano> finding = Clock::now() - start;
  EXPECT_EQ(found, all.size());
  RecordProperty("freeze_ms", std::to_string(freezing.count()));
  RecordProperty("find_ns", std::to_string(finding.count() / static_cast<double>(all.size())));
  EXPECT_LT(freezing.count(), 500) << "generous, for busy machines and sanitizers";
}

}  // namespace
}  // namespace inlay::frozen
