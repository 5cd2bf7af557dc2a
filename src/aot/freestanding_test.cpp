// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Programs without a C library: how small, how laid out, the same to the bit.
#include "aot/test_support.h"
#include "inlay/aot.h"

#include <dlfcn.h>

#include <gtest/gtest.h>

#include <llvm/Object/ELFObjectFile.h>

namespace inlay::aot {
namespace {

/// A system call in assembly, and what needs it.
constexpr const char* Hello = R"(
module asm ".globl system_write"
module asm ".type system_write,@function"
module asm "system_write:"
module asm "movl $1, %eax"
module asm "syscall"
module asm "retq"
module asm ".size system_write, .-system_write"
@text = internal constant [14 x i8] c"Hello, World!\0A"
declare i64 @system_write(i32, ptr, i64)
define i32 @main() {
  %w = call i64 @system_write(i32 1, ptr @text, i64 14)
  ret i32 0
})";

constexpr const char* Variables = R"(
@constants = internal constant [64 x i64] zeroinitializer
@pointers = internal constant [2 x ptr] [ptr @main, ptr @written]
@written = internal global [4 x i64] [i64 1, i64 2, i64 3, i64 4]
@zero = internal global [100000 x i8] zeroinitializer
define i32 @main(i32 %argc) {
  %p = getelementptr [2 x ptr], ptr @pointers, i32 0, i32 %argc
  %q = load volatile ptr, ptr %p
  %v = load volatile i64, ptr %q
  store volatile i64 %v, ptr @zero
  %w = load volatile i64, ptr @constants
  %x = add i64 %v, %w
  %r = trunc i64 %x to i32
  ret i32 %r
})";

const Options Small{.strip = true, .freestanding = true};

using Elf = llvm::object::ELFFile<llvm::object::ELF64LE>;

class Freestanding : public ::testing::Test {
 protected:
  std::string write(const std::string& text, const Options& options, const std::string& name = "program") {
    Unit unit = unit_of(text);
    std::string path = folder_ / name;
    Result<void> written = write_executable(unit, path, options);
    EXPECT_TRUE(written) << written.error().to_string();
    return path;
  }
  Folder folder_;
};

/// The permissions of what is loaded.
std::vector<unsigned> loaded(const std::string& bytes) {
  std::vector<unsigned> flags;
  Elf elf = llvm::cantFail(Elf::create(bytes));
  for (const auto& header : llvm::cantFail(elf.program_headers())) {
    EXPECT_NE(header.p_type, unsigned(llvm::ELF::PT_INTERP));
    EXPECT_NE(header.p_type, unsigned(llvm::ELF::PT_DYNAMIC));
    if (header.p_type == llvm::ELF::PT_LOAD) flags.push_back(header.p_flags);
    if (header.p_type == llvm::ELF::PT_GNU_STACK) {
      EXPECT_FALSE(header.p_flags & llvm::ELF::PF_X);
    }
  }
  return flags;
}

TEST_F(Freestanding, hello_takes_less_than_a_kibibyte) {
  std::string path = write(Hello, Small);
  std::string bytes = bytes_of(path);
  EXPECT_LT(bytes.size(), 1024u);
  EXPECT_EQ(loaded(bytes), std::vector<unsigned>{llvm::ELF::PF_R | llvm::ELF::PF_X});
  Ran ran = run(path);
  EXPECT_EQ(ran.output, "Hello, World!\n");
  EXPECT_EQ(ran.status, 0);
}

TEST_F(Freestanding, nothing_is_writable_and_executable) {
  std::string path = write(Variables, {.freestanding = true});
  const std::vector<unsigned> flags = loaded(bytes_of(path));
  EXPECT_EQ(flags, (std::vector<unsigned>{llvm::ELF::PF_R | llvm::ELF::PF_X, llvm::ELF::PF_R | llvm::ELF::PF_W}));
  EXPECT_EQ(run(path).status, 1);
}

TEST_F(Freestanding, zeroed_memory_takes_no_bytes_of_the_file_and_constants_with_addresses_are_not_writable) {
  std::string bytes = bytes_of(write(Variables, Small));
  EXPECT_LT(bytes.size(), 4096u);
  Elf elf = llvm::cantFail(Elf::create(bytes));
  for (const auto& section : llvm::cantFail(elf.sections())) {
    llvm::StringRef name = llvm::cantFail(elf.getSectionName(section));
    EXPECT_NE(name, ".data.rel.ro");
    EXPECT_NE(name, ".eh_frame");
    if (name == ".rodata") {
      EXPECT_EQ(section.sh_size, 64 * 8 + 2 * 8u);
    }
    if (name == ".data") {
      EXPECT_EQ(section.sh_size, 4 * 8u);
    }
    if (name == ".bss") {
      EXPECT_EQ(section.sh_size, 100000u);
    }
  }
}

