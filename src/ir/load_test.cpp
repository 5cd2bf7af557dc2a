// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/ir/load.h"

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>

namespace inlay::ir {
namespace {

/// A new file, removed in the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& bytes) {
    const int file = ::mkstemp(path_.data());
    if (file >= 0) ::close(file);
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_ = testing::TempDir() + "inlay_load_XXXXXX";
};

TEST(ReadFile, gives_all_bytes_whatever_the_memory_held) {
  for (const std::size_t size : {0u, 1u, 1000u, 200'000u}) {
    const std::string bytes(size, 'x');
    const TemporaryFile file(bytes);
    for (const std::size_t before : {0u, 5u, 500'000u}) {
      const Result<std::string> text = read_file(file.path(), {}, std::string(before, 'y'));
      ASSERT_TRUE(text) << text.error().to_string();
      EXPECT_TRUE(*text == bytes) << size;
    }
  }
  const Result<std::string> device = read_file("/dev/null");
  ASSERT_TRUE(device);
  EXPECT_EQ(*device, "");
}

TEST(ReadFile, says_why_it_cannot) {
  const Result<std::string> missing = read_file("/nonexistent/p.inlay", "p.inlay");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind(), ErrorKind::NotFound);
  EXPECT_EQ(missing.error().message(), "'p.inlay' cannot be read: No such file or directory");
  const Result<std::string> folder = read_file("/");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().kind(), ErrorKind::File);
  EXPECT_EQ(folder.error().message(), "'/' cannot be read: Is a directory");
}

TEST(ReadFile, refuses_more_than_a_gigabyte) {
  const TemporaryFile file("");
  ASSERT_EQ(::truncate(file.path().c_str(), (off_t{1} << 30) + 1), 0);
  const Result<std::string> large = read_file(file.path());
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().kind(), ErrorKind::File);
  EXPECT_NE(large.error().message().find("File too large"), std::string::npos) << large.error().message();
}

}  // namespace
}  // namespace inlay::ir
