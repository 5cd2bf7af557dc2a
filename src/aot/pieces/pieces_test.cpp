// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// From C, by clang, to objects, to pieces, to programs that run.
#include <filesystem>
#include <optional>
#include <set>

#include "aot/pieces/compile.h"
#include "aot/pieces/executable.h"
#include "aot/pieces/relocatable.h"
#include "aot/pieces/split.h"
#include "aot/test_support.h"

namespace inlay::aot {
namespace {

std::string compile(const Folder& folder, const std::string& source, const std::string& flags = "-O2") {
  write_bytes(folder / "a.c", source);
  const Ran ran =
      run("clang-22 -c -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables "
          "-fno-stack-protector -ffreestanding " +
          flags + " -o " + folder / "a.o" + " " + folder / "a.c 2>&1");
  EXPECT_EQ(ran.status, 0) << ran.output;
  return bytes_of(folder / "a.o");
}

std::vector<const Piece*> pointers(const std::vector<Piece>& pieces) {
  std::vector<const Piece*> all;
  for (const Piece& piece : pieces) all.push_back(&piece);
  return all;
}

Result<base::Bytes> link(const std::vector<const Piece*>& pieces, Names& names, bool strip = false) {
  base::Bytes file;
  INLAY_TRY_VOID(link_executable(pieces, names, {.entry = names.add("_start"), .strip = strip}, file));
  return file;
}

std::string text_of(const base::Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

Ran run_file(const Folder& folder, const base::Bytes& bytes) {
  write_bytes(folder / "program", text_of(bytes));
  std::filesystem::permissions(folder / "program", std::filesystem::perms::owner_all);
  return run(folder / "program" + " 2>&1");
}

// A bit of everything: calls, literals of floats and vectors, tables of jumps, strings, pointers in constants and
// variables, zeros, an alignment.
const char* const Everything = R"(
static long call(long n, long a, long b, long c) {
  long r;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return r;
}
__attribute__((noinline)) void print(const char* text) {
  long n = 0;
  while (text[n]) ++n;
  call(1, 1, (long)text, n);
}
int counter = 40;
char zeros[5000];
__attribute__((aligned(64))) char aligned[64] = {1};
const char* const names[] = {"zero", "one", "two"};
const char** variable = (const char**)&names[1];
__attribute__((noinline)) double scale(double x) { return x * 2.5 + 0.125; }
__attribute__((noinline)) int choose(int x) {
  switch (x) {
    case 0: print("a "); return 7;
    case 1: print("b "); return 9;
    case 2: print("c "); return 12;
    case 3: print("d "); return 77;
    case 4: print("e "); return 31;
    case 5: print("f "); return 8;
    default: return -1;
  }
}
typedef float Lanes __attribute__((vector_size(16)));
Lanes lanes = {1, 2, 3, 4};
__attribute__((noinline)) float sum(void) {
  Lanes more = lanes * (Lanes){1.5f, 2.5f, 3.5f, 4.5f};
  return more[0] + more[1] + more[2] + more[3];
}
int main_(void) {
  print(names[2]);
  print(" ");
  print(*variable);
  print(" ");
  int bad = 0;
  if (scale(4) != 10.125) bad |= 1;
  if (choose(3) != 77 || choose(5) != 8 || choose(9) != -1) bad |= 2;
  if (sum() != 35) bad |= 4;
  if ((long)aligned % 64 != 0 || aligned[0] != 1) bad |= 8;
  for (int i = 0; i < 5000; ++i) if (zeros[i]) bad |= 16;
  zeros[4999] = 1;
  counter += 2;
  if (counter != 42) bad |= 32;
  return bad;
}
__attribute__((naked)) void _start(void) {
  __asm__("xor %ebp, %ebp; and $-16, %rsp; call main_; mov %eax, %edi; mov $60, %eax; syscall");
}
)";

class PiecesRun : public testing::TestWithParam<const char*> {};

TEST_P(PiecesRun, ProgramsOfPiecesDoWhatTheyDidAsOneObject) {
  Folder folder;
  Names names;
  auto pieces = split_object(compile(folder, Everything, GetParam()), names);
  ASSERT_TRUE(pieces) << pieces.error().to_string();
  for (bool strip : {false, true}) {
    auto file = link(pointers(*pieces), names, strip);
    ASSERT_TRUE(file) << file.error().to_string();
    const Ran ran = run_file(folder, *file);
    EXPECT_EQ(ran.status, 0);
    EXPECT_EQ(ran.output, "two one d f ");
  }
  // In the other order, too.
  std::vector<const Piece*> reversed = pointers(*pieces);
  std::reverse(reversed.begin(), reversed.end());
  auto file = link(reversed, names);
  ASSERT_TRUE(file) << file.error().to_string();
  EXPECT_EQ(run_file(folder, *file).output, "two one d f ");
}

TEST_P(PiecesRun, AnObjectOfPiecesLinksElsewhere) {
  Folder folder;
  Names names;
  auto pieces = split_object(compile(folder, Everything, GetParam()), names);
  ASSERT_TRUE(pieces) << pieces.error().to_string();
  auto object = to_object(pointers(*pieces), names);
  ASSERT_TRUE(object) << object.error().to_string();
  write_bytes(folder / "all.o", text_of(*object));
  for (const char* how : {"-static", "-static-pie"}) {
    if (std::string(GetParam()).ends_with("-fno-pic") && std::string(how) == "-static-pie") continue;
    const Ran linked =
        run(std::string("clang-22 -nostdlib ") + how + " -o " + folder / "p" + " " + folder / "all.o 2>&1");
    ASSERT_EQ(linked.status, 0) << linked.output;
    if (std::string(how) == "-static") {
      EXPECT_EQ(run(folder / "p").output, "two one d f ");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Flags, PiecesRun,
                         testing::Values("-O0", "-O2 -fpic", "-O2 -fno-pic", "-O2 -fpie", "-O0 -fpic -fno-plt",
                                         "-O2 -fpic -fno-plt", "-O2 -mavx2"));

TEST(Pieces, SurviveBeingWrittenAndRead) {
  Folder folder;
  Names names;
  auto pieces = split_object(compile(folder, Everything), names);
  ASSERT_TRUE(pieces) << pieces.error().to_string();
  auto first = link(pointers(*pieces), names);
  ASSERT_TRUE(first);
  Names others;
  others.add("something else, so that numbers differ");
  std::vector<Piece> again;
  for (const Piece& piece : *pieces) {
    base::Bytes bytes;
    write_piece(piece, names, bytes);
    std::optional<Piece> read = read_piece(bytes, others);
    ASSERT_TRUE(read);
    base::Bytes second;
    write_piece(*read, others, second);
    EXPECT_EQ(second, bytes);
    again.push_back(std::move(*read));
  }
  auto second = link(pointers(again), others);
  ASSERT_TRUE(second);
  EXPECT_EQ(*first, *second);
}

TEST(Pieces, DamagedBytesAreNoPieceOrASoundOne) {
  Folder folder;
  Names names;
  auto pieces = split_object(compile(folder, Everything), names);
  ASSERT_TRUE(pieces);
  for (const Piece& piece : *pieces) {
    base::Bytes bytes;
    write_piece(piece, names, bytes);
    const std::size_t step = bytes.size() > 1000 ? 37 : 1;
    for (std::size_t size = 0; size < bytes.size(); size += step)
      EXPECT_FALSE(read_piece(std::span(bytes).first(size), names)) << size;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      for (unsigned flip : {1u, 0x80u, 0xffu}) {
        base::Bytes changed = bytes;
        changed[at] ^= static_cast<std::byte>(flip);
        Names fresh;
        if (std::optional<Piece> read = read_piece(changed, fresh)) {
          EXPECT_TRUE(is_sound(*read, fresh));
        }
      }
    }
  }
}

TEST(Pieces, WhatNothingDefinesIsNamedWithItsUser) {
  Folder folder;
  Names names;
  auto pieces = split_object(compile(folder,
                                     "int other(void); int user(void) { return other() + 1; }\n"
                                     "int _start(void) { return user(); }"),
                             names);
  ASSERT_TRUE(pieces);
  auto file = link(pointers(*pieces), names);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind(), ErrorKind::UndefinedSymbol);
  EXPECT_EQ(file.error().message(), "'user' needs 'other', which nothing defines; link with what does");
  EXPECT_TRUE(to_object(pointers(*pieces), names));
}

TEST(Pieces, AProgramNeedsItsBeginning) {
  Names names;
  auto file = link({}, names);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message(), "nothing defines '_start', where the program begins");
}

TEST(Pieces, WhatIsDefinedTwiceIsRefusedUnlessItIsWeak) {
  Folder folder;
  Names names;
  auto a = split_object(compile(folder, "int _start(void) { return 1; }"), names);
  auto weak = split_object(compile(folder, "__attribute__((weak)) int _start(void) { return 2; }"), names);
  ASSERT_TRUE(a && weak);
  auto twice = link({&a->front(), &a->front()}, names);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message(), "'_start' is defined twice; give one of them another name");
  EXPECT_TRUE(link({&a->front(), &weak->front()}, names));
  EXPECT_TRUE(link({&weak->front(), &a->front()}, names));
}

