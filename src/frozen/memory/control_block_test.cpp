// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/memory/control_block.h"

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "frozen/objects.h"
#include "frozen/region.h"
#include "frozen/registry.h"
#include "frozen/verify.h"

namespace inlay::frozen {
namespace {

struct Virtual {
  virtual ~Virtual() = default;
  int number = 5;
};
struct VirtualToo {
  virtual ~VirtualToo() = default;
};
struct Both : Virtual, VirtualToo {};

// A std::shared_ptr's control block begins 16 bytes before the object that make_shared puts in it.
template <class T>
const std::byte* block_of(const std::shared_ptr<T>& pointer) {
  return reinterpret_cast<const std::byte*>(pointer.get()) - 16;
}

TEST(ControlBlock, is_told_from_other_objects) {
  ControlBlockFinder finder;
  const auto made = std::make_shared<long>(5);
  EXPECT_TRUE(finder.is_control_block(block_of(made), 24));
  EXPECT_FALSE(finder.is_control_block(block_of(made), 8)) << "too small";
  const Virtual base;
  const Both both;
  EXPECT_FALSE(finder.is_control_block(reinterpret_cast<const std::byte*>(&base), sizeof base));
  EXPECT_FALSE(finder.is_control_block(reinterpret_cast<const std::byte*>(&both), sizeof both));
  EXPECT_FALSE(finder.is_control_block(reinterpret_cast<const std::byte*>(&typeid(Both)), 24));
}

TEST(ControlBlock, any_word_may_stand_where_a_vtable_pointer_would) {
  ControlBlockFinder finder;
  static const void* const table[8] = {};
  const void* words[] = {nullptr,
                         &finder,
                         &table[4],
                         reinterpret_cast<void*>(-8),
                         &typeid(Both),
                         "a string",
                         reinterpret_cast<void*>(&std::strlen)};
  for (const void* word : words) {
    const void* object[4] = {word, word, word, word};
    EXPECT_FALSE(finder.is_control_block(reinterpret_cast<const std::byte*>(object), sizeof object)) << word;
  }
}

struct SharedIn {
  explicit SharedIn(FrozenResource& resource)
      : pointer(std::allocate_shared<long>(std::pmr::polymorphic_allocator<long>(&resource), 5)) {}
  std::shared_ptr<long> pointer;
};

TEST(ControlBlock, counts_in_protected_pages_keep_counting) {
  FrozenResource resource({.name = "shared"});
  auto shared = std::make_unique<SharedIn>(resource);
  auto* neighbour = new (resource.allocate(8, 8)) long(7);
  auto region = resource.freeze();
  EXPECT_TRUE(status(*region)) << "counts alone are no reason not to protect";
  const std::optional<Object> object = find(shared->pointer.get());
  ASSERT_TRUE(object);
  EXPECT_TRUE(object->open);
  EXPECT_TRUE(is_constant(shared->pointer.get(), sizeof(long)));
  EXPECT_FALSE(is_constant(object->begin + 8, 4));
  ASSERT_EQ(open_parts(*object).size(), 1u);
  EXPECT_EQ(open_parts(*object)[0].offset, CountsBegin);

  EXPECT_EQ(region->thawed_pages(), 0u);
  {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 1000; ++round) const std::shared_ptr<long> copy = shared->pointer;
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ(region->thawed_pages(), 1u);
  EXPECT_EQ(shared->pointer.use_count(), 1);
  const std::weak_ptr<long> weak = shared->pointer;
  EXPECT_TRUE(verify(*region)) << "the counts are open";

  *neighbour = 8;  // the page is writable by now; but it is checked
  const Result<void> broken = verify(*region);
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message().find("object " + std::to_string(find(neighbour)->id)), std::string::npos);
  *neighbour = 7;
}

TEST(ControlBlock, a_pointer_may_outlive_the_region_or_not) {
  for (const bool outlives : {true, false}) {
    FrozenResource resource;
    std::shared_ptr<long> pointer = SharedIn(resource).pointer;
    const std::byte* block = block_of(pointer);
    std::shared_ptr<Region> region = resource.freeze();
    if (outlives) {
      region.reset();
      EXPECT_EQ(*pointer, 5);
      *pointer = 6;
      pointer.reset();
    } else {
      pointer.reset();
      EXPECT_FALSE(find(block));
      region.reset();
    }
  }
}

}  // namespace
}  // namespace inlay::frozen
