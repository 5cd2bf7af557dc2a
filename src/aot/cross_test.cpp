// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Files for every architecture, from units whose code is LLVM's text; run here, or in qemu.
#include "aot/test_support.h"

#include "codegen/target.h"
#include "inlay/aot.h"

#include <gtest/gtest.h>

#include <llvm/Object/ELFObjectFile.h>

namespace inlay::aot {
namespace {

/// Ends with 3 times the number of arguments, and looks at them.
constexpr const char* Count = R"(
@factor = internal global i32 3
define internal i32 @times(i32 %a) noinline {
  %f = load volatile i32, ptr @factor
  %r = mul i32 %a, %f
  ret i32 %r
}
define i32 @main(i32 %argc, ptr %argv) {
  %name = load ptr, ptr %argv
  %c = load i8, ptr %name
  %none = icmp eq i8 %c, 0
  %r = call i32 @times(i32 %argc)
  %s = select i1 %none, i32 99, i32 %r
  ret i32 %s
})";

class Cross : public ::testing::TestWithParam<Architecture> {
 protected:
  static Unit unit(const std::string& text) {
    return unit_of("target triple = \"" + std::string(codegen::triple_of(GetParam())) + "\"\n" + text);
  }
  Folder folder_;
};

#define INLAY_NEED_RUNNER(name)                                  \
  const std::optional<std::string> name = runner_of(GetParam()); \
  if (!name) GTEST_SKIP() << "qemu-user is not installed"

TEST_P(Cross, freestanding_program_runs_and_ends_with_the_result_of_main) {
  INLAY_NEED_RUNNER(with);
  for (Level level : {Level::O0, Level::O2}) {
    Unit count = unit(Count);
    std::string path = folder_ / "count";
    Result<void> written =
        write_executable(count, path, {.level = level, .architecture = GetParam(), .freestanding = true});
    ASSERT_TRUE(written) << written.error().to_string();
    EXPECT_EQ(run(*with + path + " a b").status, 9);
  }
}

TEST_P(Cross, main_without_a_result_ends_well) {
  INLAY_NEED_RUNNER(with);
  Unit nothing = unit("define void @main() { ret void }");
  std::string path = folder_ / "nothing";
  Result<void> written = write_executable(nothing, path, {.architecture = GetParam(), .freestanding = true});
  ASSERT_TRUE(written) << written.error().to_string();
  EXPECT_EQ(run(*with + path).status, 0);
}

TEST_P(Cross, initializers_run_before_main_without_a_c_library) {
  INLAY_NEED_RUNNER(with);
  Unit initialized = unit(R"(
@value = internal global i32 1
@llvm.global_ctors = appending global [2 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 200, ptr @second, ptr null },
                                                               { i32, ptr, ptr } { i32 100, ptr @first, ptr null }]
define internal void @first() noinline {
  %v = load volatile i32, ptr @value
  %w = add i32 %v, 4
  store volatile i32 %w, ptr @value
  ret void
}
define internal void @second() noinline {
  %v = load volatile i32, ptr @value
  %w = mul i32 %v, 5
  store volatile i32 %w, ptr @value
  ret void
}
define i32 @main() {
  %v = load volatile i32, ptr @value
  ret i32 %v
})");
  std::string path = folder_ / "initialized";
  Result<void> written =
      write_executable(initialized, path, {.level = Level::O0, .architecture = GetParam(), .freestanding = true});
  ASSERT_TRUE(written) << written.error().to_string();
  EXPECT_EQ(run(*with + path).status, 25);
}

TEST_P(Cross, objects_and_libraries_are_of_the_architecture) {
  constexpr std::uint16_t machines[ArchitectureCount] = {llvm::ELF::EM_X86_64, llvm::ELF::EM_AARCH64,
                                                         llvm::ELF::EM_RISCV};
  Unit count = unit(Count);
  std::string object = folder_ / "count.o", library = folder_ / "libcount.so", archive = folder_ / "libcount.a";
  const Options options{.architecture = GetParam(), .freestanding = true, .entries = {"main"}};
  ASSERT_TRUE(write_object(count, object, options));
  Result<void> written = write_shared_library(count, library, options);
  ASSERT_TRUE(written) << written.error().to_string();
  ASSERT_TRUE(write_static_library(count, archive, options));
  for (const std::string& path : {object, library}) {
    auto file = llvm::object::ObjectFile::createObjectFile(path);
    ASSERT_TRUE(bool(file)) << path;
    auto* elf = llvm::cast<llvm::object::ELF64LEObjectFile>(file->getBinary());
    EXPECT_EQ(elf->getELFFile().getHeader().e_machine, machines[static_cast<unsigned>(GetParam())]) << path;
    if (GetParam() == Architecture::RiscV64) {  // doubles in registers, compressed instructions: what Linux runs
      EXPECT_EQ(elf->getPlatformFlags(), unsigned(llvm::ELF::EF_RISCV_RVC | llvm::ELF::EF_RISCV_FLOAT_ABI_DOUBLE));
    }
  }
}

