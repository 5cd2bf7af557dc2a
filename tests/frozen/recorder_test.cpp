// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Every replaced operator new and delete, inside of a scope and outside.
#include <cstdint>
#include <new>

#include <gtest/gtest.h>

#include "frozen/recording.h"
#include "frozen/registry.h"

namespace inlay::frozen {
namespace {

constexpr std::align_val_t Wide{64};

bool is_wide(const void* memory) { return reinterpret_cast<std::uintptr_t>(memory) % 64 == 0; }

// Calls each operator new, checks where its memory lies, and calls an operator delete that fits.
void try_all(bool recorded) {
  const std::nothrow_t& quiet = std::nothrow;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{100000}}) {
    const auto check = [&](void* memory, bool wide) {
      EXPECT_TRUE(memory);
      EXPECT_EQ(space_contains(memory), recorded) << size;
      EXPECT_TRUE(!wide || is_wide(memory));
      return memory;
    };
    ::operator delete(check(::operator new(size), false));
    ::operator delete(check(::operator new(size), false), size);
    ::operator delete(check(::operator new(size, quiet), false), quiet);
    ::operator delete[](check(::operator new[](size), false));
    ::operator delete[](check(::operator new[](size), false), size);
    ::operator delete[](check(::operator new[](size, quiet), false), quiet);
    ::operator delete(check(::operator new(size, Wide), true), Wide);
    ::operator delete(check(::operator new(size, Wide), true), size, Wide);
    ::operator delete(check(::operator new(size, Wide, quiet), true), Wide, quiet);
    ::operator delete[](check(::operator new[](size, Wide), true), Wide);
    ::operator delete[](check(::operator new[](size, Wide), true), size, Wide);
    ::operator delete[](check(::operator new[](size, Wide, quiet), true), Wide, quiet);
  }
  ::operator delete(nullptr);
}

TEST(Recorder, is_linked_and_records_in_scopes_only) {
  ASSERT_TRUE(inlay_recorder_is_linked);
  try_all(/*recorded=*/false);
  {
    FreezeScope scope;
    try_all(/*recorded=*/true);
  }
  try_all(/*recorded=*/false);
}

TEST(Recorder, aligned_objects_are_frozen) {
  struct alignas(64) Line {
    char bytes[64] = {};
  };
  const Frozen<std::unique_ptr<Line[]>> lines = freeze([] { return std::make_unique<Line[]>(10); });
  EXPECT_TRUE(is_wide(lines->get()));
  EXPECT_TRUE(is_constant(lines->get(), 640));
  const Frozen<Line> line = freeze([] { return Line(); });
  EXPECT_TRUE(is_wide(line.get()));
}

TEST(Recorder, refuses_what_nobody_has) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // whose malloc ends the program instead
  volatile std::size_t too_much = SIZE_MAX / 2;
  EXPECT_THROW(::operator delete(::operator new(too_much)), std::bad_alloc);
  EXPECT_EQ(::operator new(too_much, std::nothrow), nullptr);
  FreezeScope scope;
  EXPECT_THROW(::operator delete(::operator new(too_much)), std::bad_alloc);
#endif
}

}  // namespace
}  // namespace inlay::frozen
