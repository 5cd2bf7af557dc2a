// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// `inlay embed` and `inlay list` as a user meets them: each mistake is answered in words that say what would do.
#include "aot/test_support.h"
#include "inlay/runtime.h"

namespace inlay {
namespace {

using aot::bytes_of;
using aot::run;
using aot::write_bytes;

class Embed : public ::testing::Test {
 protected:
  Embed() {
    options_.name = "tested";
    options_.output = folder_ / "tested.o";
  }
  std::string source(const std::string& name, const std::string& text) {
    write_bytes(folder_ / name, text);
    return folder_ / name;
  }
  Result<void> embed_sources(std::vector<std::string> sources) {
    options_.sources = std::move(sources);
    return embed(options_);
  }
  void expect_error(const Result<void>& result, ErrorKind kind, const std::vector<std::string>& words) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind(), kind) << result.error().to_string();
    for (const std::string& word : words)
      EXPECT_NE(result.error().to_string().find(word), std::string::npos) << result.error().to_string();
    EXPECT_FALSE(std::filesystem::exists(options_.output)) << "nothing is written on failure";
  }
  /// Whether a program with the embedded object links; the linker's messages.
  aot::Ran link(const std::string& main_text) {
    std::string main = source("main.cpp", main_text);
    return run("clang++-22 -std=c++20 " + main + " " + options_.output + " -o " + (folder_ / "program") + " 2>&1");
  }

  aot::Folder folder_;
  EmbedOptions options_;
};

TEST_F(Embed, writes_an_object_that_is_listed) {
  ASSERT_TRUE(embed_sources({source("a.cpp", "static int f(int x) { return x; } int g(int x) { return f(x); }"),
                             source("b.c", "int plain(int restrict_) { return restrict_; }")}));
  auto listings = list_runtimes(options_.output, true);
  ASSERT_TRUE(listings) << listings.error().to_string();
  ASSERT_EQ(listings->size(), 1u);
  EXPECT_EQ(listings->front().name, "tested");
  EXPECT_GE(listings->front().symbols.size(), 2u);
}

TEST_F(Embed, native_code_runs_without_inlay) {
  ASSERT_TRUE(embed_sources({source("a.cpp", "int g(int x) { return x + 1; }")}));
  aot::Ran linked = link("int g(int); int main() { return g(6); }");
  ASSERT_EQ(linked.status, 0) << linked.output;
  EXPECT_EQ(run(folder_ / "program").status, 7);
}

TEST_F(Embed, native_code_can_be_had_alone) {
  options_.native_output = folder_ / "native.o";
  ASSERT_TRUE(embed_sources({source("a.cpp", "int g(int x) { return x + 1; }")}));
  Result<std::vector<RuntimeListing>> whole = list_runtimes(options_.output),
                                      alone = list_runtimes(folder_ / "native.o");
  EXPECT_TRUE(whole && whole->size() == 1);
  EXPECT_FALSE(alone && !alone->empty()) << "it holds no bitcode";
  options_.output = options_.native_output;
  aot::Ran linked = link("int g(int); int main() { return g(6); }");
  ASSERT_EQ(linked.status, 0) << linked.output;
  EXPECT_EQ(run(folder_ / "program").status, 7);
}

TEST_F(Embed, native_code_is_written_with_the_rest_or_not_at_all) {
  options_.native_output = folder_ / "native.o";
  options_.output = folder_ / "absent/tested.o";
  expect_error(embed_sources({source("a.cpp", "int f() { return 1; }")}), ErrorKind::File, {"absent/tested.o"});
  EXPECT_FALSE(std::filesystem::exists(options_.native_output));
  options_.output = options_.native_output;
  expect_error(embed_sources({folder_ / "a.cpp"}), ErrorKind::InvalidArgument, {"two files"});
}

TEST_F(Embed, compile_error_shows_file_and_line) {
  std::string path = source("wrong.cpp", "int fine();\nint broken() { return nowhere; }\n");
  expect_error(embed_sources({path}), ErrorKind::CompileFailed, {"wrong.cpp:2:", "nowhere"});
}

TEST_F(Embed, missing_source_is_named) {
  expect_error(embed_sources({folder_ / "absent.cpp"}), ErrorKind::File, {"absent.cpp", "does not exist"});
  expect_error(embed_sources({folder_ / "absent.bc"}), ErrorKind::File, {"absent.bc"});
}

TEST_F(Embed, missing_compiler_is_named) {
  options_.clang = "no-such-clang";
  expect_error(embed_sources({source("a.cpp", "int f();")}), ErrorKind::MissingTool, {"no-such-clang", "not found"});
  options_.clang = "/bin/false";
  expect_error(embed_sources({source("a.cpp", "int f();")}), ErrorKind::CompileFailed, {"a.cpp"});
}

