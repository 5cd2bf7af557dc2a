// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What freeze() records, and what of it stays usable: containers, closures, shared pointers, exceptions, nested scopes.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <gtest/gtest.h>

#include "frozen/objects.h"
#include "frozen/recording.h"
#include "frozen/region.h"
#include "frozen/registry.h"
#include "frozen/verify.h"

namespace inlay::frozen {
namespace {

struct Node {
  virtual ~Node() = default;
  virtual long evaluate() const = 0;
};
struct Number : Node {
  explicit Number(long value) : value(value) {}
  long evaluate() const override { return value; }
  long value;
};
struct Sum : Node {
  ~Sum() override { parts.clear(); }  // writes while it is destroyed
  long evaluate() const override {
    long sum = 0;
    for (const auto& part : parts) sum += part->evaluate();
    return sum;
  }
  std::vector<std::unique_ptr<Node>> parts;
};

std::unique_ptr<Node> make_tree(int width, int depth) {
  if (depth == 0) return std::make_unique<Number>(1);
  auto sum = std::make_unique<Sum>();
  for (int i = 0; i < width; ++i) sum->parts.push_back(make_tree(width, depth - 1));
  return sum;
}

bool holds_whole(const void* address, std::size_t size) { return is_constant(address, size); }

TEST(Freeze, a_tree_of_virtual_nodes) {
  const Frozen<std::unique_ptr<Node>> tree = freeze([] { return make_tree(4, 5); }, {.name = "tree"});
  EXPECT_TRUE(tree.status()) << tree.status().error().to_string();
  EXPECT_EQ((*tree)->evaluate(), 1024);
  const auto& root = static_cast<const Sum&>(**tree);
  EXPECT_TRUE(holds_whole(tree.get(), sizeof *tree.get()));
  EXPECT_TRUE(holds_whole(&root, sizeof root));
  EXPECT_TRUE(holds_whole(root.parts.data(), 4 * sizeof root.parts[0]));
  for (const Object& object : objects_in(*tree.region())) {
    EXPECT_FALSE(object.open);
    EXPECT_TRUE(holds_whole(object.begin, object.size));
    EXPECT_EQ(find(object.begin)->id, object.id);
  }
}

TEST(Freeze, containers_of_the_standard_library) {
  struct All {
    std::string text = std::string(1000, 'x');
    std::string small = "small";
    std::vector<std::string> words = std::vector<std::string>(100, std::string(50, 'y'));
    std::map<int, std::string> sorted = {{1, "one"}, {2, std::string(80, '2')}};
    std::unordered_map<std::string, int> hashed = {{"one", 1}, {"two", 2}};
    std::unique_ptr<int[]> array = std::make_unique<int[]>(100);
  };
  const Frozen<All> all = freeze([] { return All(); });
  EXPECT_TRUE(all.status());
  EXPECT_TRUE(is_constant(all->text.data(), 1000));
  EXPECT_TRUE(is_constant(all->small.data(), 5)) << "in the value itself";
  EXPECT_TRUE(is_constant(all->words[99].data(), 50));
  EXPECT_TRUE(is_constant(all->sorted.at(2).data(), 80));
  EXPECT_EQ(all->hashed.at("two"), 2);
  EXPECT_TRUE(is_constant(all->array.get(), 400));
  const std::vector<std::string> copy = all->words;  // copies are ordinary
  EXPECT_FALSE(find(copy[0].data()));
}

TEST(Freeze, a_function_and_what_it_captured) {
  const std::string captured(100, 'c');
  const Frozen<std::function<std::size_t(std::size_t)>> function = freeze([&] {
    std::function<std::size_t(std::size_t)> inner = [captured](std::size_t i) { return captured.size() + i; };
    return std::function<std::size_t(std::size_t)>([inner](std::size_t i) { return 2 * inner(i); });
  });
  EXPECT_EQ((*function)(5), 210u);
  EXPECT_TRUE(is_constant(function.get(), sizeof *function.get()));
  EXPECT_GE(objects_in(*function.region()).size(), 3u);
  std::function<std::size_t(std::size_t)> copy = *function;
  EXPECT_EQ(copy(6), 212u);
}

TEST(Freeze, closures_with_open_counters) {
  const Frozen<std::function<int()>> count =
      freeze([] { return std::function<int()>([counter = Mutable<int>(0), step = 2] { return counter += step; }); },
             {.name = "count", .strength = Strength::Checked});
  EXPECT_TRUE(count.status());
  EXPECT_EQ((*count)(), 2);
  EXPECT_EQ((*count)(), 4);
  EXPECT_TRUE(verify_frozen());
}

TEST(Freeze, only_what_this_thread_allocates_inside) {
  const auto before = std::make_unique<int>(1);
  std::unique_ptr<int> inside;
  std::unique_ptr<int> elsewhere;
  const auto frozen = freeze([&] {
    inside = std::make_unique<int>(2);
    std::thread([&] { elsewhere = std::make_unique<int>(3); }).join();
    return 0;
  });
  const auto after = std::make_unique<int>(4);
  EXPECT_TRUE(find(inside.get()));
  EXPECT_FALSE(find(before.get()));
  EXPECT_FALSE(find(elsewhere.get()));
  EXPECT_FALSE(find(after.get()));
}

TEST(Freeze, an_exception_leaves_ordinary_memory) {
  std::vector<std::string> survivors;
  const auto build = [&]() -> int {
    for (int i = 0; i < 100; ++i) survivors.emplace_back(100, 'x');
    throw std::runtime_error(std::string(100, 'e'));
  };
  try {
    freeze(build);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(), std::string(100, 'e'));
  }
  EXPECT_EQ(recording_arena, nullptr);
  EXPECT_TRUE(space_contains(survivors[99].data()));
  EXPECT_FALSE(find(survivors[99].data()));
  survivors[99][0] = 'y';
  survivors.emplace_back(100, 'z');
}

TEST(Freeze, nested_scopes_are_regions_of_their_own) {
  struct Outer {
    std::unique_ptr<std::string> before, after;
    Frozen<std::string> inner;
  };
  const Frozen<Outer> outer = freeze([] {
    auto before = std::make_unique<std::string>(100, 'b');
    Frozen<std::string> inner = freeze([] { return std::string(100, 'i'); }, {.name = "inner"});
    auto after = std::make_unique<std::string>(100, 'a');
    return Outer{std::move(before), std::move(after), std::move(inner)};
  });
  EXPECT_EQ(find(outer->before->data())->region, outer.region());
  EXPECT_EQ(find(outer->after->data())->region, outer.region());
  EXPECT_EQ(find(outer->inner->data())->region, outer->inner.region());
  EXPECT_NE(outer.region(), outer->inner.region());
  const Frozen<std::string> copy = outer->inner;  // its count is no part of the frozen memory
  EXPECT_EQ(outer.region()->thawed_pages(), 0u);
}

TEST(Freeze, shared_pointers_come_and_go_at_any_time) {
  struct Shared {
    std::shared_ptr<std::string> made = std::make_shared<std::string>(100, 'm');
    std::shared_ptr<std::string> adopted = std::shared_ptr<std::string>(new std::string(100, 'a'));
    std::shared_ptr<std::string> outside;
  };
  const auto outside = std::make_shared<std::string>(100, 'o');
  std::shared_ptr<std::string> copied_out;
  std::weak_ptr<std::string> weak;
  {
    const Frozen<Shared> frozen = freeze([&] {
      Shared shared;
      shared.outside = outside;
      return shared;
    });
    EXPECT_TRUE(frozen.status());
    EXPECT_EQ(outside.use_count(), 2);
    copied_out = frozen->made;
    weak = frozen->adopted;
    EXPECT_EQ(frozen->made.use_count(), 2);
    EXPECT_GE(frozen.region()->thawed_pages(), 1u);
    EXPECT_TRUE(is_constant(frozen->made.get(), sizeof(std::string)));
    EXPECT_TRUE(is_constant(frozen->made->data(), 100));
    const Shared copy = *frozen;
    EXPECT_EQ(copy.adopted.use_count(), 2);
    EXPECT_TRUE(verify(*frozen.region()));
  }
  EXPECT_EQ(outside.use_count(), 1);
  EXPECT_EQ(copied_out.use_count(), 1);
  EXPECT_TRUE(weak.expired());
  EXPECT_EQ(*copied_out, std::string(100, 'm'));
  copied_out->append("ordinary again");
}

TEST(Freeze, a_scope_keeps_what_it_is_given) {
  FreezeScope scope({.name = "scope"});
  auto leaked_on_purpose = new std::string(100, 'l');
  const std::string& kept = scope.keep([] { return std::string(100, 'k'); });
  auto region = scope.freeze();
  EXPECT_EQ(find(&kept)->region, region);
  EXPECT_EQ(find(kept.data())->region, region);
  EXPECT_EQ(find(leaked_on_purpose->data())->region, region);
  EXPECT_EQ(recording_arena, nullptr);
  region.reset();
  delete leaked_on_purpose;
}

TEST(Freeze, growing_containers_leave_no_trace) {
  const Frozen<std::vector<int>> numbers = freeze([] {
    std::vector<int> numbers;
    for (int i = 0; i < 100000; ++i) numbers.push_back(i);
    return numbers;
  });
  EXPECT_EQ(objects_in(*numbers.region()).size(), 2u);
  EXPECT_TRUE(is_constant(numbers->data(), 400000));
}

TEST(Freeze, what_is_deleted_inside_is_not_frozen) {
  const Frozen<std::unique_ptr<int>> kept = freeze([] {
    auto gone = std::make_unique<std::string>(100, 'g');
    auto kept = std::make_unique<int>(5);
    return kept;
  });
  EXPECT_EQ(objects_in(*kept.region()).size(), 2u);
}

TEST(Freeze, trivial_objects_may_be_deleted_from_outside_while_protected) {
  std::vector<long*> numbers;
  const auto frozen = freeze([&] {
    for (int i = 0; i < 1000; ++i) numbers.push_back(new long(i));
    return 0;
  });
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < numbers.size(); i += 4) delete numbers[i];
    });
  }
  for (std::thread& thread : threads) thread.join();
  // The value, and the buffer of `numbers`, which grew inside.
  EXPECT_EQ(objects_in(*frozen.region()).size(), 2u);
}

}  // namespace
}  // namespace inlay::frozen
