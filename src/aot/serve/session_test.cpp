// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "aot/serve/session.h"

#include <map>
#include <random>

#include "aot/serve/support.h"
#include "aot/serve/test_program.h"
#include "aot/test_support.h"

namespace inlay::aot {
namespace {

constexpr std::uint64_t Plenty = std::uint64_t{1} << 28;

/// A program as its declarations.
struct Text {
  std::vector<std::string> declarations;
  std::string whole() const {
    std::string all;
    for (const std::string& one : declarations) all += one;
    return all;
  }
};

Text test_program(unsigned functions, unsigned seed = 0) {
  Text text;
  text.declarations.push_back(test_start(functions));
  for (unsigned i = 0; i < 16; ++i) text.declarations.push_back(test_data(i, seed));
  for (unsigned i = 0; i < functions; ++i) text.declarations.push_back(test_function(i, functions, seed + i));
  return text;
}

/// A generic function and one that uses two of its instances.
std::string test_generic(int number) {
  const std::string n = std::to_string(number);
  std::string text =
      "func @ratio" + n + "<!T>(%x: !T, %y: !T) -> !T noinline {\n  %r = div !T %x, %y\n  return !T %r\n}\n";
  text += "export func @use" + n + "(%x: i64, %y: i64) -> i64 {\n  %a = call fn(i64, i64) -> i64 @ratio" + n +
          "<i64>(%x, %y)\n";
  text += "  %n = trunc i32 %y\n  %b = call fn(i32, i32) -> i32 @ratio" + n + "<i32>(%n, 3)\n";
  return text + "  %w = sext i64 %b\n  %z = add i64 %a, %w\n  return i64 %z\n}\n";
}

BuildRequest request_in(const Folder& folder, Level level = Level::O2) {
  return {.directory = folder / ".", .sources = {"p.inlay"}, .output = "program", .level = level};
}

/// The file that a new process would make, without a store.
std::string fresh(const Folder& folder, const BuildRequest& request) {
  BuildRequest other = request;
  other.output = "fresh";
  const Result<BuildReport> built = Session("", 0).build(other);
  EXPECT_TRUE(built) << built.error().to_string();
  return built ? bytes_of(folder / "fresh") : "";
}

TEST(Session, BuildsAProgramThatRuns) {
  Folder folder;
  write_bytes(folder / "p.inlay", test_program(20).whole());
  for (Level level : {Level::O0, Level::O1, Level::O2}) {
    Session session("", 0);
    const Result<BuildReport> built = session.build(request_in(folder, level));
    ASSERT_TRUE(built) << built.error().to_string();
    EXPECT_EQ(built->compiled, built->functions);
    EXPECT_FALSE(built->incremental);
    static int status = run(folder / "program").status;
    EXPECT_LT(status, 64);
    EXPECT_EQ(run(folder / "program").status, status);  // the same at each level
  }
}

TEST(Session, CompilesOnlyWhatChangedAndGivesTheSameFile) {
  Folder folder;
  Text text = test_program(100);
  write_bytes(folder / "p.inlay", text.whole());
  Session session("", 0);
  ASSERT_TRUE(session.build(request_in(folder)));
  const std::string first = bytes_of(folder / "program");

  const Result<BuildReport> again = session.build(request_in(folder));
  ASSERT_TRUE(again) << again.error().to_string();
  EXPECT_EQ(again->compiled, 0u);
  EXPECT_TRUE(again->incremental);
  EXPECT_TRUE(bytes_of(folder / "program") == first);

  text.declarations[17 + 40] = test_function(40, 100, 777);
  write_bytes(folder / "p.inlay", text.whole());
  const Result<BuildReport> changed = session.build(request_in(folder));
  ASSERT_TRUE(changed) << changed.error().to_string();
  EXPECT_TRUE(changed->incremental);
  EXPECT_GE(changed->compiled, 1u);
  EXPECT_LE(changed->compiled, 4u);  // and what it is inlined into
  EXPECT_FALSE(bytes_of(folder / "program") == first);
  EXPECT_TRUE(bytes_of(folder / "program") == fresh(folder, request_in(folder)));
}

TEST(Session, ASecondOneFindsTheCodeInTheStore) {
  Folder folder;
  write_bytes(folder / "p.inlay", test_program(30).whole());
  const std::string store = folder / "store";
  std::string first;
  {
    Session session(store, Plenty);
    ASSERT_TRUE(session.build(request_in(folder)));
    first = bytes_of(folder / "program");
  }
  Session session(store, Plenty);
  const Result<BuildReport> built = session.build(request_in(folder));
  ASSERT_TRUE(built);
  EXPECT_EQ(built->compiled, 0u);
  EXPECT_TRUE(bytes_of(folder / "program") == first);
  // Not for another level.
  const Result<BuildReport> other = session.build(request_in(folder, Level::O0));
  ASSERT_TRUE(other);
  EXPECT_EQ(other->compiled, other->functions);
}

TEST(Session, WhateverIsEditedTheFileIsThatOfAFreshBuild) {
  Folder folder;
  constexpr unsigned Functions = 12;
  for (const bool with_file : {false, true}) {
    Text text = test_program(Functions);
    if (with_file) text.declarations[0] = "file 1 \"elsewhere.x\"\n" + text.declarations[0];
    std::mt19937 random(with_file ? 7 : 3);
    Session session(folder / "store", Plenty);
    std::size_t incremental = 0;
    const BuildRequest request = request_in(folder, Level::O1);
    for (int step = 0; step < 40; ++step) {
      const unsigned function = 17 + random() % Functions;
      const unsigned other = 17 + random() % Functions;
      auto& all = text.declarations;
      switch (random() % 9) {
        case 0:
        case 1:
        case 2:
          // Declarations may have been moved: the number is in the name.
          if (all[function].find("func @f") != std::string::npos) {
            const unsigned number =
                static_cast<unsigned>(std::stoul(all[function].substr(all[function].find("@f") + 2)));
            all[function] = test_function(number, Functions, random());
          }
          break;
        case 3:
          std::swap(all[function], all[other]);
          break;
        case 4:
          all[function] = "; a line more\n" + all[function];
          break;
        case 5:
          all[1 + random() % 16] = test_data(random() % 4, random() % 50);
          for (unsigned i = 0; i < 16; ++i) all[1 + i] = test_data(i, random() % 3);
          break;
        case 6:
          all.push_back("export func @more" + std::to_string(step) + "(%x: i64) -> i64 {\n  %y = add i64 %x, " +
                        std::to_string(step) + "\n  return i64 %y\n}\n");
          // Its instances stand behind all functions, with lines of their own: a division may trap.
          if (step % 2 == 0) all.push_back(test_generic(step));
          break;
        case 7:
          if (all.size() > 17 + Functions) all.pop_back();
          break;
        case 8: {
          // Both at once: far apart, one of them longer.
          for (unsigned i : {std::min(function, other), std::max(function, other) + (function == other)}) {
            if (i >= all.size()) continue;
            const std::size_t line = all[i].find("  %y =");
            if (line != std::string::npos) all[i].insert(line, "  %new" + std::to_string(step) + " = add i64 %a, 1\n");
          }
          break;
        }
      }
      write_bytes(folder / "p.inlay", text.whole());
      const Result<BuildReport> built = session.build(request);
      ASSERT_TRUE(built) << step << ": " << built.error().to_string();
      incremental += built->incremental;
      ASSERT_TRUE(bytes_of(folder / "program") == fresh(folder, request)) << step;
    }
    EXPECT_GT(incremental, 5u);
  }
}

TEST(Session, LinesOfInstancesMoveOnceAfterAFunctionIsGone) {
  Folder folder;
  Text text = test_program(3);
  text.declarations.push_back(test_generic(0));
  text.declarations.push_back("export func @more(%x: i64) -> i64 {\n  return i64 %x\n}\n");
  Session session("", 0);
  const BuildRequest request = request_in(folder, Level::O1);
  const auto build = [&] {
    write_bytes(folder / "p.inlay", text.whole());
    const Result<BuildReport> built = session.build(request);
    EXPECT_TRUE(built) << built.error().to_string();
    EXPECT_TRUE(bytes_of(folder / "program") == fresh(folder, request));
    return built && built->incremental;
  };
  build();
  text.declarations.pop_back();
  build();
  std::string& function = text.declarations[17];
  function.insert(function.find("  %y ="), "  %m = add i64 %a, 1\n  %n = add i64 %a, 2\n");
  EXPECT_TRUE(build());
}

TEST(Session, HintsOfCalleesAreSeenByCallersThatAreCompiledAlone) {
  Folder folder;
  const auto text = [](int number) {
    return "export func @main() -> i32 {\n  %r = call fn(i64) -> i64 @f(" + std::to_string(number) +
           ")\n  %s = trunc i32 %r\n  return i32 %s\n}\n"
           "func @f(%x: i64) -> i64 noinline {\n  %b = gt i64 %x, 5\n  branch %b, yes, no\nyes:\n"
           "  %a = call fn(i64) -> i64 @rare(%x)\n  return i64 %a\nno:\n  %m = mul i64 %x, " +
           std::to_string(number) +
           "\n  return i64 %m\n}\n"
           "func @rare(%x: i64) -> i64 noinline cold {\n  %y = mul i64 %x, %x\n  return i64 %y\n}\n";
  };
  Session session("", 0);
  const BuildRequest request = request_in(folder);
  for (int number : {3, 9}) {
    write_bytes(folder / "p.inlay", text(number));
    const Result<BuildReport> built = session.build(request);
    ASSERT_TRUE(built) << built.error().to_string();
    EXPECT_EQ(built->incremental, number == 9);
    EXPECT_TRUE(bytes_of(folder / "program") == fresh(folder, request)) << number;
  }
}

TEST(Session, NumbersOfFilesAreThoseOfTheirText) {
  Folder folder;
  write_bytes(folder / "a.inlay", "func @first(%x: i64) -> i64 {\n  return i64 %x\n}\n");
  const auto text = [](int number) {
    return "file 2 \"two.src\"\nfile 1 \"one.src\"\n"
           "export func @main() -> i32 {\n  %a = call fn(i64) -> i64 @first(0)\n"
           "  %q = div i64 " +
           std::to_string(number) + ", %a !77\n  %s = trunc i32 %q\n  return i32 %s !2:78\n}\n";
  };
  Session session("", 0);
  BuildRequest request = request_in(folder);
  request.sources = {"a.inlay", "p.inlay"};
  for (int number : {3, 9}) {
    write_bytes(folder / "p.inlay", text(number));
    const Result<BuildReport> built = session.build(request);
    ASSERT_TRUE(built) << built.error().to_string();
    EXPECT_EQ(built->incremental, number == 9);
    EXPECT_TRUE(bytes_of(folder / "program") == fresh(folder, request)) << number;
  }
}

TEST(Session, ErrorsAreThoseOfAFreshBuildAndTheNextBuildIsGood) {
  Folder folder;
  Text text = test_program(20);
  const std::string good = text.whole();
  Session session("", 0);
  const BuildRequest request = request_in(folder, Level::O0);
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string changed = good;
    const std::size_t at = changed.find(from, changed.find("func @f9("));
    changed.replace(at, from.size(), to);
    return changed;
  };
  const std::string broken[] = {
      replaced("%y = add", "%y = ad"),               // does not parse
      replaced("add i64 %x, %b", "add i32 %x, %b"),  // does not make sense
      replaced("}\n", "\n"),                         // swallows the next one
      replaced("  %x", "  \"%x"),
      replaced("%y = add", "%x = add"),
      good.substr(0, good.size() / 2),
      "",
  };
  for (const std::string& bad : broken) {
    write_bytes(folder / "p.inlay", good);
    const Result<BuildReport> well = session.build(request);
    ASSERT_TRUE(well) << well.error().to_string();
    const std::string before = bytes_of(folder / "program");
    write_bytes(folder / "p.inlay", bad);
    const Result<BuildReport> here = session.build(request);
    const Result<BuildReport> there = Session("", 0).build(request);
    ASSERT_FALSE(here) << bad;
    ASSERT_FALSE(there);
    EXPECT_EQ(here.error().to_string(), there.error().to_string());
    EXPECT_TRUE(bytes_of(folder / "program") == before);
  }
}

TEST(Session, WhatIsStoppedWritesNothingAndCanBeAskedForAgain) {
  Folder folder;
  write_bytes(folder / "p.inlay", test_program(40).whole());
  Session session("", 0);
  std::stop_source stop;
  stop.request_stop();
  const Result<BuildReport> stopped = session.build(request_in(folder), stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind(), ErrorKind::Changed);
  EXPECT_FALSE(std::filesystem::exists(folder / "program"));
  const Result<BuildReport> built = session.build(request_in(folder));
  ASSERT_TRUE(built) << built.error().to_string();
  EXPECT_EQ(bytes_of(folder / "program"), fresh(folder, request_in(folder)));
}

TEST(Session, WhatCannotBeReadOrWrittenIsNamed) {
  Folder folder;
  Session session("", 0);
  const auto message = [&](BuildRequest request) {
    const Result<BuildReport> built = session.build(request);
    EXPECT_FALSE(built);
    return built ? std::string() : built.error().message();
  };
  EXPECT_EQ(message({}), "there is nothing to build; name a program");
  EXPECT_EQ(message(request_in(folder)), "'p.inlay' cannot be read: No such file or directory");
  write_bytes(folder / "p.inlay", test_program(3).whole());
  BuildRequest request = request_in(folder);
  request.output = "no/such/folder";
  EXPECT_NE(message(request).find("cannot be written: No such file or directory"), std::string::npos);
  request = request_in(folder);
  request.sources = {"."};
  EXPECT_EQ(message(request), "'.' cannot be read: Is a directory");
}

TEST(Session, TheSizeOfBatchesChangesNothing) {
  Folder folder;
  write_bytes(folder / "p.inlay", test_program(60).whole());
  auto project = Project::create();
  ASSERT_TRUE(project);
  const Result<void> updated = project->update({{"p.inlay", test_program(60).whole()}}, {});
  ASSERT_TRUE(updated) << updated.error().to_string();
  std::map<unsigned, base::Bytes> files;
  for (unsigned batch : {1u, 3u, 1000u}) {
    Store store;
    Machines machines;
    PieceBuilder builder(store, machines);
    const auto built =
        builder.build_executable(project->module(), project->reach(),
                                 {.level = Level::O2, .threads = batch % 3 + 1, .batch = batch}, files[batch]);
    ASSERT_TRUE(built) << built.error().to_string();
  }
  EXPECT_TRUE(files[1] == files[3]);
  EXPECT_TRUE(files[1] == files[1000]);
}

TEST(Session, TrapsSayWhereAndWhy) {
  Folder folder;
  write_bytes(folder / "p.inlay", R"(
data @numbers : [3]i64 = [1, 2, 3]

func @get(%i: i64) -> i64 noinline {
  %at = at [3]i64 @numbers, %i
  %v = load i64 %at
  return i64 %v
}

export func @main(%argc: i32, %argv: ptr) -> i32 {
  %n = zext i64 %argc
  %m = add i64 %n, 6
  %v = call fn(i64) -> i64 @get(%m)
  %s = trunc i32 %v
  return i32 %s
}
)");
  Session session("", 0);
  BuildRequest request = request_in(folder);
  const Result<BuildReport> built = session.build(request);
  ASSERT_TRUE(built) << built.error().to_string();
  const Ran ran = run(folder / "program" + " 2>&1");
  EXPECT_EQ(ran.output.substr(0, ran.output.find("Aborted")),  // the shell says that, or not
            "p.inlay:5: trap: index 7 is out of bounds of length 3 in @get\n"
            "  at @get (p.inlay:4)\n"
            "  at @main (p.inlay:10)\n");
  // A line more in front: the code is the same, what it says is not.
  write_bytes(folder / "p.inlay", "\n" + bytes_of(folder / "p.inlay"));
  const Result<BuildReport> moved = session.build(request);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->compiled, 0u);
  EXPECT_EQ(run(folder / "program" + " 2>&1").output.substr(0, 10), "p.inlay:6:");
}