TEST_F(Embed, names_and_outputs_that_cannot_be) {
  std::string path = source("a.cpp", "int f() { return 1; }");
  expect_error(embed_sources({}), ErrorKind::InvalidArgument, {"at least one source"});
  for (const char* name : {"9lives", "two words", "a-b", "../x"}) {
    options_.name = name;
    expect_error(embed_sources({path}), ErrorKind::InvalidArgument, {name});
  }
  options_.name = "tested";
  options_.output = "/nonexistent/folder/out.o";
  expect_error(embed_sources({path}), ErrorKind::File, {"/nonexistent/folder/out.o"});
}

TEST_F(Embed, sources_that_contradict_each_other) {
  Result<void> result =
      embed_sources({source("a.cpp", "int f() { return 1; }"), source("b.cpp", "int f() { return 2; }")});
  expect_error(result, ErrorKind::InvalidBitcode, {"b.cpp"});
}

TEST_F(Embed, bitcode_file_is_taken) {
  std::string text = source("a.cpp", "extern \"C\" int from_elsewhere(int x) { return x * 3; }"),
              bitcode = folder_ / "a.bc";
  ASSERT_EQ(run("clang++-22 -O2 -fPIC -emit-llvm -c " + text + " -o " + bitcode).status, 0);
  ASSERT_TRUE(embed_sources({bitcode}));
  aot::Ran linked = link("extern \"C\" int from_elsewhere(int); int main() { return from_elsewhere(5); }");
  ASSERT_EQ(linked.status, 0) << linked.output;
  EXPECT_EQ(run(folder_ / "program").status, 15);
}

TEST_F(Embed, damaged_bitcode_is_refused) {
  std::string text = source("a.cpp", "int f(int x) { return x * 3; }"), bitcode = folder_ / "a.bc";
  ASSERT_EQ(run("clang++-22 -O2 -fPIC -emit-llvm -c " + text + " -o " + bitcode).status, 0);
  std::string whole = bytes_of(bitcode);
  ASSERT_GT(whole.size(), 500u);
  for (std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{40}, whole.size() / 2, whole.size() - 4}) {
    std::string path = folder_ / "cut.bc";
    write_bytes(path, whole.substr(0, size));
    Result<void> result = embed_sources({path});
    ASSERT_FALSE(result) << size;
    EXPECT_EQ(result.error().kind(), ErrorKind::InvalidBitcode) << result.error().to_string();
    EXPECT_NE(result.error().to_string().find("cut.bc"), std::string::npos) << result.error().to_string();
  }
  expect_error(embed_sources({source("text.bc", "this is no bitcode")}), ErrorKind::InvalidBitcode, {"text.bc"});
}

/// Bitcode keeps its producer's name ("LLVM22.1.8") as 6-bit characters that begin at any bit (LLVM's "char6").
constexpr std::string_view Char6 = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._";

/// Replaces the first `from` by `to`, of the same length. False if there is none.
bool replace_char6(std::string& bytes, std::string_view from, std::string_view to) {
  auto get = [&](std::size_t at) { return ((static_cast<unsigned char>(bytes[at / 8]) >> (at % 8)) & 1) != 0; };
  auto set = [&](std::size_t at, bool bit) {
    auto mask = 1u << (at % 8), old = static_cast<unsigned>(static_cast<unsigned char>(bytes[at / 8]));
    bytes[at / 8] = static_cast<char>(bit ? old | mask : old & ~mask);
  };
  auto bit_of = [](std::string_view text, std::size_t at) { return ((Char6.find(text[at / 6]) >> (at % 6)) & 1) != 0; };
  std::size_t bits = from.size() * 6;
  for (std::size_t start = 0; start + bits <= bytes.size() * 8; ++start) {
    std::size_t same = 0;
    while (same < bits && get(start + same) == bit_of(from, same)) ++same;
    if (same < bits) continue;
    for (std::size_t i = 0; i < bits; ++i) set(start + i, bit_of(to, i));
    return true;
  }
  return false;
}

TEST_F(Embed, bitcode_of_another_llvm_is_refused) {
  std::string text = source("a.cpp", "int f(int x) { return x * 3; }"), bitcode = folder_ / "a.bc";
  ASSERT_EQ(run("clang++-22 -O2 -fPIC -emit-llvm -c " + text + " -o " + bitcode).status, 0);
  std::string bytes = bytes_of(bitcode);
  ASSERT_TRUE(replace_char6(bytes, "LLVM22", "LLVM21")) << "the producer is written in another way now";
  write_bytes(bitcode, bytes);
  expect_error(embed_sources({bitcode}), ErrorKind::WrongVersion, {"a.bc", "LLVM21", "LLVM 22"});
}