TEST(Pieces, WhatCannotBeCutIsRefused) {
  Folder folder;
  const std::pair<const char*, const char*> refused[] = {
      {"_Thread_local int x; int f(void) { return x; }", "holds thread-local variables"},
      {"__attribute__((constructor)) void f(void) { __asm__ volatile(\"nop\"); }",
       "a section of a kind that is not known here"},
      {"static int n; int f(void) { return ++n; } int g(void) { return --n; }", "is shared by several functions"},
      {"__attribute__((noinline)) static int n(int x) { __asm__ volatile(\"\"); return x; }"
       "int f(int x) { return n(x); } int g(int x) { return n(x + 1); }",
       "is shared by several functions"},
      {"__attribute__((retain)) int f(void) { return 1; }", "is kept for a reason that is not known here"},
      {"__asm__(\".globl a; a = 5\");", "lies in no section of its own"},
      {"int f(void) { int x; __asm__(\"mov $0, %%eax; .reloc .-4, R_X86_64_SIZE32, other\" : \"=a\"(x)); return x; }",
       "has a relocation of kind 32"},
  };
  for (const auto& [source, message] : refused) {
    Names names;
    auto pieces = split_object(compile(folder, source), names);
    ASSERT_FALSE(pieces) << source;
    EXPECT_EQ(pieces.error().kind(), ErrorKind::Codegen);
    EXPECT_NE(pieces.error().message().find(message), std::string::npos) << pieces.error().message();
  }
}

