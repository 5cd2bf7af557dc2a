// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Code of running interpreters, and the programs that it was made from: it goes with them, when nobody is inside.
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "../sanitized.h"
#include "frozen/reads/dependents.h"
#include "inlay/inlay.h"
#include "loops.h"

#include <gtest/gtest.h>

namespace inlay::interpreters {
namespace {

using loops::Program;

std::int64_t same(std::int64_t value) { return value; }

std::function<void()> callback;
std::int64_t call_back(std::int64_t value) {
  callback();
  return value;
}

HotOptions options(unsigned threshold = 10, bool background = false) {
  HotOptions options;
  options.threshold = threshold;
  options.background = background;
  options.compile.level = Level::Quick;
  return options;
}

Frozen<Program> freeze(std::int32_t step) {
  return inlay::freeze([&] { return loops::stepping(step); });
}

std::int64_t run(const Frozen<Program>& program, std::int64_t rounds, std::int64_t (*host)(std::int64_t) = same) {
  return loops::interpret(program->data(), rounds, host);
}

std::uint64_t entered(const HotCode& hot) {
  std::uint64_t sum = 0;
  for (const HotEntry& entry : hot.entries()) sum += entry.entered;
  return sum;
}

TEST(HotLifetime, code_goes_with_its_program) {
  const Jit jit = Jit::create().value();
  const HotCode hot = jit.compile_hot(loops::interpret, options()).value();
  const std::size_t dependents = frozen::dependent_count();
  std::optional<Frozen<Program>> first = freeze(3);
  const Frozen<Program> second = freeze(5);
  const std::weak_ptr<frozen::Region> memory = first->region();
  EXPECT_EQ(run(*first, 100), 300);
  EXPECT_EQ(run(second, 100), 500);
  ASSERT_EQ(hot.entries().size(), 2u);
  EXPECT_EQ(frozen::dependent_count(), dependents + 2);
  EXPECT_EQ(jit.counters().optimized, 2u);
  EXPECT_EQ(jit.counters().entered, 2u);
  first.reset();
  EXPECT_TRUE(memory.expired()) << "the code does not keep it";
  ASSERT_EQ(hot.entries().size(), 1u) << "and no other code has gone";
  EXPECT_EQ(jit.counters().invalidated, 1u);
  EXPECT_EQ(frozen::dependent_count(), dependents + 1);
  EXPECT_EQ(jit.counters().retired, 0u);
  const std::uint64_t before = entered(hot);
  EXPECT_EQ(run(second, 100), 500);
  EXPECT_GT(entered(hot), before);
}

TEST(HotLifetime, programs_come_and_go_in_constant_memory) {
  constexpr int Rounds = Sanitized ? 200 : Long ? 2000 : 800, WarmUp = Rounds / 4;
  const Jit jit = Jit::create().value();
  const HotCode hot = jit.compile_hot(loops::interpret, options()).value();
  std::size_t used = 0;
  for (int round = 0; round < Rounds; ++round) {
    {
      const Frozen<Program> program = freeze(round);
      ASSERT_EQ(run(program, 50), 50 * round);
      ASSERT_EQ(run(program, 5), 5 * round);
      ASSERT_FALSE(hot.entries().empty()) << "round " << round;
    }
    ASSERT_TRUE(hot.entries().empty());
    if (round == WarmUp) used = mallinfo2().uordblks;
  }
  EXPECT_EQ(jit.counters().retired, 0u);
  EXPECT_EQ(jit.counters().code_bytes, 0u);
  EXPECT_GE(jit.counters().invalidated, 1u * Rounds);
  // What is left for a program: the names that LLVM's session has once heard.
  EXPECT_LT(mallinfo2().uordblks, used + (Rounds - WarmUp) * 1024);
}

TEST(HotLifetime, programs_that_are_gone_are_not_counted_for_ever) {
  const Jit jit = Jit::create().value();
  const HotCode hot = jit.compile_hot(loops::interpret, options(1000)).value();
  {
    std::vector<Frozen<Program>> cold;
    for (int i = 0; i < 6000; ++i) {  // more than there are slots
      cold.push_back(freeze(i));
      ASSERT_EQ(run(cold.back(), 20), 20 * i);
    }
    ASSERT_TRUE(hot.entries().empty());
  }
  for (int i = 0; i < 20; ++i) {
    const Frozen<Program> program = freeze(i);
    ASSERT_EQ(run(program, 4000), 4000 * i);
    ASSERT_EQ(hot.entries().size(), 1u) << "program " << i;
  }
}

TEST(HotLifetime, a_program_that_is_dropped_while_it_runs_stays_until_the_code_is_left) {
  const Jit jit = Jit::create().value();
  const HotCode hot = jit.compile_hot(loops::interpret, options()).value();
  for (int round = 0; round < 20; ++round) {
    std::optional<Frozen<Program>> program = freeze(round);
    const std::weak_ptr<frozen::Region> memory = program->region();
    int depth = 0;
    callback = [&] {
      // Activations within activations; the innermost one drops the program.
      if (++depth < 3) {
        EXPECT_EQ(run(*program, 30, call_back), 30 * round);
        return;
      }
      program.reset();
      EXPECT_FALSE(memory.expired()) << "somebody is inside";
      for (int other = 0; other < 3; ++other) EXPECT_EQ(run(freeze(other), 30), 30 * other);
    };
    ASSERT_EQ(run(*program, 30, call_back), 30 * round);
    EXPECT_FALSE(program);
    EXPECT_TRUE(memory.expired());
    EXPECT_TRUE(hot.entries().empty());
  }
  EXPECT_EQ(jit.counters().retired, 0u);
  EXPECT_EQ(jit.counters().code_bytes, 0u);
  callback = nullptr;
}

TEST(HotLifetime, an_exception_leaves_the_code_too) {
  const Jit jit = Jit::create().value();
  const HotCode hot = jit.compile_hot(loops::interpret, options()).value();
  callback = [] { throw std::runtime_error("thrown"); };
  for (int round = 0; round < 20; ++round) {
    const Frozen<Program> program = freeze(round);
    for (int i = 0; i < 5; ++i) EXPECT_THROW(run(program, 30, call_back), std::runtime_error);
    EXPECT_GT(entered(hot), 0u);
  }
  EXPECT_TRUE(hot.entries().empty());
  EXPECT_EQ(jit.counters().retired, 0u);
  EXPECT_EQ(jit.counters().code_bytes, 0u) << "nobody is thought to be inside";
  callback = nullptr;
}

TEST(HotLifetime, code_goes_when_what_it_read_changes) {
  const Jit jit = Jit::create().value();
  const HotCode hot = jit.compile_hot(loops::interpret, options()).value();
  Program program = loops::stepping(3);
  const Frozen<Program> frozen = freeze(11);
  {
    const Changing promised =
        promise_rarely_changed(program.data(), program.size() * sizeof(loops::Insn), "program").value();
    EXPECT_EQ(run(frozen, 100), 1100);
    const auto from_the_beginning = [&] {
      std::size_t count = 0;
      for (const HotEntry& entry : hot.entries()) count += entry.at == 0;
      return count;
    };
    for (int step = 4; step < 9; ++step) {
      for (int i = 0; i < 2000 && from_the_beginning() == 0; ++i)
        ASSERT_EQ(loops::interpret(program.data(), 100, same), 100 * (step - 1));
      EXPECT_EQ(from_the_beginning(), 1u) << "it is compiled again";
      const std::size_t all = hot.entries().size();
      EXPECT_GE(all, 3u);
      // Code that begins in the loop has not read it.
      ASSERT_TRUE(promised.change(&program[0], sizeof program[0], [&] { program[0].number = step; }));
      EXPECT_EQ(from_the_beginning(), 0u);
      EXPECT_EQ(hot.entries().size(), all - 1);
      ASSERT_EQ(loops::interpret(program.data(), 100, same), 100 * step);
      ASSERT_TRUE(promised.change(&program[1], sizeof program[1], [&] { program[1].from = 3; }));
      EXPECT_EQ(hot.entries().size(), 1u) << "of the program that has not changed";
      ASSERT_EQ(loops::interpret(program.data(), 100, same), 0);
      ASSERT_TRUE(promised.change([&] { program[1].from = 1; }));
      ASSERT_EQ(loops::interpret(program.data(), 100, same), 100 * step);
    }
    EXPECT_EQ(jit.counters().retired, 0u);
  }
  EXPECT_EQ(run(frozen, 100), 1100);
}

TEST(HotLifetime, the_next_program_at_an_address_is_another) {
  const Jit jit = Jit::create().value();
  const HotCode hot = jit.compile_hot(loops::interpret, options(2)).value();
  Program memory = loops::stepping(0);
  for (int step = 1; step < 30; ++step) {
    memory = loops::stepping(step);
    const Promise promised = promise_constant(memory.data(), memory.size() * sizeof(loops::Insn), "program").value();
    for (int i = 0; i < 3; ++i) ASSERT_EQ(loops::interpret(memory.data(), 20, same), 20 * step);
    EXPECT_FALSE(hot.entries().empty());
  }
}

TEST(HotNames, tell_where_the_code_begins_in_the_guest) {
  const Trace trace = Trace::start();
  const Jit jit = Jit::create({.trace = trace}).value();
  HotOptions named = options();
  named.compile.name = "loops";
  const HotCode hot = jit.compile_hot(loops::interpret, named).value();
  const Frozen<Program> unknown = freeze(3), program = freeze(5);
  GuestSource source;
  const unsigned function = source.add_function("step", "/home/guest/step.loop", 1);
  source.add_code(program->data(), program->size() * sizeof *program->data(), function, 12);
  ASSERT_TRUE(annotate_source(program.region(), source));
  EXPECT_EQ(run(unknown, 100), 300);
  EXPECT_EQ(run(program, 100), 500);
  ASSERT_EQ(hot.entries().size(), 2u);
  EXPECT_EQ(hot.entries()[0].report.name, "loops");
  EXPECT_EQ(hot.entries()[1].report.name, "loops step (step.loop:12)");
  EXPECT_NE(trace.to_json().find("\"loops step (step.loop:12)\""), std::string::npos);
}

TEST(HotPolicy, off_counts_nothing) {
  const Jit jit = Jit::create({.policy = Policy::off()}).value();
  const HotCode hot = jit.compile_hot(loops::interpret, options(1)).value();
  const Frozen<Program> program = freeze(3);
  EXPECT_EQ(run(program, 1000), 3000);
  EXPECT_TRUE(hot.entries().empty());
}

TEST(HotPolicy, a_budget_that_is_used_up_ends_compiling) {
  Policy policy;
  policy.budget_ms = 0;
  const Jit jit = Jit::create({.policy = policy}).value();
  const HotCode hot = jit.compile_hot(loops::interpret, options(1)).value();
  const Frozen<Program> program = freeze(3);
  EXPECT_EQ(run(program, 1000), 3000);
  ASSERT_EQ(hot.entries().size(), 1u) << "said once";
  EXPECT_NE(hot.entries()[0].report.to_text().find("budget"), std::string::npos);
  EXPECT_EQ(jit.counters().optimized, 0u);
  EXPECT_EQ(jit.counters().failed, 1u);
  EXPECT_EQ(run(freeze(4), 1000), 4000);
  EXPECT_EQ(jit.counters().asked, 1u) << "time does not come back";
}

TEST(HotPolicy, a_budget_of_memory_is_asked_for_less_and_less_and_may_come_back) {
  Policy policy;
  policy.budget_bytes = 1;
  const Jit jit = Jit::create({.policy = policy}).value();
  const HotCode hot = jit.compile_hot(loops::interpret, options(10)).value();
  std::optional<Frozen<Program>> first = freeze(3);
  const Frozen<Program> second = freeze(5);
  EXPECT_EQ(run(*first, 100), 300);
  ASSERT_EQ(jit.counters().optimized, 1u);
  EXPECT_EQ(run(second, 100'000), 500'000);
  EXPECT_EQ(jit.counters().optimized, 1u);
  EXPECT_GE(jit.counters().asked, 5u);
  EXPECT_LE(jit.counters().asked, 40u);
  first.reset();
  EXPECT_EQ(run(second, 100'000), 500'000);
  EXPECT_EQ(jit.counters().optimized, 2u);
}

TEST(HotPolicy, the_highest_tier_holds) {
  const auto code_bytes = [](Level level, Tier highest) {
    Policy policy;
    policy.highest = highest;
    const Jit jit = Jit::create({.policy = policy}).value();
    HotOptions at_level = options();
    at_level.compile.level = level;
    at_level.compile.explain_code = true;
    const HotCode hot = jit.compile_hot(loops::interpret, at_level).value();
    const Frozen<Program> program = freeze(5);
    EXPECT_EQ(run(program, 100), 500);
    std::uint64_t bytes = 0;
    for (const HotEntry& entry : hot.entries())
      for (const CompiledFunction& function : entry.report.functions) bytes += function.size;
    return bytes;
  };
  const std::uint64_t quick = code_bytes(Level::Quick, Tier::Optimized);
  EXPECT_NE(quick, code_bytes(Level::O2, Tier::Optimized));
  EXPECT_EQ(quick, code_bytes(Level::O2, Tier::Quick));
}

TEST(HotPolicy, pieces_of_code_are_limited_at_one_time_not_in_all) {
  const Jit jit = Jit::create().value();
  HotOptions few = options();
  few.max_entries = 1;
  const HotCode hot = jit.compile_hot(loops::interpret, few).value();
  std::optional<Frozen<Program>> first = freeze(3);
  const Frozen<Program> second = freeze(4);
  run(*first, 100);
  EXPECT_EQ(run(second, 100), 400);
  EXPECT_EQ(jit.counters().optimized, 1u);
  first.reset();
  EXPECT_EQ(run(second, 100), 400);
  EXPECT_EQ(jit.counters().optimized, 2u);
}

TEST(HotPolicy, exits_are_counted_and_traced) {
  const Trace trace = Trace::start();
  const Jit jit = Jit::create({.trace = trace}).value();
  HotOptions leaving = options();
  leaving.compile.leave_at_context = 1;  // in each round
  const HotCode hot = jit.compile_hot(loops::interpret, leaving).value();
  const Frozen<Program> program = freeze(3);
  EXPECT_EQ(run(program, 1000), 3000);
  const Counters counters = jit.counters();
  EXPECT_GT(counters.entered, 0u);
  EXPECT_GT(counters.exits, 0u);
  EXPECT_LE(counters.exits, counters.entered);
  const std::string json = trace.to_json();
  EXPECT_NE(json.find("\"compile\""), std::string::npos);
  EXPECT_NE(json.find("\"exit\""), std::string::npos);
  EXPECT_NE(json.find("loops::interpret"), std::string::npos);
}

TEST(HotPolicy, what_waits_is_cancelled_when_it_goes) {
  const Jit jit = Jit::create().value();
  const Frozen<Program> program = freeze(3);
  for (int i = 0; i < 50; ++i) {
    const HotCode hot = jit.compile_hot(loops::interpret, options(2, true)).value();
    EXPECT_EQ(run(program, 20 + i), 3 * (20 + i));
  }
  jit.wait_for_background();
  const Counters counters = jit.counters();
  EXPECT_EQ(counters.asked, counters.optimized + counters.cancelled);
  EXPECT_EQ(counters.code_bytes, 0u);
}

TEST(HotPolicy, a_child_process_does_not_wait_for_the_threads_of_its_parent) {
  const Jit jit = Jit::create().value();
  std::latch busy(1), go_on(1);
  std::atomic<bool> first = true;
  HotOptions slow = options(2, true);
  slow.compile.inline_policy = [&](const CallSite&) {
    if (first.exchange(false)) busy.count_down(), go_on.wait();
    return InlineChoice::Default;
  };
  std::optional<HotCode> hot = jit.compile_hot(loops::interpret, slow).value();
  const Frozen<Program> program = freeze(3);
  EXPECT_EQ(run(program, 100), 300);
  busy.wait();
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);  // ends it if it hangs
    const bool right = run(program, 100) == 300;
    hot.reset();
    _exit(right && run(program, 100) == 300 ? 0 : 1);
  }
  go_on.count_down();
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  hot.reset();
  EXPECT_EQ(run(program, 100), 300);
}

class HotLifetimeThreads : public ::testing::TestWithParam<bool> {};

TEST_P(HotLifetimeThreads, programs_come_and_go) {
  Policy policy;
  policy.threads = 2;
  const Jit jit = Jit::create({.policy = policy}).value();
  const HotCode hot = jit.compile_hot(loops::interpret, options(10, GetParam())).value();
  Program changing = loops::stepping(1);
  const Changing promised =
      promise_rarely_changed(changing.data(), changing.size() * sizeof(loops::Insn), "program").value();
  const Frozen<Program> shared = freeze(9);
  std::atomic<unsigned> wrong = 0;
  std::vector<std::thread> threads;
  // On a busy machine what is compiled in the background may be invalidated before anybody has entered it.
  const auto is_missing = [&] { return jit.counters().invalidated == 0 || jit.counters().entered == 0; };
  for (int id = 0; id < 4; ++id)
    threads.emplace_back([&, id] {
      for (int round = 0; round < 60 || (is_missing() && round < 100'000); ++round) {
        const Frozen<Program> own = freeze(round);
        for (int i = 0; i < 10; ++i) {
          wrong += run(own, 30) != 30 * round;
          wrong += run(shared, 30) != 270;
        }
        if (id == 0) wrong += loops::interpret(changing.data(), 50, same) != 50 * changing[0].number;
        if (id == 0 && round % 4 == 0)
          wrong += !promised.change(&changing[0], sizeof changing[0], [&] { changing[0].number = round % 1000; });
        if (id == 1) hot.entries();
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0u);
  jit.wait_for_background();
  EXPECT_GT(jit.counters().entered, 0u);
  EXPECT_GT(jit.counters().invalidated, 0u);
}

INSTANTIATE_TEST_SUITE_P(Compiling, HotLifetimeThreads, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "in_the_background" : "where_it_is_hot"; });

}  // namespace
}  // namespace inlay::interpreters
