// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Entries that were changed, and folders that cannot be trusted: found, or compiled, but never wrong.
#include "support.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <random>

#include "cache/replay.h"
#include "cache/trie.h"
#include "runtime.h"

namespace inlay::caching {
namespace {

using cached::Node;
using std::placeholders::_1;

/// A cache of one function; what is asked of it must compute the same each time.
struct OneFunction {
  Folder folder;
  std::string name;  // of the entry
  base::Bytes sound;

  OneFunction() {
    EXPECT_FALSE(found());
    name = Cache::directory({.path = folder.path()}).value().list().value().at(0).name;
    sound = read_file(folder.file(name));
  }

  bool found(CacheStatistics* statistics = nullptr) const {
    const Cache cache = Cache::directory({.path = folder.path()}).value();
    const Jit jit = Jit::create({.cache = cache}).value();
    const auto tree = jit.freeze([] { return Node{3, new Node{4}, new Node{5}, 0}; });
    const auto function = jit.specialize_with({.level = Level::O0}, &cached::polynomial, constant(tree.get()), _1);
    EXPECT_TRUE(function && function->compiled());
    EXPECT_EQ((*function)(10), cached::polynomial(tree.get(), 10));
    if (statistics) *statistics = cache.statistics();
    return function->explain().cached;
  }
};

TEST(CacheDamage, a_sound_entry_is_found) {
  const OneFunction one;
  EXPECT_TRUE(one.found());
}

TEST(CacheDamage, any_changed_byte_is_noticed) {
  const OneFunction one;
  ASSERT_TRUE(cache::read_entry(one.sound) && cache::object_is_sound(one.sound));
  base::Bytes bytes = one.sound;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= std::byte{1} << i % 8;
    ASSERT_FALSE(cache::read_entry(bytes) && cache::object_is_sound(bytes)) << "byte " << i;
    bytes[i] = one.sound[i];
  }
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(cache::read_entry(std::span(bytes).first(size))) << size;
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(cache::read_entry(bytes));
}

TEST(CacheDamage, damaged_files_are_compiled_again_and_replaced) {
  const OneFunction one;
  std::mt19937 random(3);
  for (int i = 0; i < 40; ++i) {
    base::Bytes bytes = one.sound;
    if (i % 2)
      bytes.resize(random() % bytes.size());
    else
      bytes[random() % bytes.size()] ^= std::byte{0x10};
    write_file(one.folder.file(one.name), bytes);
    CacheStatistics statistics;
    EXPECT_FALSE(one.found(&statistics)) << i;
    EXPECT_EQ(statistics.damaged, 1u);
    EXPECT_TRUE(one.found()) << i;
  }
}

TEST(CacheDamage, a_renamed_entry_is_noticed) {
  const OneFunction one;
  const base::Bytes other = an_entry(1, 100);
  write_file(one.folder.file(one.name), other);
  EXPECT_FALSE(one.found());
  EXPECT_TRUE(one.found());
}

/// Gives an entry the checksums that belong to it, so that what is behind them is reached.
base::Bytes with_right_checksums(base::Bytes bytes) {
  cache::EntryHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  base::Reader rest(std::span<const std::byte>(bytes).subspan(sizeof header));
  cache::Entry entry{
      header.id, rest.raw(header.request_size), rest.raw(header.log_size), rest.raw(header.facts_size), {}};
  entry.object = rest.raw(rest.left());
  return rest.good() ? cache::write_entry(entry) : bytes;
}

TEST(CacheDamage, changed_logs_and_facts_with_right_checksums_do_not_crash) {
  const OneFunction one;
  const std::optional<cache::Entry> sound = cache::read_entry(one.sound);
  ASSERT_TRUE(sound);
  const base::Bytes request(sound->request.begin(), sound->request.end());
  // The log and the facts lie between the request and the object.
  const auto begin = static_cast<std::size_t>(sound->log.data() - one.sound.data());
  const std::size_t size = sound->log.size() + sound->facts.size();
  const Jit jit = Jit::create().value();
  const auto tree = jit.freeze([] { return Node{3, new Node{4}, new Node{5}, 0}; });
  const Node* root = tree.get();
  base::Bytes bound(16);
  std::memcpy(bound.data(), &root, sizeof root);
  std::mt19937 random(5);
  unsigned found = 0;
  for (int i = 0; i < 30'000; ++i) {
    base::Bytes bytes = one.sound;
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
      const std::size_t at = begin + random() % size;
      bytes[at] = static_cast<std::byte>(random() % 3 ? random() : "bosSO#z?"[random() % 8]);
    }
    const std::shared_ptr<CacheStore> store = cache::memory_store(1 << 20);
    ASSERT_TRUE(store->put(one.name, with_right_checksums(std::move(bytes))));
    cache::State state(store);
    found += cache::find(state, {request, bound}).has_value();
  }
  EXPECT_LT(found, 30'000u);
}

TEST(CacheDamage, changed_logs_with_right_checksums_give_the_right_code_or_none) {
  const OneFunction one;
  const std::optional<cache::Entry> sound = cache::read_entry(one.sound);
  const auto begin = static_cast<std::size_t>(sound->log.data() - one.sound.data());
  std::mt19937 random(6);
  for (int i = 0; i < 150; ++i) {
    base::Bytes bytes = one.sound;
    bytes[begin + random() % sound->log.size()] ^= static_cast<std::byte>(1 + random() % 255);
    write_file(one.folder.file(one.name), with_right_checksums(std::move(bytes)));
    (void)one.found();  // it checks what is computed
  }
}

// ---- files and folders ----

TEST(CacheFolder, is_made_for_its_owner_only) {
  const Folder folder;
  const std::string path = folder.path() + "/a/b/c";
  ASSERT_TRUE(Cache::directory({.path = path}));
  struct stat status;
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  const Cache cache = Cache::directory({.path = path}).value();
  ASSERT_TRUE(cache.state()->store->put(cache::name_of({1, 2}), an_entry(1, 10)));
  ASSERT_EQ(stat((path + "/" + cache::name_of({1, 2})).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(CacheFolder, that_others_may_write_is_refused) {
  const Folder folder;
  for (const mode_t mode : {0770u, 0707u, 0777u}) {
    chmod(folder.path().c_str(), mode);
    const auto refused = Cache::directory({.path = folder.path()});
    ASSERT_FALSE(refused) << mode;
    EXPECT_NE(refused.error().message().find("may be written by others"), std::string::npos);
  }
  chmod(folder.path().c_str(), 0755);
  EXPECT_TRUE(Cache::directory({.path = folder.path()}));
  ASSERT_EQ(symlink(folder.path().c_str(), folder.file("link").c_str()), 0);
  EXPECT_FALSE(Cache::directory({.path = folder.file("link")}));
  write_file(folder.file("plain"), {});
  EXPECT_FALSE(Cache::directory({.path = folder.file("plain")}));
  if (geteuid() == 0) {
    ASSERT_EQ(chown(folder.path().c_str(), 12345, 12345), 0);
    const auto foreign = Cache::directory({.path = folder.path()});
    ASSERT_FALSE(foreign);
    EXPECT_NE(foreign.error().message().find("belongs to another user"), std::string::npos);
  }
}

TEST(CacheFolder, files_that_cannot_be_trusted_are_not_read) {
  const OneFunction one;
  const std::string path = one.folder.file(one.name);
  const auto refused = [&] {
    CacheStatistics statistics;
    const bool found = one.found(&statistics);
    return !found && !statistics.failures.empty();
  };
  chmod(path.c_str(), 0666);
  EXPECT_TRUE(refused());
  EXPECT_TRUE(one.found()) << "a new one has taken its place";
  std::filesystem::rename(path, path + ".moved");
  ASSERT_EQ(symlink((path + ".moved").c_str(), path.c_str()), 0);
  EXPECT_TRUE(refused());
  EXPECT_TRUE(one.found());
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_TRUE(refused()) << "and it does not wait for the other end";
  EXPECT_TRUE(one.found());
  std::filesystem::remove(path);
  ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
  EXPECT_TRUE(refused());
  EXPECT_FALSE(one.found()) << "nothing can take the place of a folder";
  std::filesystem::remove(path);
  EXPECT_FALSE(one.found());
  EXPECT_TRUE(one.found());
  if (geteuid() == 0) {
    ASSERT_EQ(chown(path.c_str(), 12345, 12345), 0);
    EXPECT_TRUE(refused());
  }
}

TEST(CacheFolder, what_was_not_finished_is_removed_unless_somebody_is_at_it) {
  const Folder folder;
  const Cache cache = Cache::directory({.path = folder.path()}).value();
  write_file(folder.file(".new-1-2-3"), an_entry(1, 10));
  write_file(folder.file("somebody's own"), {});
  write_file(folder.file(".new-4-5-6"), an_entry(2, 10));
  const int writer = open(folder.file(".new-4-5-6").c_str(), O_WRONLY);
  ASSERT_EQ(flock(writer, LOCK_EX), 0);
  EXPECT_TRUE(cache.list().value().empty());
  std::vector<std::string> left = folder.files();
  std::sort(left.begin(), left.end());
  EXPECT_EQ(left, (std::vector<std::string>{".new-4-5-6", "somebody's own"}));
  close(writer);
  EXPECT_TRUE(cache.list().value().empty());
  EXPECT_EQ(folder.files(), std::vector<std::string>{"somebody's own"});
}

TEST(CacheFolder, stays_below_its_size) {
  const Folder folder;
  constexpr std::uint64_t Most = 100'000;
  const Cache cache = Cache::directory({.path = folder.path(), .max_bytes = Most}).value();
  const auto& store = cache.state()->store;
  for (unsigned i = 0; i < 100; ++i) {
    ASSERT_TRUE(store->put(cache::name_of({i, 0}), an_entry(i, 3000)));
    // As if it had been used a minute after the last one.
    const timespec times[2] = {{1'000'000 + 60 * i, 0}, {1'000'000 + 60 * i, 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, folder.file(cache::name_of({i, 0})).c_str(), times, 0), 0);
    if (i > 0) {
      ASSERT_TRUE(store->get(cache::name_of({0, 0})).value()) << "used all the time, after " << i;
    }
    std::uint64_t total = 0;
    for (const auto& stored : store->list().value()) total += stored.bytes;
    ASSERT_LE(total, Most);
  }
  EXPECT_TRUE(store->get(cache::name_of({99, 0})).value());
  EXPECT_FALSE(store->get(cache::name_of({1, 0})).value());
  const Result<void> put = store->put(cache::name_of({5, 5}), an_entry(5, Most));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().kind(), ErrorKind::BudgetExceeded);
}

TEST(CacheInMemory, stays_below_its_size) {
  const std::shared_ptr<CacheStore> store = cache::memory_store(50'000);
  for (unsigned i = 0; i < 100; ++i) {
    ASSERT_TRUE(store->put(cache::name_of({i, 0}), an_entry(i, 3000)));
    ASSERT_TRUE(store->get(cache::name_of({0, 0})).value()) << i;
    std::uint64_t total = 0;
    for (const auto& stored : store->list().value()) total += stored.bytes;
    ASSERT_LE(total, 50'000u);
  }
  EXPECT_FALSE(store->get(cache::name_of({1, 0})).value());
  const Result<void> put = store->put(cache::name_of({5, 5}), an_entry(5, 60'000));
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().kind(), ErrorKind::BudgetExceeded);
}

TEST(CacheInspection, lists_repairs_and_clears) {
  const OneFunction one;
  const Cache cache = Cache::directory({.path = one.folder.path()}).value();
  std::vector<CacheEntry> entries = cache.list().value();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_TRUE(entries[0].sound);
  EXPECT_NE(entries[0].function.find("cached::polynomial"), std::string::npos);
  EXPECT_GT(entries[0].bytes, entries[0].code_bytes);
  EXPECT_GT(entries[0].code_bytes, 100u);
  EXPECT_TRUE(cache.repair().value().empty());
  write_file(one.folder.file(cache::name_of({1, 2})), an_entry(3, 10));  // under another name than its own
  entries = cache.repair().value();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].name, cache::name_of({1, 2}));
  EXPECT_TRUE(one.found());
  EXPECT_EQ(cache.clear().value(), 1u);
  EXPECT_TRUE(one.folder.files().empty());
  EXPECT_FALSE(one.found());
}

TEST(CacheInspection, no_cache_is_empty) {
  const Cache none;
  EXPECT_FALSE(none);
  EXPECT_TRUE(none.list().value().empty());
  EXPECT_EQ(none.clear().value(), 0u);
  EXPECT_EQ(none.statistics().misses, 0u);
}

}  // namespace
}  // namespace inlay::caching