TEST_F(Embed, bitcode_of_an_old_clang_is_refused) {
  if (run("clang++-14 --version > /dev/null 2>&1").status != 0) GTEST_SKIP() << "no clang++-14";
  std::string text = source("a.cpp", "int f(int x) { return x * 3; }"), bitcode = folder_ / "a.bc";
  ASSERT_EQ(run("clang++-14 -O2 -fPIC -emit-llvm -c " + text + " -o " + bitcode).status, 0);
  expect_error(embed_sources({bitcode}), ErrorKind::WrongVersion, {"a.bc", "LLVM14", "LLVM 22"});
}

TEST_F(Embed, bitcode_for_another_processor_is_refused) {
  std::string text = source("a.c", "int f(int x) { return x; }"), bitcode = folder_ / "a.bc";
  ASSERT_EQ(run("clang-22 --target=aarch64-linux-gnu -emit-llvm -c " + text + " -o " + bitcode).status, 0);
  expect_error(embed_sources({bitcode}), ErrorKind::InvalidBitcode, {"aarch64"});
}

TEST_F(Embed, undefined_symbol_is_listed_and_left_to_the_linker) {
  ASSERT_TRUE(embed_sources({source("a.cpp", "int nobody(int); int f(int x) { return nobody(x); }")}));
  aot::Ran listed = run(std::string(INLAY_COMMAND) + " list " + options_.output);
  EXPECT_NE(listed.output.find("undefined"), std::string::npos) << listed.output;
  EXPECT_NE(listed.output.find("nobody(int)"), std::string::npos) << listed.output;
  aot::Ran linked = link("int f(int); int main() { return f(1); }");
  EXPECT_NE(linked.status, 0);
  EXPECT_NE(linked.output.find("nobody"), std::string::npos) << linked.output;
}

TEST_F(Embed, dependency_file_names_what_was_read) {
  source("header.h", "inline int three() { return 3; }");
  options_.dependency_file = folder_ / "tested.d";
  ASSERT_TRUE(embed_sources({source("a.cpp", "#include \"header.h\"\nint f() { return three(); }")}));
  std::string rules = bytes_of(options_.dependency_file);
  EXPECT_NE(rules.find("header.h"), std::string::npos) << rules;
  EXPECT_NE(rules.find("tested.o:"), std::string::npos) << rules;
}

TEST_F(Embed, same_sources_give_the_same_bytes) {
  std::string path = source(
      "a.cpp", "#include <functional>\nstd::function<int(int)> f(int x) { return [=](int y) { return x + y; }; }");
  ASSERT_TRUE(embed_sources({path}));
  std::string first = bytes_of(options_.output);
  ASSERT_TRUE(embed_sources({path}));
  EXPECT_EQ(first, bytes_of(options_.output));
}

TEST_F(Embed, damaged_objects_are_listed_without_a_crash) {
  ASSERT_TRUE(embed_sources({source("a.cpp", "int f(int x) { return x * 3; } int g(int x) { return f(x) + f(2); }")}));
  std::string whole = bytes_of(options_.output), path = folder_ / "damaged.o";
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 150 + 1) {
    write_bytes(path, whole.substr(0, size));
    EXPECT_FALSE(list_runtimes(path, true)) << size;
  }
  std::uint64_t random = 7;
  for (int round = 0; round < 300; ++round) {
    std::string changed = whole;
    for (int i = 0; i < 4; ++i) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      changed[(random >> 16) % whole.size()] ^= static_cast<char>(1u << (random >> 61));
    }
    write_bytes(path, changed);
    (void)list_runtimes(path, round % 2 == 0);
  }
}

TEST_F(Embed, command_prints_errors_and_ends_with_their_codes) {
  std::string command = INLAY_COMMAND;
  aot::Ran wrong = run(command + " embed --name t --clang no-such-clang -o " + options_.output + " " +
                       source("a.cpp", "int f();") + " 2>&1");
  EXPECT_EQ(wrong.status, 1);
  EXPECT_NE(wrong.output.find("no-such-clang"), std::string::npos);
  EXPECT_NE(wrong.output.find("[missing-tool]"), std::string::npos) << wrong.output;
  EXPECT_EQ(run(command + " list /nonexistent 2>&1").status, 1);
  EXPECT_EQ(run(command + " embed 2>&1").status, 2);
  EXPECT_EQ(run(command + " nonsense 2>&1").status, 2);
}

}  // namespace
}  // namespace inlay
