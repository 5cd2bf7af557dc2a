// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/policy.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <sstream>

#include "../closures/test_support.h"
#include "runtime.h"

namespace inlay::tiers {
namespace {

Policy parsed(const char* words, Policy base = Policy::now()) { return closures::ok(Policy::parse(words, base)); }

TEST(Policy, words_change_one_thing_each) {
  EXPECT_EQ(parsed("off").when, Policy::When::Never);
  EXPECT_EQ(parsed("hot").when, Policy::When::Hot);
  EXPECT_EQ(parsed("now", Policy::hot()).when, Policy::When::Now);
  EXPECT_EQ(parsed("").when, Policy::When::Now);
  EXPECT_EQ(parsed("hot,quick").highest, Tier::Quick);
  EXPECT_EQ(parsed("quick,optimized").highest, Tier::Optimized);
  EXPECT_EQ(parsed("threads=7").threads, 7u);
  EXPECT_EQ(parsed("threads=0").threads, 0u);
  const Policy thresholds = parsed("quick-after=10us,quick-after=3calls,optimize-after=2.5ms,optimize-after=0calls");
  EXPECT_EQ(thresholds.quick_us, 10);
  EXPECT_EQ(thresholds.quick_calls, 3u);
  EXPECT_EQ(thresholds.optimize_us, 2500);
  EXPECT_EQ(thresholds.optimize_calls, 0u);
  EXPECT_EQ(parsed("budget=2s").budget_ms, 2000);
  EXPECT_EQ(parsed("budget=3K").budget_bytes, 3072u);
  EXPECT_EQ(parsed("budget=1G,budget=2M").budget_bytes, 2u << 20);
  EXPECT_EQ(parsed("hot").budget_bytes, std::numeric_limits<std::uint64_t>::max());
}

TEST(Policy, what_is_no_word_is_named) {
  for (const char* wrong : {"of", "threads", "threads=", "threads=-1", "threads=1.5", "threads=300", "threads=4x",
                            "quick-after=5", "quick-after=us", "optimize-after=-1us", "budget=nan", "budget=5T",
                            "budget=1e30G", "=", "now now", "threads=99999999999999999999"}) {
    Result<Policy> result = Policy::parse(std::string("hot,") + wrong, Policy::now());
    ASSERT_FALSE(result) << wrong;
    EXPECT_EQ(result.error().kind(), ErrorKind::InvalidArgument);
    EXPECT_NE(result.error().message().find(std::string("'") + wrong + "'"), std::string::npos)
        << result.error().to_string();
  }
}

struct Environment {
  explicit Environment(const char* words) { setenv("INLAY_JIT", words, 1); }
  ~Environment() { unsetenv("INLAY_JIT"); }
};

TEST(Policy, the_environment_has_the_last_word) {
  {
    const Environment set("off");
    const Jit jit = closures::ok(Jit::create());
    auto function = closures::ok(jit.optimize(jit.freeze([] { return hand::number(4); })));
    EXPECT_FALSE(function.compiled());
  }
  {
    const Environment set("now,threads=0");
    const Jit jit = closures::ok(Jit::create({.policy = Policy::off()}));
    auto function = closures::ok(jit.optimize(jit.freeze([] { return hand::number(4); })));
    EXPECT_TRUE(function.compiled());
  }
  const Environment set("offf");
  Result<Jit> jit = Jit::create();
  ASSERT_FALSE(jit);
  for (const char* word : {"INLAY_JIT", "trace=FILE", "cache=FOLDER", "gdb", "lines", "perf=map", "perf=dump"})
    EXPECT_NE(jit.error().to_string().find(word), std::string::npos) << jit.error().to_string();
}

TEST(Policy, what_means_nothing_is_named_in_code_too) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::pair<const char*, void (*)(Policy&)> wrong[] = {
      {"when", [](Policy& policy) { policy.when = static_cast<Policy::When>(7); }},
      {"highest", [](Policy& policy) { policy.highest = Tier::Original; }},
      {"highest", [](Policy& policy) { policy.highest = static_cast<Tier>(9); }},
      {"threads", [](Policy& policy) { policy.threads = 100'000; }},
      {"batch", [](Policy& policy) { policy.batch = 0; }},
      {"batch", [](Policy& policy) { policy.batch = 257; }},
      {"quick_us", [](Policy& policy) { policy.quick_us = -1; }},
      {"optimize_us", [](Policy& policy) { policy.optimize_us = -0.5; }},
      {"budget_ms", [](Policy& policy) { policy.budget_ms = -1; }}};
  for (const auto& [name, change] : wrong) {
    Policy policy;
    change(policy);
    const Result<Jit> jit = Jit::create({.policy = policy});
    ASSERT_FALSE(jit) << name;
    EXPECT_EQ(jit.error().kind(), ErrorKind::InvalidArgument);
    EXPECT_NE(jit.error().message().find(std::string("Policy::") + name + " is "), std::string::npos)
        << jit.error().to_string();
  }
  for (double Policy::* time : {&Policy::quick_us, &Policy::optimize_us, &Policy::budget_ms}) {
    Policy policy;
    policy.*time = nan;
    EXPECT_FALSE(Jit::create({.policy = policy}));
    policy.*time = std::numeric_limits<double>::infinity();
    EXPECT_TRUE(Jit::create({.policy = policy}));
    policy.*time = 0;
    EXPECT_TRUE(Jit::create({.policy = policy}));
  }
  Policy most;
  most.threads = most.batch = 256;
  EXPECT_TRUE(Jit::create({.policy = most}));
}

TEST(Policy, a_cache_without_a_folder_is_named) {
  const Environment set("hot,cache=");
  const Result<Jit> jit = Jit::create();
  ASSERT_FALSE(jit);
  EXPECT_EQ(jit.error().kind(), ErrorKind::InvalidArgument);
  EXPECT_NE(jit.error().message().find("'cache='"), std::string::npos) << jit.error().to_string();
}

/// The file of a trace, in a process that ends by `end`.
std::string trace_of_a_process(const char* name, void (*end)()) {
  const std::string path = ::testing::TempDir() + name;
  std::remove(path.c_str());
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [&] {
    const Environment set(("trace=" + path).c_str());
    // Never destroyed.
    const Jit& jit = *new Jit(closures::ok(Jit::create()));
    new auto(closures::compiled(jit.optimize(jit.freeze([] { return hand::number(4); }))));
    end();
  };
  EXPECT_EXIT(run(), ::testing::ExitedWithCode(0), "");
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  std::remove(path.c_str());
  return text.str();
}

TEST(PolicyDeath, a_trace_is_written_when_the_process_ends_before_the_engine) {
  const std::string text = trace_of_a_process("inlay_trace_at_exit.json", [] { std::exit(0); });
  EXPECT_NE(text.find("\"compile\""), std::string::npos) << text;
}

TEST(PolicyDeath, a_trace_is_not_written_by_a_child) {
  const std::string text = trace_of_a_process("inlay_trace_of_a_child.json", [] {
    const pid_t child = fork();
    if (child == 0) std::exit(0);
    int status = 1;
    _exit(waitpid(child, &status, 0) == child && status == 0 ? 0 : 1);
  });
  EXPECT_EQ(text, "");
}

TEST(Policy, the_environment_can_ask_for_a_trace) {
  const std::string path = ::testing::TempDir() + "inlay_trace_by_environment.json";
  {
    const Environment set(("trace=" + path).c_str());
    const Jit jit = closures::ok(Jit::create());
    closures::compiled(jit.optimize(jit.freeze([] { return hand::number(4); })));
  }
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_NE(text.str().find("\"compile\""), std::string::npos) << text.str();
  std::remove(path.c_str());
}

}  // namespace
}  // namespace inlay::tiers
