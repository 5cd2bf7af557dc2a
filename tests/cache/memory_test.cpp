// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What must be the same for code to be found, and what need not be.
#include <array>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "inlay/changing.h"
#include "inlay/inlay.h"
#include "runtime.h"

#include <gtest/gtest.h>

namespace inlay {
namespace {

using cached::Node;
using std::placeholders::_1;

class CachedMemory : public ::testing::Test {
 protected:
  Cache cache = Cache::memory();
  Jit jit = Jit::create({.cache = cache}).value();

  /// Whether the code was found; it must compute what it should either way.
  template <class F>
  bool found(const Result<F>& function, long x, long expected) {
    EXPECT_TRUE(function && function->compiled());
    EXPECT_EQ((*function)(x), expected);
    const Report report = function->explain();
    EXPECT_EQ(report.to_text().find("found in a cache") != std::string::npos, report.cached) << report.to_text();
    EXPECT_NE(report.to_json().find(report.cached ? "\"cached\":true" : "\"cached\":false"), std::string::npos);
    return report.cached;
  }
  bool found(const Node& tree, long x, const CompileOptions& options = {}) {
    const auto frozen = jit.freeze([&] { return copy(tree); });
    return found(jit.specialize_with(options, &cached::polynomial, constant(frozen.get()), _1), x,
                 cached::polynomial(frozen.get(), x));
  }
  static Node copy(const Node& node) {
    Node made = node;
    if (node.left) made.left = new Node(copy(*node.left));
    if (node.right) made.right = new Node(copy(*node.right));
    return made;
  }
};

TEST_F(CachedMemory, equal_trees_are_found_wherever_they_lie) {
  const Node leaf{5}, root{3, &leaf, nullptr, 0};
  EXPECT_FALSE(found(root, 7));
  EXPECT_TRUE(found(root, 7));
  EXPECT_TRUE(found(root, 8));
  EXPECT_EQ(cache.statistics().hits, 2u);
  EXPECT_EQ(cache.statistics().misses, 1u);
  EXPECT_EQ(cache.statistics().stores, 1u);
}

TEST_F(CachedMemory, what_was_read_decides_and_nothing_else) {
  const Node leaf{5};
  EXPECT_FALSE(found(Node{3, &leaf, nullptr, 1}, 7));
  EXPECT_TRUE(found(Node{3, &leaf, nullptr, 2}, 7)) << "a byte that is never read";
  EXPECT_FALSE(found(Node{4, &leaf, nullptr, 1}, 7));
  const Node other_leaf{6};
  EXPECT_FALSE(found(Node{3, &other_leaf, nullptr, 1}, 7));
  EXPECT_FALSE(found(Node{3, nullptr, &leaf, 1}, 7));
  EXPECT_FALSE(found(Node{3, &leaf, &leaf, 1}, 7));
  EXPECT_TRUE(found(Node{4, &leaf, nullptr, 1}, 7));
  EXPECT_TRUE(found(Node{3, &other_leaf, nullptr, 1}, 7));
  EXPECT_TRUE(found(Node{3, &leaf, nullptr, 1}, 7));
}

TEST_F(CachedMemory, thousands_of_trees_with_one_root_function) {
  constexpr long Count = 300;
  const CompileOptions options{.level = Level::O0};
  const auto tree = [&](long i) {
    static Node leaf, root;
    leaf = {i % 17};
    root = {i / 17, &leaf, nullptr, 0};
    return &root;
  };
  for (long i = 0; i < Count; ++i) EXPECT_FALSE(found(*tree(i), 7, options)) << i;
  for (long i = 0; i < Count; ++i) EXPECT_TRUE(found(*tree(i), 7, options)) << i;
  EXPECT_EQ(cache.statistics().stores, static_cast<std::uint64_t>(Count));
}

TEST_F(CachedMemory, two_pointers_to_one_object_are_not_two_objects) {
  const auto one = jit.freeze([] { return Node{5}; });
  const auto two = jit.freeze([] { return Node{5}; });
  const auto check = [&](const Node* a, const Node* b) {
    return found(jit.specialize(&cached::both, constant(a), constant(b), _1), 9, cached::both(a, b, 9));
  };
  EXPECT_FALSE(check(one.get(), one.get()));
  EXPECT_FALSE(check(one.get(), two.get()));
  EXPECT_TRUE(check(two.get(), two.get()));
  EXPECT_TRUE(check(two.get(), one.get()));
}

TEST_F(CachedMemory, pointers_to_runtime_variables_go_by_name_and_offset) {
  const auto check = [&](const long* number) {
    const auto indirect = jit.freeze([&] { return cached::Indirect{number}; });
    return found(jit.specialize(&cached::through_pointer, constant(indirect.get()), _1), 1, *number + 1);
  };
  EXPECT_FALSE(check(&cached::weights[1]));
  EXPECT_TRUE(check(&cached::weights[1]));
  EXPECT_FALSE(check(&cached::weights[2]));
  EXPECT_FALSE(check(&cached::tally));
  EXPECT_TRUE(check(&cached::tally));
  static long elsewhere = 77;  // of no runtime: read when the code runs
  static long another = 78;
  EXPECT_FALSE(check(&elsewhere));
  EXPECT_TRUE(check(&another)) << "an unknown pointer is as good as another one";
}

TEST_F(CachedMemory, a_promise_about_a_runtime_variable_counts) {
  const auto node = jit.freeze([] { return Node{5}; });
  const auto check = [&](long expected) {
    return found(jit.specialize(&cached::counted, constant(node.get()), _1), 1, expected);
  };
  cached::tally = 0;
  EXPECT_FALSE(check(6));
  EXPECT_TRUE(check(11));
  cached::tally = 0;
}

TEST_F(CachedMemory, promised_memory_is_compared) {
  alignas(4096) static std::array<std::byte, 4096> page;
  static Node& node = *new (page.data()) Node{8};
  const auto check = [&](bool expected, long value) {
    node.value = value;
    const Promise promise = promise_constant(page.data(), page.size(), "a page").value();
    EXPECT_EQ(found(jit.specialize(&cached::polynomial, constant(&node), _1), 2, cached::polynomial(&node, 2)),
              expected);
  };
  check(false, 8);
  check(true, 8);
  check(false, 9);
  check(true, 9);
  // Without a promise nothing of it may be believed.
  const auto open = jit.specialize(&cached::polynomial, constant(&node), _1);
  ASSERT_TRUE(open);
  EXPECT_FALSE(open->explain().cached);
  node.value = 10;
  EXPECT_EQ((*open)(2), cached::polynomial(&node, 2));
  const auto again = jit.specialize(&cached::polynomial, constant(&node), _1);
  EXPECT_TRUE(again->explain().cached);
  node.value = 11;
  EXPECT_EQ((*again)(2), cached::polynomial(&node, 2));
}

TEST_F(CachedMemory, memory_that_changes_rarely_is_found_as_it_is_now) {
  static Node node{8};
  const Changing changing = promise_rarely_changed(&node, sizeof node, "a node").value();
  const auto function = [&] { return jit.specialize(&cached::polynomial, constant(&node), _1); };
  EXPECT_FALSE(found(function(), 2, cached::polynomial(&node, 2)));
  for (int i = 0; i < 4; ++i) {
    changing.change([&] { node.value = 8 + i % 2; }).value();
    const auto now = function();
    EXPECT_EQ(found(now, 2, cached::polynomial(&node, 2)), i != 1) << i;
    // What was found is retired as well as what was compiled.
    changing.change([&] { node.value = 100; }).value();
    EXPECT_EQ((*now)(2), cached::polynomial(&node, 2)) << i;
  }
}

TEST_F(CachedMemory, an_object_of_another_size_or_alignment_is_another_one) {
  struct Wide {
    Node node;
    long more[4] = {};
  };
  const auto small = jit.freeze([] { return Node{5}; });
  const auto wide = jit.freeze([] { return Wide{{5}, {}}; });
  const auto check = [&](const Node* node) {
    return found(jit.specialize(&cached::polynomial, constant(node), _1), 2, cached::polynomial(node, 2));
  };
  EXPECT_FALSE(check(small.get()));
  EXPECT_FALSE(check(&wide->node)) << "LLVM was told how large it is";
  EXPECT_TRUE(check(&wide->node));
}

TEST_F(CachedMemory, bound_bytes_are_compared) {
  const auto check = [&](long a, short b, double c, bool d) {
    return found(jit.specialize(&cached::of_scalars, constant(a), constant(b), constant(c), constant(d), _1), 3,
                 cached::of_scalars(a, b, c, d, 3));
  };
  EXPECT_FALSE(check(1, 2, 3.5, true));
  EXPECT_TRUE(check(1, 2, 3.5, true));
  EXPECT_FALSE(check(100'000'000, 2, 3.5, true));
  EXPECT_TRUE(check(100'000'000, 2, 3.5, true));
  EXPECT_FALSE(check(1, 3, 3.5, true));
  EXPECT_FALSE(check(1, 2, 3.25, true));
  EXPECT_FALSE(check(1, 2, 3.5, false));
  EXPECT_TRUE(check(1, 2, 3.5, false));

  const auto one = jit.freeze([] { return Node{5}; });
  const auto two = jit.freeze([] { return Node{6}; });
  const auto word = [&](const Node* node, long number) {
    const cached::Word value{node, number};
    return found(jit.specialize(&cached::of_word, constant(value), _1), 3, cached::of_word(value, 3));
  };
  EXPECT_FALSE(word(one.get(), 1));
  EXPECT_FALSE(word(two.get(), 1));
  EXPECT_FALSE(word(one.get(), 2));
  EXPECT_TRUE(word(one.get(), 1));
  EXPECT_TRUE(word(two.get(), 1));
}

TEST_F(CachedMemory, other_options_are_another_request) {
  const Node node{5};
  EXPECT_FALSE(found(node, 7));
  EXPECT_FALSE(found(node, 7, {.level = Level::O0}));
  EXPECT_FALSE(found(node, 7, {.max_depth = 3}));
  EXPECT_FALSE(found(node, 7, {.max_rounds = 2}));
  EXPECT_TRUE(found(node, 7, {.level = Level::O0}));
  EXPECT_TRUE(found(node, 7, {.verify = true})) << "the code is the same";
}

TEST_F(CachedMemory, what_cannot_be_compared_is_compiled) {
  const Node node{5};
  CompileOptions policy;
  policy.inline_policy = [](const CallSite&) { return InlineChoice::Default; };
  for (const CompileOptions& options : {policy, CompileOptions{.explain_code = true}}) {
    EXPECT_FALSE(found(node, 7, options));
    EXPECT_FALSE(found(node, 7, options));
  }
  static Node graph_leaf{4}, graph{3, &graph_leaf, nullptr, 0};
  const Promise promise = constant_graph(&graph, "a graph").value();
  for (int i = 0; i < 2; ++i)
    EXPECT_FALSE(found(jit.specialize(&cached::polynomial, constant(&graph), _1), 2, cached::polynomial(&graph, 2)));
  EXPECT_EQ(cache.statistics().stores, 0u);
  EXPECT_EQ(cache.statistics().failures.size(), 3u);
}

TEST_F(CachedMemory, an_integer_that_is_an_address_here_is_no_number) {
  // Once a number that leads nowhere, once the address of a frozen object.
  const auto node = jit.freeze([] { return Node{5}; });
  const auto check = [&](long number) {
    return found(
        jit.specialize(&cached::of_scalars, constant(number), constant(short{1}), constant(1.0), constant(false), _1),
        3, cached::of_scalars(number, 1, 1.0, false, 3));
  };
  const long address = reinterpret_cast<long>(node.get());
  EXPECT_FALSE(check(1L << 50));
  EXPECT_FALSE(check(address));
  EXPECT_TRUE(check(1L << 50));
  EXPECT_TRUE(check(address));
}

TEST_F(CachedMemory, found_code_keeps_the_memory_that_it_reads) {
  std::weak_ptr<frozen::Region> region;
  {
    Result<Function<long(long)>> kept = Error(ErrorKind::NotFound, "nothing");
    for (int i = 0; i < 2; ++i) {
      const auto tree = jit.freeze([] { return copy(Node{3, new Node{4}, nullptr, 0}); });
      region = tree.region();
      kept = jit.specialize(&cached::polynomial, constant(tree.get()), _1);
    }
    ASSERT_TRUE(kept && kept->explain().cached);
    EXPECT_FALSE(region.expired());
    EXPECT_EQ((*kept)(2), 3 + 2 * 4);
  }
  EXPECT_TRUE(region.expired());
}

TEST(CachedMemoryThreads, one_cache_for_many) {
  const Cache cache = Cache::memory();
  const Jit jit = Jit::create({.cache = cache}).value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (long i = 0; i < 20; ++i) {
        const auto tree = jit.freeze([&] { return Node{i % 5, new Node{i % 3}, nullptr, 0}; });
        const auto function = jit.specialize_with({.level = Level::O0}, &cached::polynomial, constant(tree.get()), _1);
        ASSERT_TRUE(function && function->compiled());
        EXPECT_EQ((*function)(4), i % 5 + 4 * (i % 3));
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cache.statistics().hits + cache.statistics().misses, 80u);
  EXPECT_GE(cache.statistics().hits, 80u - 15u * 4);
}

}  // namespace
}  // namespace inlay
