// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Reading and writing: what was printed reads back as the same.
#include "inlay/ir/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "inlay/ir/builder.h"
#include "inlay_tests/source_folder.h"

namespace inlay::ir {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::filesystem::path> corpus() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(SourceFolder) / "tests/ir/text"))
    if (entry.path().extension() == ".inlay") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

/// The text as it is printed, which reads back as the same.
std::string printed(std::string_view text, std::string file = "program.inlay") {
  Result<Module> first = parse(text, {.file = file});
  EXPECT_TRUE(first) << first.error().to_string();
  if (!first) return {};
  const std::string once = print(*first);
  const Result<Module> second = parse(once, {.file = "printed.inlay"});
  EXPECT_TRUE(second) << second.error().to_string() << "\n" << once;
  if (!second) return {};
  EXPECT_EQ(print(*second), once);
  return once;
}

/// What stands behind the lines that name files, without them.
std::string printed_plain(std::string_view text) {
  const Result<Module> module = parse(text, {.locate = false});
  EXPECT_TRUE(module) << module.error().to_string();
  if (!module) return {};
  printed(text);
  return print(*module, {.locations = false});
}

TEST(Text, of_the_corpus_reads_back_as_printed) {
  const auto files = corpus();
  ASSERT_GE(files.size(), 20u);
  for (const std::filesystem::path& path : files) {
    SCOPED_TRACE(path.string());
    printed(read(path), path.filename());
  }
}

TEST(Text, corpus_has_every_operation) {
  std::set<Op> found;
  for (const std::filesystem::path& path : corpus()) {
    const Result<Module> module = parse(read(path));
    ASSERT_TRUE(module) << module.error().to_string();
    for (const Inst& inst : module->insts.entries()) found.insert(inst.op());
  }
  for (std::uint32_t i = 1; i < OpCount; ++i) EXPECT_TRUE(found.contains(static_cast<Op>(i))) << OpInfos[i].text;
}

TEST(Text, of_the_guide_is_printed_as_it_is_written) {
  const std::string text = read(std::filesystem::path(SourceFolder) / "tests/ir/text/guide.inlay");
  const std::string_view guide = std::string_view(text).substr(text.find("func @sum"));
  const std::string once = printed_plain(text);
  EXPECT_EQ(once.substr(once.find("func @sum")), guide);
}

TEST(Text, of_what_was_built_reads_back) {
  Module m = Module::create().value();
  const FunctionId f = m.function("f", m.signature({I64, I64}, I64), FunctionExported);
  Builder b(m);
  b.begin(f);
  const BlockId twice = b.block({I64}, "same"), again = b.block({I64}, "same"), number = b.block({}, "b1");
  const Value sum = b.name(b.add(b.parameter(0), 1), "x");
  const Value more = b.name(b.add(sum, b.parameter(1)), "x");
  b.name(more, "x");
  const Value last = b.name(b.add(more, sum), "x.1");
  b.jump(twice, {last});
  b.start(again);
  b.jump(number);
  b.start(twice);
  b.jump(again, {b.parameter(twice, 0)});
  b.start(number);
  b.ret(b.name(b.add(sum, 1), "7"));
  b.end();
  const std::string text = print(m);
  EXPECT_EQ(text,
            "file 0 \"\"\n\nexport func @f(%0: i64, %1: i64) -> i64 {\n"
            "  %x = add i64 %0, 1\n  %x.1 = add i64 %x, %1\n  %x.1.1 = add i64 %x.1, %x\n  jump same(%x.1.1)\n"
            "same(%6: i64):\n  jump same.1(%6)\nsame.1(%8: i64):\n  jump \"b1\"\n"
            "\"b1\":\n  %\"7\" = add i64 %x, 1\n  return i64 %\"7\"\n}\n");
  const Result<Module> back = parse(text);
  ASSERT_TRUE(back) << back.error().to_string();
  EXPECT_EQ(print(*back), text);
}

