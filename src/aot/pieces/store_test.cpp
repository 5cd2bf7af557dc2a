// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/pieces/store.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "aot/test_support.h"

namespace inlay::aot {
namespace {

constexpr std::uint64_t Plenty = 1 << 20;

/// A piece that says `number`, under a name of its own.
Piece piece_of(Names& names, std::uint32_t number, std::size_t size = 16) {
  Piece piece;
  piece.bytes.resize(size, static_cast<std::byte>(number));
  piece.blobs.push_back({.kind = BlobKind::Code,
                         .align_log2 = 4,
                         .begin = 0,
                         .size = static_cast<std::uint32_t>(size),
                         .first_fixup = 0,
                         .end_fixup = 1});
  piece.fixups.push_back({.offset = 4, .kind = FixupKind::Call32, .target = names.add("callee").value, .addend = -4});
  piece.definitions.push_back({.name = names.add("f" + std::to_string(number)), .size = 8});
  return piece;
}

PieceKey key_of(std::uint64_t number) { return {number * 0x9e3779b97f4a7c15u, number}; }

void add(Store& store, std::uint32_t number, std::size_t size = 16) {
  store.add(key_of(number), piece_of(store.names(), number, size));
}

bool holds(Store& store, std::uint32_t number) {
  const Piece* piece = store.find(key_of(number));
  if (!piece) return false;
  EXPECT_EQ(store.names().text(piece->name()), "f" + std::to_string(number));
  EXPECT_EQ(piece->bytes[0], static_cast<std::byte>(number));
  EXPECT_EQ(store.names().text(SymbolId{piece->fixups[0].target}), "callee");
  return true;
}

TEST(Store, KeepsPiecesInMemory) {
  Store store;
  add(store, 1);
  EXPECT_TRUE(holds(store, 1));
  EXPECT_FALSE(store.find(key_of(2)));
  EXPECT_TRUE(store.save());
  EXPECT_EQ(store.count(), 1u);
  const Piece* first = store.find(key_of(1));
  EXPECT_EQ(&store.add(key_of(1), piece_of(store.names(), 1)), first);
}

TEST(Store, AnotherProcessFindsWhatWasSaved) {
  Folder folder;
  {
    Store store(folder / "pieces", Plenty);
    add(store, 1);
    add(store, 2);
    ASSERT_TRUE(store.save());
    add(store, 3);  // not saved
  }
  Store again(folder / "pieces", Plenty);
  EXPECT_TRUE(holds(again, 1));
  EXPECT_TRUE(holds(again, 2));
  EXPECT_FALSE(again.find(key_of(3)));
}

TEST(Store, OfAFileThatEndsAnywhereTheWholePiecesAreUsedAndMoreCanBeAdded) {
  Folder folder;
  std::vector<std::size_t> sizes;
  {
    Store store(folder / "pieces", Plenty);
    for (std::uint32_t i = 1; i <= 3; ++i) {
      add(store, i);
      ASSERT_TRUE(store.save());
      sizes.push_back(bytes_of(folder / "pieces").size());
    }
  }
  const std::string whole = bytes_of(folder / "pieces");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_bytes(folder / "pieces", whole.substr(0, size));
    ASSERT_EQ(::chmod((folder / "pieces").c_str(), 0600), 0);
    Store store(folder / "pieces", Plenty);
    for (std::uint32_t i = 1; i <= 3; ++i) EXPECT_EQ(holds(store, i), size >= sizes[i - 1]) << size << ' ' << i;
    add(store, 9);
    ASSERT_TRUE(store.save());
    Store later(folder / "pieces", Plenty);
    EXPECT_TRUE(holds(later, 9)) << size;
    for (std::uint32_t i = 1; i <= 3; ++i) EXPECT_EQ(holds(later, i), size >= sizes[i - 1]) << size << ' ' << i;
  }
}

TEST(Store, ADamagedByteHidesWhatFollowsAndNothingElse) {
  Folder folder;
  std::vector<std::size_t> ends = {16};
  {
    Store store(folder / "pieces", Plenty);
    for (std::uint32_t i = 1; i <= 3; ++i) {
      add(store, i);
      ASSERT_TRUE(store.save());
      ends.push_back(bytes_of(folder / "pieces").size());
    }
  }
  const std::string whole = bytes_of(folder / "pieces");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x55);
    write_bytes(folder / "pieces", changed);
    Store store(folder / "pieces", Plenty);
    for (std::uint32_t i = 1; i <= 3; ++i) EXPECT_EQ(holds(store, i), at >= ends[i]) << at << ' ' << i;
  }
}

