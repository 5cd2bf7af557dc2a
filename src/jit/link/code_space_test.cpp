// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "jit/link/code_space.h"

#include <sys/mman.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace inlay::jit {
namespace {

using Piece = CodeSpace::Piece;

/// `mov eax, number; ret`.
std::vector<std::byte> returning(std::uint32_t number) {
  std::vector<std::byte> code(6, std::byte{0xb8});
  std::memcpy(&code[1], &number, 4);
  code[5] = std::byte{0xc3};
  return code;
}

bool write(std::byte* to, const std::vector<std::byte>& bytes) {
  const CodeSpace::Contents contents{to, bytes};
  return CodeSpace::write({&contents, 1});
}

std::uint32_t call(const std::byte* code) {
  return reinterpret_cast<std::uint32_t (*)()>(const_cast<std::byte*>(code))();
}

std::string protection(const void* address) {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    char rights[5] = {};
    std::sscanf(line.c_str(), "%lx-%lx %4s", &begin, &end, rights);
    const auto at = reinterpret_cast<unsigned long>(address);
    if (begin <= at && at < end) return rights;
  }
  return "none";
}

struct CodeSpaceTest : testing::Test {
  CodeSpaceTest() : space(CodeSpace::create()) {}
  void SetUp() override {
    if (!space) GTEST_SKIP() << "this system does not let a process write to /proc/thread-self/mem";
  }
  std::unique_ptr<CodeSpace> space;
};

TEST_F(CodeSpaceTest, areas_have_their_rights_and_keep_them) {
  Piece pieces[] = {{Area::Code, 100, 16}, {Area::Constants, 10, 8}, {Area::Data, 10, 8}};
  ASSERT_TRUE(space->allocate(pieces));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(protection(pieces[0].begin), "r-xp");
    EXPECT_EQ(protection(pieces[1].begin), "r--p");
    EXPECT_EQ(protection(pieces[2].begin), "rw-p");
    for (const Piece& piece : pieces) EXPECT_TRUE(write(piece.begin, returning(7)));
  }
  EXPECT_EQ(call(pieces[0].begin), 7u);
  EXPECT_EQ(std::memcmp(pieces[1].begin, returning(7).data(), 6), 0);
  pieces[2].begin[0] = std::byte{1};
  space->release(pieces);
}

TEST_F(CodeSpaceTest, pieces_are_near_each_other_and_packed) {
  std::vector<Piece> all;
  for (int i = 0; i < 100; ++i) {
    Piece pieces[] = {{Area::Code, 50, 16}, {Area::Constants, 10, 8}};
    ASSERT_TRUE(space->allocate(pieces));
    all.insert(all.end(), std::begin(pieces), std::end(pieces));
  }
  const auto used = space->usage().used;
  EXPECT_EQ(used[0], 100 * 64u);
  EXPECT_EQ(used[1], 100 * 16u);
  for (const Piece& piece : all) EXPECT_LT(std::abs(piece.begin - all[0].begin), std::ptrdiff_t{1} << 31);
  for (std::size_t i = 0; i < all.size(); i += 2) space->release(std::span(&all[i], 2));
  EXPECT_EQ(space->usage().used[0], 0u);
}

TEST_F(CodeSpaceTest, takes_more_slabs_and_gives_them_back) {
  constexpr std::size_t MiB = 1024 * 1024;
  const std::size_t reserved = space->usage().reserved;
  std::vector<Piece> all;
  for (int i = 0; i < 6; ++i) {
    all.push_back({Area::Code, 20 * MiB, 4096});
    ASSERT_TRUE(space->allocate({&all.back(), 1}));
    ASSERT_TRUE(write(all.back().begin + 20 * MiB - 6, returning(static_cast<std::uint32_t>(i))));
  }
  Piece huge{Area::Constants, 100 * MiB, 1};
  ASSERT_TRUE(space->allocate({&huge, 1}));
  EXPECT_GE(space->usage().slabs, 4u);
  for (std::uint32_t i = 0; i < 6; ++i) EXPECT_EQ(call(all[i].begin + 20 * MiB - 6), i);
  space->release({&huge, 1});
  for (const Piece& piece : all) space->release({&piece, 1});
  EXPECT_EQ(space->usage().slabs, 1u);
  EXPECT_LE(space->usage().reserved, 2 * reserved);
}

TEST_F(CodeSpaceTest, gives_up_what_no_memory_can_hold) {
  Piece pieces[] = {{Area::Data, 16, 8}, {Area::Code, std::size_t{1} << 50, 16}};
  EXPECT_FALSE(space->allocate(pieces));
  pieces[1].size = SIZE_MAX;
  EXPECT_FALSE(space->allocate(pieces));
  pieces[1] = {Area::Code, 16, std::size_t{1} << 60};
  EXPECT_FALSE(space->allocate(pieces));
  EXPECT_EQ(space->usage().used[2], 0u) << "the first piece came back";
}

TEST_F(CodeSpaceTest, pages_that_are_free_cost_nothing) {
  Piece before{Area::Code, 64, 64}, piece{Area::Code, 1 << 20, 64}, after{Area::Code, 64, 64};
  for (Piece* each : {&before, &piece, &after}) {
    ASSERT_TRUE(space->allocate({each, 1}));
    ASSERT_TRUE(write(each->begin, std::vector<std::byte>(each->size, std::byte{0x90})));
  }
  const auto resident = [&] {
    std::vector<unsigned char> pages((1 << 20) / 4096);
    const auto first = (reinterpret_cast<std::uintptr_t>(piece.begin) + 4095) / 4096 * 4096;
    EXPECT_EQ(mincore(reinterpret_cast<void*>(first), (1 << 20) - 4096, pages.data()), 0);
    std::size_t count = 0;
    for (unsigned char page : pages) count += page & 1;
    return count;
  };
  EXPECT_GE(resident(), 255u);
  space->release({&piece, 1});
  EXPECT_EQ(resident(), 0u);
  EXPECT_EQ(before.begin[63], std::byte{0x90}) << "neighbours stay";
  EXPECT_EQ(after.begin[0], std::byte{0x90});
}

// Of a space in use by many: no byte belongs to two, and all of it runs.
TEST(CodeSpaceThreads, allocate_write_call_and_release) {
  const std::unique_ptr<CodeSpace> space = CodeSpace::create();
  if (!space) GTEST_SKIP() << "this system does not let a process write to /proc/thread-self/mem";
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(t);
      std::vector<std::pair<Piece, std::uint32_t>> mine;
      for (int i = 0; i < 400; ++i) {
        Piece piece{Area::Code, 6 + random() % 5000, 16};
        if (!space->allocate({&piece, 1})) {
          ++wrong;
          continue;
        }
        std::vector<std::byte> code = returning(t * 1000 + static_cast<unsigned>(i));
        code.resize(piece.size, static_cast<std::byte>(t));
        if (!write(piece.begin, code)) ++wrong;
        mine.emplace_back(piece, t * 1000 + static_cast<unsigned>(i));
        for (const auto& [other, number] : mine) {
          if (call(other.begin) != number) ++wrong;
          if (other.size > 6 && other.begin[other.size - 1] != static_cast<std::byte>(t)) ++wrong;
        }
        if (mine.size() > 20) {
          const std::size_t which = random() % mine.size();
          space->release({&mine[which].first, 1});
          mine.erase(mine.begin() + static_cast<std::ptrdiff_t>(which));
        }
      }
      for (const auto& [piece, number] : mine) space->release({&piece, 1});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(space->usage().used[0], 0u);
}

}  // namespace
}  // namespace inlay::jit
