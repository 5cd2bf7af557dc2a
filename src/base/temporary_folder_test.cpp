// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "base/temporary_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "base/descriptor.h"

namespace inlay::base {
namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }
Descriptor opened() { return Descriptor(::open("/dev/null", O_WRONLY | O_CLOEXEC)); }

TEST(TemporaryFolder, goes_with_its_files_when_its_last_owner_does) {
  std::string path;
  {
    std::optional<TemporaryFolder> owner;
    {
      Result<TemporaryFolder> made = TemporaryFolder::make();
      ASSERT_TRUE(made) << made.error().to_string();
      owner.emplace(std::move(*made));
    }
    path = owner->path();
    std::ofstream(owner->file("a")) << "text";
    EXPECT_TRUE(std::filesystem::exists(path + "/a"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(TemporaryFolder, is_another_one_each_time) {
  EXPECT_NE(TemporaryFolder::make()->path(), TemporaryFolder::make()->path());
}

TEST(Descriptor, is_closed_once_and_by_its_last_owner) {
  Descriptor first = opened();
  ASSERT_TRUE(first);
  const int number = first.number();
  Descriptor second = std::move(first);
  EXPECT_FALSE(first);
  EXPECT_TRUE(is_open(number));
  second = opened();
  EXPECT_FALSE(is_open(number));
  const int kept = second.release();
  EXPECT_FALSE(second);
  EXPECT_TRUE(is_open(kept));
  ::close(kept);
}

TEST(Descriptor, that_is_none_is_nothing_to_close) { EXPECT_FALSE(Descriptor(-1)); }

TEST(WriteAll, says_whether_all_was_written_and_why_not) {
  EXPECT_TRUE(write_all(opened().number(), std::string(100'000, 'x')));
  const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_FALSE(write_all(full.number(), "x"));
  EXPECT_EQ(errno, ENOSPC);
}

}  // namespace
}  // namespace inlay::base
