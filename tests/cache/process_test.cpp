// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Code is found by other processes, whose memory lies elsewhere; and what processes do to each other.
#include "../sanitized.h"
#include "support.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>
#include <random>
#include <set>

namespace inlay::caching {
namespace {

TEST(CacheProcess, a_second_process_finds_everything_and_never_needs_llvm) {
  const Folder folder;
  const Outcome first = run(CACHE_PROCESS, folder, 1, 12);
  ASSERT_TRUE(first.ran);
  EXPECT_EQ(first.hits, 0u);
  EXPECT_EQ(first.misses, first.functions);
  EXPECT_GT(first.machines, 0u);
  const Outcome second = run(CACHE_PROCESS, folder, 1, 12);
  ASSERT_TRUE(second.ran);
  EXPECT_EQ(second.hits, second.functions);
  EXPECT_EQ(second.misses, 0u);
  EXPECT_EQ(second.digest, first.digest);
  EXPECT_EQ(second.machines, 0u) << "no target machine: LLVM was not even initialized";
  EXPECT_EQ(second.workspaces, 0u) << "no LLVM context";
}

TEST(CacheProcess, found_code_agrees_in_verify_mode) {
  const Folder folder;
  ASSERT_TRUE(run(CACHE_PROCESS, folder, 1, 8, "verify").ran);
  const Outcome second = run(CACHE_PROCESS, folder, 1, 8, "verify");
  ASSERT_TRUE(second.ran);
  EXPECT_EQ(second.hits, second.functions);
  EXPECT_EQ(second.mismatches, 0u);
}

TEST(CacheProcess, another_runtime_finds_nothing) {
  const Folder folder;
  const Outcome first = run(CACHE_PROCESS, folder, 1, 0);
  const Outcome changed = run(CACHE_CHANGED_PROCESS, folder, 1, 0);
  ASSERT_TRUE(first.ran && changed.ran);
  EXPECT_EQ(changed.hits, 0u);
  EXPECT_NE(changed.digest, first.digest);
  EXPECT_EQ(run(CACHE_PROCESS, folder, 1, 0).hits, 1u);
  EXPECT_EQ(run(CACHE_CHANGED_PROCESS, folder, 1, 0).hits, 1u);
}

TEST(CacheProcess, two_writers_at_once) {
  const Folder folder;
  std::vector<pid_t> writers;
  for (int i = 0; i < 2; ++i) writers.push_back(start(CACHE_PROCESS, folder, 1, 6));
  for (const pid_t writer : writers) EXPECT_EQ(wait_for(writer), 0);
  const Outcome third = run(CACHE_PROCESS, folder, 1, 6);
  EXPECT_EQ(third.hits, third.functions);
}

TEST(CacheProcess, killed_at_any_time) {
  const Folder folder;
  const std::string expected = std::to_string(run(CACHE_PROCESS, Folder(), 1, 4).digest);
  std::mt19937 random(7);
  for (int i = 0; i < 12; ++i) {
    const pid_t writer = start(CACHE_PROCESS, folder, 1, 4);
    usleep(20'000 + random() % 400'000);
    kill(writer, SIGKILL);
    wait_for(writer);
  }
  const Outcome last = run(CACHE_PROCESS, folder, 1, 4);
  ASSERT_TRUE(last.ran);
  EXPECT_EQ(std::to_string(last.digest), expected);
  EXPECT_EQ(run(CACHE_PROCESS, folder, 1, 4).hits, last.functions);
}

/// A process that does nothing but write entries; compiling would take most of the time between two kills.
[[noreturn]] void write_without_end(const std::string& path) {
  auto cache = Cache::directory({.path = path, .max_bytes = 1 << 20});
  const auto& store = cache->state()->store;
  for (unsigned i = 0;; ++i) {
    const base::Bytes bytes = an_entry(i % 50, 20'000);
    (void)store->put(cache::name_of(cache::read_entry(bytes)->id), bytes);
  }
}

TEST(CacheProcess, killed_while_it_writes_thousands_of_times) {
  const Folder folder;
  std::mt19937 random(11);
  constexpr int Times = Sanitized ? 100 : 2000;  // a process with a shadow is slow to fork
  for (int i = 0; i < Times; ++i) {
    const pid_t writer = fork();
    if (writer == 0) write_without_end(folder.path());
    usleep(random() % 1500);
    kill(writer, SIGKILL);
    wait_for(writer);
  }
  const Cache cache = Cache::directory({.path = folder.path()}).value();
  const auto entries = cache.list().value();
  EXPECT_FALSE(entries.empty());
  for (const CacheEntry& entry : entries) EXPECT_TRUE(entry.sound) << entry.name;
  EXPECT_EQ(folder.files().size(), entries.size()) << "what was not finished is gone";
}

TEST(CacheProcess, a_full_disk) {
  const Folder folder;
  const pid_t writer = fork();
  if (writer == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit most{1000, 1000};
    setrlimit(RLIMIT_FSIZE, &most);
    const Cache cache = Cache::directory({.path = folder.path()}).value();
    const auto put = cache.state()->store->put(cache::name_of({1, 2}), an_entry(1, 20'000));
    _exit(put || !cache.list().value().empty() ? 1 : 0);
  }
  EXPECT_EQ(wait_for(writer), 0);
  EXPECT_TRUE(folder.files().empty());
}

}  // namespace
}  // namespace inlay::caching
