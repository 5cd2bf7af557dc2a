// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Code compiled from memory that changes rarely.
#include "inlay/changing.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "frozen/reads/dependents.h"
#include "jit/build.h"
#include "jit/entry.h"
#include "runtime.h"

namespace inlay {
namespace {

using memory::Int;
using memory::Settings;

const std::shared_ptr<jit::Engine>& engine() {
  static const std::shared_ptr<jit::Engine> instance = jit::Engine::create({}).value();
  return instance;
}

/// A version of one function, in use or retired.
struct Version final : frozen::Dependent {
  void install() noexcept override { in_use = true; }
  void retire(const frozen::Retirement& why) noexcept override {
    in_use = false;
    cause = why.cause;
  }
  Int operator()(Int x) const {
    return reinterpret_cast<Int (*)(const detail::FunctionState*, Int)>(compiled.entry)(nullptr, x);
  }

  std::atomic<bool> in_use = false;
  frozen::Retirement::Cause cause{};
  jit::Compiled compiled;
  frozen::Dependency dependency;
};

template <class... P, class... B>
Result<jit::Built> build(Int (*function)(P...), B... bound) {
  Report report;
  const detail::Request request = detail::make_request(function, {}, constant(bound)..., std::placeholders::_1);
  return jit::build(*engine(), {}, report, [&](specialize::Symbols& symbols, const std::string& name) {
    return jit::build_entry(symbols, request, {name}, report);
  });
}

std::unique_ptr<Version> install(Result<jit::Built> built) {
  Report report;
  auto version = std::make_unique<Version>();
  version->compiled = jit::link(*engine(), std::move(built).value(), report).value();
  version->dependency = frozen::depend(*version, version->compiled.code->reads);
  return version;
}

template <class... P, class... B>
std::unique_ptr<Version> compile(Int (*function)(P...), B... bound) {
  return install(build(function, bound...));
}

TEST(Changing, retires_code_that_read_what_changes_and_no_other) {
  Settings settings{.factor = 3, .offset = 4, .table = {}};
  const Changing promise = promise_rarely_changed(&settings, sizeof settings, "settings").value();
  auto scale = compile(memory::scale, &settings);
  auto shift = compile(memory::shift, &settings);
  EXPECT_EQ((*scale)(10), 30);
  EXPECT_EQ((*shift)(10), 14);
  ASSERT_TRUE(scale->in_use);
  ASSERT_TRUE(shift->in_use);
  ASSERT_TRUE(promise.change(&settings.factor, sizeof(Int), [&] {
    EXPECT_FALSE(scale->in_use);
    settings.factor = 5;
  }));
  EXPECT_EQ(scale->cause, frozen::Retirement::Cause::Changed);
  EXPECT_TRUE(shift->in_use);
  EXPECT_EQ((*scale)(10), 30) << "a call that is under way goes on with what it was made from";
  scale = compile(memory::scale, &settings);
  EXPECT_EQ((*scale)(10), 50);
  ASSERT_TRUE(promise.change([&] { settings.offset = 1; }));
  EXPECT_FALSE(shift->in_use);
  EXPECT_FALSE(scale->in_use);
}

TEST(Changing, what_was_not_folded_is_read_anew) {
  Settings settings;
  for (int i = 0; i < 8; ++i) settings.table[i] = i;
  const Changing promise = promise_rarely_changed(&settings, sizeof settings, "settings").value();
  auto look_up = compile(memory::look_up, &settings);
  EXPECT_EQ((*look_up)(5), 5);
  ASSERT_TRUE(promise.change([&] { settings.table[5] = 50; }));
  EXPECT_TRUE(look_up->in_use) << "it has nothing of the table in it";
  EXPECT_EQ((*look_up)(5), 50);
  EXPECT_EQ((*look_up)(6), 6);
}

TEST(Changing, a_pointer_that_was_followed_counts_as_read) {
  Settings first{.factor = 3, .offset = 0, .table = {}}, second{.factor = 7, .offset = 0, .table = {}};
  const Settings* chosen = &first;
  const Changing choice = promise_rarely_changed(&chosen, sizeof chosen, "choice").value();
  const Changing settings = promise_rarely_changed(&first, sizeof first, "first").value();
  const Promise constant = promise_constant(&second, sizeof second, "second", Strength::Checked).value();
  auto follow = compile(memory::follow, &chosen);
  EXPECT_EQ((*follow)(2), 6);
  ASSERT_TRUE(settings.change(&first.offset, sizeof(Int), [] {}));
  EXPECT_TRUE(follow->in_use);
  ASSERT_TRUE(choice.change([&] { chosen = &second; }));
  EXPECT_FALSE(follow->in_use);
  follow = compile(memory::follow, &chosen);
  EXPECT_EQ((*follow)(2), 14);
  ASSERT_TRUE(settings.change([] {}));
  EXPECT_TRUE(follow->in_use) << "it does not lead there any more";
  constant.withdraw();
  EXPECT_FALSE(follow->in_use);
  EXPECT_EQ(follow->cause, frozen::Retirement::Cause::Withdrawn);
}

TEST(Changing, variables_of_a_runtime_can_be_promised) {
  memory::settings.factor = 3;
  const Changing promise = promise_rarely_changed(&memory::settings, sizeof memory::settings, "variable").value();
  auto scale = compile(memory::scale_by_global);
  EXPECT_EQ((*scale)(10), 30);
  EXPECT_FALSE(scale->compiled.code->reads.empty());
  ASSERT_TRUE(promise.change([&] { memory::settings.factor = 4; }));
  EXPECT_FALSE(scale->in_use);
  EXPECT_EQ((*compile(memory::scale_by_global))(10), 40);
}

TEST(Changing, what_is_compiled_within_a_change_reads_when_it_runs) {
  Settings settings{.factor = 3, .offset = 4, .table = {}};
  const Changing promise = promise_rarely_changed(&settings, sizeof settings, "settings").value();
  std::unique_ptr<Version> scale;
  ASSERT_TRUE(promise.change(&settings.factor, sizeof(Int), [&] {
    settings.factor = -1;
    scale = compile(memory::scale, &settings);
    settings.factor = 5;
  }));
  ASSERT_TRUE(scale->in_use);
  EXPECT_EQ((*scale)(10), 50);
  ASSERT_TRUE(promise.change([&] { settings.factor = 6; }));
  EXPECT_TRUE(scale->in_use);
  EXPECT_EQ((*scale)(10), 60);
}

TEST(Changing, code_that_a_change_overtook_is_never_used) {
  Settings settings{.factor = 3, .offset = 4, .table = {}};
  const Changing promise = promise_rarely_changed(&settings, sizeof settings, "settings").value();
  Result<jit::Built> built = build(memory::scale, &settings);
  ASSERT_TRUE(frozen::is_current(built->reads));
  ASSERT_TRUE(promise.change(&settings.factor, sizeof(Int), [&] { settings.factor = 5; }));
  EXPECT_FALSE(frozen::is_current(built->reads));
  auto scale = install(std::move(built));
  EXPECT_FALSE(scale->dependency);
  EXPECT_FALSE(scale->in_use);
}

TEST(Changing, mutable_parts_are_no_change) {
  struct {
    Settings settings{.factor = 3, .offset = 4, .table = {}};
    Mutable<Int> calls = 0;
  } both;
  const Changing promise = promise_rarely_changed(&both, sizeof both, "both").value();
  auto scale = compile(memory::scale, &both.settings);
  both.calls = 7;
  EXPECT_TRUE(scale->in_use);
  EXPECT_TRUE(verify_frozen());
}

TEST(Changing, freed_memory_retires_code_that_does_not_hold_it) {
  auto frozen = std::make_optional(freeze([] { return Settings{.factor = 3, .offset = 4, .table = {}}; }));
  auto scale = compile(memory::scale, frozen->get());
  scale->compiled.code->regions.clear();
  EXPECT_TRUE(scale->in_use);
  frozen.reset();
  EXPECT_FALSE(scale->in_use);
  EXPECT_EQ(scale->cause, frozen::Retirement::Cause::Freed);
}

TEST(Changing, withdrawing_one_of_several_graphs_retires_code_that_read_any) {
  Settings first{.factor = 3, .offset = 0, .table = {}}, second{.factor = 7, .offset = 0, .table = {}};
  const Settings* chosen = &second;
  const Promise root = constant_graph(&chosen, "root").value();
  const Promise other = constant_graph(&second, "second").value();
  const Promise unused = constant_graph(&first, "first").value();
  auto follow = compile(memory::follow, &chosen);
  EXPECT_EQ((*follow)(2), 14);
  unused.withdraw();
  EXPECT_TRUE(follow->in_use);
  other.withdraw();
  EXPECT_FALSE(follow->in_use);
}

#if defined(__SANITIZE_THREAD__)
constexpr int Slowdown = 10;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
constexpr int Slowdown = 10;
#else
constexpr int Slowdown = 1;
#endif
#else
constexpr int Slowdown = 1;
#endif

// A thread that has changed something sees the new contents; others the old ones or the new ones.
TEST(ChangingThreads, change_compile_call_and_drop_at_once) {
  constexpr std::size_t Places = 4;
  Settings settings[Places];
  const Changing promise = promise_rarely_changed(settings, sizeof settings, "settings").value();
  std::mutex mutexes[Places];  // of those who share a version
  std::shared_ptr<Version> shown[Places];
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0, calls = 0, made_versions = 0, retired = 0;
  // A machine that is busy with other things may take long to compile anything: changes go on until enough was seen.
  constexpr int Changes = 300 / Slowdown, MostChanges = 100'000;
  const auto seen_enough = [&] { return calls >= 100 && made_versions >= 10 && retired >= 5; };
  std::vector<std::thread> threads;
  const auto current = [&](std::size_t place) {
    const std::lock_guard lock(mutexes[place]);
    return shown[place];
  };
  for (std::size_t t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; !done; ++i) {
        const std::size_t place = i % Places;
        std::shared_ptr<Version> made = compile(memory::scale, &settings[place]);
        if (!made->dependency) continue;
        ++made_versions;
        const std::lock_guard lock(mutexes[place]);
        shown[place].swap(made);
        if (made && !made->in_use) ++retired;
      }
    });
  }
  for (std::size_t t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (int turn = 1; turn <= Changes || (!seen_enough() && turn <= MostChanges); ++turn) {
        const int i = turn % 300 + 1;
        const std::size_t place = static_cast<std::size_t>(turn) % (Places / 2) * 2 + t;
        if (!promise.change(&settings[place].factor, sizeof(Int), [&] { settings[place].factor = i; })) ++wrong;
        // What was not folded is read when it runs, which is right as well.
        if (const auto version = current(place); version && version->in_use && (*version)(1) != i) ++wrong;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    });
  }
  for (std::size_t t = 0; t < 2; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; !done; ++i) {
        const auto version = current(i % Places);
        if (!version || version->compiled.code->reads.empty()) continue;  // it reads what may just be written
        const Int factor = (*version)(1);
        ++calls;
        if (factor < 1 || factor > 300) ++wrong;
        std::this_thread::yield();
      }
    });
  }
  for (std::size_t t = 3; t < 5; ++t) threads[t].join();
  done = true;
  for (std::thread& thread : threads)
    if (thread.joinable()) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_TRUE(seen_enough()) << calls << " calls, " << made_versions << " versions, " << retired << " of them retired";
}

}  // namespace
}  // namespace inlay
