// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <sys/mman.h>

#include <vector>

#include <gtest/gtest.h>

#include "frozen/memory/space.h"
#include "frozen/memory/watch.h"
#include "frozen/objects.h"
#include "frozen/region.h"
#include "frozen/registry.h"
#include "frozen/verify.h"

namespace inlay::frozen {
namespace {

struct Pages {
  explicit Pages(std::size_t count) : size(count * page_size()) {
    memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }
  ~Pages() { munmap(memory, size); }
  std::byte* bytes() const { return static_cast<std::byte*>(memory); }

  std::size_t size;
  void* memory;
};

TEST(Promise, protects_whole_pages_until_its_last_owner_goes) {
  Pages pages(3);
  const Range range{pages.bytes(), pages.bytes() + pages.size};
  std::optional<Promise> promise = promise_constant(pages.bytes(), pages.size, "table").value();
  EXPECT_TRUE(promise->status());
  EXPECT_EQ(protection_of(range), PROT_READ);
  EXPECT_TRUE(is_constant(pages.bytes(), pages.size));
  std::shared_ptr<Region> code = promise->region();
  promise.reset();
  EXPECT_EQ(protection_of(range), PROT_READ);
  EXPECT_TRUE(find(pages.bytes() + 5));
  code.reset();
  EXPECT_EQ(protection_of(range), PROT_READ | PROT_WRITE);
  EXPECT_FALSE(find(pages.bytes() + 5));
  pages.bytes()[0] = std::byte{1};
}

TEST(Promise, checks_what_it_cannot_protect) {
  std::vector<int> numbers(1000, 7);
  const Promise promise = promise_constant(numbers.data(), 4000, "numbers").value();
  ASSERT_FALSE(promise.status());
  EXPECT_NE(promise.status().error().message().find("page boundaries"), std::string::npos);
  EXPECT_TRUE(is_constant(&numbers[999], 4));
  EXPECT_TRUE(verify_frozen());
  numbers[500] = 8;
  const Result<void> verified = verify_frozen();
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().kind(), ErrorKind::BrokenPromise);
  EXPECT_NE(verified.error().message().find("promised constant as \"numbers\""), std::string::npos)
      << verified.error().to_string();
  numbers[500] = 7;
  EXPECT_TRUE(verify_frozen());
}

TEST(Promise, checked_strength_is_no_problem_when_asked_for) {
  Pages pages(1);
  const Promise promise = promise_constant(pages.bytes(), pages.size, "table", Strength::Checked).value();
  EXPECT_TRUE(promise.status());
  pages.bytes()[17] = std::byte{1};
  EXPECT_FALSE(verify(*promise.region()));
}

TEST(Promise, leaves_memory_that_was_read_only_as_it_was) {
  Pages pages(1);
  mprotect(pages.bytes(), pages.size, PROT_READ);
  {
    EXPECT_TRUE(promise_constant(pages.bytes(), pages.size, "rodata").value().status());
  }
  EXPECT_EQ(protection_of({pages.bytes(), pages.bytes() + pages.size}), PROT_READ);
}

TEST(Promise, refuses_an_overlap_until_the_other_promise_ends) {
  std::vector<char> bytes(100);
  std::optional<Promise> middle = promise_constant(&bytes[40], 20, "middle", Strength::Checked).value();
  for (const auto& [from, size] : {std::pair{0, 41}, {40, 20}, {45, 1}, {59, 10}, {0, 100}}) {
    const Result<Promise> overlapping = promise_constant(&bytes[static_cast<std::size_t>(from)],
                                                         static_cast<std::size_t>(size), "other", Strength::Checked);
    ASSERT_FALSE(overlapping) << from;
    EXPECT_NE(overlapping.error().message().find("promised constant as \"middle\""), std::string::npos);
  }
  EXPECT_TRUE(find(&bytes[45])) << "the first promise is untouched";
  const Promise before = promise_constant(&bytes[0], 40, "before", Strength::Checked).value();
  const Promise after = promise_constant(&bytes[60], 40, "after", Strength::Checked).value();
  EXPECT_EQ(find(&bytes[40])->begin, reinterpret_cast<std::byte*>(&bytes[40]));
  EXPECT_EQ(find(&bytes[60])->begin, reinterpret_cast<std::byte*>(&bytes[60]));
  EXPECT_FALSE(is_constant(&bytes[39], 2)) << "two objects";
  middle.reset();
  EXPECT_EQ(find(&bytes[40])->size, 40u) << "one past the end of what is before";
  EXPECT_FALSE(find(&bytes[41]));
  EXPECT_TRUE(promise_constant(&bytes[40], 20, "again", Strength::Checked));
}

TEST(Promise, refuses_what_is_no_readable_memory) {
  Pages pages(2);
  EXPECT_FALSE(promise_constant(nullptr, 8, "null"));
  EXPECT_FALSE(promise_constant(pages.bytes(), 0, "empty"));
  EXPECT_FALSE(promise_constant(pages.bytes(), SIZE_MAX, "wraps"));
  mprotect(pages.bytes() + page_size(), page_size(), PROT_NONE);
  const Result<Promise> partly = promise_constant(pages.bytes(), pages.size, "partly");
  ASSERT_FALSE(partly);
  EXPECT_EQ(partly.error().kind(), ErrorKind::InvalidArgument);
  EXPECT_TRUE(promise_constant(pages.bytes(), page_size(), "first page"));
}

TEST(Promise, refuses_the_memory_of_a_resource) {
  FrozenResource resource;
  void* memory = resource.allocate(64, 8);
  EXPECT_FALSE(promise_constant(memory, 8, "recording"));
  const auto region = resource.freeze();
  EXPECT_FALSE(promise_constant(memory, 8, "frozen"));
}

TEST(Promise, memory_unmapped_under_it_is_a_broken_promise) {
  std::optional<Pages> pages(std::in_place, 1);
  const Promise promise = promise_constant(pages->bytes(), 100, "gone", Strength::Checked).value();
  pages.reset();
  const Result<void> verified = verify(*promise.region());
  ASSERT_FALSE(verified);
  EXPECT_NE(verified.error().message().find("cannot be read"), std::string::npos);
}

TEST(Promise, open_parts_of_a_range_are_not_constant) {
  struct Node {
    int fixed = 1;
    Mutable<int> counter = 0;
    int fixed_too = 2;
  } nodes[3];
  const Promise promise = promise_constant(nodes, sizeof nodes, "nodes", Strength::Checked).value();
  EXPECT_TRUE(find(&nodes[1])->open);
  EXPECT_TRUE(is_constant(&nodes[1].fixed, 4));
  EXPECT_FALSE(is_constant(&nodes[1].counter, 4));
  EXPECT_FALSE(is_constant(&nodes[1], sizeof(Node)));
  const std::vector<OpenPart> parts = open_parts(*find(nodes));
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[1].offset, sizeof(Node) + 4);
  EXPECT_EQ(parts[1].size, 4u);
  nodes[2].counter = 5;
  EXPECT_TRUE(verify(*promise.region()));
  nodes[2].fixed_too = 5;
  EXPECT_FALSE(verify(*promise.region()));
  nodes[2].fixed_too = 2;
}

