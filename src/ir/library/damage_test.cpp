// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Libraries that are cut off or changed, with checksums that tell and with checksums made right again.
#include <gtest/gtest.h>

#include "inlay/ir/verify.h"
#include "ir/library/sample.h"

namespace inlay::ir {
namespace {

using Bytes = std::vector<std::byte>;

/// Everything that a library is asked; whether it went well.
bool use(std::span<const std::byte> bytes, Module& m) {
  m.reset();
  Result<Library> library = Library::open(bytes, "damaged");
  if (!library) return false;
  for (const std::string& name : library->names()) (void)library->defines(name);
  (void)library->defines("main");
  if (!library->load_all(m)) return false;
  if (!verify(m)) return true;  // an answer
  // What is verified can be written, and read again.
  const std::vector<std::byte> again = to_library(m).value();
  m.reset();
  Library::open(again, "again").value().load_all(m).value();
  return true;
}

class DamagedLibrary : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(use(sound_, m_)); }

  const Bytes sound_ = to_library(sample_module()).value();
  Module m_ = Module::create().value();
};

TEST_F(DamagedLibrary, cut_off_anywhere_is_an_error) {
  for (std::size_t size = 0; size < sound_.size(); ++size) {
    const Bytes bytes(sound_.begin(), sound_.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(use(bytes, m_)) << size;
  }
}

// The same: a name may lie in two places, where one begins as another.
TEST_F(DamagedLibrary, with_any_bit_changed_is_an_error_or_says_the_same) {
  Bytes bytes = sound_;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] ^= std::byte{1} << bit % 8;
    if (use(bytes, m_)) {
      EXPECT_EQ(to_library(m_).value(), sound_) << "byte " << bit / 8;
    }
    bytes[bit / 8] ^= std::byte{1} << bit % 8;
  }
}

TEST_F(DamagedLibrary, with_right_checksums_is_an_error_or_another_library) {
  unsigned refused = 0;
  for (std::size_t bit = 0; bit < sound_.size() * 8; ++bit) {
    Bytes bytes = sound_;
    bytes[bit / 8] ^= std::byte{1} << bit % 8;
    seal(bytes);
    refused += use(bytes, m_) ? 0 : 1;
  }
  EXPECT_GT(refused, sound_.size());  // most of it is no accident
}

TEST_F(DamagedLibrary, with_any_byte_set_to_an_end_of_its_range_is_an_error_or_another_library) {
  for (std::size_t at = 0; at < sound_.size(); ++at) {
    for (unsigned value : {0x00u, 0x7fu, 0x80u, 0xffu}) {
      Bytes bytes = sound_;
      bytes[at] = static_cast<std::byte>(value);
      seal(bytes);
      use(bytes, m_);
    }
  }
}

}  // namespace
}  // namespace inlay::ir