TEST(Store, PiecesThatAreNotSoundAreNotThereThoughTheirChecksumsAreRight) {
  Folder folder;
  {
    Store store(folder / "pieces", Plenty);
    Piece piece = piece_of(store.names(), 1);
    piece.fixups[0].offset = 13;  // ends behind the blob
    store.add(key_of(1), std::move(piece));
    ASSERT_TRUE(store.save());
  }
  Store store(folder / "pieces", Plenty);
  EXPECT_EQ(store.count(), 1u);
  EXPECT_FALSE(store.find(key_of(1)));
  EXPECT_EQ(store.count(), 0u);
}

TEST(Store, StaysWithinItsSize) {
  Folder folder;
  constexpr std::uint64_t Little = 10000;
  Store store(folder / "pieces", Little);
  for (std::uint32_t i = 1; i <= 100; ++i) {
    add(store, i, 500);
    ASSERT_TRUE(store.save());
    ASSERT_LE(bytes_of(folder / "pieces").size(), Little);
    Store other(folder / "pieces", Little);
    EXPECT_TRUE(holds(other, i));
  }
}

TEST(Store, ProcessesThatAddAtTheSameTimeLoseNothing) {
  Folder folder;
  constexpr std::uint32_t Processes = 4, Each = 50;
  std::vector<pid_t> children;
  for (std::uint32_t p = 0; p < Processes; ++p) {
    const pid_t child = ::fork();
    if (child == 0) {
      Store store(folder / "pieces", Plenty);
      for (std::uint32_t i = 0; i < Each; ++i) {
        add(store, 1 + p * Each + i);
        if (!store.save()) ::_exit(1);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (pid_t child : children) {
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  Store store(folder / "pieces", Plenty);
  for (std::uint32_t i = 1; i <= Processes * Each; ++i) EXPECT_TRUE(holds(store, i)) << i;
}

TEST(Store, AKilledWriterLeavesAUsableFile) {
  Folder folder;
  for (int round = 0; round < 10; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      Store store(folder / "pieces", Plenty);
      for (std::uint32_t i = 1;; ++i) {
        add(store, static_cast<std::uint32_t>(round) * 1000 + i % 1000);
        static_cast<void>(store.save());
      }
    }
    ::usleep(2000 + 700 * static_cast<unsigned>(round));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    Store store(folder / "pieces", Plenty);
    add(store, 100'000 + static_cast<std::uint32_t>(round));
    ASSERT_TRUE(store.save());
    Store again(folder / "pieces", Plenty);
    for (int i = 0; i <= round; ++i) EXPECT_TRUE(holds(again, 100'000 + static_cast<std::uint32_t>(i)));
  }
}

TEST(Store, AFileThatOthersMayWriteIsNotReadAndNotWritten) {
  Folder folder;
  {
    Store store(folder / "pieces", Plenty);
    add(store, 1);
    ASSERT_TRUE(store.save());
  }
  ASSERT_EQ(::chmod((folder / "pieces").c_str(), 0666), 0);
  Store store(folder / "pieces", Plenty);
  EXPECT_FALSE(store.find(key_of(1)));
  add(store, 2);
  auto saved = store.save();
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().kind(), ErrorKind::File);
  EXPECT_TRUE(holds(store, 2));
}

TEST(Store, WhereNothingCanBeWrittenItIsInMemoryOnly) {
  Store store("/nonexistent/folder/pieces", Plenty);
  add(store, 1);
  EXPECT_FALSE(store.save());
  EXPECT_TRUE(holds(store, 1));
}

}  // namespace
}  // namespace inlay::aot
