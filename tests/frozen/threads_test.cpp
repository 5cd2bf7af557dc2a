// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Many threads freezing, finding, copying and dropping at once; and what all that leaves behind.
#include <atomic>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <gtest/gtest.h>

#include "frozen/region.h"
#include "frozen/registry.h"

namespace inlay::frozen {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int Slowdown = 20;
constexpr std::size_t SlackPages = std::size_t{1} << 30;  // sanitizers keep memory of their own
#else
constexpr int Slowdown = 1;
constexpr std::size_t SlackPages = 512;
#endif

struct Tree {
  std::vector<std::string> words = std::vector<std::string>(5, std::string(40, 'w'));
  std::shared_ptr<std::string> shared = std::make_shared<std::string>(40, 's');
  std::function<int(int)> function = [words = words](int i) { return static_cast<int>(words.size()) + i; };
};

TEST(Threads, freeze_and_drop) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10000 / Slowdown; ++i) {
        const Frozen<Tree> tree = freeze([] { return Tree(); });
        if (tree->function(i) != 5 + i || !is_constant(tree.get(), sizeof(Tree))) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Threads, share_regions_while_others_look_them_up) {
  constexpr std::size_t Slots = 16;
  std::vector<std::shared_ptr<const Frozen<Tree>>> slots(Slots);
  std::vector<std::mutex> locks(Slots);
  std::vector<std::atomic<const void*>> addresses(Slots);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {  // makes, hands over, and so drops, on whichever thread is last
      for (unsigned i = 0; i < 4000u / Slowdown; ++i) {
        const std::size_t slot = (i * 7 + t) % Slots;
        auto made = std::make_shared<const Frozen<Tree>>(freeze([] { return Tree(); }));
        addresses[slot] = made->get();
        const std::lock_guard lock(locks[slot]);
        slots[slot].swap(made);
      }
      done = true;
    });
  }
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::shared_ptr<std::string>> copied_out;
      for (std::size_t i = t; !done; ++i) {
        const std::size_t slot = i % Slots;
        // An address that may be gone already: only the registry may be asked about it.
        if (const std::optional<Object> object = find(addresses[slot])) {
          if (!is_constant(object->begin, object->size)) ++wrong;
          if (std::string_view(object->region->name()) != "frozen") ++wrong;
        }
        std::shared_ptr<const Frozen<Tree>> held;
        {
          const std::lock_guard lock(locks[slot]);
          held = slots[slot];
        }
        if (!held) continue;
        const Frozen<Tree> copy = *held;
        copied_out.push_back(copy->shared);
        if (*copied_out.back() != std::string(40, 's')) ++wrong;
        if (copied_out.size() > 20) copied_out.clear();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Threads, promises_come_and_go) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      std::vector<long> numbers(100, 5);
      for (int i = 0; i < 2000 / Slowdown; ++i) {
        const Promise promise = promise_constant(numbers.data(), 800, "numbers", Strength::Checked).value();
        const Promise graph = constant_graph(&promise, "graph").value();
        if (!is_constant(&numbers[50], 8) || !find(&promise)->graph) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Threads, one_thread_may_finish_what_another_began) {
  std::unique_ptr<Tree> tree;
  FreezeScope scope;
  std::vector<std::string*> words;
  for (int i = 0; i < 100; ++i) words.push_back(new std::string(40, 'w'));
  std::thread([&] {
    for (std::string* word : words) delete word;  // into an arena that is still being filled
  }).join();
  words = {};
  const auto region = scope.freeze();
  EXPECT_TRUE(region);
}

std::size_t resident_pages() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  std::size_t size = 0, resident = 0;
  if (std::fscanf(file, "%zu %zu", &size, &resident) != 2) resident = 0;
  std::fclose(file);
  return resident;
}

TEST(Memory, comes_back_when_regions_go) {
  const auto round = [] {
    const Frozen<Tree> tree = freeze([] { return Tree(); });
    return tree->words.size();
  };
  for (int i = 0; i < 1000; ++i) round();
  const std::size_t before = resident_pages();
  for (int i = 0; i < 100000 / Slowdown; ++i) round();
  EXPECT_LT(resident_pages(), before + SlackPages);
}

TEST(Memory, large_regions_come_back_too) {
  const auto round = [] { return freeze([] { return std::vector<char>(50 << 20, 'x'); })->size(); };
  round();
  const std::size_t before = resident_pages();
  for (int i = 0; i < 20; ++i) round();
  EXPECT_LT(resident_pages(), before + SlackPages);
}

TEST(Memory, of_many_regions_at_once_is_theirs_alone) {
  std::vector<Frozen<Tree>> trees;
  for (int i = 0; i < 5000; ++i) trees.push_back(freeze([] { return Tree(); }));
  for (const Frozen<Tree>& tree : trees) {
    EXPECT_TRUE(tree.status());
    EXPECT_EQ(find(tree.get())->region, tree.region());
  }
  for (std::size_t i = 0; i < trees.size(); i += 2) trees[i] = trees[i + 1];
}

}  // namespace
}  // namespace inlay::frozen