TEST(Text, locations_are_lines_of_the_text_where_it_names_no_files) {
  const std::string text = "\nfunc @f() {\n  jump b\nb:\n  return_void\n}\n";
  const Module m = parse(text, {.file = "a.inlay"}).value();
  EXPECT_EQ(print(m), "file 1 \"a.inlay\"\n\nfunc @f() { !2\n  jump b !3\nb:\n  return_void !5\n}\n");
  EXPECT_EQ(print(m, {.locations = false}), "func @f() {\n  jump b\nb:\n  return_void\n}\n");
  EXPECT_EQ(print(parse(text, {.locate = false}).value()).substr(0, 10), "file 0 \"\"\n");
}

TEST(Text, locations_are_those_of_files_where_it_names_some) {
  const Module m = parse("file 7 \"x\" file 3 \"y\"\nfunc @f() { !7:1\n trap \"a\" !3:5\n}\n").value();
  EXPECT_EQ(print(m), "file 1 \"x\"\nfile 2 \"y\"\n\nfunc @f() { !1\n  trap \"a\" !2:5\n}\n");
}

TEST(Text, numbers_are_what_they_say) {
  const Module m = parse(
                       "data @d : [6]i8 = [255, -1, 0xff, -128, 128, 0x7f]\n"
                       "data @w : [3]i64 = [-9223372036854775808, 18446744073709551615, 0x8000000000000000]\n"
                       "data @f : [3]f32 = [0.1, 16777217, 0x80000000]")
                       .value();
  const std::string text = print(m, {.locations = false});
  EXPECT_EQ(text,
            "data @d : [6]i8 = [-1, -1, -1, -128, -128, 127]\n"
            "data @w : [3]i64 = [-9223372036854775808, -1, -9223372036854775808]\n"
            "data @f : [3]f32 = [0.1, 16777216.0, -0.0]\n");
}

TEST(Text, may_be_in_any_order) {
  printed(
      "data @d : A = { @f, { 1, [2, 3] } }\nfunc @f(%a: I) { return_void }\ntype A = struct { f: fn(I), v: V<2> }\n"
      "interface I {}\ntype V<!N: i64> = struct { n: i8, a: [!N]i16 }");
}

TEST(Text, of_long_names_reads_back) {
  const std::string name(1 << 20, 'n');
  printed("func @" + name + "(%" + name + ": ptr) {\n  %x" + name + " = load i64 %" + name + "\n  jump " + name + "\n" +
          name + ":\n  return_void\n}\ntype " + name + " = struct { " + name + ": i8 }\nvar @v : " + name +
          " = { 1 }\n");
}

TEST(Text, of_deep_types_reads_back) {
  std::string deep;
  for (unsigned i = 1; i < DeepestType; ++i) deep += "[]";
  EXPECT_NE(printed("var @v : " + deep + "i8 = zero").find(deep), std::string::npos);
}

TEST(Text, of_many_blocks_takes_linear_time) {
  std::string text = "func @f(%a: i64) -> i64 {\n  jump n0(0)\n";
  constexpr int Count = 100'000;
  for (int i = 0; i < Count; ++i) {
    const std::string n = std::to_string(i);
    text += "n" + n + "(%i" + n + ": i64):\n  jump n" + std::to_string(i + 1) + "(5)\n";
  }
  text += "n" + std::to_string(Count) + "(%i: i64):\n  return i64 %i\n}\n";
  const Result<Module> module = parse(text);
  ASSERT_TRUE(module) << module.error().to_string();
  EXPECT_EQ(module->blocks.count(), Count + 3u);
}

TEST(Text, is_added_to_a_module) {
  Module m = Module::create().value();
  const FunctionId later = m.function_named("later");
  ASSERT_TRUE(parse(m, "func @later() { call fn() @first() return_void } func @first() { return_void }"));
  EXPECT_EQ(m.find("later").id, later.value);
  ASSERT_TRUE(parse(m, "func @second() { call fn() @first() return_void }"));
  EXPECT_FALSE(parse(m, "func @first() { return_void }"));
}

