// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What lies where: in modules, and in the files that are made of them.
#include "aot/order.h"

#include "aot/test_support.h"
#include "inlay/aot.h"

#include <gtest/gtest.h>

#include <llvm/Object/ELFObjectFile.h>

namespace inlay::aot {
namespace {

constexpr const char* Five = R"(
@used_last = internal constant [3 x i64] [i64 1, i64 2, i64 3]
@used_first = internal constant [2 x i64] [i64 4, i64 5]
@by_first = internal unnamed_addr constant [2 x ptr] [ptr @used_first, ptr @text]
@text = internal unnamed_addr constant [4 x i8] c"abc\00"
define internal i64 @a() noinline { %r = load volatile i64, ptr @by_first ret i64 %r }
define internal i64 @b() noinline { %r = call i64 @e() ret i64 %r }
define internal i64 @c() noinline { %r = load volatile i64, ptr @used_last ret i64 %r }
define i32 @main(i32 %argc) {
  %many = icmp sgt i32 %argc, 9
  br i1 %many, label %rare, label %common
rare:
  %x = call i64 @a()
  br label %common
common:
  %y = call i64 @b()
  %z = call i64 @c()
  ret i32 0
}
define internal i64 @e() noinline { %r = call i64 @c() ret i64 %r }
)";

std::vector<std::string> functions(const llvm::Module& module) {
  std::vector<std::string> names;
  for (const llvm::Function& function : module) names.push_back(function.getName().str());
  return names;
}

/// Names of functions, or of variables, of a file by address.
std::vector<std::string> symbols(const std::string& path, llvm::object::SymbolRef::Type type) {
  auto file = llvm::cantFail(llvm::object::ObjectFile::createObjectFile(path));
  std::map<std::uint64_t, std::string> found;
  for (const llvm::object::SymbolRef& symbol : file.getBinary()->symbols())
    if (llvm::cantFail(symbol.getType()) == type)
      found[llvm::cantFail(symbol.getAddress())] = llvm::cantFail(symbol.getName()).str();
  std::vector<std::string> names;
  for (const auto& [address, name] : found) names.push_back(name);
  return names;
}

class Order : public ::testing::Test {
 protected:
  std::string profile(const std::string& text) {
    std::string path = folder_ / "program.proftext";
    write_bytes(path, text);
    return path;
  }
  Folder folder_;
};

constexpr const char* Counts = "b\n1\n1\n90\n\ne\n1\n1\n80\n\nc\n1\n2\n100\n5\n\nmain\n1\n1\n1\n\na\n1\n1\n0\n";

TEST_F(Order, profile_says_how_often_functions_were_entered) {
  Result<Profile> counts = read_profile(profile(Counts));
  ASSERT_TRUE(counts) << counts.error().to_string();
  EXPECT_EQ(*counts, (Profile{{"a", 0}, {"b", 90}, {"c", 100}, {"e", 80}, {"main", 1}}));
}

TEST_F(Order, profile_that_is_none_is_an_error) {
  for (const char* text : {"b\nx\n1\n90\n", "b\n1\n5\n90\n", "\xff\x6c\x70"}) {
    Result<Profile> counts = read_profile(profile(text));
    ASSERT_FALSE(counts) << text;
    EXPECT_EQ(counts.error().kind(), ErrorKind::File);
    EXPECT_NE(counts.error().message().find("program.proftext"), std::string::npos);
  }
  EXPECT_FALSE(read_profile(folder_ / "missing"));
}

TEST_F(Order, functions_stand_beside_those_that_call_them_most) {
  Unit unit = unit_of(Five);
  order_functions(module_of(unit), read_profile(profile(Counts)).value());
  // e is called by b, c by e (80) rather than by main (1): a chain, behind main. What never ran stays behind.
  EXPECT_EQ(functions(module_of(unit)), (std::vector<std::string>{"main", "b", "e", "c", "a"}));
}

TEST_F(Order, functions_without_a_profile_stay_where_they_are) {
  Unit unit = unit_of(Five);
  order_functions(module_of(unit), {});
  EXPECT_EQ(functions(module_of(unit)), (std::vector<std::string>{"a", "b", "c", "main", "e"}));
}

TEST_F(Order, functions_that_never_ran_are_cold) {
  Unit unit = unit_of(Five);
  apply_profile(module_of(unit), read_profile(profile(Counts)).value());
  EXPECT_TRUE(module_of(unit).getFunction("a")->hasFnAttribute(llvm::Attribute::Cold));
  EXPECT_FALSE(module_of(unit).getFunction("b")->hasFnAttribute(llvm::Attribute::Cold));
  EXPECT_EQ(module_of(unit).getFunction("b")->getEntryCount()->getCount(), 90u);
}

TEST_F(Order, file_has_code_in_the_order_of_the_unit) {
  Unit unit = unit_of(Five);
  const std::string path = folder_ / "program";
  for (bool freestanding : {true, false}) {
    ASSERT_TRUE(write_executable(unit, path, {.freestanding = freestanding}));
    std::vector<std::string> names = symbols(path, llvm::object::SymbolRef::ST_Function);
    std::erase_if(names, [](const std::string& name) { return name.starts_with("_"); });
    EXPECT_EQ(names, (std::vector<std::string>{"a", "b", "c", "main", "e"}));
  }
}

TEST_F(Order, file_has_code_in_the_order_of_the_profile_and_cold_code_last) {
  Unit unit = unit_of(Five);
  const std::string path = folder_ / "program";
  Result<void> written = write_executable(unit, path, {.freestanding = true, .profile = profile(Counts)});
  ASSERT_TRUE(written) << written.error().to_string();
  std::vector<std::string> names = symbols(path, llvm::object::SymbolRef::ST_Function);
  std::erase(names, "_start");
  EXPECT_EQ(names, (std::vector<std::string>{"main", "b", "e", "c", "a"}));
}

TEST_F(Order, file_has_constants_in_the_order_of_their_first_use) {
  Unit unit = unit_of(Five);
  const std::string path = folder_ / "program";
  ASSERT_TRUE(write_executable(unit, path, {.freestanding = true}));
  EXPECT_EQ(symbols(path, llvm::object::SymbolRef::ST_Data),
            (std::vector<std::string>{"by_first", "used_first", "text", "used_last"}));
}

TEST_F(Order, missing_profile_is_an_error_of_the_writer) {
  Unit unit = unit_of(Five);
  Result<void> written = write_executable(unit, folder_ / "program", {.profile = folder_ / "missing"});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::File);
  EXPECT_TRUE(folder_.empty());
}

}  // namespace
}  // namespace inlay::aot