TEST(Session, NothingIsCompiledForAProgramThatLacksSomething) {
  struct {
    const char *text, *error;
  } const cases[] = {
      {"extern func @missing() -> i32\nextern func @unused()\nexport func @main() -> i32 {\n"
       "  %n = call fn() -> i32 @missing()\n  return i32 %n\n}\n",
       "p.inlay:1: error: the program needs 'missing', which nothing defines; link with what does [undefined-symbol]"},
      {"extern data @lacking : i32\nexport func @main() -> i32 {\n  %n = load i32 @lacking\n  return i32 %n\n}\n",
       "p.inlay:1: error: the program needs 'lacking', which nothing defines; link with what does [undefined-symbol]"},
      // What the support code has is not lacking.
      {"extern func @memcpy(ptr, ptr, i64) -> ptr\nexport func @main() -> i32 {\n  %s = slot i64\n"
       "  %p = call fn(ptr, ptr, i64) -> ptr @memcpy(%s, %s, 8)\n  return i32 0\n}\n",
       ""}};
  for (const auto& [text, error] : cases) {
    auto project = Project::create();
    ASSERT_TRUE(project);
    const Result<void> updated = project->update({{"p.inlay", text}}, {});
    ASSERT_TRUE(updated) << updated.error().to_string();
    Store store;
    Machines machines;
    PieceBuilder builder(store, machines);
    base::Bytes file;
    const auto support = support_objects(project->module());
    ASSERT_TRUE(support);
    const auto built = builder.build_executable(project->module(), project->reach(), {.support = *support}, file);
    EXPECT_EQ(built ? "" : built.error().to_string(), error);
    EXPECT_EQ(store.count(), built ? 1u : 0u);
  }
}

TEST(Session, AnObjectLinksWithTheCLibrary) {
  Folder folder;
  auto project = Project::create();
  ASSERT_TRUE(project);
  const Result<void> updated = project->update({{"p.inlay", R"(
extern func @puts(ptr) -> i32
data @text = "hello from pieces\x00"
export func @main() -> i32 {
  %n = call fn(ptr) -> i32 @puts(@text)
  return i32 7
}
)"}},
                                               {});
  ASSERT_TRUE(updated) << updated.error().to_string();
  Store store;
  Machines machines;
  PieceBuilder builder(store, machines);
  base::Bytes object;
  const auto built = builder.build_object(project->module(), project->reach(), {}, object);
  ASSERT_TRUE(built) << built.error().to_string();
  write_bytes(folder / "p.o", {reinterpret_cast<const char*>(object.data()), object.size()});
  const Ran linked = run("clang-22 -o " + folder / "p" + " " + folder / "p.o 2>&1");
  ASSERT_EQ(linked.status, 0) << linked.output;
  const Ran ran = run(folder / "p");
  EXPECT_EQ(ran.output, "hello from pieces\n");
  EXPECT_EQ(ran.status, 7);
}

}  // namespace
}  // namespace inlay::aot