TEST_F(Freestanding, the_same_bytes_in_another_folder) {
  Folder other;
  std::string first = bytes_of(write(Variables, Small));
  Unit unit = unit_of(Variables);
  std::string path = other / "elsewhere";
  ASSERT_TRUE(write_executable(unit, path, Small));
  EXPECT_EQ(bytes_of(path), first);
}

TEST_F(Freestanding, program_may_begin_by_itself) {
  std::string path = write(R"(
define void @_start() naked noreturn {
  call void asm sideeffect "movl $$231, %eax; movl $$17, %edi; syscall", "~{eax},~{edi}"()
  unreachable
})",
                           Small);
  EXPECT_EQ(run(path).status, 17);
}

/// The same in the program IR, with the system call and the beginning in assembly.
constexpr const char* HelloProgram = R"(
data @text = "Hello, World!\x0a"
func @write(i32, ptr, i64) -> i64 asm x86_64 {
  mov eax, 1
  syscall
  ret
}
export func @main() -> i32 {
  %written = call fn(i32, ptr, i64) -> i64 @write(1, @text, 14)
  return i32 0
}
)";

TEST_F(Freestanding, hello_in_the_program_ir_takes_less_than_a_kibibyte) {
  for (Level level : {Level::O0, Level::O2}) {
    std::optional<Unit> unit = program_of(HelloProgram);
    ASSERT_TRUE(unit);
    const std::string path = folder_ / "hello";
    Result<void> written = write_executable(*unit, path, {.level = level, .strip = true, .freestanding = true});
    ASSERT_TRUE(written) << written.error().to_string();
    EXPECT_LT(bytes_of(path).size(), 1024u);
    Ran ran = run(path);
    EXPECT_EQ(ran.output, "Hello, World!\n");
    EXPECT_EQ(ran.status, 0);
  }
}

TEST_F(Freestanding, program_may_begin_in_assembly) {
  std::optional<Unit> unit = program_of(R"(
export func @seventeen() -> i32 {
  return i32 17
}
export func @_start() asm x86_64 {
  call seventeen
  mov edi, eax
  mov eax, 231
  syscall
}
)");
  ASSERT_TRUE(unit);
  const std::string path = folder_ / "program";
  Result<void> written = write_executable(*unit, path, {.strip = true, .freestanding = true});
  ASSERT_TRUE(written) << written.error().to_string();
  EXPECT_EQ(run(path).status, 17);
}

TEST_F(Freestanding, library_exports_functions_in_assembly) {
  std::optional<Unit> unit = program_of(R"(
export func @twice(i64) -> i64 asm x86_64 {
  lea rax, [rdi + rdi]
  ret
}
)");
  ASSERT_TRUE(unit);
  const std::string path = folder_ / "libtwice.so";
  Result<void> written = write_shared_library(*unit, path, {.freestanding = true});
  ASSERT_TRUE(written) << written.error().to_string();
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_TRUE(library) << ::dlerror();
  auto* twice = reinterpret_cast<std::int64_t (*)(std::int64_t)>(::dlsym(library, "twice"));
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice(21), 42);
  ::dlclose(library);
}

TEST_F(Freestanding, assembly_for_an_unknown_processor_is_refused) {
  Unit unit = unit_of(
      "target triple = \"sparc-unknown-linux-gnu\"\nmodule asm \"nop\"\n"
      "define void @main() { ret void }");
  Result<void> written = write_executable(unit, folder_ / "program", Small);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::InvalidArgument) << written.error().to_string();
}

TEST_F(Freestanding, bad_assembly_is_an_error) {
  Unit unit = unit_of("module asm \"frobnicate\"\ndefine void @main() { ret void }");
  Result<void> written = write_executable(unit, folder_ / "program", Small);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::Codegen) << written.error().to_string();
}

TEST_F(Freestanding, program_without_a_beginning_is_refused) {
  Unit unit = unit_of("define void @f() { ret void }");
  Result<void> written = write_executable(unit, folder_ / "program", Small);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::InvalidArgument);
  EXPECT_NE(written.error().message().find("_start"), std::string::npos) << written.error().message();
}

TEST_F(Freestanding, what_only_a_c_library_has_is_missing) {
  Unit unit = unit_of("declare i32 @puts(ptr) define i32 @main() { %r = call i32 @puts(ptr null) ret i32 %r }");
  Result<void> written = write_executable(unit, folder_ / "program", Small);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind(), ErrorKind::UndefinedSymbol);
  EXPECT_TRUE(folder_.empty());
}

}  // namespace
}  // namespace inlay::aot
