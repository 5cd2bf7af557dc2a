// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where compiled code lies, and that what is dropped leaves nothing behind.
#include <malloc.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "../sanitized.h"
#include "frozen/registry.h"
#include "inlay/inlay.h"
#include "jit/link/code_memory.h"
#include "runtime.h"

namespace inlay {
namespace {

using memory::Int;

constexpr int Slowdown = Sanitized ? 20 : 1;
constexpr bool CountMemory = !Sanitized;

Function<Int(Int)> compile(const Jit& jit, Int value) {
  CompileOptions options;
  options.level = Level::O0;
  Function<Int(Int)> function =
      jit.optimize(jit.freeze([&] { return memory::add(memory::argument(), memory::number(value)); }), options).value();
  EXPECT_TRUE(function.compiled()) << function.explain().to_text();
  return function;
}

/// For each kind of memory that this system has.
struct CodeMemoryTest : testing::TestWithParam<jit::CodeMemory> {
  CodeMemoryTest() { jit::use_code_memory(GetParam()); }
  ~CodeMemoryTest() override { jit::use_code_memory(jit::CodeMemory::Packed); }
};
INSTANTIATE_TEST_SUITE_P(Kinds, CodeMemoryTest, testing::Values(jit::CodeMemory::Packed, jit::CodeMemory::Pages),
                         [](const auto& kind) {
                           return kind.param == jit::CodeMemory::Packed ? std::string("packed") : std::string("pages");
                         });

TEST_P(CodeMemoryTest, code_runs_as_long_as_it_has_owners) {
  std::vector<Function<Int(Int)>> functions;
  {
    const Jit jit = Jit::create().value();
    for (Int i = 0; i < 50; ++i) {
      functions.push_back(compile(jit, i));
      if (i % 3 == 0) functions.erase(functions.begin());
    }
  }
  for (std::size_t i = 0; i < functions.size(); ++i)
    EXPECT_EQ(functions[i](1000), static_cast<Int>(1000 + 50 - functions.size() + i));
}

TEST_P(CodeMemoryTest, parent_and_child_both_compile_and_drop_after_a_fork) {
  const Jit jit = Jit::create().value();
  std::vector<Function<Int(Int)>> functions;
  for (Int i = 0; i < 10; ++i) functions.push_back(compile(jit, i));
  // The same addresses in both: if one wrote to the other's memory, somebody would get a wrong number.
  const auto use = [&](Int base) {
    functions.erase(functions.begin(), functions.begin() + 5);
    for (Int i = 0; i < 20; ++i) functions.push_back(compile(jit, base + i));
    for (Int i = 0; i < 5; ++i)
      if (functions[static_cast<std::size_t>(i)](1) != i + 6) return false;
    for (Int i = 0; i < 20; ++i)
      if (functions[static_cast<std::size_t>(i) + 5](1) != base + i + 1) return false;
    return true;
  };
  int turn[2], back[2];
  ASSERT_EQ(pipe(turn) + pipe(back), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  char token = 'x';
  if (child == 0) {
    const bool right = read(turn[0], &token, 1) == 1 && use(1000);
    token = right ? 'y' : 'n';
    if (write(back[1], &token, 1) != 1) _exit(2);
    // Once more, when the parent has compiled something else at the same places.
    if (read(turn[0], &token, 1) != 1) _exit(2);
    for (Int i = 0; i < 20; ++i)
      if (functions[static_cast<std::size_t>(i) + 5](1) != 1000 + i + 1) _exit(3);
    _exit(right ? 0 : 1);
  }
  ASSERT_EQ(write(turn[1], &token, 1), 1);
  ASSERT_EQ(read(back[0], &token, 1), 1);
  EXPECT_EQ(token, 'y');
  EXPECT_TRUE(use(2000));
  ASSERT_EQ(write(turn[1], &token, 1), 1);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  for (int file : {turn[0], turn[1], back[0], back[1]}) close(file);
}

TEST(CodeMemory, code_compiled_after_the_first_thread_has_ended) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    // /proc/self leads to the first thread, which is gone then.
    const pid_t first = gettid();
    std::thread([first] {
      const std::string state = "/proc/self/task/" + std::to_string(first) + "/stat";
      for (int i = 0; i < 200; ++i) {
        std::string line;
        std::getline(std::ifstream(state), line);
        if (line.find(") Z") != std::string::npos) break;
        usleep(10'000);
      }
      int copy = 0;
      if (!frozen::read_safely(&first, sizeof first, &copy) || copy != first) _exit(2);
      const Jit jit = Jit::create().value();
      _exit(compile(jit, 5)(1) == 6 ? 0 : 1);
    }).detach();
    syscall(SYS_exit, 0);  // of this thread alone
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(CodeMemory, a_system_that_forbids_to_write_code_through_proc) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Jit before = Jit::create().value();
    const auto tree = before.freeze([] { return memory::number(5); });
    if (!before.optimize(tree)->compiled()) _exit(1);
    const rlimit none{0, 0};
    setrlimit(RLIMIT_NOFILE, &none);  // no file can be opened, that one neither
    const Function<Int(Int)> late = before.optimize(tree).value();
    if (late.compiled() || late(1) != 5) _exit(2);  // the original
    if (late.explain().to_text().find("/proc/thread-self/mem") == std::string::npos) _exit(3);
    const Jit after = Jit::create().value();
    const Function<Int(Int)> other = after.optimize(tree).value();
    _exit(other.compiled() && other(1) == 5 ? 0 : 4);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

/// What of a process's mappings are writable and executable.
std::string writable_code() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    char rights[5] = {};
    std::sscanf(line.c_str(), "%*x-%*x %4s", rights);
    if (rights[1] == 'w' && rights[2] == 'x') return line;
  }
  return {};
}

TEST(CodeMemoryThreads, no_mapping_is_ever_writable_and_executable) {
  const Jit jit = Jit::create().value();
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0, looks = 0;
  std::string found;
  std::thread watcher([&] {
    while (!done && found.empty()) {
      found = writable_code();
      ++looks;
    }
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (Int i = 0; i < 400 / Slowdown; ++i) {
        const Int value = t * 1000 + i;
        if (compile(jit, value)(1) != value + 1) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  while (looks < 3) std::this_thread::yield();
  done = true;
  watcher.join();
  EXPECT_EQ(found, "");
  EXPECT_EQ(wrong, 0);
}

std::uint64_t resident_bytes() {
#ifndef INLAY_SANITIZED
  malloc_trim(0);
#endif
  std::ifstream file("/proc/self/statm");
  std::uint64_t total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::size_t mappings() {
  std::ifstream maps("/proc/self/maps");
  std::size_t count = 0;
  for (std::string line; std::getline(maps, line);) ++count;
  return count;
}

// 100,000 are compiled and dropped by bench/memory; here as many as there is time for.
TEST(CodeMemory, functions_that_are_dropped_leave_nothing_behind) {
  const Jit jit = Jit::create().value();
  constexpr int Many = (Long ? 8000 : 4000) / Slowdown;
  std::vector<Function<Int(Int)>> lasting;
  const auto churn = [&](int count) {
    for (int i = 0; i < count; ++i) ASSERT_EQ(compile(jit, i)(1), i + 1);
  };
  for (Int i = 0; i < 20; ++i) lasting.push_back(compile(jit, i));
  const std::uint64_t lasting_bytes = jit.counters().code_bytes;
  EXPECT_GT(lasting_bytes, 0u);
  churn(Many / 2);
  EXPECT_EQ(jit.counters().code_bytes, lasting_bytes);
  const std::uint64_t early = resident_bytes();
  const std::size_t early_mappings = mappings();
  churn(Many / 2);
  const std::uint64_t late = resident_bytes();
  EXPECT_EQ(jit.counters().code_bytes, lasting_bytes);
  EXPECT_EQ(jit.counters().retired, 0u);
  for (std::size_t i = 0; i < lasting.size(); ++i) EXPECT_EQ(lasting[i](1), static_cast<Int>(i + 1));
  if (CountMemory) {
    EXPECT_LT(late, early + (512u << 10)) << "bytes after " << Many / 2 << " and after " << Many;
    EXPECT_LT(mappings(), early_mappings + 10);
  }
}

TEST(CodeMemory, functions_that_live_share_pages) {
  if (!CountMemory) GTEST_SKIP() << "sanitizers make their own mappings";
  const Jit jit = Jit::create().value();
  const std::size_t before = mappings();
  std::vector<Function<Int(Int)>> all;
  for (Int i = 0; i < 1000; ++i) all.push_back(compile(jit, i));
  EXPECT_LT(mappings(), before + 60) << "those of frozen memory apart, which is one for each tree at most";
}

}  // namespace
}  // namespace inlay