TEST(Pieces, DamagedObjectsAreRefusedOrCut) {
  Folder folder;
  const std::string object = compile(folder, Everything);
  for (std::size_t size = 0; size < object.size(); size += 61) {
    Names names;
    EXPECT_FALSE(split_object(std::string_view(object).substr(0, size), names)) << size;
  }
  for (std::size_t at = 0; at < object.size(); ++at) {
    std::string changed = object;
    changed[at] = static_cast<char>(changed[at] ^ (at % 3 == 0 ? 0x80 : at % 3 == 1 ? 1 : 0xff));
    Names names;
    auto pieces = split_object(changed, names);
    if (!pieces) continue;
    for (const Piece& piece : *pieces) EXPECT_TRUE(is_sound(piece, names));
    static_cast<void>(link(pointers(*pieces), names));
    static_cast<void>(to_object(pointers(*pieces), names));
  }
}

TEST(Machines, are_kept_for_each_processor) {
  Machines machines;
  using codegen::Cpu;
  std::vector<const codegen::Machine*> kept;
  constexpr Cpu all[] = {Cpu::Host, Cpu::Portable, Cpu::V3, Cpu::V4};
  for (Cpu cpu : all) {
    Result<std::unique_ptr<codegen::Machine>> machine = machines.take(cpu);
    ASSERT_TRUE(machine);
    kept.push_back(machine->get());
    machines.give_back(cpu, *std::move(machine));
  }
  for (std::size_t i = 0; i < std::size(all); ++i) EXPECT_EQ(machines.take(all[i])->get(), kept[i]);
}

TEST(DescribeCompiler, tells_processors_apart) {
  using codegen::Cpu;
  std::set<std::optional<std::string>> known;
  for (Cpu cpu : {Cpu::Portable, Cpu::V3, Cpu::V4}) known.insert(describe_compiler(cpu));
  EXPECT_TRUE(known.size() == 3 || known.contains(std::nullopt));
}

}  // namespace
}  // namespace inlay::aot