TEST_P(Cross, objects_link_into_a_program) {
  INLAY_NEED_RUNNER(with);
  Unit library = unit("define i32 @twice(i32 %a) { %r = shl i32 %a, 1 ret i32 %r }");
  Unit user = unit("declare i32 @twice(i32) define i32 @main(i32 %n) { %r = call i32 @twice(i32 %n) ret i32 %r }");
  const std::string object = folder_ / "twice.o", archive = folder_ / "libtwice.a", path = folder_ / "user";
  ASSERT_TRUE(write_object(library, object, {.architecture = GetParam()}));
  ASSERT_TRUE(write_static_library(library, archive, {.architecture = GetParam()}));
  for (const std::string& file : {object, archive}) {
    Result<void> written =
        write_executable(user, path, {.architecture = GetParam(), .freestanding = true, .libraries = {file}});
    ASSERT_TRUE(written) << written.error().to_string();
    EXPECT_EQ(run(*with + path + " x").status, 4);
  }
}

TEST_P(Cross, memory_functions_are_there_where_code_needs_them) {
  INLAY_NEED_RUNNER(with);
  // Filled, copied with itself overlapping in both directions, compared: each with a length that is not known.
  Unit memory = unit(R"(
@length = internal global i64 100
define i32 @main() {
  %n = load volatile i64, ptr @length
  %a = alloca [300 x i8]
  %b = alloca [300 x i8]
  call void @llvm.memset.p0.i64(ptr %a, i8 7, i64 %n, i1 false)
  %a1 = getelementptr i8, ptr %a, i64 1
  store i8 9, ptr %a1
  call void @llvm.memmove.p0.p0.i64(ptr %a1, ptr %a, i64 %n, i1 false)
  call void @llvm.memmove.p0.p0.i64(ptr %a, ptr %a1, i64 %n, i1 false)
  call void @llvm.memcpy.p0.p0.i64(ptr %b, ptr %a, i64 %n, i1 false)
  %same = call i32 @memcmp(ptr %a, ptr %b, i64 %n)
  store i8 6, ptr %b
  %less = call i32 @memcmp(ptr %b, ptr %a, i64 %n)
  %more = call i32 @memcmp(ptr %a, ptr %b, i64 %n)
  %equal = icmp eq i32 %same, 0
  %below = icmp slt i32 %less, 0
  %above = icmp sgt i32 %more, 0
  %x = and i1 %equal, %below
  %good = and i1 %x, %above
  %nine = load i8, ptr %a1
  %wide = zext i8 %nine to i32
  %r = select i1 %good, i32 %wide, i32 100
  ret i32 %r
}
declare i32 @memcmp(ptr, ptr, i64)
)");
  std::string path = folder_ / "memory";
  Result<void> written = write_executable(memory, path, {.architecture = GetParam(), .freestanding = true});
  ASSERT_TRUE(written) << written.error().to_string();
  EXPECT_EQ(run(*with + path).status, 9);
}

TEST_P(Cross, c_library_is_linked_with_or_the_error_says_what_to_install) {
  Unit hello = unit(R"(
@text = internal constant [7 x i8] c"hello!\00"
declare i32 @puts(ptr)
declare i32 @atexit(ptr)
define internal void @bye() {
  call i32 @puts(ptr @text)
  ret void
}
define i32 @main(i32 %argc, ptr %argv) {
  call i32 @atexit(ptr @bye)
  call i32 @puts(ptr @text)
  ret i32 %argc
})");
  const std::string path = folder_ / "hello";
  Result<void> written = write_executable(hello, path, {.architecture = GetParam()});
  if (!written) {
    EXPECT_EQ(written.error().kind(), ErrorKind::MissingTool) << written.error().to_string();
    EXPECT_NE(written.error().message().find("-cross"), std::string::npos) << written.error().message();
    EXPECT_NE(GetParam(), Architecture::X86_64);
    GTEST_SKIP() << "no C library for " << to_string(GetParam());
  }
  INLAY_NEED_RUNNER(with);
  const std::string libraries = with->empty() ? "" : "-L /usr/" + std::string(to_string(GetParam())) + "-linux-gnu ";
  Ran ran = run(*with + libraries + path + " a");
  EXPECT_EQ(ran.output, "hello!\nhello!\n");
  EXPECT_EQ(ran.status, 2);
}

TEST_P(Cross, unit_for_another_architecture_is_refused) {
  Unit count = unit(Count);
  for (Architecture other : {Architecture::X86_64, Architecture::AArch64, Architecture::RiscV64}) {
    if (other == GetParam()) continue;
    Result<void> written = write_object(count, folder_ / "count.o", {.architecture = other});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind(), ErrorKind::InvalidArgument);
    EXPECT_NE(written.error().message().find(to_string(other)), std::string::npos) << written.error().message();
  }
}

INSTANTIATE_TEST_SUITE_P(All, Cross,
                         ::testing::Values(Architecture::X86_64, Architecture::AArch64, Architecture::RiscV64),
                         [](const auto& info) { return std::string(to_string(info.param)); });

}  // namespace
}  // namespace inlay::aot