TEST(Text, with_words_exchanged_is_an_error_or_reads_back) {
  std::uint32_t seed = 7;
  const auto random = [&](std::size_t below) {
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % below;
  };
  int programs = 0;
  for (const std::filesystem::path& path : corpus()) {
    const std::string text = read(path);
    // Words, and what stands between them.
    std::vector<std::string> words;
    for (std::size_t at = 0; at < text.size();) {
      const auto is_word = [&](std::size_t i) { return std::isalnum(static_cast<unsigned char>(text[i])) != 0; };
      std::size_t end = at + 1;
      while (end < text.size() && is_word(at) && is_word(end)) ++end;
      words.push_back(text.substr(at, end - at));
      at = end;
    }
    for (int round = 0; round < 40; ++round) {
      std::vector<std::string> changed = words;
      for (std::size_t n = 1 + random(3); n > 0; --n) {
        std::string& word = changed[random(changed.size())];
        word = random(4) == 0 ? std::string() : words[random(words.size())];
      }
      std::string joined;
      for (const std::string& word : changed) joined += word;
      SCOPED_TRACE(path.string());
      const Result<Module> module = parse(joined);
      if (!module) {
        EXPECT_NE(module.error().place().line, 0u) << module.error().to_string();
        continue;
      }
      ++programs;
      const std::string once = print(*module);
      const Result<Module> again = parse(once);
      EXPECT_TRUE(again) << again.error().to_string() << "\n" << joined;
      if (again) {
        EXPECT_EQ(print(*again), once);
      }
    }
  }
  EXPECT_GT(programs, 50);
}

TEST(Text, of_one_instruction_stands_for_it_in_messages) {
  const Module m = parse("func @f(%a: i64, %b: i64) { %sum = add i64 %a, %b return_void }").value();
  EXPECT_EQ(print(m, InstId{3}), "%sum = add i64 %a, %b");
  EXPECT_EQ(print(m, InstId{4}), "return_void");
  EXPECT_EQ(print(m, InstId{99}), "?");
}

TEST(Text, of_one_instruction_is_short) {
  Module m = Module::create().value();
  Builder b(m);
  const std::vector<TypeId> parameters(9, I64);
  const FunctionId f = m.function("f", m.signature(parameters));
  b.begin(f);
  const BlockId next = b.block(), other = b.block();
  std::vector<Operand> numbers;
  for (int i = 0; i < 9; ++i) {
    numbers.emplace_back(i);
    b.add_parameter(next, I64);
  }
  b.call(f, numbers);
  const InstId call{m.insts.count() - 1};
  b.branch(true, Target(next, numbers), other);
  const InstId branch{m.insts.count() - 1};
  b.start(next);
  b.ret();
  b.start(other);
  b.trap(std::string(300, 'a'));
  const InstId trap{m.insts.count() - 1};
  b.end();
  const std::string signature = m.to_string(m.functions[f].signature);
  EXPECT_EQ(print(m, call), "call " + signature + " @f(0, 1, 2, 3, 4, 5, 6, 7, ...)");
  EXPECT_EQ(print(m, branch), "branch true, b1(0, 1, 2, 3, 4, 5, 6, 7, ...), b2");
  EXPECT_EQ(print(m, trap), "trap \"" + std::string(200, 'a') + '"');
  // A whole program has all of it.
  EXPECT_NE(print(m).find("b1(0, 1, 2, 3, 4, 5, 6, 7, 8), b2"), std::string::npos) << print(m);
}

TEST(Text, of_broken_instructions_is_something) {
  Module m = parse(
                 "interface I { m() }\nfunc @f(%a: i64, %i: I) { %sum = add i64 %a, 5 "
                 "call_interface fn() %i, m() switch i64 %a, x [1: x] x: trap \"a\" }")
                 .value();
  const std::uint32_t count = m.insts.count();
  std::uint32_t seed = 1;
  for (int round = 0; round < 4'000; ++round) {
    const auto random = [&] { return seed = seed * 1664525 + 1013904223; };
    Inst& inst = m.insts[InstId{1 + random() % (count - 1)}];
    const Inst before = inst;
    std::uint32_t word = random() % 3 ? random() : random() >> 28;
    switch (random() % 4) {
      case 0:
        inst.a = word;
        break;
      case 1:
        inst.b = word;
        break;
      case 2:
        inst.next = InstId{word};
        break;
      default:
        inst.op_and_type = word;
        break;
    }
    for (std::uint32_t i = 1; i < count; ++i) EXPECT_FALSE(print(m, InstId{i}).empty());
    inst = before;
  }
}

}  // namespace
}  // namespace inlay::ir
