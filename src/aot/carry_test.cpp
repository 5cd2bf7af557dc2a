// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Frozen objects of this process in programs that run without it.
#include "aot/carry.h"

#include <cstring>
#include <memory>

#include "aot/test_support.h"
#include "inlay/aot.h"

#include <gtest/gtest.h>

namespace inlay::aot {
namespace {

/// One frozen array of words, and others that it may point to.
class Carry : public ::testing::Test {
 protected:
  std::uint64_t* words(std::size_t count) {
    void* memory = resource_.allocate(count * 8, 8);
    std::memset(memory, 0, count * 8);
    return static_cast<std::uint64_t*>(memory);
  }
  void freeze() {
    region_ = resource_.freeze();
    ASSERT_TRUE(region_);
  }
  static std::uint64_t number(const void* address) { return reinterpret_cast<std::uint64_t>(address); }
  static std::string symbol(const void* address) {
    std::optional<frozen::Object> object = frozen::find(address);
    return object ? "@inlay.frozen." + std::to_string(object->id) : "@inlay.frozen.none";
  }
  /// A program with this body of main, which reads `object` and prints nothing.
  Unit program(const void* object, const std::string& body) {
    return unit_of(symbol(object) + " = external global i8\ndefine i32 @main(i32 %argc, ptr %argv) {\n" + body + "}\n");
  }
  /// What the program answers when it runs; -1 if it could not be written.
  int answer(Unit& unit, Options options = {}) {
    options.notes = &notes_;
    std::string path = folder_ / "program";
    Result<void> written = write_executable(unit, path, options);
    EXPECT_TRUE(written) << written.error().to_string();
    return written ? run(path).status : -1;
  }

  FrozenResource resource_{FreezeOptions{.name = "test"}};
  std::shared_ptr<frozen::Region> region_;
  std::vector<std::string> notes_;
  Folder folder_;
};

// Loads through an index that only the run knows, so that the optimizer cannot answer instead of the data.
constexpr const char* LoadAtArgc = R"(
  %at = getelementptr i64, ptr SYMBOL, i32 %argc
  %v = load i64, ptr %at
  %r = trunc i64 %v to i32
  ret i32 %r
)";

std::string with_symbol(std::string text, const std::string& symbol) {
  std::size_t at = text.find("SYMBOL");
  return text.replace(at, 6, symbol);
}

TEST_F(Carry, bytes_of_an_object_go_along) {
  std::uint64_t* data = words(4);
  data[1] = 42;
  freeze();
  Unit unit = program(data, with_symbol(LoadAtArgc, symbol(data)));
  EXPECT_EQ(answer(unit), 42);
  EXPECT_TRUE(notes_.empty());
}

TEST_F(Carry, pointers_between_objects_become_relocations) {
  std::uint64_t* first = words(4);
  std::uint64_t* second = words(3);
  first[1] = number(second + 2);  // inside
  second[2] = number(first);      // and back
  first[0] = 17;
  freeze();
  Unit unit = program(first, with_symbol(R"(
  %at = getelementptr i64, ptr SYMBOL, i32 %argc
  %p = load ptr, ptr %at
  %q = load ptr, ptr %p
  %v = load i64, ptr %q
  %r = trunc i64 %v to i32
  ret i32 %r
)",
                                         symbol(first)));
  EXPECT_EQ(answer(unit), 17);
  EXPECT_EQ(answer(unit, {.level = Level::O0}), 17);
}

TEST_F(Carry, pointer_to_a_function_of_the_c_library_becomes_its_symbol) {
  std::uint64_t* data = words(2);
  data[1] = number(reinterpret_cast<void*>(static_cast<int (*)(int)>(&::abs)));
  freeze();
  Unit unit = program(data, with_symbol(R"(
  %at = getelementptr i64, ptr SYMBOL, i32 %argc
  %f = load ptr, ptr %at
  %r = call i32 %f(i32 -9)
  ret i32 %r
)",
                                        symbol(data)));
  EXPECT_EQ(answer(unit), 9);
}