TEST(Promise, a_graph_is_found_at_its_root_only) {
  int root[2] = {1, 2};
  {
    const Promise promise = constant_graph(root, "graph").value();
    EXPECT_TRUE(promise.status());
    const std::optional<Object> object = find(root);
    ASSERT_TRUE(object);
    EXPECT_TRUE(object->graph);
    EXPECT_EQ(object->size, 0u);
    EXPECT_EQ(object->begin, reinterpret_cast<std::byte*>(root));
    EXPECT_FALSE(find(root + 1));
    EXPECT_FALSE(is_constant(root, 4));
    EXPECT_TRUE(verify(*promise.region()));
    ASSERT_FALSE(constant_graph(root, "again"));
    const Promise range = promise_constant(root, 8, "range", Strength::Checked).value();
    EXPECT_FALSE(find(root)->graph) << "the range holds the address";
    EXPECT_EQ(objects_in(*promise.region()).size(), 1u);
  }
  EXPECT_FALSE(find(root));
  EXPECT_FALSE(constant_graph(nullptr, "null"));
}

TEST(Promise, a_graph_that_begins_where_a_range_ends_is_found) {
  char bytes[32] = {};
  const Promise range = promise_constant(bytes, 16, "range", Strength::Checked).value();
  const Promise graph = constant_graph(bytes + 16, "graph").value();
  EXPECT_TRUE(find(bytes + 16)->graph);
  EXPECT_FALSE(find(bytes + 15)->graph);
}

}  // namespace
}  // namespace inlay::frozen
