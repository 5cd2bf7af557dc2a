// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "frozen/reads/dependents.h"

#include <atomic>
#include <cstring>
#include <map>
#include <memory_resource>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "frozen/memory/space.h"
#include "frozen/memory/watch.h"
#include "frozen/region.h"
#include "frozen/registry.h"
#include "inlay/changing.h"

namespace inlay::frozen {
namespace {

struct Probe : Dependent {
  virtual ~Probe() = default;
  void install() noexcept override { ++installed; }
  void retire(const Retirement& why) noexcept override {
    ++retired;
    cause = why.cause;
    region = why.region;
  }
  bool in_use() const { return installed > retired; }

  int installed = 0, retired = 0;
  Retirement::Cause cause{};
  std::string region;
};

/// Numbers that change rarely, and the account of reading some.
struct Numbers {
  explicit Numbers(std::size_t count)
      : values(count), promise(promise_rarely_changed(values.data(), count * 4, "numbers").value()) {}
  Read read(std::size_t first, std::size_t count = 1) const {
    std::vector<int> copy(count);
    return copy_constant(&values[first], count * 4, copy.data()).value();
  }

  std::vector<int> values;
  Changing promise;
};

TEST(Dependents, are_retired_by_a_change_of_what_they_read_and_by_no_other) {
  Numbers numbers(10);
  Probe second, fourth, both;
  const Dependency on_second = depend(second, std::vector{numbers.read(2)});
  const Dependency on_fourth = depend(fourth, std::vector{numbers.read(4)});
  const Dependency on_both = depend(both, std::vector{numbers.read(4), numbers.read(2)});
  EXPECT_EQ(second.installed + fourth.installed + both.installed, 3);
  EXPECT_TRUE(numbers.promise.change(&numbers.values[3], 4, [&] { numbers.values[3] = 1; }));
  EXPECT_EQ(second.retired + fourth.retired + both.retired, 0);
  EXPECT_TRUE(numbers.promise.change(&numbers.values[4], 4, [&] {
    EXPECT_EQ(fourth.retired, 1) << "before anything is written";
    numbers.values[4] = 1;
  }));
  EXPECT_EQ(second.retired, 0);
  EXPECT_EQ(fourth.retired, 1);
  EXPECT_EQ(both.retired, 1);
  EXPECT_EQ(both.cause, Retirement::Cause::Changed);
  EXPECT_EQ(both.region, "numbers");
  EXPECT_TRUE(numbers.promise.change([&] { numbers.values[0] = 1; }));
  EXPECT_EQ(second.retired, 1);
  EXPECT_EQ(both.retired, 1) << "once";
}

TEST(Dependents, one_byte_is_enough) {
  Numbers numbers(4);
  auto* bytes = reinterpret_cast<std::byte*>(numbers.values.data());
  for (std::size_t at = 0; at < 16; ++at) {
    Probe probe;
    const Dependency dependency = depend(probe, std::vector{numbers.read(1, 2)});  // bytes 4 to 12
    ASSERT_TRUE(numbers.promise.change(bytes + at, 1, [] {}));
    EXPECT_EQ(probe.retired, at >= 4 && at < 12) << at;
  }
}

TEST(Dependents, what_was_read_before_a_change_is_not_accepted) {
  Numbers numbers(10);
  Probe probe;
  const Read old = numbers.read(2), other = numbers.read(3);
  EXPECT_TRUE(is_current(std::vector{old, other}));
  EXPECT_TRUE(numbers.promise.change(&numbers.values[2], 4, [] {}));
  EXPECT_FALSE(is_current(std::vector{old}));
  EXPECT_FALSE(depend(probe, std::vector{other, old}));
  EXPECT_EQ(probe.installed, 0);
  EXPECT_TRUE(depend(probe, std::vector{other})) << "which the change did not touch";
  EXPECT_TRUE(depend(probe, std::vector{numbers.read(2)}));
}

TEST(Dependents, a_read_of_long_ago_is_not_accepted) {
  Numbers numbers(10);
  const Read old = numbers.read(2);
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(numbers.promise.change(&numbers.values[7], 4, [] {}));
  EXPECT_TRUE(is_current(std::vector{old}));
  EXPECT_TRUE(numbers.promise.change(&numbers.values[2], 4, [] {}));
  for (int i = 0; i < 200; ++i) {
    EXPECT_TRUE(numbers.promise.change(&numbers.values[7], 4, [] {}));
    ASSERT_FALSE(is_current(std::vector{old})) << i;
  }
}

TEST(Dependents, nothing_being_changed_is_constant) {
  Numbers numbers(10);
  int copy[2];
  EXPECT_TRUE(numbers.promise.change(&numbers.values[2], 8, [&] {
    EXPECT_FALSE(is_constant(&numbers.values[3], 4));
    EXPECT_FALSE(copy_constant(&numbers.values[3], 8, copy));
    EXPECT_TRUE(copy_constant(&numbers.values[4], 4, copy));
    EXPECT_TRUE(find(&numbers.values[3])) << "it is known nevertheless";
  }));
  EXPECT_TRUE(is_constant(numbers.values.data(), 40));
  EXPECT_TRUE(find(numbers.values.data())->open) << "stores are legal";
}

TEST(Dependents, changes_nest_and_overlap) {
  Numbers numbers(10);
  EXPECT_TRUE(numbers.promise.change(&numbers.values[2], 4, [&] {
    EXPECT_TRUE(numbers.promise.change([&] { EXPECT_FALSE(is_constant(&numbers.values[9], 4)); }));
    EXPECT_TRUE(is_constant(&numbers.values[9], 4));
    EXPECT_TRUE(numbers.promise.change(&numbers.values[2], 4, [] {}));
    EXPECT_FALSE(is_constant(&numbers.values[2], 4)) << "the outer one goes on";
  }));
  EXPECT_TRUE(is_constant(numbers.values.data(), 40));
}

TEST(Dependents, a_change_ends_with_an_exception_and_gives_what_its_function_returns) {
  Numbers numbers(10);
  Probe probe;
  const Dependency dependency = depend(probe, std::vector{numbers.read(2)});
  EXPECT_THROW((void)numbers.promise.change([&]() -> int { throw std::runtime_error("no"); }), std::runtime_error);
  EXPECT_EQ(probe.retired, 1);
  EXPECT_TRUE(is_constant(numbers.values.data(), 40));
  EXPECT_EQ(numbers.promise.change([&] { return numbers.values[1] = 7; }).value(), 7);
}

TEST(Dependents, a_change_beyond_the_range_is_refused) {
  Numbers numbers(10);
  bool ran = false;
  const auto fn = [&] { ran = true; };
  EXPECT_FALSE(numbers.promise.change(&numbers.values[9], 5, fn));
  EXPECT_FALSE(numbers.promise.change(numbers.values.data() - 1, 4, fn));
  EXPECT_FALSE(numbers.promise.change(&numbers.values[1], SIZE_MAX, fn));
  EXPECT_FALSE(numbers.promise.change(&ran, 1, fn));
  EXPECT_FALSE(ran);
  EXPECT_TRUE(numbers.promise.change(&numbers.values[9], 4, fn));
  EXPECT_TRUE(ran);
}

TEST(Dependents, are_retired_when_a_promise_is_withdrawn) {
  int range[4] = {}, graph[4] = {};
  const Promise constant = promise_constant(range, sizeof range, "range", Strength::Checked).value();
  const Promise root = constant_graph(graph, "graph").value();
  Probe on_range, on_graph, on_both;
  const Read of_range = *copy_constant(range, 4, graph + 1);
  const Read of_graph{find(graph)->id, 8, 4};
  const Dependency first = depend(on_range, std::vector{of_range});
  const Dependency second = depend(on_graph, std::vector{of_graph});
  const Dependency third = depend(on_both, std::vector{of_graph, of_range});
  constant.withdraw();
  EXPECT_EQ(on_range.retired, 1);
  EXPECT_EQ(on_range.cause, Retirement::Cause::Withdrawn);
  EXPECT_EQ(on_graph.retired, 0);
  EXPECT_EQ(on_both.retired, 1);
  EXPECT_FALSE(find(range));
  EXPECT_FALSE(is_current(std::vector{of_range}));
  constant.withdraw();
  range[0] = 1;
  EXPECT_TRUE(verify_frozen()) << "ordinary memory now";
  EXPECT_TRUE(promise_constant(range, sizeof range, "again", Strength::Checked)) << "though a handle is alive";
  root.withdraw();
  EXPECT_EQ(on_graph.retired, 1);
  EXPECT_EQ(on_both.retired, 1);
  EXPECT_FALSE(find(graph));
}

TEST(Dependents, a_withdrawn_range_is_changed_as_ordinary_memory) {
  Numbers numbers(4);
  EXPECT_TRUE(numbers.promise.change([&] {
    numbers.promise.withdraw();
    numbers.values[0] = 3;
  }));
  numbers.values[1] = 4;
  EXPECT_TRUE(verify_frozen());
  bool ran = false;
  EXPECT_TRUE(numbers.promise.change([&] { ran = true; }));
  EXPECT_TRUE(ran);
  EXPECT_FALSE(is_constant(numbers.values.data(), 4));
}

TEST(Dependents, are_retired_before_freed_memory_goes) {
  struct Reader : Probe {
    void retire(const Retirement& why) noexcept override {
      Probe::retire(why);
      value_then = *memory;
    }
    const int* memory = nullptr;
    int value_then = 0;
  } freed, kept;
  int copy;
  FrozenResource filled({.name = "short-lived"}), long_lived;
  auto* number = new (filled.allocate(4, 4)) int(42);
  (void)filled.allocate(100, 4);
  auto* lasting = new (long_lived.allocate(4, 4)) int(43);
  auto region = filled.freeze();
  const auto lasting_region = long_lived.freeze();
  freed.memory = number;
  kept.memory = lasting;
  const Dependency first = depend(freed, std::vector{*copy_constant(number, 4, &copy)});
  const Dependency second = depend(kept, std::vector{*copy_constant(lasting, 4, &copy)});
  const Read late = *copy_constant(number, 4, &copy);
  region.reset();
  EXPECT_EQ(freed.retired, 1);
  EXPECT_EQ(freed.cause, Retirement::Cause::Freed);
  EXPECT_EQ(freed.region, "short-lived");
  EXPECT_EQ(freed.value_then, 42);
  EXPECT_EQ(kept.retired, 0);
  EXPECT_FALSE(is_current(std::vector{late}));
}

TEST(Dependents, that_are_gone_are_not_told) {
  Numbers numbers(10);
  const std::size_t before = dependent_count();
  Probe probe;
  {
    Dependency dependency = depend(probe, std::vector{numbers.read(2)});
    Dependency moved = std::move(dependency);
    EXPECT_TRUE(moved);
    EXPECT_FALSE(dependency);
    EXPECT_EQ(dependent_count(), before + 1);
    moved = Dependency();
    EXPECT_EQ(dependent_count(), before);
  }
  EXPECT_TRUE(numbers.promise.change([] {}));
  EXPECT_EQ(probe.retired, 0);
}

TEST(Dependents, reads_of_nothing_depend_on_nothing) {
  Probe probe;
  EXPECT_TRUE(depend(probe, {}));
  EXPECT_EQ(probe.installed, 1);
  EXPECT_FALSE(depend(probe, std::vector{Read{0, 0, 4}})) << "no object has this id";
}

TEST(Dependents, changes_of_protected_pages_are_writable_and_then_protected_again) {
  const std::size_t size = 2 * page_size();
  std::pmr::monotonic_buffer_resource memory;
  auto* bytes = static_cast<std::byte*>(memory.allocate(size, page_size()));
  std::memset(bytes, 0, size);
  const Changing pages = promise_rarely_changed(bytes, size, "pages", Strength::Pages).value();
  EXPECT_TRUE(pages.status());
  EXPECT_EQ(protection_of({bytes, bytes + size}), 1) << "readable";
  EXPECT_TRUE(pages.change(bytes, 8, [&] {
    bytes[0] = std::byte{1};
    EXPECT_TRUE(pages.change(bytes + 8, 8, [&] { bytes[8] = std::byte{1}; }));
    bytes[1] = std::byte{1};
  }));
  EXPECT_EQ(protection_of({bytes, bytes + size}), 1);
  pages.withdraw();
  bytes[3] = std::byte{1};
  EXPECT_EQ(protection_of({bytes, bytes + size}), 3);
}

TEST(Dependents, a_write_outside_of_a_change_is_found) {
  Numbers numbers(10);
  EXPECT_TRUE(numbers.promise.change([&] { numbers.values[5] = 5; }));
  EXPECT_TRUE(verify_frozen());
  numbers.values[5] = 6;
  ASSERT_FALSE(verify_frozen());
  EXPECT_NE(verify_frozen().error().message().find("promised to change rarely as \"numbers\""), std::string::npos)
      << verify_frozen().error().to_string();
  numbers.values[5] = 5;
}

// Random ranges, reads and ends of them, against a model that keeps bytes one by one.
TEST(Dependents, agree_with_a_model_that_keeps_each_byte) {
  constexpr std::size_t Ranges = 6, Size = 40;
  struct Modelled : Probe {
    std::set<std::pair<std::size_t, std::size_t>> bytes;  // range and offset
    std::set<std::size_t> promises;                       // those it read from, by number
    std::vector<Read> reads;
    bool current = true;  // nothing that it read has changed
    bool told = false;    // depend() accepted it
    Dependency dependency;
  };
  std::mt19937 random(7);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  std::vector<std::vector<std::byte>> memory(Ranges, std::vector<std::byte>(Size));
  std::vector<std::optional<Changing>> ranges(Ranges);
  std::vector<std::unique_ptr<Modelled>> all;
  std::size_t accepted = 0, refused = 0, retired = 0;
  for (int step = 0; step < 20000; ++step) {
    const std::size_t which = below(Ranges);
    if (!ranges[which]) {
      ranges[which] = promise_rarely_changed(memory[which].data(), Size, "r").value();
      continue;
    }
    switch (below(8)) {
      case 0:
      case 1:  // one more that reads something, and is not told yet
        all.push_back(std::make_unique<Modelled>());
        [[fallthrough]];
      case 2: {  // some more reading by one of them
        if (all.empty()) break;
        Modelled& reader = *all.back();
        if (reader.told || !reader.current) break;
        const std::size_t from = below(Size), count = below(Size - from) + 1;
        std::byte copy[Size];
        reader.reads.push_back(copy_constant(&memory[which][from], count, copy).value());
        for (std::size_t i = from; i < from + count; ++i) reader.bytes.emplace(which, i);
        break;
      }
      case 3: {  // one of them is done
        if (all.empty()) break;
        Modelled& reader = *all[below(all.size())];
        if (reader.told) break;
        reader.dependency = depend(reader, reader.reads);
        ASSERT_EQ(static_cast<bool>(reader.dependency), reader.current) << step;
        reader.told = reader.current;
        ++(reader.told ? accepted : refused);
        break;
      }
      case 4: {  // a change
        const std::size_t from = below(Size), count = below(std::min<std::size_t>(Size - from, 4)) + 1;
        ASSERT_TRUE(ranges[which]->change(&memory[which][from], count, [] {}));
        for (auto& reader : all)
          for (std::size_t i = from; i < from + count; ++i)
            if (reader->bytes.contains({which, i})) reader->current = false;
        break;
      }
      case 5:  // an end
        if (below(20)) break;
        if (below(2)) ranges[which]->withdraw();
        ranges[which].reset();
        for (auto& reader : all)
          for (std::size_t i = 0; i < Size; ++i)
            if (reader->bytes.contains({which, i})) reader->current = false;
        break;
      default:
        if (all.size() > 20) all.erase(all.begin() + static_cast<std::ptrdiff_t>(below(all.size())));
    }
    for (const auto& reader : all) {
      ASSERT_EQ(reader->in_use(), reader->told && reader->current) << step;
      ASSERT_LE(reader->retired, 1);
      retired += static_cast<std::size_t>(reader->retired);
    }
  }
  EXPECT_GT(accepted, 500u);
  EXPECT_GT(refused, 100u);
  EXPECT_GT(retired, 100u);
}

#if defined(__SANITIZE_THREAD__)
constexpr int Slowdown = 10;
#elif defined(INLAY_LONG_TESTS)
constexpr int Slowdown = 1;
#else
constexpr int Slowdown = 4;
#endif

/// As a handle does: the number that callers get, which is made from four others. 0: the original.
struct Version final : Dependent {
  void install() noexcept override { shown->store(this); }
  void retire(const Retirement&) noexcept override {
    Version* self = this;
    shown->compare_exchange_strong(self, nullptr);
  }
  std::atomic<Version*>* shown = nullptr;
  long sum = 0;
  Dependency dependency;
};

// Four compile, two change, two call. What a call gets was true at some time since the call began.
TEST(DependentsThreads, change_compile_and_install_at_once) {
  Numbers numbers(64);
  constexpr std::size_t Slots = 16;  // each of four numbers
  std::vector<std::atomic<Version*>> slots(Slots);
  // Written with a change under way, by one thread each; odd while it is.
  std::vector<std::atomic<long>> clocks(Slots);
  std::mutex kept_mutex;
  std::vector<std::unique_ptr<Version>> kept;
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0, installed = 0, hits = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      while (!done) {
        const std::size_t slot = random() % Slots;
        auto version = std::make_unique<Version>();
        version->shown = &slots[slot];
        std::vector<Read> reads;
        for (std::size_t i = 0; i < 4; ++i) {
          int value;
          const std::optional<Read> read = copy_constant(&numbers.values[slot * 4 + i], 4, &value);
          if (!read) break;
          reads.push_back(*read);
          version->sum += value;
        }
        if (reads.size() < 4) continue;
        version->dependency = depend(*version, reads);
        if (!version->dependency) continue;
        {
          const std::lock_guard lock(kept_mutex);
          kept.push_back(std::move(version));
        }
        if (++installed > 200'000) break;  // memory that callers may look at, and so none to give back
        std::this_thread::yield();
      }
    });
  }
  for (unsigned t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(100 + t);
      for (int i = 1; i < 4000 / Slowdown; ++i) {
        const std::size_t slot = random() % (Slots / 2) * 2 + t;
        ++clocks[slot];
        const bool ok = numbers.promise
                            .change(&numbers.values[slot * 4], 16,
                                    [&] {
                                      for (std::size_t k = 0; k < 4; ++k) numbers.values[slot * 4 + k] = i;
                                    })
                            .has_value();
        // Nobody sees another sum than this one, but who began before.
        if (const Version* version = slots[slot].load(); version && version->sum != 4 * i) ++wrong;
        if (!ok) ++wrong;
        ++clocks[slot];
        std::this_thread::yield();
      }
      done = true;
    });
  }
  for (unsigned t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      std::vector<long> last(Slots);
      for (std::size_t i = t; !done; ++i) {
        const std::size_t slot = i % Slots;
        const long clock = clocks[slot].load();
        const Version* version = slots[slot].load();
        if (!version) continue;
        ++hits;
        if (version->sum % 4 || version->sum > 4 * 4000) ++wrong;
        if (clock % 2 == 0 && clocks[slot].load() == clock && version->sum < last[slot]) ++wrong;
        last[slot] = std::max(last[slot], version->sum);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_GT(installed, 0);
  for (std::size_t slot = 0; slot < Slots; ++slot) {
    if (const Version* version = slots[slot].load()) {
      EXPECT_EQ(version->sum, 4l * numbers.values[slot * 4]);
    }
  }
}

TEST(DependentsThreads, regions_end_while_others_come_to_depend_on_them) {
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::mutex mutex;
  std::optional<Frozen<int>> shared;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 3000 / Slowdown; ++i) {
        std::optional<Frozen<int>> made = freeze([&] { return i; });
        const std::lock_guard lock(mutex);
        std::swap(shared, made);
      }
      if (t == 0) done = true;
    });
  }
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      while (!done) {
        std::optional<Read> read;
        {
          const std::lock_guard lock(mutex);
          int value;
          if (shared) read = copy_constant(shared->get(), 4, &value);
        }
        if (!read) continue;
        Probe probe;
        {
          const Dependency dependency = depend(probe, std::vector{*read});
          if (static_cast<bool>(dependency) != (probe.installed == 1)) ++wrong;
          std::this_thread::yield();
        }
        if (probe.retired > probe.installed) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace inlay::frozen