TEST_F(Carry, address_of_ordinary_memory_is_replaced_and_noted) {
  auto heap = std::make_unique<int>(1);
  std::uint64_t* data = words(4);
  data[1] = 5;
  data[2] = data[3] = number(heap.get());
  freeze();
  Unit unit = program(data, with_symbol(LoadAtArgc, symbol(data)));
  EXPECT_EQ(answer(unit), 5);
  ASSERT_EQ(notes_.size(), 2u);
  EXPECT_NE(notes_[0].find("at offset 16 holds an address"), std::string::npos) << notes_[0];
  EXPECT_EQ(bytes_of(folder_ / "program").find(std::string(reinterpret_cast<const char*>(&data[2]), 8)),
            std::string::npos);
}

// A kind in the lowest byte of a word and leftovers of an address behind it, as in padding of memory that was used
// before.
TEST_F(Carry, field_with_leftovers_of_an_address_behind_it_stays) {
  auto heap = std::make_unique<std::uint64_t[]>(64);
  std::uint64_t* data = words(4);
  data[1] = data[2] = (number(&heap[32]) & ~std::uint64_t{0xff}) | 0x44;
  freeze();
  Unit unseen = program(data, with_symbol(R"(
  %at = getelementptr i64, ptr SYMBOL, i32 %argc
  %v = load i8, ptr %at
  %r = zext i8 %v to i32
  ret i32 %r
)",
                                          symbol(data)));
  EXPECT_EQ(answer(unseen), 0x44);
  EXPECT_EQ(notes_.size(), 2u);
  Unit seen = program(data, with_symbol(R"(
  %at = getelementptr i8, ptr SYMBOL, i64 15
  %v = load volatile i8, ptr %at
  %r = zext i8 %v to i32
  ret i32 %r
)",
                                        symbol(data)));
  EXPECT_EQ(answer(seen), 0) << "the upper bits of an address";
}

TEST_F(Carry, address_of_ordinary_memory_that_is_read_is_refused) {
  auto heap = std::make_unique<int>(1);
  std::uint64_t* data = words(4);
  data[2] = number(heap.get());
  freeze();
  Unit unit = program(data, with_symbol(R"(
  %at = getelementptr i64, ptr SYMBOL, i64 2
  %p = load ptr, ptr %at
  %r = load i32, ptr %p
  ret i32 %r
)",
                                        symbol(data)));
  Result<void> written = write_executable(unit, folder_ / "program");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::NotCarried);
  EXPECT_NE(written.error().message().find("at offset 16"), std::string::npos) << written.error().to_string();
  EXPECT_TRUE(folder_.empty());
}

TEST_F(Carry, numbers_that_are_no_addresses_stay) {
  std::uint64_t* data = words(4);
  data[0] = 1;
  data[1] = 0xffff'ffff'ffff'ff2a;
  double number = 1.0 / 3.0;
  std::memcpy(&data[2], &number, 8);
  freeze();
  Unit unit = program(data, with_symbol(LoadAtArgc, symbol(data)));
  EXPECT_EQ(answer(unit), 0x2a);
  EXPECT_TRUE(notes_.empty());
}

TEST_F(Carry, open_parts_can_be_written_in_the_new_program) {
  void* memory = resource_.allocate(16, 8);
  auto* open = new (memory) Mutable<std::uint64_t>(3);
  freeze();
  Unit unit = program(memory, with_symbol(R"(
  %at = getelementptr i64, ptr SYMBOL, i64 0
  %p = getelementptr i8, ptr %at, i32 0
  %old = load volatile i64, ptr %p
  %wide = zext i32 %argc to i64
  %new = add i64 %old, %wide
  store volatile i64 %new, ptr %p
  %v = load volatile i64, ptr %p
  %r = trunc i64 %v to i32
  ret i32 %r
)",
                                          symbol(memory)));
  EXPECT_EQ(answer(unit), 4);
  open->~Mutable();
}

TEST_F(Carry, graph_is_refused_with_a_word_about_freeze) {
  Unit unit = unit_of(
      "@inlay.graph.7 = external global i8\n"
      "define i32 @main() { %r = load i32, ptr @inlay.graph.7 ret i32 %r }");
  Result<void> written = write_executable(unit, folder_ / "program");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::NotCarried);
  EXPECT_NE(written.error().message().find("freeze"), std::string::npos);
}

TEST_F(Carry, object_that_is_gone_is_refused) {
  std::uint64_t* data = words(2);
  freeze();
  Unit unit = program(data, with_symbol(LoadAtArgc, symbol(data)));
  region_.reset();
  Result<void> written = write_executable(unit, folder_ / "program");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::NotCarried);
}

}  // namespace
}  // namespace inlay::aot
